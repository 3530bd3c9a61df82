/** A broker that takes the entry of a super order and not one of its legs, or ends one of them: nothing is left without its stop (R14, R19). */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { entryOf, fillEntries, fire, held, legOf, sent } from "./super-orders.ts";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

function refuse(w: World, leg: "STOP_LOSS_LEG" | "TARGET_LEG", nth = 0): void {
  w.admin("reject", { clientId: FOLLOWER, orderId: legOf(w, FOLLOWER, leg, nth), reason: "Trigger price is not allowed" });
}

/** Of the follower's plain orders that rest: type, quantity, trigger or price. */
function plain(w: World): readonly unknown[] {
  return w
    .orders(FOLLOWER)
    .filter(({ orderStatus, legName }) => orderStatus === "PENDING" && !/LEG/.test(legName ?? ""))
    .map(({ orderType, quantity, price, triggerPrice }) => [orderType, quantity, triggerPrice === 0 ? price : triggerPrice])
    .sort();
}

function refusals(w: World): readonly string[] {
  return w.records().flatMap((one) => (one.type === "verdict-given" && one.verdict.code === "BROKER_REFUSED" ? [one.verdict.sentence] : []));
}

const BOTH_IN_PLACE = [
  ["LIMIT", 75, 135],
  ["STOP_LOSS", 75, 110],
];

test("the stop of a filled order is refused, and its target stands: that is cancelled, and a plain stop and target take their place", async () => {
  const w = await held();
  refuse(w, "STOP_LOSS_LEG");
  await w.time.pass(20_000);
  expect(sent(w)).toEqual(["POST /super/orders", "DELETE /super/orders/#/TARGET_LEG", "POST /orders", "POST /orders"]);
  expect(plain(w)).toEqual(BOTH_IN_PLACE);
  expect(refusals(w)).toEqual([expect.stringContaining("refused the stop of order")]);
});

test("the same with the journal lost before it is noticed (R11)", async () => {
  const w = await held();
  await w.crash();
  w.disk = new MemoryDisk();
  refuse(w, "STOP_LOSS_LEG");
  await w.startEngine();
  await w.time.pass(30_000);
  expect(plain(w)).toEqual(BOTH_IN_PLACE);
});

test.each([
  ["answers late", { fault: { on: "request", call: "orders", clientId: FOLLOWER, times: 1, effect: { kind: "answer", status: 503 } }, lagMs: 0 }],
  ["lags", { fault: undefined, lagMs: 4_000 }],
])(
  "the plain stop in its place, and the journal lost; the leader takes his stop back meanwhile, and the follower's book %s: it is withdrawn (R11; seed 64153)",
  async (_, { fault, lagMs }) => {
    const w = await held();
    refuse(w, "STOP_LOSS_LEG");
    while (plain(w).length < 2) await w.time.pass(10);
    await w.crash();
    w.disk = new MemoryDisk();
    w.admin("super-cancel", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "STOP_LOSS_LEG" });
    if (fault !== undefined) w.admin("fault", fault);
    w.admin("lag", { clientId: FOLLOWER, booksMs: lagMs, correlationMs: lagMs });
    await w.startEngine();
    await w.time.pass(30_000);
    expect(plain(w)).toEqual(BOTH_IN_PLACE.slice(0, 1));
  },
);

test("the stop is refused before the entry has filled: the entry is withdrawn, as if the whole order had been refused", async () => {
  const w = await world();
  w.leaderSuper({});
  await w.time.pass(1_500);
  refuse(w, "STOP_LOSS_LEG");
  await w.time.pass(5_000);
  expect(sent(w)).toEqual(["POST /super/orders", "DELETE /super/orders/#/ENTRY_LEG"]);
  w.admin("fill", { clientId: LEADER, orderId: entryOf(w, LEADER), price: 120.5 });
  await w.time.pass(30_000);
  expect(w.net(FOLLOWER)).toBe(0);
  expect(sent(w)).toHaveLength(2);
  expect(refusals(w)).toHaveLength(1);
});

test("the stop is refused as the entry has filled in part: the rest is withdrawn, and what has filled is under a plain stop", async () => {
  const w = await world();
  const entry = w.leaderSuper({ quantity: 300 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: LEADER, orderId: entry, quantity: 150, price: 120.5 });
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), quantity: 75, price: 120.5 });
  await w.time.pass(2_000);
  refuse(w, "STOP_LOSS_LEG");
  await w.time.pass(20_000);
  w.admin("fill", { clientId: LEADER, orderId: entry, price: 120.5 });
  await w.time.pass(20_000);
  expect(w.net(FOLLOWER)).toBe(75);
  expect(plain(w)).toEqual(BOTH_IN_PLACE);
});

test("the entry fills while its withdrawal is on the way: a plain stop takes the refused one's place", async () => {
  const w = await world();
  w.leaderSuper({});
  await w.time.pass(1_500);
  w.admin("fault", { on: "request", call: "super-cancel", when: "before", times: 1, effect: { kind: "delay", ms: 500 } });
  refuse(w, "STOP_LOSS_LEG");
  await w.time.pass(200);
  fillEntries(w);
  await w.time.pass(20_000);
  expect(w.net(FOLLOWER)).toBe(75);
  expect(plain(w)).toEqual(BOTH_IN_PLACE);
});

