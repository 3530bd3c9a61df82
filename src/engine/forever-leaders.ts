/**
 * The leaders' forever orders where they are copied (docs/forever.md): how they stand, and which order of the leader's was sent for which. An order that asks for what
 * a waiting one fires is not acted on before the list, asked for at once, has told whether that has fired.
 */
import { followerBook, getOrAdd, leaderBook } from "../domain/book/book.ts";
import { isOurs } from "../domain/correlation.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { type Attempt, isOpen } from "../domain/mirror/attempt.ts";
import { waitsForever } from "../domain/order/family.ts";
import type { KnownOrder } from "../domain/order/known.ts";
import { type ForeverOrder, standingKey, stateOfForever, waits } from "../domain/order/standing.ts";
import type { UnixMs } from "../domain/time.ts";
import { type ForeverLinksOptions, type ForeverReading, hasFired, hasLasted } from "./forever-reading.ts";
import { firedTermsOf, foreverReport, goneReport, isOfSameSide, mayBeFiredBy, termsOf } from "./forever-rows.ts";
import { type Fired, isPlainlyOf, likeliest } from "./forever-sent.ts";
import { type Touched, touch } from "./touched.ts";

/** How often the list is asked again while an order waits for it. */
const AGAIN_MS = 1_000;

export class LeadersForever {
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
  readonly #startedElapsed: number;
  /** Leaders whose list was read when it could not lag any more behind what was done before the start. */
  readonly #listed = new Set<ClientId>();

  constructor(options: ForeverLinksOptions) {
    this.#options = options;
    this.#startedElapsed = options.clock.elapsed();
  }

  isListed(leader: ClientId): boolean {
    return this.#listed.has(leader);
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

  take({ account, orders, isWhole, asked, askedElapsedMs }: ForeverReading, now: UnixMs, touched: Touched): void {
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
      const isGone = row === undefined && isWhole && hasLasted(this.#lacked, orderId, askedElapsedMs, graceMs);
      if (row !== undefined) this.#lacked.delete(orderId);
      if (!isFired && !isGone) continue;
      const fired = { terms: known.terms, at: row?.updatedAt };
      const sent = this.#sentFor(account, known, fired);
      if (sent !== undefined) {
        if (isPlainlyOf(sent, fired) || hasLasted(this.#unlinked, orderId, askedElapsedMs, graceMs)) this.#link(account, orderId, sent.orderId, now, touched);
        continue;
      }
      const why = isGone ? "it is listed no more" : this.#whyOver(account, known, row, askedElapsedMs);
      const gone = why === undefined ? undefined : goneReport(known, now, why);
      if (gone !== undefined) told.leader(account, gone, now, touched);
    }
    this.#settleSuspects(account, { rows, askedElapsedMs, graceMs }, now, touched);
    if (!isWhole || this.#listed.has(account) || askedElapsedMs < this.#startedElapsed + graceMs) return;
    this.#listed.add(account);
    for (const { follower } of parties.copiesOf(account)) if (followerBook(book, follower).standingSince === undefined) reads.foreverList(follower);
  }

  /** Forever orders that may have fired this order: that wait, as far as is known, or went in a way that nobody saw while ours stood or filled. */
  #causes(leader: ClientId, order: KnownOrder): readonly KnownOrder[] {
    const { book } = this.#options;
    if (order.family !== "plain" || isOurs(order.correlationId)) return [];
    const { orders, standing } = leaderBook(book, leader);
    return [...orders.values()].flatMap(({ known }) => {
      if (known.family !== "forever" || known.fired !== undefined || !isOfSameSide(order, known)) return [];
      if (known.end === undefined) return [known];
      const row = standing.get(standingKey({ kind: "forever", orderId: known.orderId }));
      if (known.end !== "cancelled" || !mayBeFiredBy(order, known)) return [];
      if (row?.kind === "forever" && (stateOfForever(row) === "over" || this.#isCopiedByItself(leader, known, row))) return [];
      return this.#oursFor(leader, known).some((one) => isOpen(one) || one.order?.fired !== undefined) ? [known] : [];
    });
  }

  /** What was sent for a forever order of the leader's, at all followers. */
  #oursFor(leader: ClientId, { orderId }: KnownOrder): readonly Attempt[] {
    const { book } = this.#options;
    return (leaderBook(book, leader).mirrors.get(orderId) ?? []).flatMap(({ follower, key }) => followerBook(book, follower).mirrors.get(key)?.attempts ?? []);
  }

  /** Of one that has fired, of which no order is known that may be its own. Undefined: that may still come. */
  #whyOver(account: ClientId, known: KnownOrder, row: ForeverOrder | undefined, askedElapsedMs: number): string | undefined {
    if (this.#isCopiedByItself(account, known, row)) return "what it has fired is copied by itself";
    const isUnlinked = hasLasted(this.#unlinked, known.orderId, askedElapsedMs, 2 * this.#graceMs(account));
    return isUnlinked ? "it has fired, and no order of the leader's asks for the same" : undefined;
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
      // A list may lag: what asks for the same waits until it cannot any more, and where ours has fired already whatever he may have changed his to. Anything else waits
      // for one reading, which would show a change of his.
      const like = known === undefined ? [] : causes.filter((cause) => mayBeFiredBy(known, asRow(cause, rows.get(cause.orderId))));
      const mayLag = like.length > 0 || causes.some((cause) => this.#oursFor(account, cause).some(({ order }) => order?.fired !== undefined));
      const isRead = causes.every(({ orderId }) => rows.has(orderId)) && askedElapsedMs >= since + (mayLag ? graceMs : 0);
      if (causes.length > 0 && (!isRead || like.some(({ orderId }) => hasFired(rows.get(orderId))))) continue;
      waiting?.delete(id);
      this.#own.add(id);
      if (causes.length > 0) this.#mayTell.set(account, Math.max(since + graceMs, this.#mayTell.get(account) ?? 0));
      if (known !== undefined) proceed(account, id, now, touched);
    }
    if ((waiting?.size ?? 0) > 0 || askedElapsedMs < (this.#mayTell.get(account) ?? 0)) reads.foreverListAfter(account, AGAIN_MS);
  }

  #graceMs(account: ClientId): number {
    return this.#options.parties.account(account).limits.lookupGraceMs;
  }
}

/** It asks for what the list tells now. */
function asRow(known: KnownOrder, row: ForeverOrder | undefined): KnownOrder {
  const terms = row === undefined ? undefined : firedTermsOf(row);
  return terms === undefined ? known : { ...known, terms };
}
