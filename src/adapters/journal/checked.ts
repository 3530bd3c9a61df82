/** Reading that believes nothing unchecked: every `read` of every store goes through here. */
import { JournalFault, type StoredRecord, type StreamName } from "../../engine/ports/journal.ts";
import { ChainWalk, flawText } from "./chain.ts";
import { decode } from "./codec.ts";
import type { StoredRow, StreamHead } from "./reader.ts";

/** The records of `rows`, which start at position `from`. `marks` is asked once, after the last row. Throws `JournalFault` "corrupt" at the first flaw. */
export function* checked(rows: Iterable<StoredRow>, from: number, marks: () => ReadonlyMap<StreamName, StreamHead>): Generator<StoredRecord, void, undefined> {
  const walk = new ChainWalk(from);
  for (const row of rows) {
    const [found] = walk.follow(row);
    if (found !== undefined) throw new JournalFault("corrupt", `the journal is damaged at ${flawText(found)}`);
    const record = decode(row.text);
    if (record === undefined)
      throw new JournalFault(
        "corrupt",
        `the journal is damaged at position ${row.position}, stream ${row.stream}, sequence ${row.sequence}: the text is no record`,
      );
    yield { position: row.position, stream: row.stream, sequence: row.sequence, record, hash: row.hash };
  }
  const [atEnd] = walk.end(marks());
  if (atEnd !== undefined) throw new JournalFault("corrupt", `the journal is damaged at its end: ${flawText(atEnd)}`);
}
