/** What a copy takes of a leader's quantity, in whole lots (design 3, Sizing). */
import type { CopyTerms, Fraction } from "./observed.ts";

/** How one order is sized: the copy's terms, with the ratio of that order. */
export interface OrderScale extends Pick<CopyTerms, "rounding" | "maxLots"> {
  readonly ratio: Fraction;
  /** The leader has ordered the like in the same second: what rounding left of that may have gone to this one (`residual.ts`). */
  readonly isSliced: boolean;
}

/** By every ratio that it may have been sized by. Under `carry`, without what was carried to it; of a slice the whole lots on both sides. */
export function shares(scales: readonly OrderScale[], units: number, lot: number): readonly number[] {
  return scales.flatMap((scale) => (takesResidual(scale) ? SIDES.map((rounding) => share({ ...scale, rounding }, units, lot)) : [share(scale, units, lot)]));
}

const SIDES = ["down", "up"] as const;

/** Under `carry` the whole position is reckoned so, and not the slices. */
export function takesResidual({ isSliced, rounding }: Pick<OrderScale, "isSliced" | "rounding">): boolean {
  return isSliced && rounding !== "carry";
}

/**
 * The most that an order may be. Under `carry` less than a lot is carried to an order; and to one that the leader has resized, as much
 * again, which it had left over itself. A slice is given less than a lot more than its exact share.
 */
export function mostShare(scales: readonly OrderScale[], units: number, lot: number): number {
  const carried = (scale: OrderScale): number => (scale.rounding === "carry" && units > 0 ? 2 * lot : 0);
  const most = (scale: OrderScale): number => Math.max(...shares([scale], units, lot)) + carried(scale);
  return Math.max(0, ...scales.map((scale) => Math.min(most(scale), (scale.maxLots ?? Number.POSITIVE_INFINITY) * lot)));
}

export function share({ ratio: [numerator, denominator], rounding, maxLots }: Omit<OrderScale, "isSliced">, units: number, lot: number): number {
  const [over, under] = [BigInt(units) * BigInt(numerator), BigInt(denominator) * BigInt(lot)];
  const isDown = rounding === "down" || rounding === "carry";
  const lots = isDown ? over / under : rounding === "up" ? (over + under - 1n) / under : (2n * over + under) / (2n * under);
  return Math.min(Number(lots), maxLots ?? Number.POSITIVE_INFINITY) * lot;
}
