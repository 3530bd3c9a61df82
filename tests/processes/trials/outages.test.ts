/** A journal that is deleted, a line that is cut, an account that hangs and a polite end, each in the middle of random trading (R8, R11, R21). */
import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src/simulator/exchange/random.ts";
import { type Broker, startBroker } from "../support/broker.ts";
import { type Configuration, writeConfiguration } from "../support/configuration.ts";
import { type CopierProcess, startCopierProcess } from "../support/copier-process.ts";
import { toldAt } from "../support/frames.ts";
import { untilStartSecondIsOver } from "../support/start-second.ts";
import type { Trader } from "../support/trader.ts";
import { until } from "../support/until.ts";
import { OUTAGE_LIMIT_MS, STALL_LIMIT_MS } from "./limits.ts";
import { Trading } from "./trading.ts";

const SEED = Number(process.env["LOCKSTEP_SEED"] ?? Date.now() % 1_000_000);
const ACTS = 12;
const GRACE_MS = 1_000;
const QUIET = { quietMs: GRACE_MS + 500 };
const LIMIT = { timeout: OUTAGE_LIMIT_MS };

interface Trial extends AsyncDisposable {
  readonly broker: Broker;
  readonly configuration: Configuration;
  readonly copier: CopierProcess;
  readonly leader: Trader;
  /** At least one. */
  readonly followers: readonly [Trader, ...Trader[]];
  readonly trading: Trading;
}

interface Setup {
  readonly dhan?: Readonly<Record<string, unknown>>;
  /** Beside Arjun. */
  readonly others?: readonly string[];
}

