/**
 * The order budget with the whole engine (R21): who leaves first when not all can, what is kept for cancels and exits, and what
 * happens when the broker says 429 all the same. Judged from the requests that reached the broker.
 */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { bothHold } from "./both-hold.ts";
import { CALL, FOLLOWER, LEADER, policyOf, type SentCall, type World, world } from "./world.ts";

const SECOND_LEADER = "1000000003";

/** So many entries of the leader's, at prices that rise by one. */
function enter(w: World, count: number, from: number): string[] {
  return Array.from({ length: count }, (_, index) => w.leader({ price: from + index }));
}

/** Both hold the contract: the leader 150 units, the follower 75. */
function leaderSells(w: World): string {
  return w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
}

/** `POST BUY 100`, `DELETE`. */
function named({ method, body }: SentCall): string {
  return method === "POST" ? `POST ${String(body["transactionType"])} ${String(body["price"])}` : method;
}

function most(calls: readonly SentCall[], windowMs: number): number {
  return Math.max(...calls.map(({ at }) => calls.filter((other) => other.at >= at && other.at < at + windowMs).length));
}

function refuseWith429(w: World, times?: number): void {
  w.admin("fault", { on: "request", call: "write", clientId: FOLLOWER, ...(times === undefined ? {} : { times }), effect: { kind: "answer", status: 429 } });
}

describe("per account, over all copies and leaders", () => {
  test("S29 two busy leaders into one follower: ten in any second, no 429, each leader's order kept", async () => {
    const w = await world({ copies: [policyOf("copy"), policyOf("second", { leader: SECOND_LEADER })] });
    for (let index = 0; index < 12; index += 1) {
      w.leader({ price: 100 + index });
      w.admin("place", { clientId: SECOND_LEADER, transactionType: "BUY", ...CALL, quantity: 150, price: 200 + index });
      await w.time.pass(10);
    }
    await w.time.pass(10_000);
    const prices = w.calls().map(({ body }) => Number(body["price"]));
    for (const from of [100, 200]) expect(prices.filter((price) => price >= from && price < from + 12)).toEqual(Array.from({ length: 12 }, (_, n) => from + n));
    expect(most(w.calls(), 1_000)).toBeLessThanOrEqual(10);
    expect(w.calls().every(({ status }) => status === 200)).toBe(true);
  });

  test("the minute and the hour that a process has used are used for the next one", async () => {
    const w = await world({ rates: { perMinute: 10 } });
    enter(w, 8, 100);
    await w.time.pass(5_000);
    await w.crash();
    await w.startEngine();
    enter(w, 1, 200);
    await w.time.pass(20_000);
    expect(w.calls()).toHaveLength(8);
    expect(w.budget().windows).toMatchObject([{ used: 0 }, { limit: 10, used: 8, kept: 2 }, { used: 8 }, { used: 8 }]);
    await w.time.pass(40_000);
    expect(w.calls().map(({ body }) => body["price"])).toContain(200);
  });

  test("what waits for a minute, an hour or a day to pass is told once, and when nothing waits any more (seed 141012, 500 orders)", async () => {
    const w = await world({ rates: { perHour: 10 } });
    const told = () => w.noted(FOLLOWER, "BUDGET_SPENT", "BUDGET_FREE");
    const [rests = ""] = enter(w, 8, 100);
    await w.time.pass(5_000);
    expect(told()).toEqual([]);
    w.admin("modify", { clientId: LEADER, orderId: rests, price: 120 });
    await w.time.pass(10);
    expect(told()).toEqual(["BUDGET_SPENT"]);
    expect(w.notes.find(({ code }) => code === "BUDGET_SPENT")?.message).toBe(
      "an order waits for the order budget, for 3595 s at least: 8 of 10 requests of the last hour are used, and 2 are kept for cancels and exits",
    );
    const [entry = ""] = enter(w, 1, 200);
    await w.time.pass(1_000);
    w.admin("cancel", { clientId: LEADER, orderId: entry });
    await w.time.pass(1_800_000);
    expect(told()).toEqual(["BUDGET_SPENT"]);
    await w.time.pass(1_800_000);
    expect(told()).toEqual(["BUDGET_SPENT", "BUDGET_FREE"]);
    expect(w.methods().endsWith("PUT")).toBe(true);
  });

  test("so is the change of the only order that there is", async () => {
    const w = await world({ rates: { perHour: 2 } });
    const orderId = w.leader({});
    await w.time.pass(5_000);
    w.admin("modify", { clientId: LEADER, orderId, price: 120 });
    await w.time.pass(10);
    expect(w.noted(FOLLOWER, "BUDGET_SPENT", "BUDGET_FREE")).toEqual(["BUDGET_SPENT"]);
  });

  test("it is over when the leader withdraws what waits", async () => {
    const w = await world({ rates: { perHour: 10 } });
    const waits = enter(w, 9, 100).at(-1) ?? "";
    await w.time.pass(5_000);
    w.admin("cancel", { clientId: LEADER, orderId: waits });
    await w.time.pass(100);
    expect(w.noted(FOLLOWER, "BUDGET_SPENT", "BUDGET_FREE")).toEqual(["BUDGET_SPENT", "BUDGET_FREE"]);
  });

  test("R11 with the journal lost, the second before the start counts as full where the book shows orders of ours in it", async () => {
    const w = await world();
    const rests = enter(w, 10, 100);
    await w.time.pass(200);
    expect(w.calls()).toHaveLength(10);
    await w.crash();
    w.disk = new MemoryDisk();
    for (const [index, orderId] of rests.entries()) w.admin("modify", { clientId: LEADER, orderId, price: 120 + index });
    await w.startEngine();
    await w.time.pass(10_000);
    expect(
      w
        .methods()
        .split(" ")
        .filter((method) => method === "PUT"),
    ).toHaveLength(10);
    expect(w.calls().every(({ status }) => status !== 429)).toBe(true);
    expect(most(w.calls(), 1_000)).toBeLessThanOrEqual(10);
  });

  test("the day that a process has used is used for the next one, hours later", async () => {
    const w = await world();
    enter(w, 8, 100);
    await w.time.pass(3 * 3_600_000);
    await w.crash();
    await w.startEngine();
    expect(w.calls()).toHaveLength(8);
    expect(w.budget().windows).toMatchObject([{ used: 0 }, { used: 0 }, { used: 0 }, { used: 8 }]);
  });
});

