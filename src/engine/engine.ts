/**
 * The engine: one loop that takes what happened in order, records it, decides for every mirror that it concerns, makes
 * facts and intents durable in one batch, and sends. All judgement is in `domain/`; this file is plumbing and order.
 *
 * A leader's report is acted on at once. Everything else (answers, followers' reports, wake-ups) waits a few milliseconds so
 * that many of them share one synced append.
 */
import { assert, unreachable } from "../domain/assert.ts";
import { type Book, followerBook, getOrAdd, leaderBook, mirrorsOfHolding } from "../domain/book/book.ts";
import { mirrorByCorrelation } from "../domain/book/apply.ts";
import { isOurs } from "../domain/correlation.ts";
import type { AccountId, ClientId, OrderId } from "../domain/identity.ts";
import type { InstrumentLookup } from "../domain/instrument.ts";
import { isOpen } from "../domain/mirror/attempt.ts";
import { decide, type Decision, DOUBT_READ_AFTER_MS, type Look, type Request } from "../domain/mirror/decide.ts";
import type { AccountLimits, Situation } from "../domain/mirror/situation.ts";
import { holdingOf } from "../domain/mirror/exit.ts";
import type { Mirror, MirrorKey } from "../domain/mirror/mirror.ts";
import { type Copy, openClosing, openMirror } from "../domain/mirror/open.ts";
import { mightBeExit } from "../domain/mirror/proof.ts";
import { merge } from "../domain/order/known.ts";
import type { OrderReport } from "../domain/order/report.ts";
import type { BookRecord, RequestOutcome } from "../domain/records.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import { tradingDay } from "../domain/time.ts";
import { type RateLimits, RateBudget } from "./budget.ts";
import { type Inbound, isUrgent } from "./inbox.ts";
import { Outbox } from "./outbox.ts";
import type { BrokerAccount, Timed, WriteOutcome } from "./ports/broker.ts";
import type { Journal } from "./ports/journal.ts";
import { Recorder } from "./recorder.ts";

export interface EngineAccount {
  readonly name: AccountId;
  readonly clientId: ClientId;
  readonly broker: BrokerAccount;
  readonly limits: AccountLimits;
  readonly rates: RateLimits;
}

/** What the engine tells the world; it never waits for an answer. */
export interface Observer {
  /** Records that are durable now. */
  recorded(records: readonly BookRecord[]): void;
  /** Something that is no fact about an order: a stream opened, a poll failed, the journal broke. */
  noted(note: Note): void;
}

export interface Note {
  readonly level: "info" | "warning" | "critical";
  readonly code: string;
  readonly account: AccountId | undefined;
  readonly message: string;
}

export interface EngineOptions {
  readonly book: Book;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly accounts: readonly EngineAccount[];
  readonly copies: readonly Copy[];
  readonly instruments: InstrumentLookup;
  readonly observer: Observer;
}

/** How long answers and followers' reports wait for company, so that they share a synced append. */
const GATHER_MS = 3;
/** Intents per append: the first followers' requests leave before the last ones are decided. */
const CHUNK = 50;
const BOOK_RETRY_MS = 200;
const BOOK_RETRY_MAX_MS = 5_000;
const RATE_LIMIT_PAUSE_MS = 1_000;

interface Intent {
  readonly mirror: Mirror;
  readonly request: Request;
  readonly decidedAt: number;
  readonly arrived: number | undefined;
}

export class Engine {
  readonly #book: Book;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #accounts: ReadonlyMap<ClientId, EngineAccount>;
  readonly #copiesOf = new Map<ClientId, Copy[]>();
  readonly #copies = new Map<string, Copy>();
  readonly #leaders: ReadonlySet<ClientId>;
  readonly #followers: ReadonlySet<ClientId>;
  readonly #instruments: InstrumentLookup;
  readonly #observer: Observer;
  readonly #recorder: Recorder;
  readonly #outboxes = new Map<ClientId, Outbox>();
  readonly #urgent: Inbound[] = [];
  readonly #gathered: Inbound[] = [];
  readonly #alarms = new Map<MirrorKey, { readonly at: UnixMs; readonly cancel: () => void }>();
  readonly #pumps = new Map<ClientId, () => void>();
  readonly #looking = new Set<string>();
  readonly #proved = new Set<ClientId>();
  /** Leader orders that are not copied before his book has been read. */
  readonly #unproved = new Map<ClientId, Set<OrderId>>();
  #stopGathering: (() => void) | undefined;
  #state: "held" | "running" | "stopped" = "held";
  #draining = false;
  #inFlight = 0;

