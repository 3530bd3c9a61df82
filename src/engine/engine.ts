/**
 * The engine: one loop that takes what happened in order, records it, decides for every mirror that it concerns, makes
 * facts and intents durable in one batch, and sends. All judgement is in `domain/`; this file is plumbing and order.
 *
 * A leader's report is acted on at once. Everything else (answers, followers' reports, wake-ups) waits a few milliseconds so
 * that many of them share one synced append.
 */
import { assert } from "../domain/assert.ts";
import { type Book, followerBook, holdingKey, mirrorsOfHolding } from "../domain/book/book.ts";
import { isSettled } from "../domain/book/over.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { answer, type OperatorCommand } from "../domain/halt/answer.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { InstrumentLookup } from "../domain/instrument.ts";
import type { Wanted } from "../domain/margin/cover.ts";
import { soldBeside } from "../domain/mirror/basket.ts";
import type { Rank, Request } from "../domain/mirror/decision.ts";
import { hasForever } from "../domain/mirror/forever.ts";
import { isLive, type Mirror, type MirrorKey } from "../domain/mirror/mirror.ts";
import type { Copy } from "../domain/mirror/open.ts";
import { isLookedFor } from "../domain/mirror/told-legs.ts";
import type { BookRecord, MirrorOpened } from "../domain/records.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import { Alarms } from "./alarms.ts";
import { adoptTold, type Unclaimed } from "./books.ts";
import { BreakerNotes } from "./breaker-notes.ts";
import { RateBudget } from "./budget.ts";
import { type BudgetView, budgetView } from "./budget-view.ts";
import type { Books } from "./caught-up.ts";
import { type CommandResult, type CopyStanding, notDurable, standing } from "./command.ts";
import { ConversionNotes } from "./conversion-notes.ts";
import { Dispatch } from "./dispatch.ts";
import { FundsReads } from "./funds-reads.ts";
import { type Inbound, isUrgent } from "./inbox.ts";
import { Intake } from "./intake.ts";
import { intended, isSaidOnLeaving } from "./intended.ts";
import { type Decided, Judgement, waitsForNothing } from "./judgement.ts";
import { MarginReads } from "./margin-reads.ts";
import { noNewsAt } from "./no-news.ts";
import { type Departing, Outbox } from "./outbox.ts";
import { type EngineAccount, type Note, type Observer, Parties } from "./parties.ts";
import type { IsNoNews } from "./ports/broker.ts";
import type { Journal } from "./ports/journal.ts";
import { PositionReads } from "./position-reads.ts";
import { QuietMirrors } from "./quiet.ts";
import { Reads } from "./reads.ts";
import { Recorder } from "./recorder.ts";
import { type Intent, Sender } from "./sender.ts";
import type { Spent } from "./spent.ts";
import { StandingReads } from "./standing-reads.ts";
import { type History, TradeHistory } from "./trade-history.ts";
import { TradeReads } from "./trade-reads.ts";
import type { Traded } from "./traded.ts";
import { type Order, Turns } from "./turns.ts";
import { UnexplainedNotes } from "./unexplained-notes.ts";

export interface EngineOptions {
  /** What the journal told; the engine's own from now on. */
  readonly book: Book;
  /** What of the order budget was spent by the processes before this one. */
  readonly spent: Spent;
  /** What the trade books have told of the day's orders. */
  readonly traded: Traded;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly accounts: readonly EngineAccount[];
  readonly copies: readonly Copy[];
  readonly instruments: InstrumentLookup;
  readonly calendar: Calendar;
  readonly observer: Observer;
}

/** How long answers and followers' reports wait for company, so that they share a synced append. */
const GATHER_MS = 3;
/** Intents per append: with more followers than this, the first ones' requests leave before the last ones are decided. */
const CHUNK = 100;

