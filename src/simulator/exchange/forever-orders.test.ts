/** Forever and conditional orders as a client of the broker sees them (reference 3.2, 3.3). No row of either was ever recorded: the keys are the documented ones. */
import { expect, test } from "vitest";
import { FOLLOWER, FOLLOWER_TOKEN, type Members, members, NIFTY_CALL, type TestWorld, testWorld } from "../test-world.ts";

const SINGLE: Members = {
  dhanClientId: FOLLOWER,
  correlationId: "",
  orderFlag: "SINGLE",
  transactionType: "SELL",
  ...NIFTY_CALL,
  productType: "MARGIN",
  orderType: "LIMIT",
  validity: "DAY",
  quantity: 75,
  disclosedQuantity: 0,
  price: 109,
  triggerPrice: 110,
};
const OCO: Members = { ...SINGLE, orderFlag: "OCO", price: 135, triggerPrice: 134, price1: 109, triggerPrice1: 110, quantity1: 75 };

function at(rupees: number, of: TestWorld): void {
  of.admin("price", { ...NIFTY_CALL, price: rupees });
  of.time.pass(5);
}

function market(options: Parameters<typeof testWorld>[0] = {}): TestWorld {
  const of = testWorld({ matching: "market", ...options });
  at(120, of);
  return of;
}

/** A new token as well: they live for a day. */
function nextDay(of: TestWorld, days = 1): void {
  of.time.pass(days * 86_400_000);
  of.admin("token", { clientId: FOLLOWER, token: FOLLOWER_TOKEN });
  of.admin("session", { state: "next-day" });
}

function placed(of: TestWorld, body: Members): string {
  const answer = of.call("POST", "/v2/forever/orders", body);
  expect(answer.status).toBe(200);
  return String(members(answer.body)["orderId"]);
}

function rows(of: TestWorld): readonly Members[] {
  return of.call("GET", "/v2/forever/orders").body as readonly Members[];
}

function book(of: TestWorld): readonly Members[] {
  return of.call("GET", "/v2/orders").body as readonly Members[];
}

const KEYS = [
  ...["dhanClientId", "orderId", "orderStatus", "transactionType", "exchangeSegment", "productType", "orderType", "tradingSymbol", "securityId", "quantity"],
  ...["price", "triggerPrice", "legName", "createTime", "updateTime", "exchangeTime", "drvExpiryDate", "drvOptionType", "drvStrikePrice"],
];

test("a forever order is listed with the documented keys, the flag under orderType, and stands neither in the book nor on the stream", () => {
  const of = market();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  const orderId = placed(of, SINGLE);
  of.time.pass(100);
  const [row = {}] = rows(of);
  expect(Object.keys(row)).toEqual(KEYS);
  expect(row).toMatchObject({ orderId, orderStatus: "CONFIRM", orderType: "SINGLE", legName: "ENTRY_LEG", quantity: 75, price: 109, triggerPrice: 110 });
  expect(row).not.toHaveProperty("correlationId");
  expect(book(of)).toEqual([]);
  expect(stream.frames).toEqual([]);
});

test("an OCO order is one row for each of its orders, under one number", () => {
  const of = market();
  const orderId = placed(of, OCO);
  expect(rows(of).map((row) => [row["orderId"], row["orderType"], row["legName"], row["triggerPrice"]])).toEqual([
    [orderId, "OCO", "TARGET_LEG", 134],
    [orderId, "OCO", "STOP_LOSS_LEG", 110],
  ]);
});

test("the price that reaches its trigger sends an ordinary order, and the other of an OCO order is over", () => {
  const of = market();
  placed(of, OCO);
  at(111, of);
  expect(book(of)).toEqual([]);
  at(110, of);
  expect(book(of)).toMatchObject([
    { transactionType: "SELL", orderType: "LIMIT", price: 109, quantity: 75, legName: "NA", correlationId: "NA", orderStatus: "TRADED" },
  ]);
  expect(rows(of).map((row) => row["orderStatus"])).toEqual(["CANCELLED", "TRADED"]);
});

test("a forever order without a price is at the market, and one through the API is protected", () => {
  const of = market();
  placed(of, { ...SINGLE, orderType: "MARKET", price: 0 });
  expect(rows(of)).toMatchObject([{ price: 0 }]);
  at(110, of);
  expect(book(of)).toMatchObject([{ orderType: "LIMIT", price: 107.8 }]);
});