  constructor(options: EngineOptions) {
    this.#book = options.book;
    this.#clock = options.clock;
    this.#timers = options.timers;
    this.#instruments = options.instruments;
    this.#observer = options.observer;
    this.#accounts = new Map(options.accounts.map((account) => [account.clientId, account]));
    this.#recorder = new Recorder(options.book, options.journal, (records) => options.observer.recorded(records));
    for (const copy of options.copies) {
      this.#copies.set(copy.policy.id, copy);
      this.#copiesOf.set(copy.leader, [...(this.#copiesOf.get(copy.leader) ?? []), copy]);
    }
    this.#leaders = new Set(options.copies.map((copy) => copy.leader));
    this.#followers = new Set(options.copies.map((copy) => copy.follower));
    for (const id of this.#followers) {
      const account = this.#accounts.get(id);
      assert(account !== undefined, `follower ${id} has no account`);
      this.#outboxes.set(id, new Outbox(new RateBudget(account.rates)));
    }
  }

  isLeader(id: ClientId): boolean {
    return this.#leaders.has(id);
  }

  isFollower(id: ClientId): boolean {
    return this.#followers.has(id);
  }

  /** The journal broke: nothing that can't be recorded is sent any more. */
  get broken(): string | undefined {
    return this.#recorder.broken?.message;
  }

