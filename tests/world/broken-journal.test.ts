/** A journal that takes nothing (decision 10): what can't be recorded is not sent, what only takes away goes, and when there is room again all is as if it had been slow. */
import { expect, test } from "vitest";
import { inDoubt } from "../../src/engine/views/in-doubt.ts";
import { bothHold } from "./both-hold.ts";
import { expectFoldOf } from "./folded.ts";
import { nextMorning } from "./overnight.ts";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

function fill(w: World): void {
  w.disk.limit(w.disk.used);
}

test("R8 with the disk full nothing is placed or made larger, known orders are cancelled, a person is told, and /readyz says why", async () => {
  const w = await world();
  const first = w.leader({ quantity: 150 });
  const second = w.leader({ quantity: 300, price: 110 });
  await w.time.pass(3_000);
  fill(w);
  w.admin("modify", { clientId: LEADER, orderId: second, quantity: 450, price: 111 });
  w.leader({ quantity: 150, price: 112 });
  await w.time.pass(2_000);
  w.admin("cancel", { clientId: LEADER, orderId: first });
  await w.time.pass(60_000);
  expect(w.methods()).toBe("POST POST DELETE");
  expect(w.orders(FOLLOWER).map((row) => [row.orderStatus, row.price])).toEqual([
    ["CANCELLED", 120.5],
    ["PENDING", 110],
  ]);
  expect(w.notes.filter(({ code }) => code === "JOURNAL_BROKEN").map(({ level }) => level)).toEqual(["critical"]);
  expect(w.noted(FOLLOWER, "CANCEL_UNRECORDED")).toHaveLength(1);
  expect(w.watch.notReady()).toEqual([expect.stringContaining("the journal is broken")]);
  expect(inDoubt(w.book)).toEqual([]);
});

test("R8 R20 when there is room again what still rests is placed and changed, once, and the journal holds everything in order", async () => {
  const w = await world();
  const changed = w.leader({ quantity: 300, price: 110 });
  await w.time.pass(3_000);
  fill(w);
  for (const price of [111, 112, 113]) {
    w.admin("modify", { clientId: LEADER, orderId: changed, quantity: 450, price });
    await w.time.pass(1_500);
  }
  const executed = w.leader({ quantity: 150, price: 115 });
  const withdrawn = w.leader({ quantity: 150, price: 114 });
  w.leader({ quantity: 450, price: 100 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: executed });
  w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
  await w.time.pass(120_000);
  w.disk.limit();
  await w.time.pass(3_000);
  expect(w.methods()).toBe("POST PUT POST");
  expect(w.orders(FOLLOWER).map(({ price, quantity }) => [price, quantity])).toEqual([
    [113, 225],
    [100, 225],
  ]);
  expect(w.verdicts()).toContain("STALE");
  expect(w.watch.notReady()).toEqual([]);
  expect(w.notes.at(-1)?.code).toBe("JOURNAL_WRITTEN");
  // What never left is on record as that.
  const unsent = w.records().filter((record) => record.type === "request-answered" && record.result.outcome === "not-sent");
  expect(unsent).toHaveLength(1);
  expectFoldOf(w);
});

test("R8 an intent that was not stored waits for no answer: its order is placed again under the next attempt, and cancelled when the leader withdraws", async () => {
  const w = await world();
  fill(w);
  const order = w.leader({ quantity: 150 });
  await w.time.pass(5_000);
  expect(w.methods()).toBe("");
  w.disk.limit();
  await w.time.pass(3_000);
  expect(w.methods()).toBe("POST");
  w.admin("cancel", { clientId: LEADER, orderId: order });
  await w.time.pass(2_000);
  expect(w.methods()).toBe("POST DELETE");
  expectFoldOf(w);
});

test("R14 an exit that could not be recorded goes out as soon as it can be, whatever its age", async () => {
  const w = await world();
  await bothHold(w, { heardAfterMs: 5_000 });
  fill(w);
  const exit = w.leader({ transactionType: "SELL", quantity: 150, orderType: "MARKET", price: 0 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
  await w.time.pass(300_000);
  expect(w.net(FOLLOWER)).toBe(75);
  w.disk.limit();
  await w.time.pass(2_000);
  const [, sold] = w.orders(FOLLOWER);
  w.admin("fill", { clientId: FOLLOWER, orderId: sold?.orderId, price: 120 });
  await w.time.pass(2_000);
  expect(w.net(FOLLOWER)).toBe(0);
  expectFoldOf(w);
});

test("R8 R16 with the disk full a super order keeps the legs that would give way to an exit, which could not be sent; with room again both are done", async () => {
  const w = await world();
  const entry = w.leaderSuper({});
  await w.time.pass(1_500);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).find(({ legName }) => legName === "ENTRY_LEG")?.orderId });
  await w.time.pass(3_000);
  fill(w);
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
  await w.time.pass(60_000);
  expect(w.methods()).toBe("POST");
  w.disk.limit();
  await w.time.pass(5_000);
  expect(w.methods()).toBe("POST DELETE DELETE POST");
  expectFoldOf(w);
});

