/**
 * A session of its own for accounts that follow and lead, beside that of every third seed: what is copied into an account is no order of its owner's and is not
 * copied on, and what he orders himself is (R7), in the same contracts and in others. Trading, faults and judgement are those of all sessions, with a crash in nearly each.
 */
import { seededRandom } from "../../../src/simulator/exchange/random.ts";
import type { Broken } from "../auditor/observed.ts";
import type { Counts, Premise } from "../counts.ts";
import { Session } from "../session.ts";
import { MemoryMedium } from "../world/medium.ts";
import { openStage, type Stage } from "../world/stage.ts";
import { chainOf } from "./cast.ts";
import { between } from "./draw.ts";
import { hoursOf } from "./hours.ts";
import { MiddleTrader } from "./middle-trader.ts";

export interface ChainSessionRun {
  readonly broken: Broken | undefined;
  readonly stage: Stage;
}

/** Its seed is another number's, so that nothing is drawn twice. */
export async function runChainSession(of: number, counts: Counts): Promise<ChainSessionRun> {
  const seed = -of;
  const random = seededRandom(seed, "session");
  const hours = hoursOf(seed, random.below(12) === 0);
  const stage = await openStage(seed, hours, new MemoryMedium(), chainOf(seed));
  const session = new Session(stage, random, [new MiddleTrader(stage)]);
  await session.play({ orders: between(random, 15, 30), hours, lag: "below grace", certain: ["crash"] });
  count(stage, counts);
  return { broken: stage.auditor.broken, stage };
}

const BY_HAND: readonly Premise[] = [
  "followed leader enters beside what is copied",
  "followed leader sells a part of what is copied",
  "followed leader sells all that he holds",
  "followed leader sells more than he holds",
];

/** Nothing of what all sessions have, which could hide that those have it no more. */
function count({ auditor: { evidence }, cast, counts: had }: Stage, counts: Counts): void {
  counts.add("followed leader, session");
  for (const what of BY_HAND) counts.add(what, had.of(what));
  if (evidence.diedAt !== undefined) counts.add("followed leader, process died");
  if (evidence.journalLostAt !== undefined) counts.add("followed leader, journal lost");
  for (const { account, stem, versions } of evidence.orders())
    if (stem !== undefined && cast.leaders.includes(account) && versions.some(({ version }) => version.filled > 0))
      counts.add("copy filled in an account that leads");
  for (const [stem, { copy, leaderOrder }] of evidence.causes()) {
    if (leaderOrder === undefined || !cast.followers.includes(copy.leader)) continue;
    if (evidence.ofStem(stem).length > 0) counts.add("order of a followed leader's own copied on");
    if (evidence.said(stem, "NOTHING_TO_EXIT")) counts.add("order of a followed leader against what is copied alone");
  }
}
