/** Stops that trail: each broker moves his own, and the follower's never stays behind the leader's for long (R2; docs/families.md). */
import { expect, test } from "vitest";
import { entryOf, fillEntries, held, last, sent } from "./super-orders.ts";
import { CALL, FOLLOWER, LEADER, type World, world } from "./world.ts";

const TRAILS_MS = 40_000;

function price(w: World, rupees: number): void {
  w.admin("price", { ...CALL, price: rupees });
}

function stopOf(w: World, id: string, nth = 0): number {
  return w.orders(id).filter(({ legName }) => legName === "STOP_LOSS_LEG")[nth]?.triggerPrice ?? 0;
}

test("the leader moves his stop by as much as his trail would: the follower's, which stays behind, is brought up to it, once", async () => {
  const w = await held({ trailingJump: 1 });
  w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "STOP_LOSS_LEG", stopLossPrice: 113 });
  // Until then it might be the trail's doing, and the follower's own on its way.
  await w.time.pass(15_000);
  expect(sent(w)).toHaveLength(1);
  await w.time.pass(TRAILS_MS);
  expect(sent(w)).toHaveLength(2);
  expect(last(w)).toMatchObject({ legName: "STOP_LOSS_LEG", stopLossPrice: 113, trailingJump: 1 });
  expect(stopOf(w, FOLLOWER)).toBe(113);
});

test.each([
  ["BUY", { targetPrice: 150, stopLossPrice: 110 }, [121.5, 123.5, 125.5, 127.5], 1],
  ["SELL", { targetPrice: 90, stopLossPrice: 130 }, [119.5, 117.5, 115.5, 113.5], -1],
] as const)(
  "a %s whose trail counts from another price than the leader's: behind it is helped along once, and leads from then on",
  async (side, prices, moves, sign) => {
    const w = await world();
    price(w, 120.5);
    w.leaderSuper({ transactionType: side, trailingJump: 1, ...prices });
    await w.time.pass(5_000);
    w.admin("fill", { clientId: LEADER, orderId: entryOf(w, LEADER), price: 120.5 });
    price(w, 120.5 + 0.5 * sign);
    w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), price: 120.5 });
    for (const rupees of moves) {
      price(w, rupees);
      await w.time.pass(TRAILS_MS);
      expect((stopOf(w, FOLLOWER) - stopOf(w, LEADER)) * sign).toBeGreaterThanOrEqual(0);
    }
    expect(sent(w)).toEqual(["POST /super/orders", "PUT /super/orders/#"]);
  },
);

/** An entry that has filled by half on both sides, and whose stops have trailed by four jumps. */
async function trailedHalfFilled(): Promise<{ readonly w: World; readonly entry: string }> {
  const w = await world();
  price(w, 120.5);
  const entry = w.leaderSuper({ quantity: 300, trailingJump: 1, targetPrice: 150 });
  await w.time.pass(3_000);
  w.admin("fill", { clientId: LEADER, orderId: entry, quantity: 150, price: 120.5 });
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), quantity: 75, price: 120.5 });
  price(w, 124.5);
  await w.time.pass(TRAILS_MS);
  return { w, entry };
}

test("a change of an entry that has filled in part does not take its stop back to where it was before it trailed", async () => {
  const { w, entry } = await trailedHalfFilled();
  expect([stopOf(w, LEADER), stopOf(w, FOLLOWER)]).toEqual([114, 114]);
  w.admin("super-modify", { clientId: LEADER, orderId: entry, legName: "ENTRY_LEG", price: 122, quantity: 450 });
  await w.time.pass(5_000);
  expect(last(w)).toMatchObject({ legName: "ENTRY_LEG", quantity: 225, price: 122, stopLossPrice: 114, trailingJump: 1 });
  expect(stopOf(w, FOLLOWER)).toBe(114);
});

test("a stop that has trailed and was taken back by hand stays there when the entry is changed at once after that", async () => {
  const { w, entry } = await trailedHalfFilled();
  w.admin("super-modify", { clientId: LEADER, orderId: entry, legName: "STOP_LOSS_LEG", stopLossPrice: 108.5 });
  await w.time.pass(3_000);
  w.admin("super-modify", { clientId: LEADER, orderId: entry, legName: "ENTRY_LEG", price: 122 });
  await w.time.pass(TRAILS_MS);
  expect(stopOf(w, FOLLOWER)).toBe(108.5);
});

test("a target that the price had been through before the entry filled waits: in the place of a leg it rests beside the stop, and takes nothing from it (R16)", async () => {
  const w = await world();
  price(w, 137);
  w.leaderSuper({ quantity: 300 });
  await w.time.pass(3_000);
  await w.crash();
  price(w, 125);
  fillEntries(w);
  await w.startEngine();
  await w.time.pass(3_000);
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 125 });
  await w.time.pass(3_000);
  const ours = w.orders(FOLLOWER).find((one) => one.orderStatus === "PENDING" && one.orderType === "LIMIT" && one.price < 125);
  w.admin("fill", { clientId: FOLLOWER, orderId: ours?.orderId, price: 125 });
  await w.time.pass(10_000);
  expect(w.net(FOLLOWER)).toBe(75);
  const resting = w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING");
  expect(resting.map(({ orderType, quantity }) => [orderType, quantity]).sort()).toEqual([
    ["LIMIT", 75],
    ["STOP_LOSS", 75],
  ]);
});