  /** Requests that were sent and not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  waitingAt(id: ClientId): number {
    return this.#outboxes.get(id)?.waiting ?? 0;
  }

  get book(): Book {
    return this.#book;
  }

  /** Puts something into the inbox. Before `release` it stays there. */
  post(event: Inbound): void {
    if (this.#state === "stopped") return;
    if (isUrgent(event, this.#leaders)) {
      this.#urgent.push(event);
      this.#drainUrgent();
      return;
    }
    this.#gathered.push(event);
    this.#gather();
  }

  /** Records facts of the start, outside the loop: nothing is decided on them before `release`. */
  recordAtStart(records: readonly BookRecord[]): boolean {
    assert(this.#state === "held", "the start is over");
    for (const record of records) this.#recorder.record(record);
    return this.#recorder.commit();
  }

  /** The books are read: acts on everything known, and on what arrived meanwhile. */
  release(): void {
    assert(this.#state === "held", "the engine was released before");
    this.#state = "running";
    const all: MirrorKey[] = [];
    for (const id of this.#followers) for (const mirror of followerBook(this.#book, id).mirrors.values()) if (this.#concerns(mirror)) all.push(mirror.key);
    for (const order of this.#doubtfulLeaderOrders()) this.#readLeaderOrder(order.leader, order.order, order.since);
    this.#act(new Set(this.#addressed(all)), undefined);
    this.#drainUrgent();
    this.#gather();
  }

  /** The follower's book has been read twice, a grace apart, since the start (R11). */
  prove(follower: ClientId): void {
    this.post({ type: "proved", account: follower });
  }

  /** Takes nothing more. What was sent is awaited by `inFlight`; `settle` records the last answers. */
  close(): void {
    for (const alarm of this.#alarms.values()) alarm.cancel();
    for (const cancel of this.#pumps.values()) cancel();
    this.#alarms.clear();
    this.#pumps.clear();
    this.#state = "stopped";
  }

  /** Records the answers that have arrived, without acting on them. For the end of the process. */
  settle(): void {
    for (const event of this.#gathered.splice(0)) if (event.type === "answered") this.#recorder.record({ type: "request-answered", at: this.#clock.now(), ...event.answer });
    this.#recorder.commit();
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
        const touched = this.#take(event);
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
      for (const event of this.#gathered.splice(0)) for (const [key, follower] of this.#take(event)) touched.set(key, follower);
      this.#act(touched, undefined);
      for (const id of this.#followers) this.#pump(id);
    } finally {
      this.#draining = false;
    }
    this.#drainUrgent();
    this.#gather();
  }

  /** Records what happened; answers the mirrors that it concerns. */
  #take(event: Inbound): ReadonlyMap<MirrorKey, ClientId> {
    const touched = new Map<MirrorKey, ClientId>();
    const now = this.#clock.now();
    switch (event.type) {
      case "reported":
        this.#takeReport(event.account, event.report, now, touched);
        break;
      case "books":
        for (const report of event.reports) this.#takeReport(event.account, report, now, touched);
        break;
      case "leader-book":
        for (const report of event.reports) this.#takeReport(event.account, report, now, touched);
        this.#openProved(event.account, event.proves, now, touched);
        break;
      case "unreadable":
        if (this.#leaders.has(event.account)) {
          const { code, sentence, raw, orderId } = event.frame;
          this.#recorder.record({ type: "leader-frame-refused", at: now, leader: event.account, code, sentence, raw, order: orderId });
        }
        break;
      case "answered":
        this.#recorder.record({ type: "request-answered", at: now, ...event.answer });
        this.#touch(event.answer.follower, event.answer.mirror, touched);
        break;
      case "looked": {
        const account = this.#accounts.get(event.account);
        if (event.report !== undefined) this.#recorder.record({ type: "follower-order-reported", at: now, follower: event.account, report: event.report });
        const graceMs = account?.limits.lookupGraceMs ?? 0;
        this.#recorder.record({ type: "look-answered", at: now, follower: event.account, mirror: event.mirror, attempt: event.attempt, asked: event.asked, answer: event.answer, graceMs });
        this.#touch(event.account, event.mirror, touched);
        break;
      }
      case "wake":
        touched.set(event.mirror, event.account);
        break;
      case "pump":
        this.#pump(event.account);
        break;
      case "proved":
        this.#proved.add(event.account);
        for (const mirror of followerBook(this.#book, event.account).mirrors.values()) if (mirror.late && this.#concerns(mirror)) touched.set(mirror.key, mirror.follower);
        break;
      default:
        return unreachable(event);
    }
    return touched;
  }

  #takeReport(account: ClientId, report: OrderReport, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    // An order that bears our prefix is never a leader order (R7).
    if (this.#leaders.has(account) && !isOurs(report.correlationId)) this.#takeLeaderReport(account, report, now, touched);
    if (this.#followers.has(account)) this.#takeFollowerReport(account, report, now, touched);
  }

  #takeLeaderReport(account: ClientId, report: OrderReport, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const leader = leaderBook(this.#book, account);
    const before = leader.orders.get(report.orderId);
    if (before !== undefined && saysNothingNew(before.known, report)) return;
    this.#recorder.record({ type: "leader-order-reported", at: now, leader: account, report });
    const order = leader.orders.get(report.orderId);
    if (order !== undefined && !leader.mirrors.has(report.orderId) && mightBeExit(this.#book, account, order)) this.#proveFirst(account, report.orderId);
    else this.openMirrors(account, report.orderId, now);
    for (const { follower, key } of leader.mirrors.get(report.orderId) ?? []) this.#touch(follower, key, touched);
    const doubt = leader.orders.get(report.orderId)?.known.doubt;
    if (doubt !== undefined) this.#readLeaderOrder(account, report.orderId, doubt.since);
  }

  /** Reads the leader's book before an order is copied that might be an exit of what we have not heard of (decision 0004). */
  #proveFirst(leader: ClientId, order: OrderId): void {
    const waiting = getOrAdd(this.#unproved, leader, () => new Set<OrderId>());
    waiting.add(order);
    this.#readLeaderBook(leader, 0);
  }

  #readLeaderBook(leader: ClientId, failures: number): void {
    const name = `${leader}/book`;
    const account = this.#accounts.get(leader);
    const asked = [...(this.#unproved.get(leader) ?? [])];
    if (account === undefined || asked.length === 0 || this.#state === "stopped" || this.#looking.has(name)) return;
    this.#looking.add(name);
    void account.broker.orders().then((read) => {
      this.#looking.delete(name);
      if (read.ok) this.post({ type: "leader-book", account: leader, reports: read.value, proves: asked });
      else this.#timers.after(Math.min(BOOK_RETRY_MS * 2 ** failures, BOOK_RETRY_MAX_MS), () => this.#readLeaderBook(leader, failures + 1));
    });
  }

  /** The leader's book as it was after these orders were seen: what they are is known now. Oldest first, as they were placed. */
  #openProved(leader: ClientId, proves: readonly OrderId[], now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const { orders, mirrors } = leaderBook(this.#book, leader);
    const placedAt = (id: OrderId): number => orders.get(id)?.known.orderTime ?? orders.get(id)?.known.updatedAt ?? 0;
    for (const id of proves) this.#unproved.get(leader)?.delete(id);
    for (const id of [...proves].sort((a, b) => placedAt(a) - placedAt(b))) {
      this.openMirrors(leader, id, now);
      for (const { follower, key } of mirrors.get(id) ?? []) this.#touch(follower, key, touched);
    }
    this.#readLeaderBook(leader, 0);
  }

  /** Opens the mirrors of a leader order in every copy that has none of it yet. Also used by the start, row by row. */
  openMirrors(account: ClientId, order: OrderId, now: UnixMs): void {
    const known = leaderBook(this.#book, account).orders.get(order);
    if (known === undefined) return;
    for (const copy of this.#copiesOf.get(account) ?? []) {
      for (const record of openMirror(this.#book, copy, known, this.#instruments, now)) this.#recorder.record(record);
    }
  }

  /** Records one fact at the start, so that the next can be decided on it; durable with the next commit. */
  recordOne(record: BookRecord): void {
    this.#recorder.record(record);
  }

  #takeFollowerReport(account: ClientId, report: OrderReport, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const follower = followerBook(this.#book, account);
    const direct = follower.byOrder.get(report.orderId) ?? (report.correlationId === undefined ? undefined : follower.byCorrelation.get(report.correlationId));
    if (direct !== undefined) {
      const mirror = follower.mirrors.get(direct);
      const attempt = mirror?.attempts.find((one) => one.orderId === report.orderId || one.correlationId === report.correlationId);
      const settled = attempt?.order?.end !== undefined || (attempt?.changing.state === "none" && attempt.cancelling.state === "none");
      const quiet = attempt?.order !== undefined && settled;
      if (quiet && attempt.order !== undefined && saysNothingNew(attempt.order, report)) return;
      this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
      this.#closeAlternatives(account, direct, now);
      this.#touch(account, direct, touched);
      return;
    }
    if (isOurs(report.correlationId)) return this.#takeUnsent(account, report, now, touched);
    const before = follower.foreign.get(report.orderId);
    if (before !== undefined && saysNothingNew(before, report)) return;
    this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
  }

  /** An order with our prefix that this journal did not send: adopted when it is old, a reason to stop entries when it is new (R11, R12). */
  #takeUnsent(account: ClientId, report: OrderReport, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const follower = followerBook(this.#book, account);
    const id = report.correlationId;
    const limits = this.#accounts.get(account)?.limits;
    if (id === undefined || limits === undefined || this.#book.startedAt === undefined) return;
    const isYoung = report.updatedAt > this.#book.startedAt + limits.requestTimeoutMs + limits.lookupGraceMs;
    if (isYoung && !follower.foreign.has(report.orderId) && follower.halted === undefined) {
      const why = `order ${report.orderId} bears our mark and was not sent by this journal: another copier may be running on this account`;
      this.#recorder.record({ type: "entries-halted", at: now, follower: account, why });
      this.#note("critical", "STRANGER_WITH_OUR_MARK", account, why);
    }
    const key = mirrorByCorrelation(follower, id);
    if (key !== undefined && !isYoung) {
      this.#recorder.record({ type: "order-adopted", at: now, follower: account, mirror: key, report });
      this.#touch(account, key, touched);
      return;
    }
    const before = follower.foreign.get(report.orderId);
    if (before === undefined || !saysNothingNew(before, report)) this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
  }

  #closeAlternatives(account: ClientId, key: MirrorKey, now: UnixMs): void {
    const mirror = followerBook(this.#book, account).mirrors.get(key);
    if (mirror === undefined || mirror.role.role !== "exit") return;
    for (const record of openClosing(this.#book, mirror, now)) this.#recorder.record(record);
  }

  /** A mirror, and those of the same holding, whose exits and claims depend on it. */
  #touch(follower: ClientId, key: MirrorKey, touched: Map<MirrorKey, ClientId>): void {
    touched.set(key, follower);
    const book = followerBook(this.#book, follower);
    const mirror = book.mirrors.get(key);
    if (mirror === undefined) return;
    for (const other of mirrorsOfHolding(book, mirror.copy, holdingOf(mirror))) touched.set(other, follower);
    for (const withdrawal of mirror.withdrawals) touched.set(withdrawal.by, follower);
  }

  #addressed(keys: readonly MirrorKey[]): [MirrorKey, ClientId][] {
    const found: [MirrorKey, ClientId][] = [];
    for (const key of keys) for (const id of this.#followers) if (followerBook(this.#book, id).mirrors.has(key)) found.push([key, id]);
    return found;
  }

  /** Whether anything of it may still move. */
  #concerns(mirror: Mirror): boolean {
    const attempt = mirror.attempts.at(-1);
    if (attempt !== undefined && isOpen(attempt)) return true;
    const order = leaderBook(this.#book, mirror.leader).orders.get(mirror.cause);
    return order === undefined || order.known.end === undefined || tradingDay(order.known.updatedAt) === tradingDay(this.#clock.now());
  }

  /** Decides for each mirror, commits facts and intents in chunks, and sends. */
  #act(touched: Iterable<readonly [MirrorKey, ClientId]>, arrived: number | undefined): void {
    let intents: Intent[] = [];
    for (const [key, follower] of touched) {
      const intent = this.#decideFor(follower, key, arrived);
      if (intent === undefined) continue;
      intents.push(intent);
      if (intents.length < CHUNK) continue;
      this.#commitAndSend(intents);
      intents = [];
    }
    this.#commitAndSend(intents);
  }

  #decideFor(follower: ClientId, key: MirrorKey, arrived: number | undefined): Intent | undefined {
    const mirror = followerBook(this.#book, follower).mirrors.get(key);
    const outbox = this.#outboxes.get(follower);
    const copy = mirror === undefined ? undefined : this.#copies.get(mirror.copy);
    if (mirror === undefined || outbox === undefined || copy === undefined) return undefined;
    const situation = this.#situation(copy);
    const decision = decide(mirror, situation);
    for (const { verdict, refuses } of decision.verdicts) {
      // That an order was sent is said when it is sent.
      if (verdict.code === "COPIED" && decision.request !== undefined) continue;
      this.#recorder.record({ type: "verdict-given", at: situation.now, follower, mirror: key, verdict, refuses });
    }
    this.#setAlarm(mirror, decision.wakeAt);
    if (decision.look !== undefined) this.#look(follower, key, decision.look);
    if (decision.request === undefined) {
      outbox.leave(key);
      return undefined;
    }
    if (this.#recorder.broken !== undefined && decision.request.request !== "cancel") return undefined;
    if (!outbox.takeSlot(key, decision.rank, this.#clock.elapsed())) {
      outbox.wait(key, decision.rank);
      this.#armPump(follower, outbox);
      return undefined;
    }
    outbox.leave(key);
    this.#recordIntent(mirror, decision, situation);
    return { mirror, request: decision.request, decidedAt: this.#clock.elapsed(), arrived };
  }

  #situation(copy: Copy): Situation {
    const account = this.#accounts.get(copy.follower);
    assert(account !== undefined, `follower ${copy.follower} has no account`);
    return { book: this.#book, policy: copy.policy, limits: account.limits, now: this.#clock.now(), booksProved: this.#proved.has(copy.follower) };
  }

  #recordIntent(mirror: Mirror, decision: Decision, situation: Situation): void {
    const { request } = decision;
    const about = { at: situation.now, follower: mirror.follower, mirror: mirror.key };
    switch (request?.request) {
      case undefined:
        return;
      case "place": {
        const { attempt, correlationId, executing, terms, follows } = request;
        this.#recorder.record({ type: "placement-intended", ...about, attempt, correlationId, executing, terms, follows });
        const copied = decision.verdicts.find(({ verdict }) => verdict.code === "COPIED");
        if (copied !== undefined) this.#recorder.record({ type: "verdict-given", ...about, verdict: copied.verdict, refuses: undefined });
        return;
      }
      case "modify":
        this.#recorder.record({ type: "modification-intended", ...about, attempt: request.attempt, orderId: request.orderId, terms: request.terms, follows: request.follows });
        return;
      case "cancel":
        this.#recorder.record({ type: "cancel-intended", ...about, attempt: request.attempt, orderId: request.orderId });
        return;
      default:
        return unreachable(request);
    }
  }

  /** Nothing leaves before its intent is durable; a cancel of a known order may, when the journal is broken: it is repeatable (R8). */
  #commitAndSend(intents: readonly Intent[]): void {
    const wasBroken = this.#recorder.broken !== undefined;
    const durable = this.#recorder.commit();
    if (!durable && !wasBroken) this.#note("critical", "JOURNAL_BROKEN", undefined, `the journal can't be written (${this.broken ?? ""}): nothing is placed or changed any more; known orders are still cancelled`);
    const durableAt = this.#clock.elapsed();
    for (const intent of intents) {
      if (durable || intent.request.request === "cancel") this.#send(intent, durableAt);
      else this.#outboxes.get(intent.mirror.follower)?.budget.release();
    }
  }

  #send(intent: Intent, durableAt: number): void {
    const { mirror, request, decidedAt, arrived } = intent;
    const account = this.#accounts.get(mirror.follower);
    const copy = this.#copies.get(mirror.copy);
    assert(account !== undefined && copy !== undefined, `${mirror.key} has no account`);
    this.#inFlight += 1;
    void this.#call(account, copy, mirror, request).then((timed) => {
      this.#inFlight -= 1;
      const stages = {
        decidedMs: arrived === undefined ? undefined : decidedAt - arrived,
        journalledMs: durableAt - decidedAt,
        wireMs: timed.writtenAt === undefined ? undefined : timed.writtenAt - durableAt,
        answeredMs: timed.settledAt - (timed.writtenAt ?? durableAt),
      };
      const kind = request.request === "place" ? "placement" : request.request === "modify" ? "modification" : "cancel";
      const result = this.#outcome(mirror.follower, timed);
      const answer = { follower: mirror.follower, mirror: mirror.key, attempt: request.attempt, request: kind, result, stages } as const;
      if (this.#state === "stopped") this.#gathered.push({ type: "answered", answer });
      else this.post({ type: "answered", answer });
    });
  }

  #call(account: EngineAccount, copy: Copy, mirror: Mirror, request: Request): Promise<Timed<WriteOutcome>> {
    switch (request.request) {
      case "place":
        return account.broker.place({
          correlationId: request.correlationId,
          instrument: mirror.instrument,
          contracted: mirror.contracted,
          amoTime: copy.policy.amoTime,
          terms: request.terms,
        });
      case "modify":
        return account.broker.modify({ orderId: request.orderId, terms: request.terms });
      case "cancel":
        return account.broker.cancel(request.orderId);
      default:
        return unreachable(request);
    }
  }

  /** The broker's answer in the journal's words, and the slot of the budget given back. */
  #outcome(follower: ClientId, timed: Timed<WriteOutcome>): RequestOutcome {
    const budget = this.#outboxes.get(follower)?.budget;
    const { result } = timed;
    if (timed.writtenAt === undefined && result.outcome === "not-sent") budget?.release();
    else budget?.settle(timed.settledAt);
    switch (result.outcome) {
      case "accepted":
        return { outcome: "accepted", orderId: result.orderId };
      case "not-sent":
        return { outcome: "not-sent", cause: result.cause };
      case "unknown":
        return { outcome: "unknown", because: `${result.because}: ${result.detail}` };
      case "refused":
        if (result.refusal.code !== "RATE_LIMIT") return { outcome: "refused", refusal: result.refusal };
        // Over the limit means not executed (reference 10.4): it goes again when the window has passed.
        budget?.pause(timed.settledAt, RATE_LIMIT_PAUSE_MS);
        this.#note("warning", "RATE_LIMITED", follower, "the broker answered 429 although the budget was kept");
        return { outcome: "not-sent", cause: result.refusal.brokerSaid };
      default:
        return unreachable(result);
    }
  }

  /** Lets go what waits, in order of rank, as far as the budget allows. */
  #pump(follower: ClientId): void {
    const outbox = this.#outboxes.get(follower);
    if (outbox === undefined) return;
    const intents: Intent[] = [];
    for (let key = outbox.next(); key !== undefined && outbox.budget.waitMs(this.#clock.elapsed()) === 0; key = outbox.next()) {
      const intent = this.#decideFor(follower, key, undefined);
      if (intent !== undefined) intents.push(intent);
      else if (outbox.next() === key) break;
    }
    this.#commitAndSend(intents);
    this.#armPump(follower, outbox);
  }

  #armPump(follower: ClientId, outbox: Outbox): void {
    if (outbox.waiting === 0 || this.#pumps.has(follower)) return;
    const waitMs = outbox.budget.waitMs(this.#clock.elapsed());
    // It depends on an answer, and every answer pumps.
    if (waitMs === undefined) return;
    const cancel = this.#timers.after(Math.max(1, waitMs), () => {
      this.#pumps.delete(follower);
      this.post({ type: "pump", account: follower });
    });
    this.#pumps.set(follower, cancel);
  }

  #setAlarm(mirror: Mirror, at: UnixMs | undefined): void {
    const set = this.#alarms.get(mirror.key);
    if (set?.at === at) return;
    set?.cancel();
    this.#alarms.delete(mirror.key);
    if (at === undefined || this.#state === "stopped") return;
    const cancel = this.#timers.after(Math.max(1, at - this.#clock.now()), () => {
      this.#alarms.delete(mirror.key);
      this.post({ type: "wake", account: mirror.follower, mirror: mirror.key });
    });
    this.#alarms.set(mirror.key, { at, cancel });
  }

  /** A read that settles a doubt; one at a time for the same thing. */
  #look(follower: ClientId, key: MirrorKey, look: Look): void {
    const name = look.look === "correlation" ? `${follower}/${look.correlationId}` : `${follower}/${look.orderId}`;
    const account = this.#accounts.get(follower);
    if (account === undefined || this.#looking.has(name)) return;
    this.#looking.add(name);
    const asked = this.#clock.now();
    if (look.look === "order") {
      void account.broker.order(look.orderId).then((read) => {
        this.#looking.delete(name);
        if (read.ok && read.value !== undefined) this.post({ type: "reported", account: follower, report: read.value, arrived: this.#clock.elapsed() });
      });
      return;
    }
    void Promise.all([account.broker.orderByCorrelation(look.correlationId), account.broker.orders()]).then(([direct, book]) => {
      this.#looking.delete(name);
      const inBook = book.ok ? book.value.find((row) => row.correlationId === look.correlationId) : undefined;
      const report = (direct.ok ? direct.value : undefined) ?? inBook;
      const answer = report !== undefined ? "found" : direct.ok && book.ok ? "absent" : "failed";
      this.post({ type: "looked", account: follower, mirror: key, attempt: look.attempt, asked, answer, report });
    });
  }

  /** One read of a leader order that only a row can settle (R1, R5). */
  #readLeaderOrder(leader: ClientId, order: OrderId, since: UnixMs): void {
    const name = `${leader}/${order}`;
    const account = this.#accounts.get(leader);
    if (account === undefined || this.#looking.has(name)) return;
    this.#looking.add(name);
    this.#timers.after(Math.max(1, since + DOUBT_READ_AFTER_MS - this.#clock.now()), () => {
      void account.broker.order(order).then((read) => {
        this.#looking.delete(name);
        if (read.ok && read.value !== undefined) this.post({ type: "reported", account: leader, report: read.value, arrived: this.#clock.elapsed() });
        const doubt = leaderBook(this.#book, leader).orders.get(order)?.known.doubt;
        if (doubt !== undefined && this.#state === "running") this.#readLeaderOrder(leader, order, this.#clock.now());
      });
    });
  }

  #doubtfulLeaderOrders(): { readonly leader: ClientId; readonly order: OrderId; readonly since: UnixMs }[] {
    const found = [];
    for (const id of this.#leaders) {
      for (const { known } of leaderBook(this.#book, id).orders.values()) if (known.doubt !== undefined) found.push({ leader: id, order: known.orderId, since: known.doubt.since });
    }
    return found;
  }

  #note(level: Note["level"], code: string, account: ClientId | undefined, message: string): void {
    this.#observer.noted({ level, code, account: account === undefined ? undefined : this.#accounts.get(account)?.name, message });
  }
}

/** A repeated frame, or a row of a poll that tells what is known: not worth a record. */
function saysNothingNew(known: Parameters<typeof merge>[0], report: OrderReport): boolean {
  if (known.doubt !== undefined) return false;
  const after = merge(known, report);
  if (after === known) return true;
  if (report.source.kind === "frame") return false;
  return after.filled === known.filled && after.end === known.end && after.terms === known.terms && after.confirmed === known.confirmed && after.reached === known.reached && after.averagePrice === known.averagePrice && after.doubt === known.doubt && after.triggered === known.triggered;
}

