/** The life of orders at the simulated exchange, told through the broker's wire under virtual time. */
import { expect, test } from "vitest";
import { FOLLOWER, FOLLOWER_TOKEN, type Members, members, NIFTY_CALL, orderBody, type TestWorld, testWorld } from "../test-world.ts";

/** Places by API and lets the exchange take it. */
function placed(of: TestWorld, changes: Members = {}): string {
  const { orderId } = members(of.call("POST", "/v2/orders", orderBody(changes)).body);
  of.time.pass(1);
  return String(orderId);
}

function row(of: TestWorld, orderId: string): Members {
  const { body } = of.call("GET", `/v2/orders/${orderId}`);
  return members(Array.isArray(body) ? body[0] : body);
}

function change(of: TestWorld, orderId: string, changes: Members) {
  return of.call("PUT", `/v2/orders/${orderId}`, { dhanClientId: FOLLOWER, orderId, orderType: "LIMIT", validity: "DAY", ...changes });
}

/** Status words of a stream's frames. */
function words(frames: readonly unknown[]): readonly string[] {
  return frames.map((frame) => String(data(frame)["status"]));
}

function data(frame: unknown): Members {
  return members(members(JSON.parse(String(frame)))["Data"]);
}

const HERE = { clientId: FOLLOWER, correlationId: "cp-7f3a91-01" };

test("an order is in TRANSIT until the exchange has it, then pending with an exchange number", () => {
  const of = testWorld({ conduct: { exchangeDelayMs: 20 } });
  const id = String(members(of.call("POST", "/v2/orders", orderBody()).body)["orderId"]);
  expect(id).toMatch(/^\d{1,3}261120\d{5}$/);
  expect(row(of, id)).toMatchObject({ orderStatus: "TRANSIT", exchangeOrderId: "0", exchangeTime: "0001-01-01 00:00:00" });
  of.time.pass(20);
  expect(row(of, id)).toMatchObject({ orderStatus: "PENDING", exchangeOrderId: expect.stringMatching(/^\d{16}$/), omsErrorDescription: "CONFIRMED" });
});

test("an order held in TRANSIT can be cancelled there, and goes on when it is let go", () => {
  const of = testWorld();
  of.admin("transit", { clientId: FOLLOWER, state: "hold" });
  const cancelled = placed(of);
  const kept = placed(of, { correlationId: "kept" });
  of.call("DELETE", `/v2/orders/${cancelled}`);
  of.time.pass(1);
  of.admin("transit", { clientId: FOLLOWER, state: "release" });
  of.time.pass(1);
  expect(row(of, cancelled)).toMatchObject({ orderStatus: "CANCELLED", exchangeOrderId: "0" });
  expect(row(of, kept)).toMatchObject({ orderStatus: "PENDING" });
});

test("partial fills come one frame each, with the cumulative quantity and the weighted average", () => {
  const of = testWorld();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  const id = placed(of, { quantity: 750 });
  of.admin("fill", { ...HERE, quantity: 225, price: 120.4 });
  of.admin("fill", { ...HERE, quantity: 300, price: 120.5 });
  of.admin("fill", { ...HERE, quantity: 225, price: 120.3 });
  expect(words(stream.frames)).toEqual(["Pending", "Part-Traded", "Part-Traded", "Traded"]);
  expect(stream.frames.map((frame) => data(frame)["tradedQty"])).toEqual([undefined, 225, 525, 750]);
  expect(data(stream.frames[3])).not.toHaveProperty("remainingQuantity");
  expect(row(of, id)).toMatchObject({ orderStatus: "TRADED", filledQty: 750, remainingQuantity: 0, averageTradedPrice: 120.41 });
  expect(of.call("GET", `/v2/trades/${id}`).body).toMatchObject([
    { tradedQuantity: 225 },
    { tradedQuantity: 300 },
    { tradedQuantity: 225, tradedPrice: 120.3 },
  ]);
});

test("a cancelled order keeps its fills and has nothing remaining", () => {
  const of = testWorld();
  const id = placed(of, { quantity: 150 });
  of.admin("fill", { ...HERE, quantity: 75 });
  expect(of.call("DELETE", `/v2/orders/${id}`)).toMatchObject({ status: 200, body: { orderId: id, orderStatus: "CANCELLED" } });
  expect(row(of, id)).toMatchObject({ orderStatus: "PART_TRADED" });
  of.time.pass(1);
  expect(row(of, id)).toMatchObject({ orderStatus: "CANCELLED", filledQty: 75, remainingQuantity: 0 });
});

