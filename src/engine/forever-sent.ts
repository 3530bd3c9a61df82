/**
 * Which order was sent for a forever order that has fired, of those of the account that may be it. Nothing connects the two, so of several the likeliest
 * is taken; and one that came at another time, or at another price, is no more than a guess: what it has fired may not have been told of yet.
 */
import { NO_PRICE, type Price } from "../domain/money.ts";
import type { KnownOrder } from "../domain/order/known.ts";
import { waitingIn } from "../domain/order/oco.ts";
import type { Terms } from "../domain/order/terms.ts";
import type { UnixMs } from "../domain/time.ts";

/** What the list tells of it. */
export interface Fired {
  readonly terms: Terms;
  /** Undefined where the list tells no time, or nothing at all any more. */
  readonly at: UnixMs | undefined;
}

/** Between the time of the row and that of the order, each in whole seconds. */
const FIRED_WITHIN_MS = 2_000;

/** At its own price, or at least at that of none `beside` it that has not fired; and of these the one that came when it fired. */
export function likeliest(orders: readonly KnownOrder[], { terms, at }: Fired, beside: readonly Terms[]): KnownOrder | undefined {
  const own = limitsOf(terms);
  const others = new Set(beside.flatMap((one) => [...limitsOf(one)]));
  const rank = (order: KnownOrder): number => (wasAt(order, own) ? 0 : wasAt(order, others) ? 2 : 1);
  const distance = ({ createdAt }: KnownOrder): number => (at === undefined ? 0 : Math.abs(createdAt - at));
  return orders.toSorted((a, b) => rank(a) - rank(b) || distance(a) - distance(b))[0];
}

/** It asks for just that, and came just then: no other is to be waited for. */
export function isPlainlyOf(order: KnownOrder, { terms, at }: Fired): boolean {
  const isAtMarket = waitingIn(terms).some((one) => one?.price === NO_PRICE);
  return (isAtMarket || wasAt(order, limitsOf(terms))) && (at === undefined || Math.abs(order.createdAt - at) <= FIRED_WITHIN_MS);
}

function limitsOf(terms: Terms): ReadonlySet<Price> {
  return new Set(waitingIn(terms).flatMap((one) => (one === undefined || one.price === NO_PRICE ? [] : [one.price])));
}

/** It may have been changed since. */
function wasAt({ told }: KnownOrder, limits: ReadonlySet<Price>): boolean {
  return told.some(({ terms }) => limits.has(terms.price));
}
