/**
 * The append-only journal (R8, R12, R13). An append is an atomic, durable batch over one or more streams; each stream has
 * its own sequence from 1 and its own hash chain. When `append` returns, the batch survives a power cut.
 *
 * It is synchronous on purpose: the engine may do nothing between a decision and its durability but wait.
 */
export type StreamName = string;

export interface Append {
  readonly stream: StreamName;
  /** The sequence of the stream's last record as the writer knows it; 0 for a new stream. A mismatch is another writer. */
  readonly expected: number;
  readonly records: readonly JournalRecord[];
}

/** JSON all the way down; `type` says what it is. */
export interface JournalRecord {
  readonly type: string;
  /** Unix milliseconds, from the engine's clock. */
  readonly at: number;
  readonly [field: string]: unknown;
}

export interface StoredRecord {
  /** Place in the whole journal, from 1, strictly rising: the order in which the fold must see the records. */
  readonly position: number;
  readonly stream: StreamName;
  readonly sequence: number;
  readonly record: JournalRecord;
  /** Hex SHA-256 over the stream's previous hash and this record's stored text. */
  readonly hash: string;
}

export interface Journal {
  /** Throws `JournalFault` and stores nothing of the batch when it can't be stored whole. */
  append(batch: readonly Append[]): void;
  /** Every record in order of position. */
  read(from?: { readonly position: number }): Iterable<StoredRecord>;
  /** The last sequence of each stream. */
  heads(): ReadonlyMap<StreamName, number>;
  close(): void;
}

export type JournalTrouble = "conflict" | "full" | "locked" | "read-only" | "corrupt" | "io";

export class JournalFault extends Error {
  override readonly name = "JournalFault";
  readonly trouble: JournalTrouble;
  constructor(trouble: JournalTrouble, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.trouble = trouble;
  }
}
