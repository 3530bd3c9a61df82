/**
 * DAY orders expire when their market closes: the leader's and the follower's, each told in its own moment, in any order. Where the calendar
 * says that the market is closed, the first expiry of the two is therefore no reason to act and no news: the other comes by itself. An
 * expiry while the market is open means what it says, and is followed at once. After-market orders do not expire at the close.
 */

import type { LeaderOrder } from "../book/book.ts";
import { takesOrders } from "../calendar/calendar.ts";
import type { UnixMs } from "../time.ts";
import type { Attempt } from "./attempt.ts";
import { later } from "./decision.ts";
import type { Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";

/** How long the other expiry is awaited. Then what has to be done is done after all, which is harmless in a closed market: the calendar may be wrong. */
const EXPIRES_WITHIN_MS = 60_000;

/** Until when an order that should end, because the leader's expired, is left to expire by itself; undefined: it is to be cancelled. */
export function expiryAwaitedUntil(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, situation: Situation): UnixMs | undefined {
  if (leader?.known.end !== "expired" || attempt.afterMarket || attempt.cancelling.state !== "none" || !isClosed(mirror, situation)) return undefined;
  return afterExpiry(leader.endedAt, situation.now);
}

/** Until when no exit is placed in the place of one that has expired, because the leader's expires as well; undefined: it may be. */
export function leaderExpiryAwaitedUntil(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, situation: Situation): UnixMs | undefined {
  return expiredAtClose(mirror, attempt, leader, situation) ? afterExpiry(attempt.endedAt, situation.now) : undefined;
}

/** The follower's order has expired, and the leader's, if one stands behind it, has not been told to: nothing is lacking yet. */
export function expiredAtClose(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, situation: Situation): boolean {
  return attempt.order?.end === "expired" && !attempt.afterMarket && leader?.known.end === undefined && isClosed(mirror, situation);
}

function afterExpiry(expiredAt: UnixMs | undefined, now: UnixMs): UnixMs | undefined {
  const until = expiredAt === undefined ? undefined : later(expiredAt, EXPIRES_WITHIN_MS);
  return until !== undefined && now < until ? until : undefined;
}

function isClosed({ instrument }: Mirror, { calendar, now }: Situation): boolean {
  return !takesOrders(calendar.phase(instrument.segment, now));
}
