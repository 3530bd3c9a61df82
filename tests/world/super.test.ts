/** Super orders: an entry with its target and its stop, copied as what they are (R16, R18, R19; docs/families.md). */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { storyOf } from "../../src/engine/views/story.ts";
import { storyJson } from "../../src/faces/cli/story-json.ts";
import { storyText } from "../../src/faces/cli/story-text.ts";
import { bothHold } from "./both-hold.ts";
import { entryOf, fillEntries, fire, held, last, legOf, sent } from "./super-orders.ts";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

const SUPER = "/v2/super/orders";
const REFUSED = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-906", errorMessage: "Super orders are not enabled" });

describe("placed", () => {
  test("as a super order with scaled quantity and the same prices, once", async () => {
    const w = await world();
    w.leaderSuper({ trailingJump: 1 });
    await w.time.pass(20_000);
    expect(sent(w)).toEqual(["POST /super/orders"]);
    expect(last(w)).toMatchObject({
      transactionType: "BUY",
      orderType: "LIMIT",
      quantity: 75,
      price: 120.5,
      targetPrice: 135,
      stopLossPrice: 110,
      trailingJump: 1,
    });
    expect(w.verdicts()).toEqual(["COPIED"]);
  });
});

describe("changed and withdrawn as the leader's", () => {
  test("the entry with its legs while it rests; the trail always goes along", async () => {
    const w = await world();
    const order = w.leaderSuper({ trailingJump: 1 });
    await w.time.pass(1_500);
    w.admin("super-modify", { clientId: LEADER, orderId: order, legName: "ENTRY_LEG", price: 121, quantity: 300, stopLossPrice: 111 });
    await w.time.pass(5_000);
    // The stream tells the entry's terms at once, and the book a moment later those of the legs.
    expect(sent(w)).toEqual(["POST /super/orders", "PUT /super/orders/#", "PUT /super/orders/#"]);
    expect(w.calls()[1]?.body).toMatchObject({ legName: "ENTRY_LEG", quantity: 150, price: 121, targetPrice: 135, stopLossPrice: 110, trailingJump: 1 });
    expect(last(w)).toMatchObject({ legName: "ENTRY_LEG", quantity: 150, price: 121, targetPrice: 135, stopLossPrice: 111, trailingJump: 1 });
  });

  test("the target, and the stop with its trail, when the entry has filled", async () => {
    const w = await held({ trailingJump: 1 });
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "TARGET_LEG", targetPrice: 140 });
    await w.time.pass(3_000);
    expect(last(w)).toEqual({ dhanClientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), legName: "TARGET_LEG", targetPrice: 140 });
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "STOP_LOSS_LEG", stopLossPrice: 108.5 });
    await w.time.pass(3_000);
    expect(last(w)).toEqual({ dhanClientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), legName: "STOP_LOSS_LEG", stopLossPrice: 108.5, trailingJump: 1 });
    await w.time.pass(30_000);
    expect(sent(w)).toHaveLength(3);
  });

  test("the entry's cancel takes all with it; a leg's cancel only that leg", async () => {
    const w = await world();
    const order = w.leaderSuper({});
    await w.time.pass(1_500);
    w.admin("super-cancel", { clientId: LEADER, orderId: order, legName: "ENTRY_LEG" });
    await w.time.pass(20_000);
    expect(sent(w)).toEqual(["POST /super/orders", "DELETE /super/orders/#/ENTRY_LEG"]);
    expect(w.orders(FOLLOWER).map(({ orderStatus }) => orderStatus)).toEqual(["CANCELLED", "CANCELLED", "CANCELLED"]);

    const other = await held();
    other.admin("super-cancel", { clientId: LEADER, orderId: entryOf(other, LEADER), legName: "TARGET_LEG" });
    await other.time.pass(20_000);
    expect(sent(other)).toEqual(["POST /super/orders", "DELETE /super/orders/#/TARGET_LEG"]);
  });
});

