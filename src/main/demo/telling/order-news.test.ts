import { expect, test } from "vitest";
import { clientId, orderId, securityId } from "../../../domain/identity.ts";
import { NO_PRICE, price } from "../../../domain/money.ts";
import type { OrderReport } from "../../../domain/order/report.ts";
import type { Terms } from "../../../domain/order/terms.ts";
import { NONE, quantity } from "../../../domain/quantity.ts";
import { unixMs } from "../../../domain/time.ts";
import { orderNews } from "./order-news.ts";

const CALL = { name: "NIFTY 29 DEC 23000 CALL", lot: 75 };
const TERMS: Terms = { type: "LIMIT", validity: "DAY", quantity: quantity(300), price: price(1_205_000), triggerPrice: NO_PRICE, disclosed: NONE };

function report(changes: Partial<OrderReport> = {}): OrderReport {
  return {
    source: { kind: "frame" },
    clientId: clientId("1000000001"),
    orderId: orderId("1"),
    exchangeOrderId: "1",
    correlationId: undefined,
    family: "plain",
    instrument: { segment: "NSE_FNO", securityId: securityId("37806"), expiry: "2026-12-29" },
    contract: undefined,
    contracted: { side: "BUY", product: "INTRADAY", afterMarket: false },
    status: "PENDING",
    terms: TERMS,
    filled: NONE,
    averagePrice: NO_PRICE,
    reason: "",
    orderTime: undefined,
    createdAt: undefined,
    updatedAt: unixMs(0),
    lastPrice: undefined,
    placedFrom: undefined,
    ...changes,
  };
}

test("a new order is told with its size in lots and its price", () => {
  expect(orderNews(undefined, report(), CALL)).toMatchObject({ about: "new", what: "buys", size: "4 lots", text: "NIFTY 29 DEC 23000 CALL, limit 120.50" });
});

test("an after-market sale of one lot for delivery says so", () => {
  const order = report({ contracted: { side: "SELL", product: "MARGIN", afterMarket: true }, terms: { ...TERMS, quantity: quantity(75) } });
  expect(orderNews(undefined, order, CALL)).toMatchObject({
    what: "sells",
    size: "1 lot",
    text: "NIFTY 29 DEC 23000 CALL, limit 120.50, MARGIN, after-market",
  });
});

test("a stop is told with its trigger before its limit, and an IOC order as one", () => {
  const stop = report({ terms: { ...TERMS, type: "STOP_LOSS", triggerPrice: price(1_200_000), validity: "IOC" } });
  expect(orderNews(undefined, stop, CALL)?.text).toBe("NIFTY 29 DEC 23000 CALL, stop at 120.00, limit 120.50, IOC");
});

test("a fill is told with what is filled so far of the whole", () => {
  const partly = report({ status: "PART_TRADED", filled: quantity(75), averagePrice: price(1_204_500) });
  expect(orderNews(report(), partly, CALL)).toMatchObject({ about: "fill", size: "1 of 4 lots", text: "at 120.45" });
});

test("changed terms are told, the same terms are no news", () => {
  const dearer = report({ status: "MODIFIED", terms: { ...TERMS, price: price(1_210_000) } });
  expect(orderNews(report(), dearer, CALL)).toMatchObject({ about: "change", what: "changes", text: "limit 121.00" });
  expect(orderNews(dearer, dearer, CALL)).toBeUndefined();
});

test("a stop that loses its trigger by itself was triggered, and not changed (R2)", () => {
  const stop = report({ terms: { ...TERMS, type: "STOP_LOSS", triggerPrice: price(1_200_000) } });
  expect(orderNews(stop, report(), CALL)).toMatchObject({ what: "triggered" });
});

test("an end is told once, with what had been filled", () => {
  const partly = report({ status: "PART_TRADED", filled: quantity(150) });
  const ended = report({ status: "CANCELLED", filled: quantity(150) });
  expect(orderNews(partly, ended, CALL)).toMatchObject({ about: "end", what: "cancelled", size: "2 of 4 lots" });
  expect(orderNews(ended, ended, CALL)).toBeUndefined();
});

test("a rejection is told in the broker's words, without the number that it puts before them", () => {
  const rejected = report({ status: "REJECTED", reason: "RMS:123:You have insufficient funds." });
  expect(orderNews(report(), rejected, CALL)).toMatchObject({ what: "rejected", text: "You have insufficient funds.", tone: "refused" });
});
