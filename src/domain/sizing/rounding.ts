/** A leader's quantity times a ratio, in whole lots. */
import { unreachable } from "../assert.ts";
import type { Rounding } from "../policy.ts";
import { type LotSize, type Quantity, quantity } from "../quantity.ts";
import type { Ratio } from "../ratio.ts";

/** `units` times a ratio, rounded to whole lots and without bounds. */
export function fractionOf(units: number, part: Ratio, rounding: Rounding, lot: LotSize): Quantity {
  const numerator = BigInt(units) * BigInt(part.numerator);
  const denominator = BigInt(part.denominator) * BigInt(lot);
  return quantity(Number(roundedQuotient(numerator, denominator, rounding)) * lot);
}

function roundedQuotient(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  switch (rounding) {
    case "down":
    case "carry":
      return numerator / denominator;
    case "up":
      return (numerator + denominator - 1n) / denominator;
    case "nearest":
      return (2n * numerator + denominator) / (2n * denominator);
    default:
      return unreachable(rounding);
  }
}