test("the target is refused and the stop stands: that stays, it is said, and the leader's target is followed when it fills", async () => {
  const w = await held();
  refuse(w, "TARGET_LEG");
  await w.time.pass(20_000);
  expect(sent(w)).toEqual(["POST /super/orders"]);
  expect(refusals(w)).toEqual([expect.stringContaining("refused the target of order")]);
  fire(w, LEADER, "TARGET_LEG", 135);
  await w.time.pass(5_000);
  expect(sent(w)).toEqual(["POST /super/orders", "DELETE /super/orders/#/STOP_LOSS_LEG", "POST /orders"]);
});

test("a stop that the follower's owner cancels by hand stays cancelled, and it is said (interference: respect)", async () => {
  const w = await held();
  w.admin("super-cancel", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), legName: "STOP_LOSS_LEG" });
  await w.time.pass(60_000);
  expect(sent(w)).toEqual(["POST /super/orders"]);
  expect(w.verdicts().filter((code) => code === "ENDED_BY_OTHERS")).toHaveLength(1);
});

describe("a leg that the exchange refuses when it fires", () => {
  function refusedOnItsWay(w: World): void {
    w.admin("super-send", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), legName: "STOP_LOSS_LEG" });
    refuse(w, "STOP_LOSS_LEG");
  }

  test("and the leader's fills: the copy gets out by an order of its own", async () => {
    const w = await held();
    refusedOnItsWay(w);
    fire(w, LEADER, "STOP_LOSS_LEG", 109);
    await w.time.pass(20_000);
    const exits = w.orders(FOLLOWER).filter(({ orderStatus, transactionType }) => orderStatus === "PENDING" && transactionType === "SELL");
    expect(exits).toMatchObject([{ orderType: "LIMIT", quantity: 75 }]);
    w.admin("fill", { clientId: FOLLOWER, orderId: exits[0]?.orderId });
    await w.time.pass(20_000);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
  });

  test("and the leader's waits: a plain stop and target take their place", async () => {
    const w = await held();
    refusedOnItsWay(w);
    await w.time.pass(30_000);
    expect(plain(w)).toEqual(BOTH_IN_PLACE);
  });
});

test("one that fills ahead of the leader, whose stop is refused: its target stands until the leader has filled, and then both are plain", async () => {
  const w = await world();
  w.leaderSuper({});
  await w.time.pass(1_500);
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), price: 120.5 });
  await w.time.pass(100);
  refuse(w, "STOP_LOSS_LEG");
  await w.time.pass(10_000);
  expect(sent(w)).toEqual(["POST /super/orders"]);
  w.admin("fill", { clientId: LEADER, orderId: entryOf(w, LEADER), price: 120.5 });
  await w.time.pass(20_000);
  expect(plain(w)).toEqual(BOTH_IN_PLACE);
});

test("the stop is refused while an earlier order, which filled here ahead of the leader, has left by its own stop: a plain stop and target take their place", async () => {
  const w = await world();
  w.leaderSuper({ price: 118 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), price: 118 });
  await w.time.pass(100);
  fire(w, FOLLOWER, "STOP_LOSS_LEG", 109);
  await w.time.pass(3_000);
  w.leaderSuper({});
  await w.time.pass(1_500);
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: entryOf(w, id, 1), price: 120.5 });
  await w.time.pass(3_000);
  refuse(w, "STOP_LOSS_LEG", 1);
  await w.time.pass(20_000);
  expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
  expect(plain(w)).toEqual(BOTH_IN_PLACE);
});

test("the stop is refused while the leader's way out still takes what filled here ahead of him: a plain stop and target take its place (R14; seed 62779)", async () => {
  const w = await world();
  w.leaderSuper({ price: 118 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), price: 118 });
  const bought = w.leader({});
  await w.time.pass(1_500);
  w.admin("fill", { clientId: LEADER, orderId: bought, price: 120.5 });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 120.5 });
  await w.time.pass(3_000);
  const out = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: out, price: 120 });
  await w.time.pass(3_000);
  w.leaderSuper({});
  await w.time.pass(1_500);
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: entryOf(w, id, 1), price: 120.5 });
  await w.time.pass(3_000);
  expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 225]);
  refuse(w, "STOP_LOSS_LEG", 1);
  await w.time.pass(20_000);
  expect(plain(w)).toEqual([["LIMIT", 150, expect.any(Number)], ...BOTH_IN_PLACE]);
});

test("a super order that is refused with its legs says so once", async () => {
  const w = await world();
  w.leaderSuper({});
  await w.time.pass(1_500);
  refuse(w, "STOP_LOSS_LEG");
  refuse(w, "TARGET_LEG");
  w.admin("reject", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), reason: "Trigger price is not allowed" });
  await w.time.pass(20_000);
  expect(refusals(w).filter((sentence) => sentence.includes("the broker refused it"))).toHaveLength(1);
  expect(w.orders(FOLLOWER).every(({ orderStatus }) => orderStatus !== "PENDING")).toBe(true);
});
