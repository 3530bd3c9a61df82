/**
 * From SIGKILL to ready with a week's journal: writes one, folds it, and starts the built program on it against the simulator, killing
 * it each time. Prints Markdown for docs/performance.md.
 *
 *   node bench/start.ts --records 100000 --followers 5 --days 7 --runs 5        (by `npm run bench:start`, on the pinned Node)
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { readJournal } from "../src/adapters/journal/sqlite.ts";
import { systemClock } from "../src/adapters/system/clock.ts";
import { systemTimers } from "../src/adapters/system/timers.ts";
import { emptyBook } from "../src/domain/book/book.ts";
import { startSimulator } from "../src/simulator/server.ts";
import { castOf } from "./cast.ts";
import { Child } from "./child.ts";
import { figuresOf } from "./figures.ts";
import { folded, weigh } from "./heap.ts";
import { describeMachine } from "./machine.ts";
import { writeWeek } from "./week.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "bin/lockstep.js");
const INSTRUMENTS = join(ROOT, "tests/fixtures/instruments/scrip-master-compact.csv");
const READY_WITHIN_MS = 60_000;
const LOOK_MS = 10;

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "100000" },
    followers: { type: "string", default: "5" },
    days: { type: "string", default: "7" },
    runs: { type: "string", default: "5" },
  },
});
const [records, followers, days, runs] = [Number(values.records), Number(values.followers), Number(values.days), Number(values.runs)];

const reports = join(ROOT, ".reports");
mkdirSync(reports, { recursive: true });
const folder = mkdtempSync(join(reports, "start-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
await measure();

async function measure(): Promise<void> {
  const machine = describeMachine({ root: ROOT, folder });
  const cast = castOf(followers);
  const path = join(folder, "lockstep.db");
  const written = writeWeek({ path, ...cast, records, days, now: systemClock.now() });
  const folds = Array.from({ length: runs }, () => timed(() => folded(path, emptyBook())));
  const reads = Array.from({ length: runs }, () => timed(() => readThrough(path)));
  const [lives, all] = [(await weigh(path, "what-lives")).bytes, (await weigh(path, "everything")).bytes];
  const people = [cast.leader, ...cast.followers];
  const simulator = await startSimulator({ clock: systemClock, timers: systemTimers, seed: 1, instruments: INSTRUMENTS, accounts: people });
  const port = await freePort();
  const config = join(folder, "lockstep.yaml");
  writeFileSync(
    config,
    stringify({
      server: { port },
      calendar: "always-open",
      dhan: { rest: simulator.url, orderUpdates: simulator.wsUrl.replace(/\/$/, ""), instruments: INSTRUMENTS },
      accounts: people.map(({ name, clientId }) => ({ id: name, clientId, token: { env: `${name.toUpperCase()}_TOKEN` } })),
      copies: cast.followers.map(({ name }) => ({ id: `leader-${name}`, leader: "leader", follower: name, sizing: { mode: "ratio", ratio: 0.5 } })),
    }),
  );
  const env = Object.fromEntries(people.map(({ name, token }) => [`${name.toUpperCase()}_TOKEN`, token]));
  const starts: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begun = performance.now();
    const child = new Child({ words: [BIN, "run", "--config", config], env, log: join(folder, "lockstep.log") });
    await child.during(ready(port, begun));
    starts.push(performance.now() - begun);
    cpu.push((child.cpuSeconds ?? Number.NaN) * 1_000);
    child.kill();
    await pause(200);
  }
  await simulator.stop();
  const line = (what: string, { p50, max }: { readonly p50: number; readonly max: number }): string => `| ${what} | ${ms(p50)} | ${ms(max)} |`;
  process.stdout.write(`Measured ${machine.date} at commit ${machine.commit}: ${machine.cores} cores of ${machine.cpu}, ${machine.system}, Node ${machine.node}.
${written} records of ${days} days, one leader and ${followers} followers; ${runs} runs.

| | p50, ms | max, ms |
|---|---:|---:|
${line("reading with all checks", figuresOf(reads))}
${line("reading and folding", figuresOf(folds))}
${line("from the start of the process, after SIGKILL, to `/readyz` 200 (2,000 of it are the stream's)", figuresOf(starts))}
${line("processor time of that process until then", figuresOf(cpu))}

Memory of the fold: ${megabytes(lives)} MB of heap; ${megabytes(all)} MB if nothing ever left it.
`);
}

function readThrough(path: string): void {
  const journal = readJournal(path);
  for (const _ of journal.read());
  journal.close();
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

async function ready(port: number, begun: number): Promise<void> {
  while (performance.now() - begun < READY_WITHIN_MS) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(LOOK_MS);
  }
  throw new Error("it was not ready in time");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function ms(value: number): string {
  return Math.round(value).toLocaleString("en-IN");
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
