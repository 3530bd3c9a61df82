/** One seed: a session of trading with faults, then rest, then everybody gets out; judged all the way by the auditor. */
import { seededRandom } from "../../src/simulator/exchange/random.ts";
import type { Broken } from "./auditor/observed.ts";
import type { Counts } from "./counts.ts";
import { planOf } from "./faults/plan.ts";
import { Trouble } from "./faults/strike.ts";
import { between } from "./workload/draw.ts";
import { SuperTrader } from "./workload/super-trader.ts";
import { Trader } from "./workload/trader.ts";
import { auditFold, beliefsOf, openStage, type Stage } from "./world/stage.ts";

/** I12: with the faults over, everything has converged within this time. */
export const CONVERGED_MS = 120_000;
/** By then nothing may have been sent for this long. */
const QUIET_MS = 20_000;
const STEPS_PER_ORDER = 3;

export interface SeedRun {
  readonly seed: number;
  readonly broken: Broken | undefined;
  readonly counts: Counts;
  readonly orders: number;
  readonly stage: Stage;
}

class Stopped extends Error {}

export async function runSeed(seed: number, leaderOrders?: number): Promise<SeedRun> {
  const random = seededRandom(seed, "session");
  const orders = leaderOrders ?? between(random, 20, 80);
  const turnsDay = random.below(12) === 0;
  const stage = await openStage(seed, turnsDay ? "2026-11-19 23:52:00" : "2026-11-20 10:15:00");
  const session = new Session(stage, random);
  try {
    await session.trade(orders, turnsDay);
    await session.rest();
    if (random.below(8) === 0) await session.resumeFromCutJournal();
    await session.leave();
  } catch (cause) {
    if (!(cause instanceof Stopped)) stage.auditor.breaks("BUG", cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), undefined);
  }
  session.count();
  await stage.world.crash();
  return { seed, broken: stage.auditor.broken, counts: stage.counts, orders: session.trader.placed, stage };
}

class Session {
  readonly #stage: Stage;
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #trouble: Trouble;
  readonly trader: Trader;
  readonly #supers: SuperTrader;
  /** When the process is to be started again; elapsed time. */
  #restartAt = 0;

  constructor(stage: Stage, random: ReturnType<typeof seededRandom>) {
    this.#stage = stage;
    this.#random = random;
    this.#trouble = new Trouble(stage);
    this.trader = new Trader(stage);
    this.#supers = new SuperTrader(stage);
  }

