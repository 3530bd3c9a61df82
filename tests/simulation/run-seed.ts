/** One seed: a session of trading, and, of some, sessions of their own beside it. */
import { seededRandom } from "../../src/simulator/exchange/random.ts";
import type { Broken } from "./auditor/observed.ts";
import type { Counts } from "./counts.ts";
import { type Beside, type Played, Session } from "./session.ts";
import { BasketTrader } from "./workload/basket-trader.ts";
import { runChainSession } from "./workload/chain-session.ts";
import { Converter } from "./workload/converter.ts";
import { between } from "./workload/draw.ts";
import { runForeverSession } from "./workload/forever-session.ts";
import { ForeverTrader } from "./workload/forever-trader.ts";
import { Gap } from "./workload/gap.ts";
import { hoursOf } from "./workload/hours.ts";
import { OwnerTrader } from "./workload/owner-trader.ts";
import { DESKS, SuperTrader } from "./workload/super-trader.ts";
import { FileMedium } from "./world/file-medium.ts";
import { type Medium, MemoryMedium } from "./world/medium.ts";
import { openStage, type Stage } from "./world/stage.ts";

/** One seed in so many has a session of copied forever orders beside its own. */
const FOREVER_EVERY = 3;
/** And one in so many one of accounts that follow and lead. */
const CHAIN_EVERY = 3;
const CHAIN_AT = 1;

export interface SeedRun {
  readonly seed: number;
  readonly broken: Broken | undefined;
  readonly counts: Counts;
  readonly orders: number;
  /** Of the session that was broken, if one was. */
  readonly stage: Stage;
}

/** One seed in so many keeps its journal in a real SQLite file. */
const ON_A_FILE_EVERY = 50;

export function mediumOf(seed: number): Medium {
  return seed % ON_A_FILE_EVERY === 0 ? new FileMedium(seed) : new MemoryMedium();
}

export interface SeedOptions {
  /** Of the leaders together; undefined: what the seed says. */
  readonly orders?: number | undefined;
  readonly medium?: Medium;
  /** `above grace`: books and look-ups lag longer than `lookupGrace`, which no copier can act rightly in. */
  readonly lag?: Played["lag"];
}

/** Whoever is done with what the session has left takes it away: `stage.medium.remove()`. */
export async function runSeed(seed: number, options: SeedOptions = {}): Promise<SeedRun> {
  const { medium = mediumOf(seed), lag = "below grace" } = options;
  const random = seededRandom(seed, "session");
  const orders = options.orders ?? between(random, 20, 80);
  const hours = hoursOf(seed, random.below(12) === 0);
  const stage = await openStage(seed, hours, medium);
  const session = new Session(stage, random, besidesOf(stage));
  await session.play({ orders, hours, lag });
  const about = { seed, counts: stage.counts, orders: session.trader.placed };
  if (stage.auditor.broken === undefined && lag === "below grace" && seed % FOREVER_EVERY === 0) {
    const { broken } = await runForeverSession(seed, stage.counts);
    if (broken !== undefined) stage.auditor.breaks(broken.invariant, `in the session of forever copies, at ${broken.at} ms: ${broken.sentence}`, undefined);
  }
  if (stage.auditor.broken === undefined && lag === "below grace" && seed % CHAIN_EVERY === CHAIN_AT) {
    const chain = await runChainSession(seed, stage.counts);
    if (chain.broken === undefined) return { ...about, broken: undefined, stage };
    medium.remove();
    const sentence = `in the session of accounts that follow and lead: ${chain.broken.sentence}`;
    return { ...about, broken: { ...chain.broken, sentence }, stage: chain.stage };
  }
  return { ...about, broken: stage.auditor.broken, stage };
}

function besidesOf(stage: Stage): readonly Beside[] {
  return [
    ...DESKS.map((desk) => new SuperTrader(stage, desk)),
    new ForeverTrader(stage),
    new BasketTrader(stage),
    new Converter(stage),
    new OwnerTrader(stage),
    new Gap(stage),
  ];
}
