/** The laws of the division into slices (docs/slices.md). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { correlationFor } from "../correlation.ts";
import { orderId } from "../identity.ts";
import { CONTRACT, frame, LIMIT, second } from "../order/example.ts";
import { NONE, quantity } from "../quantity.ts";
import { evolve } from "./evolve.ts";
import { MIRROR } from "./example.ts";
import { filledUnits, type Mirror } from "./mirror.ts";
import { slicesOf } from "./slices.ts";
import type { Target } from "./target.ts";

/** Two lots of 75 at most. */
const FROZEN: Mirror = { ...MIRROR, contract: { ...CONTRACT, freeze: quantity(151) } };
const MOST = 150;
const entryOf = (units: number): Target => ({ units: quantity(units), entry: quantity(units), exit: NONE, executing: false });

/** An order of each slice, with what it has filled. */
function withFills(fills: readonly number[]): Mirror {
  return fills.reduce<Mirror>((mirror, filled, slice) => {
    const correlationId = correlationFor(mirror.stem, { slice, attempt: slice });
    const about = { at: second(slice), follower: mirror.follower, mirror: mirror.key };
    const terms = { ...LIMIT, quantity: quantity(MOST) };
    const placed = evolve(mirror, {
      type: "placement-intended",
      ...about,
      attempt: slice,
      correlationId,
      executing: false,
      afterMarket: false,
      terms,
      follows: LIMIT,
    });
    const report = frame(slice, { orderId: orderId(`11261120010${slice}`), correlationId, terms, filled: quantity(filled) });
    return evolve(placed, { type: "follower-order-reported", at: second(slice), report });
  }, FROZEN);
}

const lots = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most }).map((count) => count * 75);
const fills = fc.array(lots(2), { minLength: 0, maxLength: 5 });

test("the slices together are the target, and none asks for more than the largest order", () => {
  fc.assert(
    fc.property(fills, lots(14), (filled, units) => {
      const mirror = withFills(filled);
      const wanted = Math.max(units, filledUnits(mirror));
      const slices = slicesOf(mirror, entryOf(wanted));
      expect(slices.reduce((sum, { target }) => sum + target.units, 0)).toBe(wanted);
      for (const { target } of slices) expect(target.units).toBeLessThanOrEqual(MOST);
      expect(slices.map(({ mirror: { slice } }) => slice)).toEqual(slices.map((_, index) => index));
    }),
  );
});

test("while the target stands, a fill within a slice's part moves no part", () => {
  fc.assert(
    fc.property(fills, lots(14), fc.nat(), (filled, units, at) => {
      const before = slicesOf(withFills(filled), entryOf(units));
      const slice = at % before.length;
      const part = before[slice];
      if (part === undefined || filled[slice] === undefined || part.target.units <= filled[slice]) return;
      const after = slicesOf(withFills(filled.with(slice, filled[slice] + 75)), entryOf(units));
      expect(after.map(({ target }) => target.units)).toEqual(before.map(({ target }) => target.units));
    }),
  );
});

test("a target at or below what is filled asks nothing more of any slice (R17)", () => {
  const slices = slicesOf(withFills([150, 75, 0]), entryOf(150));
  expect(slices.map(({ target }) => target.units)).toEqual([150, 75, 0]);
});

test("the exit part of a stop and reverse goes into the first slices (R15)", () => {
  const reverse: Mirror = { ...FROZEN, role: { role: "reverse", exit: { leaderPosition: quantity(225), held: quantity(225) } } };
  const target: Target = { units: quantity(450), entry: quantity(225), exit: quantity(225), executing: true };
  expect(slicesOf(reverse, target).map(({ target: { exit, entry } }) => [exit, entry])).toEqual([
    [150, 0],
    [75, 75],
    [0, 150],
  ]);
});

test("without a freeze quantity, or below it, there is one slice, and it is the mirror's own target", () => {
  for (const mirror of [MIRROR, FROZEN]) {
    const target = entryOf(150);
    expect(slicesOf(mirror, target).map((slice) => slice.target)).toEqual([target]);
  }
  expect(slicesOf(MIRROR, entryOf(15_000))).toHaveLength(1);
});
