/**
 * The hash chain of a stream (R8). A change, a loss or an insertion anywhere breaks the link of the record where it happened.
 * It proves against accidents and careless hands; whoever can write the whole file can also compute new hashes.
 */
import { hash } from "node:crypto";
import type { StreamName } from "../../engine/ports/journal.ts";
import type { StoredRow, StreamHead } from "./reader.ts";

/** What can be wrong with a journal. `position`, `stream` and `sequence` are given where they are known. */
export interface JournalFlaw {
  readonly kind: "gap" | "sequence" | "hash" | "record" | "head" | "store";
  readonly position: number | undefined;
  readonly stream: StreamName | undefined;
  readonly sequence: number | undefined;
  readonly sentence: string;
}

/** The head of a stream that has no record yet. Its hash binds the chain to the name, so that one stream cannot pass for another. */
export function genesis(stream: StreamName): StreamHead {
  return { sequence: 0, hash: hash("sha256", `lockstep-journal/1\n${stream}`) };
}

/** Hex SHA-256 over the previous hash, as its 64 hex characters, followed by the record's stored text. */
export function link(previous: string, text: string | Uint8Array): string {
  return hash("sha256", typeof text === "string" ? previous + text : Buffer.concat([Buffer.from(previous, "latin1"), text]));
}

const SOUND: readonly JournalFlaw[] = [];

/**
 * Follows the chains through rows in order of position. A walk from position 1 checks everything. One that starts later takes
 * the first record that it meets of each stream as the anchor: that record's own link is not checked, all later ones are.
 */
export class ChainWalk {
  readonly #from: number;
  #position: number;
  readonly #heads = new Map<StreamName, StreamHead>();

  constructor(from: number) {
    this.#from = from;
    this.#position = from - 1;
  }

  /** After a flaw the walk goes on from what the row says, so that one damaged record is not reported for all that follow. */
  follow(row: StoredRow): readonly JournalFlaw[] {
    const expected = this.#position + 1;
    const before = this.#heads.get(row.stream) ?? this.#startOf(row);
    this.#position = row.position;
    this.#heads.set(row.stream, { sequence: row.sequence, hash: row.hash });
    const hashHolds = before === undefined || link(before.hash, row.text) === row.hash;
    if (row.position === expected && hashHolds && (before === undefined || row.sequence === before.sequence + 1)) return SOUND;

    const flaws: JournalFlaw[] = [];
    if (row.position !== expected) {
      flaws.push(flaw("gap", row, `position ${expected} should follow, and the next that is there is ${row.position}`));
    }
    if (before !== undefined && row.sequence !== before.sequence + 1) {
      flaws.push(flaw("sequence", row, `the stream should go on with sequence ${before.sequence + 1}`));
    }
    if (!hashHolds) flaws.push(flaw("hash", row, "the hash does not match the previous hash and this record's text: one of the three was changed"));
    return flaws;
  }

  /** To be asked after the last row: whether each stream ends where the store's own marks say. */
  end(marks: ReadonlyMap<StreamName, StreamHead>): readonly JournalFlaw[] {
    const flaws: JournalFlaw[] = [];
    for (const [stream, head] of this.#heads) {
      const mark = marks.get(stream);
      if (mark?.sequence === head.sequence && mark.hash === head.hash) continue;
      const sentence =
        mark === undefined
          ? "the store has records of this stream and no mark of its end"
          : `the stream's mark says that it ends with sequence ${mark.sequence} and hash ${mark.hash}`;
      flaws.push({ kind: "head", position: undefined, stream, sequence: head.sequence, sentence });
    }
    if (this.#from > 1) return flaws;
    for (const [stream, mark] of marks) {
      if (this.#heads.has(stream)) continue;
      flaws.push({ kind: "head", position: undefined, stream, sequence: mark.sequence, sentence: `all ${mark.sequence} records of the stream are missing` });
    }
    return flaws;
  }

  #startOf(row: StoredRow): StreamHead | undefined {
    return this.#from > 1 && row.sequence > 1 ? undefined : genesis(row.stream);
  }
}

export function flaw(kind: JournalFlaw["kind"], row: StoredRow, sentence: string): JournalFlaw {
  return { kind, position: row.position, stream: row.stream, sequence: row.sequence, sentence };
}

/** One line for people. */
export function flawText(of: JournalFlaw): string {
  const where = [
    of.position === undefined ? undefined : `position ${of.position}`,
    of.stream === undefined ? undefined : `stream ${of.stream}`,
    of.sequence === undefined ? undefined : `sequence ${of.sequence}`,
  ].filter((part) => part !== undefined);
  return where.length === 0 ? of.sentence : `${where.join(", ")}: ${of.sentence}`;
}
