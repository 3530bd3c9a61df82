/** The laws of the division by product (docs/conversions.md). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { correlationFor } from "../correlation.ts";
import { CONTRACT, LIMIT, second } from "../order/example.ts";
import { PRODUCTS, type Product } from "../order/terms.ts";
import { NONE, quantity } from "../quantity.ts";
import { divideByProduct, type Places } from "./by-product.ts";
import { evolve } from "./evolve.ts";
import { MIRROR } from "./example.ts";
import type { Mirror } from "./mirror.ts";

const EXIT: Mirror = { ...MIRROR, role: { role: "exit", exit: { leaderPosition: quantity(900), held: quantity(450) } } };
const FREEZE = 151;
const lots = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most }).map((count) => count * 75);
const rooms = fc.record({ INTRADAY: lots(4), MARGIN: lots(4), CNC: lots(1) });
const standing = fc.array(fc.record({ product: fc.constantFrom<Product>(...PRODUCTS), units: lots(2) }), { maxLength: 3 });

function placesWith(held: Partial<Record<Product, number>>): Places {
  const exits = PRODUCTS.map((product) => ({ product, units: quantity(held[product] ?? 0) }));
  return { entry: "INTRADAY", exits, free: exits };
}

/** Orders in flight, one in each slice. */
function withStanding(mirror: Mirror, orders: readonly { readonly product: Product; readonly units: number }[]): Mirror {
  return orders.reduce<Mirror>(
    (so, { product, units }, slice) =>
      evolve(so, {
        type: "placement-intended",
        at: second(slice),
        follower: so.follower,
        mirror: so.key,
        attempt: slice,
        correlationId: correlationFor(so.stem, { slice, attempt: slice }),
        executing: false,
        afterMarket: false,
        product,
        terms: { ...LIMIT, quantity: quantity(units) },
        follows: LIMIT,
      }),
    mirror,
  );
}

test("no product is asked for more than it holds, and all together for no more than is wanted (R15)", () => {
  fc.assert(
    fc.property(rooms, standing, lots(8), fc.boolean(), (held, orders, wanted, isFrozen) => {
      const mirror = withStanding(isFrozen ? { ...EXIT, contract: { ...CONTRACT, freeze: quantity(FREEZE) } } : EXIT, orders);
      const divisions = divideByProduct(mirror, { exit: quantity(wanted), entry: NONE }, placesWith(held));
      for (const product of PRODUCTS) {
        const asked = divisions.reduce((sum, one) => (one.product === product ? sum + one.exit : sum), 0);
        expect(asked).toBeLessThanOrEqual((held as Partial<Record<Product, number>>)[product] ?? 0);
      }
      expect(divisions.reduce((sum, { exit }) => sum + exit, 0)).toBeLessThanOrEqual(wanted);
      expect(divisions.map(({ slice }) => slice)).toEqual(divisions.map((_, index) => index));
      if (isFrozen) for (const { exit } of divisions) expect(exit).toBeLessThan(FREEZE);
    }),
  );
});

test("with nothing standing, what is wanted is all asked for, as far as it is held", () => {
  fc.assert(
    fc.property(rooms, lots(8), (held, wanted) => {
      const all = held.INTRADAY + held.MARGIN + held.CNC;
      const divisions = divideByProduct(EXIT, { exit: quantity(wanted), entry: NONE }, placesWith(held));
      expect(divisions.reduce((sum, { exit }) => sum + exit, 0)).toBe(Math.min(wanted, all));
    }),
  );
});

test("what stands and is not wanted where it stands may still fill: nothing is asked for in its place, nor made larger (R16; seed 69)", () => {
  fc.assert(
    fc.property(rooms, standing, lots(8), (held, orders, wanted) => {
      const divisions = divideByProduct(withStanding(EXIT, orders), { exit: quantity(wanted), entry: NONE }, placesWith(held));
      const fresh = divisions.filter(({ slice }) => slice >= orders.length).reduce((sum, { exit }) => sum + exit, 0);
      const live = orders.reduce((sum, { units }, slice) => sum + Math.max(units, divisions[slice]?.exit ?? 0), 0);
      const isMore = fresh > 0 || orders.some(({ units }, slice) => (divisions[slice]?.exit ?? 0) > units);
      if (isMore) expect(fresh + live).toBeLessThanOrEqual(wanted);
    }),
  );
});

test("the entry part of a stop and reverse goes out in the leader's product, with the exit where that is held in it, and beside it where it is not (R15)", () => {
  const reverse: Mirror = { ...EXIT, role: { role: "reverse", exit: { leaderPosition: quantity(300), held: quantity(150) } } };
  const missing = { exit: quantity(150), entry: quantity(75) };
  expect(divideByProduct(reverse, missing, placesWith({ INTRADAY: 150 }))).toEqual([{ slice: 0, product: "INTRADAY", exit: 150, entry: 75 }]);
  expect(divideByProduct(reverse, missing, placesWith({ MARGIN: 150 })).filter(({ exit, entry }) => exit + entry > 0)).toEqual([
    { slice: 0, product: "MARGIN", exit: 150, entry: 0 },
    { slice: 1, product: "INTRADAY", exit: 0, entry: 75 },
  ]);
});

test("R16 what fits beside the other exits, in both products together, goes where they leave it (seed 372)", () => {
  const held = placesWith({ INTRADAY: 450, MARGIN: 75 });
  const free = [
    { product: "INTRADAY", units: quantity(150) },
    { product: "MARGIN", units: quantity(75) },
  ] as const;
  const divisions = divideByProduct(EXIT, { exit: quantity(225), entry: NONE }, { ...held, free });
  expect(divisions.filter(({ exit }) => exit > 0).map(({ product, exit }) => [product, exit])).toEqual([
    ["INTRADAY", 150],
    ["MARGIN", 75],
  ]);
});

test("R15 one that stands grows by no more of its product than the other exits leave (seed 490)", () => {
  const held = placesWith({ INTRADAY: 375, MARGIN: 300 });
  const free = [
    { product: "INTRADAY", units: quantity(150) },
    { product: "MARGIN", units: quantity(300) },
  ] as const;
  const mirror = withStanding(EXIT, [{ product: "INTRADAY", units: 150 }]);
  const [first] = divideByProduct(mirror, { exit: quantity(675), entry: NONE }, { ...held, free });
  expect([first?.product, first?.exit]).toEqual(["INTRADAY", 150]);
});