describe("a leg fires", () => {
  test.each(["TARGET_LEG", "STOP_LOSS_LEG"] as const)("%s on both sides: nothing is sent, whoever is first, and both are flat", async (leg) => {
    for (const order of [
      [LEADER, FOLLOWER],
      [FOLLOWER, LEADER],
    ]) {
      const w = await held();
      for (const id of order) {
        fire(w, id, leg, leg === "TARGET_LEG" ? 135 : 109);
        await w.time.pass(500);
      }
      await w.time.pass(60_000);
      expect(sent(w)).toEqual(["POST /super/orders"]);
      expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
      expect(w.verdicts()).toEqual(expect.arrayContaining(["FILLED", "LEG_FILLED"]));
      expect(w.verdicts()).not.toContain("LEG_ALONE");
      await w.time.pass(180_000);
      expect(w.notes.map(({ code }) => code)).not.toContain("TRADES_DISAGREE");
    }
  });

  test("the leader's fires and the follower's does not: the follower's legs are ended, and then it exits (R16)", async () => {
    const w = await held();
    fire(w, LEADER, "STOP_LOSS_LEG", 109);
    await w.time.pass(1_500);
    expect(sent(w)).toHaveLength(1);
    await w.time.pass(5_000);
    expect(sent(w)).toEqual(["POST /super/orders", "DELETE /super/orders/#/STOP_LOSS_LEG", "DELETE /super/orders/#/TARGET_LEG", "POST /orders"]);
    expect(last(w)).toMatchObject({ transactionType: "SELL", quantity: 75, orderType: "LIMIT" });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
    await w.time.pass(60_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(sent(w)).toHaveLength(4);
  });

  test.each(["heard", "read at a start"])(
    "the leader's fires before his entry has filled whole, %s: what the copy has of that is exited, once",
    async (how) => {
      const w = await world();
      const entry = w.leaderSuper({ quantity: 300 });
      await w.time.pass(1_500);
      w.admin("fill", { clientId: LEADER, orderId: entry, quantity: 150 });
      w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), quantity: 75 });
      await w.time.pass(3_000);
      if (how !== "heard") await w.crash();
      fire(w, LEADER, "TARGET_LEG", 135);
      if (how !== "heard") await w.startEngine();
      await w.time.pass(10_000);
      const exits = w.orders(FOLLOWER).filter(({ orderStatus, transactionType }) => orderStatus === "PENDING" && transactionType === "SELL");
      expect(exits).toMatchObject([{ quantity: 75, orderType: "LIMIT", price: 121.5 }]);
      w.admin("fill", { clientId: FOLLOWER, orderId: exits[0]?.orderId });
      await w.time.pass(60_000);
      expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
      expect(w.orders(FOLLOWER).every(({ orderStatus }) => orderStatus !== "PENDING")).toBe(true);
    },
  );

  test("the leader's fires and the follower's does not, of two orders: the legs of that one are ended, and its share goes", async () => {
    const w = await held();
    const other = w.leaderSuper({ quantity: 300 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: LEADER, orderId: other });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).findLast(({ legName }) => legName === "ENTRY_LEG")?.orderId });
    await w.time.pass(3_000);
    fire(w, LEADER, "STOP_LOSS_LEG", 109);
    await w.time.pass(10_000);
    expect(sent(w).slice(2)).toEqual(["DELETE /super/orders/#/STOP_LOSS_LEG", "DELETE /super/orders/#/TARGET_LEG", "POST /orders"]);
    expect(last(w)).toMatchObject({ transactionType: "SELL", quantity: 75 });
  });

  test("of a seller the same, the other way round", async () => {
    const w = await held({ transactionType: "SELL", targetPrice: 110, stopLossPrice: 130, trailingJump: 1 });
    expect(w.net(FOLLOWER)).toBe(-75);
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "STOP_LOSS_LEG", stopLossPrice: 131 });
    await w.time.pass(3_000);
    expect(last(w)).toMatchObject({ legName: "STOP_LOSS_LEG", stopLossPrice: 131, trailingJump: 1 });
    fire(w, LEADER, "STOP_LOSS_LEG", 131);
    await w.time.pass(6_000);
    expect(last(w)).toMatchObject({ transactionType: "BUY", quantity: 75, orderType: "LIMIT" });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
    await w.time.pass(60_000);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("the follower's fires alone: said, nothing is entered again, and the leader's later exit finds nothing (R18)", async () => {
    const w = await held();
    fire(w, FOLLOWER, "STOP_LOSS_LEG", 109);
    await w.time.pass(10_000);
    expect(w.verdicts()).toContain("LEG_ALONE");
    fire(w, LEADER, "TARGET_LEG", 135);
    await w.time.pass(60_000);
    expect(sent(w)).toEqual(["POST /super/orders"]);
    expect(w.verdicts()).toContain("MET_BY_LEG");
  });

  test("the follower's leg fires while the cancel is on its way: it is out once, and nothing else is sold", async () => {
    const w = await held();
    fire(w, LEADER, "STOP_LOSS_LEG", 109);
    w.admin("fault", { on: "request", call: "super-cancel", when: "before", times: 1, effect: { kind: "delay", ms: 500 } });
    await w.time.pass(2_200);
    fire(w, FOLLOWER, "STOP_LOSS_LEG", 108.5);
    await w.time.pass(60_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.calls().filter(({ method, path }) => method === "POST" && path !== SUPER)).toEqual([]);
  });
});

