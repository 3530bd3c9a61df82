/** What the trade history of days that are over tells of orders whose end was not heard. */
import { expect, test } from "vitest";
import { clientId, orderId } from "../identity.ts";
import { price } from "../money.ts";
import { row, second } from "../order/example.ts";
import type { TradeReport } from "../order/report.ts";
import { quantity } from "../quantity.ts";
import { toldByHistory, type UnheardOrder } from "./unheard.ts";

const { orderId: ORDER } = row(0, 0);

/** Of 150 units so many were heard to be filled. */
function unheard(filled = 0): UnheardOrder {
  return { of: "follower", order: ORDER, row: row(1, 90_000, { filled: quantity(filled), status: "EXPIRED" }), most: 150 };
}

function trade(units: number, part: Partial<TradeReport> = {}): TradeReport {
  return { clientId: clientId("1"), orderId: ORDER, tradeId: "", quantity: quantity(units), price: price(1_200_000), at: second(10), ...part };
}

test("the rows of one order are summed, whatever their order, and priced by their average; those of others are not its", () => {
  const told = toldByHistory(unheard(), [trade(50, { at: second(30), price: price(1_230_000) }), trade(100), trade(75, { orderId: orderId("9") })]);
  expect(told?.report).toMatchObject({ orderId: ORDER, status: "TRADED", filled: 150, averagePrice: 1_210_000, updatedAt: second(30) });
  expect(told?.trades).toHaveLength(2);
});

test("a part is a part, and the turn of the day ends the rest", () => {
  expect(toldByHistory(unheard(), [trade(75)])?.report).toMatchObject({ status: "PART_TRADED", filled: 75 });
});

test.each([
  ["nothing of it", 0, []],
  ["as much as was heard", 75, [trade(75)]],
  ["less than was heard", 75, [trade(25)]],
])("a history that tells %s tells nothing new", (_what, heard, history) => {
  expect(toldByHistory(unheard(heard), history)).toBeUndefined();
});

test("a trade that two pages tell is one where it has a number; without one no order has filled more than was asked for", () => {
  expect(toldByHistory(unheard(), [trade(75, { tradeId: "7" }), trade(75, { tradeId: "7" })])?.report.filled).toBe(75);
  expect(toldByHistory(unheard(), [trade(100), trade(100)])?.report.filled).toBe(150);
});
