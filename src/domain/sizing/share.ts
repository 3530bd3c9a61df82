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
import { type CapitalBasis, capitalRatio, capitalTrouble, capitalWords, type FundsReading } from "./capital.ts";
import { carriedShare, type Millionths } from "./carry.ts";
import { lotsLeft, type Residual, sliceShare } from "./residual.ts";
import { fractionOf } from "./rounding.ts";
import { decimal, lotsText } from "./words.ts";

/** How a mirror scales, fixed at first sight so that a modification scales as its placement did. */
export interface Scale {
  readonly ratio: Ratio;
  readonly rounding: Rounding;
  readonly minLots: number | undefined;
  readonly maxLots: number | undefined;
  /** Sizing by lots: which ones, for which leader's units. For words; the ratio follows from it. */
  readonly fixed?: { readonly lots: number; readonly for: Quantity };
  /** Sizing by capital: what the ratio came from, or why there is none. */
  readonly capital?: CapitalBasis;
  /** Of an entry that is rounded by `carry`: what the orders before it left over. */
  readonly carried?: Millionths;
  /** Of an entry that the leader sends as several orders: those before this one. */
  readonly residual?: Residual;
}

/** What a scale is made of beside the policy. */
export interface Sight {
  readonly contract: Pick<Contract, "lot">;
  /** The leader's quantity that opens a position. */
  readonly leaderUnits: Quantity;
  readonly funds: { readonly leader: FundsReading | undefined; readonly follower: FundsReading | undefined };
}

/** The scale of a new mirror. Sizing by lots is the ratio that gives those lots for the leader's quantity of that moment. */
export function scaleFor(sizing: Sizing, { contract, leaderUnits, funds }: Sight): Scale {
  const { rounding, minLots, maxLots } = sizing;
  switch (sizing.mode) {
    case "ratio":
      return { ratio: sizing.ratio, rounding, minLots, maxLots };
    case "lots":
      return {
        ratio: leaderUnits === 0 ? ratio(0, 1) : ratio(sizing.lots * contract.lot, leaderUnits),
        rounding,
        minLots,
        maxLots,
        fixed: { lots: sizing.lots, for: leaderUnits },
      };
    case "capital": {
      const capital = { ...funds, multiplier: sizing.multiplier, maxRatio: sizing.maxRatio };
      return { ratio: capitalRatio(capital), rounding, minLots, maxLots, capital };
    }
    default:
      return unreachable(sizing);
  }
}

export type EntrySize =
  | { readonly size: "units"; readonly units: Quantity; readonly arithmetic: string }
  | {
      readonly size: "refused";
      readonly code: "BELOW_ONE_LOT" | "BELOW_MIN_LOTS" | "FUNDS_UNREAD" | "FUNDS_ZERO";
      readonly arithmetic: string;
    };

/** As `entrySize`, without the words: nothing where it is refused. */
export function entryShare(leaderQuantity: number, scale: Scale, lot: LotSize): Quantity {
  const { minLots, maxLots } = scale;
  const units = unboundedShare(leaderQuantity, scale, lot);
  if (minLots !== undefined && units < minLots * lot) return NONE;
  return maxLots === undefined ? units : quantity(Math.min(units, maxLots * lot));
}

/** Without the bounds of the policy. */
export function unboundedShare(leaderQuantity: number, scale: Pick<Scale, "ratio" | "rounding" | "carried" | "residual">, lot: LotSize): Quantity {
  const { ratio: part, rounding, carried, residual } = scale;
  if (carried !== undefined) return carriedShare(leaderQuantity, part, carried, lot);
  return residual === undefined ? fractionOf(leaderQuantity, part, rounding, lot) : sliceShare(leaderQuantity, { ratio: part, rounding, residual }, lot);
}

/** The quantity of an entry: capped by `maxLots`, refused below `minLots` or below one lot, never raised. */
export function entrySize(leaderQuantity: number, scale: Scale, lot: LotSize): EntrySize {
  const trouble = scale.capital === undefined ? undefined : capitalTrouble(scale.capital);
  if (trouble !== undefined) return { size: "refused", code: trouble.code, arithmetic: trouble.sentence };
  const units = unboundedShare(leaderQuantity, scale, lot);
  const lots = units / lot;
  const sum = `${ratioWords(scale, lot)}${shareWords(leaderQuantity, scale, lot)}`;
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

/** `2 lots for the leader's first 4 are 0.5; `: where the ratio of sizing by lots, or by capital, comes from. */
function ratioWords({ fixed, capital, ratio: { numerator, denominator } }: Scale, lot: LotSize): string {
  if (capital !== undefined) return `${capitalWords(capital)}; `;
  return fixed === undefined || fixed.for === 0
    ? ""
    : `${lotsText(fixed.lots)} for the leader's first ${decimal(fixed.for / lot)} are ${decimal(numerator / denominator)}; `;
}

/** `10 lots x 0.25 = 2.5, down: 2 lots`; with something carried `2 lots x 0.25 = 0.5, with 0.5 carried 1, carry: 1 lot`. */
export function shareWords(units: number, scale: Pick<Scale, "ratio" | "rounding" | "carried" | "residual">, lot: LotSize): string {
  const { ratio: part, rounding } = scale;
  const product = (units * part.numerator) / (part.denominator * lot);
  const share = unboundedShare(units, scale, lot);
  const sum = `${lotsText(units / lot)} x ${decimal(part.numerator / part.denominator)} = ${decimal(product)}`;
  return `${sum}${beforeWords(product, scale, lot)}, ${rounding}: ${lotsText(share / lot)}`;
}

function beforeWords(product: number, { ratio: part, rounding, carried = 0, residual }: Parameters<typeof shareWords>[1], lot: LotSize): string {
  if (residual !== undefined) return residualWords(product, lotsLeft({ ratio: part, rounding, residual }, lot));
  const before = carried / (1_000_000 * lot);
  return carried === 0 ? "" : `, ${carriedWords(before)} ${decimal(product + before)}`;
}

/** `, with 0.5 left of the leader's slices before 1`. Lots. */
export function residualWords(lots: number, left: number): string {
  if (left === 0) return "";
  const words = left < 0 ? `less ${decimal(-left)} too much in the leader's slices before` : `with ${decimal(left)} left of the leader's slices before`;
  return `, ${words} ${decimal(lots + left)}`;
}

/** Lots, below zero where the copy has too much. */
export function carriedWords(lots: number): string {
  return lots < 0 ? `less ${decimal(-lots)} too much before` : `with ${decimal(lots)} carried`;
}
