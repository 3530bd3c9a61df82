/**
 * Takes what happened into the book, as records, and tells which mirrors have to be looked at. What a report means is the leader's side's
 * (`leader-intake.ts`) and the follower's (`follower-intake.ts`); which accounts may be acted at, and what day it is, is known here.
 */

import { unreachable } from "../domain/assert.ts";
import { type Book, followerBook, leaderBook } from "../domain/book/book.ts";
import { goesOnAfter } from "../domain/book/forget.ts";
import { orderOf } from "../domain/book/leader-orders.ts";
import { isOurOrder } from "../domain/book/ways.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { isOurs } from "../domain/correlation.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { MoneyReading } from "../domain/margin/funds.ts";
import { isOpen } from "../domain/mirror/attempt.ts";
import { isOwed } from "../domain/mirror/exit.ts";
import { liveLegs } from "../domain/mirror/legs.ts";
import { currentAttempts, isLive, type Mirror, type MirrorKey } from "../domain/mirror/mirror.ts";
import { isMissedOnceFired, isToldUnhedged } from "../domain/mirror/told-legs.ts";
import type { OrderReport } from "../domain/order/report.ts";
import { type Clock, tradingDay, type UnixMs } from "../domain/time.ts";
import { takeLateFollower, type Unclaimed } from "./books.ts";
import type { Books } from "./caught-up.ts";
import { followerConverted, leaderConverted } from "./converted.ts";
import { fillsFirst } from "./fills-first.ts";
import { FollowerIntake } from "./follower-intake.ts";
import { ForeverLinks } from "./forever-links.ts";
import { ofForever, termsOf } from "./forever-rows.ts";
import type { Inbound } from "./inbox.ts";
import { LackedOrders } from "./lacked.ts";
import { LeaderIntake, type LeaderIntakeOptions } from "./leader-intake.ts";
import { isMoneyNews } from "./news.ts";
import { nextDay } from "./next-day.ts";
import type { Note } from "./parties.ts";
import { StandingNews } from "./standing-news.ts";
import { type Touched, touch, touchConverted } from "./touched.ts";
import { type History, recordsOf } from "./trade-history.ts";
import type { Traded } from "./traded.ts";

type Answer = Extract<Inbound, { type: "answered" }>["answer"];

export interface IntakeOptions extends Omit<LeaderIntakeOptions, "holds"> {
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly traded: Traded;
  readonly noted: (note: Note) => void;
}

export class Intake {
  readonly #book: Book;
  readonly #clock: Clock;
  readonly #parties: IntakeOptions["parties"];
  readonly #calendar: Calendar;
  readonly #traded: Traded;
  readonly #recorder: IntakeOptions["recorder"];
  readonly #reads: IntakeOptions["reads"];
  readonly #noted: (note: Note) => void;
  readonly #proved = new Set<ClientId>();
  readonly #admitted = new Set<ClientId>();
  readonly #unable = new Map<ClientId, string>();
  readonly #lacked: LackedOrders;
  readonly #standing: StandingNews;
  readonly #forever: ForeverLinks;
  readonly #leaderSide: LeaderIntake;
  readonly #followerSide: FollowerIntake;

