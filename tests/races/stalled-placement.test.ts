/** What the leader does to his order while its copy is still on the way to the follower's broker (R3, R4). */
import { expect, test } from "vitest";
import { untilQuiet } from "../processes/support/quiet.ts";
import { setStage } from "../processes/support/stage.ts";
import { until } from "../processes/support/until.ts";

const LIMIT = { timeout: 90_000 };
const PATIENT = { requestTimeout: "20s" };

test.concurrent("R3 R4 three changes and a cancel while the placement is stalled: one placement, one cancel, and no change", LIMIT, async () => {
  await using stage = await setStage({ dhan: PATIENT });
  const { broker, copier, leader, follower } = stage;
  await broker.act("fault", { on: "request", call: "place", clientId: follower.clientId, times: 1, effect: { kind: "hold" } });
  const order = await leader.places({ quantity: 300 });
  await until("the placement has reached the broker", async () => (await follower.orderCalls()).length === 1);
  for (const price of [121, 122, 123]) await leader.changes(order, { price, quantity: 450 });
  await leader.cancels(order);
  await until("the leader's order is cancelled", async () => (await leader.order(order))?.orderStatus === "CANCELLED");
  await untilQuiet([follower], { forMs: 200 });
  expect(await follower.orders()).toEqual([]);

  await broker.act("repair", {});
  await until("the follower's order is cancelled", async () => (await follower.orders())[0]?.orderStatus === "CANCELLED");
  await copier.tells({ code: "WITHDRAWN", order });
  await untilQuiet([follower], { forMs: 300 });
  expect((await follower.orderCalls()).map(({ method, outcome }) => [method, outcome])).toEqual([
    ["POST", 200],
    ["DELETE", 200],
  ]);
  expect(await follower.orders()).toHaveLength(1);
  const { copies } = await copier.explains(order);
  expect(copies[0]?.verdicts.map(({ code }) => code)).toEqual(["COPIED", "WITHDRAWN"]);
});

test.concurrent("R3 three changes while the placement is stalled merge into one, to the latest", LIMIT, async () => {
  await using stage = await setStage({ dhan: PATIENT });
  const { broker, leader, follower } = stage;
  await broker.act("fault", { on: "request", call: "place", clientId: follower.clientId, times: 1, effect: { kind: "hold" } });
  const order = await leader.places({ quantity: 300 });
  await until("the placement has reached the broker", async () => (await follower.orderCalls()).length === 1);
  for (const price of [121, 122, 123]) await leader.changes(order, { price, quantity: 450 });
  await until("the leader's order has its last price", async () => (await leader.order(order))?.price === 123);
  await broker.act("repair", {});
  await until("the follower's order has the last price", async () => (await follower.orders())[0]?.price === 123);
  await untilQuiet([follower], { forMs: 300 });
  expect((await follower.orderCalls()).map(({ method, body }) => [method, body["quantity"], body["price"]])).toEqual([
    ["POST", 150, 120.5],
    ["PUT", 225, 123],
  ]);
});

test.concurrent("R3 the follower's own stream tells the order's number before the answer does: the cancel does not wait for the answer", LIMIT, async () => {
  await using stage = await setStage({ dhan: PATIENT });
  const { broker, copier, leader, follower } = stage;
  await broker.act("fault", { on: "request", call: "place", clientId: follower.clientId, times: 1, when: "after", effect: { kind: "hold" } });
  const order = await leader.places();
  const refused = await leader.places({ quantity: 150 });
  await until(
    "the follower's orders are at the exchange",
    async () => (await follower.orders()).filter(({ orderStatus }) => orderStatus === "PENDING").length > 0,
  );
  await leader.cancels(refused);
  await leader.cancels(order);
  await until("the follower's order is cancelled", async () => (await follower.orders()).every(({ orderStatus }) => orderStatus === "CANCELLED"));
  const calls = await follower.orderCalls();
  expect(calls.map(({ method, outcome }) => [method, outcome])).toEqual([
    ["POST", undefined],
    ["DELETE", 200],
  ]);
  await broker.act("repair", {});
  await untilQuiet([follower], { forMs: 300 });
  expect(await follower.orderCalls()).toHaveLength(2);
  const { copies } = await copier.explains(refused);
  expect(copies[0]?.requests).toMatchObject([
    { request: "placement", result: { outcome: "accepted" } },
    { request: "cancel", result: { outcome: "accepted" } },
  ]);
});
