/**
 * An entry that would trade with another order of the same account (two copies whose leaders are on opposite sides, or the owner's own
 * order): it would only move money from one pocket into the other, and exchanges look for it. Entries only.
 */

import type { Book } from "../book/book.ts";
import { type FollowerBook, followerBook, holdingKey, type LeaderOrder } from "../book/book.ts";
import { instrumentText } from "../instrument.ts";
import { isOpen } from "../mirror/attempt.ts";
import { currentAttempts, type Mirror } from "../mirror/mirror.ts";
import { NO_PRICE, type Price, priceText } from "../money.ts";
import { isStop, opposite, PRODUCTS, type Terms } from "../order/terms.ts";
import { type Verdict, verdict } from "../verdict.ts";

interface Resting {
  readonly order: string;
  readonly price: Price;
}

export function selfTrade(book: Book, mirror: Mirror, leader: LeaderOrder, terms: Terms): Verdict | undefined {
  const { side } = mirror.contracted;
  const prices = pricesOf(terms, leader);
  if (prices === undefined) return undefined;
  const meets = ({ price }: Resting): boolean =>
    side === "BUY" ? price <= prices.limit && price >= prices.from : price >= prices.limit && price <= prices.from;
  const crossed = restingAgainst(followerBook(book, mirror.follower), mirror).find(meets);
  if (crossed === undefined) return undefined;
  const sentence = `${side} at ${priceText(prices.limit)} would trade with order ${crossed.order}, a ${opposite(side)} at ${priceText(crossed.price)} that rests at the same account`;
  return verdict("SELF_TRADE", sentence, { against: crossed.order, price: crossed.price });
}

/** The worst price that it accepts; a stop meets only what lies beyond its trigger: the rest is gone by then. Undefined: not known. */
function pricesOf({ type, price, triggerPrice }: Terms, { known }: LeaderOrder): { readonly limit: Price; readonly from: Price } | undefined {
  const limit = [price, triggerPrice, known.averagePrice, known.lastPrice ?? NO_PRICE].find((one) => one > 0);
  if (limit === undefined) return undefined;
  const from = isStop(type) ? triggerPrice : known.contracted.side === "BUY" ? NO_PRICE : (Number.MAX_SAFE_INTEGER as Price);
  return { limit, from };
}

/**
 * Orders of the other side in the contract that stand at the exchange with a price, or are on the way there: ours of all copies, and the
 * owner's. What is to execute at once does not rest, and is gone a moment later.
 */
function restingAgainst(follower: FollowerBook, mirror: Mirror): readonly Resting[] {
  const found: Resting[] = [];
  const side = opposite(mirror.contracted.side);
  for (const holdings of follower.byHolding.values()) {
    for (const product of PRODUCTS) {
      for (const key of holdings.get(holdingKey(mirror.instrument, product)) ?? []) {
        const other = follower.mirrors.get(key);
        if (other?.contracted.side !== side) continue;
        for (const attempt of currentAttempts(other).filter(isOpen)) {
          const { price, type, validity } = attempt.terms;
          const isArmed = isStop(type) && attempt.triggeredAt === undefined;
          if (price > 0 && !isArmed && !attempt.executing && validity === "DAY") found.push({ order: attempt.orderId ?? attempt.correlationId, price });
        }
      }
    }
  }
  const instrument = instrumentText(mirror.instrument);
  for (const order of follower.foreign.values()) {
    if (order.end !== undefined || order.contracted.side !== side || instrumentText(order.instrument) !== instrument) continue;
    const { price, type, validity } = order.terms;
    if (price > 0 && validity === "DAY" && !(isStop(type) && !order.triggered)) found.push({ order: order.orderId, price });
  }
  return found;
}
