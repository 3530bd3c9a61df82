/**
 * A super order (reference 3.1): an entry, and a target and a stop that the broker holds until the entry has filled.
 *
 * What its owner asked for is its *plan*, which only `/super/orders` tells whole: the stream does not know the trail. Each of the two legs is
 * an order of its own to everything else, under a number made of the entry's, because the broker's own for it may be the entry's or another.
 */
import { type OrderId, orderId } from "../identity.ts";
import { NO_PRICE, type Price } from "../money.ts";
import { direction, type Side } from "./terms.ts";

export const EXIT_LEGS = ["stop", "target"] as const;
/** The legs that get out of what the entry has filled. */
export type ExitLeg = (typeof EXIT_LEGS)[number];

/** An order that is a leg of a super order. */
export interface LegOf {
  readonly leg: ExitLeg;
  /** The entry's number. */
  readonly of: OrderId;
}

/** Absolute prices. Zero: there is no such leg, or the stop does not trail. */
export interface LegPrices {
  readonly stop: Price;
  readonly target: Price;
  readonly trail: Price;
}

/** `waits` for the market; `sent` to the exchange, which is no execution; `over`: cancelled, expired, refused, or done. */
export type LegState = "waits" | "sent" | "over";

export interface Plan {
  readonly prices: LegPrices;
  readonly stop: LegState;
  readonly target: LegState;
  /** The broker calls the whole order finished: a leg has got out of all that the entry had filled. */
  readonly closed: boolean;
}

/** Which part of a super order a change is about, and all its prices as they are to be. */
export interface LegChange {
  readonly leg: "entry" | ExitLeg;
  readonly prices: LegPrices;
}

/** How often the owner has changed each leg: a trail moves the stop too, and that is nobody's wish (R2). */
export interface Wishes {
  readonly stop: number;
  readonly target: number;
}

/** The wishes that legs of ours answer to; without a leg of which that is not known. */
export type Followed = Partial<Wishes>;

export const NO_WISHES: Wishes = { stop: 0, target: 0 };

export const NO_LEGS: LegPrices = { stop: NO_PRICE, target: NO_PRICE, trail: NO_PRICE };

const NAMES: Readonly<Record<ExitLeg, string>> = { stop: "STOP_LOSS_LEG", target: "TARGET_LEG" };

export function legOrderId({ of, leg }: LegOf): OrderId {
  return orderId(`${of}-${NAMES[leg]}`);
}

/** Undefined: it is the number of no leg. */
export function legOfOrderId(id: OrderId): LegOf | undefined {
  const leg = EXIT_LEGS.find((one) => id.endsWith(`-${NAMES[one]}`));
  return leg === undefined ? undefined : { leg, of: orderId(id.slice(0, -NAMES[leg].length - 1)) };
}

export function sameLegs(a: LegPrices, b: LegPrices): boolean {
  return a.stop === b.stop && a.target === b.target && a.trail === b.trail;
}

export function samePlan(a: Plan | undefined, b: Plan | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameLegs(a.prices, b.prices) && a.stop === b.stop && a.target === b.target && a.closed === b.closed;
}

/** One of the legs has been sent to the exchange, or has done its work: the other is over by the broker's doing. */
export function hasFired({ stop, target, closed }: Plan): boolean {
  return closed || stop === "sent" || target === "sent";
}

/** Whether a stop is nearer to the market than another, from an entry of this side. */
export function isNearer(side: Side, stop: Price, than: Price): boolean {
  return (stop - than) * direction(side) > 0;
}

/** A stop that has moved by whole jumps of an unchanged trail, towards the market: once the entry has filled its trail does that. */
export function isTrailed(from: LegPrices, to: LegPrices, side: Side): boolean {
  return from.trail === to.trail && to.trail > 0 && from.stop > 0 && isNearer(side, to.stop, from.stop) && (to.stop - from.stop) % to.trail === 0;
}

/** What the owner wished between two readings of his plan. What its trail has done is nobody's wish. */
export function wishesAfter(
  wishes: Wishes,
  { before, after }: { readonly before: Plan; readonly after: Plan },
  { side, mayTrail }: { readonly side: Side; readonly mayTrail: boolean },
): Wishes {
  const [from, to] = [before.prices, after.prices];
  const isStopWished = (from.stop !== to.stop || from.trail !== to.trail) && to.stop > 0 && !(mayTrail && isTrailed(from, to, side));
  const isTargetWished = from.target !== to.target && to.target > 0;
  if (!isStopWished && !isTargetWished) return wishes;
  return { stop: wishes.stop + (isStopWished ? 1 : 0), target: wishes.target + (isTargetWished ? 1 : 0) };
}
