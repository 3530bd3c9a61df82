/** Which of the broker's calls a request is, by method and path under `/v2` (reference 2, 6, 8). */
import type { RateClass } from "./rate-limits.ts";

export const CALL_KINDS = [
  "place",
  "modify",
  "cancel",
  "orders",
  "order",
  "correlation",
  "super-place",
  "super-modify",
  "super-cancel",
  "super-orders",
  "forever-place",
  "forever-modify",
  "forever-cancel",
  "forever-orders",
  "forever-all",
  "alert-place",
  "alert-modify",
  "alert-cancel",
  "alert-orders",
  "alert",
  "trades",
  "order-trades",
  "trade-history",
  "positions",
  "convert",
  "holdings",
  "funds",
  "margin",
  "margin-multi",
  "profile",
  "address",
  "ltp",
  "ohlc",
] as const;
export type CallKind = (typeof CALL_KINDS)[number];

export interface Call {
  readonly kind: CallKind;
  /** The order id or correlation id in the path; empty for calls that have none. */
  readonly id: string;
  /** The leg at the end of the path of a super order's cancel. */
  readonly leg?: string;
  /** What the path of the trade history asks for, as it stands there. */
  readonly history?: { readonly from: string; readonly to: string; readonly page: string };
}

/** Undefined: a path that the broker does not know. The query is not part of `path`. */
export function callOf(method: string, path: string): Call | undefined {
  const [first = "", second = "", third = "", fourth = "", ...rest] = path.replace(/^\/v2\//, "").split("/");
  if (!path.startsWith("/v2/") || rest.length > 0) return undefined;
  if (fourth !== "") return longCallOf(method, [first, second, third, fourth]);
  const kind = KINDS[`${method} ${shape(first, second, third)}`];
  if (kind === undefined) return undefined;
  return { kind, id: decoded(third === "" ? (ID_SECOND.has(first) ? second : "") : third) };
}

function longCallOf(method: string, [first, second, third, fourth]: readonly [string, string, string, string]): Call | undefined {
  if (method === "DELETE" && first === "super" && second === "orders") return { kind: "super-cancel", id: decoded(third), leg: fourth };
  if (method === "GET" && first === "trades") return { kind: "trade-history", id: "", history: { from: second, to: third, page: fourth } };
  return undefined;
}

/** Only from the registered address (reference 1.5). */
export function needsAddress(kind: CallKind): boolean {
  return ORDER_CALLS.has(kind) || kind === "convert";
}

export function isWrite(kind: CallKind): boolean {
  return needsAddress(kind);
}

export function rateClassOf(kind: CallKind): RateClass {
  if (ORDER_CALLS.has(kind)) return "order";
  return kind === "ltp" || kind === "ohlc" ? "quote" : "read";
}

const ORDER_CALLS: ReadonlySet<CallKind> = new Set([
  ...(["place", "modify", "cancel", "super-place", "super-modify", "super-cancel"] as const),
  ...(["forever-place", "forever-modify", "forever-cancel", "alert-place", "alert-modify", "alert-cancel"] as const),
]);
const ID_SECOND = new Set(["orders", "trades"]);

const KINDS: Readonly<Record<string, CallKind | undefined>> = {
  "POST orders": "place",
  "PUT orders/*": "modify",
  "DELETE orders/*": "cancel",
  "GET orders": "orders",
  "GET orders/*": "order",
  "GET orders/external/*": "correlation",
  "POST super/orders": "super-place",
  "PUT super/orders/*": "super-modify",
  "GET super/orders": "super-orders",
  "POST forever/orders": "forever-place",
  "PUT forever/orders/*": "forever-modify",
  "DELETE forever/orders/*": "forever-cancel",
  "GET forever/orders": "forever-orders",
  "GET forever/all": "forever-all",
  "POST alerts/orders": "alert-place",
  "PUT alerts/orders/*": "alert-modify",
  "DELETE alerts/orders/*": "alert-cancel",
  "GET alerts/orders": "alert-orders",
  "GET alerts/orders/*": "alert",
  "GET trades": "trades",
  "GET trades/*": "order-trades",
  "GET positions": "positions",
  "POST positions/convert": "convert",
  "GET holdings": "holdings",
  "GET fundlimit": "funds",
  "POST margincalculator": "margin",
  "POST margincalculator/multi": "margin-multi",
  "GET profile": "profile",
  "GET ip/getIP": "address",
  "POST marketfeed/ltp": "ltp",
  "POST marketfeed/ohlc": "ohlc",
};

function shape(first: string, second: string, third: string): string {
  if (third !== "") return `${first}/${second}/*`;
  if (second === "") return first;
  return ID_SECOND.has(first) ? `${first}/*` : `${first}/${second}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
