import { expect, test } from "vitest";
import { clientId } from "../../domain/identity.ts";
import { unixMs } from "../../domain/time.ts";
import { readOrders, readPositions, readTrades } from "./rows.ts";

const me = clientId("1100000001");
const ORDER = {
  orderId: "112611220001",
  orderStatus: "PART_TRADED",
  transactionType: "BUY",
  exchangeSegment: "NSE_FNO",
  productType: "INTRADAY",
  orderType: "LIMIT",
  validity: "DAY",
  securityId: "61042",
  quantity: 150,
  price: 120.5,
  updateTime: "2026-11-20 10:15:04",
};
const order = (change: object) => readOrders([{ ...ORDER, ...change }], me, unixMs(0));

test("what a row leaves out is zero or absent, and the account is the one that was asked", () => {
  expect(order({}).rows[0]).toMatchObject({
    clientId: "1100000001",
    exchangeOrderId: undefined,
    correlationId: undefined,
    filled: 0,
    averagePrice: 0,
    reason: "",
    terms: { quantity: 150, triggerPrice: 0, disclosed: 0 },
    contracted: { afterMarket: false },
  });
});

test.each([{ filledQty: 75 }, { filled_qty: 75 }, { filledQty: "75" }, { filledQty: 75, filled_qty: 0 }])("the filled quantity is read from %j", (change) => {
  expect(order(change).rows[0]?.filled).toBe(75);
});

test.each(["CNC", "INTRADAY", "MARGIN", "MTF"])("the product %s is read as itself", (productType) => {
  expect(order({ productType }).rows[0]).toMatchObject({ contracted: { product: productType }, family: "plain" });
});

// biome-ignore format: a table is read by its columns
test.each([
  [{ legName: "NA" }, "plain"], [{ legName: null }, "plain"], [{ legName: "" }, "plain"], [{ legName: "TARGET_LEG" }, "super"], [{ legName: "ENTRY_LEG" }, "super"],
  [{ orderStatus: "TRIGGERED" }, "super"], [{ orderStatus: "CLOSED" }, "super"], [{ productType: "CO", legName: "ENTRY_LEG" }, "cover"], [{ productType: "BO" }, "bracket"],
])("a row with %j is of the family %s (R19)", (change, family) => {
  expect(order(change).rows[0]?.family).toBe(family);
});

// biome-ignore format: a table is read by its columns
test.each([
  [{ drvExpiryDate: "0001-01-01" }, undefined], [{ drvExpiryDate: "NA" }, undefined], [{ drvExpiryDate: null }, undefined],
  [{ drvExpiryDate: "2026-11-26" }, "2026-11-26"], [{ drvExpiryDate: "2026-11-26 14:30:00" }, "2026-11-26"], [{ drvExpiryDate: "26/11/2026" }, undefined],
])("the expiry of %j is %s", (change, expiry) => {
  expect(order(change).rows[0]?.instrument.expiry).toBe(expiry);
});

test("the last update is the row's, else the exchange's, else the creation's; a row without any time is told", () => {
  const later = { updateTime: "NA", exchangeTime: "2026-11-20 10:15:02" };
  expect(order(later).rows[0]?.updatedAt).toBe(Date.parse("2026-11-20T10:15:02+05:30"));
  expect(order({ updateTime: null })).toMatchObject({ rows: [], unreadable: [{ code: "NO_TIME", orderId: "112611220001" }] });
});

test("a row that is no object is told", () => {
  expect(readOrders([7], me, unixMs(0))).toMatchObject({ rows: [], unreadable: [{ code: "NO_ORDER_NUMBER", raw: "7" }] });
});

test("a position short, with its net as text and noise in the rest", () => {
  const row = {
    securityId: "61042",
    exchangeSegment: "NSE_FNO",
    productType: "MARGIN",
    netQty: "-75",
    drvExpiryDate: "2026-11-26 14:30:00",
    unrealizedProfit: -34.50001,
    multiplier: 75,
  };
  expect(readPositions([row]).rows).toEqual([{ instrument: { segment: "NSE_FNO", securityId: "61042", expiry: "2026-11-26" }, product: "MARGIN", net: -75 }]);
});

test.each([{ netQty: undefined }, { netQty: 1.5 }, { productType: "CO" }, { exchangeSegment: "?" }])(
  "a position that can't be trusted is told: %j",
  (change) => {
    const row = { securityId: "61042", exchangeSegment: "NSE_FNO", productType: "MARGIN", netQty: 75, ...change };
    expect(readPositions([row])).toMatchObject({ rows: [], unreadable: [{ code: expect.any(String) }] });
  },
);

test("one trade is read from an object, without its exchange time from its creation", () => {
  const row = { orderId: "1", exchangeTradeId: "310220417", tradedQuantity: 75, tradedPrice: 120.45, createTime: "2026-11-20 10:15:01", exchangeTime: "NA" };
  expect(readTrades(row, me).rows).toEqual([
    { clientId: me, orderId: "1", tradeId: "310220417", quantity: 75, price: 1_204_500, at: Date.parse("2026-11-20T10:15:01+05:30") },
  ]);
});
