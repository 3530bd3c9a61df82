/** The journal is gone in the middle of a session: the follower's book is its second copy (R11). */
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { lockstep } from "../processes/support/lockstep.ts";
import { untilQuiet } from "../processes/support/quiet.ts";
import { setStage } from "../processes/support/stage.ts";
import { untilStartSecondIsOver } from "../processes/support/start-second.ts";
import { until } from "../processes/support/until.ts";

const MAX_AGE_MS = 500;

test("R11 the journal is deleted in mid-session: what was sent is taken on, what rests is sent once, what was executed and never sent is refused, and nothing is there twice", {
  timeout: 90_000,
}, async () => {
  await using stage = await setStage({ copy: { lateJoin: "orders", maxAge: `${MAX_AGE_MS}ms` } });
  const { copier, configuration, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  const resting = await leader.places({ quantity: 150, price: 101 });
  const changed = await leader.places({ quantity: 150, price: 102 });
  const withdrawn = await leader.places({ quantity: 150, price: 103 });
  const held = await leader.places({ quantity: 150, price: 104 });
  const partly = await leader.places({ quantity: 300, price: 105 });
  await until("all five are copied", async () => (await follower.orders()).filter(({ orderStatus }) => orderStatus === "PENDING").length === 5);
  const copyAt = async (price: number) => (await follower.orders()).find((row) => row.price === price)?.orderId ?? "";
  const known = await Promise.all([101, 102, 103, 104, 105].map(copyAt));
  await leader.isFilled(held);
  await follower.isFilled(await copyAt(104));
  await leader.isFilled(partly, { quantity: 150 });
  await follower.isFilled(await copyAt(105), { quantity: 75 });
  await copier.tells({ code: "FILLED", order: held });
  await copier.kill();

  for (const part of ["", "-wal", "-shm"]) rmSync(`${configuration.journal}${part}`, { force: true });
  await leader.changes(changed, { price: 102.5 });
  await leader.cancels(withdrawn);
  const missed = await leader.places({ quantity: 150, price: 106 });
  const executed = await leader.places({ quantity: 150, price: 107 });
  await until("they are at the exchange", async () => (await leader.order(executed))?.orderStatus === "PENDING");
  await leader.isFilled(executed);
  await pause(MAX_AGE_MS + 1_000);

  const again = await stage.startAgain();
  await until("the missed order is sent", async () => (await follower.orders()).some(({ price }) => price === 106));
  await until("the change is copied", async () => (await follower.orders()).some(({ price }) => price === 102.5));
  await until("the withdrawn one is cancelled", async () => (await follower.order(known[2] ?? ""))?.orderStatus === "CANCELLED");
  await again.tells({ code: "STALE", order: executed });
  await untilQuiet([follower], { forMs: 2_500 });

  const rows = await follower.orders();
  expect(rows.map(({ orderId, price, orderStatus, filledQty }) => [orderId, price, orderStatus, filledQty])).toEqual([
    [known[0], 101, "PENDING", 0],
    [known[1], 102.5, "PENDING", 0],
    [known[2], 103, "CANCELLED", 0],
    [known[3], 104, "TRADED", 75],
    [known[4], 105, "PART_TRADED", 75],
    [expect.any(String), 106, "PENDING", 0],
  ]);
  for (const [order, copy] of [resting, changed, withdrawn, held, partly].map((order, index) => [order, known[index]] as const)) {
    const { copies } = await again.explains(order);
    expect(copies[0]?.followerOrders).toMatchObject([{ orderId: copy, adopted: true }]);
  }
  const { copies } = await again.explains(executed);
  expect(copies[0]).toMatchObject({ requests: [], followerOrders: [], verdicts: [{ code: "STALE" }] });
  expect((await again.explains(missed)).copies[0]?.requests).toHaveLength(1);
  expect(await lockstep(["journal", "verify", "--config", configuration.path])).toMatchObject({ exitCode: 0 });

  // What the follower holds is known again: the leader's exit takes exactly that.
  const exit = await leader.places({ transactionType: "SELL", orderType: "MARKET", quantity: await leader.net() });
  await until("the exit is copied", async () => (await follower.orders()).some(({ transactionType }) => transactionType === "SELL"));
  expect((await follower.orderCalls()).at(-1)?.body).toMatchObject({ transactionType: "SELL", orderType: "MARKET" });
  expect((await again.explains(exit)).copies[0]?.requests).toMatchObject([{ request: "placement", terms: { quantity: await follower.net() } }]);
});
