/** How large a copy is: the laws of scaling and rounding, and the arithmetic that a person reads. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ROUNDINGS } from "../policy.ts";
import { lotSize, quantity } from "../quantity.ts";
import { type Ratio, ratio } from "../ratio.ts";
import { fractionOf } from "./rounding.ts";
import { entrySize, type Scale, type Sight, scaleFor } from "./share.ts";

const units = fc.integer({ min: 0, max: 100_000 });
const ratios = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 400 })).map(([over, under]) => ratio(over, under));
const lots = fc.constantFrom(1, 15, 20, 65, 75, 140, 1_250).map(lotSize);
const roundings = fc.constantFrom(...ROUNDINGS);
const HALF: Scale = { ratio: ratio(1, 2), rounding: "down", minLots: undefined, maxLots: undefined };
const LOT = lotSize(75);

/** `got - of x part` in lots, as an exact fraction: positive when it is too much. */
function tooMuch(got: number, of: number, part: Ratio, lot: number): { readonly over: bigint; readonly lot: bigint } {
  return { over: BigInt(got) * BigInt(part.denominator) - BigInt(of) * BigInt(part.numerator), lot: BigInt(lot) * BigInt(part.denominator) };
}

describe("a fraction in whole lots", () => {
  test("it is a whole number of lots", () => {
    fc.assert(
      fc.property(units, ratios, roundings, lots, (of, part, rounding, lot) => {
        expect(fractionOf(of, part, rounding, lot) % lot).toBe(0);
      }),
    );
  });

  test("down is at or below the exact share and less than a lot away, up at or above it", () => {
    fc.assert(
      fc.property(units, ratios, lots, (of, part, lot) => {
        const down = tooMuch(fractionOf(of, part, "down", lot), of, part, lot);
        const up = tooMuch(fractionOf(of, part, "up", lot), of, part, lot);
        expect(down.over <= 0n && -down.over < down.lot).toBe(true);
        expect(up.over >= 0n && up.over < up.lot).toBe(true);
      }),
    );
  });

  test("nearest is within half a lot, and takes an exact half up", () => {
    fc.assert(
      fc.property(units, ratios, lots, (of, part, lot) => {
        const { over, lot: whole } = tooMuch(fractionOf(of, part, "nearest", lot), of, part, lot);
        expect(2n * over <= whole && -2n * over < whole).toBe(true);
      }),
    );
  });

  test.each([
    [75, 75],
    [225, 150],
    [74, 0],
    [76, 75],
  ])("half of %i in lots of 75, to the nearest, is %i", (of, expected) => {
    expect(fractionOf(of, ratio(1, 2), "nearest", LOT)).toBe(expected);
  });

  test("it never falls when the quantity rises", () => {
    fc.assert(
      fc.property(units, units, ratios, roundings, lots, (of, more, part, rounding, lot) => {
        expect(fractionOf(of + more, part, rounding, lot)).toBeGreaterThanOrEqual(fractionOf(of, part, rounding, lot));
      }),
    );
  });

  test("whole lots at a ratio of one come out as they are, whatever the rounding", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), roundings, lots, (count, rounding, lot) => {
        expect(fractionOf(count * lot, ratio(7, 7), rounding, lot)).toBe(count * lot);
      }),
    );
  });

  test("a tenth of thirty lots is three lots, not 2.9999999999999996", () => {
    expect(fractionOf(30 * 75, ratio(1, 10), "down", LOT)).toBe(225);
  });
});

