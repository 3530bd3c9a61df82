import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRatio, ratio, ratioBelow } from "./ratio.ts";

describe("a ratio is exact and in lowest terms", () => {
  test.each([
    ["0.5", 1, 2],
    ["1", 1, 1],
    ["1.250", 5, 4],
    [".1", 1, 10],
    ["2.", 2, 1],
    ["0.333333", 333333, 1000000],
    ["0", 0, 1],
    [" 0.75 ", 3, 4],
  ])("the digits of %s mean %i/%i", (text, numerator, denominator) => {
    expect(parseRatio(text)).toEqual({ numerator, denominator });
  });

  test.each(["", ".", "-1", "+1", "1e3", "1/3", "half", "0.12345678901234567", "99999999999999999"])(
    "%j is no plain decimal that a whole number holds",
    (text) => {
      expect(parseRatio(text)).toBeUndefined();
    },
  );

  test("equal shares have equal fields, however they are written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 1e4 }), fc.integer({ min: 1, max: 1e3 }), (n, d, factor) => {
        expect(ratio(n * factor, d * factor)).toEqual(ratio(n, d));
      }),
    );
  });

  test("a ratio of something to nothing is a broken promise", () => {
    expect(() => ratio(1, 0)).toThrow("a denominator is whole and at least one, was 0");
    expect(() => ratio(-1, 2)).toThrow("a numerator is whole and not negative, was -1");
  });
});

describe("a ratio of numbers of any length", () => {
  const amounts = fc.bigInt({ min: 1n, max: 10n ** 21n });

  test("is exact where its lowest terms fit", () => {
    expect(ratioBelow(120_000_000n, 480_000_000n)).toEqual(ratio(1, 4));
    expect(ratioBelow(0n, 480_000_000n)).toEqual(ratio(0, 1));
    expect(ratioBelow(10n ** 20n, 3n * 10n ** 20n)).toEqual(ratio(1, 3));
  });

  test("is never above the exact one, and as near as fifteen digits", () => {
    fc.assert(
      fc.property(amounts, amounts, (over, under) => {
        const { numerator, denominator } = ratioBelow(over, under);
        const [got, exact] = [BigInt(numerator) * under, over * BigInt(denominator)];
        expect(got <= exact).toBe(true);
        if (over < 1_000_000n * under && under < 1_000_000n * over) expect((exact - got) * 10n ** 9n <= exact).toBe(true);
      }),
    );
  });
});
