/** The two orders of an OCO order as the terms of one (R19; docs/forever.md). */
import { describe, expect, test } from "vitest";
import { price as exactly, NO_PRICE, type Price } from "../money.ts";
import { NONE, quantity } from "../quantity.ts";
import { asking, asksAsBefore, mostUnits, nextChange, reached, type Waiting, waitingIn } from "./oco.ts";
import { sameTerms, type Terms, triggered } from "./terms.ts";

const at = (rupees: number): Price => exactly(rupees * 10_000);
const one = (trigger: number, price: number | undefined = trigger, units = 75): Waiting => ({
  quantity: quantity(units),
  price: price === 0 ? NO_PRICE : at(price),
  triggerPrice: at(trigger),
});
const ANY: Terms = { type: "STOP_LOSS", validity: "DAY", quantity: NONE, price: NO_PRICE, triggerPrice: NO_PRICE, disclosed: NONE };
const both = (...two: [Waiting, Waiting]): Terms => asking(ANY, ...two);
const STOP = one(110, 109);
const TARGET = one(135, 134);

test("whichever of the two is named first, the terms are the same", () => {
  expect(both(TARGET, STOP)).toEqual(both(STOP, TARGET));
  expect(waitingIn(both(TARGET, STOP))).toEqual([STOP, TARGET]);
  expect(sameTerms(both(STOP, TARGET), both(STOP, one(136, 134)))).toBe(false);
  expect(sameTerms(both(STOP, TARGET), asking(ANY, STOP))).toBe(false);
});

test("of two sizes both are known, and the smaller is that of the order", () => {
  const terms = both(one(110, 109, 150), one(135, 134, 450));
  expect([terms.quantity, mostUnits(terms)]).toEqual([150, 450]);
  expect(waitingIn(terms).map((each) => each?.quantity)).toEqual([150, 450]);
});

describe("which was fired is told by what was sent", () => {
  const sent = ({ type, ...terms }: Partial<Terms>): Terms => ({ ...ANY, type: type ?? "LIMIT", quantity: quantity(75), ...terms });

  test.each([
    ["by its price", both(STOP, TARGET), sent({ price: at(134) }), TARGET],
    ["by its price, the lower", both(STOP, TARGET), sent({ price: at(109) }), STOP],
    ["by its size", both(STOP, one(135, 134, 150)), sent({ price: at(109), quantity: quantity(150) }), one(135, 134, 150)],
    ["at the market, as one at a price of the broker's", both(STOP, one(135, 0)), sent({ price: at(131) }), one(135, 0)],
    ["at the market", both(one(110, 0), TARGET), sent({ type: "MARKET" }), one(110, 0)],
  ])("%s", (_, terms, order, which) => {
    expect(reached(terms, order)).toEqual(asking(ANY, which));
  });

  test("and what fires of a single one is that", () => {
    expect(reached(asking(ANY, STOP), sent({ price: at(134) }))).toEqual(asking(ANY, STOP));
  });

  test("its leader has changed nothing by it", () => {
    expect(asksAsBefore(both(STOP, TARGET), asking(ANY, TARGET))).toBe(true);
    expect(asksAsBefore(both(STOP, TARGET), asking(ANY, one(135, 133)))).toBe(false);
    expect(asksAsBefore(both(STOP, TARGET), both(STOP, one(136, 134)))).toBe(false);
    expect(triggered(reached(both(STOP, TARGET), sent({ price: at(134) })))).toEqual(sent({ price: at(134) }));
  });
});

describe("one call changes one of the two", () => {
  test.each([
    ["nothing", [STOP, TARGET], [STOP, TARGET], undefined],
    ["the lower", [STOP, TARGET], [one(112), TARGET], ["lower", one(112)]],
    ["the upper", [STOP, TARGET], [STOP, one(130)], ["upper", one(130)]],
    ["the lower, past the upper", [STOP, TARGET], [TARGET, one(140)], ["lower", one(140)]],
    ["the upper, below the lower", [STOP, TARGET], [one(100), STOP], ["upper", one(100)]],
    ["both, the lower first", [STOP, TARGET], [one(100), one(140)], ["lower", one(100)]],
  ] as const)("%s", (_, standing, wanted, change) => {
    const next = nextChange(both(...standing), both(...wanted));
    expect(next === undefined ? undefined : [next.from, next.to]).toEqual(change);
  });

  test("at most two calls bring either of them about, whatever stands between", () => {
    const all = [one(100), one(110), one(120), one(120, 0), one(130, 130, 150)];
    for (const a of all)
      for (const b of all)
        for (const c of all)
          for (const d of all) {
            const wanted = both(c, d);
            const first = nextChange(both(a, b), wanted);
            const second = first && nextChange(first.terms, wanted);
            expect(second === undefined || nextChange(second.terms, wanted) === undefined).toBe(true);
            expect(sameTerms(second?.terms ?? first?.terms ?? both(a, b), wanted)).toBe(true);
          }
  });
});
