/**
 * The leader's orders, in full or put away. One is put away as soon as it has ended and all its mirrors are (`put-away.ts`); what it had filled
 * stands beside, because nothing else of it can change (R1). More fills take it back, as does a copy that has none of it yet.
 *
 * Part of the fold, as the mirrors' is.
 */
import { assert } from "../assert.ts";
import type { ClientId, OrderId } from "../identity.ts";
import type { KnownOrder } from "../order/known.ts";
import { legOfOrderId } from "../order/plan.ts";
import type { OrderReport } from "../order/report.ts";
import { type Quantity, quantity } from "../quantity.ts";
import { type Book, followerBook, type LeaderBook, type LeaderOrder, leaderBook, type PackedOrder } from "./book.ts";
import { pack, unpack } from "./packed.ts";
import { packed } from "./packing.ts";

/** One that is put away stays so. */
export function orderOf(leader: LeaderBook, id: OrderId): LeaderOrder | undefined {
  return leader.orders.get(id) ?? packedOf(leader, id)?.order;
}

export function isKnownOrder({ orders, away }: LeaderBook, id: OrderId): boolean {
  return orders.has(id) || away.has(id);
}

export function filledOfOrder({ orders, away }: LeaderBook, id: OrderId): Quantity {
  return orders.get(id)?.known.filled ?? away.get(id)?.filled ?? quantity(0);
}

/**
 * What his position knows of an order's fills. A leg gets out of what its entry has filled: where the entry's fill is told after it, because a frame
 * was lost, the leg's counts as it comes. Else he would seem to be out of what other orders hold. An entry that nobody has told of, though the
 * book was read for it (`early-legs.ts`), is from before our time.
 */
export function countedOf(leader: LeaderBook, { leg, filled }: Pick<KnownOrder, "leg" | "filled">): number {
  return leg !== undefined && isKnownOrder(leader, leg.of) ? Math.min(filled, filledOfOrder(leader, leg.of)) : filled;
}

export function countedOfOrder(leader: LeaderBook, id: OrderId): number {
  return countedOf(leader, { leg: legOfOrderId(id), filled: filledOfOrder(leader, id) });
}

export function* allOrders({ orders, away }: LeaderBook): Generator<LeaderOrder, void, undefined> {
  yield* orders.values();
  for (const bundle of new Set([...away.values()].map(({ packed }) => packed)))
    for (const { order } of unpack(bundle)) if (away.get(order.known.orderId)?.packed === bundle) yield order;
}

/** Whether a report is of an order that is put away, and tells no more than was known of it then. */
export function tellsNoMoreOfOrder({ away }: LeaderBook, { orderId, filled }: Pick<OrderReport, "orderId" | "filled">): boolean {
  const known = away.get(orderId);
  return known !== undefined && filled <= known.filled;
}

/** Puts away those of these orders of which nothing more is looked at: ended beyond doubt, and every mirror put away. */
export function putAwayOrders(book: Book, id: ClientId, orders: Iterable<OrderId>): void {
  const leader = leaderBook(book, id);
  const over = [...new Set(orders)].flatMap((one): PackedOrder[] => {
    const order = leader.orders.get(one);
    const mirrors = leader.mirrors.get(one) ?? [];
    // The books go on showing after-market orders until a session to come is over (R24).
    if (order?.known.end === undefined || order.known.doubt !== undefined || order.known.contracted.afterMarket) return [];
    return mirrors.every(({ follower, key }) => followerBook(book, follower).away.mirrors.has(key)) ? [{ order, mirrors }] : [];
  });
  if (over.length === 0) return;
  const [before] = leader.away.values();
  const bundle = packed(book, pack(over, before?.packed.like));
  for (const { known } of over.map(({ order }) => order)) {
    leader.away.set(known.orderId, { packed: bundle, filled: known.filled });
    leader.orders.delete(known.orderId);
    leader.mirrors.delete(known.orderId);
  }
}

/** The order in full again, with the ways to its mirrors. */
export function orderBack(leader: LeaderBook, id: OrderId): LeaderOrder | undefined {
  const found = packedOf(leader, id);
  if (found === undefined) return leader.orders.get(id);
  leader.away.delete(id);
  leader.orders.set(id, found.order);
  leader.mirrors.set(id, [...found.mirrors]);
  return found.order;
}

function packedOf({ away }: LeaderBook, id: OrderId): PackedOrder | undefined {
  const packed = away.get(id)?.packed;
  if (packed === undefined) return undefined;
  const found = unpack(packed).find(({ order }) => order.known.orderId === id);
  assert(found !== undefined, `leader order ${id} is not in the bundle in which it was put away`);
  return found;
}
