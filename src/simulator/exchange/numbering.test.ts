import { expect, test } from "vitest";
import { unixMs } from "../../domain/time.ts";
import { numbering } from "./numbering.ts";
import { seededRandom } from "./random.ts";

test("numbers have Dhan's shapes, differ in width, and none is given twice", () => {
  const numbers = numbering(42);
  const at = unixMs(Date.parse("2026-11-22T23:59:00+05:30"));
  const orderIds = Array.from({ length: 5_000 }, () => numbers.orderId(at));
  expect(new Set(orderIds).size).toBe(5_000);
  expect(new Set(orderIds.map((id) => id.length)).size).toBeGreaterThan(1);
  for (const id of orderIds) expect(id).toMatch(/^\d{1,3}261122\d{5}$/);
  const exchangeIds = Array.from({ length: 1_000 }, () => numbers.exchangeOrderId());
  expect(new Set(exchangeIds).size).toBe(1_000);
  for (const id of exchangeIds) expect(id).toMatch(/^\d{16}$/);
  expect(numbers.tradeId()).toMatch(/^\d{9}$/);
});

test("each named stream of a seed gives the same sequence again, and another than its neighbour's", () => {
  const draw = (seed: number, stream: string) => {
    const random = seededRandom(seed, stream);
    return Array.from({ length: 20 }, () => random.below(1_000));
  };
  expect(draw(1, "fills")).toEqual(draw(1, "fills"));
  expect(draw(1, "fills")).not.toEqual(draw(1, "prices"));
  expect(draw(1, "fills")).not.toEqual(draw(2, "fills"));
});

test("chances come about as often as they should", () => {
  const random = seededRandom(9, "chances");
  const hits = Array.from({ length: 10_000 }, () => random.chance(0.2)).filter(Boolean).length;
  expect(hits).toBeGreaterThan(1_800);
  expect(hits).toBeLessThan(2_200);
  expect(Array.from({ length: 1_000 }, () => random.chance(0)).some(Boolean)).toBe(false);
  expect(Array.from({ length: 1_000 }, () => random.chance(1)).every(Boolean)).toBe(true);
});
