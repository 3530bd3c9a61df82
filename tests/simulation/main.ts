/**
 * `npm run simulate -- --seed N`, `--seeds A..B`, `--kept` (those that failed once) or the last two together: the whole engine in a simulated world, judged by an auditor of its own (docs/proof.md).
 *
 *   world/      the engine, the exchange, the disk and the market of one session, under virtual time
 *   workload/   who trades, and what people do
 *   faults/     what goes wrong, and when
 *   auditor/    what must be true of it (docs/invariants.md); imports nothing of the program
 *   counts.ts   how often each fault and each premise occurred
 *   session.ts  one session, from its beginning to its end
 *   run-seed.ts all sessions of one seed; worker.ts and main.ts spread many over the machine's cores
 *   mutants/    small faults planted in the engine, each of which the same command must find
 *
 * `--orders 500` makes each session a whole day; `--lag-above-grace` lets books and look-ups lag longer than `lookupGrace`, which must fail.
 *
 * Prints the seed and the commit first, so that even a hang leaves them behind. Exit code 1: an invariant was broken, or over 500 seeds or
 * more a fault or a premise never occurred.
 */
import { execFileSync, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Counts } from "./counts.ts";
import type { Job, SeedTold } from "./job.ts";
import { KEPT_SEEDS } from "./kept.ts";
import { KNOWN } from "./known.ts";

/** Over fewer seeds, that something never happened says nothing. */
const COUNTED_FROM = 500;
const PROGRESS_MS = 10_000;

const USAGE = "npm run simulate -- --seed N | [--seeds A..B] [--kept] [--orders N] [--workers N] [--stop-at-first] [--lag-above-grace]";

function given() {
  try {
    return parseArgs({
      options: {
        seed: { type: "string" },
        seeds: { type: "string" },
        kept: { type: "boolean" },
        orders: { type: "string" },
        workers: { type: "string" },
        "stop-at-first": { type: "boolean" },
        "lag-above-grace": { type: "boolean" },
      },
    }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return {};
  }
}

const values = given();
const asked = askedFor();
if (asked === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else process.exitCode = await simulate(asked);

interface Asked {
  readonly all: readonly number[];
  /** Which these are, as on the command line. */
  readonly words: string;
}

/** Undefined: not one of the three, nor a range with the kept ones, or a number that is none. */
function askedFor(): Asked | undefined {
  const { seed, seeds, kept, orders, workers } = values;
  if ([seed, seeds ?? kept].filter((one) => one !== undefined).length !== 1) return undefined;
  if (![orders, workers].every((count) => count === undefined || /^[1-9]\d*$/.test(count))) return undefined;
  if (kept === true && seeds === undefined) return { all: KEPT_SEEDS, words: "--kept" };
  const range = seeds ?? `${seed}..${seed}`;
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(range) ?? [];
  if (from === undefined || to === undefined || Number(to) < Number(from)) return undefined;
  const asked = Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
  if (kept !== true) return { all: asked, words: `--seeds ${range}` };
  return { all: [...new Set([...asked, ...KEPT_SEEDS])], words: `--seeds ${range} --kept` };
}

async function simulate({ all, words }: Asked): Promise<number> {
  const seeds = all.length;
  const workers = Math.min(Number(values.workers ?? availableParallelism()), seeds);
  const orders = values.orders === undefined ? undefined : Number(values.orders);
  const isAsDrawn = orders === undefined && values["lag-above-grace"] !== true;
  const lag = values["lag-above-grace"] === true ? "above grace" : "below grace";
  const again = `${orders === undefined ? "" : ` --orders ${orders}`}${lag === "above grace" ? " --lag-above-grace" : ""}`;
  console.log(`${words}: ${seeds} seeds, commit ${commit()}, ${workers} processes; again: npm run simulate -- ${words}${again}`);
  const startedAt = Date.now();
  const counts = new Counts();
  const failed: SeedTold[] = [];
  const healed: number[] = [];
  let done = 0;
  let placed = 0;
  const rate = (): string => `${(done / ((Date.now() - startedAt) / 1_000)).toFixed(1)} seeds a second`;
  const progress = setInterval(() => console.log(`${done} of ${seeds} seeds, ${failed.length} failed, ${rate()}`), PROGRESS_MS);
  const stop = new AbortController();
  const crashed = await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      share({ seeds: all.filter((_, place) => place % workers === index), orders, lag }, stop.signal, (told) => {
        done += 1;
        placed += told.orders;
        for (const [what, times] of Object.entries(told.counts)) counts.add(what as never, times);
        const isKnown = isAsDrawn && KNOWN.has(told.seed);
        if (told.broken === undefined && isKnown) healed.push(told.seed);
        if (told.broken === undefined || isKnown) return;
        failed.push(told);
        report(told, again);
        if (values["stop-at-first"] === true) stop.abort();
      }),
    ),
  );
  clearInterval(progress);
  const known = all.filter((seed) => isAsDrawn && KNOWN.has(seed)).length;
  console.log(`${done} seeds, ${placed} leader orders, ${failed.length} failed, ${known} known failures; ${rate()}`);
  const missing = printCounts(counts);
  if (healed.length > 0) console.error(`seeds ${healed.join(", ")} are listed as known failures and pass: take them out of tests/simulation/known.ts`);
  const isIncomplete = seeds >= COUNTED_FROM && values.seeds !== undefined && missing.length > 0 && values["stop-at-first"] !== true;
  if (isIncomplete) console.error(`never occurred over ${seeds} seeds: ${missing.join("; ")}`);
  const isCut = done < seeds && values["stop-at-first"] !== true;
  if (isCut) console.error(`${seeds - done} seeds were never told of: a process that ran them has died`);
  return failed.length > 0 || healed.length > 0 || isIncomplete || isCut || crashed.some((one) => one) ? 1 : 0;
}

/** One worker's share; answers whether it died of something that no seed explains. */
function share(job: Job, stop: AbortSignal, told: (one: SeedTold) => void): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const worker = fork(new URL("worker.ts", import.meta.url), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  stop.addEventListener("abort", () => worker.kill());
  worker.on("message", (message) => told(message as SeedTold));
  worker.on("exit", (code) => resolve(code !== 0 && !stop.aborted));
  worker.send(job);
  return promise;
}

function report({ seed, broken, story }: SeedTold, again: string): void {
  if (broken === undefined) return;
  console.log(`\nseed ${seed}: ${broken.invariant} is broken at ${broken.at} ms: ${broken.sentence}`);
  if (story !== undefined) console.log(story);
  console.log(`again: npm run simulate -- --seed ${seed}${again}\n`);
}

/** Answers what never occurred. */
function printCounts(counts: Counts): readonly string[] {
  for (const what of Counts.all) console.log(`${String(counts.of(what)).padStart(8)}  ${what}`);
  return Counts.all.filter((what) => counts.of(what) === 0);
}

function commit(): string {
  try {
    const hash = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
    const isChanged = execFileSync("git", ["status", "--porcelain", "src", "tests"], { encoding: "utf8" }).trim() !== "";
    return isChanged ? `${hash} with changes` : hash;
  } catch {
    return "unknown";
  }
}