test("a fill wins the race against a cancel and against a modification that were already accepted", () => {
  const of = testWorld();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  const id = placed(of);
  expect(change(of, id, { price: 121 }).status).toBe(200);
  expect(of.call("DELETE", `/v2/orders/${id}`).status).toBe(200);
  of.admin("fill", HERE);
  of.time.pass(10);
  expect(words(stream.frames)).toEqual(["Pending", "Traded"]);
  expect(row(of, id)).toMatchObject({ orderStatus: "TRADED", price: 120.5 });
});

test("a fill can arrive after the cancel, and the order stays cancelled", () => {
  const of = testWorld();
  const id = placed(of);
  of.call("DELETE", `/v2/orders/${id}`);
  of.time.pass(1);
  expect(of.adminStatus("fill", HERE)).toBe(409);
  of.admin("fill", { ...HERE, late: true });
  expect(row(of, id)).toMatchObject({ orderStatus: "CANCELLED", filledQty: 75 });
});

test("a modification replaces the terms under the same number, and moves the order's time on the stream", () => {
  const of = testWorld();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  const id = placed(of);
  of.time.pass(5_000);
  expect(change(of, id, { quantity: 150, price: 121 })).toMatchObject({ status: 200, body: { orderId: id, orderStatus: "TRANSIT" } });
  of.time.pass(1);
  expect(data(stream.frames[1])).toMatchObject({ status: "Modified", orderNo: id, quantity: 150, price: 121, orderDateTime: "2026-11-20 10:15:05" });
  expect(row(of, id)).toMatchObject({ orderStatus: "PENDING", quantity: 150, remainingQuantity: 150, price: 121, correlationId: "cp-7f3a91-01" });
});

test("the quantity of a modification counts what is filled, and one at or below it is refused", () => {
  const of = testWorld();
  const id = placed(of, { quantity: 150 });
  of.admin("fill", { ...HERE, quantity: 75 });
  expect(change(of, id, { quantity: 75 })).toMatchObject({ status: 400, body: { errorCode: "DH-906" } });
  change(of, id, { quantity: 225 });
  of.time.pass(1);
  expect(row(of, id)).toMatchObject({ orderStatus: "PART_TRADED", quantity: 225, remainingQuantity: 150, filledQty: 75 });
});

test("the 26th modification of an order is refused, and so is any of an ended one or one in TRANSIT", () => {
  const of = testWorld({ limits: { order: {} } });
  const id = placed(of);
  for (let count = 1; count <= 25; count += 1) expect(change(of, id, { price: 120 + count }).status).toBe(200);
  expect(change(of, id, { price: 99 })).toMatchObject({ status: 400, body: { errorCode: "DH-906", errorMessage: expect.stringContaining("25") } });
  of.time.pass(1);
  expect(row(of, id)).toMatchObject({ price: 145 });
  of.call("DELETE", `/v2/orders/${id}`);
  of.time.pass(1);
  expect(change(of, id, { price: 130 })).toMatchObject({ status: 400, body: { errorCode: "DH-906" } });
  expect(of.call("DELETE", `/v2/orders/${id}`)).toMatchObject({ status: 400, body: { errorCode: "DH-906" } });
  const inTransit = String(members(of.call("POST", "/v2/orders", orderBody()).body)["orderId"]);
  expect(change(of, inTransit, { price: 130 })).toMatchObject({ status: 400, body: { errorCode: "DH-906" } });
});

test("what risk refuses is answered TRANSIT first and rejected afterwards, in the broker's words", () => {
  const of = testWorld();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  of.admin("funds", { clientId: FOLLOWER, rupees: 1_000 });
  const poor = placed(of);
  const oddLot = placed(of, { quantity: 80 });
  const offTick = placed(of, { price: 1.03 });
  expect(row(of, poor)).toMatchObject({
    orderStatus: "REJECTED",
    omsErrorCode: "0",
    omsErrorDescription: `RMS:${poor}:You have insufficient funds. Please add Rs.8037.50 to trade.`,
    remainingQuantity: 75,
  });
  expect(row(of, oddLot)).toMatchObject({ omsErrorDescription: `RMS:${oddLot}:Quantity should be in multiples of lot size 75` });
  expect(row(of, offTick)).toMatchObject({ omsErrorDescription: `RMS:${offTick}:Price should be in multiples of tick size 0.05` });
  expect(words(stream.frames)).toEqual(["Rejected", "Rejected", "Rejected"]);
  expect(data(stream.frames[0])).toMatchObject({ exchOrderNo: "0", remainingQuantity: 75 });
});

