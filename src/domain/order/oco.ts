/**
 * The two orders of an OCO order as the terms of one (R19; docs/forever.md): told apart by their triggers, and not by the broker's names for them,
 * which are told in two ways (reference 3.2). What it fires asks for one of them, and which is told by that alone.
 */
import { NO_PRICE, type Price } from "../money.ts";
import { type Quantity, quantity } from "../quantity.ts";
import type { ForeverLeg } from "./standing.ts";
import { isStop, normalised, sameTerms, type Terms } from "./terms.ts";

/** What one of the two asks for, or a single forever order. */
export interface Waiting {
  readonly quantity: Quantity;
  /** Zero: at the market. */
  readonly price: Price;
  readonly triggerPrice: Price;
}

/** One of the two is changed: named as the broker's list names it. */
export interface OcoChange {
  readonly leg: ForeverLeg["leg"];
  readonly to: Waiting;
}

type Asked = Pick<Terms, "quantity" | "price" | "triggerPrice" | "upper">;

/** One, or the lower and the upper. */
export function waitingIn({ quantity: both, price, triggerPrice, upper }: Asked): readonly [Waiting, Waiting?] {
  if (upper === undefined) return [{ quantity: both, price, triggerPrice }];
  const { beyond } = upper;
  return [
    { quantity: quantity(both + beyond.lower), price, triggerPrice },
    { quantity: quantity(both + beyond.upper), price: upper.price, triggerPrice: upper.triggerPrice },
  ];
}

/** Those terms with another trigger, price and size: of one, or of two in either order. */
export function asking(terms: Terms, one: Waiting, other?: Waiting): Terms {
  const { upper: _, ...rest } = terms;
  if (other === undefined) return { ...rest, ...one, type: typeOf(one) };
  const [lower, upper] = byTrigger(one, other) <= 0 ? [one, other] : [other, one];
  const both = quantity(Math.min(lower.quantity, upper.quantity));
  const beyond = { lower: quantity(lower.quantity - both), upper: quantity(upper.quantity - both) };
  return { ...rest, ...lower, type: typeOf(lower), quantity: both, upper: { price: upper.price, triggerPrice: upper.triggerPrice, beyond } };
}

function typeOf({ price }: Waiting): Terms["type"] {
  return price === NO_PRICE ? "STOP_LOSS_MARKET" : "STOP_LOSS";
}

function byTrigger(one: Waiting, other: Waiting): number {
  return one.triggerPrice - other.triggerPrice || one.price - other.price || one.quantity - other.quantity;
}

/** The most that it may fill. */
export function mostUnits(terms: Asked): number {
  return Math.max(...waitingIn(terms).map((one) => one?.quantity ?? 0));
}

/**
 * Of an OCO order the one that was fired, by what was sent for it: its size, and then its price, unless it is at the market. What fits neither is taken for
 * the lower. Anything else as it is.
 */
export function reached(terms: Terms, sent: Terms): Terms {
  const [lower, upper] = waitingIn(terms);
  if (upper === undefined || sent.upper !== undefined) return terms;
  const likeness = ({ quantity: units, price, triggerPrice }: Waiting): number =>
    (units === sent.quantity ? 8 : 0) +
    (price === sent.price ? 4 : 0) +
    (price === NO_PRICE && !isStop(sent.type) ? 2 : 0) +
    (isStop(sent.type) && triggerPrice === sent.triggerPrice ? 1 : 0);
  return normalised(asking(terms, likeness(upper) > likeness(lower) ? upper : lower));
}

/** Whether a leader's order asks for what it asked for before, of which it may have fired one since. */
export function asksAsBefore(before: Terms, now: Terms): boolean {
  return sameTerms(reached(before, now), now);
}

/** The next call on the way from what stands to what is wanted, which changes one of the two: what they are after it. Undefined: it is as is wanted. */
export function nextChange(standing: Terms, wanted: Terms): { readonly from: "lower" | "upper"; readonly to: Waiting; readonly terms: Terms } | undefined {
  const [lower, upper] = waitingIn(standing);
  const [low, high] = waitingIn(wanted);
  if (upper === undefined || high === undefined) return undefined;
  if (sameWaiting(lower, low) || sameWaiting(lower, high)) {
    const to = sameWaiting(lower, low) ? high : low;
    return sameWaiting(upper, to) ? undefined : { from: "upper", to, terms: asking(standing, lower, to) };
  }
  const to = sameWaiting(upper, low) ? high : low;
  return { from: "lower", to, terms: asking(standing, to, upper) };
}

export function sameWaiting(one: Waiting, other: Waiting): boolean {
  return one.quantity === other.quantity && one.price === other.price && one.triggerPrice === other.triggerPrice;
}
