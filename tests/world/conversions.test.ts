/** Positions that their owner converts to another product, of which no order and no frame tells (R15; docs/conversions.md). */
import { beforeEach, describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { administer } from "../../src/simulator/admin/administer.ts";
import { nextMorning } from "./overnight.ts";
import { CALL, FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

/** Longer than a conversion may stay unseen. */
const SEEN_MS = 6_000;

let w: World;

beforeEach(async () => {
  w = await world();
});

/** What an account holds of the contract by the broker's own books, by product; flat ones left out. */
function held(id: string): Record<string, number> {
  const reply = administer(w.simulator, { method: "GET", path: `/admin/books?clientId=${id}`, body: "" });
  const { positions } = JSON.parse(reply.body) as { positions: { productType: string; netQty: number }[] };
  return Object.fromEntries(positions.flatMap(({ productType, netQty }) => (netQty === 0 ? [] : [[productType, netQty]])));
}

/** Product, side and quantity of the orders that a follower was sent. */
function sent(id = FOLLOWER): readonly string[] {
  return w
    .calls(id)
    .filter(({ method, path }) => method === "POST" && /v2\/orders$/.test(path))
    .map(({ body }) => `${String(body["transactionType"])} ${String(body["quantity"])} ${String(body["productType"])}`);
}

async function leaderTrades(order: Record<string, unknown>, leader = LEADER): Promise<string> {
  const id = w.leader({ clientId: leader, orderType: "MARKET", price: 0, ...order });
  await w.time.pass(20);
  w.admin("fill", { clientId: leader, orderId: id, price: 120 });
  await w.time.pass(100);
  return id;
}

/** Whatever rests at the follower fills. */
async function followerFills(id = FOLLOWER): Promise<void> {
  await w.time.pass(20);
  for (const { orderId, orderStatus } of w.orders(id)) if (orderStatus === "PENDING") w.admin("fill", { clientId: id, orderId, price: 120 });
  await w.time.pass(100);
}

async function bothHold(): Promise<void> {
  await leaderTrades({ quantity: 300 });
  await followerFills();
  expect([held(LEADER), held(FOLLOWER)]).toEqual([{ INTRADAY: 300 }, { INTRADAY: 150 }]);
}

function convert(id: string, change: Record<string, unknown> = {}): void {
  w.admin("convert", { clientId: id, ...CALL, ...change });
}

test("R15 what the follower's owner has converted is exited in the product that holds it, and nothing is opened beside it", async () => {
  await bothHold();
  convert(FOLLOWER);
  await w.time.pass(SEEN_MS);
  expect(w.noted(FOLLOWER, "POSITION_CONVERTED", "POSITION_CROSSED")).toEqual(["POSITION_CONVERTED"]);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R15 what is held in two products is exited by two orders, each of what its product holds", async () => {
  await bothHold();
  convert(FOLLOWER, { quantity: 75 });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 INTRADAY", "SELL 75 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R15 a part of it that the leader sells comes from the product of the leader's first", async () => {
  await bothHold();
  convert(FOLLOWER, { quantity: 75 });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 150 });
  await followerFills();
  expect(held(FOLLOWER)).toEqual({ MARGIN: 75 });
  await leaderTrades({ transactionType: "SELL", quantity: 150 });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 INTRADAY", "SELL 75 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R16 a stop that rests in the product that was left is cancelled, and its successor is placed where the position is once that has ended", async () => {
  await bothHold();
  w.leader({ transactionType: "SELL", quantity: 300, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
  await w.time.pass(100);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  convert(FOLLOWER);
  // The cancel is accepted, and its end is not told.
  w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "drop" } });
  w.admin("fault", { on: "request", call: "order", clientId: FOLLOWER, effect: { kind: "hold" } });
  await w.time.pass(SEEN_MS);
  expect(w.methods()).toMatch(/^POST POST( DELETE)+$/);
  w.admin("repair", {});
  await w.time.pass(20_000);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY", "SELL 150 MARGIN"]);
  const resting = w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING");
  expect(resting).toMatchObject([{ transactionType: "SELL", quantity: 150, triggerPrice: 100 }]);
  w.admin("fill", { clientId: FOLLOWER, orderId: resting[0]?.orderId, price: 99.5 });
  await w.time.pass(100);
  expect(held(FOLLOWER)).toEqual({});
});

