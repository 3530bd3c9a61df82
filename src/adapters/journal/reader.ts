/** What can be had of a journal without owning it: `explain`, `report`, `journal export` and `journal verify` need no more (R12). */
import type { Journal, StreamName } from "../../engine/ports/journal.ts";

/** A record as it lies in the store: nothing parsed and nothing believed yet. */
export interface StoredRow {
  readonly position: number;
  readonly stream: StreamName;
  readonly sequence: number;
  /** Lower-case hex, 64 characters. */
  readonly hash: string;
  /** The JSON text of the record. As bytes where every single one counts, because decoding UTF-8 forgives some damage. */
  readonly text: string | Uint8Array;
}

/** Where a stream ends. */
export interface StreamHead {
  readonly sequence: number;
  readonly hash: string;
}

/**
 * `read` checks every chain as it goes and throws `JournalFault` "corrupt" at the first record that does not hold, naming its
 * position. `rows` believes nothing and checks nothing: it is how damage is looked at.
 */
export interface JournalReader extends Pick<Journal, "read" | "heads" | "close"> {
  /** Every stored row in order of position, its text as the exact bytes. */
  rows(): Iterable<StoredRow>;
  /** What the store itself believes to be the end of each stream, kept apart from the records. */
  marks(): ReadonlyMap<StreamName, StreamHead>;
  /** Sentences about damage that the store finds in its own structure; none is the good answer. */
  damage(): readonly string[];
}
