/**
 * Sizing by capital: the ratio is the follower's total funds over the leader's, times a multiplier, at most `maxRatio` (design 3, Modes).
 * The funds were read before the order was seen; without readings of both that are young enough, or with nothing in an account, there
 * is no ratio and no entry. Exits go by what was copied and need none (R14).
 */
import { FUNDS_MAX_AGE_MS } from "../margin/funds.ts";
import { wholeRupeesText } from "../money.ts";
import { type Ratio, ratio, ratioBelow } from "../ratio.ts";
import { decimal } from "./words.ts";

/** What an account had in total, available and utilised. */
export interface FundsReading {
  /** Below zero where the account owes. */
  readonly totalPaise: number;
  /** How old it was at first sight of the order, counted from the moment in which it was asked for. */
  readonly ageMs: number;
}

/** What a ratio by capital came from; undefined: never read. */
export interface CapitalBasis {
  readonly leader: FundsReading | undefined;
  readonly follower: FundsReading | undefined;
  readonly multiplier: Ratio;
  readonly maxRatio: Ratio;
}

export interface CapitalTrouble {
  readonly code: "FUNDS_UNREAD" | "FUNDS_ZERO";
  readonly sentence: string;
}

/** Zero where there is trouble. */
export function capitalRatio(basis: CapitalBasis): Ratio {
  const { leader, follower, maxRatio } = basis;
  if (leader === undefined || follower === undefined || capitalTrouble(basis) !== undefined) return ratio(0, 1);
  const uncapped = uncappedRatio(basis, leader, follower);
  return isAbove(uncapped, maxRatio) ? maxRatio : uncapped;
}

/** Why there is no ratio; undefined: there is one. */
export function capitalTrouble({ leader, follower }: CapitalBasis): CapitalTrouble | undefined {
  for (const [whose, reading] of [
    ["leader's", leader],
    ["follower's", follower],
  ] as const) {
    if (reading === undefined) return { code: "FUNDS_UNREAD", sentence: `the ${whose} funds have not been read: there is no ratio by capital` };
    if (reading.ageMs > FUNDS_MAX_AGE_MS) {
      const sentence = `the ${whose} funds were read ${ageText(reading.ageMs)} before, more than ${FUNDS_MAX_AGE_MS / 60_000} min: there is no ratio by capital`;
      return { code: "FUNDS_UNREAD", sentence };
    }
    if (reading.totalPaise <= 0)
      return { code: "FUNDS_ZERO", sentence: `the ${whose} total funds are ${wholeRupeesText(reading.totalPaise)}: there is no ratio by capital` };
  }
  return undefined;
}

/** `12,00,000 of 48,00,000 rupees x 1 = 0.25, read 40 s before`: rupees without their paise, for reading only. */
export function capitalWords(basis: CapitalBasis): string {
  return `${capitalSum(basis)}, read ${ageText(Math.max(basis.leader?.ageMs ?? 0, basis.follower?.ageMs ?? 0))} before`;
}

/** The same without the age. Empty where a reading is missing. */
export function capitalSum(basis: CapitalBasis): string {
  const { leader, follower, multiplier, maxRatio } = basis;
  if (leader === undefined || follower === undefined) return "";
  const uncapped = uncappedRatio(basis, leader, follower);
  const sum = `${wholeRupeesText(follower.totalPaise)} of ${wholeRupeesText(leader.totalPaise)} rupees x ${numberOf(multiplier)} = ${numberOf(uncapped)}`;
  return isAbove(uncapped, maxRatio) ? `${sum}, capped by maxRatio: ${numberOf(maxRatio)}` : sum;
}

function uncappedRatio({ multiplier }: CapitalBasis, leader: FundsReading, follower: FundsReading): Ratio {
  return ratioBelow(BigInt(follower.totalPaise) * BigInt(multiplier.numerator), BigInt(leader.totalPaise) * BigInt(multiplier.denominator));
}

function isAbove(a: Ratio, b: Ratio): boolean {
  return BigInt(a.numerator) * BigInt(b.denominator) > BigInt(b.numerator) * BigInt(a.denominator);
}

function numberOf({ numerator, denominator }: Ratio): string {
  return decimal(numerator / denominator);
}

function ageText(ageMs: number): string {
  return `${Math.round(ageMs / 1_000)} s`;
}
