/**
 * Records to stored text and back: the one place where records of older formats will be read forward.
 *
 * The stored text is what `JSON.stringify` gives, without blanks, in UTF-8. It is written once and hashed as it stands, so no
 * canonical form of JSON is needed: whoever verifies hashes the bytes and never writes them again.
 */
import { assert } from "../../domain/assert.ts";
import type { JournalRecord, StreamName } from "../../engine/ports/journal.ts";

/** The format that this program writes: docs/journal.md. It also reads every lower one. */
export const FORMAT_VERSION = 1;

const STREAM_NAME_MAX = 200;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Fields that are `undefined` are left out, so that what is read back is what the text can say. */
export function encode(record: JournalRecord): string {
  assert(typeof record.type === "string" && record.type !== "", "a journal record has a type");
  assert(Number.isFinite(record.at), `a journal record has a time in Unix milliseconds, that of ${record.type} was ${record.at}`);
  return JSON.stringify(record);
}

/** Undefined when the text is no record of this format. */
export function decode(text: string | Uint8Array): JournalRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(typeof text === "string" ? text : utf8.decode(text));
  } catch {
    return undefined; // not JSON, or not UTF-8: either way no record, and the caller names its position
  }
  return isRecord(value) ? value : undefined;
}

/** A name is short, has no control characters, and is whole Unicode, so that it is one text in every language. */
export function assertStreamName(stream: StreamName): void {
  const plain = stream !== "" && stream.length <= STREAM_NAME_MAX && stream.isWellFormed() && !/\p{Cc}/u.test(stream);
  assert(plain, `a stream is named by 1 to ${STREAM_NAME_MAX} printable characters, was ${JSON.stringify(stream.slice(0, STREAM_NAME_MAX))}`);
}

function isRecord(value: unknown): value is JournalRecord {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "at" in value && typeof value.at === "number";
}
