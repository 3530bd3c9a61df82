/**
 * The journal in one SQLite file (R13): write-ahead log, each append one transaction that is synced to disk before `append`
 * returns. docs/journal.md describes the file; docs/decisions/0001-journal-lock.md the lock.
 */
import { type Stats, statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { assert } from "../../domain/assert.ts";
import type { UnixMs } from "../../domain/time.ts";
import { type Append, type Journal, JournalFault, type StoredRecord, type StreamName } from "../../engine/ports/journal.ts";
import { type Plan, plan } from "./batch.ts";
import { type JournalLock, lockJournal } from "./lock.ts";
import { createPrivately, resolved } from "./place.ts";
import type { JournalReader, StoredRow, StreamHead } from "./reader.ts";
import { journalFault } from "./sqlite-fault.ts";
import { SqliteRows } from "./sqlite-rows.ts";
import { createTables, formatOf, makeDurable } from "./sqlite-schema.ts";

/** Whoever else may hold SQLite's write lock for a moment (a person with the sqlite3 shell) is waited for so long, on the event loop. */
const BUSY_WAIT_MS = 100;
const READER_BUSY_WAIT_MS = 2_000;
/** Chains of so many last records are checked before the file is written to again; `read` checks the rest when the state is folded. */
const TAIL_ROWS = 1_000;
/** Fewer records than this are not worth a carrying over. */
const CARRY_OVER_ROWS = 100;

export interface OpenOptions {
  /** For the lock, so that a second process can be told since when it is held. */
  readonly openedAt: UnixMs;
  /** The journal refuses to grow beyond this ("full"), to the nearest page of the file. Without it only the disk is the limit. */
  readonly maxBytes?: number;
}

/**
 * Opens a journal for writing, and makes it where there is none. Throws `JournalFault`: "locked" when another process owns it,
 * "corrupt" when it is no journal or its end is damaged, and what the disk gives reason for.
 */
export function openJournal(path: string, options: OpenOptions): SqliteJournal {
  const file = resolved(path);
  const lock = lockJournal(file, options.openedAt);
  let db: DatabaseSync | undefined;
  try {
    createPrivately(file);
    db = new DatabaseSync(file, { timeout: BUSY_WAIT_MS });
    prepareFile(db, file, options);
    return new SqliteJournal(db, file, lock);
  } catch (error) {
    if (db?.isOpen === true) db.close();
    lock.release();
    throw journalFault(error, file, "open");
  }
}

/** The state of a journal at this moment, beside its owner or without one. Later appends are not seen; a held reader keeps the log from shrinking, so close it. */
export function readJournal(path: string): JournalReader {
  const file = resolved(path);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) throw new JournalFault("io", `there is no journal at ${file}`);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: READER_BUSY_WAIT_MS });
    db.exec("BEGIN"); // the first read below fixes the moment that all later ones see
    if (formatOf(db, file) === "empty") throw new JournalFault("io", `${file} is empty: nothing was ever written to this journal`);
    return reader(db, new SqliteRows(db, file));
  } catch (error) {
    if (db?.isOpen === true) db.close();
    throw journalFault(error, file, "read");
  }
}

/** The one writer. Made by `openJournal`. */
export class SqliteJournal implements Journal, JournalReader {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #lock: JournalLock;
  readonly #rows: SqliteRows;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insert: StatementSync;
  readonly #found: StatementSync;
  readonly #move: StatementSync;
  readonly #file: Stats;
  readonly #heads: Map<StreamName, StreamHead>;
  #position: number;
  #unusable: JournalFault | undefined;

  constructor(db: DatabaseSync, path: string, lock: JournalLock) {
    this.#db = db;
    this.#path = path;
    this.#lock = lock;
    this.#rows = new SqliteRows(db, path);
    this.#heads = new Map(this.#rows.marks());
    this.#position = this.#rows.lastPosition();
    this.#file = statSync(path);
    this.#begin = db.prepare("BEGIN IMMEDIATE");
    this.#commit = db.prepare("COMMIT");
    this.#insert = db.prepare("INSERT INTO records (position, stream, sequence, hash, text) VALUES (?, ?, ?, ?, ?)");
    this.#found = db.prepare("INSERT INTO streams (stream, sequence, hash) VALUES (?, ?, ?)");
    this.#move = db.prepare("UPDATE streams SET sequence = ?, hash = ? WHERE stream = ? AND sequence = ? AND hash = ?");
    this.#checkEnd();
  }

  #carriedOver = 0;