describe("the leader exits by another order", () => {
  test("all of it: the follower's legs are ended, then the exit goes", async () => {
    const w = await held();
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 125 });
    await w.time.pass(3_000);
    expect(sent(w)).toEqual(["POST /super/orders", "DELETE /super/orders/#/STOP_LOSS_LEG", "DELETE /super/orders/#/TARGET_LEG", "POST /orders"]);
    expect(last(w)).toMatchObject({ transactionType: "SELL", quantity: 75 });
  });

  test("half of it: the rest gets a plain stop and target in place of the legs, because nobody can make a leg smaller", async () => {
    const w = await held({ quantity: 300 });
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 125 });
    await w.time.pass(3_000);
    for (const { orderId, orderStatus, orderType, correlationId } of w.orders(FOLLOWER))
      if (orderStatus === "PENDING" && orderType === "LIMIT" && correlationId.startsWith("lks") && w.net(FOLLOWER) === 150)
        w.admin("fill", { clientId: FOLLOWER, orderId, price: 125 });
    await w.time.pass(10_000);
    const resting = w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING");
    expect(w.net(FOLLOWER)).toBe(75);
    expect(resting.map(({ transactionType, quantity, orderType }) => [transactionType, quantity, orderType]).sort()).toEqual([
      ["SELL", 75, "LIMIT"],
      ["SELL", 75, "STOP_LOSS"],
    ]);
  });

  test("half, where the copy has only one of his two orders: what replaces its legs is of all that is left of it, and not of his whole position", async () => {
    const w = await world({ freezeLots: 2 });
    const large = w.leaderSuper({ quantity: 450 });
    await w.time.pass(3_000);
    w.admin("fill", { clientId: LEADER, orderId: large, price: 120.5 });
    const copied = w.leaderSuper({ quantity: 300, stopLossPrice: 111 });
    await w.time.pass(3_000);
    w.admin("fill", { clientId: LEADER, orderId: copied, price: 120.5 });
    w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), price: 120.5 });
    await w.time.pass(3_000);
    expect(w.net(FOLLOWER)).toBe(150);
    await sellAtMarket(w, 375);
    expect(w.net(FOLLOWER)).toBe(75);
    const stops = w.orders(FOLLOWER).filter(({ orderStatus, orderType }) => orderStatus === "PENDING" && orderType === "STOP_LOSS");
    expect(stops).toMatchObject([{ transactionType: "SELL", quantity: 75, triggerPrice: 111 }]);
  });

  test("a part, beside the legs of one order and the plain stop and target of another: it waits for neither, and both stay (R16)", async () => {
    const w = await world();
    const entries = [w.leaderSuper({ quantity: 300 }), w.leaderSuper({ quantity: 300 })];
    await w.time.pass(3_000);
    const entriesOf = (id: string): readonly string[] => w.orders(id).flatMap(({ legName, orderId }) => (legName === "ENTRY_LEG" ? [orderId] : []));
    for (const [id, orders] of [[LEADER, entries] as const, [FOLLOWER, entriesOf(FOLLOWER)] as const])
      for (const orderId of orders) w.admin("fill", { clientId: id, orderId, price: 120.5 });
    await w.time.pass(3_000);
    expect(w.net(FOLLOWER)).toBe(300);
    await sellAtMarket(w, 150);
    // The newer order's legs have gone, and its plain stop and target rest.
    expect(w.net(FOLLOWER)).toBe(225);
    const before = sent(w).length;
    await sellAtMarket(w, 150);
    expect(w.net(FOLLOWER)).toBe(150);
    expect(sent(w).slice(before)).toEqual(["POST /orders"]);
    expect(w.verdicts()).not.toContain("EXIT_WAITS");
  });

  test("half, while an order that filled here ahead of him has left by its own stop: half of what the copy holds (R14)", async () => {
    const w = await world();
    w.leaderSuper({ price: 118 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), price: 118 });
    fire(w, FOLLOWER, "STOP_LOSS_LEG", 109);
    const bought = w.leader({ quantity: 300 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: LEADER, orderId: bought, price: 120.5 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 120.5 });
    await w.time.pass(3_000);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([300, 150]);
    await sellAtMarket(w, 150);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
  });
});

