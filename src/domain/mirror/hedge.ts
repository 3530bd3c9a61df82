/**
 * A sold option and the bought one beside it. Margin of a sale is far less once its hedge is filled, and the leader's legs come one after the
 * other: a sale for which margin was short is tried once more when the hedge has filled, while it is still fresh (R2, R20).
 */
import { type Book, followerBook, type LeaderOrder, leaderBook, positionOf } from "../book/book.ts";
import { direction } from "../order/terms.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { type Attempt, refusalOf, wasRefused } from "./attempt.ts";
import { later } from "./decision.ts";
import { currentAttempts, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";

export function isSaleOfOption({ contract, contracted }: Mirror): boolean {
  return contract?.kind === "option" && contracted.side === "SELL";
}

/** Until when a hedge may still help a sale that was refused for margin at that moment; undefined: it is not waited for. */
export function hedgeAwaitedUntil(mirror: Mirror, refusedAt: UnixMs, { now, policy }: Situation): UnixMs | undefined {
  const until = later(refusedAt, policy.maxAgeMs);
  return isSaleOfOption(mirror) && now < until ? until : undefined;
}

/** When the broker refused the last order for margin, if that was the first such refusal; undefined otherwise. */
export function firstMarginRefusal(mirror: Mirror, last: Attempt): UnixMs | undefined {
  const isShort = (attempt: Attempt): boolean => wasRefused(attempt) && refusalOf(attempt).code === "MARGIN_SHORT";
  if (!isShort(last) || mirror.attempts.filter(isShort).length > 1) return undefined;
  return last.endedAt ?? (last.placing.state === "refused" ? last.placing.at : last.intendedAt);
}

/** Whether the leader has got out of what his order had filled: his exits count nothing of a sale that was refused, so it must not come back after them (R14). */
export function isTakenBack(book: Book, { leader, contracted, instrument }: Mirror, { known }: LeaderOrder): boolean {
  const position = positionOf(leaderBook(book, leader), instrument, contracted.product);
  return direction(contracted.side) * position < known.filled;
}

/** Whether a bought option of the same copy, underlying and expiry has been filled since then. */
export function hedgeFilledSince(book: Book, mirror: Mirror, since: UnixMs): boolean {
  for (const other of followerBook(book, mirror.follower).mirrors.values()) {
    const { contract, contracted, instrument } = other;
    if (other.leader !== mirror.leader || contracted.side !== "BUY" || contract?.kind !== "option" || instrument.expiry !== mirror.instrument.expiry) continue;
    if (contract.underlying === undefined || contract.underlying !== mirror.contract?.underlying || instrument.securityId === mirror.instrument.securityId)
      continue;
    if (currentAttempts(other).some(({ order, endedAt }) => order?.end === "filled" && endedAt !== undefined && endedAt >= unixMs(since))) return true;
  }
  return false;
}
