/** What the simulation (`npm run simulate`) found wrong with the engine, each as the shortest story that shows it. */
import { expect, test } from "vitest";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

function fillAll(w: World, id: string): void {
  for (const { orderId, orderStatus } of w.orders(id)) if (["PENDING", "PART_TRADED"].includes(orderStatus)) w.admin("fill", { clientId: id, orderId });
}

/** The leader holds 300, the copy 150. */
async function held(): Promise<World> {
  const w = await world();
  w.leader({ quantity: 300 });
  await w.time.pass(50);
  fillAll(w, LEADER);
  fillAll(w, FOLLOWER);
  await w.time.pass(1_000);
  return w;
}

const STOP = { transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 } as const;
const TARGET = { transactionType: "SELL", quantity: 300, price: 150 } as const;

test("R16 two alternatives that fill together while the process is down are closed at the next start", async () => {
  const w = await held();
  w.leader(STOP);
  w.leader(TARGET);
  await w.time.pass(1_000);
  await w.crash();
  fillAll(w, FOLLOWER);
  expect(w.net(FOLLOWER)).toBe(-150);
  await w.startEngine();
  await w.time.pass(1_000);
  expect(w.verdicts()).toContain("ALTERNATIVES_CLOSED");
  fillAll(w, FOLLOWER);
  expect(w.net(FOLLOWER)).toBe(0);
});

test("R14 a stop that was refused for a dead token rests as a stop when the account is able again: nothing is sold at once", async () => {
  const w = await held();
  w.admin("token", { clientId: FOLLOWER, streams: "keep" });
  w.leader(STOP);
  await w.time.pass(1_000);
  w.renewToken(FOLLOWER);
  await w.time.pass(20_000);
  expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ orderType: "STOP_LOSS", price: 109, triggerPrice: 110, quantity: 150 });
});

test("R14 a stop and reverse that was refused for its margin leaves a stop that rests, for the exit alone", async () => {
  const w = await held();
  w.leader({ ...STOP, quantity: 600 });
  await w.time.pass(1_000);
  w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, reason: "You have insufficient funds" });
  await w.time.pass(20_000);
  expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ orderType: "STOP_LOSS", price: 109, triggerPrice: 110, quantity: 150 });
});

test.each([
  ["leader's", LEADER],
  ["follower's", FOLLOWER],
])("R14 R15 a %s books that lag at a restart take nothing from what the journal knows", async (_, clientId) => {
  const w = await held();
  w.leader({ quantity: 300 });
  await w.time.pass(50);
  fillAll(w, LEADER);
  fillAll(w, FOLLOWER);
  await w.time.pass(50);
  await w.crash();
  w.admin("lag", { clientId, booksMs: 500 });
  await w.startEngine();
  w.admin("lag", { clientId });
  await w.time.pass(10_000);
  w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 300 });
  await w.time.pass(1_000);
  expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 150 });
});

test("R14 an exit that the leader withdrew before the copy had anything to sell says so", async () => {
  const w = await world();
  const entry = w.leader({ quantity: 300 });
  await w.time.pass(50);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  await w.time.pass(50);
  const target = w.leader(TARGET);
  await w.time.pass(50);
  w.admin("cancel", { clientId: LEADER, orderId: target });
  await w.time.pass(1_000);
  expect(w.verdicts()).toEqual(["COPIED", "ENDED_BEFORE_COPY"]);
});

test("R2 a stop that triggered and was then changed while the process was down is followed to its new price", async () => {
  const w = await held();
  const stop = w.leader(STOP);
  await w.time.pass(1_000);
  await w.crash();
  w.admin("trigger", { clientId: LEADER, orderId: stop });
  w.admin("modify", { clientId: LEADER, orderId: stop, price: 95 });
  await w.time.pass(1_000);
  await w.startEngine();
  await w.time.pass(10_000);
  expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ orderType: "LIMIT", price: 95 });
});

test("R6 the book that is read for an order in doubt is taken whole: what else it tells counts while the stream is deaf", async () => {
  const w = await held();
  w.leader({ quantity: 150, price: 100 });
  await w.time.pass(1_000);
  w.admin("fault", { on: "stream", clientId: FOLLOWER, effect: { kind: "drop" } });
  const resting = w.orders(FOLLOWER).at(-1)?.orderId;
  w.admin("fill", { clientId: FOLLOWER, orderId: resting });
  w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "reset" } });
  w.leader({ quantity: 150, price: 101 });
  await w.time.pass(300);
  const told = w.records().filter((record) => record.type === "follower-order-reported" && record.report.orderId === resting && record.report.filled === 75);
  expect(told).toHaveLength(1);
});
