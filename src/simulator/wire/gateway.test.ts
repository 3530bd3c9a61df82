/** What the broker's REST surface refuses, limits, logs, and does under faults. */
import { expect, test } from "vitest";
import { FOLLOWER, FOLLOWER_TOKEN, LEADER, LEADER_TOKEN, type Members, orderBody, type TestWorld, testWorld } from "../test-world.ts";

function orders(of: TestWorld) {
  return of.simulator.exchange.ledger.books(FOLLOWER)?.orders() ?? [];
}

const BAD_PLACEMENTS: readonly (readonly [string, Members | string])[] = [
  ["a body that is no JSON", "{"],
  ["a body that is no object", "[]"],
  ["no client id", { dhanClientId: undefined }],
  ["another account's client id", { dhanClientId: LEADER }],
  ["an unknown side", { transactionType: "B" }],
  ["an unknown product", { productType: "CO" }],
  ["an unknown order type", { orderType: "LMT" }],
  ["an unknown validity", { validity: "GTC" }],
  ["a missing validity", { validity: undefined }],
  ["an instrument that the segment does not have", { exchangeSegment: "NSE_EQ" }],
  ["a security id that is a number", { securityId: 37806 }],
  ["no quantity", { quantity: undefined }],
  ["a quantity of zero", { quantity: 0 }],
  ["a broken quantity", { quantity: 7.5 }],
  ["an empty text in place of a number", { disclosedQuantity: "" }],
  ["a limit order without a price", { price: 0 }],
  ["a stop without a trigger", { orderType: "STOP_LOSS" }],
  ["a disclosed quantity of 30 % or less", { quantity: 750, disclosedQuantity: 225 }],
  ["a disclosed quantity above the quantity", { disclosedQuantity: 150 }],
  ["a correlation id of more than 30 characters", { correlationId: "a".repeat(31) }],
  ["a correlation id with other characters", { correlationId: "a/b" }],
  ["an after-market order without its time", { afterMarketOrder: true }],
  ["a text for a flag", { afterMarketOrder: "false" }],
];

test.each(BAD_PLACEMENTS)("a placement with %s is refused at once with DH-905, and no order exists", (_, changes) => {
  const of = testWorld();
  const body = typeof changes === "string" ? changes : orderBody(changes);
  expect(of.call("POST", "/v2/orders", body)).toMatchObject({ status: 400, body: { errorType: "Input_Exception", errorCode: "DH-905" } });
  expect(orders(of)).toEqual([]);
});

test("digits in a text are taken for a number, and optional fields can be left out", () => {
  const of = testWorld();
  const body = { ...orderBody(), quantity: "75", disclosedQuantity: undefined, triggerPrice: undefined, afterMarketOrder: undefined, correlationId: undefined };
  expect(of.call("POST", "/v2/orders", body).status).toBe(200);
  expect(of.call("GET", "/v2/orders").body).toMatchObject([{ quantity: 75, correlationId: "NA" }]);
});

test("a modification with an empty legName, without a type, or for another order is refused with DH-905", () => {
  const of = testWorld();
  of.call("POST", "/v2/orders", orderBody());
  of.time.pass(1);
  const orderId = orders(of)[0]?.orderId;
  const good = { dhanClientId: FOLLOWER, orderId, orderType: "LIMIT", validity: "DAY", quantity: 75, price: 121 };
  for (const bad of [{ legName: "" }, { legName: "TARGET_LEG" }, { orderType: undefined }, { validity: undefined }, { orderId: "1" }, { quantity: 0 }]) {
    expect(of.call("PUT", `/v2/orders/${orderId}`, { ...good, ...bad })).toMatchObject({ status: 400, body: { errorCode: "DH-905" } });
  }
  expect(of.call("PUT", `/v2/orders/${orderId}`, { ...good, legName: "NA" }).status).toBe(200);
  expect(of.call("PUT", "/v2/orders/1", good).status).toBe(400);
});

test("order calls from another address than the registered one are refused, and reads keep working", () => {
  const of = testWorld();
  of.admin("address", { clientId: FOLLOWER, address: "203.0.113.7" });
  expect(of.call("DELETE", "/v2/orders/1")).toMatchObject({ status: 400, body: { errorCode: "DH-905", errorMessage: "Invalid IP" } });
  expect(of.call("GET", "/v2/orders").status).toBe(200);
  expect(of.call("GET", "/v2/ip/getIP").body).toMatchObject({
    primaryIP: "203.0.113.7",
    detectedIP: "127.0.0.1",
    ipMatchStatus: "MISMATCH",
    ordersAllowed: false,
  });
});

test("the eleventh order call within any second is refused with 429, and a slot is free a second after it was taken", () => {
  const of = testWorld();
  const place = (count: number) => of.call("POST", "/v2/orders", orderBody({ correlationId: `n-${count}` })).status;
  for (let count = 0; count < 10; count += 1) {
    expect(place(count)).toBe(200);
    of.time.pass(50);
  }
  expect(place(10)).toBe(429);
  of.time.pass(499);
  expect(place(11)).toBe(429);
  of.time.pass(1);
  expect(place(12)).toBe(200);
  expect(place(13)).toBe(429);
  expect(orders(of)).toHaveLength(11);
  expect(of.simulator.gate.refused(FOLLOWER)).toBe(3);
});

