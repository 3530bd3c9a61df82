/** The mirrors of a holding that have a part in what the others of it may do. Part of the fold. */
import { settleLeft } from "../mirror/carried.ts";
import { holdingOf } from "../mirror/in-holding.ts";
import type { Mirror, MirrorKey } from "../mirror/mirror.ts";
import { type Book, type FollowerBook, mirrorsOfHolding } from "./book.ts";
import { mirrorIn } from "./mirrors.ts";
import { isOver } from "./over.ts";
import { intoHolding } from "./put-away.ts";

/** Answers whether it was not among those of its holding. */
export function remember(follower: FollowerBook, mirror: Mirror): boolean {
  if (mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror)).includes(mirror.key)) return false;
  intoHolding(follower, mirror);
  return true;
}

/**
 * Takes a mirror out of its holding when nothing of it can change any more, so that a day of many orders in one contract
 * does not slow the next. One from which an exit took something back stays: a late fill of it would still matter (R14).
 */
export function forgetWhenOver(book: Book, follower: FollowerBook, key: MirrorKey): void {
  const mirror = mirrorIn(follower, key);
  if (mirror.withdrawals.length > 0 || !isOver(book, mirror)) return;
  const holdings = follower.byHolding.get(mirror.leader);
  const left = holdings?.get(holdingOf(mirror))?.filter((other) => other !== key);
  if (left === undefined || left.length === holdings?.get(holdingOf(mirror))?.length) return;
  settleLeft(book, follower, mirror, 1);
  holdings?.set(holdingOf(mirror), left);
}

/** It had left its holding, and something of it is to be sent after all: those beside it must reckon with it. */
export function backIntoHolding(book: Book, follower: FollowerBook, mirror: Mirror): void {
  if (remember(follower, mirror)) settleLeft(book, follower, mirror, -1);
}
