/**
 * What the lists of forever orders tell where they are copied (`forever: copy`; docs/forever.md): how the leaders' and ours stand, and which order was
 * sent for which. Nothing connects the two but their terms, so an order that asks for what a waiting one fires is not acted on before the list,
 * asked for at once, has told whether that has fired. What cannot be told is never copied.
 */
import { type Book, type FollowerBook, followerBook, getOrAdd, leaderBook } from "../domain/book/book.ts";
import { isOurOrder } from "../domain/book/ways.ts";
import { isOurs } from "../domain/correlation.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { type Attempt, isOpen, waitsAsForever } from "../domain/mirror/attempt.ts";
import { mayBeOf, standsOtherwise } from "../domain/mirror/forever.ts";
import { asksTheSame } from "../domain/mirror/likeness.ts";
import type { Mirror, MirrorKey } from "../domain/mirror/mirror.ts";
import { waitsForever } from "../domain/order/family.ts";
import type { KnownOrder } from "../domain/order/known.ts";
import type { OrderReport } from "../domain/order/report.ts";
import { type ForeverOrder, standingKey, stateOfForever, tellsSame, waits } from "../domain/order/standing.ts";
import type { Clock, UnixMs } from "../domain/time.ts";
import { firedTermsOf, foreverReport, goneReport, isOfSameSide, mayBeFiredBy, sentForRow, termsOf } from "./forever-rows.ts";
import { type Fired, isPlainlyOf, likeliest } from "./forever-sent.ts";
import type { Inbound } from "./inbox.ts";
import type { Note, Parties } from "./parties.ts";
import type { Reads } from "./reads.ts";
import type { Recorder } from "./recorder.ts";
import { type Touched, touch, touchHolding } from "./touched.ts";

type Reading = Omit<Extract<Inbound, { type: "standing" }>, "orders"> & { readonly orders: readonly ForeverOrder[] };

export interface ForeverLinksOptions {
  readonly book: Book;
  readonly clock: Clock;
  readonly parties: Parties;
  readonly recorder: Recorder;
  readonly reads: Reads;
  readonly noted: (note: Note) => void;
  /** A report of a leader's, or of a follower's, order. */
  readonly told: { readonly leader: Told; readonly follower: Told };
  /** This order of the leader's is what it seems to be. */
  readonly proceed: (leader: ClientId, order: OrderId, now: UnixMs, touched: Touched) => void;
  /** What alternatives filled together is looked at anew. */
  readonly closeAlternatives: (follower: ClientId, now: UnixMs) => void;
}

type Told = (account: ClientId, report: OrderReport, now: UnixMs, touched: Touched) => void;

/** How often the list is asked again while an order waits for it. */
const AGAIN_MS = 1_000;

export class ForeverLinks {
  readonly #options: ForeverLinksOptions;
  /** Orders of each leader that wait for the list, since when, in elapsed time. */
  readonly #suspects = new Map<ClientId, Map<OrderId, number>>();
  /** Orders that asked for the same as a forever order, and are none of it. */
  readonly #own = new Set<OrderId>();
  /** Until when, in elapsed time, each leader's list may tell after all that what was taken for an order by itself was fired. */
  readonly #mayTell = new Map<ClientId, number>();
  /** Since when, in elapsed time, a list has lacked one, or has told that it fired while nobody knows its order. */
  readonly #lacked = new Map<OrderId, number>();
  readonly #unlinked = new Map<OrderId, number>();
  readonly #said = new Set<OrderId>();
  readonly #startedElapsed: number;
  /** Leaders whose list was read when it could not lag any more behind what was done before the start. */
  readonly #listed = new Set<ClientId>();

  constructor(options: ForeverLinksOptions) {
    this.#options = options;
    this.#startedElapsed = options.clock.elapsed();
  }

