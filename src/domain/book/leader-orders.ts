/**
 * The leader's orders, in full or put away. One is put away as soon as it has ended and all its mirrors are (`put-away.ts`); what it had filled
 * stands beside, because nothing else of it can change (R1). More fills take it back, as does a copy that has none of it yet.
 *
 * Part of the fold, as the mirrors' is.
 */
import { assert } from "../assert.ts";
import { type ClientId, type OrderId, orderId } from "../identity.ts";
import type { KnownOrder } from "../order/known.ts";
import { legOfOrderId } from "../order/plan.ts";
import type { OrderReport } from "../order/report.ts";
import { type Quantity, quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import { type Book, followerBook, type LeaderBook, type LeaderOrder, leaderBook, type PackedOrder } from "./book.ts";
import { bundle, partsOf, takenFrom } from "./bundles.ts";
import { countOf, dropGlance, glanceAt, has, keepGlances, setGlance } from "./glances.ts";
import { isPutAway } from "./ways.ts";

/** One that is put away stays so. */
export function orderOf(leader: LeaderBook, id: OrderId): LeaderOrder | undefined {
  return leader.orders.get(id) ?? packedOf(leader, id)?.order;
}

export function isKnownOrder({ orders, away }: LeaderBook, id: OrderId): boolean {
  return orders.has(id) || has(away.orders, id);
}

export function filledOfOrder({ orders, away }: LeaderBook, id: OrderId): Quantity {
  return orders.get(id)?.known.filled ?? quantity(glanceAt(away.orders, id)?.what ?? 0);
}

/** What an order that is put away had filled; undefined: it is not put away. */
export function filledPutAway({ away }: LeaderBook, id: OrderId): Quantity | undefined {
  const glance = glanceAt(away.orders, id);
  return glance === undefined ? undefined : quantity(glance.what);
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

export function* allOrders(leader: LeaderBook): Generator<LeaderOrder, void, undefined> {
  yield* leader.orders.values();
  for (const number of leader.away.bundles.byNumber.keys()) for (const { order } of packedIn(leader, number)) yield order;
}

export function countOrdersPutAway({ away }: LeaderBook): number {
  return countOf(away.orders);
}

/** Whether a report is of an order that is put away, and tells no more than was known of it then. */
export function tellsNoMoreOfOrder({ away }: LeaderBook, { orderId, filled }: Pick<OrderReport, "orderId" | "filled">): boolean {
  const known = glanceAt(away.orders, orderId);
  return known !== undefined && filled <= known.what;
}

/** Puts away those of these orders of which nothing more is looked at: ended beyond doubt, and every mirror put away. */
export function putAwayOrders(book: Book, id: ClientId, { orders, at }: { readonly orders: Iterable<OrderId>; readonly at: UnixMs }): void {
  const leader = leaderBook(book, id);
  const over = [...new Set(orders)].flatMap((one): PackedOrder[] => {
    const order = leader.orders.get(one);
    const mirrors = leader.mirrors.get(one) ?? [];
    // The books go on showing after-market orders until a session to come is over (R24).
    if (order?.known.end === undefined || order.known.doubt !== undefined || order.known.contracted.afterMarket) return [];
    return mirrors.every(({ follower, key }) => isPutAway(followerBook(book, follower), key)) ? [{ order, mirrors }] : [];
  });
  if (over.length === 0) return;
  const number = bundle(book, leader.away.bundles, over, at);
  for (const { known } of over.map(({ order }) => order)) {
    setGlance(leader.away.orders, known.orderId, { what: known.filled, where: number });
    leader.orders.delete(known.orderId);
    leader.mirrors.delete(known.orderId);
  }
}

/** The order in full again, with the ways to its mirrors. */
export function orderBack(leader: LeaderBook, id: OrderId): LeaderOrder | undefined {
  const order = leader.orders.get(id);
  if (order !== undefined) return order;
  const found = packedOf(leader, id);
  return found === undefined ? undefined : takenBack(leader, found);
}

/** All that are put away, a bundle at a time. */
export function allOrdersBack(leader: LeaderBook): void {
  for (const number of [...leader.away.bundles.byNumber.keys()]) for (const found of packedIn(leader, number)) takenBack(leader, found);
}

/** The day of all others is over: nothing is left of them. */
export function forgetOrdersPutAway({ away }: LeaderBook, kept: ReadonlySet<OrderId>): void {
  keepGlances(away.orders, (name, { where }) => {
    const isKept = kept.has(orderId(name));
    if (!isKept) takenFrom(away.bundles, where);
    return isKept;
  });
}

function takenBack(leader: LeaderBook, { order, mirrors }: PackedOrder): LeaderOrder {
  const { orderId: id } = order.known;
  const glance = dropGlance(leader.away.orders, id);
  if (glance !== undefined) takenFrom(leader.away.bundles, glance.where);
  leader.orders.set(id, order);
  leader.mirrors.set(id, [...mirrors]);
  return order;
}

function packedOf({ away }: LeaderBook, id: OrderId): PackedOrder | undefined {
  const glance = glanceAt(away.orders, id);
  if (glance === undefined) return undefined;
  const found = partsOf(away.bundles, glance.where).find(({ order }) => order.known.orderId === id);
  assert(found !== undefined, `leader order ${id} is not in the bundle in which it was put away`);
  return found;
}

/** Those of a bundle that are put away in it still. */
function packedIn({ away }: LeaderBook, number: number): readonly PackedOrder[] {
  return partsOf(away.bundles, number).filter(({ order }) => glanceAt(away.orders, order.known.orderId)?.where === number);
}
