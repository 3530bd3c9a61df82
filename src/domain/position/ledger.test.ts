/** What a copy holds is the sum of its own fills; a flip by two exits is counted until it is closed (R15, R16). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { direction, type Side } from "../order/terms.ts";
import { NONE, quantity } from "../quantity.ts";
import { unixMs } from "../time.ts";
import { afterAdopted, afterClosing, afterFill, EMPTY_LEDGER, heldAgain, heldAgainst, type Ledger, reducedByOwner, writtenOff } from "./ledger.ts";

const sides = fc.constantFrom<Side>("BUY", "SELL");
const sizes = fc.integer({ min: 0, max: 20 }).map((lots) => quantity(lots * 75));
const nets = fc.integer({ min: -20, max: 20 }).map((lots) => lots * 75);
const fills = fc.array(fc.record({ side: sides, units: sizes, meant: fc.constantFrom("entry", "exit") }));

function entry(ledger: Ledger, side: Side, units: number): Ledger {
  return afterFill(ledger, { side, units: quantity(units), exitUnits: NONE });
}

function exit(ledger: Ledger, side: Side, units: number): Ledger {
  return afterFill(ledger, { side, units: quantity(units), exitUnits: quantity(units) });
}

test("the position is the sum of all fills, whatever they were meant as", () => {
  fc.assert(
    fc.property(fills, (all) => {
      const ledger = all.reduce((before, { side, units, meant }) => (meant === "exit" ? exit : entry)(before, side, units), EMPTY_LEDGER);
      expect(ledger.net).toBe(all.reduce((sum, { side, units }) => sum + direction(side) * units, 0));
    }),
  );
});

test("an entry never counts as a flip, though it may turn the position", () => {
  expect(entry(entry(EMPTY_LEDGER, "BUY", 75), "SELL", 225)).toEqual({ net: -150, flipped: 0 });
});

test("R16 two alternatives that filled together have flipped by what the second sold too much", () => {
  const held = entry(EMPTY_LEDGER, "BUY", 150);
  const target = exit(held, "SELL", 150);
  expect(target).toEqual({ net: 0, flipped: 0 });
  expect(exit(target, "SELL", 150)).toEqual({ net: -150, flipped: -150 });
  expect(exit(exit(held, "SELL", 75), "SELL", 150)).toEqual({ net: -75, flipped: -75 });
});

test("R11 R16 of orders that an earlier journal had sent no more is too much than if the entries had filled first, in whatever order they are taken on", () => {
  const adopted = fc.array(fc.record({ units: sizes, is: fc.constantFrom("entry", "exit") }), { maxLength: 6 });
  fc.assert(
    fc.property(adopted, (all) => {
      const taken = all.reduce(
        (ledger, { units, is }) => (is === "entry" ? afterAdopted(ledger, { side: "BUY", units }) : exit(ledger, "SELL", units)),
        EMPTY_LEDGER,
      );
      expect(taken.flipped).toBeGreaterThanOrEqual(Math.min(0, taken.net));
    }),
  );
});

test("R11 of what was through zero when it was taken on no more is left than of all that is", () => {
  const taken = afterFill(EMPTY_LEDGER, { side: "SELL", units: quantity(150), exitUnits: quantity(150), isAdopted: true });
  expect(taken).toEqual({ net: -150, flipped: -150, takenOn: -150 });
  expect(exit(taken, "SELL", 75)).toEqual({ net: -225, flipped: -225, takenOn: -150 });
  expect(afterClosing(taken, { side: "BUY", units: quantity(75) })).toEqual({ net: -75, flipped: -75, takenOn: -75 });
  expect(afterAdopted(taken, { side: "BUY", units: quantity(150) })).toEqual({ net: 0, flipped: 0 });
});

test("R15 a stop and reverse flips by its entry part, which is meant", () => {
  const held = entry(EMPTY_LEDGER, "BUY", 75);
  expect(afterFill(held, { side: "SELL", units: quantity(225), exitUnits: quantity(75) })).toEqual({ net: -150, flipped: 0 });
});

test("R16 what flipped is what exits passed zero by, and closing it brings it to nothing", () => {
  fc.assert(
    fc.property(fills, (all) => {
      let ledger = EMPTY_LEDGER;
      let passed = 0;
      for (const { side, units, meant } of all) {
        if (meant === "exit") passed += direction(side) * Math.max(0, units - heldAgainst(ledger.net, side));
        ledger = (meant === "exit" ? exit : entry)(ledger, side, units);
      }
      expect(ledger.flipped).toBe(passed);
      const closed = afterClosing(ledger, { side: passed < 0 ? "BUY" : "SELL", units: quantity(Math.abs(passed)) });
      expect(closed).toEqual({ net: ledger.net - passed, flipped: 0 });
    }),
  );
});

test("a closing order that fills in parts leaves the rest to be closed", () => {
  expect(afterClosing({ net: -150, flipped: -150 }, { side: "BUY", units: quantity(75) })).toEqual({ net: -75, flipped: -75 });
});

test("R15 R16 what an exit that was sent before fills late comes to the same as if it had been told before the ledger was written off", () => {
  fc.assert(
    fc.property(sides, sizes, sizes, (side, held, late) => {
      const product = "MARGIN";
      const way = side === "BUY" ? "SELL" : "BUY";
      const empty = writtenOff(entry(EMPTY_LEDGER, side, held), product, { product, units: direction(side) * held }, unixMs(1));
      const again = heldAgain(empty, { side: way, units: late });
      expect(Math.abs(again)).toBe(Math.min(held, late));
      const told = exit(writtenOff(empty, product, { product, units: -again }, unixMs(1)), way, late);
      const before = exit(entry(EMPTY_LEDGER, side, held), way, late);
      expect(told.flipped + 0).toBe(before.flipped + 0);
      // What is left of it is the owner's, as it would have been.
      expect(told.net + (told.writtenOff?.units ?? 0)).toBe(before.net);
    }),
  );
});

test("an exit part larger than its fill is a bug", () => {
  expect(() => afterFill(EMPTY_LEDGER, { side: "BUY", units: quantity(75), exitUnits: quantity(150) })).toThrow("more than the fill");
});

test("a sell reduces what is long, a buy what is short, and neither its own side", () => {
  expect([heldAgainst(150, "SELL"), heldAgainst(-150, "BUY"), heldAgainst(150, "BUY"), heldAgainst(-150, "SELL"), heldAgainst(0, "BUY")]).toEqual([
    150, 150, 0, 0, 0,
  ]);
});

describe("R15 the owner's own trades", () => {
  test.each([
    [150, -75, 75],
    [150, -150, 0],
    [150, -300, 0],
    [-150, 75, -75],
    [-150, 300, 0],
    [150, 75, 150],
    [-150, -75, -150],
    [0, -75, 0],
    [150, 0, 150],
  ])("of a copied %i with an own %i, %i is still ours to exit", (net, owners, left) => {
    expect(reducedByOwner(net, owners)).toBe(left);
  });

  test("never turn the copied position, never enlarge it, and leave no more than the account really holds on that side", () => {
    fc.assert(
      fc.property(nets, nets, (net, owners) => {
        const left = reducedByOwner(net, owners);
        expect(Math.abs(left)).toBeLessThanOrEqual(Math.abs(net));
        expect(left * net).toBeGreaterThanOrEqual(0);
        const account = net + owners;
        expect(Math.abs(left)).toBeLessThanOrEqual(Math.sign(account) === Math.sign(net) ? Math.abs(account) : 0);
      }),
    );
  });
});
