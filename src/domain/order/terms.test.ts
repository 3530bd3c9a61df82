import { expect, test } from "vitest";
import { NO_PRICE, price } from "../money.ts";
import { NONE, quantity } from "../quantity.ts";
import { LIMIT, MARKET, STOP } from "./example.ts";
import { direction, isStop, normalised, opposite, sameTerms, type Terms } from "./terms.ts";

const NOISE = { price: price(99), triggerPrice: price(98) };

test("a type keeps the prices that it has, and loses those that it has not", () => {
  const prices = (type: Terms["type"]) => {
    const { price, triggerPrice } = normalised({ ...LIMIT, type, ...NOISE });
    return [price, triggerPrice];
  };
  expect(prices("LIMIT")).toEqual([99, NO_PRICE]);
  expect(prices("MARKET")).toEqual([NO_PRICE, NO_PRICE]);
  expect(prices("STOP_LOSS")).toEqual([99, 98]);
  expect(prices("STOP_LOSS_MARKET")).toEqual([NO_PRICE, 98]);
});

test("disclosing the whole quantity is the same as disclosing nothing less", () => {
  expect(normalised({ ...LIMIT, disclosed: LIMIT.quantity }).disclosed).toBe(NONE);
  expect(normalised({ ...LIMIT, disclosed: quantity(75) }).disclosed).toBe(75);
});

test.each<Partial<Terms>>([
  { type: "MARKET" },
  { validity: "IOC" },
  { quantity: quantity(225) },
  { price: price(1) },
  { triggerPrice: price(1) },
  { disclosed: quantity(75) },
])("terms that differ in %j are not the same", (part) => {
  expect(sameTerms(LIMIT, { ...LIMIT })).toBe(true);
  expect(sameTerms(LIMIT, { ...LIMIT, ...part })).toBe(false);
});

test("both kinds of stop are stops, and nothing else is", () => {
  expect([LIMIT, MARKET, STOP, { ...STOP, type: "STOP_LOSS_MARKET" as const }].map(({ type }) => isStop(type))).toEqual([false, false, true, true]);
});

test("a buy adds to a position and a sell takes from it", () => {
  expect([direction("BUY"), direction("SELL")]).toEqual([1, -1]);
  expect([opposite("BUY"), opposite("SELL")]).toEqual(["SELL", "BUY"]);
});
