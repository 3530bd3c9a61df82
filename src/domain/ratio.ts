/** An exact fraction. Sizes are worked out with whole numbers only, so that 0.1 of 30 is 3, and never 2.9999999999999996. */
import { assert } from "./assert.ts";

/** Zero or more, in lowest terms, so that equal ratios have equal fields: made by `ratio` and `parseRatio`. */
export interface Ratio {
  /** Whole, zero or more. */
  readonly numerator: number;
  /** Whole, one or more. */
  readonly denominator: number;
}

export function ratio(numerator: number, denominator: number): Ratio {
  assert(Number.isSafeInteger(numerator) && numerator >= 0, `a numerator is whole and not negative, was ${numerator}`);
  assert(Number.isSafeInteger(denominator) && denominator >= 1, `a denominator is whole and at least one, was ${denominator}`);
  const shared = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / shared, denominator: denominator / shared };
}

/**
 * The ratio that a plain decimal means, by its digits: `0.5` is 1/2, `1.25` is 5/4. Undefined for what is no plain decimal
 * (a sign, an exponent, a fraction such as `1/3`), and for more digits than a whole number holds exactly.
 */
export function parseRatio(text: string): Ratio | undefined {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const decimals = fraction.replace(/0+$/, "");
  const numerator = Number(`${whole}${decimals}`);
  const denominator = 10 ** decimals.length;
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator)) return undefined;
  return ratio(numerator, denominator);
}

/**
 * A fraction of numbers of any length, zero or more: exact where its lowest terms fit, else the nearest below that fits, so that what is
 * sized by it is never larger than by the exact one.
 */
export function ratioBelow(numerator: bigint, denominator: bigint): Ratio {
  assert(numerator >= 0n && denominator >= 1n, "a fraction is not negative, and of at least one");
  const shared = divisorOf(numerator, denominator);
  let [over, under] = [numerator / shared, denominator / shared];
  while (over > BIGGEST || under > BIGGEST) [over, under] = [over / 2n, (under + 1n) / 2n];
  return ratio(Number(over), Number(under));
}

const BIGGEST = BigInt(Number.MAX_SAFE_INTEGER);

function divisorOf(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisorOf(b, a % b);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
