/**
 * The follower's share of a leader's quantity, in whole lots.
 *
 * Laws that the property tests hold: a share never falls when the quantity rises; `down` never exceeds the exact share,
 * `up` never lies below it, `nearest` is within half a lot of it; a share is a multiple of the lot.
 */
import { unreachable } from "../assert.ts";
import type { Contract } from "../instrument.ts";
import type { Rounding, Sizing } from "../policy.ts";
import { type LotSize, NONE, type Quantity, quantity } from "../quantity.ts";
import { type Ratio, ratio } from "../ratio.ts";

/** How a mirror scales, fixed at first sight so that a modification scales as its placement did. */
export interface Scale {
  readonly ratio: Ratio;
  readonly rounding: Rounding;
  readonly minLots: number | undefined;
  readonly maxLots: number | undefined;
  /** Sizing by lots: which ones, for which leader's units. For words; the ratio follows from it. */
  readonly fixed?: { readonly lots: number; readonly for: Quantity };
}

/** The scale of a new mirror. Sizing by lots is the ratio that gives those lots for the leader's quantity of that moment. */
export function scaleFor(sizing: Sizing, contract: Pick<Contract, "lot">, leaderQuantity: Quantity): Scale {
  const { rounding, minLots, maxLots } = sizing;
  switch (sizing.mode) {
    case "ratio":
      return { ratio: sizing.ratio, rounding, minLots, maxLots };
    case "lots":
      return {
        ratio: leaderQuantity === 0 ? ratio(0, 1) : ratio(sizing.lots * contract.lot, leaderQuantity),
        rounding,
        minLots,
        maxLots,
        fixed: { lots: sizing.lots, for: leaderQuantity },
      };
    default:
      return unreachable(sizing);
  }
}

/** `units` times a ratio, rounded to whole lots and without bounds. */
export function fractionOf(units: number, part: Ratio, rounding: Rounding, lot: LotSize): Quantity {
  const numerator = BigInt(units) * BigInt(part.numerator);
  const denominator = BigInt(part.denominator) * BigInt(lot);
  return quantity(Number(roundedQuotient(numerator, denominator, rounding)) * lot);
}

function roundedQuotient(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  switch (rounding) {
    case "down":
      return numerator / denominator;
    case "up":
      return (numerator + denominator - 1n) / denominator;
    case "nearest":
      return (2n * numerator + denominator) / (2n * denominator);
    default:
      return unreachable(rounding);
  }
}

export type EntrySize =
  | { readonly size: "units"; readonly units: Quantity; readonly arithmetic: string }
  | { readonly size: "refused"; readonly code: "BELOW_ONE_LOT" | "BELOW_MIN_LOTS"; readonly arithmetic: string };

/** As `entrySize`, without the words: nothing where it is refused. */
export function entryShare(leaderQuantity: number, { ratio: part, rounding, minLots, maxLots }: Scale, lot: LotSize): Quantity {
  const units = fractionOf(leaderQuantity, part, rounding, lot);
  if (minLots !== undefined && units < minLots * lot) return NONE;
  return maxLots === undefined ? units : quantity(Math.min(units, maxLots * lot));
}

/** The quantity of an entry: capped by `maxLots`, refused below `minLots` or below one lot, never raised. */
export function entrySize(leaderQuantity: number, scale: Scale, lot: LotSize): EntrySize {
  const units = fractionOf(leaderQuantity, scale.ratio, scale.rounding, lot);
  const lots = units / lot;
  const sum = `${fixedWords(scale, lot)}${shareWords(leaderQuantity, scale.ratio, scale.rounding, lot)}`;
  if (lots === 0) return { size: "refused", code: "BELOW_ONE_LOT", arithmetic: `${sum}: below one lot` };
  if (scale.minLots !== undefined && lots < scale.minLots)
    return { size: "refused", code: "BELOW_MIN_LOTS", arithmetic: `${sum}: below minLots ${scale.minLots}` };
  if (scale.maxLots !== undefined && lots > scale.maxLots) {
    return {
      size: "units",
      units: quantity(scale.maxLots * lot),
      arithmetic: `${sum}, capped by maxLots: ${lotsText(scale.maxLots)}, ${scale.maxLots * lot} units`,
    };
  }
  return { size: "units", units, arithmetic: `${sum}, ${units} units` };
}

/** `2 lots for the leader's first 4 are 0.5; `: where the ratio of sizing by lots comes from. */
function fixedWords({ fixed, ratio: { numerator, denominator } }: Scale, lot: LotSize): string {
  return fixed === undefined || fixed.for === 0
    ? ""
    : `${lotsText(fixed.lots)} for the leader's first ${decimal(fixed.for / lot)} are ${decimal(numerator / denominator)}; `;
}

/** `10 lots x 0.25 = 2.5, down: 2 lots`. */
export function shareWords(units: number, part: Ratio, rounding: Rounding, lot: LotSize): string {
  const factor = part.numerator / part.denominator;
  const product = (units * part.numerator) / (part.denominator * lot);
  return `${lotsText(units / lot)} x ${decimal(factor)} = ${decimal(product)}, ${rounding}: ${lotsText(fractionOf(units, part, rounding, lot) / lot)}`;
}

export function lotsText(lots: number): string {
  return `${decimal(lots)} ${lots === 1 ? "lot" : "lots"}`;
}

/** For reading only; sizes are never computed from it. Four places, and more where those would show a whole number that it is not. */
export function decimal(value: number): string {
  const short = Number(value.toFixed(4));
  return String(Number.isInteger(short) && short !== value ? Number(value.toPrecision(10)) : short);
}
