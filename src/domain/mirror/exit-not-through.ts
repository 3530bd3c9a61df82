/** Entries of an account wait while one of its exits was refused and is not through (R14). */
import { type Book, followerBook, leaderBook } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import type { ClientId } from "../identity.ts";
import { type Verdict, verdict } from "../verdict.ts";
import type { Mirror } from "./mirror.ts";
import { targetOf } from "./target.ts";

/** How soon what waits for a refused exit is looked at again. */
export const EXIT_LOOK_MS = 500;

/**
 * An exit that the broker refused and of which something is still to be sent. One that another exit has taken the place of, or whose
 * position is gone, has nothing to send and holds up nobody.
 */
export function exitNotThrough(book: Book, follower: ClientId): Mirror | undefined {
  const { mirrors, refusedExits } = followerBook(book, follower);
  for (const key of refusedExits) {
    const exit = mirrors.get(key);
    if (exit === undefined) continue;
    const leader = orderOf(leaderBook(book, exit.leader), exit.cause);
    if (targetOf(book, exit, leader).exit > exit.exitFilled) return exit;
  }
  return undefined;
}

export function entryWaits(exit: Mirror): Verdict {
  return verdict("ENTRY_WAITS", `an exit of the account was refused (order ${exit.cause}), and entries wait until it is through`);
}