test("R16 of a stop over what is converted in part, the rest goes on standing and the part has a stop of its own", async () => {
  await bothHold();
  w.leader({ transactionType: "SELL", quantity: 300, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
  await w.time.pass(100);
  convert(FOLLOWER, { quantity: 75 });
  await w.time.pass(SEEN_MS + 2_000);
  expect(w.methods()).toBe("POST POST PUT POST");
  expect(sent().at(-1)).toBe("SELL 75 MARGIN");
  expect(w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING")).toMatchObject([{ quantity: 75 }, { quantity: 75 }]);
  await followerFills();
  expect(held(FOLLOWER)).toEqual({});
});

test("R16 with more of it converted, the stop there is made larger once the other is known to be smaller, and not beside it (seed 69)", async () => {
  await leaderTrades({ quantity: 600 });
  await followerFills();
  w.leader({ transactionType: "SELL", quantity: 600, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
  convert(FOLLOWER, { quantity: 75 });
  await w.time.pass(SEEN_MS + 2_000);
  const stops = (): unknown[] =>
    w.orders(FOLLOWER).flatMap(({ orderStatus, productType, quantity }) => (orderStatus === "PENDING" ? [[productType, quantity]] : []));
  expect(stops()).toEqual([
    ["INTRADAY", 225],
    ["MARGIN", 75],
  ]);
  convert(FOLLOWER, { quantity: 75 });
  w.admin("fault", { on: "request", call: "modify", when: "before", clientId: FOLLOWER, effect: { kind: "hold" } });
  const before = w.calls().length;
  await w.time.pass(SEEN_MS);
  const changes = w.calls().slice(before);
  // Its repetitions, after a time-out, ask for the same.
  expect(new Set(changes.map(({ body }) => body["orderId"])).size).toBe(1);
  w.admin("repair", {});
  await w.time.pass(SEEN_MS);
  expect(stops()).toEqual([
    ["INTRADAY", 150],
    ["MARGIN", 150],
  ]);
});

test.each([
  ["is told", undefined],
  ["is not told, and a look finds it", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "drop" } }],
])("R6 R15 what takes the place of a part that a stop gave up is sent once the exchange has made that smaller, which %s (seed 80651)", async (_how, fault) => {
  await leaderTrades({ quantity: 600 });
  await followerFills();
  w.leader({ transactionType: "SELL", quantity: 600, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
  await w.time.pass(1_000);
  w.admin("conduct", { exchangeDelayMs: 500 });
  if (fault !== undefined) w.admin("fault", fault);
  convert(FOLLOWER, { quantity: 75 });
  while (!w.calls().some(({ method }) => method === "PUT")) await w.time.pass(10);
  await w.time.pass(450);
  // Until then it may fill as large as it was.
  expect(sent()).toEqual(["BUY 300 INTRADAY", "SELL 300 INTRADAY"]);
  await w.time.pass(1_500);
  expect(sent().slice(2)).toEqual(["SELL 75 MARGIN"]);
});

test("R16 stop and target over what is held in two products make room in the same one for what the leader sells at the market (seed 372)", async () => {
  await leaderTrades({ quantity: 600 });
  await followerFills();
  convert(FOLLOWER);
  await w.time.pass(SEEN_MS);
  // The one rests in MARGIN first, the other in INTRADAY.
  w.leader({ transactionType: "SELL", quantity: 600, price: 150 });
  await w.time.pass(100);
  convert(FOLLOWER, { fromProductType: "MARGIN", toProductType: "INTRADAY", quantity: 225 });
  await w.time.pass(SEEN_MS);
  w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 600, price: 89, triggerPrice: 90 });
  await w.time.pass(100);
  expect(held(FOLLOWER)).toEqual({ INTRADAY: 225, MARGIN: 75 });
  await leaderTrades({ transactionType: "SELL", quantity: 150 });
  await w.time.pass(1_000);
  expect(sent().at(-1)).toBe("SELL 75 INTRADAY");
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 120 });
  expect(w.net(FOLLOWER)).toBe(225);
});

test("R15 what is converted back is exited where it came from", async () => {
  await bothHold();
  convert(FOLLOWER);
  await w.time.pass(SEEN_MS);
  convert(FOLLOWER, { fromProductType: "MARGIN", toProductType: "INTRADAY" });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R15 R16 of an exit in two products, what stands in the one goes on standing once the other is out: nothing is sent in its place beside it", async () => {
  await bothHold();
  convert(FOLLOWER);
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await w.time.pass(100);
  const inMargin = w.orders(FOLLOWER).at(-1)?.orderId;
  convert(FOLLOWER, { fromProductType: "MARGIN", toProductType: "INTRADAY", quantity: 75 });
  await w.time.pass(SEEN_MS);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 MARGIN", "SELL 75 INTRADAY"]);
  w.admin("fill", { clientId: FOLLOWER, orderId: inMargin, price: 120 });
  await w.time.pass(2_000);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 MARGIN", "SELL 75 INTRADAY"]);
  expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ orderStatus: "PENDING", quantity: 75 });
});

