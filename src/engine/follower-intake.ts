/**
 * What is told of the followers' orders: of ours, of the owner's own, and of those that bear our mark and that this journal did not send (R6, R7,
 * R11, R12). What two alternatives have filled too much is closed as soon as it is known (R16).
 */
import { type Book, followerBook, holdingKey, mirrorsOfHolding } from "../domain/book/book.ts";
import { isOfEarlierDay } from "../domain/book/forget.ts";
import { isDoubled, mirrorByCorrelation, mirrorOfReport } from "../domain/book/mirrors.ts";
import { keyOfOrder, orderCount, tellsNoMore } from "../domain/book/ways.ts";
import { isOurs } from "../domain/correlation.ts";
import { isHaltedForStranger } from "../domain/halt/halt.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { shownSmaller } from "../domain/mirror/attempt.ts";
import { holdingOf } from "../domain/mirror/in-holding.ts";
import { legFilled } from "../domain/mirror/legs.ts";
import type { Mirror, MirrorKey } from "../domain/mirror/mirror.ts";
import { openClosing } from "../domain/mirror/open.ts";
import type { OrderReport } from "../domain/order/report.ts";
import type { BookRecord } from "../domain/records.ts";
import type { UnixMs } from "../domain/time.ts";
import { isStrangers, strangerWords, takeOwnOrder } from "./books.ts";
import { saysNothingNew } from "./news.ts";
import type { Note, Parties } from "./parties.ts";
import type { Recorder } from "./recorder.ts";
import { type Touched, touch, touchHolding } from "./touched.ts";

export interface FollowerIntakeOptions {
  readonly book: Book;
  readonly parties: Parties;
  readonly recorder: Recorder;
  readonly noted: (note: Note) => void;
  /** The follower's book has been read twice, a grace apart, since the start (R11). */
  readonly isProved: (follower: ClientId) => boolean;
  /** Opens the mirror of the leader's leg in whose place this order of ours stands, where only that gives it one (R11). */
  readonly openLegsFor: (follower: ClientId, ours: OrderReport, now: UnixMs, touched: Touched) => void;
}

export class FollowerIntake {
  readonly #book: Book;
  readonly #parties: Parties;
  readonly #recorder: Recorder;
  readonly #noted: (note: Note) => void;
  readonly #isProved: (follower: ClientId) => boolean;
  readonly #openLegsFor: FollowerIntakeOptions["openLegsFor"];
  /** Orders with our mark that nothing explained, and with what was known then. */
  readonly #sought = new Map<OrderId, string>();

  constructor({ book, parties, recorder, noted, isProved, openLegsFor }: FollowerIntakeOptions) {
    this.#book = book;
    this.#parties = parties;
    this.#recorder = recorder;
    this.#noted = noted;
    this.#isProved = isProved;
    this.#openLegsFor = openLegsFor;
  }