test("half of the changes that a broker allows is kept for the leader's own: a trail is helped no further, which is said", async () => {
  const w = await world({ modificationsPerOrder: 4 });
  w.leaderSuper({ trailingJump: 1, targetPrice: 150 });
  await w.time.pass(1_500);
  fillEntries(w);
  for (const stopLossPrice of [111, 112, 113]) {
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "STOP_LOSS_LEG", stopLossPrice });
    await w.time.pass(TRAILS_MS);
  }
  expect(stopOf(w, FOLLOWER)).toBe(112);
  expect(w.verdicts()).toContain("MODIFICATION_CAP");
  w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "STOP_LOSS_LEG", stopLossPrice: 113.5 });
  await w.time.pass(5_000);
  expect(stopOf(w, FOLLOWER)).toBe(113.5);
});

test("so it is said of an entry that is open still, because it has filled in part only (I14)", async () => {
  const w = await world({ modificationsPerOrder: 4 });
  const entry = w.leaderSuper({ quantity: 300, trailingJump: 1, targetPrice: 150 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: LEADER, orderId: entry, quantity: 150, price: 120.5 });
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), quantity: 75, price: 120.5 });
  for (const stopLossPrice of [111, 112, 113]) {
    w.admin("super-modify", { clientId: LEADER, orderId: entry, legName: "STOP_LOSS_LEG", stopLossPrice });
    await w.time.pass(TRAILS_MS);
  }
  expect(stopOf(w, FOLLOWER)).toBe(112);
  expect(w.verdicts().filter((code) => code === "MODIFICATION_CAP")).toHaveLength(1);
});

test("nor is it silent where the broker takes no stop beyond the price at which the entry rests still (I14, seed 153918)", async () => {
  const w = await world();
  const entry = w.leaderSuper({ quantity: 300, trailingJump: 1, targetPrice: 150 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: LEADER, orderId: entry, price: 120.5 });
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), quantity: 75, price: 120.5 });
  w.admin("super-modify", { clientId: LEADER, orderId: entry, legName: "STOP_LOSS_LEG", stopLossPrice: 121 });
  await w.time.pass(TRAILS_MS);
  expect(last(w)).toMatchObject({ legName: "ENTRY_LEG", stopLossPrice: 121 });
  await w.time.pass(TRAILS_MS);
  expect([stopOf(w, FOLLOWER), sent(w).length]).toEqual([110, 2]);
  expect(w.verdicts().filter((code) => code === "CHANGE_REFUSED")).toHaveLength(1);
});

test("a stop that is changed while the entry is open, refused, and changed again: the second change goes (R2)", async () => {
  const w = await world();
  const order = w.leaderSuper({});
  await w.time.pass(1_500);
  const body = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-905", errorMessage: "Stop Loss Price is not valid for this order" });
  w.admin("fault", { on: "request", call: "super-modify", clientId: FOLLOWER, times: 1, effect: { kind: "answer", status: 400, body } });
  w.admin("super-modify", { clientId: LEADER, orderId: order, legName: "ENTRY_LEG", stopLossPrice: 112 });
  await w.time.pass(5_000);
  w.admin("super-modify", { clientId: LEADER, orderId: order, legName: "ENTRY_LEG", stopLossPrice: 111 });
  await w.time.pass(5_000);
  expect(sent(w)).toHaveLength(3);
  expect(last(w)).toMatchObject({ legName: "ENTRY_LEG", stopLossPrice: 111 });
});

const ENDED = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-906", errorMessage: "Order cannot be modified: it is already TRADED" });

test.each([
  ["refused, because the entry had filled just then", 108.5, { kind: "answer", status: 400, body: ENDED }, {}],
  ["refused, and by whole jumps of its trail", 108, { kind: "answer", status: 400, body: ENDED }, {}],
  ["not answered, and never made", 108.5, { kind: "reset" }, { when: "before" }],
])("a stop that trails and is taken back by hand goes back also where the change of the open entry was %s (I14, seed 160684)", async (_, to, effect, when) => {
  const w = await world();
  const entry = w.leaderSuper({ trailingJump: 1, targetPrice: 150 });
  await w.time.pass(3_000);
  w.admin("fault", { on: "request", call: "super-modify", clientId: FOLLOWER, times: 1, effect, ...when });
  w.admin("fault", { on: "stream", clientId: FOLLOWER, effect: { kind: "drop" } });
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), price: 120.5 });
  w.admin("super-modify", { clientId: LEADER, orderId: entry, legName: "ENTRY_LEG", stopLossPrice: to });
  await w.time.pass(3_000);
  w.admin("fill", { clientId: LEADER, orderId: entry, price: 120.5 });
  await w.time.pass(TRAILS_MS);
  expect([stopOf(w, LEADER), stopOf(w, FOLLOWER)]).toEqual([to, to]);
});