describe("who leaves first", () => {
  test("a cancel and an exit that come behind twenty entries leave before those that wait, the cancel first; no entry is lost", async () => {
    const w = await world();
    await bothHold(w, { filledAfterMs: 100 });
    const [resting] = enter(w, 1, 90);
    await w.time.pass(2_000);
    enter(w, 20, 100);
    await w.time.pass(100);
    const sent = w.calls().length;
    expect(w.budget()).toMatchObject({ waiting: 10 });
    leaderSells(w);
    w.admin("cancel", { clientId: LEADER, orderId: resting });
    await w.time.pass(10_000);
    const after = w.calls().slice(sent).map(named);
    expect(after.slice(0, 2)).toEqual(["DELETE", "POST SELL 0"]);
    expect(after.slice(2)).toEqual(Array.from({ length: 10 }, (_, index) => `POST BUY ${110 + index}`));
    expect(w.calls().every(({ status }) => status !== 429)).toBe(true);
  });

  test("after a restart the exits among what was missed leave before the entries", async () => {
    const w = await world({ rates: { perSecond: 1 } });
    await bothHold(w, { filledAfterMs: 100 });
    await w.crash();
    enter(w, 3, 100);
    leaderSells(w);
    await w.time.pass(1_000);
    const sent = w.calls().length;
    await w.startEngine();
    await w.time.pass(20_000);
    expect(w.calls().slice(sent).map(named)).toEqual(["POST SELL 0", "POST BUY 100", "POST BUY 101", "POST BUY 102"]);
  });

  test("R3 changes that wait merge: one leaves, to the newest terms", async () => {
    const w = await world({ rates: { perMinute: 10 } });
    const [first] = enter(w, 8, 100);
    await w.time.pass(2_000);
    for (const price of [91, 92, 93, 94]) {
      w.admin("modify", { clientId: LEADER, orderId: first, price });
      await w.time.pass(1_500);
    }
    expect(w.methods()).not.toContain("PUT");
    expect(w.budget()).toMatchObject({ waiting: 1 });
    await w.time.pass(60_000);
    expect(w.calls().flatMap(({ method, body }) => (method === "PUT" ? [body["price"]] : []))).toEqual([94]);
  });
});