  /** A report of any order of the account. */
  take(account: ClientId, report: OrderReport, now: UnixMs, touched: Touched): void {
    const follower = followerBook(this.#book, account);
    if (tellsNoMore(follower, report)) return;
    const direct = mirrorOfReport(follower, report);
    if (direct !== undefined) {
      if (tellsNothingNew(follower.mirrors.get(direct), report)) return;
      // What a fill leaves nothing to do for is out of the holding after it, and something is to be said of that as well.
      if (report.filled > 0 || report.leg !== undefined) touch(this.#book, account, direct, touched);
      this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
      this.#closeAlternatives(account, direct, now);
      touch(this.#book, account, direct, touched);
      return;
    }
    // Of an earlier day, and over: whatever it came to is in the positions (R24).
    if (!follower.foreign.has(report.orderId) && isOfEarlierDay(this.#book, report)) return;
    if (isOurs(report.correlationId)) return this.#takeUnsent(account, report, now, touched);
    const before = follower.foreign.get(report.orderId);
    if (before !== undefined && saysNothingNew(before, report)) return;
    this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
    touchHolding(this.#book, account, report, touched);
  }

  /** No book of today shows it (`lacked.ts`). */
  takeLacked(account: ClientId, order: OrderId, now: UnixMs, touched: Touched): void {
    this.#recorder.record({ type: "follower-order-lacked", at: now, follower: account, order });
    const key = keyOfOrder(followerBook(this.#book, account), order);
    if (key !== undefined) touch(this.#book, account, key, touched);
  }

  /** The day's orders are over: what is looked for anew costs no more than a look. */
  dayTurned(): void {
    this.#sought.clear();
  }

  /** An order with our prefix that this journal did not send: adopted when it is old, a reason to stop entries when it is new (R11, R12). */
  #takeUnsent(account: ClientId, report: OrderReport, now: UnixMs, touched: Touched): void {
    const follower = followerBook(this.#book, account);
    const id = report.correlationId;
    if (id === undefined || this.#book.startedAt === undefined) return;
    const isYoung = isStrangers(this.#book, account, report, this.#parties.account(account).limits);
    if (isYoung && !follower.foreign.has(report.orderId) && !isHaltedForStranger(this.#book.halts, account)) {
      const why = strangerWords(report.orderId);
      this.#recorder.record({ type: "entries-halted", at: now, follower: account, why });
      this.#noted({ level: "critical", code: "STRANGER_WITH_OUR_MARK", account: this.#parties.account(account).name, message: why });
    }
    const isSought = !isYoung && mirrorByCorrelation(follower, id) === undefined && this.#isSought(account, report);
    if (isSought) this.#openLegsFor(account, report, now, touched);
    const key = mirrorByCorrelation(follower, id);
    if (key !== undefined && !isYoung && !isDoubled(follower, report)) {
      this.#recorder.record({ type: "order-adopted", at: now, follower: account, mirror: key, report });
      touch(this.#book, account, key, touched);
      return;
    }
    const of = this.#isProved(account) ? "all" : "in-turn";
    const record = (one: BookRecord): void => this.#recorder.record(one);
    if (isSought && takeOwnOrder(this.#book, record, account, { report, of, now })) {
      const own = follower.byOrder.get(report.orderId);
      if (own !== undefined) touch(this.#book, account, own, touched);
      return;
    }
    const before = follower.foreign.get(report.orderId);
    if (before !== undefined && saysNothingNew(before, report)) return;
    this.#recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
    touchHolding(this.#book, account, report, touched);
  }

  /** Whether what may have caused an order of our own is to be looked for: once, and again when the account's orders or positions have moved. */
  #isSought(account: ClientId, { orderId, instrument, contracted }: OrderReport): boolean {
    const follower = followerBook(this.#book, account);
    const holding = holdingKey(instrument, contracted.product);
    const ledgers = [...follower.ledgers.values()].map((one) => `${one.get(holding)?.net} ${one.get(holding)?.flipped}`);
    const state = [this.#isProved(account), orderCount(follower), ...ledgers].join(" ");
    if (this.#sought.get(orderId) === state) return false;
    this.#sought.set(orderId, state);
    return true;
  }

  /** What filled together while nobody listened was told by the books at the start, and is closed all the same (R16). */
  closeAllAlternatives(account: ClientId, now: UnixMs): void {
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
    if (isAdopted && !this.#isProved(account)) return;
    for (const record of openClosing(this.#book, mirror, now)) this.#recorder.record(record);
  }
}

/** Of an order of ours, or of a leg of it. */
function tellsNothingNew(mirror: Mirror | undefined, report: OrderReport): boolean {
  const order = report.leg?.of ?? report.orderId;
  const attempt = mirror?.attempts.find((one) => one.orderId === order || one.correlationId === report.correlationId);
  if (report.leg !== undefined) {
    const leg = attempt?.legs?.orders[report.leg.leg];
    return leg !== undefined && saysNothingNew(leg, report);
  }
  if (attempt?.order === undefined) return false;
  // Of a super order a leg may still be changed, and that be in doubt, when its entry has ended.
  const isSettled = attempt.changing.state === "none" && (attempt.order.end !== undefined || attempt.cancelling.state === "none");
  // One that is shown smaller than is known may be so because the book lags: the reading that cannot is kept.
  return isSettled && shownSmaller(attempt)?.isProved !== false && saysNothingNew(attempt.order, report);
}
