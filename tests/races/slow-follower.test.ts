/** One account that hangs is nobody else's trouble (R21). */
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { toldAt } from "../processes/support/frames.ts";
import { setStage } from "../processes/support/stage.ts";
import { untilStartSecondIsOver } from "../processes/support/start-second.ts";
import { until } from "../processes/support/until.ts";

const STALL_MS = 5_000;
/** Generous, because other tests share the machine; what the copier needs by itself is measured by `npm run bench`. */
const LAG_MAX_MS = 1_500;
const ORDERS = 8;

test("R21 a follower that is stalled for 5 s does not hold up the other: each of its orders comes at once, and the stalled one's come late but come", {
  timeout: 90_000,
}, async () => {
  await using stage = await setStage({ followers: 2, dhan: { requestTimeout: "20s" } });
  const { broker, copier, leader } = stage;
  const stalled = broker.trader("arjun");
  const other = broker.trader("kabir");
  await broker.act("fault", { on: "request", clientId: stalled.clientId, effect: { kind: "delay", ms: STALL_MS } });
  await untilStartSecondIsOver(copier);
  const begun = performance.now();
  const orders: string[] = [];
  for (let index = 0; index < ORDERS; index += 1) {
    orders.push(await leader.places({ quantity: 150, price: 100 + index }));
    await pause(100);
  }
  await until("the other follower has every order", async () => (await other.orders()).length === ORDERS);
  expect(performance.now() - begun).toBeLessThan(STALL_MS);
  expect(await stalled.orders()).toEqual([]);
  const arrivals = new Map((await other.orderCalls()).map(({ body, arrivedAt }) => [body["price"], arrivedAt]));
  const told = await Promise.all(orders.map((order) => toldAt(broker, leader.clientId, order)));
  const lags = told.map((at, index) => (arrivals.get(100 + index) ?? Number.POSITIVE_INFINITY) - at);
  expect(Math.max(...lags)).toBeLessThan(LAG_MAX_MS);

  await until("the stalled follower has every order too", async () => (await stalled.orders()).length === ORDERS);
  expect((await stalled.orders()).map(({ price }) => price)).toEqual(orders.map((_, index) => 100 + index));
});
