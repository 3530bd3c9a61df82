/** With the journal lost, what of the account may be a forever order of ours, whose row bears no mark, or may have been fired by one (R11; docs/forever.md). */
import { type Book, followerBook, type LeaderOrder, leaderBook, mirrorsOfHolding } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import { isOurs } from "../correlation.ts";
import { orderId } from "../identity.ts";
import { atExchange, waitsForever } from "../order/family.ts";
import type { KnownOrder } from "../order/known.ts";
import type { ForeverOrder } from "../order/standing.ts";
import { isStop } from "../order/terms.ts";
import { heldAgainst } from "../position/ledger.ts";
import { less, type Quantity } from "../quantity.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { holdingOf } from "./in-holding.ts";
import { awaitsProof, isExit, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";

/**
 * With the journal lost, a forever order that waits in the account may be ours, and so may an order without a mark, which ours has fired: nothing is placed beside
 * what may be that (R11). Exits at the exchange are never more than what is known to be held.
 */
export function unclaimedBeside(mirror: Mirror, leader: LeaderOrder, { book }: Situation): Verdict | undefined {
  if (!mayBeOfLost(mirror, leader, book)) return undefined;
  const { foreign, standing } = followerBook(book, mirror.follower);
  // A mark of ours that nothing explains may be of a forever order of the leader's that is over: placed when his had fired, and ours had not.
  const isUnmarked = ({ family, correlationId, end, terms }: KnownOrder): boolean =>
    family === "plain" && (correlationId === undefined || isOurs(correlationId)) && end !== "rejected" && !isStop(terms.type);
  const alike = [...foreign.values()].filter((other) => isUnmarked(other) && isAlike(other, mirror));
  // What may still trade is what a person must look at.
  const found = alike.find(({ end }) => end === undefined) ?? standing?.find((other) => isAlike(other, mirror)) ?? alike[0];
  if (found === undefined) return undefined;
  const sentence = `order ${found.orderId} of the account, in the same contract, product and side, bears no mark that tells for what it was sent: it may be a forever order of ours, or what one has fired, so nothing is placed beside it; a person must look`;
  return verdict("FOREVER_UNCLAIMED", sentence, { order: found.orderId });
}

/** Of an entry at the exchange: it may be what the leader's forever order has fired. */
export function mayBeCopied(mirror: Mirror, leader: LeaderOrder, situation: Situation): Verdict | undefined {
  return mayBeFired(leader, situation) ? unclaimedBeside(mirror, leader, situation) : undefined;
}

/**
 * Of such an entry: it came before both lists were read with this journal, so that nobody would know of his forever order that has fired it, nor of ours. It
 * waits for them, and for the follower's books.
 */
export function awaitsLists(mirror: Mirror, leader: LeaderOrder, situation: Situation): boolean {
  if (mirror.attempts.length > 0 || !mayBeFired(leader, situation)) return false;
  const { standing } = followerBook(situation.book, mirror.follower);
  if (isBeforeLists(mirror, leader, situation.book)) return standing === undefined || !situation.booksProved;
  return awaitsProof(mirror) && standing === undefined;
}

/**
 * Of an exit: an order without a mark rests in the account that asks for just what it would, at the leader's price. With the journal lost it may be what a forever order
 * of ours has fired as his has, and both would sell the same units (R11). It is at the exchange, where ours would stand beside it, so nothing of the exit is kept back.
 */
export function restsUnmarked(mirror: Mirror, leader: LeaderOrder | undefined, units: Quantity, situation: Situation): KnownOrder | undefined {
  if (mirror.role.role !== "exit" || leader === undefined || !mayBeFired(leader, situation) || !mayBeOfLost(mirror, leader, situation.book)) return undefined;
  const { type, price } = atExchange(leader.known);
  return [...followerBook(situation.book, mirror.follower).foreign.values()].find(
    (other) =>
      isAlike(other, mirror) &&
      other.family === "plain" &&
      other.correlationId === undefined &&
      other.end === undefined &&
      type === "LIMIT" &&
      other.terms.type === type &&
      other.terms.price === price &&
      less(other.terms.quantity, other.filled) === units,
  );
}

/** Of a forever order of the leader's: the order beside which none was placed rests at a price of his. What ours has fired, lost with the journal, would stand so. */
export function restsUnclaimed(book: Book, mirror: Mirror): KnownOrder | undefined {
  const named = mirror.verdicts.findLast(({ code }) => code === "FOREVER_UNCLAIMED")?.numbers["order"];
  const terms = orderOf(leaderBook(book, mirror.leader), mirror.cause)?.known.terms;
  if (typeof named !== "string" || terms === undefined) return undefined;
  const order = followerBook(book, mirror.follower).foreign.get(orderId(named));
  if (order === undefined || order.end !== undefined || order.terms.type !== "LIMIT") return undefined;
  return order.terms.price === terms.price || order.terms.price === terms.upper?.price ? order : undefined;
}

/** What orders may take beside an exit: one of them, and of all together what is beyond that which the owner holds himself. */
interface LeftToOrders {
  readonly order: KnownOrder;
  readonly units: Quantity;
}

/** Of such orders beside an exit, on its side, and of those that a list tells a forever order to have fired which may be ours. Undefined: nothing. */
export function unclaimedBesideExit(book: Book, exit: Mirror): LeftToOrders | undefined {
  return beyondOwners(book, exit, unclaimedOrders(book, exit));
}

/**
 * What an exit that is to rest leaves to such orders, and to those with a mark of ours that nothing explains: a forever order of the leader's that is over may have
 * caused them, and nobody makes them smaller, as others that rest are (R16). A forever order beside which none is placed is told of as that (`unclaimedBeside`).
 */
export function leftToUnclaimed(book: Book, exit: Mirror): LeftToOrders | undefined {
  const leader = orderOf(leaderBook(book, exit.leader), exit.cause);
  if (leader === undefined || (waitsForever(leader.known) && mayBeOfLost(exit, leader, book))) return undefined;
  const unexplained = [...followerBook(book, exit.follower).unexplained.values()].filter((order) => isAlike(order, exit));
  return beyondOwners(book, exit, [...unclaimedOrders(book, exit), ...unexplained]);
}

function unclaimedOrders(book: Book, exit: Mirror): ReadonlySet<KnownOrder> {
  const follower = followerBook(book, exit.follower);
  const fired = [...follower.unclaimed].flatMap((order) => follower.foreign.get(order) ?? []);
  const found = new Set(fired.filter((order) => order.end === undefined && isAlike(order, exit)));
  for (const key of mirrorsOfHolding(follower, exit.leader, holdingOf(exit))) {
    const other = follower.mirrors.get(key);
    if (other === undefined || key === exit.key || !isExit(other) || other.contracted.side !== exit.contracted.side) continue;
    const order = restsUnclaimed(book, other);
    if (order !== undefined) found.add(order);
  }
  return found;
}

function beyondOwners(book: Book, exit: Mirror, orders: Iterable<KnownOrder>): LeftToOrders | undefined {
  const found = new Set(orders);
  const [order] = found;
  if (order === undefined) return undefined;
  const resting = [...found].reduce((sum, { terms, filled }) => sum + terms.quantity - filled, 0);
  const owners = followerBook(book, exit.follower).owners.get(holdingOf(exit)) ?? 0;
  const units = less(resting, heldAgainst(owners, exit.contracted.side));
  return units === 0 ? undefined : { order, units };
}

/** Nothing was sent for it, as far as this journal knows. */
function mayBeOfLost(mirror: Mirror, leader: LeaderOrder, book: Book): boolean {
  return mirror.attempts.length === 0 && (awaitsProof(mirror) || isBeforeLists(mirror, leader, book));
}

function isBeforeLists({ follower, openedAt }: Mirror, { known }: LeaderOrder, book: Book): boolean {
  const { standingSince } = followerBook(book, follower);
  return standingSince === undefined || Math.min(openedAt, known.createdAt) <= standingSince;
}

function mayBeFired({ known }: LeaderOrder, { policy }: Situation): boolean {
  return policy.forever === "copy" && known.leg === undefined && known.family !== "super" && !isStop(atExchange(known).type);
}

function isAlike(other: Pick<ForeverOrder, "instrument" | "contracted">, { instrument, contracted }: Mirror): boolean {
  const isContract = other.instrument.segment === instrument.segment && other.instrument.securityId === instrument.securityId;
  return isContract && other.contracted.side === contracted.side && other.contracted.product === contracted.product;
}
