/** Super orders of which something is missed or refused: a fill of the entry, the journal, a change of one leg (R1, R2, R11, R14, R16). */
import { expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { bothHold } from "./both-hold.ts";
import { entryOf, fillEntries, fire, held, last, sent } from "./super-orders.ts";
import { CALL, FOLLOWER, LEADER, type World, world } from "./world.ts";

const REFUSED = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-905", errorMessage: "Stop Loss Price is not valid for this order" });

/** Two super orders rest on both sides; the first has filled on both. */
async function oneOfTwoFilled(): Promise<World> {
  const w = await world();
  w.leaderSuper({});
  w.leaderSuper({ quantity: 300 });
  await w.time.pass(3_000);
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: entryOf(w, id), price: 120.5 });
  // Just after an audit of the books, so that the next is far away.
  await w.time.pass(13_000);
  return w;
}

/** The second fills, and no frame says so. */
function secondFillsUnheard(w: World, id: string): void {
  w.admin("fault", { on: "stream", clientId: id, effect: { kind: "drop" } });
  w.admin("fill", { clientId: id, orderId: entryOf(w, id, 1), price: 120.5 });
  w.admin("repair", {});
}

test("the follower's leg is told to have filled before its entry is: nothing of another order is sold, closed or left without its stop (R16)", async () => {
  const w = await oneOfTwoFilled();
  w.admin("fill", { clientId: LEADER, orderId: entryOf(w, LEADER, 1), price: 120.5 });
  secondFillsUnheard(w, FOLLOWER);
  fire(w, FOLLOWER, "STOP_LOSS_LEG", 109, 1);
  await w.time.pass(60_000);
  expect(sent(w)).toEqual(["POST /super/orders", "POST /super/orders"]);
  expect(w.net(FOLLOWER)).toBe(75);
  expect(w.verdicts()).not.toContain("ALTERNATIVES_CLOSED");
  expect(w.verdicts()).toContain("LEG_ALONE");
});

test("the leader's leg is told to have filled before his entry is: he is not out of what another order holds, and the copy keeps that (R14)", async () => {
  const w = await oneOfTwoFilled();
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER, 1), price: 120.5 });
  await w.time.pass(100);
  secondFillsUnheard(w, LEADER);
  fire(w, LEADER, "STOP_LOSS_LEG", 109, 1);
  await w.time.pass(10_000);
  // Of the second order alone, whose legs are ended for it.
  expect(sent(w).slice(2)).toEqual(["DELETE /super/orders/#/STOP_LOSS_LEG", "DELETE /super/orders/#/TARGET_LEG", "POST /orders"]);
  expect(last(w)).toMatchObject({ transactionType: "SELL", quantity: 150 });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
  await w.time.pass(60_000);
  expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
});

test("of the leader's second order nothing is heard until its leg fires: the book is read first, and what the first one holds stays (R14)", async () => {
  const w = await held();
  // Just after an audit.
  await w.time.pass(11_000);
  w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "drop" } });
  const second = w.leaderSuper({});
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: second, price: 120.5 });
  w.admin("repair", {});
  fire(w, LEADER, "STOP_LOSS_LEG", 109, 1);
  await w.time.pass(60_000);
  expect(w.net(LEADER)).toBe(150);
  expect(sent(w)).toEqual(["POST /super/orders"]);
  expect(w.net(FOLLOWER)).toBe(75);
});

test("of three orders nothing is heard until the books are read: what a super order has bought and a sale has closed is an entry and its exit, whatever super order rests before them in the list (R14, seed 166766)", async () => {
  const w = await world();
  await w.time.pass(13_000);
  w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "drop" } });
  w.leaderSuper({});
  const second = w.leaderSuper({ quantity: 300 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: second, price: 120.5 });
  const sale = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
  w.admin("fill", { clientId: LEADER, orderId: sale, price: 121 });
  w.admin("repair", {});
  await w.time.pass(30_000);
  expect(w.net(LEADER)).toBe(0);
  expect(w.orders(FOLLOWER).map(({ legName, transactionType, orderStatus, quantity }) => [legName, transactionType, orderStatus, quantity])).toContainEqual([
    "ENTRY_LEG",
    "BUY",
    "PENDING",
    75,
  ]);
  expect(w.verdicts()).not.toContain("NOTHING_TO_EXIT");
});

const changeLeg = (w: World, leg: Record<string, unknown>): unknown => w.admin("super-modify", { clientId: LEADER, orderId: entryOf(w, LEADER), ...leg });

