/**
 * Whether a leader order that looks like an entry might be an exit of something that we have not heard of yet.
 *
 * Frames of different orders may come late, out of order, or not at all (reference 4.1). An exit that is taken for an entry
 * would open a new position, so where the one could be the other the leader's book is read before anything is copied
 * (decision 0004). A buy from flat with no sale outstanding is not doubted: that is the common way in, and it must be fast.
 */
import { type Book, holdingKey, type LeaderOrder, leaderBook } from "../book/book.ts";
import type { ClientId } from "../identity.ts";
import { isNettedApart } from "../order/family.ts";
import { direction } from "../order/terms.ts";
import { heldAgainst } from "../position/ledger.ts";

export function mightBeExit(book: Book, leader: ClientId, order: LeaderOrder): boolean {
  const { known } = order;
  if (isNettedApart(known.family)) return false;
  const { side, product } = known.contracted;
  const { orders, positions } = leaderBook(book, leader);
  const holding = holdingKey(known.instrument, product);
  const before = heldAgainst((positions.get(holding) ?? 0) - direction(side) * known.filled, side);
  if (known.terms.quantity <= before) return false;
  if (side === "SELL" || before > 0) return true;
  for (const other of orders.values()) {
    const isOpposite = other.known.contracted.side !== side && other.known.end === undefined;
    if (isOpposite && holdingKey(other.known.instrument, other.known.contracted.product) === holding) return true;
  }
  return false;
}
