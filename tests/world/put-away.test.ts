/**
 * What is over leaves memory within the day, and is known all the same: late fills, rows of a book that goes on showing it, a restart
 * (docs/journal.md, "What leaves memory").
 */

import { describe, expect, test } from "vitest";
import { countOrdersPutAway } from "../../src/domain/book/leader-orders.ts";
import { countPutAway } from "../../src/domain/book/put-away.ts";
import { clientId } from "../../src/domain/identity.ts";
import { statusOf } from "../../src/engine/views/status.ts";
import { storyOf } from "../../src/engine/views/story.ts";
import { expectFoldOf } from "./folded.ts";
import { isOpen } from "./session.ts";
import { FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

/** Long enough for all that is over to be put away: an entry only after the exit that took something back from it. */
const QUIET_MS = 240_000;
const EXITS = { copies: [policyOf("copy", { orphan: "exit" })] };

/** The leader's orders in full, and those that are put away. */
function ordersInMemory(w: World): readonly [number, number] {
  const leader = w.book.leaders.get(clientId(LEADER));
  return [leader?.orders.size ?? 0, leader === undefined ? 0 : countOrdersPutAway(leader)];
}

/** Mirrors in full, and those that are put away. */
function inMemory(w: World): readonly [number, number] {
  const follower = w.book.followers.get(clientId(FOLLOWER));
  return [follower?.mirrors.size ?? 0, follower === undefined ? 0 : countPutAway(follower)];
}

function counts(w: World): unknown {
  const status = statusOf({
    book: w.book,
    now: w.clock.now(),
    version: "test",
    startedAt: w.clock.now(),
    reasons: [],
    journal: { path: "", records: 0, broken: undefined },
    accounts: [],
    budgetOf: () => undefined,
    standing: w.standing(),
  });
  return status.copies.map(({ mirrors }) => mirrors);
}

function sentences(w: World): readonly string[] {
  return w.records().flatMap((record) => (record.type === "verdict-given" ? [`${record.mirror} ${record.verdict.sentence}`] : []));
}

async function fill(w: World, order: string, own: number): Promise<void> {
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order, price: 120 });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[own]?.orderId, price: 120 });
  await w.time.pass(2_000);
}

/** A purchase, a sale of half of it, and an order that was withdrawn. */
async function aMorning(w: World): Promise<{ readonly entry: string; readonly exit: string; readonly withdrawn: string }> {
  const entry = w.leader({ quantity: 300 });
  await fill(w, entry, 0);
  const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 110 });
  await fill(w, exit, 1);
  const withdrawn = w.leader({ quantity: 300, price: 90 });
  await w.time.pass(1_000);
  w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
  await w.time.pass(2_000);
  return { entry, exit, withdrawn };
}

test("R8 what is over is put away within minutes; status counts it, the journal tells it whole, and its fold is the state in memory", async () => {
  const w = await world();
  const { entry, exit, withdrawn } = await aMorning(w);
  const before = counts(w);
  expect(inMemory(w)).toEqual([3, 0]);
  await w.time.pass(QUIET_MS);
  expect(inMemory(w)).toEqual([0, 3]);
  expect(ordersInMemory(w)).toEqual([0, 3]);
  expect(counts(w)).toEqual(before);
  expectFoldOf(w);
  const sent = w.calls().length;
  for (const [order, requests] of [[entry, 1] as const, [exit, 1] as const, [withdrawn, 2] as const]) {
    const told = storyOf(w.disk.reader(), order);
    if (told.found !== "story") throw new Error(told.found);
    expect(told.story.copies.map((copy) => [copy.requests.length, copy.orders.length])).toEqual([[requests, 1]]);
  }
  // The next order goes on where these ended.
  await fill(w, w.leader({ transactionType: "SELL", quantity: 150, price: 110 }), 3);
  expect(w.calls()).toHaveLength(sent + 1);
  expect(w.net(FOLLOWER)).toBe(0);
});

test("R9 R11 a book that goes on showing what was put away is no news, nor is a restart: nothing is recorded of it, sent or adopted again", async () => {
  const w = await world();
  await aMorning(w);
  await w.time.pass(QUIET_MS);
  const [sent, known] = [w.calls().length, w.records().length];
  await w.time.pass(60_000);
  expect(w.records()).toHaveLength(known);
  await w.crash();
  await w.startEngine();
  await w.time.pass(QUIET_MS);
  const since = w.records().slice(known);
  expect(ordersInMemory(w)).toEqual([0, 3]);
  expect(
    since.filter(({ type }) => type === "leader-order-reported" || type === "follower-order-reported" || type === "order-adopted" || type === "mirror-opened"),
  ).toEqual([]);
  expect(w.calls()).toHaveLength(sent);
  expect(inMemory(w)).toEqual([0, 3]);
  expectFoldOf(w);
});

