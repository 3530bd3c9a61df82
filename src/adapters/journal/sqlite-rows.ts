/** What every connection to a journal file can ask of it, whether it owns the file or reads beside the owner. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { JournalFault, type StoredRecord, type StreamName } from "../../engine/ports/journal.ts";
import { checked } from "./checked.ts";
import type { StoredRow, StreamHead } from "./reader.ts";
import { journalFault } from "./sqlite-fault.ts";

/** Rows are fetched so many at a time: memory stays bounded, and no statement is left open when a reader walks away. */
const CHUNK_ROWS = 1_000;
const DAMAGE_SENTENCES_MAX = 20;

export class SqliteRows {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #asText: StatementSync;
  readonly #asBytes: StatementSync;
  readonly #marks: StatementSync;
  readonly #last: StatementSync;
  readonly #forward: StatementSync;
  readonly #backward: StatementSync;

  /** Throws `JournalFault` "corrupt" when the tables of the format are not there. */
  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    const chunk = (text: string) =>
      `SELECT position, stream, sequence, hash, ${text} AS text FROM records WHERE position > ? ORDER BY position LIMIT ${CHUNK_ROWS}`;
    try {
      this.#asText = db.prepare(chunk("text"));
      this.#asBytes = db.prepare(chunk("CAST(text AS BLOB)"));
      this.#marks = db.prepare("SELECT stream, sequence, hash FROM streams");
      const one = (order: "ASC" | "DESC") =>
        `SELECT position, stream, sequence, hash, CAST(text AS BLOB) AS text FROM records WHERE position > ? ORDER BY position ${order}`;
      this.#forward = db.prepare(one("ASC"));
      this.#backward = db.prepare(one("DESC"));
      this.#last = db.prepare("SELECT coalesce(max(position), 0) AS position FROM records");
    } catch (error) {
      throw new JournalFault("corrupt", `${path} calls itself a Lockstep journal, and has not the tables of one`, { cause: error });
    }
  }

  read(from: number): Iterable<StoredRecord> {
    return checked(this.#chunks(this.#asText, from), from, () => this.marks());
  }

  rows(): Iterable<StoredRow> {
    return this.#chunks(this.#asBytes, 1);
  }

  /** After a position, one by one and up to the very row that can't be read: how damage is searched. */
  forward(after: number): Iterable<StoredRow> {
    return this.#each(this.#forward, after, 1);
  }

  /** The same from the other end, down to the row after a position. */
  backward(after: number): Iterable<StoredRow> {
    return this.#each(this.#backward, after, -1);
  }

  marks(): ReadonlyMap<StreamName, StreamHead> {
    const heads = new Map<StreamName, StreamHead>();
    for (const row of this.#all(this.#marks, "read the streams of")) {
      const { stream, sequence, hash } = row;
      if (typeof stream !== "string" || typeof sequence !== "number" || typeof hash !== "string") {
        throw new JournalFault("corrupt", `${this.#path} is damaged: its table of streams has a row that is none`);
      }
      heads.set(stream, { sequence, hash });
    }
    return heads;
  }

  lastPosition(): number {
    const [row] = this.#all(this.#last, "read the end of");
    return Number(row?.["position"]);
  }

  damage(): readonly string[] {
    const found = this.#all(this.#db.prepare(`PRAGMA integrity_check(${DAMAGE_SENTENCES_MAX})`), "check").map((row) => String(row["integrity_check"]));
    return found.length === 1 && found[0] === "ok" ? [] : found;
  }

  *#chunks(statement: StatementSync, from: number): Generator<StoredRow, void, undefined> {
    let after = from - 1;
    for (;;) {
      const chunk = this.#all(statement, `read past position ${after} of`, after);
      for (const values of chunk) {
        const row = storedRow(values, this.#path, after);
        after = row.position;
        yield row;
      }
      if (chunk.length < CHUNK_ROWS) return;
    }
  }

  *#each(statement: StatementSync, after: number, step: 1 | -1): Generator<StoredRow, void, undefined> {
    const rows = statement.iterate(after);
    let last = step === 1 ? after : Number.POSITIVE_INFINITY;
    try {
      for (let values = this.#next(rows); values !== undefined; values = this.#next(rows)) {
        const row = storedRow(values, this.#path, after);
        // In a damaged tree a page may lead back to itself.
        if ((row.position - last) * step <= 0) throw new JournalFault("corrupt", `${this.#path} is damaged: position ${row.position} stands after ${last}`);
        last = row.position;
        yield row;
      }
    } finally {
      rows.return?.();
    }
  }

  #next(rows: Iterator<Record<string, SQLOutputValue>>): Record<string, SQLOutputValue> | undefined {
    try {
      const next = rows.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      throw journalFault(error, this.#path, "read on in");
    }
  }

  #all(statement: StatementSync, doing: string, ...values: number[]): Record<string, SQLOutputValue>[] {
    try {
      return statement.all(...values);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ERR_OUT_OF_RANGE") {
        throw new JournalFault("corrupt", `could not ${doing} ${this.#path}: a number in it is larger than any that was written`, { cause: error });
      }
      throw journalFault(error, this.#path, doing);
    }
  }
}

/** Damage can change even the type of a value in a row: what is not as it was written is never passed on. */
function storedRow(values: Record<string, SQLOutputValue>, path: string, after: number): StoredRow {
  const { position, stream, sequence, hash, text } = values;
  const sound = typeof position === "number" && typeof stream === "string" && typeof sequence === "number" && typeof hash === "string";
  if (!sound || !(typeof text === "string" || text instanceof Uint8Array)) {
    throw new JournalFault("corrupt", `${path} is damaged at the row after position ${after}: a value has lost its type`);
  }
  return { position, stream, sequence, hash, text };
}