  constructor(options: IntakeOptions) {
    this.#book = options.book;
    this.#clock = options.clock;
    this.#parties = options.parties;
    this.#calendar = options.calendar;
    this.#traded = options.traded;
    this.#recorder = options.recorder;
    this.#reads = options.reads;
    this.#noted = options.noted;
    this.#lacked = new LackedOrders(options);
    this.#standing = new StandingNews(options);
    this.#leaderSide = new LeaderIntake({ ...options, holds: (leader, order) => this.#forever.holds(leader, order) });
    this.#followerSide = new FollowerIntake({
      ...options,
      isProved: (follower) => this.isProved(follower),
      openLegsFor: (...ours) => this.#leaderSide.openLegsFor(...ours),
    });
    this.#forever = new ForeverLinks({
      ...options,
      told: {
        leader: (...told) => this.#leaderSide.take(...told),
        follower: (...told) => this.#followerSide.take(...told),
      },
      proceed: (...order) => this.#leaderSide.proceed(...order),
      closeAlternatives: (follower, now) => this.#followerSide.closeAllAlternatives(follower, now),
    });
  }

  /** The follower's book has been read twice, a grace apart, since the start (R11). */
  isProved(follower: ClientId): boolean {
    return this.#proved.has(follower);
  }

  /** The follower's books are read: nothing is decided for it before. Answers its mirrors that may still move. */
  admit(follower: ClientId): [MirrorKey, ClientId][] {
    this.#admitted.add(follower);
    this.#tellAbandoned(follower);
    this.#followerSide.closeAllAlternatives(follower, this.#clock.now());
    return this.#movableAt(follower);
  }

  /** The mirrors that may still move, at all followers whose books are read. */
  movable(): [MirrorKey, ClientId][] {
    return [...this.#admitted].flatMap((id) => this.#movableAt(id));
  }

  #movableAt(follower: ClientId): [MirrorKey, ClientId][] {
    const mirrors = [...followerBook(this.#book, follower).mirrors.values()].filter((mirror) => this.concerns(mirror));
    return mirrors.map((mirror) => [mirror.key, follower]);
  }

  /** Orders of a copy that was taken out of the configuration, or disabled, are nobody's any more: a person must know. */
  #tellAbandoned(follower: ClientId): void {
    for (const mirror of followerBook(this.#book, follower).mirrors.values()) {
      if (this.#parties.copyOf(mirror) !== undefined || !isLive(mirror)) continue;
      for (const { orderId, correlationId } of currentAttempts(mirror).filter(isOpen)) {
        const message = `order ${orderId ?? correlationId} of copy ${mirror.copy} is open, and the copy is not in force any more: it is left as it is`;
        this.#noted({ level: "warning", code: "ORDER_ABANDONED", account: this.#parties.account(follower).name, message });
      }
    }
  }

  /** Why nothing can be sent for the account just now; undefined: it can. */
  unable(follower: ClientId): string | undefined {
    return this.#unable.get(follower);
  }

  isAdmitted(follower: ClientId): boolean {
    return this.#admitted.has(follower);
  }

  /** Records what happened; answers the mirrors that it concerns. */
  take(told: Inbound): ReadonlyMap<MirrorKey, ClientId> {
    const event = this.#underForever(told);
    const touched = new Map<MirrorKey, ClientId>();
    const now = this.#clock.now();
    switch (event.type) {
      case "reported":
        this.#takeReport(event.account, event.report, now, touched);
        break;
      case "rows":
        // What bears our mark is explained by the whole book, when that is first read (R11).
        if (this.#parties.followers.has(event.account) && !this.isAdmitted(event.account)) break;
        this.#takeRows(event.account, event.reports, now, touched);
        break;
      case "books":
        this.#takeRows(event.account, event.reports, now, touched);
        for (const order of this.#lacked.in(event.account, event.reports, this.#parties.account(event.account).limits.lookupGraceMs))
          this.#reads.lacked(event.account, order);
        break;
      case "standing":
        this.#takeStanding(event, now, touched);
        break;
      case "lacked":
        if (event.of === "leader") this.#leaderSide.takeLacked(event.account, event.order, now, touched);
        else this.#followerSide.takeLacked(event.account, event.order, now, touched);
        break;
      case "follower-book":
        takeLateFollower(this.#book, (record) => this.#recorder.record(record), event.account, event.read, now);
        for (const [key, follower] of this.admit(event.account)) touched.set(key, follower);
        break;
      case "leader-book": {
        const { account, reports } = event;
        const first = this.#leaderSide.unheardOf(account, reports);
        this.#takeRows(account, reports, now, touched);
        if (event.positions !== undefined) this.#takePositions(account, { orders: reports, positions: event.positions }, now, touched);
        const { mayProve = [] } = event;
        const doubted = this.#leaderSide.doubtedByPositions(account, mayProve);
        const byReading = mayProve.filter((order) => !doubted.includes(order));
        const proves = [...new Set([...event.proves, ...byReading, ...this.#leaderSide.provedByBook(account, first)])];
        this.#leaderSide.openProved(account, { proves, doubted }, now, touched);
        break;
      }
      case "positions":
        this.#takeRows(event.account, event.read.orders, now, touched);
        this.#takePositions(event.account, event.read, now, touched);
        break;
      case "unreadable":
        if (this.#parties.leaders.has(event.account)) {
          const { code, sentence, raw, orderId } = event.frame;
          this.#recorder.record({ type: "leader-frame-refused", at: now, leader: event.account, code, sentence, raw, order: orderId });
        }
        break;
      case "trades": {
        const { account, order, trades } = event;
        if (event.of === "leader") this.#recorder.record({ type: "leader-trades-read", at: now, leader: account, order, trades });
        else this.#recorder.record({ type: "follower-trades-read", at: now, follower: account, order, trades });
        break;
      }
      case "funds":
        this.#takeFunds(event.account, event.reading, { isWaitedFor: event.mirrors.length > 0, now });
        for (const mirror of event.mirrors) touched.set(mirror, event.account);
        break;
      case "quoted": {
        const { account: follower, question, paise, asked } = event;
        this.#recorder.record({ type: "margin-quoted", at: now, follower, question, paise, asked });
        for (const mirror of event.mirrors) touched.set(mirror, follower);
        break;
      }
      case "answered":
        this.#takeAnswer(event.answer, now, touched);
        break;
      case "looked": {
        if (event.report !== undefined) this.#recorder.record({ type: "follower-order-reported", at: now, follower: event.account, report: event.report });
        const graceMs = this.#parties.account(event.account).limits.lookupGraceMs;
        this.#recorder.record({
          type: "look-answered",
          at: now,
          follower: event.account,
          mirror: event.mirror,
          attempt: event.attempt,
          asked: event.asked,
          askedElapsedMs: Math.floor(event.askedElapsedMs),
          answer: event.answer,
          graceMs,
        });
        touch(this.#book, event.account, event.mirror, touched);
        break;
      }
      case "wake":
        touched.set(event.mirror, event.account);
        break;
      case "pump":
        break;
      case "ability":
        for (const [key, follower] of this.#setAbility(event.account, event.unable)) touched.set(key, follower);
        break;
      case "instruments-found":
        this.#leaderSide.reopenUnknown(event.segment, now, touched);
        break;
      case "day-turned":
        for (const [key, follower] of this.#turnDay(now, event.history)) touched.set(key, follower);
        break;
      case "proved":
        this.#proved.add(event.account);
        this.#followerSide.closeAllAlternatives(event.account, now);
        for (const [key, follower] of this.#movableAt(event.account)) touched.set(key, follower);
        break;
      default:
        return unreachable(event);
    }
    return touched;
  }

  /** What the books and streams tell of orders that forever orders have fired, told of those. */
  #underForever(event: Inbound): Inbound {
    switch (event.type) {
      case "rows":
      case "books":
      case "leader-book":
        return { ...event, reports: this.told(event.account, event.reports) };
      case "positions":
      case "follower-book":
        return { ...event, read: { ...event.read, orders: this.told(event.account, event.read.orders) } };
      default:
        return event;
    }
  }

  /** What an account's book tells, with what forever orders have fired as of those; without those that wait, of which their own list tells. */
  told(account: ClientId, reports: readonly OrderReport[]): readonly OrderReport[] {
    return reports.flatMap((report) => ofForever(this.#book, account, report) ?? []);
  }

  #takeStanding(event: Extract<Inbound, { type: "standing" }>, now: UnixMs, touched: Touched): void {
    const { account, orders } = event;
    const isCopied = this.#parties.copiesForeverOf(account);
    for (const record of this.#parties.leaders.has(account) ? this.#standing.taken(event, now) : []) {
      const copied = isCopied && record.type === "leader-standing-reported" && record.order.kind === "forever" && termsOf(record.order) !== undefined;
      this.#recorder.record(copied ? { ...record, copied } : record);
    }
    if (event.kind === "forever") this.#forever.take({ ...event, orders: orders.filter((order) => order.kind === "forever") }, now, touched);
  }

  /** Recorded when it tells something new, or decides something, or when what is on record is a minute old. */
  #takeFunds(account: ClientId, reading: MoneyReading, { isWaitedFor, now }: { readonly isWaitedFor: boolean; readonly now: UnixMs }): void {
    const { funds, reservations } = followerBook(this.#book, account);
    if (isWaitedFor || reservations.ofMirrors.size > 0 || isMoneyNews(funds, reading))
      this.#recorder.record({ type: "follower-funds-read", at: now, follower: account, funds: reading });
  }

  /** When the breaker's try is over, what waited for it is looked at again: all of it, or to wait for the next. */
  #takeAnswer(answer: Answer, now: UnixMs, touched: Touched): void {
    const follower = followerBook(this.#book, answer.follower);
    const before = follower.breaker;
    const elapsedMs = answer.result.outcome === "unknown" ? { elapsedMs: Math.ceil(this.#clock.elapsed()) } : {};
    this.#recorder.record({ type: "request-answered", at: now, ...answer, ...elapsedMs });
    touch(this.#book, answer.follower, answer.mirror, touched);
    if (before.state === "closed" || before === follower.breaker) return;
    for (const mirror of follower.mirrors.values()) if (this.concerns(mirror)) touched.set(mirror.key, mirror.follower);
  }

  /** What an account's owner has converted (docs/conversions.md). */
  #takePositions(account: ClientId, read: Books, now: UnixMs, touched: Touched): void {
    const follows = this.#parties.followers.has(account);
    const copies = follows ? followerConverted(this.#book, account, read, now) : undefined;
    if (copies !== undefined) this.#takeConverted(account, copies, touched);
    const own = this.#parties.leaders.has(account) ? leaderConverted(this.#book, { follows }, account, read, now) : undefined;
    if (own !== undefined) this.#takeConverted(account, own, touched);
  }

  #takeConverted(account: ClientId, record: NonNullable<ReturnType<typeof followerConverted | typeof leaderConverted>>, touched: Touched): void {
    this.#recorder.record(record);
    touchConverted(this.#book, account, record.converted ?? [], touched);
  }

  #isOurLeg(account: ClientId, { leg }: OrderReport): boolean {
    const follower = this.#book.followers.get(account);
    return leg !== undefined && follower !== undefined && isOurOrder(follower, leg.of);
  }

  #takeRows(account: ClientId, rows: readonly OrderReport[], now: UnixMs, touched: Touched): void {
    for (const report of fillsFirst(rows)) this.#takeReport(account, report, now, touched);
  }

  #takeReport(account: ClientId, one: OrderReport, now: UnixMs, touched: Touched): void {
    const report = ofForever(this.#book, account, one);
    if (report === undefined) return;
    // An order that bears our prefix is never a leader order (R7).
    const isOwn = isOurs(report.correlationId) || this.#isOurLeg(account, report);
    if (this.#parties.leaders.has(account) && !isOwn) this.#leaderSide.take(account, report, now, touched);
    if (this.#parties.followers.has(account)) this.#followerSide.take(account, report, now, touched);
  }

  /** A new trading day (R24). Answers the mirrors that were not over before it. */
  #turnDay(now: UnixMs, history: History): [MirrorKey, ClientId][] {
    const open = this.movable();
    return this.recordDay(now, history) ? open : [];
  }

  /** Records that a new trading day has begun, if one has, and before that what the history of the days that are over tells; answers whether. */
  recordDay(now: UnixMs, history: History): boolean {
    const next = nextDay(this.#book, this.#calendar, now);
    if (next === undefined) return false;
    this.#followerSide.dayTurned();
    const { day, afterMarketFrom } = next;
    for (const record of recordsOf({ book: this.#book, traded: this.#traded }, history, goesOnAfter(next), now)) this.#recorder.record(record);
    this.#recorder.record({ type: "day-turned", at: now, day, afterMarketFrom, forgets: true });
    return true;
  }

  /** Answers what waited for the account to be able again. */
  #setAbility(follower: ClientId, unable: string | undefined): [MirrorKey, ClientId][] {
    if (unable !== undefined) {
      this.#unable.set(follower, unable);
      return [];
    }
    return this.#unable.delete(follower) ? this.#movableAt(follower) : [];
  }

  /** Opens the mirrors of a leader order in every copy that has none of it yet; for the start, row by row, which has not taken the `unclaimed` yet. */
  openMirrors(leader: ClientId, order: OrderId, now: UnixMs, unclaimed: Unclaimed["copies"]): void {
    this.#leaderSide.openMirrors(leader, order, now, unclaimed);
  }

  /** Asks again for what was in doubt when the process ended. */
  settleDoubts(): void {
    this.#leaderSide.settleDoubts();
  }

  /** Whether anything of it may still move. */
  concerns(mirror: Mirror): boolean {
    if (isLive(mirror) || mirror.attempts.some((attempt) => liveLegs(attempt).length > 0)) return true;
    const order = orderOf(leaderBook(this.#book, mirror.leader), mirror.cause);
    if (order === undefined || order.known.end === undefined || isToldUnhedged(mirror)) return true;
    const today = tradingDay(this.#clock.now());
    // What the turn of the day has ended, his order or ours, or the history told before it, is still to be told of, whenever the other side's order was over.
    const ends = [order.known.updatedAt, order.endedAt, ...mirror.attempts.map(({ endedAt }) => endedAt)];
    return ends.some((at) => at !== undefined && tradingDay(at) === today) || isOwed(this.#book, mirror) || isMissedOnceFired(this.#book, mirror);
  }
}
