/** Frames that come twice, in the wrong order, and in either casing (R1, S38). */
import { expect, test } from "vitest";
import { lockstep } from "../processes/support/lockstep.ts";
import { untilQuiet } from "../processes/support/quiet.ts";
import { setStage } from "../processes/support/stage.ts";
import { untilStartSecondIsOver } from "../processes/support/start-second.ts";
import { until } from "../processes/support/until.ts";

const LIMIT = { timeout: 90_000 };

for (const casing of ["camel", "pascal", "mixed"] as const) {
  test.concurrent(
    `R1 every frame of the leader's and the follower's twice and out of order, ${casing} casing: one order each, and the leader's last word`,
    LIMIT,
    async () => {
      await using stage = await setStage({ followers: 2, broker: { dialect: { casing, transitFrames: "sent" } } });
      const { broker, copier, leader, configuration } = stage;
      const followers = [broker.trader("arjun"), broker.trader("kabir")];
      await untilStartSecondIsOver(copier);
      // The oldest fault that concerns an account strikes: one sees double, one sees the next frame first.
      await broker.act("fault", { on: "stream", clientId: followers[0]?.clientId, effect: { kind: "duplicate" } });
      await broker.act("fault", { on: "stream", clientId: followers[1]?.clientId, effect: { kind: "reorder" } });
      const doubled = await broker.act("fault", { on: "stream", clientId: leader.clientId, times: 7, effect: { kind: "duplicate" } });
      await broker.act("fault", { on: "stream", clientId: leader.clientId, effect: { kind: "reorder" } });
      expect(doubled).toMatchObject({ ok: true });

      const changed = await leader.places({ quantity: 150, price: 120.5 });
      const withdrawn = await leader.places({ quantity: 300, price: 119 });
      const filled = await leader.places({ quantity: 300, price: 118 });
      for (const price of [121, 122, 123]) await leader.changes(changed, { price, quantity: 300 });
      await leader.cancels(withdrawn);
      await leader.isFilled(filled, { quantity: 75 });
      await leader.isFilled(filled);

      for (const follower of followers) {
        await until("every order has the leader's last word", async () => {
          const rows = await follower.orders();
          const last = rows.find(({ price }) => price === 123);
          const out = rows.find(({ price }) => price === 119);
          return last?.quantity === 150 && (out === undefined || out.orderStatus === "CANCELLED") && rows.some(({ price }) => price === 118);
        });
      }
      await untilQuiet(followers, { forMs: 1_500 });
      for (const follower of followers) {
        const open = (await follower.orders()).filter(({ orderStatus }) => orderStatus === "PENDING");
        expect(open.map(({ price, quantity }) => [price, quantity]).sort()).toEqual([
          [118, 150],
          [123, 150],
        ]);
        const placed = (await follower.orderCalls()).filter(({ method }) => method === "POST");
        expect(placed.length).toBeLessThanOrEqual(3);
        expect(new Set(placed.map(({ correlationId }) => correlationId)).size).toBe(placed.length);
      }
      const { copies } = await copier.explains(filled);
      expect(copies).toHaveLength(2);
      expect(copies.every(({ requests }) => requests.length === 1)).toBe(true);
      expect(await lockstep(["journal", "verify", "--config", configuration.path])).toMatchObject({ exitCode: 0 });
    },
  );
}

test.concurrent("S38 every frame twice, or late, of both accounts: the same calls as once", LIMIT, async () => {
  const [once, twice, late] = await Promise.all([callsUnder(undefined), callsUnder("duplicate"), callsUnder("reorder")]);
  expect(once).toEqual([
    ["POST", 75, 120.5],
    ["PUT", 75, 121],
    ["DELETE", undefined, undefined],
  ]);
  expect(twice).toEqual(once);
  expect(late).toEqual(once);
});

/** What reaches the follower's broker of a placement, a change and a cancel, each after the one before has been copied. */
async function callsUnder(trouble: "duplicate" | "reorder" | undefined): Promise<readonly unknown[]> {
  await using stage = await setStage();
  const { broker, copier, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  if (trouble !== undefined) await broker.act("fault", { on: "stream", effect: { kind: trouble } });
  const order = await leader.places({ quantity: 150 });
  await until("the order is copied", async () => (await follower.orders())[0]?.orderStatus === "PENDING");
  await leader.changes(order, { price: 121 });
  await until("the change is copied", async () => (await follower.orders())[0]?.price === 121);
  await leader.cancels(order);
  await until("the cancel is copied", async () => (await follower.orders())[0]?.orderStatus === "CANCELLED");
  await untilQuiet([follower], { forMs: 1_300 });
  return (await follower.orderCalls()).map(({ method, body }) => [method, body["quantity"], body["price"]]);
}
