/** One session: trading with faults, then rest, then everybody gets out; judged all the way by the auditor. */
import { type Random, seededRandom } from "../../src/simulator/exchange/random.ts";
import { CONVERGED_MS, converge, passUntilThrough, passWhileSpent, QUIET_MS, type Sender } from "./convergence.ts";
import type { Fault } from "./counts.ts";
import { ABOVE_GRACE_MS, planAboveGrace, planOf } from "./faults/plan.ts";
import { Trouble } from "./faults/strike.ts";
import { Coincidences } from "./workload/coincidences.ts";
import type { Hours } from "./workload/hours.ts";
import { Trader } from "./workload/trader.ts";
import { FileMedium } from "./world/file-medium.ts";
import { atRestOf, auditFold, productBeliefsOf, type Stage, toldCrossed } from "./world/stage.ts";

const STEPS_PER_ORDER = 3;
/** From so many orders on a session is a whole day, with lulls between what happens: in minutes they would only exhaust the budget of the hour. */
const DAY_ORDERS = 200;
const LULL_CHANCE = 0.2;
const LULL_MAX_MS = 180_000;

/** What the clock brings. */
interface Turn {
  /** As soon as more than this part of the orders is placed; or, where that takes too long, of the steps is done. */
  readonly after: number;
  readonly bySteps?: number;
  /** No later than this, in epoch milliseconds: the copier goes by the clock, and so do exchanges. A whole day comes to it long before that part. */
  readonly by: number;
  readonly come: () => Promise<void>;
}

/** Who trades in a session beside those that all have, in contracts of their own or in ways of their own. */
export interface Beside {
  /** In each step of the session. */
  step(): void;
  turnDay?(day: string): void;
  withdrawAll?(): void;
  leaveAll?(): readonly (readonly [string, string])[];
  fillFollowers?(): void;
}

/** What of it the seed does not say. */
export interface Played {
  /** Of the leaders together. */
  readonly orders: number;
  readonly hours: Hours;
  readonly lag: "below grace" | "above grace";
  /** Strikes whatever is drawn. */
  readonly certain?: readonly Fault[];
}

class Stopped extends Error {}

export class Session {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #trouble: Trouble;
  readonly trader: Trader;
  readonly #besides: readonly Beside[];
  readonly #coincidences: Coincidences;
  /** When the process is to be started again; elapsed time. */
  #restartAt = 0;

  constructor(stage: Stage, random: Random, besides: readonly Beside[]) {
    this.#stage = stage;
    this.#random = random;
    this.#trouble = new Trouble(stage);
    this.trader = new Trader(stage);
    this.#besides = besides;
    this.#coincidences = new Coincidences(stage, this.trader);
  }

  /** The whole of it, as far as nothing is broken. */
  async play(played: Played): Promise<void> {
    const { auditor, medium, world: w } = this.#stage;
    try {
      await this.#trade(played);
      await this.#rest();
      if (this.#random.below(8) === 0) await this.#resumeFromCutJournal();
      if (medium instanceof FileMedium) await this.#resumeFromCopy(medium);
      await this.#leave();
    } catch (cause) {
      if (!(cause instanceof Stopped)) auditor.breaks("BUG", cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), undefined);
    }
    this.#count();
    await w.crash();
  }

