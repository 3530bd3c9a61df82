/**
 * Our forever orders at the followers (docs/forever.md): which row of the list each is, how it stands, and which order was sent for one that has fired. What was never
 * answered is one row that may be it, or stays unknown (R10).
 */
import { type Book, type FollowerBook, followerBook } from "../domain/book/book.ts";
import { isOurOrder } from "../domain/book/ways.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { type Attempt, waitsAsForever } from "../domain/mirror/attempt.ts";
import { mayBeOf, standsOtherwise } from "../domain/mirror/forever.ts";
import { asksTheSame } from "../domain/mirror/likeness.ts";
import type { Mirror, MirrorKey } from "../domain/mirror/mirror.ts";
import { waitsForever } from "../domain/order/family.ts";
import type { KnownOrder } from "../domain/order/known.ts";
import { type ForeverOrder, tellsSame, waits } from "../domain/order/standing.ts";
import type { UnixMs } from "../domain/time.ts";
import { type ForeverLinksOptions, type ForeverReading, hasFired, hasLasted } from "./forever-reading.ts";
import { firedTermsOf, foreverReport, goneReport, sentForRow, termsOf } from "./forever-rows.ts";
import { type Fired, isPlainlyOf, likeliest } from "./forever-sent.ts";
import { type Touched, touch, touchHolding } from "./touched.ts";

export class OwnForever {
  readonly #options: ForeverLinksOptions;
  readonly #isListed: (leader: ClientId) => boolean;
  /** Since when, in elapsed time, a list has lacked one, or has told that it fired while nobody knows its order. */
  readonly #lacked = new Map<OrderId, number>();
  readonly #unlinked = new Map<OrderId, number>();
  readonly #said = new Set<OrderId>();
  readonly #startedElapsed: number;

  /** `isListed`: whether a leader's list was read since it cannot lag any more behind what was done before the start. */
  constructor(options: ForeverLinksOptions, isListed: (leader: ClientId) => boolean) {
    this.#options = options;
    this.#isListed = isListed;
    this.#startedElapsed = options.clock.elapsed();
  }

