/** What an account's books, read whole, tell at the start: orders known and unknown, positions, and what bears our mark (R11, R15). */

import { type Book, followerBook, holdingKey, leaderBook } from "../domain/book/book.ts";
import { isOfEarlierDay } from "../domain/book/forget.ts";
import { filledOfOrder, isKnownOrder } from "../domain/book/leader-orders.ts";
import { isDoubled, isOfMirror, mirrorByCorrelation } from "../domain/book/mirrors.ts";
import { isOurOrder, tellsNoMore } from "../domain/book/ways.ts";
import { type CorrelationStem, correlationStem, isOurs, stemOf } from "../domain/correlation.ts";
import { isHaltedForStranger } from "../domain/halt/halt.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { isOpen } from "../domain/mirror/attempt.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import { adoptOwn } from "../domain/mirror/own-order.ts";
import type { AccountLimits } from "../domain/mirror/situation.ts";
import { firstKnown, type KnownOrder } from "../domain/order/known.ts";
import type { OrderReport, PositionReport } from "../domain/order/report.ts";
import type { BookRecord, MirrorOpened } from "../domain/records.ts";
import { tradingDay, type UnixMs, unixMs } from "../domain/time.ts";
import { type Books, moved } from "./caught-up.ts";
import { type AccountRole, followerPositions, followerPositionsRead, leaderPositions } from "./converted.ts";
import { A_SECONDS_CALLS } from "./spent.ts";

type Record = (record: BookRecord) => void;

/** Records the follower's orders that the journal knows, and the owner's own; answers those of today that bear our mark and are unknown. */
export function takeFollowerOrders(book: Book, record: Record, id: ClientId, orders: readonly OrderReport[], now: UnixMs): OrderReport[] {
  const follower = followerBook(book, id);
  const unclaimed: OrderReport[] = [];
  for (const report of orders) {
    if (tellsNoMore(follower, report)) continue;
    if (isDoubled(follower, report)) {
      takeDoubled(book, record, id, report, now);
      continue;
    }
    const known = isOfMirror(follower, report);
    if (!known && !follower.foreign.has(report.orderId) && isOfEarlierDay(book, report)) continue;
    const isLegOfUnclaimed = report.leg !== undefined && unclaimed.some(({ orderId }) => orderId === report.leg?.of);
    if (!known && (isOurs(report.correlationId) || isLegOfUnclaimed)) unclaimed.push(report);
    else record({ type: "follower-order-reported", at: now, follower: id, report });
  }
  return unclaimed;
}

/** A second order under one mark: nothing is opened at the account until a person has looked, and it counts as the owner's (R12). */
function takeDoubled(book: Book, record: Record, id: ClientId, report: OrderReport, now: UnixMs): void {
  if (!followerBook(book, id).foreign.has(report.orderId)) haltForStranger(book, record, id, report, now);
  record({ type: "follower-order-reported", at: now, follower: id, report });
}

function haltForStranger(book: Book, record: Record, id: ClientId, { orderId }: OrderReport, at: UnixMs): void {
  if (!isHaltedForStranger(book.halts, id)) record({ type: "entries-halted", at, follower: id, why: strangerWords(orderId) });
}

export function strangerWords(order: OrderId): string {
  return `order ${order} bears our mark and was not sent by this journal: another copier may be running on this account`;
}

/** By follower: rows of today that bear our mark and that the journal does not know. */
export interface Unclaimed {
  /** A leader's order of the day has such a mark. */
  readonly copies: Map<ClientId, readonly OrderReport[]>;
  /** None has: what Lockstep ordered of itself, or nobody knows what. */
  readonly own: Map<ClientId, readonly OrderReport[]>;
}

/** Told apart beforehand, so that what may have caused an order of our own is only looked for where there is one. */
export function toldApart(rows: ReadonlyMap<ClientId, readonly OrderReport[]>, leaders: ReadonlyMap<ClientId, Books>): Unclaimed {
  const unclaimed: Unclaimed = { copies: new Map(), own: new Map() };
  for (const [follower, its] of rows) {
    const stems = new Set<CorrelationStem>();
    for (const [leader, { orders }] of its.length === 0 ? [] : leaders)
      for (const report of orders) stems.add(correlationStem({ leader, cause: report.orderId, day: tradingDay(firstKnown(report).createdAt), follower }));
    const isCopy = ({ correlationId }: OrderReport): boolean => correlationId !== undefined && stems.has(stemOf(correlationId));
    unclaimed.copies.set(follower, its.filter(isCopy));
    unclaimed.own.set(
      follower,
      its.filter((row) => !isCopy(row)),
    );
  }
  return unclaimed;
}

