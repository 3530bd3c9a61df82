/**
 * Whether a leader order that looks like an entry might be an exit of something that we have not heard of yet.
 *
 * Frames of different orders may come late, out of order, or not at all (reference 4.1). An exit that is taken for an entry
 * would open a new position, so where the one could be the other the leader's book is read before anything is copied
 * (decision 0004). A buy from flat with no sale outstanding is not doubted: that is the common way in, and it must be fast.
 */
import { type Book, followerBook, holdingKey, keptUnder, type LeaderBook, type LeaderOrder, leaderBook } from "../book/book.ts";
import type { ClientId } from "../identity.ts";
import { instrumentText } from "../instrument.ts";
import { isNettedApart } from "../order/family.ts";
import type { KnownOrder } from "../order/known.ts";
import { PRODUCTS } from "../order/terms.ts";
import { heldAgainst } from "../position/ledger.ts";
import type { UnixMs } from "../time.ts";
import { reducible } from "./open.ts";

/** What is read of the leader's books before it is copied. */
export type Proof = "none" | "orders" | "positions";

export function proofFor(book: Book, leader: ClientId, order: LeaderOrder): Proof {
  const { known } = order;
  if (isNettedApart(known.family)) return "none";
  const { side, product } = known.contracted;
  const its = leaderBook(book, leader);
  const before = reducible(its, order);
  if (known.terms.quantity <= before) return known.terms.quantity <= before - unproved(book, its, order, before) ? "none" : "positions";
  if (isHeldInAnother(its, order)) return "positions";
  if (side === "SELL" || before > 0) return "orders";
  const kept = keptUnder(its, known.instrument, product);
  for (const other of its.orders.values()) {
    const { instrument, contracted, end } = other.known;
    if (contracted.side === side || end !== undefined) continue;
    if (holdingKey(instrument, keptUnder(its, instrument, contracted.product)) === holdingKey(known.instrument, kept)) return "orders";
  }
  return "none";
}

/**
 * A stream that has told of its placing tells as well what it was placed on top of. Of an order that was placed while nobody heard, or of which frames were
 * lost, only a book that shows the order itself does: one that lags behind it may lack the one with the other.
 */
export function wasHeardPlaced({ told, createdAt }: KnownOrder, startedAt: UnixMs | undefined): boolean {
  if (told.some(({ source }) => source.kind === "row")) return true;
  return (startedAt === undefined || createdAt >= startedAt) && told.some(({ status }) => status === "TRANSIT" || status === "PENDING");
}

/**
 * What of that he may not be short of at all, because it may have been sold of what he has converted: what orders have filled that wait for that reading themselves, and
 * what orders that were taken for exits have filled beyond what he held. Nobody has copied either; what he was seen to enter for he is short of.
 */
function unproved(book: Book, leader: LeaderBook, { known }: LeaderOrder, before: number): number {
  const { instrument, contracted } = known;
  const units = { waiting: 0, exits: 0, entries: 0 };
  for (const other of leader.orders.values()) {
    const { filled, instrument: its, contracted: as } = other.known;
    if (filled === 0 || as.side === contracted.side || as.product !== contracted.product || instrumentText(its) !== instrumentText(instrument)) continue;
    if (!isHeldInAnother(leader, other)) continue;
    units[takenFor(book, leader, other)] += filled;
  }
  return units.waiting + Math.min(units.exits, Math.max(0, before - units.waiting - units.entries));
}

/** One of which a copy is put away counts as one that enters: it is long over. */
function takenFor(book: Book, { mirrors }: LeaderBook, { known }: LeaderOrder): "waiting" | "exits" | "entries" {
  const copies = mirrors.get(known.orderId);
  if (copies === undefined) return "waiting";
  return copies.every(({ follower, key }) => followerBook(book, follower).mirrors.get(key)?.role.role === "exit") ? "exits" : "entries";
}

/** He holds what it would reduce, as far as is known in another product: he may have converted it, of which no stream tells (docs/conversions.md). */
function isHeldInAnother({ positions, converted }: LeaderBook, { known }: LeaderOrder): boolean {
  const { instrument, contracted } = known;
  if (converted.has(instrumentText(instrument))) return false;
  return PRODUCTS.some((one) => one !== contracted.product && heldAgainst(positions.get(holdingKey(instrument, one)) ?? 0, contracted.side) > 0);
}