test("R8 R16 with the disk full the alternative of an exit that fills is made smaller at once, and sells no more than the copy has", async () => {
  const w = await world();
  await bothHold(w, { quantity: 300, heardAfterMs: 1_500 });
  w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
  w.leader({ transactionType: "SELL", quantity: 300, price: 140 });
  await w.time.pass(1_500);
  const [, stop, target] = w.orders(FOLLOWER);
  fill(w);
  w.admin("fill", { clientId: FOLLOWER, orderId: target?.orderId, quantity: 75 });
  await w.time.pass(1_000);
  expect(w.methods()).toBe("POST POST POST PUT");
  expect(w.noted(FOLLOWER, "REDUCTION_UNRECORDED")).toHaveLength(1);
  w.admin("fill", { clientId: FOLLOWER, orderId: stop?.orderId });
  await w.time.pass(1_000);
  expect(w.net(FOLLOWER)).toBe(0);
  expect(w.orders(FOLLOWER).map((row) => row.orderStatus)).toEqual(["TRADED", "TRADED", "CANCELLED"]);
  w.disk.limit();
  await w.time.pass(3_000);
  expect(w.methods()).toBe("POST POST POST PUT DELETE");
  expectFoldOf(w);
});

test("R8 R10 an order that was made smaller unrecorded, before the process died, is made smaller again by the next start, and its price follows the leader's", async () => {
  const w = await world();
  const order = w.leader({ quantity: 600, price: 110 });
  await w.time.pass(3_000);
  fill(w);
  w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300 });
  await w.time.pass(1_000);
  expect(w.orders(FOLLOWER).map(({ quantity }) => quantity)).toEqual([150]);
  await w.crash();
  w.disk.limit();
  await w.startEngine();
  await w.time.pass(10_000);
  expect(w.methods()).toBe("POST PUT PUT");
  w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300, price: 111 });
  await w.time.pass(3_000);
  expect(w.orders(FOLLOWER).map(({ quantity, price }) => [quantity, price])).toEqual([[150, 111]]);
  expectFoldOf(w);
});

test("R8 a start on a full disk reads the books and cancels what the leader has withdrawn meanwhile; it places nothing", async () => {
  const w = await world();
  const order = w.leader({ quantity: 150 });
  await w.time.pass(3_000);
  await w.crash();
  w.admin("cancel", { clientId: LEADER, orderId: order });
  w.leader({ quantity: 300, price: 110 });
  fill(w);
  await w.startEngine();
  await w.time.pass(30_000);
  expect(w.methods()).toBe("POST DELETE");
  expect(w.notes.some(({ code }) => code === "JOURNAL_BROKEN")).toBe(true);
  w.disk.limit();
  await w.time.pass(3_000);
  expect(w.methods()).toBe("POST DELETE POST");
  expectFoldOf(w);
});

test("R10 R11 a process that dies while its journal is full leaves a journal that ends where the trouble began, and the next start finds the rest in the books", async () => {
  const w = await world();
  const order = w.leader({ quantity: 150 });
  await w.time.pass(3_000);
  fill(w);
  w.admin("cancel", { clientId: LEADER, orderId: order });
  w.leader({ quantity: 300, price: 110 });
  await w.time.pass(3_000);
  await w.crash();
  w.disk.limit();
  await w.startEngine();
  await w.time.pass(30_000);
  expect(w.methods()).toBe("POST DELETE POST");
  expectFoldOf(w);
});

test("R8 orders that wait for their turn wait no longer while the journal is broken, and nothing turns round in the meantime", async () => {
  const w = await world();
  for (let index = 0; index < 14; index += 1) w.leader({ quantity: 150, price: 100 + index });
  await w.time.pass(300);
  const sent = w.calls().length;
  expect(sent).toBeLessThan(14);
  fill(w);
  await w.time.pass(10_000);
  w.disk.limit();
  await w.time.pass(5_000);
  expect(w.orders(FOLLOWER)).toHaveLength(14);
  expect(w.methods()).not.toContain("DELETE");
  expectFoldOf(w);
});

test("R14 an exit of the afternoon that could not be recorded goes out the next morning, when there is room", { timeout: 60_000 }, async () => {
  const w = await world({ start: "2026-11-19 15:20:00" });
  const entry = w.leader({ quantity: 150, productType: "MARGIN" });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
  await w.time.pass(5_000);
  fill(w);
  const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: exit });
  await nextMorning(w);
  expect(w.orders(FOLLOWER)).toEqual([]);
  w.disk.limit();
  await w.time.pass(20_000);
  expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => [transactionType, quantity])).toEqual([["SELL", 75]]);
  expectFoldOf(w);
});

test("R8 an order that was made smaller unrecorded rests so after the process has died, where its target is what it was: that is said once (seed 61621)", async () => {
  const w = await world();
  const order = w.leader({ quantity: 300, price: 110 });
  await w.time.pass(1_000);
  fill(w);
  w.admin("modify", { clientId: LEADER, orderId: order, quantity: 150, price: 110 });
  await w.time.pass(1_000);
  await w.crash();
  w.disk.limit();
  w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300, price: 110 });
  await w.startEngine();
  await w.time.pass(60_000);
  expect(w.methods()).toBe("POST PUT");
  expect(w.verdicts()).toEqual(["COPIED", "DRIFT"]);
  w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300, price: 111 });
  await w.time.pass(2_000);
  expect(w.orders(FOLLOWER)).toMatchObject([{ quantity: 150, price: 111 }]);
});
