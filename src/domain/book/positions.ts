/** Positions as the brokers' books tell them (R14, R15). Part of the fold. */
import type { PositionReport } from "../order/report.ts";
import { type Book, copiesIn, type FollowerBook, type HoldingKey, hasExpired, holdingKey } from "./book.ts";
import { settleOrphans } from "./owed.ts";

/** A broker may go on showing what has expired until the morning: it is not held any more. */
export function positionsRead(book: Book, positions: Map<HoldingKey, number>, read: readonly PositionReport[]): void {
  positions.clear();
  for (const { instrument, product, net } of read) {
    const holding = holdingKey(instrument, product);
    if (net !== 0 && (book.day === undefined || !hasExpired(holding, book.day))) positions.set(holding, net);
  }
}

/** What the position book holds beyond our own ledgers is the owner's. */
export function ownersRead(book: Book, follower: FollowerBook, read: readonly PositionReport[]): void {
  follower.untold.clear();
  positionsRead(book, follower.owners, read);
  for (const [holding, units] of copiesIn(follower)) follower.owners.set(holding, (follower.owners.get(holding) ?? 0) - units);
  for (const [leader, holdings] of follower.byHolding) for (const holding of holdings.keys()) settleOrphans(book, follower, leader, holding);
}