test("an order that the exchange had can be rejected all the same (R5)", () => {
  const of = testWorld();
  const id = placed(of);
  of.admin("reject", { ...HERE, reason: "Price is outside the band" });
  expect(row(of, id)).toMatchObject({
    orderStatus: "REJECTED",
    exchangeOrderId: expect.stringMatching(/^\d{16}$/),
    omsErrorDescription: expect.stringContaining("band"),
  });
});

test("an API market order rests as a limit at its protected price, and one from the web as a market order", () => {
  const of = testWorld();
  of.admin("price", { ...NIFTY_CALL, price: 200 });
  const api = placed(of, { orderType: "MARKET", price: 0 });
  expect(row(of, api)).toMatchObject({ orderStatus: "PENDING", orderType: "LIMIT", price: 204 });
  const web = of.admin("place", { clientId: FOLLOWER, transactionType: "BUY", ...NIFTY_CALL, orderType: "MARKET", quantity: 75 });
  of.time.pass(1);
  expect(row(of, String(web["orderId"]))).toMatchObject({ orderStatus: "PENDING", orderType: "MARKET", price: 0 });
});

test("a protected market order rests when the market has run away, shown as MARKET when so switched", () => {
  const of = testWorld({ matching: "market", conduct: { marketOrders: "market", marketBandPercent: 1, partialFills: 0 } });
  of.admin("price", { ...NIFTY_CALL, price: 200 });
  of.simulator.exchange.market.setMatching({ scope: "account", clientId: FOLLOWER }, "manual");
  const id = placed(of, { orderType: "MARKET", price: 0 });
  of.admin("price", { ...NIFTY_CALL, price: 203 });
  of.simulator.exchange.market.setMatching({ scope: "account", clientId: FOLLOWER }, undefined);
  of.admin("price", { ...NIFTY_CALL, price: 202.5 });
  expect(row(of, id)).toMatchObject({ orderStatus: "PENDING", orderType: "MARKET", price: 0 });
  of.admin("price", { ...NIFTY_CALL, price: 201 });
  expect(row(of, id)).toMatchObject({ orderStatus: "TRADED", averageTradedPrice: 202 });
});

test("an API stop-market order becomes an instant limit without its trigger, or is refused", () => {
  const of = testWorld();
  of.admin("position", { clientId: FOLLOWER, ...NIFTY_CALL, net: 75 });
  const stop = { transactionType: "SELL", orderType: "STOP_LOSS_MARKET", price: 0, triggerPrice: 110 };
  expect(row(of, placed(of, stop))).toMatchObject({ orderType: "LIMIT", price: 104.5, triggerPrice: 0 });
  of.admin("conduct", { stopMarket: "refuse" });
  expect(of.call("POST", "/v2/orders", orderBody(stop))).toMatchObject({ status: 400, body: { errorCode: "DH-906" } });
});

test("a stop on the wrong side of its limit is refused at once", () => {
  const of = testWorld();
  const stop = { orderType: "STOP_LOSS", price: 110, triggerPrice: 110.5 };
  expect(of.call("POST", "/v2/orders", orderBody(stop))).toMatchObject({
    status: 400,
    body: { errorCode: "DH-906", errorMessage: expect.stringContaining("Trigger") },
  });
  expect(of.call("POST", "/v2/orders", orderBody({ ...stop, transactionType: "SELL", triggerPrice: 109.5 })).status).toBe(400);
  expect(of.call("POST", "/v2/orders", orderBody({ ...stop, triggerPrice: 109.5 })).status).toBe(200);
});

test("with market matching a stop waits, turns into a limit at its trigger, and fills; the order's time does not move", () => {
  const of = testWorld({ matching: "market", conduct: { partialFills: 0 } });
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  of.admin("price", { ...NIFTY_CALL, price: 120 });
  of.admin("position", { clientId: FOLLOWER, ...NIFTY_CALL, net: 75 });
  const id = placed(of, { transactionType: "SELL", orderType: "STOP_LOSS", price: 109, triggerPrice: 110 });
  of.time.pass(10_000);
  expect(row(of, id)).toMatchObject({ orderStatus: "PENDING", orderType: "STOP_LOSS", triggerPrice: 110 });
  of.admin("price", { ...NIFTY_CALL, price: 110 });
  expect(words(stream.frames)).toEqual(["Pending", "Pending", "Traded"]);
  expect(data(stream.frames[1])).toMatchObject({ orderType: "LMT", price: 109, orderDateTime: data(stream.frames[0])["orderDateTime"] });
  expect(data(stream.frames[1])).not.toHaveProperty("triggerPrice");
  expect(row(of, id)).toMatchObject({ orderStatus: "TRADED", averageTradedPrice: 110 });
});