export class Engine {
  /** The money of accounts by which something is decided. Read by the watch, off the way of the orders. */
  readonly funds: FundsReads;
  /** What waits at the leaders' brokers. */
  readonly standingReads: StandingReads;
  /** What positions are converted to. Read by the watch as well. */
  readonly positions: PositionReads;
  /** What was traded on days that are over. Read before the day turns. */
  readonly history: TradeHistory;
  readonly #book: Book;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #parties: Parties;
  readonly #observer: Observer;
  readonly #recorder: Recorder;
  readonly #outboxes = new Map<ClientId, Outbox>();
  readonly #urgent: Inbound[] = [];
  readonly #gathered: Inbound[] = [];
  /** When a mirror is to be looked at again, by the wall clock. */
  readonly #alarms: Alarms<MirrorKey>;
  /** When the budget of an account lets something go, in elapsed time. */
  readonly #pumps: Alarms<ClientId>;
  readonly #reads: Reads;
  readonly #tradeReads: TradeReads;
  readonly #marginReads: MarginReads;
  readonly #breakerNotes: BreakerNotes;
  readonly #conversionNotes: ConversionNotes;
  readonly #unexplainedNotes: UnexplainedNotes;
  readonly #intake: Intake;
  readonly #judgement: Judgement;
  readonly #turns: Turns;
  readonly #sender: Sender;
  readonly #dispatch: Dispatch;
  readonly #quiet = new QuietMirrors();
  #stopGathering: (() => void) | undefined;
  #state: "held" | "running" | "stopped" = "held";
  #draining = false;