  /**
   * After "full", "locked", "conflict" and "read-only" nothing of the batch is stored, and the journal can be used again. After
   * "io" and "corrupt" it takes no more appends until it is opened anew: whether the disk kept the batch is then the disk's
   * secret, and only a new start, which reads what is there, may build on it.
   */
  append(batch: readonly Append[]): void {
    assert(this.#db.isOpen, "the journal is closed");
    if (this.#unusable !== undefined) throw this.#unusable;
    const planned = plan(this.#heads, this.#position, batch);
    if (planned.rows.length === 0) return;
    try {
      this.#checkFileIsStillThere();
      this.#store(planned);
    } catch (error) {
      throw this.#failed(error);
    }
    this.#position += planned.rows.length;
    for (const [stream, { after }] of planned.moves) this.#heads.set(stream, after);
  }

  /** From `position` on, itself included. The order of the fold; may be left at any record. */
  read(from: { readonly position: number } = { position: 1 }): Iterable<StoredRecord> {
    return this.#rows.read(from.position);
  }

  rows(): Iterable<StoredRow> {
    return this.#rows.rows();
  }

  heads(): ReadonlyMap<StreamName, number> {
    return sequences(this.#heads);
  }

  marks(): ReadonlyMap<StreamName, StreamHead> {
    return this.#rows.marks();
  }

  damage(): readonly string[] {
    return this.#rows.damage();
  }

  /**
   * Carries the write-ahead log over into the file as far as readers allow; cheap when little was appended since. Where there is no room
   * for it the log keeps everything, and the next append says what the trouble is.
   */
  carryOver(): void {
    if (!this.#db.isOpen || this.#unusable !== undefined || this.#position - this.#carriedOver < CARRY_OVER_ROWS) return;
    this.#carriedOver = this.#position;
    try {
      this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      if (!(journalFault(error, this.#path, "carry over the log of") instanceof JournalFault)) throw error;
    }
  }

  /** Carries the log over into the file and lets go of the lock. May be called twice. */
  close(): void {
    if (this.#db.isOpen) this.#db.close();
    this.#lock.release();
  }

  /**
   * The expected sequences are checked by the database too, inside the transaction: should the lock ever have failed (a lock
   * file deleted by hand), another writer is found out here, by the stream's mark or by the position, and nothing is stored.
   */
  #store({ rows, moves }: Plan): void {
    this.#begin.run();
    for (const [stream, { before, after }] of moves) {
      if (before.sequence === 0) this.#found.run(stream, after.sequence, after.hash);
      else if (this.#move.run(after.sequence, after.hash, stream, before.sequence, before.hash).changes !== 1) {
        throw new JournalFault(
          "conflict",
          `stream ${stream} of ${this.#path} no longer ends with sequence ${before.sequence}: another process writes to this journal; nothing was stored`,
        );
      }
    }
    for (const row of rows) this.#insert.run(row.position, row.stream, row.sequence, row.hash, row.text);
    this.#commit.run();
  }

  #failed(error: unknown): unknown {
    let fault = journalFault(error, this.#path, "append to");
    try {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    } catch (second) {
      fault = new JournalFault("io", `could not take back a failed append to ${this.#path}`, { cause: second });
    }
    if (fault instanceof JournalFault && (fault.trouble === "io" || fault.trouble === "corrupt")) this.#unusable = fault;
    return fault;
  }

  /** A file that is deleted or replaced while it is open goes on taking writes that nobody will ever read. Costs half a microsecond or so. */
  #checkFileIsStillThere(): void {
    const now = statSync(this.#path, { throwIfNoEntry: false });
    if (now?.ino === this.#file.ino && now.dev === this.#file.dev) return;
    throw new JournalFault("io", `${this.#path} was ${now === undefined ? "deleted" : "replaced by another file"} while Lockstep was writing to it`);
  }

  /** What can be checked without reading it all: that no record is missing by the count, and the chains of the last ones. */
  #checkEnd(): void {
    let counted = 0;
    for (const head of this.#heads.values()) counted += head.sequence;
    if (counted !== this.#position) {
      throw new JournalFault("corrupt", `${this.#path} is damaged: its streams count ${counted} records together, and the last position is ${this.#position}`);
    }
    let last = 0;
    for (const { position } of this.#rows.read(Math.max(1, this.#position - TAIL_ROWS + 1))) last = position; // throws at the first that does not hold
    assert(last === this.#position, `the tail ends with the last position, ${this.#position}, was ${last}`);
  }
}

function reader(db: DatabaseSync, rows: SqliteRows): JournalReader {
  return {
    read: (from = { position: 1 }) => rows.read(from.position),
    rows: () => rows.rows(),
    heads: () => sequences(rows.marks()),
    marks: () => rows.marks(),
    damage: () => rows.damage(),
    close: () => {
      if (db.isOpen) db.close();
    },
  };
}

function prepareFile(db: DatabaseSync, file: string, { maxBytes }: OpenOptions): void {
  const format = formatOf(db, file); // before any setting that writes: a file that is not ours stays as it is
  makeDurable(db, file);
  if (format === "empty") createTables(db);
  if (maxBytes === undefined) return;
  const pageBytes = Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
  db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`);
}

function sequences(heads: ReadonlyMap<StreamName, StreamHead>): ReadonlyMap<StreamName, number> {
  return new Map([...heads].map(([stream, head]) => [stream, head.sequence]));
}