test("with market matching a marketable limit gets the market's price, and a resting one its own", () => {
  const of = testWorld({ matching: "market", conduct: { partialFills: 0 } });
  of.admin("price", { ...NIFTY_CALL, price: 100 });
  const marketable = placed(of, { price: 120 });
  const resting = placed(of, { price: 90 });
  expect(row(of, marketable)).toMatchObject({ orderStatus: "TRADED", averageTradedPrice: 100 });
  of.admin("price", { ...NIFTY_CALL, price: 85 });
  expect(row(of, resting)).toMatchObject({ orderStatus: "TRADED", averageTradedPrice: 90 });
});

test("with market matching, parts of an order fill one after another in whole lots", () => {
  const of = testWorld({ matching: "market", conduct: { partialFills: 1 } });
  of.admin("price", { ...NIFTY_CALL, price: 100 });
  const id = placed(of, { price: 120, quantity: 750 });
  expect(row(of, id)).toMatchObject({ orderStatus: "PART_TRADED" });
  of.time.pass(1_000);
  const trades = of.simulator.exchange.ledger.books(FOLLOWER)?.trades() ?? [];
  expect(trades.length).toBeGreaterThan(1);
  expect(trades.every((trade) => trade.quantity % 75 === 0)).toBe(true);
  expect(row(of, id)).toMatchObject({ orderStatus: "TRADED", filledQty: 750 });
});

test("what an IOC order cannot fill at once is cancelled, with its fills", () => {
  const of = testWorld({ matching: "market", conduct: { partialFills: 1 } });
  of.admin("price", { ...NIFTY_CALL, price: 100 });
  expect(row(of, placed(of, { price: 99, validity: "IOC" }))).toMatchObject({ orderStatus: "CANCELLED", filledQty: 0 });
  const part = row(of, placed(of, { price: 100, validity: "IOC", quantity: 750 }));
  expect(part["orderStatus"]).toBe("CANCELLED");
  expect(part["filledQty"]).toBeGreaterThan(0);
});

test("in manual matching an IOC order waits for the one fill that it is told", () => {
  const of = testWorld();
  const id = placed(of, { validity: "IOC", quantity: 150 });
  expect(row(of, id)).toMatchObject({ orderStatus: "PENDING" });
  of.admin("fill", { ...HERE, quantity: 75 });
  expect(row(of, id)).toMatchObject({ orderStatus: "CANCELLED", filledQty: 75 });
});

test("an after-market order waits without an exchange number, can be changed while the market is closed, and goes out at the open", () => {
  const of = testWorld();
  const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
  const day = placed(of, { correlationId: "day" });
  const amo = placed(of, { afterMarketOrder: true, amoTime: "OPEN" });
  of.admin("session", { state: "closed" });
  expect(row(of, day)).toMatchObject({ orderStatus: "EXPIRED" });
  expect(row(of, amo)).toMatchObject({ orderStatus: "PENDING", exchangeOrderId: "0", afterMarketOrder: true });
  change(of, amo, { price: 119 });
  of.time.pass(1);
  expect(row(of, amo)).toMatchObject({ price: 119, exchangeOrderId: "0" });
  expect(row(of, placed(of, { correlationId: "late" }))).toMatchObject({
    orderStatus: "REJECTED",
    omsErrorDescription: expect.stringContaining("Market is Closed"),
  });
  of.admin("session", { state: "open" });
  expect(row(of, amo)).toMatchObject({ orderStatus: "PENDING", exchangeOrderId: expect.stringMatching(/^\d{16}$/) });
  expect(words(stream.frames)).toEqual(["Pending", "Pending", "Expired", "Modified", "Rejected", "Pending"]);
  expect(data(stream.frames[1])["offMktFlag"]).toBe("1");
});