test("R15 the owner's own units are converted before the copied ones, and what he sells of these by hand is no longer exited", async () => {
  await bothHold();
  w.admin("place", { clientId: FOLLOWER, transactionType: "BUY", ...CALL, quantity: 75, orderType: "MARKET", price: 0 });
  await followerFills();
  convert(FOLLOWER, { quantity: 75 });
  await w.time.pass(SEEN_MS);
  expect(w.noted(FOLLOWER, "POSITION_CONVERTED")).toEqual([]);
  convert(FOLLOWER, { quantity: 150 });
  await w.time.pass(SEEN_MS);
  expect(w.noted(FOLLOWER, "POSITION_CONVERTED")).toEqual(["POSITION_CONVERTED"]);
  w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", ...CALL, productType: "MARGIN", quantity: 150, orderType: "MARKET", price: 0 });
  await followerFills();
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(sent().at(-1)).toBe("SELL 75 MARGIN");
  expect(held(FOLLOWER)).toEqual({});
});

test("R8 R11 it is known after a restart, and with the journal lost the books tell it", async () => {
  await bothHold();
  convert(FOLLOWER);
  await w.time.pass(SEEN_MS);
  await w.crash();
  await w.startEngine();
  await w.time.pass(6_000);
  expect(w.noted(FOLLOWER, "POSITION_CONVERTED")).toEqual(["POSITION_CONVERTED"]);
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(6_000);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R11 R15 with the journal lost, and what the leader had converted converted back, his exits go where the follower holds it (seed 50052)", async () => {
  await bothHold();
  convert(LEADER);
  await w.time.pass(SEEN_MS);
  await leaderTrades({ quantity: 150, productType: "MARGIN" });
  await followerFills();
  convert(LEADER, { fromProductType: "MARGIN", toProductType: "INTRADAY", quantity: 300 });
  await w.time.pass(SEEN_MS);
  // One position to the copier, which sells of what it holds in INTRADAY first.
  await leaderTrades({ transactionType: "SELL", quantity: 150, productType: "MARGIN" });
  await followerFills();
  expect([held(LEADER), held(FOLLOWER)]).toEqual([{ INTRADAY: 300 }, { INTRADAY: 75, MARGIN: 75 }]);
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(SEEN_MS);
  // No reading tells of his conversions any more: his products are told apart.
  expect(w.noted(LEADER, "POSITION_CONVERTED")).toEqual(["POSITION_CONVERTED", "POSITION_CONVERTED"]);
  expect(w.noted(FOLLOWER, "POSITION_CROSSED")).toEqual([]);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(sent().slice(-2)).toEqual(["SELL 75 INTRADAY", "SELL 75 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R11 R15 with the journal lost, what a copy had sold for an order of the leader's in another product is sold no second time (seed 95617)", async () => {
  await bothHold();
  convert(LEADER, { quantity: 150 });
  await w.time.pass(SEEN_MS);
  // It fills here alone, and the leader withdraws his.
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150, productType: "MARGIN" });
  await followerFills();
  w.admin("cancel", { clientId: LEADER, orderId: exit });
  convert(LEADER, { fromProductType: "MARGIN", toProductType: "INTRADAY", quantity: 150 });
  await w.time.pass(SEEN_MS);
  expect([held(LEADER), held(FOLLOWER)]).toEqual([{ INTRADAY: 300 }, { INTRADAY: 75 }]);
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 INTRADAY", "SELL 75 INTRADAY"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("an exit that was sent before the conversion was seen is told of, critically, with what there is to do", async () => {
  await bothHold();
  convert(FOLLOWER);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(held(FOLLOWER)).toEqual({ INTRADAY: -150, MARGIN: 150 });
  await w.time.pass(SEEN_MS);
  expect(w.notes.filter(({ code }) => code === "POSITION_CROSSED")).toMatchObject([{ level: "critical", account: FOLLOWER }]);
  convert(FOLLOWER, { fromProductType: "MARGIN", toProductType: "INTRADAY" });
  await w.time.pass(SEEN_MS);
  expect(held(FOLLOWER)).toEqual({});
  // What is traded next goes on as ever.
  await leaderTrades({ quantity: 300 });
  await followerFills();
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  expect(held(FOLLOWER)).toEqual({});
});

test("R14 a leader who has converted gets out in the new product, and so do his followers, where they hold it", async () => {
  await bothHold();
  convert(LEADER);
  await w.time.pass(SEEN_MS);
  expect(w.noted(LEADER, "POSITION_CONVERTED")).toEqual(["POSITION_CONVERTED"]);
  await leaderTrades({ transactionType: "SELL", quantity: 150, productType: "MARGIN" });
  await followerFills();
  expect(held(FOLLOWER)).toEqual({ INTRADAY: 75 });
  await leaderTrades({ transactionType: "SELL", quantity: 150, productType: "MARGIN" });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 INTRADAY", "SELL 75 INTRADAY"]);
  expect([held(LEADER), held(FOLLOWER)]).toEqual([{}, {}]);
});

test("R14 before an order against what he holds in another product is taken for an entry, the leader's positions are read", async () => {
  await bothHold();
  convert(LEADER);
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R14 positions that lag do not make an entry of it", async () => {
  await bothHold();
  await w.time.pass(5_000);
  w.admin("lag", { clientId: LEADER, booksMs: 4_000, correlationMs: 4_000 });
  convert(LEADER);
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  expect(sent()).toEqual(["BUY 150 INTRADAY"]);
  await w.time.pass(6_000);
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R14 nor is what he buys there before they are read an exit of what he seems to be short of by it (seed 151036)", async () => {
  await bothHold();
  await w.time.pass(5_000);
  w.admin("lag", { clientId: LEADER, booksMs: 4_000, correlationMs: 4_000 });
  convert(LEADER);
  await leaderTrades({ transactionType: "SELL", quantity: 150, productType: "MARGIN" });
  w.leader({ quantity: 150, price: 110, productType: "MARGIN" });
  await w.time.pass(1_000);
  expect(sent()).toEqual(["BUY 150 INTRADAY"]);
  await w.time.pass(6_000);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 INTRADAY", "BUY 75 MARGIN"]);
});

test("R14 nor of what he seems to be short of by exits that took more than he was known to hold there (seed 163134)", async () => {
  await leaderTrades({ quantity: 600 });
  await leaderTrades({ quantity: 600, productType: "MARGIN" });
  await followerFills();
  w.admin("lag", { clientId: LEADER, booksMs: 4_000, correlationMs: 4_000 });
  convert(LEADER, { fromProductType: "MARGIN", toProductType: "INTRADAY" });
  w.admin("fault", { on: "request", call: "read", when: "before", clientId: LEADER, times: 1, effect: { kind: "delay", ms: 500 } });
  const sold = [450, 450].map((quantity) => w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity }));
  w.leader({ quantity: 150, price: 110 });
  await w.time.pass(20);
  for (const orderId of sold) w.admin("fill", { clientId: LEADER, orderId, price: 120 });
  await w.time.pass(1_000);
  const bought = (): readonly string[] => sent().filter((order) => order.startsWith("BUY"));
  expect(bought()).toEqual(["BUY 300 INTRADAY", "BUY 300 MARGIN"]);
  await w.time.pass(6_000);
  expect(bought()).toEqual(["BUY 300 INTRADAY", "BUY 300 MARGIN", "BUY 75 INTRADAY"]);
});

