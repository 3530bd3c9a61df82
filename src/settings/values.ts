/**
 * The kinds of value that the file holds. Each is given the words for what would be right, which a problem puts after
 * "expected"; each turns what people write (rupees, percent, `3s`) into what the core counts in, by its digits.
 */
import { z } from "zod";
import { type Price, parsePrice } from "../domain/money.ts";
import type { BasisPoints, TimeWindow } from "../domain/policy.ts";
import { parseRatio, type Ratio } from "../domain/ratio.ts";
import { DURATION_PATTERN, parseDuration } from "./duration.ts";

export function text(expected: string) {
  return z.string({ error: expected }).min(1, { error: expected });
}

export function textLike(pattern: RegExp, expected: string) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

export function wholeNumber(range: { readonly from: number; readonly to?: number }) {
  const { from, to = Number.MAX_SAFE_INTEGER } = range;
  const error = to === Number.MAX_SAFE_INTEGER ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
}

export function yesOrNo() {
  return z.boolean({ error: "true or false" });
}

export function oneOf<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, { error: wordList(choices) });
}

/** A value with only one choice so far; what later versions add to it stands in `unavailable.ts`. */
export function only<const Choice extends string>(choice: Choice) {
  return z.literal(choice, { error: choice });
}

/** Empty means all. */
export function listOf<Item extends z.ZodType>(item: Item, expected: string) {
  return z.array(item, { error: expected });
}

/** Milliseconds. */
export function duration(least: "some" | "none" = "some") {
  const error = `a duration ${least === "some" ? "above 0 such as 500ms, 3s, 2m or 1d" : "such as 500ms or 3s, or 0s for none"}, a week at most`;
  return z
    .string({ error })
    .regex(DURATION_PATTERN, { error })
    .transform((written, context): number => parseDuration(written, least) ?? refuse(context, error));
}

/** Hundredths of a percent. A price that moves by 100 % or more in the bad direction is none, hence the upper bound. */
export function percent() {
  const error = "a number above 0 and below 100, with at most 2 decimals";
  return z
    .number({ error })
    .gt(0, { error })
    .lt(100, { error })
    .transform((written, context): BasisPoints => {
      // 1 % is 1/100 is 100 hundredths of a percent; two decimals make every one of them whole.
      const share = parseRatio(String(written));
      return share !== undefined && 100 % share.denominator === 0 ? share.numerator * (100 / share.denominator) : refuse(context, error);
    });
}

/** Rupees per unit. */
export function rupees() {
  const error = "an amount of rupees above 0, with at most 4 decimals";
  return z
    .number({ error })
    .gt(0, { error })
    .transform((written, context): Price => {
      const share = parseRatio(String(written));
      const price = parsePrice(written);
      return share !== undefined && price !== undefined && 10_000 % share.denominator === 0 ? price : refuse(context, error);
    });
}

/** Bounded so that a quantity times its numerator stays a whole number that JavaScript holds exactly. */
export function sizeRatio() {
  const error = "a number above 0";
  const tooFine = "a number above 0 and up to 1000, with at most 6 decimals";
  return z
    .number({ error })
    .gt(0, { error })
    .lte(1000, { error: tooFine })
    .transform((written, context): Ratio => {
      const exact = parseRatio(String(written));
      return exact !== undefined && 1_000_000 % exact.denominator === 0 ? exact : refuse(context, tooFine);
    });
}

/** `HH:MM-HH:MM`, the first before the second. */
export function timeWindow() {
  const error = 'two times of day such as "09:15-15:40", the first before the second';
  const pattern = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/;
  return z
    .string({ error })
    .regex(pattern, { error })
    .transform((written, context): TimeWindow => {
      const [, from = "", to = ""] = pattern.exec(written) ?? [];
      return from < to ? { from, to } : refuse(context, error);
    });
}

/** An address as it stands: a slash at its end may matter. */
export function exactAddress() {
  const error = "an address that begins with http:// or https:// and has no user, password, query or fragment";
  return z
    .string({ error })
    .regex(/^https?:\/\/[^\s/?#@][^\s?#@]*$/, { error })
    .refine((written) => URL.canParse(written), { error });
}

/** A path, or an address that begins with http:// or https://. */
export function pathOrAddress(error: string) {
  return text(error).refine(
    (written) => !/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(written) || (/^https?:\/\/[^\s/?#@][^\s#@]*$/.test(written) && URL.canParse(written)),
    { error },
  );
}

/** An address without a slash at its end. One with a user, a password or a query is refused: secrets never stand in the file. */
export function address(scheme: "http" | "ws") {
  const error = `an address that begins with ${scheme}:// or ${scheme}s:// and has no user, password, query or fragment`;
  const pattern = scheme === "http" ? /^https?:\/\/[^\s/?#@][^\s?#@]*$/ : /^wss?:\/\/[^\s/?#@][^\s?#@]*$/;
  return z
    .string({ error })
    .regex(pattern, { error })
    .transform((written, context): string => (URL.canParse(written) ? written.replace(/\/+$/, "") : refuse(context, error)));
}

/** `a`, `a or b`, `a, b or c`. */
export function wordList(words: readonly string[]): string {
  const [last = "", ...others] = [...words].reverse();
  return others.length === 0 ? last : `${others.reverse().join(", ")} or ${last}`;
}

function refuse(context: z.RefinementCtx, expected: string): never {
  context.addIssue({ code: "custom", message: expected });
  return z.NEVER;
}
