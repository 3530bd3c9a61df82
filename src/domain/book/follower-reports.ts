/** What a report of a follower's order changes: of one of ours its mirror, of the owner's own what he holds (R6, R11, R15). Part of the fold. */
import { assert } from "../assert.ts";
import { isOurs } from "../correlation.ts";
import type { OrderId } from "../identity.ts";
import { waitsAsForever } from "../mirror/attempt.ts";
import { mayBeOf } from "../mirror/forever.ts";
import type { MirrorKey } from "../mirror/mirror.ts";
import { isNettedApart } from "../order/family.ts";
import { firstKnown, type KnownOrder, merge } from "../order/known.ts";
import type { OrderReport } from "../order/report.ts";
import { direction } from "../order/terms.ts";
import { less, NONE } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import { type Book, type FollowerBook, holdingKey, keptUnder, leaderBook } from "./book.ts";
import { filled } from "./fills.ts";
import { backIntoHolding } from "./holdings.ts";
import { mirrorIn, mirrorOfReport } from "./mirrors.ts";
import { settleOrphans, settleTraded } from "./owed.ts";
import { tellsNoMore } from "./ways.ts";
import { tradedByOwner } from "./written-off.ts";

export function followerReported(book: Book, follower: FollowerBook, report: OrderReport, at: UnixMs): void {
  if (tellsNoMore(follower, report)) return;
  const key = mirrorOfReport(follower, report);
  if (key === undefined) return foreignReported(book, follower, report);
  if (report.leg === undefined) follower.byOrder.set(report.orderId, key);
  filled(book, follower, key, { type: "follower-order-reported", at, report });
}

export function adopted(book: Book, follower: FollowerBook, key: MirrorKey, report: OrderReport, at: UnixMs): void {
  assert(report.correlationId !== undefined, "an adopted order bears our correlation id");
  follower.byOrder.set(report.orderId, key);
  follower.byCorrelation.set(report.correlationId, key);
  const foreign = follower.foreign.get(report.orderId);
  if (foreign !== undefined) {
    // It was counted as the owner's until the leader order that explains it was seen.
    follower.foreign.delete(report.orderId);
    follower.unexplained.delete(report.orderId);
    moveOwners(book, follower, report, -foreign.filled);
  }
  // Of its orders one that has ended may be taken on before one that rests.
  backIntoHolding(book, follower, mirrorIn(follower, key));
  filled(book, follower, key, { type: "order-adopted", at, report });
  for (const leg of [...follower.foreign.values()]) {
    if (leg.leg?.of !== report.orderId) continue;
    follower.foreign.delete(leg.orderId);
    moveOwners(book, follower, leg, -leg.filled);
    for (const told of leg.told) filled(book, follower, key, { type: "follower-order-reported", at, report: told });
  }
}

/** It was taken for the owner's, and is ours: what it has filled moves his own no more. Answers what was told of it. */
export function disown(book: Book, follower: FollowerBook, order: OrderId): readonly OrderReport[] {
  const known = follower.foreign.get(order);
  if (known === undefined) return [];
  follower.foreign.delete(order);
  moveOwners(book, follower, known, -known.filled);
  return known.told;
}

/** An order that no copy sent: what it fills is the owner's own (R15). */
function foreignReported(book: Book, follower: FollowerBook, report: OrderReport): void {
  const before = follower.foreign.get(report.orderId);
  const known = before === undefined ? firstKnown(report) : merge(before, report);
  follower.foreign.set(report.orderId, known);
  if (isOurs(known.correlationId) && known.end === undefined) follower.unexplained.set(report.orderId, known);
  else follower.unexplained.delete(report.orderId);
  const units = less(known.filled, before?.filled ?? NONE);
  const isByHand = units > 0 && !isOurs(known.correlationId) && !mayBeFiredByOurs(follower, known);
  moveOwners(book, follower, report, units, isByHand);
  if (!isByHand || isNettedApart(report.family)) return;
  for (const leader of follower.byHolding.keys()) {
    const kept = keptUnder(leaderBook(book, leader), report.instrument, report.contracted.product);
    settleTraded(book, follower, { leader, holding: holdingKey(report.instrument, kept), side: report.contracted.side, units });
  }
}

/** It may be told yet to be what a forever order of ours has fired: then it is no trade of the owner's. */
function mayBeFiredByOurs({ mirrors }: FollowerBook, order: KnownOrder): boolean {
  return [...mirrors.values()].some((mirror) => mirror.attempts.some((attempt) => waitsAsForever(attempt) && mayBeOf(order, mirror, attempt)));
}

function moveOwners(
  book: Book,
  follower: FollowerBook,
  report: Pick<OrderReport, "family" | "instrument" | "contracted">,
  units: number,
  isByHand = false,
): void {
  if (units === 0 || isNettedApart(report.family)) return;
  const holding = holdingKey(report.instrument, report.contracted.product);
  const signed = direction(report.contracted.side) * units;
  if (isByHand) tradedByOwner(follower, holding, signed);
  else follower.owners.set(holding, (follower.owners.get(holding) ?? 0) + signed);
  for (const leader of follower.byHolding.keys()) {
    const kept = keptUnder(leaderBook(book, leader), report.instrument, report.contracted.product);
    settleOrphans(book, follower, leader, holdingKey(report.instrument, kept));
  }
}