describe("R14 a leader who sells what he has just converted together with what he held in that product, in two orders of one moment", () => {
  async function bothSold(): Promise<void> {
    await leaderTrades({ quantity: 300 });
    await leaderTrades({ quantity: 300, productType: "MARGIN" });
    await followerFills();
    convert(LEADER, { fromProductType: "MARGIN", toProductType: "INTRADAY" });
    const sold = [300, 300].map((quantity) => w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity }));
    await w.time.pass(20);
    for (const orderId of sold) w.admin("fill", { clientId: LEADER, orderId, price: 120 });
    await followerFills();
    expect([held(LEADER), held(FOLLOWER)]).toEqual([{}, { MARGIN: 150 }]);
  }

  test("is out of both, and so is the copy once his positions tell", async () => {
    await bothSold();
    await w.time.pass(SEEN_MS);
    await followerFills();
    expect(held(FOLLOWER)).toEqual({});
    expect(sent()).toEqual(["BUY 150 INTRADAY", "BUY 150 MARGIN", "SELL 150 INTRADAY", "SELL 150 MARGIN"]);
    await w.time.pass(2 * SEEN_MS);
    expect(sent().length).toBe(4);
  });

  test("and enters again before they tell: the copy gets out, and enters with him", async () => {
    await bothSold();
    await leaderTrades({ quantity: 300 });
    await w.time.pass(SEEN_MS);
    await followerFills();
    expect(sent().slice(2)).toEqual(["SELL 150 INTRADAY", "SELL 150 MARGIN", "BUY 150 INTRADAY"]);
    expect([held(LEADER), held(FOLLOWER)]).toEqual([{ INTRADAY: 300 }, { INTRADAY: 150 }]);
  });
});

test("R14 what he was short of there before that, he gets out of at once", async () => {
  await bothHold();
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  await w.time.pass(7_000);
  await followerFills();
  expect(held(FOLLOWER)).toEqual({ INTRADAY: 150, MARGIN: -150 });
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  await leaderTrades({ quantity: 300, productType: "MARGIN" });
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 MARGIN", "BUY 75 MARGIN"]);
});

test("R14 R20 a leader who does sell short in another product than he holds is copied once his positions are sure, while that rests", async () => {
  await bothHold();
  w.leader({ transactionType: "SELL", quantity: 150, productType: "MARGIN", price: 130 });
  await w.time.pass(1_000);
  expect(sent()).toEqual(["BUY 150 INTRADAY"]);
  await w.time.pass(6_000);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 MARGIN"]);
});

