/** What a copy takes of a leader's quantity, in whole lots (design 3, Sizing). */
import type { CopyTerms } from "./observed.ts";

export function share(copy: CopyTerms, units: number, lot: number): number {
  const exact = (units * copy.numerator) / copy.denominator / lot;
  const lots = copy.rounding === "down" ? Math.floor(exact + 1e-9) : copy.rounding === "up" ? Math.ceil(exact - 1e-9) : Math.floor(exact + 0.5 + 1e-9);
  return Math.min(lots, copy.maxLots ?? Number.POSITIVE_INFINITY) * lot;
}