  /** Whether this order of the leader's may have been sent for a forever order; then the list is asked, and the order waits for it. */
  holds(leader: ClientId, id: OrderId): boolean {
    const { parties, clock, book, reads } = this.#options;
    if (!parties.followsForeverOf(leader) || this.#own.has(id)) return false;
    const order = leaderBook(book, leader).orders.get(id)?.known;
    if (order === undefined || (leaderBook(book, leader).mirrors.get(id)?.length ?? 0) > 0 || this.#causes(leader, order).length === 0) return false;
    const waiting = getOrAdd(this.#suspects, leader, () => new Map<OrderId, number>());
    if (!waiting.has(id)) waiting.set(id, clock.elapsed());
    reads.foreverList(leader);
    return true;
  }

  take(reading: Reading, now: UnixMs, touched: Touched): void {
    const { parties } = this.#options;
    const { account } = reading;
    if (parties.followsForeverOf(account)) this.#takeLeaders(reading, now, touched);
    if (parties.followsForeverInto(account)) this.#takeFollowers(reading, now, touched);
  }

  /** Forever orders that may have fired this order: that wait, as far as is known, or went in a way that nobody saw while ours stood or filled. */
  #causes(leader: ClientId, order: KnownOrder): readonly KnownOrder[] {
    const { book } = this.#options;
    if (order.family !== "plain" || isOurs(order.correlationId)) return [];
    const { orders, mirrors, standing } = leaderBook(book, leader);
    return [...orders.values()].flatMap(({ known }) => {
      if (known.family !== "forever" || known.fired !== undefined || !isOfSameSide(order, known)) return [];
      if (known.end === undefined) return [known];
      const row = standing.get(standingKey({ kind: "forever", orderId: known.orderId }));
      if (known.end !== "cancelled" || !mayBeFiredBy(order, known)) return [];
      if (row?.kind === "forever" && (stateOfForever(row) === "over" || this.#isCopiedByItself(leader, known, row))) return [];
      const copies = (mirrors.get(known.orderId) ?? []).flatMap(({ follower, key }) => followerBook(book, follower).mirrors.get(key) ?? []);
      return copies.some(({ attempts }) => attempts.some((one) => isOpen(one) || one.order?.fired !== undefined)) ? [known] : [];
    });
  }

  #takeLeaders({ account, orders, isWhole, asked, askedElapsedMs }: Reading, now: UnixMs, touched: Touched): void {
    const { book, parties, reads, told, proceed } = this.#options;
    const leader = leaderBook(book, account);
    const graceMs = this.#graceMs(account);
    const rows = new Map(orders.map((order) => [order.orderId, order]));
    for (const order of orders) {
      const terms = termsOf(order);
      const known = leader.orders.get(order.orderId)?.known;
      if (terms === undefined || stateOfForever(order) === "fired" || known?.end !== undefined || known?.fired !== undefined) continue;
      if (known !== undefined || waits(order)) told.leader(account, foreverReport(order, terms, { account, asked }), now, touched);
      // What it was to be proved by has gone with the process that asked for it.
      if (known !== undefined && waits(order) && !leader.mirrors.has(order.orderId)) proceed(account, order.orderId, now, touched);
    }
    for (const { known: before } of [...leader.orders.values()]) {
      if (!waitsForever(before)) continue;
      const known = asRow(before, rows.get(before.orderId));
      const { orderId } = known;
      const row = rows.get(orderId);
      const isFired = hasFired(row);
      const isGone = row === undefined && isWhole && this.#isLacked(orderId, askedElapsedMs, graceMs);
      if (row !== undefined) this.#lacked.delete(orderId);
      if (!isFired && !isGone) continue;
      const fired = { terms: known.terms, at: row?.updatedAt };
      const sent = this.#sentFor(account, known, fired);
      const isByItself = this.#isCopiedByItself(account, known, row);
      if (sent !== undefined) {
        if (isPlainlyOf(sent, fired) || this.#isOver(this.#unlinked, orderId, askedElapsedMs, graceMs))
          this.#link(account, orderId, sent.orderId, now, touched);
      } else if (isGone || isByItself || this.#isOver(this.#unlinked, orderId, askedElapsedMs, 2 * graceMs)) {
        const hasFiredWhat = isByItself ? "what it has fired is copied by itself" : "it has fired, and no order of the leader's asks for the same";
        const why = isGone ? "it is listed no more" : hasFiredWhat;
        const gone = goneReport(known, now, why);
        if (gone !== undefined) told.leader(account, gone, now, touched);
      }
    }
    this.#settleSuspects(account, { rows, askedElapsedMs, graceMs }, now, touched);
    if (!isWhole || this.#listed.has(account) || askedElapsedMs < this.#startedElapsed + graceMs) return;
    this.#listed.add(account);
    for (const { follower } of parties.copiesOf(account)) if (followerBook(book, follower).standingSince === undefined) reads.foreverList(follower);
  }

  /** Which of his orders, that wait for that or have gone nowhere, was sent for it. */
  #sentFor(account: ClientId, forever: KnownOrder, fired: Fired): KnownOrder | undefined {
    const { orders, mirrors } = leaderBook(this.#options.book, account);
    const all = [...orders.values()].map(({ known }) => known);
    const found = all.filter(
      (known) =>
        !this.#own.has(known.orderId) && (mirrors.get(known.orderId)?.length ?? 0) === 0 && !isOurs(known.correlationId) && mayBeFiredBy(known, forever),
    );
    const beside = all.filter((known) => waitsForever(known) && known.orderId !== forever.orderId);
    return likeliest(
      found,
      fired,
      beside.map(({ terms }) => terms),
    );
  }

  /** What it has fired was taken for an order by itself: it had been changed shortly before, and a list that lagged told neither (docs/forever.md). */
  #isCopiedByItself(account: ClientId, forever: KnownOrder, row: ForeverOrder | undefined): boolean {
    const at = row?.updatedAt;
    if (at === undefined || !hasFired(row)) return false;
    const asked = asRow(forever, row);
    const { orders, mirrors } = leaderBook(this.#options.book, account);
    return [...orders.values()].some(
      ({ known }) =>
        (this.#own.has(known.orderId) || (mirrors.get(known.orderId)?.length ?? 0) > 0) &&
        mayBeFiredBy(known, asked) &&
        isPlainlyOf(known, { terms: asked.terms, at }),
    );
  }

  #link(account: ClientId, order: OrderId, by: OrderId, now: UnixMs, touched: Touched): void {
    const { book, recorder, proceed } = this.#options;
    this.#suspects.get(account)?.delete(by);
    recorder.record({ type: "leader-forever-fired", at: now, leader: account, order, by });
    proceed(account, order, now, touched);
    for (const { follower, key } of leaderBook(book, account).mirrors.get(order) ?? []) touch(book, follower, key, touched);
  }

  #settleSuspects(
    account: ClientId,
    { rows, askedElapsedMs, graceMs }: { readonly rows: ReadonlyMap<OrderId, ForeverOrder>; readonly askedElapsedMs: number; readonly graceMs: number },
    now: UnixMs,
    touched: Touched,
  ): void {
    const { book, proceed, reads } = this.#options;
    const waiting = this.#suspects.get(account);
    for (const [id, since] of [...(waiting ?? [])]) {
      const known = leaderBook(book, account).orders.get(id)?.known;
      const causes = known === undefined ? [] : this.#causes(account, known);
      const gone = causes.find(({ end }) => end !== undefined);
      if (gone !== undefined) {
        this.#link(account, gone.orderId, id, now, touched);
        continue;
      }
      // A list may lag: what asks for the same waits until it cannot any more. Anything else waits for one reading, which would show a change of his.
      const like = known === undefined ? [] : causes.filter((cause) => mayBeFiredBy(known, asRow(cause, rows.get(cause.orderId))));
      const isRead = causes.every(({ orderId }) => rows.has(orderId)) && askedElapsedMs >= since + (like.length > 0 ? graceMs : 0);
      if (causes.length > 0 && (!isRead || like.some(({ orderId }) => hasFired(rows.get(orderId))))) continue;
      waiting?.delete(id);
      this.#own.add(id);
      if (causes.length > 0) this.#mayTell.set(account, Math.max(since + graceMs, this.#mayTell.get(account) ?? 0));
      if (known !== undefined) proceed(account, id, now, touched);
    }
    if ((waiting?.size ?? 0) > 0 || askedElapsedMs < (this.#mayTell.get(account) ?? 0)) reads.foreverListAfter(account, AGAIN_MS);
  }

  #takeFollowers(reading: Reading, now: UnixMs, touched: Touched): void {
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
  #mayBegin({ account, askedElapsedMs }: Reading): boolean {
    const { parties, reads } = this.#options;
    const dueIn = this.#startedElapsed + this.#graceMs(account) - askedElapsedMs;
    if (dueIn > 0) {
      reads.foreverListAfter(account, Math.ceil(dueIn));
      return false;
    }
    const unread = parties.leadersOf(account).filter((leader) => parties.followsForeverOf(leader) && !this.#listed.has(leader));
    for (const leader of unread) reads.foreverList(leader);
    return unread.length === 0;
  }

  /** A placement that was not answered (R10): the one row that may be it is ours; where there is none, or more than one, it stays unknown. */
  #look({ mirror, attempt }: Ours, row: ForeverOrder | undefined, { account, isWhole, asked, askedElapsedMs }: Reading, now: UnixMs): void {
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
  #takeRow(reading: Reading, { mirror, attempt }: Ours, row: ForeverOrder | undefined, now: UnixMs, touched: Touched): void {
    const { book, recorder, told, closeAlternatives } = this.#options;
    const { account, isWhole, asked, askedElapsedMs } = reading;
    const { orderId, correlationId, order: known } = attempt;
    if (orderId === undefined || known?.end !== undefined) return;
    const graceMs = this.#graceMs(account);
    const terms = row === undefined ? undefined : termsOf(row);
    const isFired = hasFired(row);
    const isGone = row === undefined && isWhole && asked >= attempt.intendedAt + graceMs && this.#isLacked(orderId, askedElapsedMs, graceMs);
    if (row !== undefined) this.#lacked.delete(orderId);
    const fired = { terms: (row === undefined ? undefined : firedTermsOf(row)) ?? attempt.terms, at: row?.updatedAt };
    const sent = isFired || isGone ? this.#sentForOurs(account, { mirror, attempt }, fired) : undefined;
    if (sent !== undefined) {
      if (!isPlainlyOf(sent, fired) && !this.#isOver(this.#unlinked, orderId, askedElapsedMs, graceMs)) return;
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
      if (this.#isOver(this.#unlinked, orderId, askedElapsedMs, 2 * graceMs) && !this.#said.has(orderId)) {
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

  /** A list may lag: what a second reading lacks as well, begun a while after the first, is there no more. */
  #isLacked(order: OrderId, askedElapsedMs: number, graceMs: number): boolean {
    return this.#isOver(this.#lacked, order, askedElapsedMs, graceMs);
  }

  #isOver(since: Map<OrderId, number>, order: OrderId, elapsed: number, afterMs: number): boolean {
    const first = getOrAdd(since, order, () => elapsed);
    return elapsed - first >= afterMs;
  }
}

/** It asks for what the list tells now. */
function asRow(known: KnownOrder, row: ForeverOrder | undefined): KnownOrder {
  const terms = row === undefined ? undefined : firedTermsOf(row);
  return terms === undefined ? known : { ...known, terms };
}

interface Ours {
  readonly mirror: Mirror;
  readonly attempt: Attempt;
}

/** What of ours waits at the broker, or may. */
function oursIn(mirrors: ReadonlyMap<MirrorKey, Mirror>): readonly Ours[] {
  return [...mirrors.values()].flatMap((mirror) => mirror.attempts.filter(waitsAsForever).map((attempt) => ({ mirror, attempt })));
}

function hasFired(row: ForeverOrder | undefined): boolean {
  return row !== undefined && stateOfForever(row) === "fired";
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
