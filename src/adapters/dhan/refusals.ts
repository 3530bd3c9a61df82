/**
 * How Dhan says no, in all the shapes in which it does (reference 10.4, 10.5). The shapes are reduced to a code and a text, and
 * one table says what those mean. What stands in no table is not a refusal: its outcome is unknown, and the books are asked.
 */
import { z } from "zod";
import type { Refusal, RefusalCode } from "../../domain/order/refusal.ts";
import { classifyReason } from "../../domain/order/rejection.ts";
import { text, wanted } from "./wire-values.ts";

/** `doubt`: nobody can say whether the request was carried out. */
export type Verdict = { readonly is: "fine" } | { readonly is: "refused"; readonly refusal: Refusal } | { readonly is: "doubt"; readonly said: string };

interface Row {
  /** The broker's codes; undefined stands for any. */
  readonly codes?: readonly string[];
  /** What the text must say; undefined stands for anything. */
  readonly says?: RegExp;
  /** `by-text`: an order refused by its own words, classed as the stream's rejections are. */
  readonly means: RefusalCode | "doubt" | "by-text";
}

const TOKEN = /invalid token|token (is |has )?(invalid|expired)|access token/i;
const ADDRESS = /invalid ip\b|\bip\b.*(not|whitelist|allowed|match|registered)|static ip/i;

/** The first row that fits decides. The same code means different things: only the text of DH-905 and DH-906 tells which. */
const TABLE: readonly Row[] = [
  { codes: ["DH-908", "DH-909", "DH-910", "800"], means: "doubt" },
  { codes: ["DH-911"], means: "ADDRESS_NOT_ALLOWED" },
  { codes: ["DH-905", "DH-906"], says: ADDRESS, means: "ADDRESS_NOT_ALLOWED" },
  { codes: ["DH-901", "807", "808", "809", "AUTH001"], means: "TOKEN_DEAD" },
  { codes: ["DH-905", "DH-906"], says: TOKEN, means: "TOKEN_DEAD" },
  { codes: ["DH-902", "DH-903", "806", "810"], means: "NO_ACCESS" },
  { codes: ["DH-904", "805", "RL001"], means: "RATE_LIMIT" },
  { codes: ["DH-907"], means: "NO_DATA" },
  { codes: ["RS-9005"], says: /not available/i, means: "NO_DATA" },
  { codes: ["DH-906"], means: "by-text" },
  { codes: ["DH-905", "804", "811", "812", "813", "814", "E001"], means: "INPUT_INVALID" },
];

/** What the HTTP status alone proves, when the body says nothing that is known. */
const BY_STATUS: ReadonlyMap<number, RefusalCode> = new Map([
  [401, "TOKEN_DEAD"],
  [403, "NO_ACCESS"],
  [404, "NOT_FOUND"],
  [429, "RATE_LIMIT"],
]);

/**
 * `body` is the parsed JSON, or undefined when there was none or none that could be read. A status of 500 and above proves
 * nothing, whatever the body says: the sandbox answers DH-906 with it, and a gateway answers before the broker has finished.
 */
export function judge(status: number, body: unknown): Verdict {
  const error = errorIn(body);
  const said = sentence(status, error);
  if (status >= 500) return { is: "doubt", said };
  if (status === 429) return refused("RATE_LIMIT", said);
  if (error !== undefined) {
    const row = TABLE.find(({ codes, says }) => (codes?.includes(error.code) ?? true) && (says?.test(error.text) ?? true));
    const means = row?.means ?? BY_STATUS.get(status) ?? "doubt";
    if (means === "doubt") return { is: "doubt", said };
    return refused(means === "by-text" ? classifyReason(error.text) : means, said);
  }
  if (status >= 200 && status < 300) return { is: "fine" };
  const proved = BY_STATUS.get(status);
  return proved === undefined ? { is: "doubt", said } : refused(proved, said);
}

function refused(code: RefusalCode, brokerSaid: string): Verdict {
  return { is: "refused", refusal: { code, brokerSaid } };
}

interface BrokerError {
  readonly code: string;
  readonly text: string;
}

/** Every shape of reference 10.4 in one: each of them is told by one of these keys. Codes come as texts and as numbers. */
const ERROR = z.object({
  errorCode: wanted(text),
  errorType: wanted(text),
  errorMessage: wanted(text),
  internalErrorCode: wanted(text),
  internalErrorMessage: wanted(text),
  status: z.unknown().optional(),
  error: wanted(text),
  remarks: z.unknown().optional(),
  data: z.unknown().optional(),
});

const REMARKS = z.object({ error_code: wanted(text), error_message: wanted(text) });

/** The error that a body carries, whatever status it came with; undefined: it carries none. */
function errorIn(body: unknown): BrokerError | undefined {
  if (Array.isArray(body)) return undefined;
  const read = ERROR.safeParse(body);
  if (!read.success) return undefined;
  const { errorCode, errorType, errorMessage, internalErrorCode, internalErrorMessage, status, error, remarks, data } = read.data;
  if (internalErrorCode !== undefined) return { code: internalErrorCode, text: internalErrorMessage ?? "" };
  if (errorCode !== undefined || errorType !== undefined) return { code: errorCode ?? "", text: errorMessage ?? errorType ?? "" };
  if (typeof status === "string" && /^fail/i.test(status)) return failureIn(remarks, data);
  return typeof status === "number" && error !== undefined ? { code: "", text: error } : undefined;
}

/** `{ status: "failed" }` hides the code in `remarks`, or as the key of `data`. */
function failureIn(remarks: unknown, data: unknown): BrokerError {
  const read = REMARKS.safeParse(remarks);
  if (read.success) return { code: read.data.error_code ?? "", text: read.data.error_message ?? "" };
  const [first] = typeof data === "object" && data !== null ? Object.entries(data) : [];
  return { code: first?.[0] ?? "", text: text(first?.[1]) ?? text(remarks) ?? "" };
}

const SAID_CHARACTERS_MAX = 300;

function sentence(status: number, error: BrokerError | undefined): string {
  if (error === undefined) return `HTTP ${status}`;
  return [`HTTP ${status}`, error.code, error.text.trim().replace(/\.+$/, "")]
    .filter((part) => part !== "")
    .join(" ")
    .slice(0, SAID_CHARACTERS_MAX);
}