/** The leader sells at the market and is filled, and so is what the follower sells at it. */
async function sellAtMarket(w: World, units: number): Promise<void> {
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: units });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 125 });
  await w.time.pass(3_000);
  for (const { orderId, orderStatus, orderType, price } of w.orders(FOLLOWER))
    if (orderStatus === "PENDING" && orderType === "LIMIT" && price < 120) w.admin("fill", { clientId: FOLLOWER, orderId, price: 125 });
  await w.time.pass(10_000);
}

test("explain tells of the legs: what they are to be, what of them was sent, and how they ended", async () => {
  const w = await held({ trailingJump: 1 });
  w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "TARGET_LEG", targetPrice: 140 });
  await w.time.pass(3_000);
  fire(w, LEADER, "STOP_LOSS_LEG", 109);
  await w.time.pass(10_000);
  const result = storyOf(w.disk.reader(), entryOf(w, LEADER));
  if (result.found !== "story") throw new Error(`found ${result.found}`);
  const text = storyText(result.story, (client) => client);
  expect(text).toMatch(/book {7}PENDING, BUY 150 LIMIT 120.50 .*, part of a super order, target 135.00, stop 110.00, trail 1.00$/m);
  expect(text).toMatch(/sending {4}a placement, 75 LIMIT 120.50, target 135.00, stop 110.00, trail 1.00, correlation id/);
  expect(text).toMatch(/sending {4}a change of order \d+ to target 140.00$/m);
  expect(text).toMatch(/stream {5}TRADED, SELL 150 LIMIT .*, the stop of super order \d+, 150 of 150 filled at 109.00$/m);
  expect(text).toMatch(/sending {4}a cancel of the stop of order \d+$/m);
  expect(text).toMatch(/sending {4}a placement, 75 LIMIT 98.10, correlation id/);
  expect(text).toMatch(/In the end: order \d+, 75 LIMIT 120.50: filled, .*; its stop: cancelled; its target: cancelled$/m);
  const { requests } = (storyJson(result.story, (client) => client) as { copies: { requests: object[] }[] }).copies[0] ?? { requests: [] };
  expect(requests).toMatchObject([
    { request: "placement", legs: { target: 135, stop: 110, trail: 1 }, result: { outcome: "accepted" } },
    { request: "modification", leg: "target", legs: { target: 140 }, result: { outcome: "accepted" } },
    { request: "cancel", leg: "stop", result: { outcome: "accepted" } },
    { request: "cancel", leg: "target", result: { outcome: "accepted" } },
    { request: "placement", terms: { type: "LIMIT", quantity: 75 } },
  ]);
});

