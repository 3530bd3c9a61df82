import { expect, test } from "vitest";
import { price } from "../money.ts";
import { second } from "../order/example.ts";
import { quantity } from "../quantity.ts";
import { compareFills } from "./comparison.ts";
import type { Execution } from "./execution.ts";

function execution(at: number, units: number, paid: number): Execution {
  return { tradeId: undefined, quantity: quantity(units), price: price(paid), at: second(at), learnt: "stream" };
}

test("a follower who pays more than the leader has slippage above zero; lag counts from first to first and from last to last", () => {
  const leader = [execution(1, 75, 1_204_000), execution(3, 75, 1_206_000)];
  const follower = [execution(2, 25, 1_207_000), execution(7, 50, 1_208_000)];
  expect(compareFills(leader, follower, "BUY")).toEqual({
    leader: { units: 150, average: 1_205_000, first: second(1), last: second(3) },
    follower: { units: 75, average: 1_207_667, first: second(2), last: second(7) },
    firstLagMs: 1_000,
    lastLagMs: 4_000,
    // 0.2667 on 120.50 is 0.22 %; 25 x 0.20 and 50 x 0.30 are 20 rupees.
    slippage: { perUnit: 2_667, hundredths: 22, inAll: 200_000 },
  });
});

test("a follower who sells for more than the leader has slippage below zero, and one who was first has a lag below zero", () => {
  const comparison = compareFills([execution(5, 75, 1_000_000)], [execution(3, 75, 1_010_000)], "SELL");
  expect(comparison).toMatchObject({ firstLagMs: -2_000, lastLagMs: -2_000, slippage: { perUnit: -10_000, hundredths: -100, inAll: -750_000 } });
});

test("there is nothing to compare while one of the two has no fill", () => {
  expect(compareFills([], [execution(1, 75, 1)], "BUY")).toBeUndefined();
  expect(compareFills([execution(1, 75, 1)], [], "BUY")).toBeUndefined();
});
