/**
 * The journal in memory: a full peer of the SQLite one for simulation and tests (R13), with the same checks, chains and faults.
 * A `MemoryDisk` is what outlives a process; a `MemoryJournal` is one process's hold on it.
 */
import { assert } from "../../domain/assert.ts";
import { type JournalCut, streamOf } from "../../domain/records.ts";
import type { UnixMs } from "../../domain/time.ts";
import { type Append, type Journal, JournalFault, type StoredRecord, type StreamName } from "../../engine/ports/journal.ts";
import { type PlannedRow, plan } from "./batch.ts";
import { checked } from "./checked.ts";
import type { JournalReader, StoredRow, StreamHead } from "./reader.ts";

export interface MemoryDiskOptions {
  /** More characters of record text than this are refused ("full"). */
  readonly capacity?: number;
}

interface Contents {
  capacity: number;
  readonly rows: PlannedRow[];
  readonly marks: Map<StreamName, StreamHead>;
  used: number;
  owner: MemoryJournal | undefined;
}

export class MemoryDisk {
  readonly #contents: Contents;

  constructor({ capacity = Number.POSITIVE_INFINITY }: MemoryDiskOptions = {}) {
    this.#contents = { capacity, rows: [], marks: new Map(), used: 0, owner: undefined };
  }

  /** Throws `JournalFault` "locked" while another journal on this disk is open. */
  open(): MemoryJournal {
    if (this.#contents.owner !== undefined) {
      throw new JournalFault("locked", "the journal is in use: another has had it open since before. One process owns a journal for writing");
    }
    const journal = new MemoryJournal(this.#contents);
    this.#contents.owner = journal;
    return journal;
  }

  /** What is stored at this moment; later appends are not seen. */
  reader(): JournalReader {
    return reading(this.#contents.rows.slice(), new Map(this.#contents.marks));
  }

  /** The process that has the journal open dies: what it appended stays, its handle is dead, and another may open. */
  crash(): void {
    this.#contents.owner = undefined;
  }

  /** So many characters of record text may be stored from now on; without a number, any. */
  limit(capacity: number = Number.POSITIVE_INFINITY): void {
    this.#contents.capacity = capacity;
  }

  /** How many characters are stored. */
  get used(): number {
    return this.#contents.used;
  }

  /** Loses everything after a position, and says so, as the file's journal does when its end was damaged (mend.ts). Nobody has it open. */
  cutAfter(position: number, at: UnixMs): void {
    const { rows, marks } = this.#contents;
    const lost = rows.splice(position);
    for (const { stream } of lost) {
      const last = rows.findLast((row) => row.stream === stream);
      if (last === undefined) marks.delete(stream);
      else marks.set(stream, last);
    }
    const cut: JournalCut = { type: "journal-cut", at, after: position, missing: lost.length, kept: "nowhere" };
    const journal = this.open();
    journal.append([{ stream: streamOf(cut), expected: marks.get(streamOf(cut))?.sequence ?? 0, records: [{ ...cut }] }]);
    journal.close();
  }

  /** Makes one stored text say something else, as a failing disk would: for tests of what notices it. */
  damage(position: number, change: (text: string) => string): void {
    const row = this.#contents.rows[position - 1];
    assert(row !== undefined, `there is a record at position ${position}`);
    this.#contents.rows[position - 1] = { ...row, text: change(row.text) };
  }
}

/** The one writer. Made by `MemoryDisk.open`. */
export class MemoryJournal implements Journal, JournalReader {
  readonly #contents: Contents;
  readonly #reader: JournalReader;
  #closed = false;

  constructor(contents: Contents) {
    this.#contents = contents;
    this.#reader = reading(contents.rows, contents.marks);
  }

  append(batch: readonly Append[]): void {
    assert(!this.#closed, "the journal is closed");
    const contents = this.#contents;
    if (contents.owner !== this) throw new JournalFault("io", "the process that had this journal open has died");
    const { rows, moves } = plan(contents.marks, contents.rows.length, batch);
    const used = rows.reduce((sum, row) => sum + row.text.length, contents.used);
    if (used > contents.capacity) {
      throw new JournalFault("full", `the journal's memory is full: ${used} characters would be more than ${contents.capacity}; nothing was stored`);
    }
    contents.used = used;
    contents.rows.push(...rows);
    for (const [stream, { after }] of moves) contents.marks.set(stream, after);
  }

  /** From `position` on, itself included. */
  read(from: { readonly position: number } = { position: 1 }): Iterable<StoredRecord> {
    return this.#reader.read(from);
  }

  rows(): Iterable<StoredRow> {
    return this.#reader.rows();
  }

  heads(): ReadonlyMap<StreamName, number> {
    return this.#reader.heads();
  }

  marks(): ReadonlyMap<StreamName, StreamHead> {
    return this.#reader.marks();
  }

  damage(): readonly string[] {
    return this.#reader.damage();
  }

  close(): void {
    this.#closed = true;
    if (this.#contents.owner === this) this.#contents.owner = undefined;
  }
}

function reading(rows: readonly PlannedRow[], marks: ReadonlyMap<StreamName, StreamHead>): JournalReader {
  return {
    read: (from = { position: 1 }) => checked(since(rows, from.position), from.position, () => marks),
    rows: () => rows.map((row) => ({ ...row, text: Buffer.from(row.text) })),
    heads: () => new Map([...marks].map(([stream, head]) => [stream, head.sequence])),
    marks: () => new Map(marks),
    damage: () => [],
    close: () => undefined,
  };
}

/** By index and not by copy: what is appended while someone reads comes at the end of his reading, as in the file. */
function* since(rows: readonly StoredRow[], position: number): Generator<StoredRow, void, undefined> {
  for (let index = Math.max(0, position - 1); ; index += 1) {
    const row = rows[index];
    if (row === undefined) return;
    yield row;
  }
}
