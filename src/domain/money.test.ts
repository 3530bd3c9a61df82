import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { downToTick, parsePrice, price, priceText, priceToRupees, upToTick } from "./money.ts";

const prices = fc.integer({ min: -10_000_000_000, max: 10_000_000_000 }).map(price);
const ticks = fc.constantFrom(25, 100, 500, 1_000, 5_000, 10_000, 50_000).map(price);

describe("a price by its digits", () => {
  test.each([
    [4.35, 43_500],
    ["4.35", 43_500],
    [0.1 + 0.2, 3_000],
    [120.5, 1_205_000],
    ["120.50", 1_205_000],
    [83.0025, 830_025],
    [24_000, 240_000_000],
    [0, 0],
    ["-0.00", 0],
    [-1.5, -15_000],
    [" 110 ", 1_100_000],
    [".05", 500],
    ["5.", 50_000],
    ["+5", 50_000],
  ])("%j is %i ten-thousandths of a rupee", (rupees, expected) => {
    expect(parsePrice(rupees)).toBe(expected);
  });

  test.each([
    [120.44999694824219, 1_204_500],
    [120.45000457763672, 1_204_500],
    [0.05000000074505806, 500],
    [110.00004, 1_100_000],
    [110.00005, 1_100_001],
    [-110.00005, -1_100_001],
    [1e-7, 0],
    [99.99996, 1_000_000],
  ])("%d, with the noise of a float or an average, is %i", (rupees, expected) => {
    expect(parsePrice(rupees)).toBe(expected);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e21, 9e15, "", ".", "-", "abc", "1,200", "1.2.3", "0x10", "1e3", "NA"])("%j is no price", (rupees) => {
    expect(parsePrice(rupees)).toBeUndefined();
  });

  test("what was sent to the broker as a number, or as text, is read back as the same price", () => {
    fc.assert(
      fc.property(prices, (value) => {
        expect(parsePrice(priceToRupees(value))).toBe(value);
        expect(parsePrice(JSON.stringify(priceToRupees(value)))).toBe(value);
        expect(parsePrice(priceText(value))).toBe(value);
      }),
    );
  });

  test("the float32 nearest to a price on the tick is read as that price, as far as a float32 holds four decimals", () => {
    const upToThousandRupees = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(upToThousandRupees, (fivePaise) => {
        expect(parsePrice(Math.fround(fivePaise / 20))).toBe(fivePaise * 500);
      }),
    );
  });
});

test.each([
  [1_205_000, "120.50"],
  [830_025, "83.0025"],
  [0, "0.00"],
  [50_000, "5.00"],
  [1, "0.0001"],
  [-15_000, "-1.50"],
])("%i is written %s", (value, text) => {
  expect(priceText(price(value))).toBe(text);
});

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%d is refused as a price: money is whole", (value) => {
  expect(() => price(value)).toThrow("whole number");
});

describe("ticks", () => {
  test("rounding down and up lands on the tick, less than one tick away, and leaves a price on the tick alone", () => {
    fc.assert(
      fc.property(prices, ticks, (value, tick) => {
        const down = downToTick(value, tick);
        const up = upToTick(value, tick);
        expect(Math.abs(down % tick) + Math.abs(up % tick)).toBe(0);
        expect(value - down).toBeGreaterThanOrEqual(0);
        expect(value - down).toBeLessThan(tick);
        expect(up - down).toBe(value === down ? 0 : tick);
      }),
    );
  });

  test("a tick of nothing is a bug, not a price", () => {
    expect(() => downToTick(price(5), price(0))).toThrow("positive");
    expect(() => upToTick(price(5), price(0))).toThrow("positive");
  });
});
