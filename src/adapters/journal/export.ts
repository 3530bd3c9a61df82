/**
 * `journal export`: JSON lines that stand by themselves (R13; the shape is a contract, docs/journal.md). The stored text of each
 * record is the last member of its line, byte for byte, so that a stranger can verify the chains in any language.
 */
import { JournalFault } from "../../engine/ports/journal.ts";
import { decode, FORMAT_VERSION } from "./codec.ts";
import type { JournalReader } from "./reader.ts";

/**
 * A line for the format, one for each record in order of position, and one for the end, without which the export is cut short.
 * Lines have no line break. Chains are not checked: a damaged journal is exported as it is. Throws `JournalFault` "corrupt" at
 * a text that is no record and would make no line.
 */
export function* exportJournal(journal: Pick<JournalReader, "rows" | "marks">): Generator<string, void, undefined> {
  yield JSON.stringify({ format: "lockstep-journal", version: FORMAT_VERSION });
  let records = 0;
  for (const { position, stream, sequence, hash, text } of journal.rows()) {
    const written = typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    if (decode(text) === undefined || /[\n\r]/.test(written)) {
      throw new JournalFault("corrupt", `the journal is damaged at position ${position}, stream ${stream}, sequence ${sequence}: the text is no record`);
    }
    yield `{"position":${position},"stream":${JSON.stringify(stream)},"sequence":${sequence},"hash":${JSON.stringify(hash)},"record":${written}}`;
    records += 1;
  }
  yield JSON.stringify({ end: { records, streams: Object.fromEntries(journal.marks()) } });
}
