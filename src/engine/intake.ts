/**
 * Takes what happened into the book, as records, and tells which mirrors have to be looked at: what a report means for the
 * leader's side, for the follower's, and for orders that bear our mark and that this journal did not send (R1, R7, R11, R12).
 */

import { unreachable } from "../domain/assert.ts";
import { mirrorByCorrelation } from "../domain/book/apply.ts";
import { type Book, followerBook, holdingKey, leaderBook, mirrorsOfHolding } from "../domain/book/book.ts";
import { isOfEarlierDay } from "../domain/book/forget.ts";
import { orderOf, tellsNoMoreOfOrder } from "../domain/book/leader-orders.ts";
import { isPutAway, tellsNoMore } from "../domain/book/put-away.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { isOurs } from "../domain/correlation.ts";
import { isHaltedForStranger } from "../domain/halt/halt.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { instrumentText, type Segment } from "../domain/instrument.ts";
import type { MoneyReading } from "../domain/margin/funds.ts";
import { isOpen } from "../domain/mirror/attempt.ts";
import { holdingOf, isOwed } from "../domain/mirror/exit.ts";
import { legFilled, liveLegs } from "../domain/mirror/legs.ts";
import { currentAttempts, isLive, type Mirror, type MirrorKey, mirrorKey } from "../domain/mirror/mirror.ts";
import { openClosing, openMirror, type Sources } from "../domain/mirror/open.ts";
import { proofFor } from "../domain/mirror/proof.ts";
import { merge } from "../domain/order/known.ts";
import type { OrderReport } from "../domain/order/report.ts";
import { PRODUCTS } from "../domain/order/terms.ts";
import type { BookRecord } from "../domain/records.ts";
import { type Clock, startOfDay, tradingDay, type UnixMs, unixMs } from "../domain/time.ts";
import { isBeforeOurTime, takeLateFollower, takeOwnOrder, type Unclaimed } from "./books.ts";
import type { Books } from "./caught-up.ts";
import { conversionsIn } from "./converted.ts";
import type { Inbound } from "./inbox.ts";
import { LackedOrders } from "./lacked.ts";
import type { Note, Parties } from "./parties.ts";
import type { Reads } from "./reads.ts";
import type { Recorder } from "./recorder.ts";

/** 09:00: what was made after market before it was for the session of that day, what came later is for the next. */
const SESSIONS_BEGIN_MS = 9 * 3_600_000;

type Answer = Extract<Inbound, { type: "answered" }>["answer"];

export interface IntakeOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly parties: Parties;
  readonly sources: Omit<Sources, "unclaimed">;
  readonly calendar: Calendar;
  readonly recorder: Recorder;
  readonly reads: Reads;
  readonly noted: (note: Note) => void;
}

export class Intake {
  readonly #book: Book;
  readonly #clock: Clock;
  readonly #parties: Parties;
  readonly #sources: IntakeOptions["sources"];
  readonly #calendar: Calendar;
  readonly #recorder: Recorder;
  readonly #reads: Reads;
  readonly #noted: (note: Note) => void;
  readonly #proved = new Set<ClientId>();
  readonly #admitted = new Set<ClientId>();
  readonly #unable = new Map<ClientId, string>();
  readonly #lacked: LackedOrders;
  /** Orders with our mark that nothing explained, and with what was known then. */
  readonly #sought = new Map<OrderId, string>();

  constructor(options: IntakeOptions) {
    this.#book = options.book;
    this.#clock = options.clock;
    this.#parties = options.parties;
    this.#sources = options.sources;
    this.#calendar = options.calendar;
    this.#recorder = options.recorder;
    this.#reads = options.reads;
    this.#noted = options.noted;
    this.#lacked = new LackedOrders(options);
  }

  /** The follower's book has been read twice, a grace apart, since the start (R11). */
  isProved(follower: ClientId): boolean {
    return this.#proved.has(follower);
  }

