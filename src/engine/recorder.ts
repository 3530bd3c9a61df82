/**
 * Write-ahead (R8): what was seen and what is meant to be done about it become one durable batch before anything leaves.
 * The recorder applies each record to the book as it comes, and keeps the batch until `commit`; whatever is sent is sent
 * after that returned.
 *
 * A journal that takes nothing is *broken*. What comes then is still applied, and waits in order, so that the journal on disk
 * stays a true beginning of what happened. Where the trouble left the journal as it was (no room, a lock, no right), `retry`
 * stores what waits and the journal is whole again; after any other trouble nothing more is written (decision 10).
 */
import { assert } from "../domain/assert.ts";
import { apply } from "../domain/book/apply.ts";
import type { Book } from "../domain/book/book.ts";
import { packAll } from "../domain/book/packing.ts";
import { type BookRecord, streamOf } from "../domain/records.ts";
import { type Append, type Journal, JournalFault, type JournalRecord, type StreamName } from "./ports/journal.ts";
import { Spent } from "./spent.ts";
import { Traded } from "./traded.ts";

/** So many records may wait for the journal, some hundred megabytes; beyond that only a new start, which reads the books, knows more. */
const WAITING_MAX = 100_000;
/** What waited is stored in pieces, so that a little room is of use, and the loop is never held up for long. */
const PIECE_RECORDS = 1_000;

export class Recorder {
  readonly #book: Book;
  readonly #journal: Journal;
  readonly #heads: Map<StreamName, number>;
  readonly #committed: (records: readonly BookRecord[]) => void;
  #pending: BookRecord[] = [];
  #broken: JournalFault | undefined;
  /** Records that will never be stored by this process: the first of them would follow something that is not there. */
  #lost = 0;
  #applied = 0;

  constructor(book: Book, journal: Journal, committed: (records: readonly BookRecord[]) => void) {
    this.#book = book;
    this.#journal = journal;
    this.#heads = new Map(journal.heads());
    this.#committed = committed;
  }

  /** Why the journal can't be written; undefined while it can. */
  get broken(): JournalFault | undefined {
    return this.#broken;
  }

  /** The journal is as it was before the trouble, and everything since then waits in order: `retry` may succeed. */
  get mayHeal(): boolean {
    return this.#broken !== undefined && this.#lost === 0 && storedNothing(this.#broken);
  }

  /** How many records have changed the book. */
  get applied(): number {
    return this.#applied;
  }

  /** Records that are in no journal. */
  get unstored(): number {
    return this.#pending.length + this.#lost;
  }

  /** What comes after the journal broke is still applied, so that known orders can be cancelled. */
  record(record: BookRecord): void {
    apply(this.#book, record);
    this.#applied += 1;
    this.#pending.push(record);
    if (this.#broken !== undefined && (!this.mayHeal || this.#pending.length > WAITING_MAX)) this.#giveUp();
  }

  /** Makes everything recorded since the last commit durable. False: it could not, and nothing of it may be acted on. */
  commit(): boolean {
    if (this.#broken !== undefined) return false;
    return this.#store(this.#pending.length);
  }

  /** Tries to store what waits. True: all of it is durable, and the journal can be written as before. */
  retry(): boolean {
    if (this.#broken === undefined) return true;
    if (!this.mayHeal) return false;
    do if (!this.#store(PIECE_RECORDS)) return false;
    while (this.#pending.length > 0);
    this.#broken = undefined;
    return true;
  }

  /** Appends the first `count` of what waits, as one batch. */
  #store(count: number): boolean {
    if (this.#pending.length === 0) return true;
    const records = this.#pending.slice(0, count);
    const heads = new Map<StreamName, number>();
    const batch: Append[] = [];
    for (const run of runsOf(records)) {
      const expected = heads.get(run.stream) ?? this.#heads.get(run.stream) ?? 0;
      batch.push({ stream: run.stream, expected, records: run.records });
      heads.set(run.stream, expected + run.records.length);
    }
    try {
      this.#journal.append(batch);
    } catch (cause) {
      assert(cause instanceof JournalFault, `the journal failed in a way nobody thought of: ${String(cause)}`);
      this.#broken = cause;
      if (!storedNothing(cause)) this.#giveUp();
      return false;
    }
    this.#pending = this.#pending.slice(records.length);
    for (const [stream, head] of heads) this.#heads.set(stream, head);
    this.#committed(records);
    return true;
  }

  #giveUp(): void {
    this.#lost += this.#pending.length;
    this.#pending = [];
  }
}

/**
 * After these troubles the journal is as it was, and ours alone. After "io" and "corrupt" it is not known what the disk kept, and
 * after "conflict" another process has written what we have not read.
 */
function storedNothing({ trouble }: JournalFault): boolean {
  return trouble === "full" || trouble === "locked" || trouble === "read-only";
}

/** Consecutive records of one stream; their order over all streams is the order of the fold. */
function runsOf(records: readonly BookRecord[]): readonly { readonly stream: StreamName; readonly records: readonly JournalRecord[] }[] {
  const runs: { stream: StreamName; records: JournalRecord[] }[] = [];
  for (const record of records) {
    const stream = streamOf(record);
    const last = runs.at(-1);
    if (last?.stream === stream) last.records.push(asStored(record));
    else runs.push({ stream, records: [asStored(record)] });
  }
  return runs;
}

/** Every record is JSON all the way down: only the compiler does not see it, and a copy of each would be made for its sake. */
function asStored(record: BookRecord): JournalRecord {
  return record as BookRecord & JournalRecord;
}

export interface Folded {
  /** How many there were; 0 is a first start. */
  readonly records: number;
  readonly spent: Spent;
  readonly traded: Traded;
}

/** So many records of what is put away, some thousands of mirrors and some 20 MB, wait for the turn of their day before they are packed after all. */
const PUT_AWAY_WAITING_MAX = 256;

/** Folds what the journal tells into an empty book; what of the order budget it says is spent; what the trade books have told. */
export function fold(book: Book, journal: Pick<Journal, "read">): Folded {
  const spent = new Spent();
  const traded = new Traded(book);
  let records = 0;
  let putAway = 0;
  book.packs = "later";
  for (const { record } of journal.read()) {
    const known = record as unknown as BookRecord;
    apply(book, known);
    spent.observe(known);
    traded.observe(known);
    records += 1;
    if (known.type === "mirrors-put-away") putAway += 1;
    else if (known.type === "day-turned" && known.forgets === true) putAway = 0;
    if (putAway < PUT_AWAY_WAITING_MAX) continue;
    packAll(book);
    putAway = 0;
  }
  packAll(book);
  book.packs = "at-once";
  return { records, spent, traded };
}