test("modifications and cancels count as order calls, reads and other accounts do not", () => {
  const of = testWorld();
  for (let count = 0; count < 5; count += 1) {
    of.call("DELETE", "/v2/orders/1");
    of.call("PUT", "/v2/orders/1", {});
  }
  expect(of.call("POST", "/v2/orders", orderBody()).status).toBe(429);
  expect(of.call("GET", "/v2/orders").status).toBe(200);
  expect(of.call("POST", "/v2/orders", { ...orderBody(), dhanClientId: LEADER }, LEADER_TOKEN).status).toBe(200);
});

test("the windows of a minute, an hour and a day hold too, and reads have 20 a second", () => {
  const of = testWorld({ limits: { order: { perMinute: 2, perHour: 3, perDay: 4 } } });
  const place = () => of.call("POST", "/v2/orders", orderBody()).status;
  expect([place(), place(), place()]).toEqual([200, 200, 429]);
  of.time.pass(60_000);
  expect([place(), place()]).toEqual([200, 429]);
  of.time.pass(3_600_000);
  expect([place(), place()]).toEqual([200, 429]);
  expect(Array.from({ length: 21 }, () => of.call("GET", "/v2/profile").status).at(-1)).toBe(429);
});

test("a new token kills the old one, a token dies after a day, and a killed one at once", () => {
  const of = testWorld();
  of.admin("token", { clientId: FOLLOWER, token: "a-new-token" });
  expect(of.call("GET", "/v2/profile").status).toBe(401);
  expect(of.call("GET", "/v2/profile", undefined, "a-new-token").status).toBe(200);
  of.time.pass(24 * 3_600_000);
  expect(of.call("GET", "/v2/profile", undefined, "a-new-token").status).toBe(401);
  of.admin("token", { clientId: LEADER });
  expect(of.call("GET", "/v2/profile", undefined, LEADER_TOKEN).status).toBe(401);
  expect(of.simulator.log.entries({ clientId: FOLLOWER })).toHaveLength(3);
});

test("a time-out after acceptance is never answered, and the order lives; before acceptance there is none", () => {
  const of = testWorld();
  of.admin("fault", { on: "request", call: "place", when: "after", times: 1, effect: { kind: "silence" } });
  of.admin("fault", { on: "request", call: "place", when: "before", skip: 1, times: 1, effect: { kind: "silence" } });
  const accepted = of.call("POST", "/v2/orders", orderBody({ correlationId: "lives" }));
  const lost = of.call("POST", "/v2/orders", orderBody({ correlationId: "lost" }));
  of.time.pass(60_000);
  expect([accepted.status, lost.status]).toEqual([undefined, undefined]);
  expect(orders(of).map((order) => order.correlationId)).toEqual(["lives"]);
  expect(of.simulator.log.entries().map((entry) => [entry.correlationId, entry.outcome])).toEqual([
    ["lives", "silence"],
    ["lost", "silence"],
  ]);
});

test("a 5xx comes with or without acceptance, a reset too, each as often as asked", () => {
  const of = testWorld();
  of.admin("fault", { on: "request", call: "place", when: "after", times: 1, effect: { kind: "answer", status: 502 } });
  expect(of.call("POST", "/v2/orders", orderBody({ correlationId: "a" }))).toMatchObject({ status: 502, body: { errorCode: "DH-908" } });
  of.admin("fault", { on: "request", call: "place", when: "before", times: 1, effect: { kind: "answer", status: 500 } });
  expect(of.call("POST", "/v2/orders", orderBody({ correlationId: "b" })).status).toBe(500);
  of.admin("fault", { on: "request", call: "write", when: "before", times: 1, effect: { kind: "reset" } });
  expect(of.call("POST", "/v2/orders", orderBody({ correlationId: "c" })).status).toBe("reset");
  expect(of.call("POST", "/v2/orders", orderBody({ correlationId: "d" })).status).toBe(200);
  expect(orders(of).map((order) => order.correlationId)).toEqual(["a", "d"]);
});

test("a 200 can carry an error body, and a 429 can come without a reason", () => {
  const of = testWorld();
  const body = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-906", errorMessage: "no" });
  of.admin("fault", { on: "request", call: "place", times: 1, effect: { kind: "answer", status: 200, body } });
  of.admin("fault", { on: "request", call: "place", times: 1, effect: { kind: "answer", status: 429 } });
  expect(of.call("POST", "/v2/orders", orderBody())).toMatchObject({ status: 200, body: { errorCode: "DH-906" } });
  expect(of.call("POST", "/v2/orders", orderBody())).toMatchObject({ status: 429, body: { errorCode: "DH-904" } });
  expect(orders(of)).toEqual([]);
});

