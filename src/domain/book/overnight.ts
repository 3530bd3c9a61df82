/**
 * After-market orders over a night (R24). They are for a session to come, so the turn of the day leaves them open, and the book of the new day
 * has them until that session is over. One that ended in the evening, while nobody listened, is in no book of the new day.
 */
import type { ClientId, OrderId } from "../identity.ts";
import type { Segment } from "../instrument.ts";
import { isOpen } from "../mirror/attempt.ts";
import { startOfDay, tradingDay, type UnixMs } from "../time.ts";
import type { Book } from "./book.ts";

export interface OvernightOrder {
  readonly order: OrderId;
  readonly of: "leader" | "follower";
  readonly segment: Segment;
}

/** The account's after-market orders of earlier days, its own as a leader and ours at it, that are open as far as is known. */
export function overnightOrders(book: Book, account: ClientId, now: UnixMs): readonly OvernightOrder[] {
  const midnight = startOfDay(tradingDay(now));
  const found: OvernightOrder[] = [];
  for (const [order, { known }] of book.leaders.get(account)?.orders ?? [])
    if (known.end === undefined && known.contracted.afterMarket && known.createdAt < midnight)
      found.push({ order, of: "leader", segment: known.instrument.segment });
  for (const { attempts, instrument } of book.followers.get(account)?.mirrors.values() ?? [])
    for (const attempt of attempts)
      if (attempt.afterMarket && attempt.orderId !== undefined && attempt.intendedAt < midnight && isOpen(attempt))
        found.push({ order: attempt.orderId, of: "follower", segment: instrument.segment });
  return found;
}
