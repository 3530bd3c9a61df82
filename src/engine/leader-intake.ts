/** What is told of the leaders' orders: recorded where it is news, and their mirrors opened as soon as it is known what the orders are (R1, decision 4). */
import { type Book, followerBook, leaderBook } from "../domain/book/book.ts";
import { isKnownOrder, orderOf, tellsNoMoreOfOrder } from "../domain/book/leader-orders.ts";
import { isPutAway } from "../domain/book/ways.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { InstrumentLookup, Segment } from "../domain/instrument.ts";
import { mirrorKey } from "../domain/mirror/mirror.ts";
import { factsOf, openMirror, type Sources } from "../domain/mirror/open.ts";
import { proofFor } from "../domain/mirror/proof.ts";
import { waitsForever } from "../domain/order/family.ts";
import type { KnownOrder } from "../domain/order/known.ts";
import { EXIT_LEGS, type LegOf, legOrderId } from "../domain/order/plan.ts";
import type { OrderReport } from "../domain/order/report.ts";
import type { UnixMs } from "../domain/time.ts";
import { adoptTold, isBeforeOurTime, type Unclaimed } from "./books.ts";
import { EarlyLegs } from "./early-legs.ts";
import { saysNothingNew } from "./news.ts";
import type { Parties } from "./parties.ts";
import type { Reads } from "./reads.ts";
import type { Recorder } from "./recorder.ts";
import { type Touched, touch } from "./touched.ts";

export interface LeaderIntakeOptions {
  readonly book: Book;
  readonly parties: Parties;
  readonly sources: Pick<Sources, "fundsOf"> & { readonly instruments: InstrumentLookup };
  readonly recorder: Recorder;
  readonly reads: Reads;
  /** Whether it may have been sent for a forever order: then nothing is copied of it before that is known. */
  readonly holds: (leader: ClientId, order: OrderId) => boolean;
}

interface Proved {
  readonly proves: readonly OrderId[];
  /** These wait for his positions. */
  readonly doubted: readonly OrderId[];
}

export class LeaderIntake {
  readonly #book: Book;
  readonly #parties: Parties;
  readonly #sources: LeaderIntakeOptions["sources"];
  readonly #recorder: Recorder;
  readonly #reads: Reads;
  readonly #earlyLegs: EarlyLegs;
  readonly #holds: LeaderIntakeOptions["holds"];

  constructor({ book, parties, sources, recorder, reads, holds }: LeaderIntakeOptions) {
    this.#holds = holds;
    this.#book = book;
    this.#parties = parties;
    this.#sources = sources;
    this.#recorder = recorder;
    this.#reads = reads;
    this.#earlyLegs = new EarlyLegs({ book, reads });
  }