describe("doubt, crashes, and what is not heard", () => {
  test("R1 what the book tells of other orders when a leg is looked for in it is heard as well (seed 22102)", async () => {
    const w = await held();
    w.leader({ quantity: 300, price: 100 });
    await w.time.pass(1_500);
    const [other] = w.orders(FOLLOWER).filter(({ price }) => price === 100);
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 9, effect: { kind: "drop" } });
    w.admin("fill", { clientId: FOLLOWER, orderId: other?.orderId, quantity: 75 });
    w.admin("fault", { on: "request", call: "super-modify", when: "after", times: 1, effect: { kind: "reset" } });
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "STOP_LOSS_LEG", stopLossPrice: 112, trailingJump: 0 });
    await w.time.pass(1_000);
    const heard = w.records().flatMap((one) => (one.type === "follower-order-reported" && one.report.orderId === other?.orderId ? [one.report.filled] : []));
    expect(heard).toContain(75);
  });

  test("a placement that is answered by nothing is found in the book of super orders by its mark, and not repeated (R10)", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "super-place", when: "after", times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, effect: { kind: "drop" } });
    w.leaderSuper({});
    await w.time.pass(60_000);
    expect(sent(w)).toEqual(["POST /super/orders"]);
  });

  test("one that never arrived goes again, under its next number, when both books have lacked it three times (R10)", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "super-place", when: "before", times: 1, effect: { kind: "silence" } });
    w.leaderSuper({});
    await w.time.pass(60_000);
    expect(sent(w)).toEqual(["POST /super/orders", "POST /super/orders"]);
    expect(w.orders(FOLLOWER).filter(({ legName }) => legName === "ENTRY_LEG")).toHaveLength(1);
  });

  test("a leg's change without an answer is settled by one look, and made once", async () => {
    const w = await held({ trailingJump: 1 });
    w.admin("fault", { on: "request", call: "super-modify", when: "after", times: 1, effect: { kind: "reset" } });
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "TARGET_LEG", targetPrice: 140 });
    await w.time.pass(30_000);
    expect(sent(w)).toEqual(["POST /super/orders", "PUT /super/orders/#"]);
  });

  test("one that never arrived is made again, although the look tells nothing new of the order", async () => {
    const w = await held({ trailingJump: 1 });
    w.admin("fault", { on: "request", call: "super-modify", when: "before", times: 1, effect: { kind: "reset" } });
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "TARGET_LEG", targetPrice: 140 });
    await w.time.pass(30_000);
    expect(sent(w)).toEqual(["POST /super/orders", "PUT /super/orders/#", "PUT /super/orders/#"]);
    expect(last(w)).toMatchObject({ legName: "TARGET_LEG", targetPrice: 140 });
  });

  test.each(["kept", "lost"] as const)(
    "a crash between entry and exit, the journal %s: nothing is placed twice, and the legs are followed (R11)",
    async (journal) => {
      const w = await held();
      await w.crash();
      if (journal === "lost") w.disk = new MemoryDisk();
      fire(w, FOLLOWER, "STOP_LOSS_LEG", 109);
      await w.startEngine();
      await w.time.pass(20_000);
      fire(w, LEADER, "STOP_LOSS_LEG", 109);
      await w.time.pass(60_000);
      expect(sent(w)).toEqual(["POST /super/orders"]);
      expect(w.net(FOLLOWER)).toBe(0);
    },
  );

  test("the journal lost while all of it rests: adopted with its legs, changed and withdrawn as before (R11)", async () => {
    const w = await held();
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(20_000);
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "TARGET_LEG", targetPrice: 140 });
    await w.time.pass(5_000);
    expect(last(w)).toMatchObject({ legName: "TARGET_LEG", targetPrice: 140 });
    fire(w, LEADER, "TARGET_LEG", 140);
    fire(w, FOLLOWER, "TARGET_LEG", 140);
    await w.time.pass(60_000);
    expect(sent(w)).toHaveLength(2);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("not one frame is heard: the audits tell the same", async () => {
    const w = await world();
    w.admin("fault", { on: "stream", effect: { kind: "drop" } });
    w.leaderSuper({});
    await w.time.pass(40_000);
    expect(sent(w)).toEqual(["POST /super/orders"]);
    fillEntries(w);
    await w.time.pass(20_000);
    fire(w, LEADER, "STOP_LOSS_LEG", 109);
    fire(w, FOLLOWER, "STOP_LOSS_LEG", 109);
    await w.time.pass(60_000);
    expect(sent(w)).toEqual(["POST /super/orders"]);
  });

  test("legs that show their entry's number are the same legs", async () => {
    const w = await world({ simulator: { dialect: { superLegIds: "parent" } } });
    w.leaderSuper({});
    await w.time.pass(1_500);
    fillEntries(w);
    await w.time.pass(20_000);
    fire(w, LEADER, "TARGET_LEG", 135);
    await w.time.pass(10_000);
    expect(sent(w)).toEqual(["POST /super/orders", "DELETE /super/orders/#/STOP_LOSS_LEG", "DELETE /super/orders/#/TARGET_LEG", "POST /orders"]);
  });
});

describe("never without its legs", () => {
  test("nothing is placed while the book of super orders can't be read, and once it can", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "super-orders", clientId: LEADER, effect: { kind: "answer", status: 500 } });
    w.leaderSuper({});
    await w.time.pass(5_000);
    expect(sent(w)).toEqual([]);
    w.admin("repair", {});
    await w.time.pass(30_000);
    expect(sent(w)).toEqual(["POST /super/orders"]);
  });

  test("a refused super order is no naked entry", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "super-place", clientId: FOLLOWER, effect: { kind: "answer", status: 400, body: REFUSED } });
    w.leaderSuper({});
    await w.time.pass(30_000);
    expect(w.orders(FOLLOWER)).toEqual([]);
    expect(w.calls().filter(({ path }) => path !== SUPER)).toEqual([]);
    expect(w.verdicts()).toContain("BROKER_REFUSED");
  });

  test("a stop leg that the broker rejects is copied as a plain stop", async () => {
    const w = await held();
    w.admin("super-cancel", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), legName: "TARGET_LEG" });
    w.admin("reject", { clientId: FOLLOWER, orderId: legOf(w, FOLLOWER, "STOP_LOSS_LEG"), reason: "not allowed" });
    await w.time.pass(20_000);
    expect(last(w)).toMatchObject({ transactionType: "SELL", orderType: "STOP_LOSS", triggerPrice: 110, quantity: 75 });
  });
});

