/** The broker takes an order, and its answer never comes (R10, R11). */
import { expect, test } from "vitest";
import { NOTED_LATE_MS } from "../processes/support/noted-late.ts";
import { untilQuiet } from "../processes/support/quiet.ts";
import { setStage } from "../processes/support/stage.ts";
import { until } from "../processes/support/until.ts";

const LIMIT = { timeout: 90_000 };

test.concurrent(
  "R10 accepted, and then a time-out, a reset or a 502, with the stream lost too: found in the books, never sent again, and cancelled with the leader's",
  LIMIT,
  async () => {
    await using stage = await setStage({ followers: 3 });
    const { broker, copier, leader } = stage;
    const losses = [
      { name: "arjun", effect: { kind: "silence" } },
      { name: "kabir", effect: { kind: "reset" } },
      { name: "devi", effect: { kind: "answer", status: 502 } },
    ];
    const followers = losses.map(({ name }) => broker.trader(name));
    for (const { name, effect } of losses) {
      const { clientId } = broker.trader(name);
      await broker.act("fault", { on: "request", call: "place", clientId, when: "after", times: 1, effect });
      await broker.act("fault", { on: "stream", clientId, times: 1, effect: { kind: "drop" } });
    }
    const order = await leader.places({ quantity: 150 });
    await until("every follower has an order", async () =>
      (await Promise.all(followers.map((follower) => follower.orders()))).every((orders) => orders.length === 1),
    );
    await until("the copier knows every order by its number, which no answer and no frame has told", async () => {
      const { copies } = await copier.explains(order);
      return copies.every(({ followerOrders }) => followerOrders[0]?.orderId !== undefined);
    });
    await leader.cancels(order);
    for (const follower of followers) {
      await until("the follower's order is cancelled", async () => (await follower.orders()).every(({ orderStatus }) => orderStatus === "CANCELLED"));
    }
    await untilQuiet(followers, { forMs: 1_500 });
    for (const follower of followers) {
      expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "DELETE"]);
      expect(await follower.orders()).toHaveLength(1);
    }
    const { copies } = await copier.explains(order);
    expect(copies.map(({ requests }) => requests.map(({ result }) => result?.outcome))).toEqual(losses.map(() => ["unknown", "accepted"]));
  },
);

test.concurrent(
  "R10 never received: three looks over the grace prove it absent, and the order, which still rests at the leader, is sent once more",
  LIMIT,
  async () => {
    await using stage = await setStage({ dhan: { requestTimeout: "500ms", lookupGrace: "600ms" } });
    const { broker, copier, leader, follower } = stage;
    await broker.act("fault", { on: "request", call: "place", clientId: follower.clientId, when: "before", times: 1, effect: { kind: "silence" } });
    const order = await leader.places({ quantity: 150 });
    await until("the follower has an order", async () => (await follower.orders()).length === 1);
    await untilQuiet([follower], { forMs: 500 });
    const [first, second, ...more] = await follower.orderCalls();
    expect(more).toEqual([]);
    expect((second?.arrivedAt ?? 0) - (first?.arrivedAt ?? 0)).toBeGreaterThanOrEqual(500 + 600 - NOTED_LATE_MS);
    expect(second?.correlationId).not.toBe(first?.correlationId);
    const { copies } = await copier.explains(order);
    expect(copies[0]?.looks.filter(({ answer }) => answer === "absent").length).toBeGreaterThanOrEqual(3);
  },
);