  /** A report of an order that is not one of ours (R7). */
  take(account: ClientId, report: OrderReport, now: UnixMs, touched: Touched): void {
    const leader = leaderBook(this.#book, account);
    if (tellsNoMoreOfOrder(leader, report) || this.#earlyLegs.holds(account, report)) return;
    this.#record(account, report, now, touched);
  }

  #record(account: ClientId, report: OrderReport, now: UnixMs, touched: Touched): void {
    const leader = leaderBook(this.#book, account);
    const before = orderOf(leader, report.orderId);
    // That an order of the evening before still stands is news, in the words of yesterday too.
    // Before it is judged it counts when it was placed, which a frame of a change does not tell (`reducible`).
    const isDated = before === undefined || leader.mirrors.has(report.orderId) || (report.createdAt ?? before.known.createdAt) === before.known.createdAt;
    const isNoNews = before !== undefined && before.untoldSince === undefined && isDated && saysNothingNew(before.known, report);
    if (before === undefined ? isBeforeOurTime(this.#book, account, report) : isNoNews) return;
    this.#recorder.record({ type: "leader-order-reported", at: now, leader: account, report });
    const order = leader.orders.get(report.orderId);
    const proof = order === undefined || leader.mirrors.has(report.orderId) ? "none" : proofFor(this.#book, account, order);
    // What a forever order has fired is proved as that, whatever it would be by itself.
    const isHeld = proof !== "none" && this.#holds(account, report.orderId);
    if (proof === "none") this.openMirrors(account, report.orderId, now);
    else if (!isHeld) this.#reads.prove(account, report.orderId, proof);
    for (const { follower, key } of leader.mirrors.get(report.orderId) ?? []) touch(this.#book, follower, key, touched);
    for (const other of othersOfSuper(report)) for (const { follower, key } of leader.mirrors.get(other) ?? []) touch(this.#book, follower, key, touched);
    // The stream tells of a super order neither where it gets out nor what was changed about that.
    if (report.family === "super" && report.source.kind === "frame") this.#reads.plans(account);
    const doubt = leader.orders.get(report.orderId)?.known.doubt;
    if (doubt !== undefined) this.#reads.leaderOrder(account, report.orderId, doubt.since);
  }

  /** It is no order that a forever order may have fired, or is one that has: its mirrors are opened, as soon as it is known what it is. */
  proceed(account: ClientId, id: OrderId, now: UnixMs, touched: Touched): void {
    const leader = leaderBook(this.#book, account);
    const order = leader.orders.get(id);
    const proof = order === undefined || leader.mirrors.has(id) ? "none" : proofFor(this.#book, account, order);
    if (proof === "none") this.openMirrors(account, id, now);
    else this.#reads.prove(account, id, proof);
    for (const { follower, key } of leader.mirrors.get(id) ?? []) touch(this.#book, follower, key, touched);
  }

  /** No book of today shows it (`lacked.ts`). */
  takeLacked(account: ClientId, order: OrderId, now: UnixMs, touched: Touched): void {
    this.#recorder.record({ type: "leader-order-lacked", at: now, leader: account, order });
    for (const { follower, key } of leaderBook(this.#book, account).mirrors.get(order) ?? []) touch(this.#book, follower, key, touched);
  }

  /** The leader's book as it was after these orders were seen: what they are is known now. Oldest first, as they were placed. */
  openProved(leader: ClientId, { proves, doubted }: Proved, now: UnixMs, touched: Touched): void {
    const { orders, mirrors } = leaderBook(this.#book, leader);
    const placedAt = (id: OrderId): number => orders.get(id)?.known.createdAt ?? 0;
    this.#reads.proved(leader, proves, doubted);
    for (const report of this.#earlyLegs.taken(proves)) this.#record(leader, report, now, touched);
    for (const id of [...proves].sort((a, b) => placedAt(a) - placedAt(b))) {
      this.openMirrors(leader, id, now);
      for (const { follower, key } of mirrors.get(id) ?? []) touch(this.#book, follower, key, touched);
    }
  }

  /** Orders that this reading tells for the first time. */
  unheardOf(leader: ClientId, reports: readonly OrderReport[]): readonly OrderId[] {
    const book = leaderBook(this.#book, leader);
    return reports.flatMap(({ orderId }) => (isKnownOrder(book, orderId) ? [] : [orderId]));
  }

  /** The book that has first told of these has told as well what they were placed on top of: another reading of it proves nothing more. */
  provedByBook(leader: ClientId, orders: readonly OrderId[]): readonly OrderId[] {
    return orders.filter((id) => {
      const order = leaderBook(this.#book, leader).orders.get(id);
      return order !== undefined && !leaderBook(this.#book, leader).mirrors.has(id) && proofFor(this.#book, leader, order) === "orders";
    });
  }

  /** Of which of these only a reading of his positions tells what they reduce: orders may have filled since they were doubted. */
  doubtedByPositions(leader: ClientId, orders: readonly OrderId[]): readonly OrderId[] {
    return orders.filter((id) => {
      const order = orderOf(leaderBook(this.#book, leader), id);
      return order !== undefined && proofFor(this.#book, leader, order) === "positions";
    });
  }

  /** Opens the mirrors of a leader order in every copy that has none of it yet. Also used by the start, row by row, which has not taken the `unclaimed` yet. */
  openMirrors(account: ClientId, order: OrderId, now: UnixMs, unclaimed?: Unclaimed["copies"]): void {
    const copies = this.#parties
      .copiesOf(account)
      .filter(({ leader, follower }) => !isPutAway(followerBook(this.#book, follower), mirrorKey({ leader, follower, cause: order })));
    const known = copies.length === 0 ? undefined : orderOf(leaderBook(this.#book, account), order);
    if (known === undefined || this.#holds(account, order)) return;
    const { instruments, fundsOf } = this.#sources;
    const facts = factsOf(known, instruments);
    const unclaimedOf = (id: ClientId): Sources["unclaimed"] => unclaimed?.get(id) ?? followerBook(this.#book, id).unexplained.values();
    for (const copy of copies) {
      for (const record of openMirror(this.#book, copy, known, { facts, fundsOf, unclaimed: unclaimedOf(copy.follower) }, now)) {
        this.#recorder.record(record);
        if (record.type !== "mirror-opened") continue;
        adoptTold(this.#book, (one) => this.#recorder.record(one), record, this.#parties.account(copy.follower).limits, unclaimed?.get(copy.follower));
        if (record.contract === undefined) instruments.seek?.(known.known.instrument.segment);
      }
    }
    // A leg that was told before what its entry has filled has waited for that.
    const { leg, family, filled } = known.known;
    if (family === "super" && leg === undefined && filled > 0) for (const one of othersOfSuper(known.known)) this.openMirrors(account, one, now, unclaimed);
  }

  /**
   * With the journal lost, an order of ours may be told later than the start has taken the leaders' books: a leg of a super order that has ended there has
   * a mirror only where this stood in its place, which its mark tells (R11).
   */
  openLegsFor(account: ClientId, ours: OrderReport, now: UnixMs, touched: Touched): void {
    for (const leader of this.#parties.leadersOf(account)) {
      const { orders, mirrors } = leaderBook(this.#book, leader);
      for (const { known } of orders.values()) {
        if (known.leg === undefined) continue;
        this.openMirrors(leader, known.orderId, now, new Map([[account, [ours]]]));
        for (const { follower, key } of mirrors.get(known.orderId) ?? []) touch(this.#book, follower, key, touched);
      }
    }
  }

  /** What was refused because nobody knew the contract is looked at anew: what is too late by now says so (R20). */
  reopenUnknown(segment: Segment, now: UnixMs, touched: Touched): void {
    for (const [id, { mirrors }] of this.#book.leaders) {
      for (const [order, addresses] of mirrors) {
        const ours = addresses.map(({ follower, key }) => followerBook(this.#book, follower).mirrors.get(key));
        if (!ours.some((mirror) => mirror !== undefined && mirror.contract === undefined && mirror.instrument.segment === segment)) continue;
        this.openMirrors(id, order, now);
        for (const { follower, key } of addresses) touch(this.#book, follower, key, touched);
      }
    }
  }

  /** Asks again for what was in doubt when the process ended. */
  settleDoubts(): void {
    for (const id of this.#parties.leaders) {
      const { orders, mirrors } = leaderBook(this.#book, id);
      for (const order of orders.values()) {
        const { known } = order;
        if (known.doubt !== undefined) this.#reads.leaderOrder(id, known.orderId, known.doubt.since);
        if (waitsForever(known)) continue;
        // It had waited for its proof, and the book that was read at the start, which may lag, does not show it (decision 0004).
        if (!mirrors.has(known.orderId)) this.#reads.prove(id, known.orderId, proofFor(this.#book, id, order) === "positions" ? "positions" : "orders");
      }
    }
  }
}

/** What is decided of one part of a super order hangs on the others. */
function othersOfSuper({ orderId, family, leg }: Pick<KnownOrder, "orderId" | "family"> & { readonly leg?: LegOf | undefined }): readonly OrderId[] {
  if (leg !== undefined) return [leg.of];
  return family === "super" ? EXIT_LEGS.map((one) => legOrderId({ leg: one, of: orderId })) : [];
}
