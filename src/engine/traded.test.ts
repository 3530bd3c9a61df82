import { expect, test } from "vitest";
import { apply } from "../domain/book/apply.ts";
import { emptyBook } from "../domain/book/book.ts";
import { orderId } from "../domain/identity.ts";
import { frame, second } from "../domain/order/example.ts";
import { quantity } from "../domain/quantity.ts";
import type { BookRecord } from "../domain/records.ts";
import { tradingDay, unixMs } from "../domain/time.ts";
import { Traded } from "./traded.ts";
import { ABOUT, FOLLOWER, LEADER, ORDER, SEEN, traded, WHOLE } from "./views/story.example.ts";

const FIRST = traded(3, "leader", [[2, 75, 1_204_000, "1"]]);

function folded(records: readonly BookRecord[]): Traded {
  const book = emptyBook();
  const all = new Traded(book);
  for (const record of records) {
    apply(book, record);
    all.observe(record);
  }
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

test("R24 an earlier day leaves memory with its turn, or with the first reading of the next", () => {
  const next = unixMs(FIRST.at + 86_400_000);
  const turned: BookRecord = { type: "day-turned", at: next, day: tradingDay(next), afterMarketFrom: second(0), forgets: true };
  expect(folded([FIRST, turned]).of(LEADER, ORDER)).toEqual([]);
  expect(folded([FIRST, { ...traded(6, "follower", [[5, 75, 1_205_000, "2"]]), at: next }]).of(LEADER, ORDER)).toEqual([]);
});

test("R8 of what is put away nothing is remembered but what is still to be told; of the leader's order as soon as all its mirrors are", () => {
  const ended: BookRecord = { type: "leader-order-reported", at: second(5), leader: LEADER, report: frame(5, { status: "CANCELLED", filled: quantity(75) }) };
  const readings = [FIRST, traded(6, "follower", [[5, 75, 1_205_000, "2"]])];
  const away: BookRecord = { type: "mirrors-put-away", at: second(90), follower: FOLLOWER, mirrors: [ABOUT.mirror], orders: [orderId("75001")] };
  const before = folded([...WHOLE, ended, ...readings]);
  expect([before.of(LEADER, ORDER), before.of(FOLLOWER, orderId("75001"))].map(({ length }) => length)).toEqual([1, 1]);
  for (const all of [folded([...WHOLE, ended, ...readings, away]), folded([...WHOLE, ended, away, ...readings])])
    expect([...all.of(LEADER, ORDER), ...all.of(FOLLOWER, orderId("75001")), ...all.owed()]).toEqual([]);
  expect(folded([...WHOLE, ended, away]).owed()).toEqual([{ of: "leader", account: LEADER, order: ORDER }]);
  expect(folded([...WHOLE, ended, away, traded(6, "follower", [[5, 75, 1_205_000, "2"]])]).owed()).toHaveLength(1);
  const half: BookRecord = { ...ended, report: frame(5, { status: "CANCELLED", filled: quantity(150) }) };
  const owing = folded([...WHOLE, half, ...readings, away]);
  expect([owing.owed().map(({ order }) => order), owing.of(LEADER, ORDER).length]).toEqual([[ORDER], 1]);
});
