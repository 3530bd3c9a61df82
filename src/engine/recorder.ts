/**
 * Write-ahead (R8): what was seen and what is meant to be done about it become one durable batch before anything leaves.
 * The recorder applies each record to the book as it comes, and keeps the batch until `commit`; whatever is sent is sent
 * after that returned. If the journal can't keep its promise, nothing new is sent ever again by this process.
 */
import { assert } from "../domain/assert.ts";
import { apply } from "../domain/book/apply.ts";
import type { Book } from "../domain/book/book.ts";
import { type BookRecord, streamOf } from "../domain/records.ts";
import { type Append, type Journal, JournalFault, type JournalRecord, type StreamName } from "./ports/journal.ts";
import { Spent } from "./spent.ts";
import { Traded } from "./traded.ts";

export class Recorder {
  readonly #book: Book;
  readonly #journal: Journal;
  readonly #heads: Map<StreamName, number>;
  readonly #committed: (records: readonly BookRecord[]) => void;
  #pending: BookRecord[] = [];
  #broken: JournalFault | undefined;

  constructor(book: Book, journal: Journal, committed: (records: readonly BookRecord[]) => void) {
    this.#book = book;
    this.#journal = journal;
    this.#heads = new Map(journal.heads());
    this.#committed = committed;
  }

  /** Why the journal can't be written any more; undefined while it can. */
  get broken(): JournalFault | undefined {
    return this.#broken;
  }

  /** What comes after the journal broke is still applied, so that known orders can be cancelled; there is nowhere to keep it. */
  record(record: BookRecord): void {
    apply(this.#book, record);
    if (this.#broken === undefined) this.#pending.push(record);
  }

  /** Makes everything recorded since the last commit durable. False: it could not, and nothing of it may be acted on. */
  commit(): boolean {
    if (this.#broken !== undefined) return false;
    if (this.#pending.length === 0) return true;
    const records = this.#pending;
    this.#pending = [];
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
      return false;
    }
    for (const [stream, head] of heads) this.#heads.set(stream, head);
    this.#committed(records);
    return true;
  }
}

/** Consecutive records of one stream; their order over all streams is the order of the fold. */
function runsOf(records: readonly BookRecord[]): readonly { readonly stream: StreamName; readonly records: readonly JournalRecord[] }[] {
  const runs: { stream: StreamName; records: JournalRecord[] }[] = [];
  for (const record of records) {
    const stream = streamOf(record);
    const last = runs.at(-1);
    const plain: JournalRecord = { ...record };
    if (last?.stream === stream) last.records.push(plain);
    else runs.push({ stream, records: [plain] });
  }
  return runs;
}

export interface Folded {
  /** How many there were; 0 is a first start. */
  readonly records: number;
  readonly spent: Spent;
  readonly traded: Traded;
}

/** Folds what the journal tells into an empty book; what of the order budget it says is spent; what the trade books have told. */
export function fold(book: Book, journal: Pick<Journal, "read">): Folded {
  const spent = new Spent();
  const traded = new Traded();
  let records = 0;
  for (const { record } of journal.read()) {
    const known = record as unknown as BookRecord;
    apply(book, known);
    spent.observe(known);
    traded.observe(known);
    records += 1;
  }
  return { records, spent, traded };
}
