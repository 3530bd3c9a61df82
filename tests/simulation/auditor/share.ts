/** What a copy takes of a leader's quantity, in whole lots (design 3, Sizing). */
import type { CopyTerms, Fraction } from "./observed.ts";

/** How one order is sized: the copy's terms, with the ratio of that order. */
export interface OrderScale extends Pick<CopyTerms, "rounding" | "maxLots"> {
  readonly ratio: Fraction;
}

/** By every ratio that it may have been sized by. Under `carry`, without what was carried to it. */
export function shares(scales: readonly OrderScale[], units: number, lot: number): readonly number[] {
  return scales.map((scale) => share(scale, units, lot));
}

/**
 * The most that an order may be. Under `carry` less than a lot is carried to an order; and to one that the leader has resized, as much
 * again, which it had left over itself.
 */
export function mostShare(scales: readonly OrderScale[], units: number, lot: number): number {
  const carried = (scale: OrderScale): number => (scale.rounding === "carry" && units > 0 ? 2 * lot : 0);
  return Math.max(0, ...scales.map((scale) => Math.min(share(scale, units, lot) + carried(scale), (scale.maxLots ?? Number.POSITIVE_INFINITY) * lot)));
}

function share({ ratio: [numerator, denominator], rounding, maxLots }: OrderScale, units: number, lot: number): number {
  const [over, under] = [BigInt(units) * BigInt(numerator), BigInt(denominator) * BigInt(lot)];
  const isDown = rounding === "down" || rounding === "carry";
  const lots = isDown ? over / under : rounding === "up" ? (over + under - 1n) / under : (2n * over + under) / (2n * under);
  return Math.min(Number(lots), maxLots ?? Number.POSITIVE_INFINITY) * lot;
}