test("R1 R18 a late fill of an order that was put away is an orphan all the same: said, and exited once", async () => {
  const w = await world(EXITS);
  const { withdrawn } = await aMorning(w);
  await w.time.pass(QUIET_MS);
  const held = w.net(FOLLOWER);
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[2]?.orderId, quantity: 75, late: true });
  await w.time.pass(10_000);
  const sale = w.orders(FOLLOWER).find(isOpen);
  expect(sale).toMatchObject({ transactionType: "SELL", quantity: 75 });
  w.admin("fill", { clientId: FOLLOWER, orderId: sale?.orderId });
  await w.time.pass(QUIET_MS);
  expect(w.net(FOLLOWER)).toBe(held);
  expect(w.verdicts().filter((code) => code === "ORPHAN")).toHaveLength(1);
  expect(inMemory(w)).toEqual([0, 4]);
  const told = storyOf(w.disk.reader(), withdrawn);
  expect(told.found === "story" && told.story.copies.map((copy) => copy.orders.length)).toEqual([2]);
  expectFoldOf(w);
});

test("R14 an exit that had taken back a part of an entry deals with its late fill, though both were put away", async () => {
  const w = await world();
  const entry = w.leader({ quantity: 150 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  await w.time.pass(2_000);
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
  await w.time.pass(20);
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 121 });
  await w.time.pass(QUIET_MS);
  expect(w.methods()).toBe("POST DELETE");
  expect(inMemory(w)).toEqual([0, 2]);
  const said = w.verdicts().length;
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, late: true });
  await w.time.pass(1_000);
  expect(w.methods()).toBe("POST DELETE POST");
  expect(w.calls()[2]?.body).toMatchObject({ transactionType: "SELL", quantity: 75 });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, price: 121 });
  await w.time.pass(QUIET_MS);
  expect(w.net(FOLLOWER)).toBe(0);
  // What was said before stays said, and is not said again.
  expect(w.verdicts().slice(said)).toEqual(["FILLED", "COPIED", "FOLLOWER_LATE", "FILLED"]);
  expect(new Set(sentences(w)).size).toBe(sentences(w).length);
  expect(inMemory(w)).toEqual([0, 2]);
  expectFoldOf(w);
});

test("R18 an orphan is exited less what exits have taken that were put away meanwhile", async () => {
  const w = await world(EXITS);
  await fill(w, w.leader({ quantity: 300 }), 0);
  // It rests for minutes, in which the leader sells half of what he holds.
  const rests = w.leader({ quantity: 300, price: 100 });
  await w.time.pass(1_000);
  await fill(w, w.leader({ transactionType: "SELL", quantity: 150, price: 110 }), 2);
  await w.time.pass(QUIET_MS);
  expect(inMemory(w)).toEqual([1, 2]);
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, quantity: 75 });
  await w.time.pass(1_000);
  w.admin("cancel", { clientId: LEADER, orderId: rests });
  await w.time.pass(30_000);
  // The exit may have been of these units: they are the follower's own.
  expect(w.methods()).toBe("POST POST POST DELETE");
  expect(w.verdicts().filter((code) => code === "ORPHAN")).toHaveLength(1);
});

test("R1 a late fill of the leader's, of an order that was put away, is dealt with as ever: nothing is entered late, and it is said", async () => {
  const w = await world();
  const { withdrawn } = await aMorning(w);
  await w.time.pass(QUIET_MS);
  const sent = w.calls().length;
  w.admin("fill", { clientId: LEADER, orderId: withdrawn, quantity: 150, late: true });
  await w.time.pass(30_000);
  expect(w.calls()).toHaveLength(sent);
  expect(w.verdicts().at(-1)).toBe("DRIFT");
  expect(ordersInMemory(w)).toEqual([1, 2]);
  expectFoldOf(w);
  await w.time.pass(QUIET_MS);
  expect(ordersInMemory(w)).toEqual([0, 3]);
  expectFoldOf(w);
});

describe("R8 an order whose trades are still to be read is put away all the same, and they are read", () => {
  /** Sixteen make a bundle, which goes a minute later; by then four readings have failed, and the fifth is to come. */
  async function unread(): Promise<World> {
    const w = await world();
    w.admin("fault", { on: "request", call: "order-trades", effect: { kind: "answer", status: 500 } });
    const orders = Array.from({ length: 16 }, () => w.leader({ quantity: 150 }));
    await w.time.pass(2_000);
    for (const order of orders) w.admin("fill", { clientId: LEADER, orderId: order, price: 120 });
    for (const { orderId } of w.orders(FOLLOWER)) w.admin("fill", { clientId: FOLLOWER, orderId, price: 120 });
    await w.time.pass(76_000);
    expect([ordersInMemory(w), inMemory(w)]).toEqual([
      [0, 16],
      [0, 16],
    ]);
    expect(tradesRead(w)).toBe(0);
    w.admin("repair", {});
    return w;
  }

  function tradesRead(w: World): number {
    return w.records().filter(({ type }) => type === "leader-trades-read" || type === "follower-trades-read").length;
  }

  test("by the next try", async () => {
    const w = await unread();
    await w.time.pass(30_000);
    expect(tradesRead(w)).toBe(32);
    expect([ordersInMemory(w), inMemory(w)]).toEqual([
      [0, 16],
      [0, 16],
    ]);
  });

  test("by the next process, each once", async () => {
    const w = await unread();
    await w.crash();
    await w.startEngine();
    await w.time.pass(30_000);
    expect(tradesRead(w)).toBe(32);
    await w.crash();
    await w.startEngine();
    await w.time.pass(30_000);
    expect(tradesRead(w)).toBe(32);
  });
});
