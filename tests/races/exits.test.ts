/** Exits that meet what still rests (R14, R15, R16). */
import { expect, test } from "vitest";
import { untilQuiet } from "../processes/support/quiet.ts";
import { type Stage, setStage } from "../processes/support/stage.ts";
import { untilStartSecondIsOver } from "../processes/support/start-second.ts";
import type { OrderRow, Trader } from "../processes/support/trader.ts";
import { until } from "../processes/support/until.ts";

const LIMIT = { timeout: 90_000 };

async function pending(trader: Trader, fits: (row: OrderRow) => boolean): Promise<OrderRow> {
  return until("the copy is at the exchange", async () => (await trader.orders()).find((row) => row.orderStatus === "PENDING" && fits(row)));
}

async function ended(trader: Trader, orderId: string): Promise<OrderRow> {
  return until(`order ${orderId} has ended`, async () => {
    const row = await trader.order(orderId);
    return row !== undefined && ["CANCELLED", "TRADED", "REJECTED", "EXPIRED"].includes(row.orderStatus) ? row : undefined;
  });
}

/** The leader holds 150 bought, and the follower his 75. */
async function holding(stage: Stage): Promise<void> {
  const { copier, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  const entry = await leader.places({ quantity: 150 });
  const copy = await pending(follower, () => true);
  await leader.isFilled(entry);
  await follower.isFilled(copy.orderId);
  await copier.tells({ code: "FILLED", order: entry });
}

test.concurrent(
  "R16 stop and target on one position: both rest in full; the target fills at the follower, and his stop is withdrawn at once, not first at the leader's word",
  LIMIT,
  async () => {
    await using stage = await setStage();
    const { copier, leader, follower } = stage;
    await holding(stage);
    const stop = await leader.places({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    const target = await leader.places({ transactionType: "SELL", quantity: 150, price: 140 });
    const copiedStop = await pending(follower, ({ orderType }) => orderType === "STOP_LOSS");
    const copiedTarget = await pending(follower, ({ price }) => price === 140);
    expect([copiedStop.quantity, copiedTarget.quantity]).toEqual([75, 75]);

    await follower.isFilled(copiedTarget.orderId);
    expect((await ended(follower, copiedStop.orderId)).orderStatus).toBe("CANCELLED");
    expect((await leader.order(stop))?.orderStatus).toBe("PENDING");

    await leader.isFilled(target);
    await leader.cancels(stop);
    await copier.tells({ code: "FILLED", order: target });
    await untilQuiet([follower], { forMs: 1_300 });
    expect(await follower.net()).toBe(0);
    expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "POST", "POST", "DELETE"]);
    const { copies } = await copier.explains(stop);
    expect(copies[0]?.requests.map(({ request }) => request)).toEqual(["placement", "cancel"]);
  },
);

test.concurrent("R16 stop and target fill at the follower in the same moment: what is too much is closed at once, and he ends flat", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, leader, follower } = stage;
  await holding(stage);
  await leader.places({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
  const target = await leader.places({ transactionType: "SELL", quantity: 150, price: 140 });
  const copiedStop = await pending(follower, ({ orderType }) => orderType === "STOP_LOSS");
  const copiedTarget = await pending(follower, ({ price }) => price === 140);
  await Promise.all([follower.isFilled(copiedTarget.orderId), follower.isFilled(copiedStop.orderId)]);
  expect(await follower.net()).toBe(-75);
  const closing = await pending(follower, ({ transactionType, orderId }) => transactionType === "BUY" && orderId !== copiedTarget.orderId);
  expect(closing.quantity).toBe(75);
  await follower.isFilled(closing.orderId);
  await untilQuiet([follower], { forMs: 500 });
  expect(await follower.net()).toBe(0);
  const { copies } = await copier.explains(target);
  expect(copies[0]?.requests.map(({ request }) => request)).toEqual(["placement"]);
  expect(copier.lines({ code: "ALTERNATIVES_CLOSED" })).toHaveLength(1);
});

test.concurrent(
  "R14 the leader gets out while the follower's entry still rests: the entry is withdrawn, nothing is sold, and nobody holds anything",
  LIMIT,
  async () => {
    await using stage = await setStage();
    const { copier, leader, follower } = stage;
    await untilStartSecondIsOver(copier);
    const entry = await leader.places({ quantity: 150 });
    const copy = await pending(follower, () => true);
    await leader.isFilled(entry);
    const exit = await leader.places({ transactionType: "SELL", orderType: "MARKET", quantity: 150 });
    await leader.isFilled(exit, { price: 119 });
    expect((await ended(follower, copy.orderId)).orderStatus).toBe("CANCELLED");
    await copier.tells({ code: "MET_BY_WITHDRAWAL", order: exit });
    await untilQuiet([follower], { forMs: 1_300 });
    expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "DELETE"]);
    expect([await leader.net(), await follower.net()]).toEqual([0, 0]);
  },
);

test.concurrent("R14 the same, but the exchange fills the entry in spite of the cancel: what came late is sold at once", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  const entry = await leader.places({ quantity: 150 });
  const copy = await pending(follower, () => true);
  await leader.isFilled(entry);
  const exit = await leader.places({ transactionType: "SELL", orderType: "MARKET", quantity: 150 });
  await leader.isFilled(exit, { price: 119 });
  await ended(follower, copy.orderId);
  await follower.isFilled(copy.orderId, { late: true });
  const sale = await pending(follower, ({ transactionType }) => transactionType === "SELL");
  expect(sale.quantity).toBe(75);
  await follower.isFilled(sale.orderId, { price: 118 });
  await untilQuiet([follower], { forMs: 1_300 });
  expect(await follower.net()).toBe(0);
  expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "DELETE", "POST"]);
  const { copies } = await copier.explains(exit);
  expect(copies[0]?.requests).toMatchObject([{ request: "placement", terms: { quantity: 75 }, result: { outcome: "accepted" } }]);
});

test.concurrent("R15 stop and reverse: one order at the follower takes him from his 75 long to 75 short", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, leader, follower } = stage;
  await holding(stage);
  const reverse = await leader.places({ transactionType: "SELL", quantity: 300, price: 130 });
  const copy = await pending(follower, ({ transactionType }) => transactionType === "SELL");
  expect(copy).toMatchObject({ quantity: 150, price: 130 });
  await leader.isFilled(reverse);
  await follower.isFilled(copy.orderId);
  await copier.tells({ code: "FILLED", order: reverse });
  await untilQuiet([follower], { forMs: 500 });
  expect([await leader.net(), await follower.net()]).toEqual([-150, -75]);
  expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "POST"]);
  const { copies } = await copier.explains(reverse);
  expect(copies[0]?.verdicts.map(({ code }) => code)).toEqual(["COPIED", "FILLED"]);
});
