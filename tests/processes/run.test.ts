/** The built program as people run it: one order through it, its ways of ending, and what it says when it cannot begin. */
import { expect, test } from "vitest";
import { setStage } from "./support/stage.ts";
import { until } from "./support/until.ts";

test("an order that the leader places, and then cancels, lives and ends at the follower, and explain tells why", { timeout: 30_000 }, async () => {
  await using stage = await setStage();
  const { leader, follower, copier } = stage;
  const order = await leader.places({ quantity: 150, price: 120.5 });
  const copy = await until("the follower has a pending order", async () => (await follower.orders()).find((row) => row.orderStatus === "PENDING"));
  expect(copy).toMatchObject({ transactionType: "BUY", quantity: 75, price: 120.5, securityId: "37806" });

  await leader.cancels(order);
  await until("the follower's order is cancelled", async () => (await follower.order(copy.orderId))?.orderStatus === "CANCELLED");
  expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "DELETE"]);
  await copier.tells({ code: "WITHDRAWN", order });

  const story = await copier.explains(order);
  const [told] = story.copies;
  expect(story).toMatchObject({ order, leader: "meera" });
  expect(told?.verdicts.map(({ code }) => code)).toEqual(["COPIED", "WITHDRAWN"]);
  expect(told?.requests.map(({ request, result }) => [request, result?.outcome])).toEqual([
    ["placement", "accepted"],
    ["cancel", "accepted"],
  ]);
  expect(told?.followerOrders).toMatchObject([{ orderId: copy.orderId, state: "cancelled", terms: { quantity: 75, price: 120.5 } }]);
  expect(await copier.stop()).toBe(0);
});
