/**
 * A leader whose order is above the freeze quantity sends it as several orders of his own. Each is sized as it comes, and rounded alone each
 * would lose, or gain, up to a lot; so what rounding has left of those before it goes to the next (R14, design 3, Modes). What they come to is
 * what the whole would have, however it was divided.
 *
 * Under `rounding: carry` the whole position is reckoned so (`carry.ts`), and this has no part in it.
 */
import type { Rounding } from "../policy.ts";
import { type LotSize, NONE, type Quantity, quantity } from "../quantity.ts";
import { type Ratio, ratio } from "../ratio.ts";
import { fractionOf } from "./rounding.ts";

/** The leader's slices before this one. */
export interface Residual {
  /** What they are of. */
  readonly units: Quantity;
  /** Their shares, in whole lots. */
  readonly given: Quantity;
}

/** Of slices that reduce the leader's position. */
export interface ExitResidual extends Residual {
  /** The leader's position before the first of them. */
  readonly leaderPosition: Quantity;
  /** What the copy had of it then: all of them are a fraction of this. */
  readonly held: Quantity;
}

/** How a slice is reckoned. */
export interface SliceScale {
  readonly ratio: Ratio;
  readonly rounding: Rounding;
  readonly residual: Residual;
}

/** The share of all so far, less what those before were given: below a lot more than the slice's own exact share, and never below zero. */
export function sliceShare(units: number, scale: SliceScale, lot: LotSize): Quantity {
  if (units === 0) return NONE;
  const { ratio: part, rounding, residual } = scale;
  return quantity(Math.max(0, fractionOf(residual.units + units, part, rounding, lot) - givenBefore(scale, lot)));
}

/** A slice of an exit: of what the copy had before the first. */
export function exitScale(residual: ExitResidual, rounding: Rounding): SliceScale {
  return { ratio: ratio(residual.held, residual.leaderPosition), rounding, residual };
}

/** What rounding has left of the slices before, in lots, below zero where they have too much. For words. */
export function lotsLeft(scale: SliceScale, lot: LotSize): number {
  const { ratio: part, residual } = scale;
  const left = BigInt(residual.units) * BigInt(part.numerator) - BigInt(givenBefore(scale, lot)) * BigInt(part.denominator);
  return Number(left) / (part.denominator * lot);
}

/**
 * Never less than the share of what they are of: where one of them was refused, or made smaller, what another was not given is gone, and no
 * later one is a lot larger for it.
 */
function givenBefore({ ratio: part, rounding, residual }: SliceScale, lot: LotSize): number {
  return Math.max(residual.given, fractionOf(residual.units, part, rounding, lot));
}
