/** More orders in a second than the law allows (R21, S27, S28). */
import { expect, test } from "vitest";
import { z } from "zod";
import { untilQuiet } from "../processes/support/quiet.ts";
import { setStage } from "../processes/support/stage.ts";
import { untilStartSecondIsOver } from "../processes/support/start-second.ts";
import { until } from "../processes/support/until.ts";

const ORDERS = 25;
const PER_SECOND = 10;

const accounts = z.array(z.object({ clientId: z.string(), refusedForRate: z.number() }));

test("R21 25 leader orders in a second against 10 a second: all are mirrored in his order, never more than 10 in any second by the broker's clock, and no 429", {
  timeout: 90_000,
}, async () => {
  await using stage = await setStage();
  const { broker, copier, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  const begun = performance.now();
  const orders: string[] = [];
  for (let index = 0; index < ORDERS; index += 1) orders.push(await leader.places({ quantity: 150, price: 100 + index }));
  expect(performance.now() - begun).toBeLessThan(1_000);
  await until("every order is mirrored", async () => (await follower.orders()).filter(({ orderStatus }) => orderStatus === "PENDING").length === ORDERS);
  await untilQuiet([follower], { forMs: 300 });

  const prices = orders.map((_, index) => 100 + index);
  expect(copier.lines({ code: "PLACE" }).map(({ order }) => order)).toEqual(orders);
  const calls = await follower.orderCalls();
  expect(calls.map(({ method, body }) => [method, body["price"]])).toEqual(prices.map((price) => ["POST", price]));
  expect(calls.every(({ outcome }) => outcome === 200)).toBe(true);
  const arrivals = calls.map(({ arrivedAt }) => arrivedAt);
  for (const [index, at] of arrivals.entries()) {
    const tenth = arrivals[index + PER_SECOND];
    if (tenth !== undefined) expect(tenth - at).toBeGreaterThanOrEqual(1_000);
  }
  const refused = accounts.parse(await broker.view("accounts")).map(({ refusedForRate }) => refusedForRate);
  expect(refused).toEqual([0, 0]);
  const last = await copier.explains(orders[ORDERS - 1] ?? "");
  expect(last.copies[0]?.verdicts.map(({ code }) => code)).toEqual(["COPIED"]);
});
