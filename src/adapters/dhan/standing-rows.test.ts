/** Forever and conditional orders as documented (reference 3.2, 3.3); no real row of either was found. */
import { expect, test } from "vitest";
import { readConditional, readForever } from "./standing-rows.ts";

const ROW = {
  ...{ dhanClientId: "1000000132", orderId: "1132208051115", orderStatus: "CONFIRM", transactionType: "BUY", exchangeSegment: "NSE_EQ", productType: "CNC" },
  ...{ orderType: "SINGLE", tradingSymbol: "HDFCBANK", securityId: "1333", quantity: 10, price: 1428, triggerPrice: 1427, legName: "ENTRY_LEG" },
  ...{ createTime: "2026-08-05 12:41:19", updateTime: null, exchangeTime: null, drvExpiryDate: null, drvOptionType: null, drvStrikePrice: 0 },
};

test("the row of the documentation is a single order that waits", () => {
  expect(readForever([ROW])).toEqual({
    rows: [
      {
        kind: "forever",
        orderId: "1132208051115",
        instrument: { segment: "NSE_EQ", securityId: "1333", expiry: undefined },
        symbol: "HDFCBANK",
        contracted: { side: "BUY", product: "CNC" },
        legs: [{ leg: "first", quantity: 10, price: 14_280_000, triggerPrice: 14_270_000, state: "waits", said: "CONFIRM" }],
        createdAt: 1785913879000,
        updatedAt: undefined,
      },
    ],
    unreadable: [],
  });
});

test.each([
  ["in either order", ["TARGET_LEG", "STOP_LOSS_LEG"], [1, 2]],
  ["the second first", ["STOP_LOSS_LEG", "TARGET_LEG"], [2, 1]],
  ["of one name", ["ENTRY_LEG", "ENTRY_LEG"], [1, 2]],
  ["without names", [null, undefined], [1, 2]],
])("two rows of one number are one order: %s", (_, names, quantities) => {
  const rows = names.map((legName, index) => ({ ...ROW, orderType: "OCO", legName, quantity: index + 1 }));
  expect(readForever(rows).rows.map(({ legs }) => legs.map(({ leg, quantity }) => [leg, quantity]))).toEqual([
    [
      ["first", quantities[0]],
      ["second", quantities[1]],
    ],
  ]);
});

test.each([
  ["PENDING", "waits"],
  ["Transit", "waits"],
  ["TRADED", "fired"],
  ["CANCELLED", "over"],
  ["REJECTED", "over"],
  ["Expired", "over"],
  ["Half-Way", "unknown"],
])("the status %s is read as %s, and the word is kept", (orderStatus, state) => {
  expect(readForever([{ ...ROW, orderStatus }]).rows[0]?.legs[0]).toMatchObject({ state, said: orderStatus.toUpperCase().replace("-", "_") });
});

test("an OCO order of which one row can be read is no single one: it is told, and left out", () => {
  const half = { ...ROW, orderType: "OCO", legName: "TARGET_LEG" };
  expect(readForever([half, { ...half, legName: "STOP_LOSS_LEG", quantity: "many" }])).toMatchObject({
    rows: [],
    unreadable: [{ code: "NO_QUANTITY" }, { code: "NO_SECOND_ROW", orderId: "1132208051115" }],
  });
  expect(
    readForever([
      { ...half, orderType: undefined, orderFlag: "OCO" },
      { ...ROW, orderId: "2" },
    ]).rows.map(({ orderId }) => orderId),
  ).toEqual(["2"]);
});

test("that the list names the two of an OCO order is told", () => {
  const named = (...names: string[]) => readForever(names.map((legName) => ({ ...ROW, orderType: "OCO", legName }))).rows[0]?.isNamed;
  expect([named("TARGET_LEG", "STOP_LOSS_LEG"), named("STOP_LOSS_LEG", "ENTRY_LEG"), named("ENTRY_LEG", "ENTRY_LEG")]).toEqual([true, true, undefined]);
});

test("a row without what it needs is told, and takes no other with it", () => {
  const { rows, unreadable } = readForever([{ ...ROW, quantity: "many" }, ROW]);
  expect(rows).toHaveLength(1);
  expect(unreadable).toMatchObject([{ code: "NO_QUANTITY", orderId: "1132208051115" }]);
});

test("a conditional order has its condition in the broker's words, and texts for its prices", () => {
  const condition = { comparisonType: "TECHNICAL_WITH_INDICATOR", indicatorName: "SMA_5", exchangeSegment: "NSE_EQ", securityId: "1333", timeFrame: "DAY" };
  const compared = { operator: "CROSSING_UP", comparingIndicatorName: "SMA_20", comparingValue: null };
  const order = {
    transactionType: "SELL",
    exchangeSegment: "NSE_FNO",
    productType: "MARGIN",
    orderType: "STOP_LOSS",
    securityId: "61042",
    quantity: 75,
    validity: "DAY",
  };
  const row = {
    alertId: 12345,
    alertStatus: "ACTIVE",
    condition: { ...condition, ...compared },
    orders: [{ ...order, price: "109.5", triggerPrice: "110", discQuantity: "0" }],
  };
  expect(readConditional([row]).rows).toEqual([
    {
      kind: "conditional",
      orderId: "12345",
      condition: "TECHNICAL_WITH_INDICATOR SMA_5 of NSE_EQ 1333 CROSSING_UP SMA_20",
      state: "waits",
      said: "ACTIVE",
      orders: [
        {
          ...{ segment: "NSE_FNO", securityId: "61042", side: "SELL", product: "MARGIN" },
          type: "STOP_LOSS",
          quantity: 75,
          price: 1_095_000,
          triggerPrice: 1_100_000,
        },
      ],
    },
  ]);
  expect(readConditional([{ ...row, orders: undefined }]).unreadable).toMatchObject([{ code: "NO_ORDERS" }]);
});