test("positions are kept per product, flat ones stay as CLOSED, and funds follow", () => {
  const of = testWorld({ accounts: [{ clientId: FOLLOWER, token: FOLLOWER_TOKEN, funds: 100_000 }] });
  placed(of, { correlationId: "a" });
  expect(of.call("GET", "/v2/fundlimit").body).toMatchObject({ availabelBalance: 90_962.5, utilizedAmount: 9_037.5, sodLimit: 100_000 });
  of.admin("fill", { clientId: FOLLOWER, correlationId: "a" });
  placed(of, { correlationId: "b", productType: "MARGIN" });
  of.admin("fill", { clientId: FOLLOWER, correlationId: "b" });
  placed(of, { correlationId: "c", transactionType: "SELL", price: 121.5 });
  of.admin("fill", { clientId: FOLLOWER, correlationId: "c" });
  expect(of.call("GET", "/v2/positions").body).toMatchObject([
    { productType: "INTRADAY", positionType: "CLOSED", netQty: 0, buyQty: 75, sellQty: 75, realizedProfit: 75, multiplier: 1 },
    { productType: "MARGIN", positionType: "LONG", netQty: 75, costPrice: 120.5, drvExpiryDate: "2026-12-29 14:30:00" },
  ]);
  expect(of.call("GET", "/v2/fundlimit").body).toMatchObject({ availabelBalance: 91_037.5, utilizedAmount: 9_037.5 });
});

test("a position's decimals carry the noise of a 32-bit float (reference 6.2)", () => {
  const of = testWorld();
  placed(of);
  of.admin("fill", { ...HERE, price: 94.15 });
  expect(of.call("GET", "/v2/positions").body).toMatchObject([{ buyAvg: 94.150002 }]);
});

test("a new day empties the book but for after-market orders that wait, and carries open positions over (R24)", () => {
  const of = testWorld();
  placed(of);
  of.admin("fill", HERE);
  placed(of, { correlationId: "open" });
  placed(of, { correlationId: "amo", afterMarketOrder: true, amoTime: "OPEN" });
  of.admin("session", { state: "next-day" });
  expect(of.call("GET", "/v2/orders").body).toMatchObject([{ correlationId: "amo", orderStatus: "PENDING" }]);
  expect(of.call("GET", "/v2/trades").body).toEqual([]);
  expect(of.call("GET", "/v2/positions").body).toMatchObject([{ netQty: 75, carryForwardBuyQty: 75, dayBuyQty: 0 }]);
});

test("what was traded on days that are over is the history of these days, page by page, and the day that lasts is not in it", () => {
  const of = testWorld();
  const page = (path: string): readonly unknown[] => of.call("GET", `/v2/trades/${path}`).body as readonly unknown[];
  for (let count = 0; count < 21; count += 1) {
    placed(of, { correlationId: `h-${count}` });
    of.admin("fill", { clientId: FOLLOWER, correlationId: `h-${count}` });
    of.time.pass(200);
  }
  expect(page("2026-11-01/2026-11-30/0")).toEqual([]);
  of.time.pass(13 * 3_600_000 + 50 * 60_000);
  const night = page("2026-11-20/2026-11-20/0");
  of.admin("session", { state: "next-day" });
  expect(page("2026-11-20/2026-11-20/0")).toEqual(night);
  expect([0, 1, 2].map((number) => page(`2026-11-20/2026-11-20/${number}`).length)).toEqual([20, 1, 0]);
  expect(page("2026-11-21/2026-11-30/0")).toEqual([]);
  expect(of.call("GET", "/v2/trades/yesterday/2026-11-20/0").status).toBe(400);
});

test("a position changes its product without a trade, answered 202 with no body", () => {
  const of = testWorld();
  of.admin("position", { clientId: FOLLOWER, ...NIFTY_CALL, net: 75, averagePrice: 118 });
  const conversion = { dhanClientId: FOLLOWER, fromProductType: "INTRADAY", toProductType: "MARGIN", ...NIFTY_CALL, positionType: "LONG", convertQty: 75 };
  expect(of.call("POST", "/v2/positions/convert", conversion)).toEqual({ status: 202, body: undefined });
  expect(of.call("GET", "/v2/positions").body).toMatchObject([
    { productType: "INTRADAY", netQty: 0 },
    { productType: "MARGIN", netQty: 75, buyAvg: 118 },
  ]);
});

test("the same seed and the same requests give the same day, number for number", () => {
  const day = (seed: number): string => {
    const of = testWorld({ seed, matching: "market", conduct: { partialFills: 0.5 }, walkEveryMs: 100, limits: { order: {} } });
    const stream = of.listen(FOLLOWER, FOLLOWER_TOKEN);
    for (let count = 0; count < 20; count += 1) placed(of, { quantity: 300, price: 20 + count, correlationId: `n-${count}` });
    of.time.pass(5_000);
    of.simulator.stop();
    return stream.frames.join("\n");
  };
  expect(day(3)).toBe(day(3));
  expect(day(3)).not.toBe(day(4));
});
