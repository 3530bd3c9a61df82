import { expect, test } from "vitest";
import { orderId } from "../domain/identity.ts";
import type { BookRecord } from "../domain/records.ts";
import { unixMs } from "../domain/time.ts";
import { Traded } from "./traded.ts";
import { FOLLOWER, LEADER, ORDER, SEEN, traded } from "./views/story.example.ts";

const FIRST = traded(3, "leader", [[2, 75, 1_204_000, "1"]]);

function folded(records: readonly BookRecord[]): Traded {
  const all = new Traded();
  for (const record of records) all.observe(record);
  return all;
}

test("what the trade book told is put together over its readings, by account and order, and nothing else is taken note of", () => {
  const second = traded(5, "leader", [
    [2, 75, 1_204_000, "1"],
    [4, 75, 1_205_000, "2"],
  ]);
  const all = folded([SEEN, FIRST, second, traded(6, "follower", [[5, 75, 1_205_000, "2"]])]);
  expect(all.of(LEADER, ORDER).map(({ tradeId }) => tradeId)).toEqual(["1", "2"]);
  expect(all.of(FOLLOWER, orderId("75001")).map(({ tradeId }) => tradeId)).toEqual(["2"]);
  expect(all.of(FOLLOWER, ORDER)).toEqual([]);
});

test("R24 an earlier day leaves memory with the first reading of the next", () => {
  const next = { ...traded(6, "follower", [[5, 75, 1_205_000, "2"]]), at: unixMs(FIRST.at + 86_400_000) };
  expect(folded([FIRST, next]).of(LEADER, ORDER)).toEqual([]);
});