test("R16 the stop of a leader who has converted goes on resting at his followers, and his exit in the new product takes its place", async () => {
  await bothHold();
  w.leader({ transactionType: "SELL", quantity: 300, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
  await w.time.pass(100);
  convert(LEADER);
  await w.time.pass(SEEN_MS);
  expect(w.methods()).toBe("POST POST");
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  await w.time.pass(1_000);
  await followerFills();
  expect(held(FOLLOWER)).toEqual({});
  expect(w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING")).toEqual([]);
});

test("R14 what he does in two products that undoes itself opens nothing at his followers", async () => {
  await bothHold();
  const stop = w.leader({ transactionType: "SELL", quantity: 300, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
  await w.time.pass(100);
  convert(LEADER);
  await w.time.pass(SEEN_MS);
  w.admin("fill", { clientId: LEADER, orderId: stop, price: 99.5 });
  await w.time.pass(100);
  await followerFills();
  expect([held(LEADER), held(FOLLOWER)]).toEqual([{ INTRADAY: -300, MARGIN: 300 }, {}]);
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  await leaderTrades({ transactionType: "BUY", quantity: 300 });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  expect([held(LEADER), held(FOLLOWER)]).toEqual([{}, {}]);
});

test("R15 what a stop and reverse enters in another product than the one it exits waits until that is out (seed 80600)", async () => {
  await bothHold();
  convert(LEADER, { quantity: 150 });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 450, productType: "MARGIN" });
  await w.time.pass(1_500);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  expect(w.verdicts().filter((code) => code === "ENTRY_WAITS")).toEqual(["ENTRY_WAITS"]);
  await followerFills();
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY", "SELL 75 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({ MARGIN: -75 });
});

test("R14 R15 what waits so is the leader's next exit's to withdraw", async () => {
  await bothHold();
  convert(LEADER, { quantity: 150 });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 450, productType: "MARGIN" });
  await leaderTrades({ quantity: 150, productType: "MARGIN" });
  await followerFills();
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R15 nor is it entered by the order that exits in its product, while something is held in the other", async () => {
  await bothHold();
  convert(FOLLOWER, { quantity: 75 });
  convert(LEADER, { quantity: 150 });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 450, productType: "MARGIN" });
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 INTRADAY", "SELL 75 MARGIN"]);
  await followerFills();
  await followerFills();
  expect(sent().slice(3)).toEqual(["SELL 75 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({ MARGIN: -75 });
});

test("R15 what stands crosswise already, and which no order exits, holds up no entry", async () => {
  await bothHold();
  convert(FOLLOWER);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  await w.time.pass(SEEN_MS);
  expect(held(FOLLOWER)).toEqual({ INTRADAY: -150, MARGIN: 150 });
  await leaderTrades({ transactionType: "SELL", quantity: 150 });
  expect(sent().at(-1)).toBe("SELL 75 INTRADAY");
});

test("R15 R20 what waits too long is not sent any more, and that is said", async () => {
  await bothHold();
  convert(LEADER, { quantity: 150 });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 450, productType: "MARGIN" });
  await w.time.pass(8_000);
  await followerFills();
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  expect(w.verdicts()).toContain("STALE");
  expect(held(FOLLOWER)).toEqual({});
});

test("R19 what a leader adds in the new product is bought in it, and his way out takes both", async () => {
  await bothHold();
  convert(LEADER);
  await w.time.pass(SEEN_MS);
  await leaderTrades({ quantity: 150, productType: "MARGIN" });
  await followerFills();
  expect(held(FOLLOWER)).toEqual({ INTRADAY: 150, MARGIN: 75 });
  await leaderTrades({ transactionType: "SELL", quantity: 450, productType: "MARGIN" });
  await followerFills();
  expect(held(FOLLOWER)).toEqual({});
});

test("copies of two leaders into one account each exit their own, wherever it is", async () => {
  const other = "1000000003";
  w = await world({ copies: [policyOf("one"), policyOf("two", { leader: other })] });
  await leaderTrades({ quantity: 300 });
  const id = String(w.admin("place", { clientId: other, transactionType: "BUY", ...CALL, quantity: 150, orderType: "MARKET", price: 0 })["orderId"]);
  await w.time.pass(20);
  w.admin("fill", { clientId: other, orderId: id, price: 120 });
  await w.time.pass(100);
  await followerFills();
  expect(held(FOLLOWER)).toEqual({ INTRADAY: 225 });
  convert(FOLLOWER, { quantity: 150 });
  await w.time.pass(SEEN_MS);
  for (const [client, quantity] of [
    [LEADER, 300],
    [other, 150],
  ] as const) {
    const order = w.admin("place", { clientId: client, transactionType: "SELL", ...CALL, quantity, orderType: "MARKET", price: 0 });
    await w.time.pass(5);
    w.admin("fill", { clientId: client, orderId: order["orderId"], price: 120 });
  }
  await w.time.pass(100);
  await followerFills();
  expect(held(FOLLOWER)).toEqual({});
});

