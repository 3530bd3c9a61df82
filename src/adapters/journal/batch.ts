/** What an append will do, worked out before anything is written. Pure, and the same for every store. */
import { type Append, JournalFault, type StreamName } from "../../engine/ports/journal.ts";
import { genesis, link } from "./chain.ts";
import { assertStreamName, encode } from "./codec.ts";
import type { StreamHead } from "./reader.ts";

export interface PlannedRow {
  readonly position: number;
  readonly stream: StreamName;
  readonly sequence: number;
  readonly hash: string;
  readonly text: string;
}

export interface Plan {
  readonly rows: readonly PlannedRow[];
  /** Each stream that grows: where it must end now, and where it will. */
  readonly moves: ReadonlyMap<StreamName, { readonly before: StreamHead; readonly after: StreamHead }>;
}

/**
 * The rows of a batch, each with its place and its hash. A stream may come several times in one batch; each `expected` then
 * counts what the batch itself has put before. An entry without records only demands that its stream is where the writer
 * thinks. Throws `JournalFault` "conflict" when a stream is elsewhere.
 */
export function plan(heads: ReadonlyMap<StreamName, StreamHead>, lastPosition: number, batch: readonly Append[]): Plan {
  const rows: PlannedRow[] = [];
  const moves = new Map<StreamName, { readonly before: StreamHead; readonly after: StreamHead }>();
  for (const { stream, expected, records } of batch) {
    const before = headOf(heads, stream);
    let head = moves.get(stream)?.after ?? before;
    if (head.sequence !== expected) {
      throw new JournalFault("conflict", `stream ${stream} ends with sequence ${head.sequence}, and the writer expected ${expected}: nothing was stored`);
    }
    for (const record of records) {
      const text = encode(record);
      head = { sequence: head.sequence + 1, hash: link(head.hash, text) };
      rows.push({ position: lastPosition + rows.length + 1, stream, sequence: head.sequence, hash: head.hash, text });
    }
    if (records.length > 0) moves.set(stream, { before, after: head });
  }
  return { rows, moves };
}

function headOf(heads: ReadonlyMap<StreamName, StreamHead>, stream: StreamName): StreamHead {
  const head = heads.get(stream);
  if (head !== undefined) return head;
  assertStreamName(stream);
  return genesis(stream);
}
