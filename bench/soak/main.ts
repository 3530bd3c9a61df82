/**
 * `npm run soak`: the built program for half an hour under steady trading with a fault every few seconds. Tells each minute how much
 * memory it holds, and the simulator, which is this process, and how late it is; at the end all is sold, and the books must show nothing
 * left. Exits 1 when anything was wrong.
 *
 *   npm run soak -- --minutes 30 --rate 5 --followers 10 --fault-every 4 --seed 1
 *   npm run soak -- --minutes 5 --profile .reports/profile    # a CPU profile of the product is kept
 *   npm run soak -- --minutes 5 --live                        # each minute all garbage is collected, and what is alive is told
 *   npm run soak -- --minutes 5 --live --snapshots .reports   # a heap snapshot is kept each minute as well, for the developer tools of Chrome
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { z } from "zod";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { systemTimers } from "../../src/adapters/system/timers.ts";
import { seededRandom } from "../../src/simulator/exchange/random.ts";
import { startSimulator } from "../../src/simulator/server.ts";
import { Child } from "../child.ts";
import { describeMachine } from "../machine.ts";
import { castOf, type Person } from "./cast.ts";
import { delaysSince } from "./delays.ts";
import { Exchange } from "./exchange.ts";
import { strike } from "./faults.ts";
import { Traffic } from "./traffic.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "bin/lockstep.js");
const LIVE_HEAP = join(ROOT, "bench/soak/live-heap.ts");
const INSTRUMENTS = join(ROOT, "tests/fixtures/instruments/scrip-master-compact.csv");
/** The longer windows of the order budget are below this rate; the second's holds. Only a broker that is not Dhan lets them be raised. */
const WINDOWS = { perMinute: 1_000_000, perHour: 1_000_000, perDay: 1_000_000 };
const ALL_SOLD_WITHIN_MS = 180_000;
/** His last buys fill before he withdraws what is open: what followers have filled of one that he cancels in the midst of it is an orphan, which stays (R18). */
const LAST_FILLED_MS = 3_000;
const MINUTE_MS = 60_000;
const WEIGHED_WITHIN_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    rate: { type: "string", default: "5" },
    followers: { type: "string", default: "10" },
    "fault-every": { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
    profile: { type: "string" },
    live: { type: "boolean", default: false },
    snapshots: { type: "string" },
  },
});
const weights = z.object({ heap: z.number(), outside: z.number(), alive: z.number() });
const minutes = Number(values.minutes);
const seed = Number(values.seed);

process.exitCode = (await soak()) ? 0 : 1;

async function soak(): Promise<boolean> {
  const cast = castOf(Number(values.followers));
  const [, ...followers] = cast;
  mkdirSync(join(ROOT, ".reports"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, ".reports", "soak-"));
  const machine = describeMachine({ root: ROOT, folder });
  say(`seed ${seed}, commit ${machine.commit}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; journal and log in ${folder}`);
  const running = await startSimulator({
    clock: systemClock,
    timers: systemTimers,
    seed,
    instruments: INSTRUMENTS,
    accounts: cast,
    limits: { order: { perSecond: 10 } },
  });
  const exchange = new Exchange(running.simulator);
  const child = startCopier(folder, cast, { rest: running.url, orderUpdates: running.wsUrl.replace(/\/$/, "") });
  const random = seededRandom(seed, "soak");
  const traffic = new Traffic(exchange, random);
  const faults = new Map<string, number>();
  try {
    await child.during(until(() => child.written.includes('"code":"BOOKS_READ"'), 20_000));
    await pause(2_500);
    const trade = setInterval(() => traffic.place(), 1_000 / Number(values.rate));
    const trouble = setInterval(() => {
      const name = strike(exchange, followers, random);
      faults.set(name, (faults.get(name) ?? 0) + 1);
    }, 1_000 * Number(values["fault-every"]));
    say(`minute  leader orders  follower orders  resident MB${values.live ? "  heap MB  outside MB  alive MB" : ""}  simulator MB  p50 ms  p99 ms  max ms`);
    for (let minute = 1, after = 0; minute <= minutes; minute += 1) {
      await child.during(pause(MINUTE_MS));
      const delays = delaysSince(join(folder, "lockstep.db"), after);
      after = delays.position;
      const orders = followers.reduce((sum, { clientId }) => sum + exchange.orders(clientId), 0);
      const { p50, p99, max } = delays.figures;
      const memory = [residentMb(child), ...(values.live ? await weighed(child, folder) : []), megabytes(process.memoryUsage.rss())];
      say([minute, traffic.placed, orders, ...memory, p50.toFixed(2), p99.toFixed(1), max.toFixed(0)].map((cell) => String(cell).padStart(9)).join("  "));
    }
    clearInterval(trade);
    clearInterval(trouble);
    exchange.act("repair", {});
    await child.during(pause(LAST_FILLED_MS));
    traffic.endFlat();
    const wrong = await untilFlat(exchange, followers);
    await child.stop();
    for (const [name, count] of [...faults].sort()) say(`${String(count).padStart(5)}  ${name}`);
    const verified = execFileSync(process.execPath, [BIN, "journal", "verify", "--config", join(folder, "lockstep.yaml")], { encoding: "utf8" });
    say(verified.trim());
    for (const sentence of wrong) say(`WRONG: ${sentence}`);
    say(
      wrong.length === 0
        ? "nothing is wrong in the books: everything was sold, nothing is open, nothing was there twice"
        : `${wrong.length} wrongs; see ${folder}`,
    );
    if (wrong.length === 0) rmSync(folder, { recursive: true });
    return wrong.length === 0;
  } finally {
    child.kill();
    await running.stop();
  }
}