describe("what cannot be copied whole is refused aloud (R19)", () => {
  const said = (w: World): readonly string[] =>
    w.records().flatMap((one) => (one.type === "verdict-given" && one.verdict.code === "FAMILY_NOT_COPIED" ? [one.verdict.sentence] : []));

  test("above the freeze quantity nothing is placed, neither sliced nor as a plain order; what stands grows as far as one order goes", async () => {
    const w = await world({ freezeLots: 2 });
    const order = w.leaderSuper({ quantity: 450 });
    await w.time.pass(5_000);
    expect(sent(w)).toEqual([]);
    expect(said(w)).toEqual(["225 units are more than the 150 that the exchange takes in one order, and a super order is not sliced"]);
    w.admin("super-modify", { clientId: LEADER, orderId: order, legName: "ENTRY_LEG", quantity: 150 });
    await w.time.pass(5_000);
    expect(sent(w)).toEqual(["POST /super/orders"]);
    w.admin("super-modify", { clientId: LEADER, orderId: order, legName: "ENTRY_LEG", quantity: 600 });
    await w.time.pass(5_000);
    expect(w.calls().slice(1)).toMatchObject([{ method: "PUT", body: { legName: "ENTRY_LEG", quantity: 150 } }]);
    expect(said(w)).toHaveLength(2);
    fillEntries(w);
    await w.time.pass(3_000);
    expect(w.net(FOLLOWER)).toBe(150);
    w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), legName: "STOP_LOSS_LEG", stopLossPrice: 112 });
    await w.time.pass(5_000);
    expect(last(w)).toMatchObject({ legName: "STOP_LOSS_LEG", stopLossPrice: 112 });
  });

  test("one against the leader's position is a plain exit, and opens nothing beyond it: that would stand without its legs (R15)", async () => {
    const w = await world();
    await bothHold(w);
    const order = w.leaderSuper({ transactionType: "SELL", quantity: 450, price: 119, targetPrice: 110, stopLossPrice: 130 });
    await w.time.pass(3_000);
    expect(sent(w)).toEqual(["POST /orders", "POST /orders"]);
    expect(last(w)).toMatchObject({ transactionType: "SELL", quantity: 75, price: 119 });
    expect(said(w)).toEqual([
      "300 units of the super order go beyond the leader's position: they are not copied, because the exit goes out as a plain order, without legs",
    ]);
    w.admin("super-modify", { clientId: LEADER, orderId: order, legName: "ENTRY_LEG", price: 118 });
    await w.time.pass(3_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ quantity: 75, price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 118 });
    await w.time.pass(5_000);
    fire(w, LEADER, "TARGET_LEG", 110);
    await w.time.pass(60_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(sent(w)).toHaveLength(3);
  });
});

test("a trail that moves both stops asks for nothing; entry, trailed stop and exit, by market matching", async () => {
  for (const trailMoves of ["silent", "told"]) {
    const w = await world();
    w.admin("conduct", { trailMoves, partialFills: 0 });
    w.admin("matching", { mode: "market" });
    w.admin("price", { exchangeSegment: "NSE_FNO", securityId: "37806", price: 121 });
    w.leaderSuper({ trailingJump: 1 });
    await w.time.pass(2_000);
    for (const price of [120.5, 122, 124.5, 126]) {
      w.admin("price", { exchangeSegment: "NSE_FNO", securityId: "37806", price });
      await w.time.pass(20_000);
    }
    expect(sent(w)).toEqual(["POST /super/orders"]);
    w.admin("price", { exchangeSegment: "NSE_FNO", securityId: "37806", price: 115 });
    await w.time.pass(60_000);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
    expect(sent(w)).toEqual(["POST /super/orders"]);
  }
});