  constructor(options: EngineOptions) {
    const { book, spent } = options;
    this.#book = book;
    this.#clock = options.clock;
    this.#timers = options.timers;
    this.#alarms = new Alarms(options.timers);
    this.#pumps = new Alarms(options.timers);
    this.#observer = options.observer;
    this.#parties = new Parties(options.accounts, options.copies, (copy) => hasForever(book, copy));
    this.#recorder = new Recorder(book, options.journal, (records) => this.#recorded(records));
    const parties = this.#parties;
    const wallToElapsed = this.#clock.elapsed() - this.#clock.now();
    for (const id of parties.followers) {
      const settled = spent.settledAt(id, this.#clock.now()).map((at) => at + wallToElapsed);
      this.#outboxes.set(id, new Outbox(new RateBudget(parties.account(id).rates, settled)));
    }
    const noted = (note: Note): void => options.observer.noted(note);
    this.#reads = new Reads({ ...options, parties, post: (event) => this.post(event) });
    this.#tradeReads = new TradeReads({ ...options, parties, post: (event) => this.post(event), noted });
    this.#marginReads = new MarginReads({ ...options, parties, post: (event) => this.post(event) });
    this.funds = new FundsReads({ ...options, parties, post: (event) => this.post(event), noted });
    this.standingReads = new StandingReads({ ...options, parties, post: (event) => this.post(event), noted });
    this.positions = new PositionReads({ ...options, parties, post: (event) => this.post(event) });
    this.history = new TradeHistory({ ...options, parties, noted });
    this.#conversionNotes = new ConversionNotes({ book, parties, noted });
    this.#unexplainedNotes = new UnexplainedNotes({ book, parties, noted });
    this.#breakerNotes = new BreakerNotes({ book, parties, noted });
    const sources = { instruments: options.instruments, fundsOf: (id: ClientId) => this.funds.of(id) };
    this.#intake = new Intake({ ...options, sources, parties, recorder: this.#recorder, reads: this.#reads, noted });
    this.#judgement = new Judgement({ ...options, parties, intake: this.#intake, recorder: this.#recorder });
    this.#turns = new Turns({ ...options, parties, judgement: this.#judgement, outboxes: this.#outboxes });
    const outboxOf = (follower: ClientId): Outbox => this.#outboxOf(follower);
    this.#sender = new Sender({ parties, noted, outboxOf, answered: (answer) => this.#answered(answer) });
    this.#dispatch = new Dispatch({ ...options, parties, noted, outboxOf, recorder: this.#recorder, sender: this.#sender, healed: () => this.#healed() });
  }

  isLeader(id: ClientId): boolean {
    return this.#parties.leaders.has(id);
  }

  isFollower(id: ClientId): boolean {
    return this.#parties.followers.has(id);
  }

  /** What an account has copied is known before what it holds as a leader (R7). */
  leadersFirst(accounts: Iterable<ClientId>): readonly ClientId[] {
    return this.#parties.leadersFirst(accounts);
  }

  /** Why the journal can't be written: nothing that can't be recorded is sent meanwhile. */
  get broken(): string | undefined {
    return this.#recorder.broken?.message;
  }

  /** Records that could not be stored. */
  get unstored(): number {
    return this.#recorder.unstored;
  }

  /** Requests that were sent and not answered yet. */
  get inFlight(): number {
    return this.#sender.inFlight;
  }

  waitingAt(id: ClientId): number {
    return this.#outboxes.get(id)?.waiting ?? 0;
  }

  /** How an account of the configuration stands with its broker's limits; one that only leads sends nothing. */
  budgetOf(id: ClientId): BudgetView {
    const outbox = this.#outboxes.get(id) ?? new Outbox(new RateBudget(this.#parties.account(id).rates));
    return budgetView(outbox, followerBook(this.#book, id).breaker, { elapsed: this.#clock.elapsed(), now: this.#clock.now() });
  }

  /** What of an account's book need not be told. */
  isNoNews(account: ClientId): IsNoNews {
    return noNewsAt(account, { book: this.#book, parties: this.#parties });
  }

  get book(): Book {
    return this.#book;
  }

  /** Puts something into the inbox. Before `release` it stays there. */
  post(event: Inbound): void {
    if (this.#state === "stopped") return;
    // The start reads the books to their end.
    if (this.#state === "held" && event.type === "rows") return;
    if (isUrgent(event, this.#parties.leaders)) {
      this.#urgent.push(event);
      this.#drainUrgent();
      return;
    }
    this.#gathered.push(event);
    // What waits behind a placement under way leaves as soon as that is answered.
    if (event.type === "answered" && this.waitingAt(event.answer.follower) > 0) this.#drainGathered();
    else this.#gather();
  }

  /**
   * The books are read: makes what they told durable, takes what the leaders' streams told meanwhile, and then acts on everything known, at the
   * followers whose books are among them. So an order that the leader has withdrawn by now goes before any entry. What the followers' streams told is
   * taken after that: it may be of a change that an earlier process sent and could not record, and that is repeated first (decision 19).
   */
  release(admitted: ReadonlySet<ClientId>): void {
    assert(this.#state === "held", "the engine was released before");
    this.#dispatch.commitAndSend([]);
    this.#intake.settleDoubts();
    this.#tradeReads.begin();
    const touched = new Map<MirrorKey, ClientId>();
    for (const event of this.#urgent.splice(0)) for (const [key, follower] of this.#intake.take(event)) touched.set(key, follower);
    for (const id of admitted) for (const [key, follower] of this.#intake.admit(id)) touched.set(key, follower);
    this.#state = "running";
    this.#act(touched, undefined, "by rank");
    this.#drainUrgent();
    this.#gather();
  }

  /** The follower's book has been read twice, a grace apart, since the start (R11). */
  prove(follower: ClientId): void {
    this.post({ type: "proved", account: follower });
  }

  /**
   * What a person orders (R23): in force and durable when this returns. Before `release` too, so that a start can be halted. An entry that
   * waits for the budget is refused at once; otherwise each decision asks, and a resume wakes nothing.
   */
  command(command: OperatorCommand): CommandResult {
    if (this.#state === "stopped") return { result: "failed", why: "the copier is stopping" };
    const cast = this.#parties.cast;
    const before = standing(this.#book, cast);
    const answered = answer(this.#book, cast, command, this.#clock.now());
    if (answered.answer === "unknown-name") return { result: "unknown-name", of: answered.of, name: answered.name, known: answered.known };
    for (const record of answered.records) this.#recorder.record(record);
    this.#dispatch.commitAndSend([]);
    for (const [follower, outbox] of this.#outboxes)
      for (const mirror of answered.records.length === 0 ? [] : outbox.keys()) this.post({ type: "wake", account: follower, mirror });
    const after = standing(this.#book, cast);
    if (this.broken !== undefined) return { result: "failed", why: notDurable(this.broken, command) };
    return { result: "done", changed: answered.records.length > 0, before, after };
  }

  /** How each copy stands: whether it opens anything. */
  standing(): readonly CopyStanding[] {
    return standing(this.#book, this.#parties.cast);
  }

  /** Takes nothing more. What was sent is awaited by `inFlight`; `settle` records the last answers. */
  close(): void {
    this.#alarms.clear();
    this.#pumps.clear();
    this.#dispatch.stop();
    this.#reads.stop();
    this.#tradeReads.stop();
    this.funds.stop();
    this.#state = "stopped";
  }

  /** Records the answers that have arrived, without acting on them. For the end of the process. */
  settle(): void {
    for (const event of this.#gathered.splice(0))
      if (event.type === "answered") this.#recorder.record({ type: "request-answered", at: this.#clock.now(), ...event.answer });
    if (this.#recorder.broken === undefined) this.#recorder.commit();
    else this.#recorder.retry();
  }

  #recorded(records: readonly BookRecord[]): void {
    this.#observer.recorded(records);
    this.#tradeReads.recorded(records);
    this.#breakerNotes.recorded(records);
    this.#conversionNotes.recorded(records);
    this.#unexplainedNotes.recorded(records);
  }

  /** After the end an answer is only kept, for `settle`. */
  #answered(answer: Inbound): void {
    if (this.#state === "stopped") this.#gathered.push(answer);
    else this.post(answer);
  }

  #outboxOf(follower: ClientId): Outbox {
    const outbox = this.#outboxes.get(follower);
    assert(outbox !== undefined, `${follower} follows nobody`);
    return outbox;
  }

  #gather(): void {
    if (this.#state === "held" || this.#stopGathering !== undefined || this.#gathered.length === 0) return;
    this.#stopGathering = this.#timers.after(GATHER_MS, () => {
      this.#stopGathering = undefined;
      this.#drainGathered();
    });
  }

  #drainUrgent(): void {
    if (this.#state !== "running" || this.#draining) return;
    this.#draining = true;
    try {
      for (let event = this.#urgent.shift(); event !== undefined; event = this.#urgent.shift()) {
        const touched = this.#intake.take(event);
        this.#act(touched, event.type === "reported" ? event.arrived : undefined);
      }
    } finally {
      this.#draining = false;
    }
  }

  #drainGathered(): void {
    if (this.#state !== "running" || this.#draining) return;
    this.#draining = true;
    const touched = new Map<MirrorKey, ClientId>();
    try {
      const events = this.#gathered.splice(0);
      for (const event of events) for (const [key, follower] of this.#intake.take(event)) touched.set(key, follower);
      this.#putAway();
      this.#act(touched, undefined, events.some(asksAll) ? "by rank" : "as told");
      for (const id of this.#parties.followers) this.#pump(id);
    } finally {
      this.#draining = false;
    }
    this.#drainUrgent();
    this.#gather();
  }

  /** What an account's books tell, under the numbers by which the engine knows it. */
  told(account: ClientId, read: Books): Books {
    return { ...read, orders: this.#intake.told(account, read.orders) };
  }

  /** Opens the mirrors of a leader order in every copy that has none of it yet; for the start, row by row. */
  openMirrors(leader: ClientId, order: OrderId, now: UnixMs, unclaimed: Unclaimed["copies"]): void {
    this.#intake.openMirrors(leader, order, now, unclaimed);
  }

  /** At the start: order calls of the process before this one of which the journal tells nothing (R21). */
  countUnrecorded(follower: ClientId, settledAt: readonly UnixMs[]): void {
    const wallToElapsed = this.#clock.elapsed() - this.#clock.now();
    for (const at of settledAt) this.#outboxOf(follower).budget.spent(at + wallToElapsed);
  }

  /** At the start: ends what the days before left open (R24), before anything of today is read. */
  turnDay(history: History): void {
    this.#intake.recordDay(this.#clock.now(), history);
  }

  /** Records one fact at the start, so that the next can be decided on it; durable with the next commit. */
  recordOne(record: BookRecord): void {
    this.#recorder.record(record);
  }

  /** Decides for each mirror, commits facts and intents in chunks, and sends. An order whose slices ask for less after its cancel goes behind the others. */
  #act(touched: Iterable<readonly [MirrorKey, ClientId]>, arrived: number | undefined, order: Order = "as told"): void {
    let intents: Intent[] = [];
    let turns = this.#turns.inOrder([...touched], order);
    while (turns.length > 0) {
      const behind: (readonly [MirrorKey, ClientId])[] = [];
      for (const { follower, key, decided } of turns) {
        const leaving = this.#decideAll(follower, key, arrived, decided);
        if (isMoreBehind(leaving)) behind.push([key, follower]);
        intents.push(...leaving);
        if (intents.length < CHUNK) continue;
        this.#dispatch.commitAndSend(intents);
        intents = [];
      }
      turns = this.#turns.inOrder(behind, "by rank");
    }
    this.#dispatch.commitAndSend(intents);
  }

  /** The requests of all slices of its order that may leave now and are as urgent as the first of them. */
  #decideAll(follower: ClientId, key: MirrorKey, arrived: number | undefined, decided?: Decided): readonly Intent[] {
    const intents: Intent[] = [];
    let intent = this.#decideFor(follower, key, arrived, decided);
    while (intent !== undefined) {
      intents.push(intent);
      intent = intent.next === intent.rank ? this.#decideFor(follower, key, arrived) : undefined;
    }
    return intents;
  }

  #decideFor(follower: ClientId, key: MirrorKey, arrived: number | undefined, decided?: Decided): Intent | undefined {
    const mirror = followerBook(this.#book, follower).mirrors.get(key);
    const outbox = this.#outboxes.get(follower);
    const copy = mirror === undefined ? undefined : this.#parties.copyOf(mirror);
    if (mirror === undefined || outbox === undefined || copy === undefined || !this.#intake.isAdmitted(follower)) {
      outbox?.leave(key); // its day is over, and it is forgotten
      return undefined;
    }
    const { situation, decision } = this.#judgement.stands(decided) ? decided : this.#judgement.of(mirror, copy);
    for (const { verdict, refuses, keeps } of decision.verdicts) {
      // That an order was sent is said when it is sent.
      if (isSaidOnLeaving(verdict) && decision.request !== undefined) continue;
      this.#recorder.record({ type: "verdict-given", at: situation.now, follower, mirror: key, verdict, refuses, keeps });
      // From now on it claims what it exits, and the exits beside it give way.
      if (verdict.code === "SQUARE_OFF_MISSED") this.#wakeHolding(mirror);
    }
    for (const opened of decision.opens) this.#open(opened);
    if (waitsForNothing(decision) && !isLive(mirror)) this.#quiet.begin(follower, key, this.#clock.elapsed());
    else this.#quiet.end(follower, key);
    this.#setAlarm(mirror, decision.wakeAt);
    for (const look of [decision.look, ...(decision.others?.looks ?? [])]) if (look !== undefined) this.#reads.look(follower, key, look);
    if (decision.wanted !== undefined) this.#want(follower, key, decision.wanted);
    if (decision.request === undefined) {
      outbox.leave(key);
      return undefined;
    }
    if (!this.#dispatch.mayLeave(decision.request, mirror)) {
      // It is decided anew when the journal can be written again.
      outbox.leave(key);
      return undefined;
    }
    const since = outbox.arrivedFor(key) ?? arrived;
    const departing = departingOf(decision.request, decision.rank, since);
    if (!outbox.takeSlot(key, departing, this.#clock.elapsed())) {
      outbox.wait(key, departing);
      if (departing.isPlacement) outbox.goBefore(key, soldBeside(this.#book, mirror, outbox.keys(), copy.policy.basketWindowMs));
      this.#armPump(follower, outbox);
      return undefined;
    }
    outbox.leave(key);
    for (const record of intended(mirror, decision, situation.now)) this.#recorder.record(record);
    return { mirror, request: decision.request, decidedAt: this.#clock.elapsed(), arrived: since, rank: decision.rank, next: decision.others?.next };
  }

  #want(follower: ClientId, key: MirrorKey, wanted: Wanted): void {
    if (wanted.wants === "funds") this.funds.want(follower, key);
    else if (!wanted.beside || !this.#marginReads.isBusy(follower)) this.#marginReads.want(follower, wanted.question, key);
  }

  /** Some of the mirrors that are over and have been quiet, where asking once more gives nothing either. */
  #putAway(): void {
    const quiet = this.broken === undefined ? this.#quiet.take(this.#clock.elapsed()) : undefined;
    if (quiet === undefined) return;
    const { follower } = quiet;
    const away = quiet.keys.flatMap((key) => {
      const mirror = followerBook(this.#book, follower).mirrors.get(key);
      if (mirror === undefined) return [];
      if (this.#isDone(mirror)) return [mirror];
      this.#quiet.begin(follower, key, this.#clock.elapsed());
      return [];
    });
    if (away.length === 0) return;
    const mirrors = away.map(({ key }) => key);
    this.#recorder.record({ type: "mirrors-put-away", at: this.#clock.now(), follower, mirrors, orders: away.flatMap(ordersOf) });
  }

  /** Of an account that waits for something (a token, the second reading of its books, its breaker) nobody is done. */
  #isDone(mirror: Mirror): boolean {
    const { follower } = mirror;
    const copy = this.#parties.copyOf(mirror);
    const waits =
      !this.#intake.isProved(follower) || this.#intake.unable(follower) !== undefined || followerBook(this.#book, follower).breaker.state !== "closed";
    if (copy === undefined || waits || !isSettled(this.#book, mirror)) return false;
    if (isLookedFor(this.#book, mirror, { windowMs: copy.policy.basketWindowMs, now: this.#clock.now() })) return false;
    const { decision } = this.#judgement.of(mirror, copy);
    return waitsForNothing(decision) && decision.verdicts.length === 0 && decision.opens.length === 0;
  }

  /** A mirror that another gave cause to claims a part of what the exits beside it may sell, so all of them are looked at again. */
  #open(opened: MirrorOpened): void {
    this.#recorder.record(opened);
    adoptTold(this.#book, (one) => this.#recorder.record(one), opened, this.#parties.account(opened.follower).limits);
    this.#wakeHolding({ ...opened, key: opened.mirror });
  }

  #wakeHolding({ key, leader, follower, instrument, contracted }: Pick<Mirror, "key" | "leader" | "follower" | "instrument" | "contracted">): void {
    const holding = holdingKey(instrument, contracted.product);
    for (const mirror of new Set([key, ...mirrorsOfHolding(followerBook(this.#book, follower), leader, holding)]))
      this.post({ type: "wake", account: follower, mirror });
  }

  /** The journal has taken what waited: everything is decided anew, and what it is worth by now is judged then (R14, R20). */
  #healed(): void {
    this.#draining = true;
    try {
      this.#act(this.#intake.movable(), undefined);
      for (const id of this.#parties.followers) this.#pump(id);
    } finally {
      this.#draining = false;
    }
    this.#drainUrgent();
    this.#gather();
  }

  /** Lets go what waits, in order of rank, as far as the budget allows. */
  #pump(follower: ClientId): void {
    const outbox = this.#outboxes.get(follower);
    if (outbox === undefined) return;
    const intents: Intent[] = [];
    const behind: (readonly [MirrorKey, ClientId])[] = [];
    for (let key = outbox.next(); key !== undefined && outbox.waitMs(this.#clock.elapsed()) === 0; key = outbox.next()) {
      const leaving = this.#decideAll(follower, key, undefined);
      intents.push(...leaving);
      if (isMoreBehind(leaving)) behind.push([key, follower]);
      if (leaving.length === 0 && outbox.next() === key) break;
    }
    this.#dispatch.commitAndSend(intents);
    this.#act(behind, undefined, "by rank");
    this.#armPump(follower, outbox);
  }

  #armPump(follower: ClientId, outbox: Outbox): void {
    if (outbox.waiting === 0) return;
    const waitMs = outbox.waitMs(this.#clock.elapsed());
    // It depends on an answer, and every answer pumps.
    if (waitMs === undefined) return;
    const at = this.#clock.elapsed() + Math.max(1, waitMs);
    const armed = this.#pumps.at(follower);
    // An entry may wait for an hour to pass where an exit waits for a second.
    if (armed === undefined || armed > at) this.#pumps.set(follower, at, waitMs, () => this.post({ type: "pump", account: follower }));
  }

  #setAlarm({ key, follower }: Mirror, at: UnixMs | undefined): void {
    if (this.#alarms.at(key) === at) return;
    if (at === undefined || this.#state === "stopped") this.#alarms.unset(key);
    else this.#alarms.set(key, at, at - this.#clock.now(), () => this.post({ type: "wake", account: follower, mirror: key }));
  }
}

function ordersOf({ attempts }: Mirror): readonly OrderId[] {
  return attempts.flatMap(({ orderId }) => orderId ?? []);
}

/** Whether other slices of the order that these are of have less urgent requests. */
function isMoreBehind(leaving: readonly Intent[]): boolean {
  return leaving.at(-1)?.next !== undefined;
}

/** Whether it asks all mirrors of an account. */
function asksAll({ type }: Inbound): boolean {
  return type === "follower-book" || type === "proved" || type === "ability" || type === "day-turned";
}

/** A cancel that makes room leaves only when the order that takes the place could follow at once: a stop is missed until then. */
function departingOf(request: Request, rank: Rank, arrived: number | undefined): Departing {
  return { rank, isPlacement: request.request === "place", needs: request.request === "cancel" && request.purpose === "replaces" ? 2 : 1, arrived };
}