test("both legs are changed while the journal is lost: each of them follows (R11)", async () => {
  const w = await held();
  await w.crash();
  w.disk = new MemoryDisk();
  changeLeg(w, { legName: "TARGET_LEG", targetPrice: 133 });
  changeLeg(w, { legName: "STOP_LOSS_LEG", stopLossPrice: 104.5 });
  await w.startEngine();
  await w.time.pass(20_000);
  expect(w.calls().slice(1)).toMatchObject([
    { method: "PUT", body: { legName: "STOP_LOSS_LEG", stopLossPrice: 104.5 } },
    { method: "PUT", body: { legName: "TARGET_LEG", targetPrice: 133 } },
  ]);
});

test("of a trail that the journal does not tell any more, what is no whole jump is the leader's change and goes at once (R2, R11)", async () => {
  const w = await held({ trailingJump: 1 });
  await w.crash();
  w.disk = new MemoryDisk();
  changeLeg(w, { legName: "STOP_LOSS_LEG", stopLossPrice: 112.5 });
  await w.startEngine();
  await w.time.pass(5_000);
  expect(w.calls()).toHaveLength(2);
  expect(last(w)).toMatchObject({ legName: "STOP_LOSS_LEG", stopLossPrice: 112.5, trailingJump: 1 });
});

test("a seller gets out of half, beside an order that filled here ahead of him and has left by its own stop; the journal is lost: what stays keeps a stop (R11, R16; seed 30292)", async () => {
  const sells = { transactionType: "SELL", quantity: 300, targetPrice: 110, stopLossPrice: 130 };
  const w = await held(sells);
  w.leaderSuper({ ...sells, price: 123 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER, 1), price: 123 });
  fire(w, FOLLOWER, "STOP_LOSS_LEG", 130, 1);
  await w.time.pass(3_000);
  await w.crash();
  w.disk = new MemoryDisk();
  const exit = w.leader({ transactionType: "BUY", orderType: "MARKET", quantity: 150, price: 0 });
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 121 });
  // The copy's legs are read after the leader's exit, which is of the right size therefore; what takes the place of legs is worked out when they are known.
  await w.startEngine();
  await w.time.pass(8_000);
  const resting = w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING");
  const [ours, ...inPlace] = resting.map(({ legName, transactionType, orderType, quantity }) => [legName, transactionType, orderType, quantity]);
  expect(ours).toEqual(["NA", "BUY", "LIMIT", 75]);
  expect(inPlace).toEqual([
    ["NA", "BUY", "STOP_LOSS", 75],
    ["NA", "BUY", "LIMIT", 75],
  ]);
  w.admin("fill", { clientId: FOLLOWER, orderId: resting[0]?.orderId, price: 121 });
  await w.time.pass(20_000);
  expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([-150, -75]);
  expect(w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING")).toMatchObject([{ triggerPrice: 130 }, { price: 110 }]);
});

test("the journal is lost, and the books tell of what he sold late before what he had bought until then: his super order was an entry all the same (R11, R14; seed 152936)", async () => {
  const w = await world();
  const fillPlain = async (id: string): Promise<void> => {
    const open = w.orders(id).filter(({ orderStatus, legName, price }) => orderStatus === "PENDING" && legName === "NA" && price !== 150);
    for (const { orderId } of open) w.admin("fill", { clientId: id, orderId });
    await w.time.pass(1_000);
  };
  w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  await fillPlain(LEADER);
  await fillPlain(FOLLOWER);
  const target = w.leader({ transactionType: "SELL", quantity: 300, price: 150 });
  await w.time.pass(1_000);
  w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
  await w.time.pass(1_000);
  await fillPlain(LEADER);
  await fillPlain(FOLLOWER);
  expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
  w.leaderSuper({ quantity: 600 });
  await w.time.pass(2_500);
  fillEntries(w);
  await w.time.pass(1_000);
  expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([600, 300]);
  await w.crash();
  w.disk = new MemoryDisk();
  w.admin("fill", { clientId: LEADER, orderId: target, price: 150 });
  await w.startEngine();
  await w.time.pass(8_000);
  expect(w.verdicts()).not.toContain("ALTERNATIVES_CLOSED");
  const resting = w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING");
  expect(resting.map(({ legName, quantity }) => [legName, quantity])).toEqual([
    ["STOP_LOSS_LEG", 300],
    ["TARGET_LEG", 300],
  ]);
});

