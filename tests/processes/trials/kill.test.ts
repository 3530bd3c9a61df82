/** SIGKILL at random moments of bursts, again and again, on the same journal (R8, R10, R11). */
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src/simulator/exchange/random.ts";
import { type Broker, startBroker } from "../support/broker.ts";
import { writeConfiguration } from "../support/configuration.ts";
import { startCopierProcess } from "../support/copier-process.ts";
import type { Trader } from "../support/trader.ts";
import { until } from "../support/until.ts";
import { killsLimitMs } from "./limits.ts";
import { journalIsWhole, Trading } from "./trading.ts";

/** `LOCKSTEP_ROUNDS=50 npm run test:processes` for a long run; `LOCKSTEP_SEED` for one that failed. */
const ROUNDS = Number(process.env["LOCKSTEP_ROUNDS"] ?? 10);
const SEED = Number(process.env["LOCKSTEP_SEED"] ?? Date.now() % 1_000_000);
const ACTS = 7;
/** Placements hang at the broker for so long, by turns before and after it takes them: the kill always meets some on their way. */
const HANG_MS = 80;
/** The followers' books lag until the next process has read them: what was on its way at the kill is not in the first reading. */
const LAG_MS = 60_000;
const GRACE_MS = 1_000;
const QUIET = { quietMs: GRACE_MS + 500 };

test(`R8 R10 R11 killed at random moments of ${ROUNDS} bursts: every entry that rests at the leader has exactly one copy at his last terms, nothing is there twice, and his exits leave nothing (seed ${SEED})`, {
  timeout: killsLimitMs(ROUNDS),
}, async () => {
  await using broker = await startBroker({ accounts: 3 });
  using configuration = writeConfiguration({ broker, dhan: { requestTimeout: "500ms", lookupGrace: `${GRACE_MS}ms` } });
  const random = seededRandom(SEED, "trading");
  const followers = ["arjun", "kabir"].map((name) => broker.trader(name));
  const trading = new Trading({ broker, leader: broker.trader("meera"), followers, random });
  for (let round = 0; round < ROUNDS; round += 1) {
    const copier = await startCopierProcess({ configuration });
    await broker.act("repair", {});
    await broker.act("fault", { on: "request", call: "place", when: round % 2 === 0 ? "before" : "after", effect: { kind: "delay", ms: HANG_MS } });
    const before = await placements(followers);
    let isOver = false;
    const burst = trading.burst(ACTS).finally(() => {
      isOver = true;
    });
    const met = 1 + random.below(6);
    await until("placements have reached the broker", async () => isOver || (await placements(followers)) >= before + met);
    await pause(random.below(HANG_MS));
    await copier.kill();
    await broker.act("repair", {});
    // What the next process sends first is taken, and neither answered nor told.
    for (const { clientId } of followers) {
      await broker.act("fault", { on: "request", call: "place", when: "after", clientId, times: 1, effect: { kind: "silence" } });
      await broker.act("fault", { on: "stream", clientId, times: 2, effect: { kind: "drop" } });
    }
    await lag(broker, followers, LAG_MS);
    await using again = await startCopierProcess({ configuration });
    await lag(broker, followers, 0);
    await burst;
    await trading.isMirrored(QUIET);
    await trading.audit();
    for (const code of ["BROKEN", "JOURNAL_CUT"]) expect(again.lines({ code })).toEqual([]);
    await again.kill();
    await journalIsWhole(configuration.path);
  }
  expect(trading.placed).toBeGreaterThan(ROUNDS);
  await using last = await startCopierProcess({ configuration, wait: "ready" });
  await trading.endsFlat(configuration.path, QUIET);
  expect(await last.stop()).toBe(0);
});

async function lag(broker: Broker, traders: readonly Trader[], ms: number): Promise<void> {
  for (const { clientId } of traders) await broker.act("lag", { clientId, booksMs: ms, correlationMs: ms });
}

async function placements(followers: readonly Trader[]): Promise<number> {
  const calls = await Promise.all(followers.map((follower) => follower.orderCalls()));
  return calls.flat().filter(({ method }) => method === "POST").length;
}