test("it waits over days, does not fire while the market is closed, and meets the price at the open", () => {
  const of = market();
  const orderId = placed(of, SINGLE);
  of.admin("session", { state: "closed" });
  at(105, of);
  nextDay(of);
  expect(rows(of)).toMatchObject([{ orderId, orderStatus: "CONFIRM" }]);
  expect(book(of)).toEqual([]);
  of.admin("session", { state: "open" });
  of.time.pass(5);
  expect(book(of)).toMatchObject([{ quantity: 75, price: 109 }]);
  nextDay(of);
  expect(rows(of)).toEqual([]);
});

test("a forever order in a contract that has expired is gone", () => {
  const of = market({ start: "2026-12-29 10:15:00" });
  placed(of, SINGLE);
  nextDay(of);
  expect(rows(of)).toEqual([]);
});

test("a change replaces what one of its orders asks for, and names it; a delete ends both", () => {
  const of = market();
  const orderId = placed(of, OCO);
  const change = { ...SINGLE, orderFlag: "OCO", orderId, legName: "STOP_LOSS_LEG", price: 111, triggerPrice: 112 };
  expect(of.call("PUT", `/v2/forever/orders/${orderId}`, change)).toMatchObject({ status: 200, body: { orderId } });
  expect(rows(of).map((row) => [row["legName"], row["price"], row["triggerPrice"]])).toEqual([
    ["TARGET_LEG", 135, 134],
    ["STOP_LOSS_LEG", 111, 112],
  ]);
  expect(of.call("PUT", `/v2/forever/orders/${orderId}`, { ...change, legName: "" }).status).toBe(400);
  expect(of.call("DELETE", `/v2/forever/orders/${orderId}`)).toMatchObject({ status: 200, body: { orderId, orderStatus: "CANCELLED" } });
  expect(rows(of).map((row) => row["orderStatus"])).toEqual(["CANCELLED", "CANCELLED"]);
  expect(of.call("DELETE", `/v2/forever/orders/${orderId}`)).toMatchObject({ status: 400, body: { errorCode: "DH-906" } });
});

test.each([
  ["an unknown flag", { orderFlag: "GTT" }],
  ["intraday", { productType: "INTRADAY" }],
  ["a segment that has none", { exchangeSegment: "MCX_COMM" }],
  ["no trigger", { triggerPrice: 0 }],
  ["a second order without a quantity", { orderFlag: "OCO", price1: 109, triggerPrice1: 110, quantity1: 0 }],
])("a forever order with %s is refused at once", (_, changes) => {
  expect(testWorld().call("POST", "/v2/forever/orders", { ...SINGLE, ...changes })).toMatchObject({ status: 400, body: { errorCode: "DH-905" } });
});

test("the list may lag, stand under the other path, or be unknown to the broker", () => {
  const of = market();
  placed(of, SINGLE);
  of.admin("lag", { clientId: FOLLOWER, booksMs: 3_000, correlationMs: 0 });
  expect(rows(of)).toEqual([]);
  of.time.pass(3_000);
  expect(rows(of)).toHaveLength(1);
  of.admin("dialect", { foreverList: "all" });
  expect(of.call("GET", "/v2/forever/orders").status).toBe(404);
  expect(of.call("GET", "/v2/forever/all").body).toHaveLength(1);
  of.admin("dialect", { foreverList: "none" });
  expect([of.call("GET", "/v2/forever/all").status, of.call("GET", "/v2/alerts/orders").status]).toEqual([404, 404]);
});

test("the order that it fires may bear the forever order's own number", () => {
  const of = market();
  of.admin("conduct", { firedNumbers: "forever" });
  const orderId = placed(of, SINGLE);
  at(110, of);
  expect(book(of)).toMatchObject([{ orderId, orderStatus: "TRADED" }]);
});

const ALERT: Members = {
  dhanClientId: FOLLOWER,
  condition: {
    comparisonType: "PRICE_WITH_VALUE",
    exchangeSegment: "NSE_EQ",
    securityId: "11536",
    timeFrame: "DAY",
    operator: "CROSSING_UP",
    comparingValue: 3000,
    expDate: "2026-11-30",
    frequency: "ONCE",
    userNote: "x",
  },
  orders: [
    {
      ...{ transactionType: "BUY", ...NIFTY_CALL, productType: "INTRADAY", orderType: "LIMIT", quantity: 75, validity: "DAY" },
      ...{ price: "120.5", discQuantity: "0", triggerPrice: "0" },
    },
  ],
};