function startCopier(folder: string, cast: readonly Person[], dhan: { readonly rest: string; readonly orderUpdates: string }): Child {
  const config = join(folder, "lockstep.yaml");
  const [leader, ...followers] = cast;
  const written = {
    server: { port: 0 },
    calendar: "always-open",
    dhan: { ...dhan, instruments: INSTRUMENTS },
    accounts: cast.map(({ name, clientId }) => ({ id: name, clientId, token: { env: name.toUpperCase() }, rateLimits: WINDOWS })),
    copies: followers.map(({ name }) => ({ id: `copy-${name}`, leader: leader?.name, follower: name, sizing: { mode: "ratio", ratio: 0.5 } })),
  };
  writeFileSync(config, stringify(written, { aliasDuplicateObjects: false }));
  const env = Object.fromEntries(cast.map(({ name, token }) => [name.toUpperCase(), token]));
  const profiled = values.profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", values.profile];
  const scales = values.live ? ["--expose-gc", "--import", LIVE_HEAP] : [];
  const words = [...profiled, ...scales, BIN, "run", "--config", config];
  const weighing = {
    SOAK_LIVE_HEAP: join(folder, "live-heap"),
    ...(values.snapshots === undefined ? {} : { SOAK_HEAP_SNAPSHOTS: resolve(values.snapshots) }),
  };
  return new Child({ words, env: { ...env, ...weighing }, log: join(folder, "lockstep.log") });
}

/** Waits until the followers hold nothing and have nothing open; answers what is wrong then, or after three minutes. */
async function untilFlat(exchange: Exchange, followers: readonly Person[]): Promise<readonly string[]> {
  const left = (): string[] =>
    followers.flatMap(({ clientId }) => {
      const open = exchange.open(clientId);
      const net = exchange.net(clientId);
      return [
        ...(open.length > 0 ? [`${clientId} has ${open.length} orders open: ${open.join(" ")}`] : []),
        ...(net !== 0 ? [`${clientId} holds ${net} units`] : []),
      ];
    });
  await until(() => left().length === 0, ALL_SOLD_WITHIN_MS).catch(() => undefined); // what is left then is told
  await pause(5_000);
  return [...left(), ...followers.flatMap(({ clientId }) => exchange.wrongs(clientId))];
}

async function until(look: () => boolean, withinMs: number): Promise<void> {
  const late = performance.now() + withinMs;
  while (!look()) {
    if (performance.now() > late) throw new Error(`not within ${withinMs} ms`);
    await pause(100);
  }
}

function residentMb(child: Child): string {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024).toFixed(0);
}

/** How large the product's heap is, and what is alive outside of it and in it once all garbage is collected. */
async function weighed(child: Child, folder: string): Promise<readonly string[]> {
  const file = join(folder, "live-heap");
  rmSync(file, { force: true });
  if (child.pid !== undefined) process.kill(child.pid, "SIGUSR2");
  await child.during(until(() => existsSync(file), WEIGHED_WITHIN_MS));
  const { heap, outside, alive } = weights.parse(JSON.parse(readFileSync(file, "utf8")));
  return [heap, outside, alive].map(megabytes);
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(0);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
