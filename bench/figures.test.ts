import { expect, test } from "vitest";
import { figuresOf, median } from "./figures.ts";

test("a figure is always a time that was measured, and does not depend on the order of the times", () => {
  const times = Array.from({ length: 200 }, (_, index) => ((index * 37) % 200) + 1);
  expect(figuresOf(times)).toEqual({ p50: 100, p99: 198, max: 200 });
});

test("times are compared as numbers, not as texts", () => {
  expect(median([10, 9, 100])).toBe(10);
});

test("the figures of one time are that time, and of none there are none", () => {
  expect(figuresOf([3])).toEqual({ p50: 3, p99: 3, max: 3 });
  expect(() => figuresOf([])).toThrow("no figures");
});