/** Takes on the orders at the followers whose mark says that this leader order caused them. */
export function adoptFor(book: Book, record: Record, leader: ClientId, report: OrderReport, { copies, own }: Unclaimed, now: UnixMs): void {
  for (const { follower: id, key } of leaderBook(book, leader).mirrors.get(report.orderId) ?? []) {
    const stem = followerBook(book, id).mirrors.get(key)?.stem;
    const left: OrderReport[] = [];
    const ours = (copies.get(id) ?? []).filter((row) => {
      const isOne = row.correlationId !== undefined && stemOf(row.correlationId) === stem;
      if (!isOne) left.push(row);
      return isOne;
    });
    for (const row of ours.sort((a, b) => ((a.correlationId ?? "") < (b.correlationId ?? "") ? -1 : 1)))
      if (isDoubled(followerBook(book, id), row)) takeDoubled(book, record, id, row, now);
      else record({ type: "order-adopted", at: now, follower: id, mirror: key, report: row });
    copies.set(id, left);
    // At once, because what the leader's next order is sized by is what the copy held after them.
    own.set(id, adoptOwnOf(book, record, id, { causing: [key], rows: own.get(id) ?? [], of: "in-turn", now }));
  }
}

/**
 * Orders that were told before the mirror whose mark they bear is opened, because the leader's book lags or tells of his order late: they are its own, and
 * nothing is sent beside them (R11). Another copier's are not (R12). Of the `rows` whoever reads them takes care.
 */
export function adoptTold(
  book: Book,
  record: Record,
  { at, follower: id, mirror, stem }: MirrorOpened,
  limits: AccountLimits,
  rows: readonly OrderReport[] = [],
): void {
  const isOne = ({ orderId, correlationId }: KnownOrder): boolean =>
    correlationId !== undefined && stemOf(correlationId) === stem && !rows.some((row) => row.orderId === orderId);
  const its = [...followerBook(book, id).foreign.values()].filter(isOne);
  for (const one of its.sort((a, b) => ((a.correlationId ?? "") < (b.correlationId ?? "") ? -1 : 1))) {
    const [first, last] = [one.told[0], one.told.at(-1)];
    if (first === undefined || last === undefined) continue;
    if (isDoubled(followerBook(book, id), last)) haltForStranger(book, record, id, last, at);
    else if (!isStrangers(book, id, first, limits)) record({ type: "order-adopted", at, follower: id, mirror, report: last });
  }
}

/**
 * Of an order that bears our mark and that this journal did not send: no end of a journal that was lost explains it. It is younger than anything that a process
 * before this one may have sent, or the second under one mark (R12).
 */
export function isStrangers(book: Book, id: ClientId, report: OrderReport, { requestTimeoutMs, lookupGraceMs }: AccountLimits): boolean {
  const { startedAt } = book;
  const isYoung = startedAt !== undefined && report.updatedAt > startedAt + requestTimeoutMs + lookupGraceMs;
  return isYoung || isDoubled(followerBook(book, id), report);
}

interface OwnRows {
  readonly causing: Iterable<MirrorKey>;
  readonly rows: readonly OrderReport[];
  readonly of: "in-turn" | "all";
  readonly now: UnixMs;
}

/** Takes on what Lockstep ordered of itself because of these mirrors' orders, and of those in turn; answers the rows that are left. */
function adoptOwnOf(book: Book, record: Record, id: ClientId, { causing, rows, of, now }: OwnRows): OrderReport[] {
  let left = [...rows];
  const queue = [...causing];
  for (let key = queue.shift(); key !== undefined && left.length > 0; key = queue.shift()) {
    const mirror = followerBook(book, id).mirrors.get(key);
    for (const one of mirror === undefined ? [] : adoptOwn(book, mirror, left, { of, now })) {
      record(one);
      if (one.type === "mirror-opened") queue.push(one.mirror);
      if (one.type === "order-adopted") left = left.filter(({ orderId }) => orderId !== one.report.orderId);
    }
  }
  return left;
}

/** The same for one report, whatever caused it. Answers whether it was taken on. */
export function takeOwnOrder(
  book: Book,
  record: Record,
  id: ClientId,
  { report, of, now }: Omit<OwnRows, "causing" | "rows"> & { readonly report: OrderReport },
): boolean {
  return adoptOwnOf(book, record, id, { causing: followerBook(book, id).mirrors.keys(), rows: [report], of, now }).length === 0;
}