describe("what is kept for cancels and exits", () => {
  test("entries stop at four fifths of the minute; an exit and a cancel then go at once, and a reduction", async () => {
    const w = await world({ rates: { perMinute: 20 } });
    await bothHold(w, { filledAfterMs: 100 });
    const [resting] = enter(w, 1, 90);
    const large = w.leader({ price: 95, quantity: 450 });
    await w.time.pass(1_000);
    enter(w, 20, 100);
    await w.time.pass(5_000);
    expect(w.calls()).toHaveLength(16);
    const from = w.time.now();
    leaderSells(w);
    w.admin("cancel", { clientId: LEADER, orderId: resting });
    w.admin("modify", { clientId: LEADER, orderId: large, quantity: 150 });
    await w.time.pass(1_000);
    const after = w.calls().slice(16);
    expect(after.map(({ method }) => method).sort()).toEqual(["DELETE", "POST", "PUT"]);
    for (const call of after) expect(call.at - from).toBeLessThan(1_000);
    expect(w.budget()).toMatchObject({ waiting: 7, windows: [{}, { used: 19, limit: 20, kept: 4 }, {}, {}] });
  });

  test("an entry that waits for the minute does not make an exit wait that only the second holds up", async () => {
    const w = await world({ rates: { perSecond: 1, perMinute: 10 } });
    await bothHold(w, { filledAfterMs: 100 });
    for (let index = 0; index < 8; index += 1) {
      w.leader({ price: 100 + index });
      await w.time.pass(1_100);
    }
    expect(w.calls()).toHaveLength(8);
    for (const price of [130, 131]) w.leader({ transactionType: "SELL", price });
    await w.time.pass(1_200);
    expect(w.calls().slice(8).map(named)).toEqual(["POST SELL 130", "POST SELL 131"]);
  });

  test("R20 age is judged on leaving: what waited rests with the leader and is sent, what he executed is too old", async () => {
    const w = await world({ rates: { perMinute: 10 } });
    enter(w, 8, 100);
    await w.time.pass(1_000);
    enter(w, 1, 120);
    w.leader({ orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    expect(w.budget().lastLeavesInMs).toBeGreaterThan(58_000);
    await w.time.pass(62_000);
    expect(w.calls().slice(8).map(named)).toEqual(["POST BUY 120"]);
    expect(w.verdicts()).toContain("STALE");
    expect(w.budget()).toMatchObject({ waiting: 0, lastLeavesInMs: undefined });
  });
});

describe("429 in spite of it all", () => {
  test("the pause grows, one request at a time asks again, nothing is lost, and a person is told once that it began and once that it ended", async () => {
    const w = await world();
    refuseWith429(w, 4);
    enter(w, 3, 100);
    await w.time.pass(60_000);
    const calls = w.calls();
    expect(calls.map(({ status }) => status)).toEqual([429, 429, 429, 429, 200, 200, 200]);
    const gaps = calls.slice(1, 5).map(({ at }, index) => Math.round((at - (calls[index]?.at ?? 0)) / 1_000));
    expect(gaps).toEqual([1, 2, 4, 8]);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual([100, 101, 102]);
    expect(w.noted(FOLLOWER, "RATE_LIMITED", "RATE_LIMIT_OVER")).toEqual(["RATE_LIMITED", "RATE_LIMIT_OVER"]);
    expect(w.budget()).toMatchObject({ rateLimited: 4, pausedForMs: 0, breaker: "closed" });
  });

  test("ten that were under way together are one round: the pause is a second, not a quarter of an hour", async () => {
    const w = await world();
    const orders = enter(w, 8, 100);
    await w.time.pass(2_000);
    refuseWith429(w, 8);
    for (const [index, order] of orders.entries()) w.admin("modify", { clientId: LEADER, orderId: order, price: 110 + index });
    await w.time.pass(500);
    expect(w.calls().filter(({ status }) => status === 429)).toHaveLength(8);
    expect(w.budget().pausedForMs).toBeLessThan(1_000);
    await w.time.pass(5_000);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual([110, 111, 112, 113, 114, 115, 116, 117]);
  });

  test("R14 the exit and the cancel that came last ask first, and go before every entry", async () => {
    const w = await world();
    await bothHold(w, { filledAfterMs: 100 });
    const [resting] = enter(w, 1, 90);
    await w.time.pass(2_000);
    const sent = w.calls().length;
    refuseWith429(w);
    enter(w, 3, 100);
    await w.time.pass(200);
    leaderSells(w);
    w.admin("cancel", { clientId: LEADER, orderId: resting });
    await w.time.pass(10_000);
    expect(
      w
        .calls()
        .slice(sent + 1)
        .every((call) => named(call) === "DELETE"),
    ).toBe(true);
    w.admin("repair", {});
    await w.time.pass(30_000);
    const taken = w
      .calls()
      .slice(sent)
      .filter(({ status }) => status !== 429);
    expect(taken.map(named)).toEqual(["DELETE", "POST SELL 0", "POST BUY 100", "POST BUY 101", "POST BUY 102"]);
    expect(w.orders(FOLLOWER).find(({ price }) => price === 90)).toMatchObject({ orderStatus: "CANCELLED" });
  });

  test("the count is of this process; the slots that 429s took at the broker's door are remembered", async () => {
    const w = await world();
    refuseWith429(w, 2);
    enter(w, 1, 100);
    await w.time.pass(10_000);
    expect(w.calls().map(({ status }) => status)).toEqual([429, 429, 200]);
    await w.crash();
    await w.startEngine();
    expect(w.budget()).toMatchObject({ rateLimited: 0, windows: [{}, { used: 3 }, {}, {}] });
  });
});