  async #trade({ orders, hours, lag, certain }: Played): Promise<void> {
    const steps = orders * STEPS_PER_ORDER;
    const plan = lag === "above grace" ? planAboveGrace(this.#stage.seed, steps) : planOf(this.#stage.seed, steps, certain);
    if (lag === "above grace") this.#trouble.lagAll(ABOVE_GRACE_MS);
    let next = 0;
    const turns = this.#turnsOf(hours);
    const lulls = seededRandom(this.#stage.seed, "lulls");
    if (hours.kind === "morning") this.#stage.world.admin("session", { state: "closed" });
    for (let step = 0; this.trader.placed < orders && step < steps * 2; step += 1) {
      for (let planned = plan[next]; planned !== undefined && planned.step <= step; planned = plan[next]) {
        next += 1;
        const aftermath = this.#trouble.strike(planned);
        if (aftermath !== "none") await this.#die(aftermath === "die" ? "kept" : "lost");
      }
      const [turn] = turns;
      if (turn !== undefined && (this.trader.placed > orders * turn.after || step > steps * (turn.bySteps ?? 2) || this.#until(turn) === 0)) {
        turns.shift();
        await turn.come();
      }
      for (const beside of this.#besides) beside.step();
      await this.#pass(Math.min(this.trader.step(), this.#until(turns[0])));
      const meanwhile = this.#coincidences.step();
      if (meanwhile !== undefined) {
        await this.#die("kept");
        meanwhile();
      }
      if (orders >= DAY_ORDERS && lulls.chance(LULL_CHANCE)) await this.#pass(Math.min(lulls.below(LULL_MAX_MS), this.#until(turns[0])));
    }
    // An order in many slices may be the last: nobody gets out of anything before the next open.
    for (const { come } of turns) await come();
  }

  async #rest(): Promise<void> {
    const { world: w, auditor, cast } = this.#stage;
    this.#trouble.end();
    if (this.#stage.disk.isFull) await this.#die("kept");
    // A process that is down comes up now.
    if (!w.isAlive) await this.#die("kept");
    this.#restartAt = 0;
    await this.#pass(1);
    for (const client of [...cast.leaders, ...cast.followers]) if (w.watch.isUnable(client as never)) w.renewToken(client);
    await converge(this.#sender);
    auditor.atRest(atRestOf(this.#stage), QUIET_MS);
    auditor.products.atRest(productBeliefsOf(this.#stage), toldCrossed(this.#stage));
    auditFold(this.#stage);
    this.#check();
  }

  /** The end of the journal is lost; what the books tell must be enough to go on. */
  async #resumeFromCutJournal(): Promise<void> {
    const { world: w, disk, counts } = this.#stage;
    const records = [...disk.reader().read()].length;
    await w.crash();
    disk.cutAfter(this.#random.below(records), w.time.now());
    counts.add("journal cut and resumed");
    await this.#goOnWithoutTheEnd();
  }

  /** The journal's file is opened as it is after each frame of its log, and the copier goes on with one of these copies. */
  async #resumeFromCopy(file: FileMedium): Promise<void> {
    const { world: w, auditor, counts } = this.#stage;
    await w.crash();
    const { opened, wrong } = file.openCopies();
    counts.add("session on a file");
    counts.add("copy of a log opened", opened);
    if (wrong !== undefined) auditor.breaks("I8", wrong, undefined);
    this.#check();
    file.goOnFromCopy();
    await this.#goOnWithoutTheEnd();
  }

  async #goOnWithoutTheEnd(): Promise<void> {
    const { world: w, disk, auditor } = this.#stage;
    auditor.evidence.isJournalCut = true;
    auditor.evidence.journalLost(w.time.elapsed());
    auditor.standing.journalLost();
    auditor.standing.durable([...disk.reader().read()].map(({ record }) => ({ ...record })));
    auditor.products.journalLost();
    auditor.evidence.journal(
      [...disk.reader().read()].map(({ record }) => ({ ...record })),
      w.time.elapsed(),
      true,
    );
    await converge(this.#sender);
    auditor.atRest(atRestOf(this.#stage), QUIET_MS);
    auditor.products.atRest(productBeliefsOf(this.#stage), toldCrossed(this.#stage));
    this.#check();
  }

  /** Leaders withdraw, and sell what they hold; what the copies have open is filled. */
  async #leave(): Promise<void> {
    this.trader.withdrawAll();
    for (const beside of this.#besides) beside.withdrawAll?.();
    await this.#pass(20_000);
    await passUntilThrough(this.#sender, CONVERGED_MS);
    const since = this.#stage.world.time.elapsed();
    const parts = this.trader.leavePartly();
    if (parts.length > 0) await this.#leavePartly(parts);
    for (const leader of this.#middle.toReversed()) await this.#fillExits(this.trader.leaveAll([leader]), 5_000);
    const exits = this.trader.leaveAll(this.#stage.cast.leaders.filter((leader) => !this.#middle.includes(leader)));
    await this.#fillExits([...exits, ...this.#besides.flatMap((beside) => beside.leaveAll?.() ?? [])], 0);
    for (let round = 0; round < 8; round += 1) await this.#passAndFill(5_000);
    await passWhileSpent({ ...this.#sender, pass: (ms) => this.#passAndFill(ms) });
    await this.#pass(20_000);
    this.#stage.auditor.flat(since);
    auditFold(this.#stage);
    this.#check();
  }

  async #passAndFill(ms: number): Promise<void> {
    await this.#pass(ms);
    this.trader.fillFollowers();
    for (const beside of this.#besides) beside.fillFollowers?.();
  }

  /** Those who follow as well, each after whom he follows: they get out of their own first, the last before all, because what they hold against the copies is taken from these (R15). */
  get #middle(): readonly string[] {
    const { leaders, followers } = this.#stage.cast;
    return leaders.filter((leader) => followers.includes(leader));
  }

  async #fillExits(exits: readonly (readonly [string, string])[], thenMs: number): Promise<void> {
    await this.#pass(100);
    for (const [leader, order] of exits) this.trader.fillWhole(leader, order);
    if (thenMs > 0) await this.#pass(thenMs);
  }

  async #leavePartly(parts: readonly (readonly [string, string])[]): Promise<void> {
    await this.#pass(1_000);
    for (const [leader, order] of parts) this.trader.fillWhole(leader, order);
    await this.#pass(5_000);
    this.trader.fillFollowers();
    await this.#pass(5_000);
  }

  /** The copier, as it is waited for. */
  get #sender(): Sender {
    const {
      world: { time },
      auditor: { wire },
    } = this.#stage;
    return {
      now: () => time.elapsed(),
      lastWriteAt: () => wire.lastWriteAt,
      isSpent: () => wire.isSpent(time.elapsed()),
      pass: (ms) => this.#pass(ms),
    };
  }

  /** What shows only afterwards. */
  #count(): void {
    const { counts, disk, world: w, auditor } = this.#stage;
    const isShort = new Set<unknown>();
    const records = [...disk.reader().read()].map(({ record }): Readonly<Record<string, unknown>> => record);
    const marks = new Map(
      records.flatMap((one) => (one["type"] === "placement-intended" ? [[`${String(one["mirror"])} ${String(one["attempt"])}`, one["correlationId"]]] : [])),
    );
    const exits = new Set<string>();
    for (const line of records) {
      if (line["type"] === "mirror-opened" && (line["role"] as { role: string }).role !== "entry") exits.add(String(line["mirror"]));
      const verdict = line["verdict"] as { code?: string; sentence?: string } | undefined;
      if (verdict?.code === "ALTERNATIVES_CLOSED") counts.add("alternatives filled together");
      if (verdict?.code === "FUNDS_SHORT") counts.add("entry refused for money");
      if (verdict?.code === "FUNDS_SHORT" && / for all of its slices/.test(verdict.sentence ?? "")) counts.add("entry in slices refused for money");
      if (verdict?.code === "SELF_TRADE") counts.add("entry refused: it would trade with its own account");
      if (verdict?.code === "FUNDS_SHORT") isShort.add(line["follower"]);
      if (verdict?.code === "COPIED" && exits.has(String(line["mirror"])) && isShort.has(line["follower"]))
        counts.add("exit while entries are refused for money");
      if (verdict?.code === "CHASED") counts.add(exits.has(String(line["mirror"])) ? "exit chased" : "entry chased");
      if (verdict?.code === "UNHEDGED") counts.add("leg missing beside another");
      if (verdict?.code === "HEDGED" && /stands after all/.test(verdict.sentence ?? "")) counts.add("missing leg stood after all");
      if (verdict?.code === "HEDGED" && /none of the legs/.test(verdict.sentence ?? "")) counts.add("legs beside a missing one gone");
      if (verdict?.code === "MISSED") counts.add("entry given up");
      if (verdict?.code === "EXIT_RESTS") counts.add("exit left to rest");
      if (verdict?.code === "COPIED" && / rupees x /.test(verdict.sentence ?? "")) counts.add("entry sized by capital");
      if (verdict?.code === "COPIED" && / carried /.test(verdict.sentence ?? "")) counts.add("entry given what was carried");
      if (verdict?.code === "COPIED" && /slices before/.test(verdict.sentence ?? ""))
        counts.add(exits.has(String(line["mirror"])) ? "exit given what was left of a slice before" : "entry given what was left of a slice before");
      if (line["type"] === "placement-intended" && isLaterSlice(line["correlationId"]))
        counts.add(exits.has(String(line["mirror"])) ? "slice beyond the first of an exit" : "slice beyond the first of an entry");
      if (line["type"] === "placement-intended" && line["product"] !== undefined)
        counts.add(exits.has(String(line["mirror"])) ? "exit in another product than the leader's" : "entry in the product that the leader has converted to");
      if (line["type"] === "leader-positions-read" && line["converted"] !== undefined) counts.add("conversion of a leader seen");
      if (line["type"] === "follower-positions-read" && line["converted"] !== undefined) counts.add("conversion of a follower seen");
      if (line["type"] === "order-adopted") counts.add("order adopted");
      if (line["type"] === "order-adopted" && (line["report"] as { family?: string }).family === "super") counts.add("super order adopted");
      if (line["type"] === "modification-intended" && ["stop", "target"].includes((line["legs"] as { leg?: string } | undefined)?.leg ?? ""))
        counts.add("super leg of a follower changed");
      if (line["type"] === "placement-intended" && /_LEG$/.test(String(line["mirror"]))) counts.add("plain order in the place of a super leg");
      if (verdict?.code === "FAMILY_NOT_COPIED" && / is not sliced$/.test(verdict.sentence ?? "")) counts.add("super order above the freeze quantity");
      if (line["type"] === "order-adopted" && isLaterSlice((line["report"] as { correlationId?: string }).correlationId)) counts.add("slice adopted");
      if (line["type"] === "mirrors-put-away") counts.add("mirrors put away");
      const result = line["result"] as { outcome?: string } | undefined;
      if (line["type"] !== "request-answered" || result?.outcome !== "unknown" || line["request"] !== "placement") continue;
      const mark = marks.get(`${String(line["mirror"])} ${String(line["attempt"])}`);
      if (isLaterSlice(mark)) counts.add("slice in doubt");
      const accepted = [...auditor.evidence.orders()].some((order) => order.versions[0]?.version.correlationId === mark);
      counts.add(accepted ? "unknown outcome, accepted" : "unknown outcome, not accepted");
      if (!accepted) counts.add("placement proved absent");
    }
    counts.add("forever or conditional order told", auditor.standing.count);
    for (const times of auditor.products.crossed.values()) counts.add("exit sent before its conversion was seen", times);
    counts.add("copy written off against its owner's trade", auditor.evidence.writeOffs.count);
    counts.add("position of a copy that carries, judged", auditor.carried);
    counts.add("entry in slices of the leader's own, judged as a whole", auditor.sliced.entries);
    counts.add("exit in slices of the leader's own, judged as a whole", auditor.sliced.exits);
    counts.add("leg missing beside another, judged", auditor.legsMissing);
    if (auditor.wire.heldBack) counts.add("request held back by the budget");
    if (w.time.elapsed() < 0) throw new Error("time ran backwards");
  }

  /** What the clock brings in the middle of the trading, and after which part of it. */
  #turnsOf(hours: Hours): Turn[] {
    if (hours.kind !== "day" && hours.kind !== "turn") this.#stage.counts.add("session by a calendar");
    switch (hours.kind) {
      case "day":
        return [];
      case "turn":
        return [{ after: 1 / 2, by: this.#at("23:59"), come: () => this.#turnDay() }];
      case "morning":
        return [{ after: 1 / 3, bySteps: 1 / 3, by: this.#at("09:15"), come: () => this.#open("09:15") }];
      case "night":
        return [
          { after: 1 / 3, bySteps: 1 / 2, by: this.#at("23:40"), come: () => this.#close("23:40") },
          { after: 2 / 3, bySteps: 1, by: this.#at("23:59"), come: () => this.#passNight(hours.reissues) },
        ];
    }
  }

  async #close(time: string): Promise<void> {
    await this.#passUntil(time);
    this.#stage.world.admin("session", { state: "closed" });
    await this.#pass(2_000);
  }

  async #passNight(reissues: boolean): Promise<void> {
    const { world: w, auditor, counts } = this.#stage;
    counts.add("day turned");
    await this.#pass(untilMidnight(w.time.now()) + this.#random.below(3_000));
    w.admin("session", { state: "next-day" });
    const day = kolkataDay(w.time.now());
    counts.add("copied position ended by expiry", auditor.dayTurned(day));
    this.trader.turnDay(day, reissues);
    for (const beside of this.#besides) beside.turnDay?.(day);
    await this.#open("00:05");
  }

  /** After-market orders go out. */
  async #open(time: string): Promise<void> {
    const { world: w, counts, cast } = this.#stage;
    await this.#passUntil(time);
    const { ledger } = w.simulator.exchange;
    const waiting = cast.leaders
      .flatMap((leader) => ledger.books(leader)?.orders() ?? [])
      .filter(({ status, contracted }) => status === "PENDING" && contracted.afterMarket);
    counts.add("after-market order that went out at the open", waiting.length);
    w.admin("session", { state: "open" });
    await this.#pass(1_000);
  }

  /** To this time of the day, `HH:MM`; at once when it has passed. */
  async #passUntil(time: string): Promise<void> {
    await this.#pass(Math.max(0, this.#at(time) - this.#stage.world.time.now()));
  }

  /** This time of the day that it is, `HH:MM`. */
  #at(time: string): number {
    return Date.parse(`${kolkataDay(this.#stage.world.time.now())}T${time}:00+05:30`);
  }

  /** How long there is until a turn comes at the latest. */
  #until(turn: Turn | undefined): number {
    return turn === undefined ? Number.POSITIVE_INFINITY : Math.max(0, turn.by - this.#stage.world.time.now());
  }

  async #turnDay(): Promise<void> {
    const { world: w, auditor, counts } = this.#stage;
    counts.add("day turned");
    const toClose = untilMidnight(w.time.now()) - 60_000;
    await this.#pass(Math.max(0, toClose));
    w.admin("session", { state: "closed" });
    await this.#pass(untilMidnight(w.time.now()) + this.#random.below(3_000));
    w.admin("session", { state: "next-day" });
    auditor.dayTurned(kolkataDay(w.time.now()));
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
      auditor.standing.journalLost();
      auditor.products.journalLost();
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

function kolkataDay(now: number): string {
  return new Date(now + KOLKATA_MS).toISOString().slice(0, 10);
}

function untilMidnight(now: number): number {
  return DAY_MS - ((now + KOLKATA_MS) % DAY_MS);
}

/** Of an order above the freeze quantity, by its mark (R9). */
function isLaterSlice(mark: unknown): boolean {
  return typeof mark === "string" && mark.slice(19, 21) !== "00";
}
