/**
 * What one copy holds of one contract that the leader holds in one product: the sum of the fills of our own orders, kept over days, starting at
 * zero (design 3, Positions). Copies into one follower keep separate ledgers although the broker nets them. The follower may have converted
 * some of it to another product: it is still held for what the leader holds (docs/conversions.md).
 */
import { assert } from "../assert.ts";
import { direction, PRODUCTS, type Product, type Side } from "../order/terms.ts";
import { less, type Quantity, quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";

export interface Ledger {
  /** Signed units. */
  readonly net: number;
  /** Units by which exits went through zero without an entry part: two alternatives that filled together (R16). Signed as `net`. */
  readonly flipped: number;
  /** Of `flipped`, what orders of an earlier journal had filled when they were taken on: perhaps of what the copy had of a day before (R11). Absent: nothing. */
  readonly takenOn?: number;
  /** Of `net`, the signed units that are held in another product than the one that the ledger is kept under. Absent: none are. */
  readonly elsewhere?: Readonly<Partial<Record<Product, number>>>;
  /** Of `net`, the signed units that the account's owner has closed by his own hand while they were held. Absent: none. */
  readonly closed?: number;
  /** What its owner has closed by hand and it holds no more, its leader being out (docs/decisions/0031). Until the day turns; absent: nothing. */
  readonly writtenOff?: WrittenOff;
}

export interface WrittenOff {
  /** Signed as they were held. */
  readonly units: number;
  /** The last time. */
  readonly at: UnixMs;
}

export const EMPTY_LEDGER: Ledger = { net: 0, flipped: 0 };

export interface Fill {
  readonly side: Side;
  readonly units: Quantity;
  /** Meant as an exit. */
  readonly exitUnits: Quantity;
  /** Told as an order of an earlier journal was taken on. */
  readonly isAdopted?: boolean;
}

export function afterFill(ledger: Ledger, { side, units, exitUnits, isAdopted = false }: Fill): Ledger {
  assert(exitUnits <= units, `an exit part of ${exitUnits} is more than the fill of ${units}`);
  const sign = direction(side);
  const excess = sign * Math.max(0, exitUnits - heldAgainst(ledger.net, side));
  const takenOn = (ledger.takenOn ?? 0) + (isAdopted ? excess : 0);
  return flippedTo({ ...ledger, net: ledger.net + sign * units, takenOn }, ledger.flipped + excess);
}

/** Of what was taken on as flipped no more is left than of all that has. */
export function flippedTo({ takenOn = 0, ...ledger }: Ledger, flipped: number): Ledger {
  const left = within(takenOn, flipped);
  return { ...ledger, flipped, ...(left === 0 ? {} : { takenOn: left }) };
}

/** What is left of a signed part where its whole has become so much. */
export function within(part: number, whole: number): number {
  return part < 0 ? Math.max(part, Math.min(whole, 0)) : Math.min(part, Math.max(whole, 0));
}

/** After an order that closes what two alternatives sold too much. */
export function afterClosing(ledger: Ledger, fill: { readonly side: Side; readonly units: Quantity }): Ledger {
  const change = direction(fill.side) * fill.units;
  return flippedTo({ ...ledger, net: ledger.net + change }, ledger.flipped + change);
}

/**
 * After an entry or a closing order that an earlier journal had sent (R11). What of a closing order closes nothing that is known now is no excess of its own.
 * Whether an entry filled before the exits that seem to have sold too much nobody tells any more: it is taken to have, because the copy then holds less
 * than it should, and not more (R16).
 */
export function afterAdopted(ledger: Ledger, fill: { readonly side: Side; readonly units: Quantity }): Ledger {
  const closed = Math.min(fill.units, heldAgainst(ledger.flipped, fill.side));
  return flippedTo({ ...ledger, net: ledger.net + direction(fill.side) * fill.units }, ledger.flipped + direction(fill.side) * closed);
}

/** With the leader out of it, nothing is too much but what is through zero (R16). */
export function afterLeaderOut(ledger: Ledger): Ledger {
  return flippedTo(ledger, within(ledger.flipped, ledger.net));
}

/** So many of its signed units more are held in that product, which is not the one that it is kept under. */
export function heldElsewhere(ledger: Ledger, product: Product, units: number): Ledger {
  if (units === 0) return ledger;
  const { elsewhere, ...rest } = ledger;
  const parts = { ...elsewhere, [product]: (elsewhere?.[product] ?? 0) + units };
  const left = Object.fromEntries(Object.entries(parts).filter(([, held]) => held !== 0));
  return Object.keys(left).length === 0 ? rest : { ...rest, elsewhere: left };
}

export function closedTo({ closed: _, ...ledger }: Ledger, units: number): Ledger {
  return units === 0 ? ledger : { ...ledger, closed: units };
}

/** These units, in the product in which they are held, are the owner's from now on; negative: they are held again. */
export function writtenOff({ writtenOff: earlier, closed: _, ...ledger }: Ledger, kept: Product, { product, units }: Part, at: UnixMs): Ledger {
  const net = ledger.net - units;
  const left = flippedTo({ ...ledger, net }, within(ledger.flipped, net));
  const all = (earlier?.units ?? 0) + units;
  return { ...(product === kept ? left : heldElsewhere(left, product, -units)), ...(all === 0 ? {} : { writtenOff: { units: all, at } }) };
}

/**
 * Of what an exit fills that was sent before its ledger was written off, the signed units that it did not hold any more by that: it holds them again, because they are
 * not taken through zero (R15, R16).
 */
export function heldAgain({ net, writtenOff: earlier }: Ledger, fill: { readonly side: Side; readonly units: Quantity }): number {
  return -direction(fill.side) * Math.min(less(fill.units, heldAgainst(net, fill.side)), heldAgainst(earlier?.units ?? 0, fill.side));
}

/** Its signed units by the product in which they are held, that under which it is `kept` first. */
export function partsOf({ net, elsewhere }: Ledger, kept: Product): readonly Part[] {
  if (elsewhere === undefined) return [{ product: kept, units: net }];
  const others = PRODUCTS.flatMap((product) => (elsewhere[product] === undefined ? [] : [{ product, units: elsewhere[product] }]));
  return [{ product: kept, units: others.reduce((left, { units }) => left - units, net) }, ...others];
}

export interface Part {
  readonly product: Product;
  readonly units: number;
}

/** The units of a signed position that an order of this side would reduce. */
export function heldAgainst(net: number, side: Side): Quantity {
  return quantity(Math.max(0, -direction(side) * net));
}

/**
 * A copied position as reduced by the owner's own trades against it (R15): what he has sold of it by hand is no longer ours
 * to exit. His own holding on the same side is left out of it.
 */
export function reducedByOwner(net: number, owners: number): number {
  if (net > 0 && owners < 0) return Math.max(0, net + owners);
  if (net < 0 && owners > 0) return Math.min(0, net + owners);
  return net;
}
