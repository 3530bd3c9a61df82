/**
 * The engine: one loop that takes what happened in order and records it (`intake.ts`), decides for every mirror that it concerns, makes
 * facts and intents durable in one batch, and sends (`acting.ts`). All judgement is in `domain/`; what is here is plumbing and order.
 *
 * A leader's report is acted on at once. Everything else (answers, followers' reports, wake-ups) waits a few milliseconds so
 * that many of them share one synced append.
 */
import { assert } from "../domain/assert.ts";
import { type Book, followerBook } from "../domain/book/book.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { answer, type OperatorCommand } from "../domain/halt/answer.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { InstrumentLookup } from "../domain/instrument.ts";
import { hasForever } from "../domain/mirror/forever.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { Copy } from "../domain/mirror/open.ts";
import type { BookRecord } from "../domain/records.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import { Acting } from "./acting.ts";
import type { Unclaimed } from "./books.ts";
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
import { Judgement } from "./judgement.ts";
import { MarginReads } from "./margin-reads.ts";
import { noNewsAt } from "./no-news.ts";
import { Outbox } from "./outbox.ts";
import { type EngineAccount, type Note, type Observer, Parties } from "./parties.ts";
import type { IsNoNews } from "./ports/broker.ts";
import type { Journal } from "./ports/journal.ts";
import { PositionReads } from "./position-reads.ts";
import { PuttingAway } from "./putting-away.ts";
import { QuietMirrors } from "./quiet.ts";
import { Reads } from "./reads.ts";
import { Recorder } from "./recorder.ts";
import { Sender } from "./sender.ts";
import type { Spent } from "./spent.ts";
import { StandingReads } from "./standing-reads.ts";
import { type History, TradeHistory } from "./trade-history.ts";
import { TradeReads } from "./trade-reads.ts";
import type { Traded } from "./traded.ts";
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
  readonly #reads: Reads;
  readonly #tradeReads: TradeReads;
  readonly #breakerNotes: BreakerNotes;
  readonly #conversionNotes: ConversionNotes;
  readonly #unexplainedNotes: UnexplainedNotes;
  readonly #intake: Intake;
  readonly #sender: Sender;
  readonly #dispatch: Dispatch;
  readonly #acting: Acting;
  readonly #puttingAway: PuttingAway;
  #stopGathering: (() => void) | undefined;
  #state: "held" | "running" | "stopped" = "held";
  #draining = false;

  constructor(options: EngineOptions) {
    const { book, spent } = options;
    this.#book = book;
    this.#clock = options.clock;
    this.#timers = options.timers;
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
    const marginReads = new MarginReads({ ...options, parties, post: (event) => this.post(event) });
    this.funds = new FundsReads({ ...options, parties, post: (event) => this.post(event), noted });
    this.standingReads = new StandingReads({ ...options, parties, post: (event) => this.post(event), noted });
    this.positions = new PositionReads({ ...options, parties, post: (event) => this.post(event) });
    this.history = new TradeHistory({ ...options, parties, noted });
    this.#conversionNotes = new ConversionNotes({ book, parties, noted });
    this.#unexplainedNotes = new UnexplainedNotes({ book, parties, noted });
    this.#breakerNotes = new BreakerNotes({ book, parties, noted });
    const sources = { instruments: options.instruments, fundsOf: (id: ClientId) => this.funds.of(id) };
    this.#intake = new Intake({ ...options, sources, parties, recorder: this.#recorder, reads: this.#reads, noted });
    const outboxOf = (follower: ClientId): Outbox => this.#outboxOf(follower);
    this.#sender = new Sender({ parties, noted, outboxOf, answered: (answer) => this.#answered(answer) });
    this.#dispatch = new Dispatch({ ...options, parties, noted, outboxOf, recorder: this.#recorder, sender: this.#sender, healed: () => this.#healed() });
    const core = { ...options, parties, intake: this.#intake, recorder: this.#recorder };
    const deciding = { ...core, judgement: new Judgement(core), quiet: new QuietMirrors() };
    this.#puttingAway = new PuttingAway(deciding);
    this.#acting = new Acting({
      ...deciding,
      dispatch: this.#dispatch,
      outboxes: this.#outboxes,
      reads: this.#reads,
      funds: this.funds,
      marginReads,
      noted,
      post: (event) => this.post(event),
    });
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
    this.#acting.act(touched, undefined, "by rank");
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
    this.#acting.stop();
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
        this.#acting.act(touched, event.type === "reported" ? event.arrived : undefined);
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
      this.#puttingAway.take();
      this.#acting.act(touched, undefined, events.some(asksAll) ? "by rank" : "as told");
      for (const id of this.#parties.followers) this.#acting.pump(id);
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

  /** The journal has taken what waited: everything is decided anew, and what it is worth by now is judged then (R14, R20). */
  #healed(): void {
    this.#draining = true;
    try {
      this.#acting.act(this.#intake.movable(), undefined);
      for (const id of this.#parties.followers) this.#acting.pump(id);
    } finally {
      this.#draining = false;
    }
    this.#drainUrgent();
    this.#gather();
  }
}

/** Whether it asks all mirrors of an account. */
function asksAll({ type }: Inbound): boolean {
  return type === "follower-book" || type === "proved" || type === "ability" || type === "day-turned";
}