test("R15 of two leaders one reverses in the product to which both sides have converted, beside the other's copy: each is out of its own in the end (seed 95190)", async () => {
  const other = "1000000003";
  w = await world({ copies: [policyOf("one"), policyOf("two", { leader: other })] });
  await leaderTrades({ quantity: 300 });
  await followerFills();
  await leaderTrades({ quantity: 600 }, other);
  await followerFills();
  convert(LEADER);
  convert(FOLLOWER, { quantity: 225 });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 900, productType: "MARGIN" });
  await followerFills();
  expect(held(FOLLOWER)).toEqual({ INTRADAY: 225, MARGIN: -225 });
  await leaderTrades({ transactionType: "SELL", quantity: 600 }, other);
  await followerFills();
  await leaderTrades({ quantity: 600, productType: "MARGIN" });
  await followerFills();
  expect([held(FOLLOWER), w.noted(FOLLOWER, "POSITION_CROSSED")]).toEqual([{}, []]);
});

test("R15 what an exit sold in the product that was left, before that was seen, the next copy into the account has: it is exited where it is", async () => {
  const other = "1000000003";
  w = await world({ copies: [policyOf("one"), policyOf("two", { leader: other })] });
  const otherTrades = async (transactionType: "BUY" | "SELL"): Promise<void> => {
    const order = w.admin("place", { clientId: other, transactionType, ...CALL, quantity: 300, orderType: "MARKET", price: 0 });
    await w.time.pass(20);
    w.admin("fill", { clientId: other, orderId: order["orderId"], price: 120 });
    await w.time.pass(100);
    await followerFills();
  };
  await leaderTrades({ quantity: 300 });
  await followerFills();
  convert(FOLLOWER);
  await leaderTrades({ transactionType: "SELL", quantity: 300 });
  await followerFills();
  await w.time.pass(SEEN_MS);
  expect(held(FOLLOWER)).toEqual({ INTRADAY: -150, MARGIN: 150 });
  await otherTrades("BUY");
  expect(held(FOLLOWER)).toEqual({ MARGIN: 150 });
  await otherTrades("SELL");
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY", "BUY 150 INTRADAY", "SELL 150 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("legs of a copied super order that stand in the product that was left are ended, and the leader's stop is copied where the position is", async () => {
  const id = w.leaderSuper({ quantity: 300 });
  await w.time.pass(500);
  w.admin("fill", { clientId: LEADER, orderId: id, price: 120 });
  await w.time.pass(500);
  await followerFills();
  await w.time.pass(3_000);
  expect(held(FOLLOWER)).toEqual({ INTRADAY: 150 });
  convert(FOLLOWER);
  await w.time.pass(SEEN_MS + 4_000);
  const products = sent();
  expect(products.length).toBeGreaterThan(0);
  expect(products.every((one) => one === "SELL 150 MARGIN")).toBe(true);
});

test("the broker's square-off takes what is intraday; what the follower has converted goes out with the leader's", async () => {
  await bothHold();
  convert(FOLLOWER, { quantity: 75 });
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 300, correlationId: "SQROFF123" });
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 MARGIN"]);
  expect(held(FOLLOWER)).toEqual({ INTRADAY: 75 });
});

test("R11 R14 what he bought and converted while nobody listened is an entry that came too late, and no exit; his way out opens nothing", async () => {
  await w.crash();
  await leaderTrades({ quantity: 300 });
  convert(LEADER);
  await w.time.pass(10_000);
  await w.startEngine();
  await w.time.pass(6_000);
  expect(w.verdicts()).toEqual(["STALE"]);
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  await w.time.pass(6_000);
  expect(sent()).toEqual([]);
});

test("R11 R14 with the journal lost, what he had sold of what he converted does not make an exit of what he buys next in that product (seed 101695)", async () => {
  await bothHold();
  convert(LEADER);
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 150, productType: "MARGIN" });
  await followerFills();
  await w.crash();
  w.disk = new MemoryDisk();
  w.leader({ quantity: 150, price: 110, productType: "MARGIN" });
  await w.time.pass(1_000);
  await w.startEngine();
  await w.time.pass(20_000);
  expect([held(LEADER), held(FOLLOWER)]).toEqual([{ MARGIN: 150 }, { INTRADAY: 75 }]);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 INTRADAY", "BUY 75 MARGIN"]);
});

test("R11 R14 nor does what he converts only after it make an exit of what he buys in the product that he leaves (seed 150175)", async () => {
  await bothHold();
  convert(LEADER);
  await w.time.pass(SEEN_MS);
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  await followerFills();
  await w.crash();
  w.disk = new MemoryDisk();
  w.leader({ quantity: 150, price: 110 });
  await w.time.pass(1_000);
  await leaderTrades({ quantity: 300 });
  convert(LEADER);
  await w.time.pass(10_000);
  await w.startEngine();
  await w.time.pass(20_000);
  expect([held(LEADER), held(FOLLOWER)]).toEqual([{ MARGIN: 300 }, {}]);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY", "BUY 75 INTRADAY"]);
});

