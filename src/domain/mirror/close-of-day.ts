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

/** How long the follower's own expiry is awaited after the leader's. Then the order is cancelled after all, which is harmless: the calendar may be wrong. */
const EXPIRES_WITHIN_MS = 60_000;

/** Until when an order that should end is left to expire by itself; undefined: it is to be cancelled. */
export function expiryAwaitedUntil(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, situation: Situation): UnixMs | undefined {
  if (leader?.known.end !== "expired" || leader.endedAt === undefined || attempt.afterMarket || attempt.cancelling.state !== "none") return undefined;
  const until = later(leader.endedAt, EXPIRES_WITHIN_MS);
  return isClosed(mirror, situation) && situation.now < until ? until : undefined;
}

/** The follower's order has expired, and the leader's, if one stands behind it, is about to: nothing is sent in its place while the market is closed, and nothing is lacking. */
export function expiredAtClose(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, situation: Situation): boolean {
  return attempt.order?.end === "expired" && !attempt.afterMarket && leader?.known.end === undefined && isClosed(mirror, situation);
}

function isClosed({ instrument }: Mirror, { calendar, now }: Situation): boolean {
  return !takesOrders(calendar.phase(instrument.segment, now));
}
