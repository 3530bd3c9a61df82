/** What rounding leaves of a leader's own slices: sized one by one they come to what the whole would have, however he divided it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Rounding } from "../policy.ts";
import { lotSize, quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import { exitScale, type Residual, sliceShare } from "./residual.ts";
import { fractionOf } from "./rounding.ts";
import { entrySize } from "./share.ts";

const LOT = lotSize(75);
const roundings = fc.constantFrom<Rounding>("down", "nearest", "up");
const lots = fc.constantFrom(1, 20, 65, 75, 1_250).map(lotSize);
const ratios = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 400 })).map(([over, under]) => ratio(over, under));
/** The leader's slices in lots. */
const slices = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 14 });

/** Each as it comes: the next one's residual after this one was given that. */
function next({ units, given }: Residual, slice: number, share: number): Residual {
  return { units: quantity(units + slice), given: quantity(given + share) };
}

describe("R14 a leader's own slices, sized one by one", () => {
  test("come to what the whole would have, in any partition and whatever the rounding; and none is a lot or more away from its own share", () => {
    fc.assert(
      fc.property(slices, ratios, roundings, lots, (all, part, rounding, lot) => {
        let soFar: Residual = { units: quantity(0), given: quantity(0) };
        for (const slice of all.map((count) => count * lot)) {
          const share = sliceShare(slice, { ratio: part, rounding, residual: soFar }, lot);
          expect(share % lot).toBe(0);
          expect(Math.abs(share - (slice * part.numerator) / part.denominator)).toBeLessThan(lot + 1e-6);
          soFar = next(soFar, slice, share);
        }
        expect(soFar.given).toBe(fractionOf(soFar.units, part, rounding, lot));
      }),
    );
  });

  test("exits of a part come to what one exit of all of them would, and of the whole position to all that the copy has", () => {
    const held = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(slices, held, fc.integer({ min: 0, max: 50 }), roundings, lots, (all, has, stays, rounding, lot) => {
        const whole = all.reduce((sum, count) => sum + count, 0);
        const [leaderPosition, copied] = [quantity((whole + stays) * lot), quantity(has * lot)];
        let soFar: Residual = { units: quantity(0), given: quantity(0) };
        for (const slice of all.map((count) => count * lot)) {
          const share = sliceShare(slice, exitScale({ ...soFar, leaderPosition, held: copied }, rounding), lot);
          soFar = next(soFar, slice, share);
        }
        expect(soFar.given).toBe(fractionOf(copied, ratio(whole * lot, leaderPosition), rounding, lot));
        if (stays === 0) expect(soFar.given).toBe(copied);
      }),
    );
  });

  test("whatever became of those before, one is less than a lot above its exact share, so that nothing of what was refused is made up for", () => {
    const any = fc.integer({ min: 0, max: 100_000 }).map(quantity);
    fc.assert(
      fc.property(
        any,
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 0, max: 5_000 }),
        ratios,
        roundings,
        lots,
        (units, had, slice, part, rounding, lot) => {
          const share = sliceShare(slice, { ratio: part, rounding, residual: { units, given: quantity(had * lot) } }, lot);
          expect(share % lot).toBe(0);
          expect(share).toBeLessThan((slice * part.numerator) / part.denominator + lot + 1e-6);
          expect(share).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test("a slice grows with the leader's order, and of nothing it is nothing", () => {
    const any = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(any, any, any, any, ratios, roundings, lots, (units, given, slice, more, part, rounding, lot) => {
        const scale = { ratio: part, rounding, residual: { units: quantity(units), given: quantity(given) } };
        expect(sliceShare(slice + more, scale, lot)).toBeGreaterThanOrEqual(sliceShare(slice, scale, lot));
        expect(sliceShare(0, scale, lot)).toBe(0);
      }),
    );
  });
});

describe("in words", () => {
  const third = { ratio: ratio(1, 3), rounding: "nearest", minLots: undefined, maxLots: undefined } as const;
  const sized = (units: number, given: number): string =>
    entrySize(75, { ...third, residual: { units: quantity(units), given: quantity(given) } }, LOT).arithmetic;

  test.each([
    [75, 0, "1 lot x 0.3333 = 0.3333, with 0.3333 left of the leader's slices before 0.6667, nearest: 1 lot, 75 units"],
    [150, 75, "1 lot x 0.3333 = 0.3333, less 0.3333 too much in the leader's slices before 0, nearest: 0 lots: below one lot"],
    [225, 75, "1 lot x 0.3333 = 0.3333, nearest: 0 lots: below one lot"],
  ])("after %i units of his, of which %i were given", (units, given, words) => {
    expect(sized(units, given)).toBe(words);
  });
});
