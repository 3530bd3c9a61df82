/** Write-ahead (R8): one durable batch for what was seen and what is meant, or nothing is acted on. */
import { describe, expect, test } from "vitest";
import { emptyBook, leaderBook } from "../domain/book/book.ts";
import { clientId, orderId } from "../domain/identity.ts";
import { frame, second } from "../domain/order/example.ts";
import { quantity } from "../domain/quantity.ts";
import type { BookRecord } from "../domain/records.ts";
import { type Append, type Journal, JournalFault, type StoredRecord } from "./ports/journal.ts";
import { fold, Recorder } from "./recorder.ts";

const LEADER = clientId("1000000001");
const FOLLOWER = clientId("1000000002");
const ORDER = orderId("112611200001");

const started: BookRecord = { type: "engine-started", at: second(0), version: "0.1.0", leadersSince: undefined };
const seen = (at: number, part: Parameters<typeof frame>[1] = {}): BookRecord => ({
  type: "leader-order-reported",
  at: second(at),
  leader: LEADER,
  report: frame(at, part),
});
const halted: BookRecord = { type: "entries-halted", at: second(1), follower: FOLLOWER, why: "a stranger" };

/** Keeps batches as they come; `refuse` makes the next appends fail. */
class Batches implements Journal {
  readonly batches: (readonly Append[])[] = [];
  readonly #heads: ReadonlyMap<string, number>;
  refuse: Error | undefined;

  constructor(heads: ReadonlyMap<string, number> = new Map()) {
    this.#heads = heads;
  }

  append(batch: readonly Append[]): void {
    if (this.refuse !== undefined) throw this.refuse;
    this.batches.push(batch);
  }

  *read(): Iterable<StoredRecord> {
    let position = 0;
    for (const { stream, expected, records } of this.batches.flat()) {
      for (const [index, record] of records.entries()) {
        position += 1;
        yield { position, stream, sequence: expected + index + 1, record, hash: "" };
      }
    }
  }

  heads(): ReadonlyMap<string, number> {
    return this.#heads;
  }

  close(): void {}
}

function recorder(journal: Batches): { readonly book: ReturnType<typeof emptyBook>; readonly recorder: Recorder; readonly told: (readonly BookRecord[])[] } {
  const book = emptyBook();
  const told: (readonly BookRecord[])[] = [];
  return { book, told, recorder: new Recorder(book, journal, (records) => told.push(records)) };
}

/** Each part of a batch as `stream expected+count`. */
function shape(batch: readonly Append[] | undefined): string[] | undefined {
  return batch?.map(({ stream, expected, records }) => `${stream} ${expected}+${records.length}`);
}

test("what is recorded changes the book at once and the journal with the commit, and only then is it told", () => {
  const journal = new Batches();
  const { book, recorder: one, told } = recorder(journal);
  one.record(seen(1));
  expect(leaderBook(book, LEADER).orders.get(ORDER)?.known.filled).toBe(0);
  expect([journal.batches, told]).toEqual([[], []]);
  expect(one.commit()).toBe(true);
  expect(journal.batches).toHaveLength(1);
  expect(told).toEqual([[seen(1)]]);
});

test("a batch keeps the order of its records, over streams, and each stream's sequence goes on", () => {
  const journal = new Batches();
  const { recorder: one } = recorder(journal);
  for (const record of [started, seen(1), seen(2), halted, seen(3)]) one.record(record);
  one.commit();
  one.record(seen(4));
  one.commit();
  expect(journal.batches.map(shape)).toEqual([
    ["engine 0+1", `leader:${LEADER} 0+2`, `follower:${FOLLOWER} 0+1`, `leader:${LEADER} 2+1`],
    [`leader:${LEADER} 3+1`],
  ]);
});

test("a journal that held something is gone on with where it ended", () => {
  const journal = new Batches(new Map([[`leader:${LEADER}`, 41]]));
  const { recorder: one } = recorder(journal);
  one.record(seen(1));
  one.record(halted);
  one.commit();
  expect(journal.batches.map(shape)).toEqual([[`leader:${LEADER} 41+1`, `follower:${FOLLOWER} 0+1`]]);
});