async function begin({ dhan = {}, others = ["kabir"] }: Setup = {}): Promise<Trial> {
  await using stack = new AsyncDisposableStack();
  const broker = stack.use(await startBroker({ accounts: 2 + others.length }));
  const configuration = stack.use(writeConfiguration({ broker, dhan: { requestTimeout: "1s", lookupGrace: `${GRACE_MS}ms`, ...dhan } }));
  const leader = broker.trader("meera");
  const followers = [broker.trader("arjun"), ...others.map((name) => broker.trader(name))] as const;
  const trading = new Trading({ broker, leader, followers, random: seededRandom(SEED, "trading") });
  const copier = stack.use(await startCopierProcess({ configuration, wait: "ready" }));
  await untilStartSecondIsOver(copier);
  await trading.burst(ACTS);
  await trading.isMirrored(QUIET);
  await trading.audit();
  const moved = stack.move();
  return { broker, configuration, copier, leader, followers, trading, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

async function endsWell({ trading, configuration }: Trial): Promise<void> {
  await trading.isMirrored(QUIET);
  await trading.audit();
  await trading.burst(ACTS);
  await trading.isMirrored(QUIET);
  await trading.audit();
  await trading.endsFlat(configuration.path, QUIET);
}

test(
  `R11 the journal is deleted in the middle of a burst: the followers' books are its second copy, and nothing is there twice (seed ${SEED})`,
  LIMIT,
  async () => {
    await using trial = await begin();
    const { copier, configuration, trading } = trial;
    const burst = trading.burst(ACTS, "spread");
    await pause(80);
    await copier.kill();
    for (const part of ["", "-wal", "-shm"]) rmSync(`${configuration.journal}${part}`, { force: true });
    await burst;
    // The market does not wait for the process: beside an exit that still rested there, entries would be refused (SELF_TRADE).
    await trading.exitsFill();
    await using again = await startCopierProcess({ configuration, wait: "ready" });
    await endsWell(trial);
    expect(await again.stop()).toBe(0);
  },
);

test(`R6 R20 the leader's line is cut while he places, changes, cancels and sells: it is made up for when the line is back (seed ${SEED})`, LIMIT, async () => {
  await using trial = await begin();
  const { broker, copier, leader, followers, trading } = trial;
  const changed = await trading.enters();
  const cancelled = await trading.enters();
  await trading.isMirrored(QUIET);
  await broker.act("upgrades", { status: 503 });
  await broker.act("fault", { on: "request", call: "read", clientId: leader.clientId, effect: { kind: "answer", status: 503 } });
  await broker.act("cut", { clientId: leader.clientId });
  await copier.tells({ code: "STREAM_CLOSED", account: "meera" });
  const before = await callsTo(followers);
  await trading.enters();
  await trading.changes(changed);
  await trading.cancels(cancelled);
  expect(await callsTo(followers)).toBe(before);
  await trading.burst(ACTS);
  await broker.act("upgrades", {});
  await broker.act("repair", {});
  await endsWell(trial);
  expect(await copier.stop()).toBe(0);
});

async function callsTo(followers: readonly Trader[]): Promise<number> {
  return (await Promise.all(followers.map((follower) => follower.orderCalls()))).flat().length;
}

const STALL_MS = 10_000;
/** What the copier needs by itself is measured by `npm run bench`; this is far below the stall and far above a busy machine. */
const LAG_MAX_MS = 2_500;
const STALLED_ORDERS = 12;
const STALLED = { timeout: STALL_LIMIT_MS };

test(`R21 one account hangs for 10 s while the others follow at once; then the first has everything too (seed ${SEED})`, STALLED, async () => {
  await using trial = await begin({ dhan: { requestTimeout: "20s" }, others: ["kabir", "devi"] });
  const { broker, copier, leader, followers } = trial;
  const [stalled, ...others] = followers;
  const before = await Promise.all(others.map(async (other) => (await other.orderCalls()).length));
  await broker.act("fault", { on: "request", clientId: stalled.clientId, effect: { kind: "delay", ms: STALL_MS } });
  const begun = performance.now();
  const orders: string[] = [];
  for (let index = 0; index < STALLED_ORDERS; index += 1) {
    orders.push(await leader.places({ quantity: 150, price: 200 + index }));
    await pause(300);
  }
  for (const [index, other] of others.entries())
    await until("every other follower has every order", async () => (await other.orderCalls()).length === (before[index] ?? 0) + STALLED_ORDERS);
  expect(performance.now() - begun).toBeLessThan(STALL_MS);
  const told = await Promise.all(orders.map((order) => toldAt(broker, leader.clientId, order)));
  for (const other of others) {
    const arrivals = new Map((await other.orderCalls()).map(({ body, arrivedAt }) => [body["price"], arrivedAt]));
    const lags = told.map((at, index) => (arrivals.get(200 + index) ?? Number.POSITIVE_INFINITY) - at).sort((a, b) => a - b);
    console.log(`lag of ${other.clientId} beside a stalled one: median ${lags[STALLED_ORDERS / 2]?.toFixed(1)} ms, largest ${lags.at(-1)?.toFixed(1)} ms`);
    expect(lags.at(-1), `lag of ${other.clientId}`).toBeLessThan(LAG_MAX_MS);
  }
  await until("the stall is over", () => performance.now() - begun > STALL_MS, { withinMs: STALL_MS + 1_000 });
  await broker.act("repair", {});
  await endsWell(trial);
  expect(await copier.stop()).toBe(0);
});

test(
  `R8 SIGTERM in the middle of a burst ends the process within ten seconds with exit code 0, and the next one makes up for the rest (seed ${SEED})`,
  LIMIT,
  async () => {
    await using trial = await begin();
    const { copier, configuration, trading } = trial;
    const burst = trading.burst(ACTS);
    await pause(60);
    const asked = performance.now();
    expect(await copier.stop("SIGTERM")).toBe(0);
    expect(performance.now() - asked).toBeLessThan(10_000);
    await burst;
    await using again = await startCopierProcess({ configuration, wait: "ready" });
    await endsWell(trial);
    expect(await again.stop("SIGINT")).toBe(0);
  },
);