  /** The follower's books are read: nothing is decided for it before. Answers its mirrors that may still move. */
  admit(follower: ClientId): [MirrorKey, ClientId][] {
    this.#admitted.add(follower);
    this.#tellAbandoned(follower);
    this.#closeAllAlternatives(follower, this.#clock.now());
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
  take(event: Inbound): ReadonlyMap<MirrorKey, ClientId> {
    const touched = new Map<MirrorKey, ClientId>();
    const now = this.#clock.now();
    switch (event.type) {
      case "reported":
        this.#takeReport(event.account, event.report, now, touched);
        break;
      case "books":
        for (const report of event.reports) this.#takeReport(event.account, report, now, touched);
        for (const order of this.#lacked.in(event.account, event.reports, this.#parties.account(event.account).limits.lookupGraceMs))
          this.#reads.lacked(event.account, order);
        break;
      case "lacked":
        this.#takeLacked(event, now, touched);
        break;
      case "follower-book":
        takeLateFollower(this.#book, (record) => this.#recorder.record(record), event.account, event.read, now);
        for (const [key, follower] of this.admit(event.account)) touched.set(key, follower);
        break;
      case "leader-book":
        for (const report of event.reports) this.#takeReport(event.account, report, now, touched);
        if (event.positions !== undefined) this.#takePositions(event.account, { orders: event.reports, positions: event.positions }, now, touched);
        this.#openProved(event.account, [...event.proves, ...this.#provedByPositions(event.account, event.mayProve ?? [])], now, touched);
        break;
      case "positions":
        for (const report of event.read.orders) this.#takeReport(event.account, report, now, touched);
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
        this.touch(event.account, event.mirror, touched);
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
        this.#reopenUnknown(event.segment, now, touched);
        break;
      case "day-turned":
        for (const [key, follower] of this.#turnDay(now)) touched.set(key, follower);
        break;
      case "proved":
        this.#proved.add(event.account);
        this.#closeAllAlternatives(event.account, now);
        for (const [key, follower] of this.#movableAt(event.account)) touched.set(key, follower);
        break;
      default:
        return unreachable(event);
    }
    return touched;
  }

  /** Recorded when it tells something new, or decides something, or when what is on record is a minute old. */
  #takeFunds(account: ClientId, reading: MoneyReading, { isWaitedFor, now }: { readonly isWaitedFor: boolean; readonly now: UnixMs }): void {
    const { funds, reservations } = followerBook(this.#book, account);
    if (isWaitedFor || reservations.ofMirrors.size > 0 || isNews(funds, reading))
      this.#recorder.record({ type: "follower-funds-read", at: now, follower: account, funds: reading });
  }

  /** When the breaker's try is over, what waited for it is looked at again: all of it, or to wait for the next. */
  #takeAnswer(answer: Answer, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const follower = followerBook(this.#book, answer.follower);
    const before = follower.breaker;
    const elapsedMs = answer.result.outcome === "unknown" ? { elapsedMs: Math.ceil(this.#clock.elapsed()) } : {};
    this.#recorder.record({ type: "request-answered", at: now, ...answer, ...elapsedMs });
    this.touch(answer.follower, answer.mirror, touched);
    if (before.state === "closed" || before === follower.breaker) return;
    for (const mirror of follower.mirrors.values()) if (this.concerns(mirror)) touched.set(mirror.key, mirror.follower);
  }

  #takeReport(account: ClientId, report: OrderReport, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    // An order that bears our prefix is never a leader order (R7).
    const isOwn = isOurs(report.correlationId) || (report.leg !== undefined && this.#book.followers.get(account)?.byOrder.has(report.leg.of) === true);
    if (this.#parties.leaders.has(account) && !isOwn) this.#takeLeaderReport(account, report, now, touched);
    if (this.#parties.followers.has(account)) this.#takeFollowerReport(account, report, now, touched);
  }

  #takeLacked({ account, of, order }: Extract<Inbound, { type: "lacked" }>, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    if (of === "leader") {
      this.#recorder.record({ type: "leader-order-lacked", at: now, leader: account, order });
      for (const { follower, key } of leaderBook(this.#book, account).mirrors.get(order) ?? []) this.touch(follower, key, touched);
      return;
    }
    this.#recorder.record({ type: "follower-order-lacked", at: now, follower: account, order });
    const key = followerBook(this.#book, account).byOrder.get(order);
    if (key !== undefined) this.touch(account, key, touched);
  }

  #takeLeaderReport(account: ClientId, report: OrderReport, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const leader = leaderBook(this.#book, account);
    if (tellsNoMoreOfOrder(leader, report)) return;
    const before = orderOf(leader, report.orderId);
    // That an order of the evening before still stands is news, in the words of yesterday too.
    const isNoNews = before !== undefined && before.untoldSince === undefined && saysNothingNew(before.known, report);
    if (before === undefined ? isBeforeOurTime(this.#book, account, report) : isNoNews) return;
    this.#recorder.record({ type: "leader-order-reported", at: now, leader: account, report });
    const order = leader.orders.get(report.orderId);
    const proof = order === undefined || leader.mirrors.has(report.orderId) ? "none" : proofFor(this.#book, account, order);
    if (proof === "none") this.openMirrors(account, report.orderId, now);
    else this.#reads.prove(account, report.orderId, proof);
    for (const { follower, key } of leader.mirrors.get(report.orderId) ?? []) this.touch(follower, key, touched);
    if (report.leg !== undefined) for (const { follower, key } of leader.mirrors.get(report.leg.of) ?? []) this.touch(follower, key, touched);
    // The stream tells of a super order neither where it gets out nor what was changed about that.
    if (report.family === "super" && report.source.kind === "frame") this.#reads.plans(account);
    const doubt = leader.orders.get(report.orderId)?.known.doubt;
    if (doubt !== undefined) this.#reads.leaderOrder(account, report.orderId, doubt.since);
  }

  /** What an account's owner has converted (docs/conversions.md): all that is kept of these contracts is looked at again. */
  #takePositions(account: ClientId, read: Books, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const role = { leads: this.#parties.leaders.has(account), follows: this.#parties.followers.has(account) };
    for (const record of conversionsIn(this.#book, role, account, read, now)) {
      this.#recorder.record(record);
      const contracts = new Set((record.converted ?? []).map(({ instrument }) => instrumentText(instrument)));
      for (const [id, { mirrors }] of this.#book.followers)
        for (const mirror of mirrors.values())
          if ((id === account || mirror.leader === account) && contracts.has(instrumentText(mirror.instrument))) touched.set(mirror.key, id);
    }
  }

  /** Orders of which the reading has told what they reduce. */
  #provedByPositions(account: ClientId, orders: readonly OrderId[]): readonly OrderId[] {
    return orders.filter((id) => {
      const order = orderOf(leaderBook(this.#book, account), id);
      return order === undefined || proofFor(this.#book, account, order) !== "positions";
    });
  }

  /** The leader's book as it was after these orders were seen: what they are is known now. Oldest first, as they were placed. */
  #openProved(leader: ClientId, proves: readonly OrderId[], now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const { orders, mirrors } = leaderBook(this.#book, leader);
    const placedAt = (id: OrderId): number => orders.get(id)?.known.orderTime ?? orders.get(id)?.known.updatedAt ?? 0;
    this.#reads.proved(leader, proves);
    for (const id of [...proves].sort((a, b) => placedAt(a) - placedAt(b))) {
      this.openMirrors(leader, id, now);
      for (const { follower, key } of mirrors.get(id) ?? []) this.touch(follower, key, touched);
    }
  }

  /** Opens the mirrors of a leader order in every copy that has none of it yet. Also used by the start, row by row, which has not taken the `unclaimed` yet. */
  openMirrors(account: ClientId, order: OrderId, now: UnixMs, unclaimed?: Unclaimed["copies"]): void {
    const copies = this.#parties
      .copiesOf(account)
      .filter(({ leader, follower }) => !isPutAway(followerBook(this.#book, follower), mirrorKey({ leader, follower, cause: order })));
    const known = copies.length === 0 ? undefined : orderOf(leaderBook(this.#book, account), order);
    if (known === undefined) return;
    const unclaimedOf = (id: ClientId): Sources["unclaimed"] => unclaimed?.get(id) ?? followerBook(this.#book, id).unexplained.values();
    for (const copy of copies) {
      for (const record of openMirror(this.#book, copy, known, { ...this.#sources, unclaimed: unclaimedOf(copy.follower) }, now)) {
        this.#recorder.record(record);
        if (record.type === "mirror-opened" && record.contract === undefined) this.#sources.instruments.seek?.(known.known.instrument.segment);
      }
    }
  }

  /** What was refused because nobody knew the contract is looked at anew: what is too late by now says so (R20). */
  #reopenUnknown(segment: Segment, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    for (const [id, { mirrors }] of this.#book.leaders) {
      for (const [order, addresses] of mirrors) {
        const ours = addresses.map(({ follower, key }) => followerBook(this.#book, follower).mirrors.get(key));
        if (!ours.some((mirror) => mirror !== undefined && mirror.contract === undefined && mirror.instrument.segment === segment)) continue;
        this.openMirrors(id, order, now);
        for (const { follower, key } of addresses) this.touch(follower, key, touched);
      }
    }
  }

  #takeFollowerReport(account: ClientId, report: OrderReport, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const follower = followerBook(this.#book, account);
    if (tellsNoMore(follower, report)) return;
    const direct =
      follower.byOrder.get(report.leg?.of ?? report.orderId) ??
      (report.correlationId === undefined ? undefined : follower.byCorrelation.get(report.correlationId));
    if (direct !== undefined) {
      const mirror = follower.mirrors.get(direct);
      const order = report.leg?.of ?? report.orderId;
      const attempt = mirror?.attempts.find((one) => one.orderId === order || one.correlationId === report.correlationId);
      const leg = report.leg === undefined ? undefined : attempt?.legs?.orders[report.leg.leg];
      if (report.leg !== undefined) {
        if (leg !== undefined && saysNothingNew(leg, report)) return;
        this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
        this.#closeAlternatives(account, direct, now);
        this.touch(account, direct, touched);
        return;
      }
      // Of a super order a leg may still be changed, and that be in doubt, when its entry has ended.
      const settled = attempt?.changing.state === "none" && (attempt.order?.end !== undefined || attempt.cancelling.state === "none");
      const quiet = attempt?.order !== undefined && settled;
      if (quiet && attempt.order !== undefined && saysNothingNew(attempt.order, report)) return;
      this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
      this.#closeAlternatives(account, direct, now);
      this.touch(account, direct, touched);
      return;
    }
    // Of an earlier day, and over: whatever it came to is in the positions (R24).
    if (!follower.foreign.has(report.orderId) && isOfEarlierDay(this.#book, report)) return;
    if (isOurs(report.correlationId)) return this.#takeUnsent(account, report, now, touched);
    const before = follower.foreign.get(report.orderId);
    if (before !== undefined && saysNothingNew(before, report)) return;
    this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
    this.#touchHolding(account, report, touched);
  }

  /** What the owner trades himself moves what our exits may still sell (R15). */
  #touchHolding(account: ClientId, report: OrderReport, touched: Map<MirrorKey, ClientId>): void {
    const follower = followerBook(this.#book, account);
    for (const leader of follower.byHolding.keys())
      for (const product of PRODUCTS) for (const key of mirrorsOfHolding(follower, leader, holdingKey(report.instrument, product))) touched.set(key, account);
  }

  /** An order with our prefix that this journal did not send: adopted when it is old, a reason to stop entries when it is new (R11, R12). */
  #takeUnsent(account: ClientId, report: OrderReport, now: UnixMs, touched: Map<MirrorKey, ClientId>): void {
    const follower = followerBook(this.#book, account);
    const id = report.correlationId;
    const { limits } = this.#parties.account(account);
    if (id === undefined || this.#book.startedAt === undefined) return;
    const isYoung = report.updatedAt > this.#book.startedAt + limits.requestTimeoutMs + limits.lookupGraceMs;
    if (isYoung && !follower.foreign.has(report.orderId) && !isHaltedForStranger(this.#book.halts, account)) {
      const why = `order ${report.orderId} bears our mark and was not sent by this journal: another copier may be running on this account`;
      this.#recorder.record({ type: "entries-halted", at: now, follower: account, why });
      this.#noted({ level: "critical", code: "STRANGER_WITH_OUR_MARK", account: this.#parties.account(account).name, message: why });
    }
    const key = mirrorByCorrelation(follower, id);
    if (key !== undefined && !isYoung) {
      this.#recorder.record({ type: "order-adopted", at: now, follower: account, mirror: key, report });
      this.touch(account, key, touched);
      return;
    }
    const of = this.isProved(account) ? "all" : "in-turn";
    const record = (one: BookRecord): void => this.#recorder.record(one);
    if (!isYoung && this.#isSought(account, report) && takeOwnOrder(this.#book, record, account, { report, of, now })) {
      const own = follower.byOrder.get(report.orderId);
      if (own !== undefined) this.touch(account, own, touched);
      return;
    }
    const before = follower.foreign.get(report.orderId);
    if (before !== undefined && saysNothingNew(before, report)) return;
    this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
    this.#touchHolding(account, report, touched);
  }

  /** Whether what may have caused an order of our own is to be looked for: once, and again when the account's orders or positions have moved. */
  #isSought(account: ClientId, { orderId, instrument, contracted }: OrderReport): boolean {
    const follower = followerBook(this.#book, account);
    const holding = holdingKey(instrument, contracted.product);
    const ledgers = [...follower.ledgers.values()].map((one) => `${one.get(holding)?.net} ${one.get(holding)?.flipped}`);
    const state = [this.isProved(account), follower.byOrder.size, ...ledgers].join(" ");
    if (this.#sought.get(orderId) === state) return false;
    this.#sought.set(orderId, state);
    return true;
  }

  /** What filled together while nobody listened was told by the books at the start, and is closed all the same (R16). */
  #closeAllAlternatives(account: ClientId, now: UnixMs): void {
    for (const key of [...followerBook(this.#book, account).mirrors.keys()].reverse()) this.#closeAlternatives(account, key, now);
  }

  #closeAlternatives(account: ClientId, key: MirrorKey, now: UnixMs): void {
    const follower = followerBook(this.#book, account);
    const mirror = follower.mirrors.get(key);
    if (mirror === undefined) return;
    const isLegs = mirror.attempts.some((attempt) => legFilled(attempt) > 0);
    if (mirror.role.role !== "exit" && mirror.role.role !== "closing" && mirror.role.role !== "orphan" && !isLegs) return;
    // With the journal lost, what was sent before to close them may still show up in the book (R9, R11).
    const isAdopted = mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror)).some((other) =>
      follower.mirrors.get(other)?.attempts.some(({ adopted }) => adopted),
    );
    if (isAdopted && !this.isProved(account)) return;
    for (const record of openClosing(this.#book, mirror, now)) this.#recorder.record(record);
  }

  /** A mirror, and those of the same holding, whose exits and claims depend on it. */
  touch(follower: ClientId, key: MirrorKey, touched: Map<MirrorKey, ClientId>): void {
    touched.set(key, follower);
    const book = followerBook(this.#book, follower);
    const mirror = book.mirrors.get(key);
    if (mirror === undefined) return;
    for (const other of mirrorsOfHolding(book, mirror.leader, holdingOf(mirror))) touched.set(other, follower);
    for (const withdrawal of mirror.withdrawals) touched.set(withdrawal.by, follower);
  }

  /** The first record of a new trading day (R24). Answers the mirrors that were not over before it. */
  #turnDay(now: UnixMs): [MirrorKey, ClientId][] {
    const open = this.movable();
    return this.recordDay(now) ? open : [];
  }

  /** Records that a new trading day has begun, if one has; answers whether. */
  recordDay(now: UnixMs): boolean {
    const today = tradingDay(now);
    const before = this.#book.day;
    // A clock that was set back brings no day back.
    if (before === undefined || today <= before) return false;
    const lastSession = this.#calendar.lastTradingDay(tradingDay(unixMs(startOfDay(today) - 1)));
    this.#recorder.record({ type: "day-turned", at: now, day: today, afterMarketFrom: unixMs(startOfDay(lastSession) + SESSIONS_BEGIN_MS), forgets: true });
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

  /** Asks again for what was in doubt when the process ended. */
  settleDoubts(): void {
    for (const id of this.#parties.leaders) {
      const { orders, mirrors } = leaderBook(this.#book, id);
      for (const order of orders.values()) {
        const { known } = order;
        if (known.doubt !== undefined) this.#reads.leaderOrder(id, known.orderId, known.doubt.since);
        // It had waited for its proof, and the book that was read at the start, which may lag, does not show it (decision 0004).
        if (!mirrors.has(known.orderId)) this.#reads.prove(id, known.orderId, proofFor(this.#book, id, order) === "positions" ? "positions" : "orders");
      }
    }
  }

  /** Whether anything of it may still move. */
  concerns(mirror: Mirror): boolean {
    if (isLive(mirror) || mirror.attempts.some((attempt) => liveLegs(attempt).length > 0)) return true;
    const order = orderOf(leaderBook(this.#book, mirror.leader), mirror.cause);
    if (order === undefined || order.known.end === undefined) return true;
    return tradingDay(order.known.updatedAt) === tradingDay(this.#clock.now()) || isOwed(this.#book, mirror);
  }
}

/** What tells the same money again is kept often enough to be known for young. */
const FUNDS_KEPT_MS = 60_000;

function isNews(known: MoneyReading | undefined, { asked, availablePaise, utilisedPaise }: MoneyReading): boolean {
  if (known === undefined || asked - known.asked >= FUNDS_KEPT_MS) return true;
  return known.availablePaise !== availablePaise || known.utilisedPaise !== utilisedPaise;
}

/** A repeated frame, or a row of a poll that tells what is known: not worth a record. */
function saysNothingNew(known: Parameters<typeof merge>[0], report: OrderReport): boolean {
  if (known.doubt !== undefined) return false;
  const after = merge(known, report);
  if (after === known) return true;
  if (report.source.kind === "frame") return false;
  return (
    after.filled === known.filled &&
    after.end === known.end &&
    after.terms === known.terms &&
    after.confirmed === known.confirmed &&
    after.reached === known.reached &&
    after.averagePrice === known.averagePrice &&
    after.doubt === known.doubt &&
    after.triggered === known.triggered &&
    after.plan === known.plan
  );
}
