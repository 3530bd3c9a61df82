/**
 * What a forever order has fired, on either side (docs/forever.md). The broker connects the two by nothing but their terms, so that they belong
 * together is a record, which the next process could not work out again. From there on the order is told of under the forever order's number.
 *
 * Part of the fold.
 */
import type { ClientId, OrderId } from "../identity.ts";
import type { MirrorKey } from "../mirror/mirror.ts";
import type { OrderReport } from "../order/report.ts";
import type { UnixMs } from "../time.ts";
import { type Book, followerBook, leaderBook } from "./book.ts";
import { filled } from "./fills.ts";
import { disown } from "./follower-reports.ts";
import { leaderReported, unreported } from "./leader-reports.ts";

/** The report of an order that a forever order has fired, as one of that. */
export function asFired(report: OrderReport, order: OrderId): OrderReport {
  return { ...report, orderId: order, family: "forever", fired: report.fired ?? report.orderId };
}

/** What had been told of it as an order by itself moves his position no more, and then again as what his forever order has fired. */
export function leaderFired(book: Book, id: ClientId, order: OrderId, by: OrderId, at: UnixMs): void {
  const leader = leaderBook(book, id);
  leader.fired.set(by, order);
  for (const report of unreported(leader, by)) leaderReported(book, id, asFired(report, order), at);
}

/** What had been told of it counted as the owner's own. */
export function followerFired(book: Book, id: ClientId, mirror: MirrorKey, order: OrderId, by: OrderId, at: UnixMs): void {
  const follower = followerBook(book, id);
  follower.fired.set(by, order);
  follower.byOrder.set(by, mirror);
  for (const told of disown(book, follower, by)) filled(book, follower, mirror, { type: "follower-order-reported", at, report: asFired(told, order) });
}
