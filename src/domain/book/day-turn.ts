/** What was open when its day was over, and what nobody will tell of any more (R24). Part of the fold. */
import { assert } from "../assert.ts";
import { instrumentText } from "../instrument.ts";
import { type Attempt, isOpen, waitsAsForever } from "../mirror/attempt.ts";
import type { MirrorKey } from "../mirror/mirror.ts";
import { sentAt, waitsForever } from "../order/family.ts";
import type { KnownOrder } from "../order/known.ts";
import type { OrderReport } from "../order/report.ts";
import type { DayTurned } from "../records.ts";
import { startOfDay, type TradingDay, type UnixMs } from "../time.ts";
import { type Book, type FollowerBook, type HoldingKey, hasExpired, holdingKey, inProduct } from "./book.ts";
import { filled } from "./fills.ts";
import { forgetEndedDays, goesOnAfter } from "./forget.ts";
import { leaderReported } from "./leader-reports.ts";
import { evolved } from "./mirrors.ts";

/**
 * What was open on the days before is over (R24): the broker's books hold one day, so he will never say so himself. It ends as expired,
 * as if a row of the book had told it; what was sent and never seen ends unresolved. After-market orders for a session to come stay, and
 * what was made between midnight and this record is of the new day.
 */
export function dayTurned(book: Book, turn: DayTurned): void {
  const { at, day, afterMarketFrom, forgets } = turn;
  book.day = day;
  const midnight = startOfDay(day);
  const goesOn = goesOnAfter(turn);
  if (forgets === true) {
    book.afterMarketFrom = afterMarketFrom;
    if (book.keeps === "what-lives") forgetEndedDays(book, at, goesOn);
  }
  for (const [id, leader] of book.leaders) {
    for (const order of [...leader.orders.values()]) {
      const { known } = order;
      if (known.end !== undefined || sentAt(known) >= midnight) continue;
      // A forever order waits over days, until its contract expires.
      if (waitsForever(known) && !hasExpired(holdingKey(known.instrument, known.contracted.product), day)) continue;
      if (goesOn(known.contracted.afterMarket, known.createdAt)) leader.orders.set(known.orderId, { ...order, untoldSince: at });
      else leaderReported(book, id, expiryOf(known, at, DAY_OVER), at);
    }
  }
  for (const follower of book.followers.values()) {
    for (const mirror of [...follower.mirrors.values()]) {
      for (const attempt of mirror.attempts) {
        for (const leg of Object.values(attempt.legs?.orders ?? {}))
          if (leg !== undefined && leg.end === undefined)
            filled(book, follower, mirror.key, { type: "follower-order-reported", at, report: expiryOf(leg, at, DAY_OVER) });
        if (!isOpen(attempt) || goesOn(attempt.afterMarket, attempt.order?.fired?.at ?? attempt.intendedAt)) continue;
        if (waitsAsForever(attempt) && attempt.orderId !== undefined && !hasExpired(holdingKey(mirror.instrument, attempt.product), day)) continue;
        follower.untold.add(instrumentText(mirror.instrument));
        endOvernight(book, follower, mirror.key, attempt, { at, reason: DAY_OVER });
      }
    }
  }
  contractsExpired(book, day);
  for (const { quotes } of book.followers.values()) quotes.clear();
}

/** What was held of a contract that has expired is gone from every book, as it is from the brokers'. */
function contractsExpired(book: Book, day: TradingDay): void {
  const holdings: Map<HoldingKey, unknown>[] = [...book.leaders.values()].map(({ positions }) => positions);
  for (const { owners, ledgers, leftOver } of book.followers.values()) holdings.push(owners, ...ledgers.values(), ...leftOver.values());
  for (const held of holdings) for (const holding of held.keys()) if (hasExpired(holding, day)) held.delete(holding);
  for (const { untold } of book.followers.values()) for (const contract of untold) if (hasExpired(inProduct(contract, "MARGIN"), day)) untold.delete(contract);
  for (const { converted } of book.leaders.values())
    for (const [contract, kept] of converted) if (hasExpired(inProduct(contract, kept), day)) converted.delete(contract);
}

const DAY_OVER = "the trading day is over";

export const NO_BOOK = "it was made after market on an earlier day, and no book of today shows it";

export function endOvernight(
  book: Book,
  follower: FollowerBook,
  key: MirrorKey,
  { number, order }: Attempt,
  { at, reason }: { readonly at: UnixMs; readonly reason: string },
): void {
  if (order === undefined) evolved(follower, key, { type: "attempt-unresolved", at, attempt: number });
  else filled(book, follower, key, { type: "follower-order-reported", at, report: expiryOf(order, at, reason) });
}

/** The row that a book of the old day would have shown at its end: what it has filled is no younger by that (R20). */
export function expiryOf(known: KnownOrder, at: UnixMs, reason: string): OrderReport {
  const last = known.told.at(-1);
  assert(last !== undefined, "a known order was told");
  const { terms, filled, averagePrice, updatedAt } = known;
  const plan = known.plan === undefined ? {} : { plan: known.plan };
  return { ...last, ...plan, source: { kind: "row", asked: at }, status: "EXPIRED", terms, filled, averagePrice, reason, updatedAt };
}