/**
 * The rest of a follower's book, once what the leaders' orders explain is adopted: what a mirror of our own explains, whose placement was
 * lost with the end of the journal; orders that nobody explains; and whose positions are whose.
 */
export function takeFollowerRest(book: Book, record: Record, id: ClientId, read: Books, unclaimed: readonly OrderReport[], now: UnixMs): void {
  for (const report of adoptOwnOf(book, record, id, { causing: followerBook(book, id).mirrors.keys(), rows: unclaimed, of: "all", now })) {
    const mirror = report.correlationId === undefined ? undefined : mirrorByCorrelation(followerBook(book, id), report.correlationId);
    if (mirror === undefined) record({ type: "follower-order-reported", at: now, follower: id, report });
    else record({ type: "order-adopted", at: now, follower: id, mirror, report });
  }
  record(followerPositionsRead(book, id, followerPositions(book, id, read, now), now));
}

/** The book of a follower that could only be read after the copier had begun to act for the others. */
export function takeLateFollower(book: Book, record: Record, id: ClientId, read: Books, now: UnixMs): void {
  takeFollowerRest(book, record, id, read, takeFollowerOrders(book, record, id, read.orders, now), now);
}

/**
 * When order calls of the process before this one were settled of which no record tells, at the latest: they count against the budget all the same (R21). With
 * a journal that took nothing it still cancelled our orders and made them smaller (R8, decision 19); of one that was lost the book tells of what it had
 * placed. Asked before what the book tells is recorded.
 */
export function unrecordedRequests(book: Book, id: ClientId, orders: readonly OrderReport[], now: UnixMs): readonly UnixMs[] {
  const follower = followerBook(book, id);
  const { byOrder, mirrors } = follower;
  const settled = (at: UnixMs): UnixMs => unixMs(Math.min(now, at + UPDATED_WITHIN_MS));
  const lost = orders.filter(({ orderId, correlationId }) => isOurs(correlationId) && !isOurOrder(follower, orderId));
  return [
    ...orders.flatMap(({ orderId, status, terms, updatedAt }) => {
      const key = byOrder.get(orderId);
      const attempt = (key === undefined ? undefined : mirrors.get(key))?.attempts.find((one) => one.orderId === orderId);
      if (attempt === undefined || !isOpen(attempt)) return [];
      const isCancelled = status === "CANCELLED" && attempt.cancelling.state === "none";
      const isSmaller = terms.quantity < attempt.terms.quantity && attempt.changing.state === "none";
      return [isCancelled, isSmaller].flatMap((isSent) => (isSent ? [settled(updatedAt)] : []));
    }),
    ...lost.map(({ createdAt, updatedAt }) => settled(createdAt ?? updatedAt)),
    ...lastSecondOf(lost).map(settled),
  ];
}

/** What was refused the book does not tell, nor how often an order was changed within its last second: that is taken to have been full. */
function lastSecondOf(lost: readonly OrderReport[]): readonly UnixMs[] {
  return lost.length === 0 ? [] : Array.from({ length: A_SECONDS_CALLS }, () => unixMs(Math.max(...lost.map(({ updatedAt }) => updatedAt))));
}

/** The broker's times are in whole seconds. */
const UPDATED_WITHIN_MS = 1_000;

/** The leader's net positions less the fills that the rows of his orders tell for the first time. `read`: the whole book of his account. */
export function positionsBefore(book: Book, role: AccountRole, id: ClientId, read: Books, rows: readonly OrderReport[], now: UnixMs): PositionReport[] {
  const leader = leaderBook(book, id);
  const before = new Map<string, PositionReport>();
  for (const position of leaderPositions(book, role, id, read, now)) before.set(holdingKey(position.instrument, position.product), position);
  for (const report of rows) moved(before, report, Math.min(0, filledOfOrder(leader, report.orderId) - report.filled));
  return [...before.values()];
}

/**
 * A leader's order, unknown so far, that belongs to an earlier day (R24), or that ended its last change before the time from which his books
 * are taken (`dhan.lookback`).
 */
export function isBeforeOurTime(book: Book, leader: ClientId, report: OrderReport): boolean {
  // A forever order waits for days.
  if (report.family === "forever" || isKnownOrder(leaderBook(book, leader), report.orderId)) return false;
  if (isOfEarlierDay(book, report)) return true;
  return report.source.kind === "row" && book.leadersSince !== undefined && report.updatedAt < book.leadersSince;
}