test.each([
  { way: "bought", entry: "BUY", exit: "SELL", price: 130, units: 150 },
  { way: "sold", entry: "SELL", exit: "BUY", price: 110, units: -150 },
])(
  "R14 R24 what he had $way on a day of which nobody knows, and converted in part, he gets out of with one order: it enters nothing (seed 50412)",
  async ({ entry, exit, price, units }) => {
    w = await world({ start: "2026-11-19 15:20:00" });
    await w.crash();
    await leaderTrades({ transactionType: entry, quantity: 300, productType: "MARGIN" });
    await nextMorning(w);
    const out = w.leader({ transactionType: exit, quantity: 300, price, productType: "MARGIN" });
    await w.time.pass(1_000);
    convert(LEADER, { fromProductType: "MARGIN", toProductType: "INTRADAY", quantity: 150 });
    await w.startEngine();
    await w.time.pass(20_000);
    expect(held(LEADER)).toEqual({ INTRADAY: units, MARGIN: units });
    w.admin("fill", { clientId: LEADER, orderId: out, price });
    await w.time.pass(5_000);
    expect(sent()).toEqual([]);
    expect(w.notes.filter(({ code }) => code === "POSITION_CONVERTED").map(({ message }) => message)).toEqual([
      expect.stringContaining(`count as converted from MARGIN to INTRADAY in the leader's account, because his order ${out} rests`),
    ]);
    // He is out of all of it together, and what he enters next is copied as ever.
    await leaderTrades({ transactionType: entry, quantity: 300 });
    expect(sent()).toEqual([`${entry} 150 INTRADAY`]);
  },
);

test("R14 R24 so does one for the rest, once he has sold a part of it there (seed 153426)", async () => {
  w = await world({ start: "2026-11-19 15:20:00" });
  await w.crash();
  await leaderTrades({ quantity: 300, productType: "MARGIN" });
  await nextMorning(w);
  await leaderTrades({ transactionType: "SELL", quantity: 150, productType: "MARGIN" });
  await w.time.pass(2_000);
  w.leader({ transactionType: "SELL", quantity: 150, price: 130, productType: "MARGIN" });
  await w.time.pass(1_000);
  convert(LEADER, { fromProductType: "MARGIN", toProductType: "INTRADAY", quantity: 150 });
  await w.startEngine();
  await w.time.pass(20_000);
  expect(held(LEADER)).toEqual({ INTRADAY: 150 });
  expect(sent()).toEqual([]);
});

test("R8 R14 what was known to be held in another product explains itself: an order against it that is made while nobody listens is copied", async () => {
  await bothHold();
  await w.crash();
  w.leader({ transactionType: "SELL", quantity: 150, productType: "MARGIN", price: 130 });
  await w.time.pass(1_000);
  await w.startEngine();
  await w.time.pass(20_000);
  expect(w.noted(LEADER, "POSITION_CONVERTED")).toEqual([]);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 MARGIN"]);
});