test("while no frame comes he buys by a second super order, and after that is out by a leg of the first: what that sold is no position that the second reduces (R14; seed 157921)", async () => {
  const w = await held({ quantity: 300 });
  // The legs stay whole beside it: with one of them he sells more than he has left of the first.
  const byHand = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: byHand, price: 121 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 121 });
  // Just before an audit of the books, by which all of it is told at once, and fresh.
  await w.time.pass(20_000);
  w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "drop" } });
  for (const quantity of [150, 300]) {
    const orderId = w.leaderSuper({ quantity });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId, price: 120.5 });
    await w.time.pass(1_500);
  }
  fire(w, LEADER, "TARGET_LEG", 135);
  w.admin("repair", {});
  await w.time.pass(20_000);
  expect(w.net(LEADER)).toBe(300);
  const entries = w.orders(FOLLOWER).filter(({ legName }) => legName === "ENTRY_LEG");
  expect(entries.map(({ transactionType, quantity }) => [transactionType, quantity])).toEqual([
    ["BUY", 150],
    ["BUY", 75],
    ["BUY", 150],
  ]);
  expect(w.verdicts()).not.toContain("NOTHING_TO_EXIT");
});

test("with the journal lost, what a leg of the leader's has sold since makes no entry of his way out before that (R11, R14; seed 152773)", async () => {
  const w = await held({ quantity: 300 });
  await w.crash();
  const trades = async (terms: { readonly transactionType: string; readonly quantity: number }, price: number) => {
    const orderId = w.leader({ ...terms, orderType: "MARKET", price: 0 });
    w.admin("fill", { clientId: LEADER, orderId, price });
    await w.time.pass(2_000);
    return orderId;
  };
  const out = await trades({ transactionType: "SELL", quantity: 300 }, 121);
  await trades({ transactionType: "BUY", quantity: 450 }, 120);
  fire(w, LEADER, "TARGET_LEG", 135);
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(5_000);
  const role = w.records().flatMap((record) => (record.type === "mirror-opened" && record.cause === out ? [record.role.role] : []));
  expect([w.net(LEADER), role]).toEqual([150, ["exit"]]);
});

test("a change of the stop that the broker refuses keeps no change of the target, and is not sent again with it (R2)", async () => {
  const w = await held();
  w.admin("fault", { on: "request", call: "super-modify", clientId: FOLLOWER, times: 1, effect: { kind: "answer", status: 400, body: REFUSED } });
  changeLeg(w, { legName: "STOP_LOSS_LEG", stopLossPrice: 112 });
  await w.time.pass(5_000);
  expect(w.verdicts()).toContain("CHANGE_REFUSED");
  changeLeg(w, { legName: "TARGET_LEG", targetPrice: 140 });
  await w.time.pass(20_000);
  expect(w.calls().slice(2)).toMatchObject([{ method: "PUT", body: { legName: "TARGET_LEG", targetPrice: 140 } }]);
  changeLeg(w, { legName: "STOP_LOSS_LEG", stopLossPrice: 113 });
  await w.time.pass(20_000);
  expect(w.calls().slice(3)).toMatchObject([{ method: "PUT", body: { legName: "STOP_LOSS_LEG", stopLossPrice: 113 } }]);
});

test("R16 legs leave what an exit at the market needs beside another that the leader has filled and that rests here (seeds 480, 32147)", async () => {
  const w = await held({ quantity: 300 });
  await bothHold(w, { quantity: 300 });
  const target = w.leader({ transactionType: "SELL", quantity: 300, price: 140 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: LEADER, orderId: target, price: 140 });
  await w.time.pass(1_500);
  const sale = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: sale, price: 121 });
  await w.time.pass(10_000);
  const sales = w.orders(FOLLOWER).filter(({ transactionType, legName }) => transactionType === "SELL" && legName === "NA");
  expect(sales.map(({ orderType, quantity }) => [orderType, quantity])).toContainEqual(["LIMIT", 75]);
  expect(w.verdicts()).not.toContain("EXIT_WAITS");
});

test("the contract of a super order that one reading of a start names is named, though the next ones lag and show it in its own book alone, or not at all (R1; seed 95579)", async () => {
  const w = await world();
  await w.time.pass(3_000);
  await w.crash();
  for (const order of [w.leaderSuper({}), w.leader({ ...CALL, securityId: "37810" })]) w.admin("fill", { clientId: LEADER, orderId: order, price: 120.5 });
  await w.time.pass(100);
  const started = w.startEngine();
  const before = w.reads(LEADER).length;
  const readings = (of: string): number => w.reads(LEADER).filter(({ path }, index) => index >= before && path === of).length;
  while (readings("/v2/positions") < 1) await w.time.pass(1);
  w.admin("fault", { on: "request", call: "orders", when: "before", clientId: LEADER, times: 1, effect: { kind: "delay", ms: 300 } });
  while (readings("/v2/super/orders") < 2) await w.time.pass(1);
  w.admin("lag", { clientId: LEADER, booksMs: 60_000 });
  await started;
  await w.time.pass(1_000);
  w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
  await w.time.pass(1_000);
  const opened = w.records().flatMap((record) => (record.type === "mirror-opened" ? [record.role.role] : []));
  expect(opened).toEqual(["entry", "entry", "exit"]);
  expect(w.orders(FOLLOWER).filter(({ transactionType, legName }) => transactionType === "SELL" && legName === undefined)).toEqual([]);
});

