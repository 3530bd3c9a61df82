/** Whether an after-market order of the leader's is at the exchange by now (R19). */
import { type Book, followerBook, type LeaderOrder } from "../book/book.ts";
import { filledOf } from "./attempt.ts";
import type { Mirror } from "./mirror.ts";

/** It is, or was: one that is placed now is for this session, and not for the next. */
export function hasGoneOut(leader: LeaderOrder | undefined): boolean {
  return leader !== undefined && (leader.known.reached || leader.known.filled > 0);
}

/**
 * It is not, as far as was told, and an after-market order of the copy's has filled since he ordered: its market has opened, and what were sent as an
 * after-market order now would stay behind until the next session. His broker tells within moments that his has gone out; until then the exit waits.
 */
export function opensUntold(book: Book, { leader: id, follower, instrument, contracted }: Mirror, leader: LeaderOrder | undefined): boolean {
  if (leader === undefined || !contracted.afterMarket || hasGoneOut(leader)) return false;
  for (const other of followerBook(book, follower).mirrors.values()) {
    if (other.leader !== id || other.instrument.segment !== instrument.segment) continue;
    for (const attempt of other.attempts)
      if (attempt.afterMarket && filledOf(attempt) > 0 && (attempt.order?.updatedAt ?? 0) > leader.known.createdAt) return true;
  }
  return false;
}