  async trade(orders: number, turnsDay: boolean): Promise<void> {
    const plan = planOf(this.#stage.seed, orders * STEPS_PER_ORDER);
    let next = 0;
    let hasTurned = !turnsDay;
    for (let step = 0; this.trader.placed < orders && step < orders * STEPS_PER_ORDER * 2; step += 1) {
      for (let planned = plan[next]; planned !== undefined && planned.step <= step; planned = plan[next]) {
        next += 1;
        const aftermath = this.#trouble.strike(planned);
        if (aftermath !== "none") await this.#die(aftermath === "die" ? "kept" : "lost");
      }
      if (!hasTurned && this.trader.placed > orders / 2) {
        hasTurned = true;
        await this.#turnDay();
      }
      this.#supers.step();
      await this.#pass(this.trader.step());
    }
  }

  async rest(): Promise<void> {
    const { world: w, auditor, cast } = this.#stage;
    this.#trouble.end();
    if (this.#stage.disk.isFull) await this.#die("kept");
    // A process that is down comes up now.
    if (!w.isAlive) await this.#die("kept");
    this.#restartAt = 0;
    await this.#pass(1);
    for (const client of [...cast.leaders, ...cast.followers]) if (w.watch.isUnable(client as never)) w.renewToken(client);
    await this.#pass(CONVERGED_MS);
    auditor.atRest(beliefsOf(this.#stage), QUIET_MS);
    auditFold(this.#stage);
    this.#check();
  }

  /** The end of the journal is lost; what the books tell must be enough to go on. */
  async resumeFromCutJournal(): Promise<void> {
    const { world: w, disk, auditor, counts } = this.#stage;
    const records = [...disk.reader().read()].length;
    await w.crash();
    disk.cutAfter(this.#random.below(records), w.time.now());
    counts.add("journal cut and resumed");
    auditor.evidence.isJournalCut = true;
    auditor.evidence.journalLost(w.time.elapsed());
    auditor.evidence.journal(
      [...disk.reader().read()].map(({ record }) => ({ ...record })),
      w.time.elapsed(),
    );
    await this.#pass(CONVERGED_MS);
    auditor.atRest(beliefsOf(this.#stage), QUIET_MS);
    this.#check();
  }

  /** Leaders withdraw, and sell what they hold; what the copies have open is filled. */
  async leave(): Promise<void> {
    this.trader.withdrawAll();
    this.#supers.withdrawAll();
    await this.#pass(20_000);
    const since = this.#stage.world.time.elapsed();
    const exits = [...this.trader.leaveAll(), ...this.#supers.leaveAll()];
    await this.#pass(100);
    for (const [leader, order] of exits) this.trader.fillWhole(leader, order);
    for (let round = 0; round < 8; round += 1) {
      await this.#pass(5_000);
      this.trader.fillFollowers();
      this.#supers.fillFollowers();
    }
    await this.#pass(20_000);
    this.#stage.auditor.flat(since);
    auditFold(this.#stage);
    this.#check();
  }

  /** What shows only afterwards. */
  count(): void {
    const { counts, disk, world: w, auditor } = this.#stage;
    for (const { record } of disk.reader().read()) {
      const line: Readonly<Record<string, unknown>> = record;
      const verdict = line["verdict"] as { code?: string } | undefined;
      if (verdict?.code === "ALTERNATIVES_CLOSED") counts.add("alternatives filled together");
      if (record.type === "order-adopted") counts.add("order adopted");
      const result = line["result"] as { outcome?: string } | undefined;
      if (record.type !== "request-answered" || result?.outcome !== "unknown" || line["request"] !== "placement") continue;
      const stem = String(line["mirror"]);
      const number = Number(line["attempt"]);
      const mark = [...disk.reader().read()]
        .map((one): Readonly<Record<string, unknown>> => one.record)
        .find((one) => one["type"] === "placement-intended" && one["mirror"] === stem && one["attempt"] === number)?.["correlationId"];
      const accepted = [...auditor.evidence.orders()].some((order) => order.versions[0]?.version.correlationId === mark);
      counts.add(accepted ? "unknown outcome, accepted" : "unknown outcome, not accepted");
      if (!accepted) counts.add("placement proved absent");
    }
    if (auditor.wire.heldBack) counts.add("request held back by the budget");
    if (w.time.elapsed() < 0) throw new Error("time ran backwards");
  }

  async #turnDay(): Promise<void> {
    const { world: w, auditor, counts } = this.#stage;
    counts.add("day turned");
    const toClose = untilMidnight(w.time.now()) - 60_000;
    await this.#pass(Math.max(0, toClose));
    w.admin("session", { state: "closed" });
    await this.#pass(untilMidnight(w.time.now()) + this.#random.below(3_000));
    w.admin("session", { state: "next-day" });
    auditor.dayTurned();
    await this.#pass(60_000);
    w.admin("session", { state: "open" });
    await this.#pass(1_000);
  }

  async #die(journal: "kept" | "lost"): Promise<void> {
    const { world: w, disk, auditor } = this.#stage;
    if (w.isAlive) auditFold(this.#stage);
    await w.crash();
    auditor.evidence.diedAt = w.time.elapsed();
    if (journal === "lost") {
      disk.lose();
      auditor.evidence.journalLost(w.time.elapsed());
    }
    this.#restartAt = w.time.elapsed() + this.#random.below(8_000);
  }

  /** Time passes. A process that has died is started again when its time has come. */
  async #pass(ms: number): Promise<void> {
    const { world: w } = this.#stage;
    const until = w.time.elapsed() + ms;
    do {
      if (w.hasEngine && !w.isAlive) await this.#die("kept");
      if (!w.hasEngine && w.time.elapsed() >= this.#restartAt) await w.startEngine();
      this.#check();
      await w.time.pass(Math.min(PIECE_MS, Math.max(0, until - w.time.elapsed())));
    } while (w.time.elapsed() < until);
    this.#check();
  }

  #check(): void {
    if (this.#stage.auditor.broken !== undefined) throw new Stopped();
  }
}

const PIECE_MS = 1_000;
const DAY_MS = 86_400_000;
const KOLKATA_MS = 5.5 * 3_600_000;

function untilMidnight(now: number): number {
  return DAY_MS - ((now + KOLKATA_MS) % DAY_MS);
}
