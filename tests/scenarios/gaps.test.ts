/** S24, S25 and S26 of docs/scenarios.md: what happened while the copier could not hear, or did not run. */
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Broker, startBroker } from "../processes/support/broker.ts";
import { writeConfiguration } from "../processes/support/configuration.ts";
import { type CopierProcess, startCopierProcess } from "../processes/support/copier-process.ts";
import { untilQuiet } from "../processes/support/quiet.ts";
import { setStage } from "../processes/support/stage.ts";
import { untilStartSecondIsOver } from "../processes/support/start-second.ts";
import type { Trader } from "../processes/support/trader.ts";
import { until } from "../processes/support/until.ts";

const LIMIT = { timeout: 120_000 };
const CUT_MS = 30_000;
/** Longer than maxAge, so that what was executed in it is stale. */
const DOWN_MS = 7_000;

interface Gap {
  readonly resting: string;
  readonly withdrawn: string;
  readonly executed: string;
  readonly changed: string;
}

/** What the leader does in the gap: A rests, B rests and is cancelled, C fills, and D from before is changed. */
async function actInTheGap(leader: Trader, changed: string): Promise<Gap> {
  const resting = await leader.places({ quantity: 150, price: 118 });
  const withdrawn = await leader.places({ quantity: 150, price: 117 });
  const executed = await leader.places({ quantity: 150, price: 116 });
  await leader.changes(changed, { price: 119.5 });
  await leader.cancels(withdrawn);
  await leader.isFilled(executed);
  return { resting, withdrawn, executed, changed };
}

/** A placed once, B nothing, C refused as stale, D modified once; by the broker's log and by `explain`. */
async function expectHealed(gap: Gap, follower: Trader, copier: CopierProcess): Promise<void> {
  await until(
    "A is placed and D is changed",
    async () => {
      const prices = (await follower.orders()).filter(({ orderStatus }) => orderStatus === "PENDING").map(({ price }) => price);
      return prices.includes(118) && prices.includes(119.5);
    },
    { withinMs: 40_000 },
  );
  await untilQuiet([follower], { forMs: 2_500 });
  const calls = (await follower.orderCalls()).map(({ method, body }) => `${method} ${body["price"]} x ${body["quantity"]}`);
  expect(calls.sort()).toEqual(["POST 118 x 75", "POST 119 x 75", "PUT 119.5 x 75"]);
  expect(await codes(copier, gap.resting)).toEqual(["COPIED"]);
  expect(await codes(copier, gap.withdrawn)).toEqual(["ENDED_BEFORE_COPY"]);
  expect(await codes(copier, gap.executed)).toEqual(["STALE"]);
}

/** What became of an order of the leader's at its one copy. */
async function codes(copier: CopierProcess, order: string): Promise<readonly string[] | undefined> {
  return (await copier.explains(order)).copies[0]?.verdicts.map(({ code }) => code);
}

async function followed(leader: Trader, follower: Trader): Promise<string> {
  const order = await leader.places({ quantity: 150, price: 119 });
  await until("D is copied", async () => (await follower.orders()).some(({ orderStatus }) => orderStatus === "PENDING"));
  return order;
}

/** Nothing of the leader's reaches the copier, neither his stream nor his books. */
async function cutLine(broker: Broker, leader: Trader): Promise<void> {
  await broker.act("upgrades", { status: 503 });
  await broker.act("fault", { on: "request", call: "read", clientId: leader.clientId, effect: { kind: "answer", status: 503 } });
  await broker.act("cut", { clientId: leader.clientId });
}

test(
  "S24 the line is cut for 30 s: after the reconnect what rests is placed once, what ended is not, what was executed is stale, what changed is changed once",
  LIMIT,
  async () => {
    await using stage = await setStage();
    const { broker, leader, follower, copier } = stage;
    await untilStartSecondIsOver(copier);
    const before = await followed(leader, follower);
    await cutLine(broker, leader);
    await copier.tells({ code: "STREAM_CLOSED", account: "meera" });
    const gap = await actInTheGap(leader, before);
    await pause(CUT_MS);
    expect(await follower.orderCalls()).toHaveLength(1);
    await broker.act("upgrades", {});
    await broker.act("repair", {});
    await expectHealed(gap, follower, copier);
  },
);

test("S25 the process is down for the same: the same, with the same journal", LIMIT, async () => {
  await using stage = await setStage();
  const { leader, follower, copier } = stage;
  await untilStartSecondIsOver(copier);
  const before = await followed(leader, follower);
  expect(await copier.stop()).toBe(0);
  const gap = await actInTheGap(leader, before);
  await pause(DOWN_MS);
  const again = await stage.startAgain();
  await expectHealed(gap, follower, again);
});

describe("S26 a first start with an empty journal, while the leader has resting orders and ended ones", () => {
  test.each([
    ["orders", ["POST 118", "POST 119"], "COPIED"],
    ["ignore", [], "LATE_JOIN_IGNORED"],
  ] as const)("S26 lateJoin: %s", LIMIT, async (lateJoin, expected, becomes) => {
    await using broker = await startBroker({ accounts: 2 });
    using configuration = writeConfiguration({ broker, copy: { lateJoin } });
    const [leader, follower] = [broker.trader("meera"), broker.trader("arjun")];
    const resting = [await leader.places({ quantity: 150, price: 118 }), await leader.places({ quantity: 150, price: 119 })];
    const executed = await leader.places({ quantity: 150, price: 116 });
    await leader.isFilled(executed);
    const withdrawn = await leader.places({ quantity: 150, price: 117 });
    await leader.cancels(withdrawn);
    await pause(1_100); // the start is later than they are, also by a clock of whole seconds
    await using copier = await startCopierProcess({ configuration, wait: "ready" });
    if (expected.length > 0) await until("what rests is placed", async () => (await follower.orderCalls()).length === expected.length);
    await untilQuiet([follower], { forMs: 2_500 });
    const calls = (await follower.orderCalls()).map(({ method, body }) => `${method} ${body["price"]}`);
    expect(calls.sort()).toEqual(expected);
    for (const order of resting) expect(await codes(copier, order)).toEqual([becomes]);
    expect(await codes(copier, executed)).toEqual(["LATE_JOIN_IGNORED"]);
    expect(await codes(copier, withdrawn)).toEqual(["ENDED_BEFORE_COPY"]);
    expect(copier.lines({ level: "critical" })).toEqual([]);
  });
});
