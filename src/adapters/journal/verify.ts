/** `journal verify`: everything that can be known to be wrong with a journal, not just the first thing (R13). */
import { JournalFault } from "../../engine/ports/journal.ts";
import { ChainWalk, flaw, type JournalFlaw } from "./chain.ts";
import { decode } from "./codec.ts";
import type { JournalReader } from "./reader.ts";

/** Where there are more flaws than this, the rest says nothing new. */
const FLAWS_MAX = 1_000;

export interface Verdict {
  /** Records that could be read, sound or not. */
  readonly records: number;
  readonly streams: number;
  /** Empty: every record is there, in order, as it was written. At most 1,000. */
  readonly flaws: readonly JournalFlaw[];
}

/** Reads the whole journal, and never throws for what is wrong with its contents. */
export function verifyJournal(journal: Pick<JournalReader, "rows" | "marks" | "damage">): Verdict {
  const flaws: JournalFlaw[] = [];
  const walk = new ChainWalk(1);
  const streams = new Set<string>();
  let records = 0;
  let last = 0;
  try {
    for (const sentence of journal.damage()) flaws.push(ofTheStore(sentence));
    for (const row of journal.rows()) {
      if (flaws.length >= FLAWS_MAX) break;
      records += 1;
      last = row.position;
      streams.add(row.stream);
      flaws.push(...walk.follow(row));
      if (decode(row.text) === undefined) flaws.push(flaw("record", row, "the text is no record: JSON with a type and a time"));
    }
    if (flaws.length < FLAWS_MAX) flaws.push(...walk.end(journal.marks()));
  } catch (error) {
    if (!(error instanceof JournalFault)) throw error;
    flaws.push(ofTheStore(`nothing can be read after position ${last}: ${error.message}`));
  }
  return { records, streams: streams.size, flaws: flaws.slice(0, FLAWS_MAX) };
}

function ofTheStore(sentence: string): JournalFlaw {
  return { kind: "store", position: undefined, stream: undefined, sequence: undefined, sentence };
}
