/** A whole day that begins in the evening (`--orders`, docs/proof.md): its exchange turns to the next day when the clock does. */
import { expect, test } from "vitest";
import { runSeed } from "./run-seed.ts";

const ENOUGH_TIME = { timeout: 240_000 };
/** With lulls of minutes from so many on. */
const ORDERS = 200;

test.each([
  [141014, "over midnight"],
  [141036, "over the close and midnight"],
])("R24 seed %i, %s, turns once, to a new book", ENOUGH_TIME, async (seed) => {
  const { broken, counts, stage } = await runSeed(seed, { orders: ORDERS });
  const records = [...stage.disk.reader().read()].map(({ record }): Readonly<Record<string, unknown>> => record);
  stage.medium.remove();
  expect(broken).toBeUndefined();
  expect(counts.of("day turned")).toBe(1);
  expect(new Set(records.flatMap((one) => (one["type"] === "day-turned" ? [one["day"]] : []))).size).toBe(1);
});