test("R14 R24 a stop over what he has bought today is no order for what he holds in another product since the day before", async () => {
  w = await world({ start: "2026-11-19 15:20:00" });
  await w.crash();
  await leaderTrades({ quantity: 300, productType: "MARGIN" });
  await nextMorning(w);
  await leaderTrades({ quantity: 150 });
  w.leader({ transactionType: "SELL", quantity: 150, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
  await w.time.pass(1_000);
  await w.startEngine();
  await w.time.pass(20_000);
  expect(w.noted(LEADER, "POSITION_CONVERTED")).toEqual([]);
  expect(sent()).toEqual([]);
});

test("R8 R14 what he converts and gets out of while nobody listens is exited at the start", async () => {
  await bothHold();
  await w.crash();
  convert(LEADER);
  await leaderTrades({ transactionType: "SELL", quantity: 300, productType: "MARGIN" });
  await w.startEngine();
  await w.time.pass(6_000);
  await followerFills();
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  expect(held(FOLLOWER)).toEqual({});
});

test("R15 R16 R18 a conversion beside an exit that is on its way is said, and what is left goes out where it is", async () => {
  await bothHold();
  const order = w.leader({ transactionType: "SELL", quantity: 150, orderType: "MARKET", price: 0 });
  await w.time.pass(20);
  w.admin("fill", { clientId: LEADER, orderId: order, price: 120 });
  await w.time.pass(100);
  // Sold, and not filled here.
  convert(FOLLOWER);
  await w.time.pass(SEEN_MS + 2_000);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 75 INTRADAY", "SELL 75 MARGIN"]);
  expect(w.methods()).toBe("POST POST DELETE POST");
  await followerFills();
  expect(held(FOLLOWER)).toEqual({ MARGIN: 75 });
});

test("R16 R11 two alternatives that filled together where the position is are closed there, and a lost journal takes that order for its own", async () => {
  await bothHold();
  convert(FOLLOWER);
  await w.time.pass(SEEN_MS);
  w.leader({ transactionType: "SELL", quantity: 300, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
  w.leader({ transactionType: "SELL", quantity: 300, price: 130 });
  await w.time.pass(100);
  expect(sent()).toEqual(["BUY 150 INTRADAY", "SELL 150 MARGIN", "SELL 150 MARGIN"]);
  for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId, price: 120 });
  await w.time.pass(100);
  expect(sent().at(-1)).toBe("BUY 150 MARGIN");
  await followerFills();
  expect(held(FOLLOWER)).toEqual({});
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(8_000);
  expect(w.records().filter(({ type }) => type === "order-adopted")).toHaveLength(4);
  expect(sent()).toHaveLength(4);
});

describe("R7 R14 an account that follows one and leads another", () => {
  const LAST = "1000000003";

  /** Arjun holds 150 copied from Meera and 300 of his own, of which Kavya has copied 150. */
  async function chained(): Promise<void> {
    w = await world({ copies: [policyOf("on", { leader: FOLLOWER, follower: LAST }), policyOf("copy")] });
    await bothHold();
    await trades({ quantity: 300 });
    await followerFills(LAST);
    expect([held(FOLLOWER), held(LAST)]).toEqual([{ INTRADAY: 450 }, { INTRADAY: 150 }]);
  }

  /** By his own hand. */
  async function trades(order: Record<string, unknown>): Promise<void> {
    await leaderTrades(order, FOLLOWER);
  }

  async function allOut(productType: string): Promise<void> {
    await trades({ transactionType: "SELL", quantity: 300, productType });
    await followerFills(LAST);
    expect(held(LAST)).toEqual({});
    await leaderTrades({ transactionType: "SELL", quantity: 300 });
    await followerFills();
    expect(held(FOLLOWER)).toEqual({});
  }

  test("is told of what its owner has converted of his own, and his way out in the new product is one", async () => {
    await chained();
    convert(FOLLOWER, { quantity: 300 });
    await w.time.pass(SEEN_MS);
    expect(w.notes.filter(({ code }) => code === "POSITION_CONVERTED").map(({ message }) => message)).toEqual([
      expect.stringContaining("in the leader's account"),
    ]);
    await allOut("MARGIN");
    expect([sent(), sent(LAST)]).toEqual([
      ["BUY 150 INTRADAY", "SELL 150 INTRADAY"],
      ["BUY 150 INTRADAY", "SELL 150 INTRADAY"],
    ]);
  });

  test("before his order in another product than he holds is taken for an entry, his own positions are read", async () => {
    await chained();
    convert(FOLLOWER, { quantity: 300 });
    await allOut("MARGIN");
    expect(sent(LAST)).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  });

  test("what is converted beyond his own is the copy's, and no conversion of a leader's", async () => {
    await chained();
    await trades({ transactionType: "SELL", quantity: 300 });
    await followerFills(LAST);
    convert(FOLLOWER);
    await w.time.pass(SEEN_MS);
    expect(w.notes.filter(({ code }) => code === "POSITION_CONVERTED").map(({ message }) => message)).toEqual([expect.stringContaining("copied from")]);
    await leaderTrades({ transactionType: "SELL", quantity: 300 });
    await followerFills();
    expect([sent().at(-1), held(FOLLOWER)]).toEqual(["SELL 150 MARGIN", {}]);
  });

  test.each(["kept", "lost"])("R11 after a restart, the journal %s, his position is what he holds beside the copies", async (journal) => {
    await chained();
    await w.crash();
    if (journal === "lost") w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(20_000);
    await allOut("INTRADAY");
    expect(sent(LAST)).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  });

  test.each(["kept", "lost"])("R11 what he converts while nobody listens is seen at the start, the journal %s", async (journal) => {
    await chained();
    await w.crash();
    if (journal === "lost") w.disk = new MemoryDisk();
    convert(FOLLOWER, { quantity: 300 });
    await w.startEngine();
    await w.time.pass(20_000);
    await allOut("MARGIN");
    expect(sent(LAST)).toEqual(["BUY 150 INTRADAY", "SELL 150 INTRADAY"]);
  });

  test("what he sells of the copies by hand opens nothing at those who follow him; what goes beyond them does", async () => {
    await chained();
    await trades({ transactionType: "SELL", quantity: 375, productType: "INTRADAY" });
    await followerFills(LAST);
    expect([held(FOLLOWER), held(LAST)]).toEqual([{ INTRADAY: 75 }, {}]);
    await trades({ transactionType: "SELL", quantity: 75, productType: "INTRADAY" });
    expect([sent(LAST), w.verdicts("on").at(-1)]).toEqual([["BUY 150 INTRADAY", "SELL 150 INTRADAY"], "NOTHING_TO_EXIT"]);
    await trades({ transactionType: "SELL", quantity: 300, productType: "INTRADAY" });
    expect(sent(LAST).at(-1)).toBe("SELL 150 INTRADAY");
    expect(sent(LAST)).toHaveLength(3);
  });
});
