/**
 * What one copy holds of one contract in one product: the sum of the fills of our own orders, kept over days, starting at
 * zero (design 3, Positions). Copies into one follower keep separate ledgers although the broker nets them.
 */
import { assert } from "../assert.ts";
import type { Side } from "../order/terms.ts";
import { direction } from "../order/terms.ts";
import { type Quantity, quantity } from "../quantity.ts";

export interface Ledger {
  /** Signed units. */
  readonly net: number;
  /** Units by which exits went through zero without an entry part: two alternatives that filled together (R16). Signed as `net`. */
  readonly flipped: number;
}

export const EMPTY_LEDGER: Ledger = { net: 0, flipped: 0 };

/** After a fill of `units`, of which `exitUnits` were meant as an exit. */
export function afterFill(ledger: Ledger, fill: { readonly side: Side; readonly units: Quantity; readonly exitUnits: Quantity }): Ledger {
  assert(fill.exitUnits <= fill.units, `an exit part of ${fill.exitUnits} is more than the fill of ${fill.units}`);
  const sign = direction(fill.side);
  const excess = Math.max(0, fill.exitUnits - heldAgainst(ledger.net, fill.side));
  return { net: ledger.net + sign * fill.units, flipped: ledger.flipped + sign * excess };
}

/** After an order that closes what two alternatives sold too much. */
export function afterClosing(ledger: Ledger, fill: { readonly side: Side; readonly units: Quantity }): Ledger {
  const change = direction(fill.side) * fill.units;
  return { net: ledger.net + change, flipped: ledger.flipped + change };
}

/**
 * After an entry or a closing order that an earlier journal had sent (R11). What of a closing order closes nothing that is known now is no excess of its own.
 * Whether an entry filled before the exits that seem to have sold too much nobody tells any more: it is taken to have, because the copy then holds less
 * than it should, and not more (R16).
 */
export function afterAdopted(ledger: Ledger, fill: { readonly side: Side; readonly units: Quantity }): Ledger {
  const closed = Math.min(fill.units, heldAgainst(ledger.flipped, fill.side));
  return { net: ledger.net + direction(fill.side) * fill.units, flipped: ledger.flipped + direction(fill.side) * closed };
}

/** With the leader out of it, nothing is too much but what is through zero (R16). */
export function afterLeaderOut({ net, flipped }: Ledger): Ledger {
  return { net, flipped: flipped < 0 ? Math.max(flipped, Math.min(net, 0)) : Math.min(flipped, Math.max(net, 0)) };
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