  take(reading: ForeverReading, now: UnixMs, touched: Touched): void {
    const { account, orders, isWhole } = reading;
    const { book, recorder } = this.#options;
    const follower = followerBook(book, account);
    const rows = new Map(orders.map((order) => [order.orderId, order]));
    const unseen = oursIn(follower.mirrors).filter(({ attempt }) => attempt.orderId === undefined && isUnseen(attempt));
    const before = new Set(follower.standing?.map(({ orderId }) => orderId));
    const free = orders.filter((order) => !isOurOrder(follower, order.orderId) && !before.has(order.orderId));
    const taken = new Set<OrderId>();
    for (const one of unseen) {
      const found = free.filter((order) => isOf(order, one));
      const others = unseen.filter((other) => found.some((order) => isOf(order, other)));
      for (const order of found) taken.add(order.orderId);
      this.#look(one, found.length === 1 && others.length === 1 ? found[0] : undefined, reading, now);
      touch(book, account, one.mirror.key, touched);
    }
    for (const { mirror, attempt } of oursIn(follower.mirrors))
      if (attempt.orderId !== undefined) this.#takeRow(reading, { mirror, attempt }, rows.get(attempt.orderId), now, touched);
    const others = orders.filter((order) => waits(order) && !isOurOrder(follower, order.orderId) && !taken.has(order.orderId));
    const fired = orders.filter((order) => !taken.has(order.orderId)).flatMap((order) => firedUnclaimed(follower, order));
    if (!isWhole || (isSameList(follower.standing, others) && fired.length === 0)) return;
    if (follower.standingSince === undefined && !this.#mayBegin(reading)) return;
    const isFirst = follower.standing === undefined;
    const sent = fired.map(({ orderId }) => orderId);
    recorder.record({ type: "follower-standing-read", at: now, follower: account, orders: others, ...(sent.length === 0 ? {} : { fired: sent }) });
    for (const order of fired) touchHolding(book, account, order, touched);
    if (!isFirst) return;
    for (const mirror of follower.mirrors.values()) if (waitsForAList(book, mirror)) touched.set(mirror.key, account);
  }

  /**
   * What waits in an account of which this journal knows nothing is known when neither its list nor those of its leaders can lag behind what the process
   * before this one, whose journal may be lost, and his leaders had done (R11).
   */
  #mayBegin({ account, askedElapsedMs }: ForeverReading): boolean {
    const { parties, reads } = this.#options;
    const dueIn = this.#startedElapsed + this.#graceMs(account) - askedElapsedMs;
    if (dueIn > 0) {
      reads.foreverListAfter(account, Math.ceil(dueIn));
      return false;
    }
    const unread = parties.leadersOf(account).filter((leader) => parties.followsForeverOf(leader) && !this.#isListed(leader));
    for (const leader of unread) reads.foreverList(leader);
    return unread.length === 0;
  }

  /** A placement that was not answered (R10): the one row that may be it is ours; where there is none, or more than one, it stays unknown. */
  #look({ mirror, attempt }: Ours, row: ForeverOrder | undefined, { account, isWhole, asked, askedElapsedMs }: ForeverReading, now: UnixMs): void {
    const { recorder } = this.#options;
    const terms = row === undefined ? undefined : termsOf(row);
    if (row !== undefined && terms !== undefined && attempt.placing.state !== "in-flight") {
      const report = foreverReport(row, terms, { account, asked, correlationId: attempt.correlationId }, "waits");
      recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
      return;
    }
    if (attempt.placing.state !== "in-doubt") return;
    const about = { at: now, follower: account, mirror: mirror.key, attempt: attempt.number, asked, askedElapsedMs: Math.floor(askedElapsedMs) };
    recorder.record({ type: "look-answered", ...about, answer: isWhole ? "absent" : "failed", graceMs: this.#graceMs(account) });
  }

  /** What the list tells of one of ours. */
  #takeRow(reading: ForeverReading, { mirror, attempt }: Ours, row: ForeverOrder | undefined, now: UnixMs, touched: Touched): void {
    const { book, recorder, told, closeAlternatives } = this.#options;
    const { account, isWhole, asked, askedElapsedMs } = reading;
    const { orderId, correlationId, order: known } = attempt;
    if (orderId === undefined || known?.end !== undefined) return;
    const graceMs = this.#graceMs(account);
    const terms = row === undefined ? undefined : termsOf(row);
    const isFired = hasFired(row);
    const isGone = row === undefined && isWhole && asked >= attempt.intendedAt + graceMs && hasLasted(this.#lacked, orderId, askedElapsedMs, graceMs);
    if (row !== undefined) this.#lacked.delete(orderId);
    const fired = { terms: (row === undefined ? undefined : firedTermsOf(row)) ?? attempt.terms, at: row?.updatedAt };
    const sent = isFired || isGone ? this.#sentForOurs(account, { mirror, attempt }, fired) : undefined;
    if (sent !== undefined) {
      if (!isPlainlyOf(sent, fired) && !hasLasted(this.#unlinked, orderId, askedElapsedMs, graceMs)) return;
      // A list that never showed it as waiting has told of it only now.
      if (known === undefined && row !== undefined && terms !== undefined)
        recorder.record({
          type: "follower-order-reported",
          at: now,
          follower: account,
          report: foreverReport(row, terms, { account, asked, correlationId }, "waits"),
        });
      recorder.record({ type: "follower-forever-fired", at: now, follower: account, mirror: mirror.key, order: orderId, by: sent.orderId });
      closeAlternatives(account, now);
      touch(book, account, mirror.key, touched);
      return;
    }
    if (isGone) {
      const gone = known === undefined ? undefined : goneReport(known, now, "it is listed no more");
      if (gone !== undefined) told.follower(account, gone, now, touched);
      return;
    }
    if (isFired) {
      if (hasLasted(this.#unlinked, orderId, askedElapsedMs, 2 * graceMs) && !this.#said.has(orderId)) {
        this.#said.add(orderId);
        const message = `forever order ${orderId} has fired, and no order of the account asks for the same: what came of it is not known, look at the positions`;
        this.#options.noted({ level: "critical", code: "FOREVER_UNLINKED", account: this.#options.parties.account(account).name, message });
      }
      return;
    }
    if (row === undefined || terms === undefined) return;
    const report = foreverReport(row, terms, { account, asked, correlationId });
    // That it still waits is news where an order has turned up that it may have fired, and what it asks for where one of two is to be changed after the other.
    const isLagging = terms.upper !== undefined && !asksTheSame(terms, attempt.terms) && !standsOtherwise(attempt);
    const isAsked = isLagging || [...followerBook(book, account).foreign.values()].some((other) => mayBeOf(other, mirror, attempt));
    if (isAsked) recorder.record({ type: "follower-order-reported", at: now, follower: account, report });
    else told.follower(account, report, now, touched);
    touch(book, account, mirror.key, touched);
  }

  /** Which of the account's orders that nobody sent was sent for it. */
  #sentForOurs(account: ClientId, { mirror, attempt }: Ours, fired: Fired): KnownOrder | undefined {
    const { foreign, mirrors } = followerBook(this.#options.book, account);
    const found = [...foreign.values()].filter((other) => mayBeOf(other, mirror, attempt));
    const beside = oursIn(mirrors).filter((one) => one.attempt.orderId !== attempt.orderId);
    return likeliest(
      found,
      fired,
      beside.map(({ attempt: { terms } }) => terms),
    );
  }

  #graceMs(account: ClientId): number {
    return this.#options.parties.account(account).limits.lookupGraceMs;
  }
}

interface Ours {
  readonly mirror: Mirror;
  readonly attempt: Attempt;
}

/** What of ours waits at the broker, or may. */
function oursIn(mirrors: ReadonlyMap<MirrorKey, Mirror>): readonly Ours[] {
  return [...mirrors.values()].flatMap((mirror) => mirror.attempts.filter(waitsAsForever).map((attempt) => ({ mirror, attempt })));
}

/** What one has fired that was there before the list was first read with this journal, and is not known to be ours: as long as it rests. */
function firedUnclaimed(follower: FollowerBook, row: ForeverOrder): readonly KnownOrder[] {
  const { foreign, unclaimed, standingSince } = follower;
  const isOlder = row.createdAt === undefined || standingSince === undefined || row.createdAt <= standingSince;
  if (!hasFired(row) || !isOlder || isOurOrder(follower, row.orderId)) return [];
  const sent = sentForRow(row, [...foreign.values()]);
  return sent === undefined || sent.end !== undefined || unclaimed.has(sent.orderId) ? [] : [sent];
}

function isUnseen({ placing }: Attempt): boolean {
  return placing.state === "in-flight" || placing.state === "in-doubt" || placing.state === "unresolved";
}

/** Whether a row asks for what was sent, and is no older than that. */
function isOf(row: ForeverOrder, { mirror, attempt }: Ours): boolean {
  const terms = termsOf(row);
  const { segment, securityId } = mirror.instrument;
  if (terms === undefined || row.instrument.segment !== segment || row.instrument.securityId !== securityId) return false;
  if (row.contracted.side !== mirror.contracted.side || row.contracted.product !== attempt.product || !asksTheSame(terms, attempt.terms)) return false;
  return row.updatedAt === undefined || row.updatedAt + 1_000 >= attempt.intendedAt;
}

function isSameList(known: readonly ForeverOrder[] | undefined, read: readonly ForeverOrder[]): boolean {
  if (known?.length !== read.length) return false;
  return read.every((order) => known.some((other) => other.orderId === order.orderId && tellsSame(other, order)));
}

/** Nothing was sent for it yet, and a reading of the list may be what it waits for. */
function waitsForAList(book: Book, { attempts, leader, cause }: Mirror): boolean {
  const order = attempts.length === 0 ? book.leaders.get(leader)?.orders.get(cause) : undefined;
  return order !== undefined && waitsForever(order.known);
}
