/** Alternating runs of the relay and the product with one number of followers, until enough of them count. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BrokerProcess } from "./broker-process.ts";
import { castOf } from "./cast.ts";
import type { Contender, Surroundings } from "./contender.ts";
import { median } from "./figures.ts";
import { startProduct } from "./product.ts";
import { startRelay } from "./relay-process.ts";
import type { StageTimes } from "./stages.ts";

export interface Plan {
  readonly runs: number;
  /** Leader orders that count, in each run. */
  readonly events: number;
  /** Leader orders before them: both programs start cold, and open their connections with the first. */
  readonly warmup: number;
  /** From the end of one order to the next, and `SPACING_PER_FOLLOWER_MS` on top: the product has then written down the answers to the last. */
  readonly spacingMs: number;
  /** How often, after the runs, one order is shown after a minute in which nothing happened. */
  readonly silences: number;
  /** Counts what would be void: to compare two versions of the product on a machine that is not quiet. */
  readonly busy: boolean;
  /** A folder for CPU profiles of the product. */
  readonly profile: string | undefined;
}

export const SPACING_PER_FOLLOWER_MS = 0.1;
export const SILENCE_MS = 60_000;

export interface Pair {
  readonly relay: readonly number[];
  readonly product: readonly number[];
  /** Of the requests for the orders that count, in the order of their answers. */
  readonly stages: readonly StageTimes[];
}

export interface Series {
  readonly followers: number;
  /** Of orders after a minute of silence. Milliseconds. */
  readonly afterSilence: Pick<Pair, "relay" | "product">;
  readonly pairs: readonly Pair[];
  /** The relay's medians in runs that do not count, because the machine was busy with something else. */
  readonly voided: readonly number[];
}

export interface SeriesOptions {
  readonly broker: BrokerProcess;
  /** Each run gets a folder of its own in it. */
  readonly folder: string;
  readonly plan: Plan;
  readonly followers: number;
  /** A relay whose median is above this was not alone on the machine. Milliseconds. */
  readonly voidAboveMs: number;
  readonly progress: (line: string) => void;
}

export async function measureSeries(options: SeriesOptions): Promise<Series> {
  const { plan, followers, voidAboveMs, progress } = options;
  const pairs: Pair[] = [];
  const voided: number[] = [];
  while (pairs.length < plan.runs && voided.length < plan.runs) {
    const relay = await run(options, startRelay);
    const relayMs = median(relay.delaysMs);
    if (relayMs > voidAboveMs && !plan.busy) {
      voided.push(relayMs);
      progress(`${followers} followers: void, the relay's median was ${relayMs.toFixed(2)} ms, above ${voidAboveMs}`);
      continue;
    }
    const product = await run(options, (surroundings) => startProduct(surroundings, plan.profile));
    const stages = product.ended.stages();
    const expected = (plan.warmup + plan.events) * followers;
    if (stages.length !== expected) throw new Error(`the journal tells of ${stages.length} answers, and ${expected} were given`);
    pairs.push({ relay: relay.delaysMs, product: product.delaysMs, stages: stages.slice(plan.warmup * followers) });
    product.tidy();
    progress(`${followers} followers, run ${pairs.length} of ${plan.runs}: relay ${relayMs.toFixed(2)} ms, product ${median(product.delaysMs).toFixed(2)} ms`);
  }
  return { followers, pairs, voided, afterSilence: await measureSilence(options) };
}

/** What a connection, a cache or a compiler forgets while nothing happens is paid by the first order after it. */
async function measureSilence(options: SeriesOptions): Promise<Series["afterSilence"]> {
  const { plan, followers, progress } = options;
  if (plan.silences === 0) return { relay: [], product: [] };
  const silent = { ...options, plan: { ...plan, events: plan.silences } };
  const relay = await run(silent, startRelay, SILENCE_MS);
  const product = await run(silent, (surroundings) => startProduct(surroundings, undefined), SILENCE_MS);
  product.tidy();
  progress(
    `${followers} followers, after ${SILENCE_MS / 1_000} s of silence: relay ${median(relay.delaysMs).toFixed(2)} ms, product ${median(product.delaysMs).toFixed(2)} ms`,
  );
  return { relay: relay.delaysMs, product: product.delaysMs };
}

interface Run<C extends Contender> {
  readonly delaysMs: readonly number[];
  readonly ended: C;
  /** Deletes what it left. */
  readonly tidy: () => void;
}

async function run<C extends Contender>(
  { broker, folder, plan, followers }: SeriesOptions,
  start: (surroundings: Surroundings) => C,
  silenceMs = 0,
): Promise<Run<C>> {
  const { warmup, events } = plan;
  const spacingMs = plan.spacingMs + followers * SPACING_PER_FOLLOWER_MS;
  const cast = castOf(followers);
  const own = mkdtempSync(join(folder, "run-"));
  await broker.streams(0);
  const ended = start({ broker, cast, folder: own, orders: warmup + events });
  const { child } = ended;
  try {
    await child.during(ended.ready());
    const task = { leader: cast.leader.clientId, followers: cast.followers.map(({ clientId }) => clientId), warmup, events, spacingMs, silenceMs };
    const delaysMs = await child.during(broker.measure(task));
    await child.stop();
    return { delaysMs, ended, tidy: () => rmSync(own, { recursive: true }) };
  } finally {
    child.kill();
  }
}
