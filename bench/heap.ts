/** What a folded journal holds on to in memory, once all garbage is collected. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openShelf } from "../src/adapters/journal/shelf.ts";
import { openJournal } from "../src/adapters/journal/sqlite.ts";
import { systemClock } from "../src/adapters/system/clock.ts";
import { type Book, emptyBook } from "../src/domain/book/book.ts";
import { countPutAway } from "../src/domain/book/put-away.ts";
import { fold } from "../src/engine/recorder.ts";

export interface Weight {
  readonly bytes: number;
  /** Mirrors in the book, in full and put away. */
  readonly mirrors: number;
}

export async function weigh(path: string, keeps: Book["keeps"]): Promise<Weight> {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  // What is on the stack, and what has a finalizer, is fetched only in a later turn.
  const collect = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) {
      await nextTurn();
      gc();
    }
  };
  await collect();
  const before = held();
  const book = emptyBook(keeps);
  // As in the running product.
  const shelf = openShelf(`${path}-shelf`);
  if (shelf instanceof Error) throw shelf;
  book.shelf = shelf;
  folded(path, book);
  await collect();
  const bytes = held() - before;
  shelf.close();
  // The book must still be there to be weighed.
  return { bytes, mirrors: [...book.followers.values()].reduce((sum, follower) => sum + follower.mirrors.size + countPutAway(follower), 0) };
}

/** In the heap, and in what lies outside of it. */
function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Answers how many records there were. */
export function folded(path: string, book: Book): number {
  const journal = openJournal(path, { openedAt: systemClock.now() });
  const { records } = fold(book, journal);
  journal.close();
  return records;
}
