/** SIGKILL in the middle of a burst, again and again, on the same journal (R8, R10, R11). */
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { startBroker } from "../processes/support/broker.ts";
import { type Configuration, writeConfiguration } from "../processes/support/configuration.ts";
import { explain, startCopierProcess } from "../processes/support/copier-process.ts";
import { lockstep } from "../processes/support/lockstep.ts";
import { untilQuiet } from "../processes/support/quiet.ts";
import { untilStartSecondIsOver } from "../processes/support/start-second.ts";
import type { OrderRow, Trader } from "../processes/support/trader.ts";
import { until } from "../processes/support/until.ts";

const ROUNDS = 10;
const ORDERS_PER_ROUND = 6;
/** From the first placement of a round to the kill: over the rounds, every moment of an order's way is met. */
const killAfterMs = (round: number): number => 4 * round;
/** Placements hang at the broker for this long, by turns before and after it takes them: the kill always meets some on their way. */
const HANG_MS = 40;
/** The follower's books lag by more than a start takes: what was on its way at the kill is not in the first reading of the books. */
const LAG_MS = 1_200;
const GRACE_MS = 1_600;

test("R8 R10 killed in a burst, ten times: every order that rests at the leader has exactly one at the follower, at the leader's last price; what he withdrew is withdrawn; the journal is whole", {
  timeout: 90_000,
}, async () => {
  await using broker = await startBroker({ accounts: 2 });
  using configuration = writeConfiguration({ broker, dhan: { requestTimeout: "500ms", lookupGrace: `${GRACE_MS}ms` } });
  const leader = broker.trader("meera");
  const follower = broker.trader("arjun");
  await broker.act("lag", { clientId: follower.clientId, booksMs: LAG_MS, correlationMs: LAG_MS });
  const orders: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const copier = await startCopierProcess({ configuration });
    await untilStartSecondIsOver(copier); // what is older waits for a second read of the books, and would not be on its way at the kill
    const before = (await follower.orderCalls()).length;
    await broker.act("repair", {});
    await broker.act("fault", { on: "request", call: "place", when: round % 2 === 0 ? "before" : "after", effect: { kind: "delay", ms: HANG_MS } });
    const burst = burstOf(leader, round);
    await until("a placement has reached the broker", async () => (await follower.orderCalls()).length > before);
    await pause(killAfterMs(round));
    await copier.kill();
    orders.push(...(await burst));
  }
  await broker.act("repair", {});
  await using last = await startCopierProcess({ configuration });
  await last.isReady();
  await untilMirrored(leader, follower);
  await untilQuiet([follower], { forMs: GRACE_MS + 500 });
  expect(orders).toHaveLength(ROUNDS * ORDERS_PER_ROUND);
  await expectOneEach(leader, follower);
  for (const order of orders.filter((_, index) => index % (4 * ORDERS_PER_ROUND) === 1)) await expectToldOf(order, follower, configuration);
  expect(await lockstep(["journal", "verify", "--config", configuration.path])).toMatchObject({ exitCode: 0 });
});

/** Orders at prices of their own; every third is changed at once, and one of each round is withdrawn. */
async function burstOf(leader: Trader, round: number): Promise<readonly string[]> {
  const orders: string[] = [];
  for (let index = 0; index < ORDERS_PER_ROUND; index += 1) {
    const price = 100 + round + index / 10;
    const order = await leader.places({ quantity: 150, price });
    orders.push(order);
    if (index % 3 === 1) await until("the order can be changed", async () => (await leader.order(order))?.orderStatus === "PENDING");
    if (index % 3 === 1) await leader.changes(order, { price: price + 0.05 });
    if (index === 3) await leader.cancels(order);
  }
  return orders;
}

async function untilMirrored(leader: Trader, follower: Trader): Promise<void> {
  await until(
    "every order that rests at the leader rests at the follower",
    async () => JSON.stringify(pricesOf(await follower.orders())) === JSON.stringify(pricesOf(await leader.orders())),
    { withinMs: 30_000 },
  );
}

function pricesOf(orders: readonly OrderRow[]): readonly number[] {
  const open = orders.filter(({ orderStatus }) => orderStatus === "PENDING");
  return open.map(({ price }) => price).sort((a, b) => a - b);
}

/** An order is known by its price, which no other has, before or after its change. */
async function expectOneEach(leader: Trader, follower: Trader): Promise<void> {
  const rows = await follower.orders();
  for (const his of await leader.orders()) {
    const first = Math.trunc(his.price * 10) / 10;
    const copies = rows.filter(({ price }) => price === his.price || price === first);
    if (his.orderStatus === "PENDING") expect(copies).toMatchObject([{ orderStatus: "PENDING", price: his.price, quantity: 75 }]);
    else expect(copies.map(({ orderStatus }) => orderStatus).filter((status) => status !== "CANCELLED")).toEqual([]);
    expect(copies.length).toBeLessThanOrEqual(1);
  }
  expect(new Set(rows.map(({ correlationId }) => correlationId)).size).toBe(rows.length);
}

/** The journal knows the one order at the follower, however it came to know it. */
async function expectToldOf(order: string, follower: Trader, configuration: Configuration): Promise<void> {
  const { copies } = await explain(configuration, order);
  const known = copies.flatMap(({ followerOrders }) => followerOrders).map(({ orderId }) => orderId);
  const open = (await follower.orders()).filter(({ orderId, orderStatus }) => orderStatus === "PENDING" && known.includes(orderId));
  expect(open).toHaveLength(1);
}