function alerts(of: TestWorld): readonly Members[] {
  return of.call("GET", "/v2/alerts/orders").body as readonly Members[];
}

test("a conditional order is listed as it was asked for, and its orders are ordinary ones when its price is crossed", () => {
  const of = market();
  const share = { exchangeSegment: "NSE_EQ", securityId: "11536" };
  of.admin("price", { ...share, price: 2_990 });
  const answer = of.call("POST", "/v2/alerts/orders", ALERT);
  const { alertId } = members(answer.body);
  expect(answer).toMatchObject({ status: 200, body: { alertStatus: "ACTIVE" } });
  const [row = {}] = alerts(of);
  expect(Object.keys(row)).toEqual(["alertId", "alertStatus", "createdTime", "triggeredTime", "lastPrice", "condition", "orders"]);
  expect(row).toMatchObject({ alertId, condition: ALERT["condition"], orders: ALERT["orders"] });
  of.admin("price", { ...share, price: 3_001 });
  of.time.pass(5);
  expect(book(of)).toMatchObject([{ quantity: 75, price: 120.5, productType: "INTRADAY", correlationId: "NA" }]);
  expect(alerts(of)).toMatchObject([{ alertId, alertStatus: "TRIGGERED", lastPrice: 3_001 }]);
});

test("a conditional order is changed, cancelled, and expires with its date; one on an index is fired by hand", () => {
  const of = market();
  const index = { ...ALERT, condition: { ...members(ALERT["condition"]), exchangeSegment: "IDX_I", securityId: "13" } };
  const { alertId: first } = members(of.call("POST", "/v2/alerts/orders", index).body);
  const { alertId: second } = members(of.call("POST", "/v2/alerts/orders", ALERT).body);
  expect(of.call("PUT", `/v2/alerts/orders/${second}`, { ...ALERT, condition: { ...members(ALERT["condition"]), comparingValue: 2_500 } }).status).toBe(200);
  expect(of.call("GET", `/v2/alerts/orders/${second}`).body).toMatchObject({ condition: { comparingValue: 2_500 } });
  of.admin("alert-fire", { clientId: FOLLOWER, alertId: first });
  of.time.pass(5);
  expect(book(of)).toHaveLength(1);
  expect(of.call("DELETE", `/v2/alerts/orders/${second}`).body).toEqual({ alertId: second, alertStatus: "CANCELLED" });
  const { alertId: third } = members(of.call("POST", "/v2/alerts/orders", ALERT).body);
  nextDay(of, 11);
  expect(alerts(of)).toMatchObject([{ alertId: third, alertStatus: "EXPIRED" }]);
  expect(of.call("POST", "/v2/alerts/orders", { ...ALERT, condition: { ...members(ALERT["condition"]), exchangeSegment: "NSE_FNO" } }).status).toBe(400);
});

test("their owner acts from the web as well, without the API's protection of market orders", () => {
  const of = testWorld();
  const forever = { clientId: FOLLOWER, transactionType: "SELL", ...NIFTY_CALL, productType: "MARGIN", quantity: 75, orderType: "MARKET", triggerPrice: 110 };
  const { orderId } = of.admin("forever", forever);
  of.admin("forever-modify", { clientId: FOLLOWER, orderId, triggerPrice: 111 });
  expect(rows(of)).toMatchObject([{ triggerPrice: 111 }]);
  expect(of.admin("forever-fire", { clientId: FOLLOWER, orderId })).toMatchObject({ orderType: "MARKET", quantity: 75 });
  expect(of.adminStatus("forever-cancel", { clientId: FOLLOWER, orderId })).toBe(409);
  const { orderId: alertId } = of.admin("alert", { clientId: FOLLOWER, condition: ALERT["condition"], orders: ALERT["orders"] });
  of.admin("alert-cancel", { clientId: FOLLOWER, alertId });
  expect(of.adminStatus("alert-fire", { clientId: FOLLOWER, alertId })).toBe(409);
});