test("the leader takes his sale at the market back when our stop is ended for it and our target is not: what the copy keeps has a stop (R16; seed 95688)", async () => {
  const w = await held();
  const sale = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
  for (let ms = 0; ms < 1_000 && sent(w).length < 2; ms += 1) await w.time.pass(1);
  w.admin("cancel", { clientId: LEADER, orderId: sale });
  await w.time.pass(20_000);
  expect(sent(w).slice(1)).toEqual(["DELETE /super/orders/#/STOP_LOSS_LEG", "DELETE /super/orders/#/TARGET_LEG", "POST /orders", "POST /orders"]);
  expect(w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING")).toMatchObject([{ triggerPrice: 110 }, { price: 135 }]);
});

test.each([
  ["all that was left", 225],
  ["a part", 75],
])(
  "the follower's target fires as its entry has filled in part, and %s of that fills all the same: a plain stop and target take the legs' place (R16; seed 111487)",
  async (_, late) => {
    const w = await world();
    w.leaderSuper({ quantity: 600 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: LEADER, orderId: entryOf(w, LEADER), price: 120.5 });
    w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), quantity: 75, price: 120.5 });
    await w.time.pass(500);
    fire(w, FOLLOWER, "TARGET_LEG", 135);
    w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), quantity: late, price: 120.5 });
    await w.time.pass(20_000);
    expect(w.net(FOLLOWER)).toBe(late);
    const stands = w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING");
    expect(stands).toMatchObject([
      { triggerPrice: 110, quantity: late },
      { price: 135, quantity: late },
    ]);
    fire(w, LEADER, "STOP_LOSS_LEG", 109);
    w.admin("fill", { clientId: FOLLOWER, orderId: stands[0]?.orderId, price: 109 });
    await w.time.pass(20_000);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
    expect(w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING")).toEqual([]);
  },
);

test.each([
  ["list of super orders", "super-orders", "/v2/orders"],
  ["order book", "orders", "/v2/super/orders"],
])(
  "the leader takes a super order back, no frame tells of it, and his %s is slow to be read: its copy goes at once (R1, R18; seed 164045)",
  async (_, slow, other) => {
    const w = await world();
    const order = w.leaderSuper({});
    await w.time.pass(1_500);
    const before = w.reads(LEADER).length;
    w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "drop" } });
    w.admin("fault", { on: "request", call: slow, when: "after", clientId: LEADER, effect: { kind: "delay", ms: 2_500 } });
    w.admin("super-cancel", { clientId: LEADER, orderId: order, legName: "ENTRY_LEG" });
    while (!w.reads(LEADER).some(({ path }, index) => index >= before && path === other)) await w.time.pass(10);
    await w.time.pass(100);
    expect(sent(w)).toEqual(["POST /super/orders", "DELETE /super/orders/#/ENTRY_LEG"]);
    await w.time.pass(20_000);
    expect(sent(w)).toHaveLength(2);
    expect(w.orders(FOLLOWER).map(({ orderStatus }) => orderStatus)).toEqual(["CANCELLED", "CANCELLED", "CANCELLED"]);
  },
);

test("our leg fires beside the sale of what the leader sells: what that takes of another order, filled here ahead of him, is not ahead any more, and a plain stop takes the place of its legs (R14, R16; seed 162968)", async () => {
  const w = await held({ quantity: 300 });
  await bothHold(w, {});
  w.leaderSuper({ quantity: 300, price: 118 });
  await w.time.pass(1_500);
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER, 1), price: 118 });
  await w.time.pass(3_000);
  const sale = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
  w.admin("fill", { clientId: LEADER, orderId: sale, price: 121 });
  await w.time.pass(3_000);
  fire(w, FOLLOWER, "STOP_LOSS_LEG", 109);
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 121 });
  await w.time.pass(3_000);
  expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
  w.admin("fill", { clientId: LEADER, orderId: entryOf(w, LEADER, 1), quantity: 150, price: 118 });
  await w.time.pass(20_000);
  const stands = w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING");
  expect(stands).toMatchObject([
    { triggerPrice: 110, quantity: 75 },
    { price: 135, quantity: 75 },
  ]);
});