test("nothing recorded is nothing to append", () => {
  const journal = new Batches();
  const { recorder: one, told } = recorder(journal);
  expect(one.commit()).toBe(true);
  expect([journal.batches, told]).toEqual([[], []]);
});

describe("a journal that fails", () => {
  test("is broken until it is tried again: nothing is told, and no commit succeeds, though the journal might", () => {
    const journal = new Batches();
    const { recorder: one, told } = recorder(journal);
    journal.refuse = new JournalFault("full", "the disk is full");
    one.record(seen(1));
    expect(one.commit()).toBe(false);
    expect(one.broken?.trouble).toBe("full");
    journal.refuse = undefined;
    one.record(seen(2));
    expect(one.commit()).toBe(false);
    expect([journal.batches, told]).toEqual([[], []]);
  });

  test("leaves a book that still follows what happens, so that known orders can be cancelled", () => {
    const journal = new Batches();
    const { book, recorder: one } = recorder(journal);
    journal.refuse = new JournalFault("io", "no such device");
    one.record(seen(1));
    one.commit();
    one.record(seen(2, { status: "CANCELLED" }));
    expect(leaderBook(book, LEADER).orders.get(ORDER)?.known.end).toBe("cancelled");
  });

  test("is whole again when there is room: what waited is stored first, in order, and then what comes (decision 10)", () => {
    const journal = new Batches();
    const { book, recorder: one, told } = recorder(journal);
    one.record(started);
    one.commit();
    journal.refuse = new JournalFault("full", "the disk is full");
    one.record(seen(1));
    one.commit();
    one.record(seen(2));
    expect([one.retry(), one.mayHeal, one.unstored]).toEqual([false, true, 2]);
    journal.refuse = undefined;
    expect([one.retry(), one.broken, one.unstored]).toEqual([true, undefined, 0]);
    one.record(halted);
    expect(one.commit()).toBe(true);
    expect(told.flat()).toEqual([started, seen(1), seen(2), halted]);
    const again = emptyBook();
    fold(again, journal);
    expect(again).toEqual(book);
  });

  test.each(["io", "corrupt", "conflict"] as const)("with %s is never written to again: what the disk kept, or another wrote, is not known", (trouble) => {
    const journal = new Batches();
    const { recorder: one } = recorder(journal);
    journal.refuse = new JournalFault(trouble, "it failed");
    one.record(seen(1));
    one.commit();
    journal.refuse = undefined;
    one.record(seen(2));
    expect([one.retry(), one.mayHeal, one.unstored]).toEqual([false, false, 2]);
    expect(journal.batches).toEqual([]);
  });

  test("and takes a part of what waits keeps that part, and gets the rest later", () => {
    const journal = new Batches();
    const { recorder: one, told } = recorder(journal);
    journal.refuse = new JournalFault("full", "the disk is full");
    one.record(started);
    one.commit();
    for (let at = 0; at < 2_500; at += 1) one.record(seen(at));
    let room = 1;
    journal.append = (batch) => {
      if (room === 0) throw new JournalFault("full", "the disk is full");
      room -= 1;
      journal.batches.push(batch);
    };
    expect([one.retry(), one.unstored]).toEqual([false, 1_501]);
    room = 2;
    expect([one.retry(), one.unstored]).toEqual([true, 0]);
    expect(told.flat()).toHaveLength(2_501);
    expect(journal.batches.map(shape).at(-1)).toEqual([`leader:${LEADER} 1999+501`]);
  });

  test("in a way that nobody thought of is a bug, and is not hidden", () => {
    const journal = new Batches();
    const { recorder: one } = recorder(journal);
    journal.refuse = new TypeError("undefined is not a function");
    one.record(seen(1));
    expect(() => one.commit()).toThrow("nobody thought of");
  });
});

test("R8 the fold of the journal is the book that was in memory", () => {
  const journal = new Batches();
  const { book, recorder: one } = recorder(journal);
  for (const record of [started, seen(1), seen(2, { status: "PART_TRADED", filled: quantity(75) }), halted]) one.record(record);
  one.commit();
  const again = emptyBook();
  expect(fold(again, journal).records).toBe(4);
  expect(again).toEqual(book);
});
