/** Prices of our own making: each must be one that the exchange takes (S4; design 5; indian-markets 3). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KINDS, SEGMENTS } from "../instrument.ts";
import { price } from "../money.ts";
import { direction, type Side } from "../order/terms.ts";
import type { StopMarketPolicy } from "../policy.ts";
import { tradingDay, unixMs } from "../time.ts";
import { limitWithin, protectedLimit, reachesFurther, slippageFrom, stopLimit } from "./legal-price.ts";
import { limitOf } from "./price-limits.ts";

const POLICY: StopMarketPolicy = { as: "limit", buffer: { options: 1_000, others: 100 }, afterMs: 2_000 };
const sides = fc.constantFrom<Side>("BUY", "SELL");
const ticks = fc.constantFrom(100, 500, 1_000, 5_000, 10_000).map(price);
const segments = fc.constantFrom(...SEGMENTS);
const kinds = fc.constantFrom(...KINDS);
const policies: fc.Arbitrary<StopMarketPolicy> = fc
  .record({ options: fc.integer({ min: 1, max: 5_000 }), others: fc.integer({ min: 1, max: 5_000 }) })
  .map((buffer) => ({ ...POLICY, buffer }));

const day = (date: string) => tradingDay(unixMs(Date.parse(`${date}T06:00:00Z`)));
const DAY = day("2026-11-20");

const rupees = (value: number) => price(Math.round(value * 10_000));

describe("the limit that stands for a stop-market order (S4)", () => {
  const option = { kind: "option", tick: price(500) } as const;
  const stock = { kind: "equity", tick: price(500) } as const;

  test.each([
    // 10 % of 110 is 11 rupees.
    ["SELL", 110, option, "NSE_FNO", 99],
    ["BUY", 110, option, "NSE_FNO", 121],
    // 10 % of 110.05 is 11.005: the price is on the tick, and the limit not further away than the buffer.
    ["SELL", 110.05, option, "NSE_FNO", 99.05],
    ["BUY", 110.05, option, "NSE_FNO", 121.05],
    // 10 % of 2 rupees would be 4 ticks: ten are the least.
    ["SELL", 2, option, "NSE_FNO", 1.5],
    ["BUY", 2, option, "NSE_FNO", 2.5],
    // Ten ticks below 0.30 is nothing: one tick is the least price.
    ["SELL", 0.3, option, "NSE_FNO", 0.05],
    // 1 % of 2,500 is 25 rupees.
    ["SELL", 2_500, stock, "NSE_EQ", 2_475],
    ["BUY", 2_500, stock, "BSE_EQ", 2_525],
  ] as const)("%s at a trigger of %d", (side, trigger, contract, segment, limit) => {
    expect(stopLimit({ side, trigger: rupees(trigger), segment, day: DAY }, contract, POLICY)).toBe(rupees(limit));
  });

  const wide: StopMarketPolicy = { ...POLICY, buffer: { options: 9_000, others: 9_000 } };
  test.each([
    ["option", "NSE_FNO", 100, 20],
    ["option", "BSE_FNO", 50, 10],
    ["option", "NSE_FNO", 50.05, 10],
    ["equity", "NSE_EQ", 100, 3],
    ["equity", "NSE_EQ", 50, 1.5],
    ["future", "NSE_FNO", 25_000, 750],
    ["future", "BSE_FNO", 80_000, 1_600],
    ["future", "BSE_FNO", 10_000, 200],
    ["future", "BSE_FNO", 1_000, 30],
    ["future", "NSE_CURRENCY", 84, 2.5],
  ] as const)("however wide the buffer, a %s in %s with a trigger of %d keeps the exchange's gap of %d", (kind, segment, trigger, gap) => {
    expect(stopLimit({ side: "BUY", trigger: rupees(trigger), segment, day: DAY }, { kind, tick: price(500) }, wide)).toBe(rupees(trigger + gap));
    expect(stopLimit({ side: "SELL", trigger: rupees(trigger), segment, day: DAY }, { kind, tick: price(500) }, wide)).toBe(rupees(trigger - gap));
  });

  test("it is on the tick, at or beyond the trigger, at least ten ticks away where the gap and the price allow it, and never below one tick", () => {
    fc.assert(
      fc.property(sides, segments, kinds, ticks, fc.integer({ min: 1, max: 400_000 }), policies, (side, segment, kind, tick, count, policy) => {
        const trigger = price(count * tick);
        const limit = stopLimit({ side, trigger, segment, day: DAY }, { kind, tick }, policy);
        const gap = direction(side) * (limit - trigger);
        expect(limit % tick).toBe(0);
        expect(limit).toBeGreaterThanOrEqual(tick);
        expect(gap).toBeGreaterThanOrEqual(0);
        const widest = kind === "option" ? Math.max(100_000, trigger / 5) : Math.max(15_000, (trigger * 3) / 100);
        expect(gap).toBeLessThanOrEqual(widest);
        const share = (trigger * (kind === "option" ? policy.buffer.options : policy.buffer.others)) / 10_000;
        expect(gap).toBeLessThanOrEqual(Math.max(share + 1, 10 * tick));
        const narrowest = kind === "option" ? trigger / 5 : (trigger * 2) / 100;
        const room = side === "BUY" ? Number.POSITIVE_INFINITY : trigger - tick;
        expect(gap).toBeGreaterThan(Math.min(10 * tick - 1, narrowest - tick, room - 1));
      }),
    );
  });
});

describe("a limit that should execute at once", () => {
  const tick = price(500);

  test.each([
    ["SELL", 110, { percent: 1_000 }, 99],
    ["BUY", 110, { percent: 1_000 }, 121],
    ["SELL", 110, { price: rupees(3) }, 107],
    ["BUY", 110, { price: rupees(3) }, 113],
    ["SELL", 0.1, { price: rupees(3) }, 0.05],
    // An average price need not be on the tick; the limit is.
    ["SELL", 110.0333, { percent: 1_000 }, 99.05],
    ["BUY", 110.0333, { percent: 1_000 }, 121],
  ] as const)("%s around %d, %j: %d", (side, reference, slippage, limit) => {
    expect(protectedLimit({ side, reference: rupees(reference), segment: "NSE_EQ", day: DAY }, { kind: "equity", tick }, slippage)).toBe(rupees(limit));
  });

  test("it is on the tick, at least one tick, and no further away than the slippage", () => {
    fc.assert(
      fc.property(sides, ticks, fc.integer({ min: 1, max: 100_000_000 }), fc.integer({ min: 1, max: 5_000 }), (side, size, reference, percent) => {
        const limit = protectedLimit({ side, reference: price(reference), segment: "NSE_EQ", day: DAY }, { kind: "equity", tick: size }, { percent });
        expect(limit % size).toBe(0);
        expect(limit).toBeGreaterThanOrEqual(side === "SELL" ? size : 0);
        if (limit > size) expect(direction(side) * (limit - reference)).toBeLessThanOrEqual(Math.ceil((reference * percent) / 10_000));
      }),
    );
  });
});

test.each([
  ["an option above 50", "NSE_FNO", "option", 100, 60],
  ["an option up to 50", "NSE_FNO", "option", 40, 20],
  ["a future at NSE", "NSE_FNO", "future", 25_000, 24_250],
  ["a future at BSE", "BSE_FNO", "future", 80_000, 78_400],
] as const)("R14 the limit of an exit that should execute stays inside the exchange's price protection: %s", (_, segment, kind, reference, limit) => {
  const order = { side: "SELL", reference: rupees(reference), segment, day: DAY } as const;
  expect(protectedLimit(order, { kind, tick: rupees(0.05) }, { percent: 9_000 })).toBe(rupees(limit));
});

test("R14 each time the broker calls it outside the band, the distance is halved", () => {
  const order = { side: "SELL", reference: rupees(100), segment: "NSE_FNO", day: DAY } as const;
  const limits = [0, 1, 2].map((refusals) => protectedLimit(order, { kind: "option", tick: rupees(0.05) }, { percent: 1_000 }, refusals));
  expect(limits).toEqual([rupees(90), rupees(95), rupees(97.5)]);
});

describe("R14 the instrument file's band, once the broker has called a price outside it", () => {
  const tick = rupees(0.05);
  const limits = (side: "BUY" | "SELL", lower: number, upper: number) =>
    [0, 1, 2, 3].map((refusals) =>
      protectedLimit(
        { side, reference: rupees(100), segment: "NSE_FNO", day: DAY },
        { kind: "option", tick, band: { lower: rupees(lower), upper: rupees(upper) } },
        { percent: 1_000 },
        refusals,
      ),
    );

  test("the first refusal brings the limit to the band's edge, on the tick; further ones halve the distance", () => {
    expect(limits("SELL", 96.72, 140)).toEqual([rupees(90), rupees(96.75), rupees(95), rupees(97.5)]);
    expect(limits("BUY", 60, 103.33)).toEqual([rupees(110), rupees(103.3), rupees(105), rupees(102.5)]);
  });

  test("a band that explains no refusal changes nothing", () => {
    expect(limits("SELL", 60, 140)).toEqual([rupees(90), rupees(95), rupees(97.5), rupees(98.75)]);
  });
});

describe("R22 a limit within a distance of a price", () => {
  const tick = rupees(0.05);
  const within = (side: Side, reference: number, band?: readonly [number, number], part?: { readonly parts: number; readonly of: number }) =>
    limitWithin(
      { side, reference: rupees(reference), segment: "NSE_FNO", day: DAY },
      { kind: "option", tick, band: band === undefined ? undefined : { lower: rupees(band[0]), upper: rupees(band[1]) } },
      { percent: 200 },
      part,
    );

  test("parts of the way, each on the tick and none beyond the whole", () => {
    expect([1, 2, 3, 4].map((parts) => within("BUY", 118, undefined, { parts, of: 4 }))).toEqual([118.55, 119.15, 119.75, 120.35].map(rupees));
    expect(within("SELL", 118)).toBe(rupees(115.65));
  });

  test("whatever the price: each step reaches as far as the one before or further, and none further than the slippage", () => {
    const slippages = fc.oneof(
      fc.record({ percent: fc.integer({ min: 1, max: 9_999 }) }),
      fc.record({ price: fc.integer({ min: 1, max: 1_000_000 }).map(price) }),
    );
    fc.assert(
      fc.property(
        sides,
        segments,
        kinds,
        ticks,
        fc.integer({ min: 20_000, max: 300_000_000 }).map(price),
        slippages,
        (side, segment, kind, size, reference, slippage) => {
          const order = { side, reference, segment, day: DAY };
          const steps = [1, 2, 3, 4].map((parts) => limitWithin(order, { kind, tick: size, band: undefined }, slippage, { parts, of: 4 }));
          for (const [index, step] of steps.entries()) {
            const before = steps[index - 1];
            expect(before !== undefined && reachesFurther(side, before, step)).toBe(false);
            expect(direction(side) * (step - reference)).toBeLessThanOrEqual(slippageFrom(reference, slippage));
          }
        },
      ),
    );
  });

  test("the day's band is its bound; one that the price itself lies outside of is of an earlier day, and is none", () => {
    expect(within("BUY", 118, [90, 119.22])).toBe(rupees(119.2));
    expect(within("SELL", 137, [100, 121])).toBe(rupees(134.3));
  });
});

test("the exchanges' limits are dated: one that a later row of its name replaces holds for the days before", () => {
  const row = { name: "options", kinds: ["option"], source: "a circular" } as const;
  const limits = [
    { ...row, from: day("2026-01-01"), percent: 20 },
    { ...row, from: day("2026-06-01"), percent: 30 },
  ];
  const at = (on: string) => limitOf(limits, { segment: "NSE_FNO", kind: "option", reference: rupees(100), day: day(on) });
  expect(["2026-05-31", "2026-06-01", "2026-11-20"].map(at)).toEqual([rupees(20), rupees(30), rupees(30)]);
});