describe("the size of an entry", () => {
  test("S35 one lot at half is below one lot, and the arithmetic says so", () => {
    expect(entrySize(75, HALF, LOT)).toEqual({ size: "refused", code: "BELOW_ONE_LOT", arithmetic: "1 lot x 0.5 = 0.5, down: 0 lots: below one lot" });
    expect(entrySize(300, HALF, LOT)).toEqual({ size: "units", units: 150, arithmetic: "4 lots x 0.5 = 2, down: 2 lots, 150 units" });
  });

  test("a third is written with four decimals, and computed with all of them", () => {
    const third = { ...HALF, ratio: ratio(1, 3) };
    expect(entrySize(150, third, LOT)).toMatchObject({ arithmetic: "2 lots x 0.3333 = 0.6667, down: 0 lots: below one lot" });
    expect(entrySize(225, third, LOT)).toMatchObject({ units: 75 });
  });

  test("an entry above maxLots is capped", () => {
    expect(entrySize(1_500, { ...HALF, maxLots: 3 }, LOT)).toEqual({
      size: "units",
      units: 225,
      arithmetic: "20 lots x 0.5 = 10, down: 10 lots, capped by maxLots: 3 lots, 225 units",
    });
    expect(entrySize(450, { ...HALF, maxLots: 3 }, LOT)).toMatchObject({ units: 225, arithmetic: "6 lots x 0.5 = 3, down: 3 lots, 225 units" });
  });

  test("an entry below minLots is refused, never raised", () => {
    expect(entrySize(150, { ...HALF, minLots: 2 }, LOT)).toEqual({
      size: "refused",
      code: "BELOW_MIN_LOTS",
      arithmetic: "2 lots x 0.5 = 1, down: 1 lot: below minLots 2",
    });
    expect(entrySize(300, { ...HALF, minLots: 2 }, LOT)).toMatchObject({ units: 150 });
    expect(entrySize(75, { ...HALF, minLots: 2 }, LOT)).toMatchObject({ code: "BELOW_ONE_LOT" });
  });

  test("it is never more than maxLots, never less than minLots, and otherwise exactly the rounded share", () => {
    const bound = fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined });
    fc.assert(
      fc.property(units, ratios, roundings, lots, bound, bound, (of, part, rounding, lot, minLots, maxLots) => {
        const size = entrySize(of, { ratio: part, rounding, minLots, maxLots }, lot);
        const share = fractionOf(of, part, rounding, lot);
        if (size.size === "refused") {
          expect(share / lot).toBeLessThan(Math.max(1, minLots ?? 1));
          return;
        }
        expect(size.units).toBe(Math.min(share, (maxLots ?? Number.POSITIVE_INFINITY) * lot));
        expect(share / lot).toBeGreaterThanOrEqual(minLots ?? 1);
      }),
    );
  });
});

describe("how a mirror scales", () => {
  const bounds = { rounding: "nearest", minLots: 1, maxLots: 9 } as const;
  const sight = (units: number, lot = LOT): Sight => ({ contract: { lot }, leaderUnits: quantity(units), funds: { leader: undefined, follower: undefined } });

  test("by ratio, it is the ratio of the file", () => {
    expect(scaleFor({ mode: "ratio", ratio: ratio(1, 4), ...bounds }, sight(150))).toEqual({ ratio: ratio(1, 4), ...bounds });
    expect(scaleFor({ mode: "ratio", ratio: ratio(1, 4), rounding: "down" }, sight(150))).toEqual({ ...HALF, ratio: ratio(1, 4) });
  });

  test("by lots, the leader's first quantity gives exactly those lots, and his change scales as his order did", () => {
    const wanted = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(wanted, wanted, lots, roundings, (count, leaderLots, lot, rounding) => {
        const scale = scaleFor({ mode: "lots", lots: count, rounding }, sight(leaderLots * lot, lot));
        expect(entrySize(leaderLots * lot, scale, lot)).toMatchObject({ units: count * lot });
        expect(entrySize(3 * leaderLots * lot, scale, lot)).toMatchObject({ units: 3 * count * lot });
      }),
    );
  });

  test("by lots, a leader's order of nothing gives nothing", () => {
    expect(entrySize(150, scaleFor({ mode: "lots", lots: 2, rounding: "up" }, sight(0)), LOT)).toMatchObject({ code: "BELOW_ONE_LOT" });
  });
});
