import { expect, test } from "vitest";
import { less, lotSize, quantity } from "./quantity.ts";

test("units are whole and never negative", () => {
  expect(quantity(0)).toBe(0);
  expect(quantity(150)).toBe(150);
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => quantity(wrong)).toThrow("whole and not negative");
});

test("a lot is at least one unit", () => {
  expect(lotSize(1)).toBe(1);
  for (const wrong of [0, -75, 7.5, Number.NaN]) expect(() => lotSize(wrong)).toThrow("at least one whole unit");
});

test("what is left is never less than nothing", () => {
  expect(less(150, 75)).toBe(75);
  expect(less(75, 150)).toBe(0);
  expect(less(75, 75)).toBe(0);
});