test("an answer that is late lets the order's frame overtake it", () => {
  const of = testWorld();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  of.admin("fault", { on: "request", call: "place", when: "after", effect: { kind: "delay", ms: 500 } });
  const answer = of.call("POST", "/v2/orders", orderBody());
  of.time.pass(499);
  expect(stream.frames).toHaveLength(1);
  expect(answer.status).toBeUndefined();
  of.time.pass(1);
  expect(answer.status).toBe(200);
});

test("a request that is slow on its way in makes its order late, and touches no other account", () => {
  const of = testWorld();
  of.admin("fault", { on: "request", clientId: FOLLOWER, effect: { kind: "delay", ms: 5_000 } });
  of.call("POST", "/v2/orders", orderBody());
  const other = of.call("POST", "/v2/orders", { ...orderBody(), dhanClientId: LEADER }, LEADER_TOKEN);
  expect(other.status).toBe(200);
  of.time.pass(4_999);
  expect(orders(of)).toEqual([]);
  of.time.pass(1);
  expect(orders(of)).toHaveLength(1);
});

test("a held placement goes on when the fault is removed", () => {
  const of = testWorld();
  const { id } = of.admin("fault", { on: "request", call: "place", effect: { kind: "hold" } });
  const answer = of.call("POST", "/v2/orders", orderBody());
  of.time.pass(60_000);
  expect(orders(of)).toEqual([]);
  of.admin("repair", { id });
  expect(answer.status).toBe(200);
  expect(orders(of)).toHaveLength(1);
});

test("lagging books and look-ups show what was, and catch up", () => {
  const of = testWorld();
  of.admin("lag", { clientId: FOLLOWER, booksMs: 1_000, correlationMs: 3_000 });
  of.call("POST", "/v2/orders", orderBody());
  of.time.pass(1);
  const find = () => of.call("GET", "/v2/orders/external/cp-7f3a91-01").status;
  expect(of.call("GET", "/v2/orders").body).toEqual([]);
  expect(find()).toBe(400);
  of.time.pass(1_000);
  expect(of.call("GET", "/v2/orders").body).toMatchObject([{ orderStatus: "PENDING" }]);
  expect(find()).toBe(400);
  of.time.pass(2_000);
  expect(find()).toBe(200);
});

test.each([
  ["DH-905", 400],
  ["DH-906", 400],
  ["DH-907", 400],
  ["404", 404],
  ["empty", 200],
] as const)("an unknown correlation id is answered in the way %s", (correlationMiss, status) => {
  expect(testWorld({ dialect: { correlationMiss } }).call("GET", "/v2/orders/external/nobody")).toMatchObject({ status });
});

test("one order comes as a one-element array and by correlation id as an object, unless switched", () => {
  const of = testWorld();
  of.call("POST", "/v2/orders", orderBody());
  const id = orders(of)[0]?.orderId;
  expect(of.call("GET", `/v2/orders/${id}`).body).toMatchObject([{ orderId: id }]);
  expect(of.call("GET", "/v2/orders/external/cp-7f3a91-01").body).toMatchObject({ orderId: id });
  of.admin("dialect", { orderById: "object", orderByCorrelation: "array" });
  expect(of.call("GET", `/v2/orders/${id}`).body).toMatchObject({ orderId: id });
  expect(of.call("GET", "/v2/orders/external/cp-7f3a91-01").body).toMatchObject([{ orderId: id }]);
});

test("the margin calculator writes its leverage as a text, and price snapshots leave unknown ids out", () => {
  const of = testWorld();
  const question = { ...orderBody(), exchangeSegment: "NSE_EQ", securityId: "11630", quantity: 10, price: 377 };
  expect(of.call("POST", "/v2/margincalculator", question).body).toMatchObject({ totalMargin: 754, leverage: "5X" });
  of.admin("price", { exchangeSegment: "NSE_EQ", securityId: "11630", price: 379.65 });
  expect(of.call("POST", "/v2/marketfeed/ohlc", { NSE_EQ: [11630, 1], NSE_FNO: [1] }).body).toEqual({
    data: { NSE_EQ: { "11630": { last_price: 379.65, ohlc: { open: 379.65, close: 379.65, high: 379.65, low: 379.65 } } }, NSE_FNO: {} },
    status: "success",
  });
});

test("the request log tells method, path, body, correlation id, arrival and outcome of every request", () => {
  const of = testWorld();
  of.call("POST", "/v2/orders", orderBody());
  of.time.pass(2);
  of.call("GET", "/v2/orders/external/cp-7f3a91-01");
  of.call("GET", "/v2/nothing");
  expect(of.simulator.log.entries({ clientId: FOLLOWER, after: 1 })).toMatchObject([
    { sequence: 2, method: "GET", path: "/v2/orders/external/cp-7f3a91-01", correlationId: "cp-7f3a91-01", arrivedAt: of.time.now(), outcome: 200 },
    { sequence: 3, path: "/v2/nothing", outcome: 404 },
  ]);
  expect(of.simulator.log.entries()[0]?.body).toBe(JSON.stringify(orderBody()));
});
