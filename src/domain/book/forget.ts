/**
 * What leaves memory at the turn of the day, so that a week does not weigh more than a day: leaders' orders and mirrors of the days
 * before that are over, and the owners' own orders. What they came to stays: ledgers, positions, what the owner holds, and the facts of
 * contracts that are held. A late word about one of them is known by its day, and not taken for a new order (`isOfEarlierDay`).
 *
 * Part of the fold: the same records forget the same. The journal has everything, and `explain` folds it without forgetting.
 */
import type { ClientId, OrderId } from "../identity.ts";
import { release } from "../margin/reservations.ts";
import { isOpen } from "../mirror/attempt.ts";
import { addLeft, leftBy } from "../mirror/carried.ts";
import { closingUnits } from "../mirror/closing.ts";
import { exitUnits, orphanLeft } from "../mirror/exit.ts";
import { liveLegs } from "../mirror/legs.ts";
import { given, type Mirror, type MirrorKey } from "../mirror/mirror.ts";
import { forgetSiblings } from "../mirror/siblings.ts";
import { isMissedOnceFired, isStillUnhedged, isToldUnhedged, toldBeside } from "../mirror/told-legs.ts";
import type { OrderReport } from "../order/report.ts";
import { PRODUCTS } from "../order/terms.ts";
import type { DayTurned } from "../records.ts";
import type { Millionths } from "../sizing/carry.ts";
import { startOfDay, tradingDay, type UnixMs, unixMs } from "../time.ts";
import { type Book, type FollowerBook, getOrAdd, type HoldingKey, inProduct, type LeaderBook, type LeaderOrder, leaderBook, splitHolding } from "./book.ts";
import { forgetConversions } from "./conversions.ts";
import { forgetOrdersPutAway, isKnownOrder, orderOf } from "./leader-orders.ts";
import { clearShelf } from "./packing.ts";
import { forgetPutAway } from "./put-away.ts";
import { isOurOrder } from "./ways.ts";

/**
 * Whether an order that is not known belongs to a day that is over (R24): a book may still show it at night, and a frame may come late.
 * After-market orders are for the session to come.
 */
export function isOfEarlierDay({ day, afterMarketFrom }: Book, { createdAt, orderTime, updatedAt, contracted }: OrderReport): boolean {
  const since = unixMs(Math.min(createdAt ?? orderTime ?? updatedAt, updatedAt));
  if (day === undefined || tradingDay(since) >= day) return false;
  return !(contracted.afterMarket && (afterMarketFrom === undefined || since >= afterMarketFrom));
}

/** Whether an order that was made since then is not of a day that is over: it was made today, or is an after-market order for a session to come. */
export type GoesOn = (afterMarket: boolean, since: UnixMs) => boolean;

export function goesOnAfter({ day, afterMarketFrom }: Pick<DayTurned, "day" | "afterMarketFrom">): GoesOn {
  const midnight = startOfDay(day);
  return (afterMarket, since) => since >= midnight || (afterMarket && since >= afterMarketFrom);
}

interface Days {
  readonly isPast: (order: LeaderOrder) => boolean;
  readonly goesOn: GoesOn;
  /** When the day turned. */
  readonly at: UnixMs;
}

/**
 * Forgets what had ended before the day turned, at this moment. What the turn itself ends is still to be told of, and stays until the next; so does what the
 * history has told to have filled just before (decision 30).
 */
export function forgetEndedDays(book: Book, at: UnixMs, goesOn: GoesOn): void {
  const isPast = ({ known, endedAt }: LeaderOrder): boolean =>
    known.end !== undefined && !goesOn(known.contracted.afterMarket, known.createdAt) && (endedAt === undefined || endedAt < at);
  const kept = keptMirrors(book, { isPast, goesOn, at });
  const causes = new Map<ClientId, Set<OrderId>>();
  for (const { leader, cause } of kept) getOrAdd(causes, leader, () => new Set<OrderId>()).add(cause);
  // What they left over is reckoned from the leaders' orders, which go first.
  const left = leftInHoldings(book);
  for (const [id, leader] of book.leaders) forgetOrders(leader, isPast, causes.get(id) ?? new Set());
  for (const follower of book.followers.values()) {
    // Whoever still knows the leader's order must know that it has been copied.
    const isKept = (mirror: Mirror): boolean => kept.has(mirror) || isKnownOrder(leaderBook(book, mirror.leader), mirror.cause);
    const past = [...follower.mirrors.values()].filter((mirror) => !isKept(mirror));
    for (const mirror of past) addLeft(follower, mirror, left.get(mirror.key) ?? 0);
    const forgotten = new Set(past.map(({ key }) => key));
    for (const key of forgetPutAway(follower, (leader, cause) => isKnownOrder(leaderBook(book, leader), cause))) forgotten.add(key);
    forgetMirrors(follower, forgotten);
    for (const orders of [follower.foreign, follower.unexplained])
      for (const [id, { contracted, createdAt }] of orders) if (!goesOn(contracted.afterMarket, createdAt)) orders.delete(id);
    for (const order of follower.unclaimed) if (!follower.foreign.has(order)) follower.unclaimed.delete(order);
    forgetSiblings(follower.siblings, at);
    forgetZeros(follower);
    for (const [leader, holdings] of follower.leftOver)
      for (const holding of holdings.keys()) if (!isHeld(leaderBook(book, leader), holding)) holdings.delete(holding);
  }
  for (const [id, leader] of book.leaders) forgetConversions(book, id, leader);
  clearShelf(book);
}

function isHeld({ positions, converted }: LeaderBook, holding: HoldingKey): boolean {
  const { contract } = splitHolding(holding);
  return converted.has(contract) ? PRODUCTS.some((product) => positions.has(inProduct(contract, product))) : positions.has(holding);
}

/** Of the mirrors that are in their holding still; what the others left over is settled. */
function leftInHoldings(book: Book): ReadonlyMap<MirrorKey, Millionths> {
  const left = new Map<MirrorKey, Millionths>();
  for (const { byHolding, mirrors } of book.followers.values()) {
    for (const key of [...byHolding.values()].flatMap((holdings) => [...holdings.values()].flat())) {
      const mirror = mirrors.get(key);
      if (mirror !== undefined) left.set(key, leftBy(book, mirror, "live"));
    }
  }
  return left;
}

/** Mirrors of which something may still move, the legs that stand without one, and the entries that such an exit has withdrawn something from (R14). */
function keptMirrors(book: Book, days: Days): ReadonlySet<Mirror> {
  const kept = new Set<Mirror>();
  const keys = new Set<MirrorKey>();
  const all = [...book.followers.values()].flatMap(({ mirrors }) => [...mirrors.values()]);
  for (const mirror of all) {
    if (!mayMove(book, mirror, days)) continue;
    kept.add(mirror);
    keys.add(mirror.key);
  }
  for (const mirror of kept) for (const key of isToldUnhedged(mirror) ? toldBeside(mirror).keys() : []) keys.add(key);
  for (const mirror of all) if (keys.has(mirror.key)) kept.add(mirror);
  for (const mirror of all) if (mirror.withdrawals.some(({ by }) => keys.has(by))) kept.add(mirror);
  return kept;
}

function mayMove(book: Book, mirror: Mirror, { isPast, goesOn, at }: Days): boolean {
  if (mirror.attempts.some(({ endedAt }) => endedAt !== undefined && endedAt >= at)) return true;
  // The books go on showing them until their session is over, cancelled ones as well.
  if (mirror.attempts.some(({ afterMarket, intendedAt }) => goesOn(afterMarket, intendedAt))) return true;
  // An answer that is still to come belongs to its mirror, whatever has ended meanwhile.
  if (
    mirror.attempts.some(
      (attempt) => isOpen(attempt) || liveLegs(attempt).length > 0 || attempt.changing.state === "in-flight" || attempt.cancelling.state === "in-flight",
    )
  )
    return true;
  if (isStillUnhedged(book, mirror) || isMissedOnceFired(book, mirror)) return true;
  const { role } = mirror;
  if (given(mirror, "EXIT_FAILED")) return false;
  if (role.role === "closing") return mirror.exitFilled < closingUnits(book, mirror);
  if (role.role === "orphan") return orphanLeft(mirror) > 0;
  const order = orderOf(leaderBook(book, mirror.leader), mirror.cause);
  // An exit that is still owed goes on being tried, on whatever day (R14).
  return order !== undefined && (!isPast(order) || exitUnits(book, mirror, order) > mirror.exitFilled);
}

function forgetOrders(leader: LeaderBook, isPast: Days["isPast"], kept: ReadonlySet<OrderId>): void {
  forgetOrdersPutAway(leader, kept);
  for (const [id, order] of leader.orders) {
    if (kept.has(id) || !isPast(order)) continue;
    leader.orders.delete(id);
    leader.mirrors.delete(id);
  }
  for (const [by, order] of leader.fired) if (!isKnownOrder(leader, order)) leader.fired.delete(by);
  for (const [holding, net] of leader.positions) if (net === 0) leader.positions.delete(holding);
}

function forgetMirrors(follower: FollowerBook, forgotten: ReadonlySet<MirrorKey>): void {
  for (const key of forgotten) {
    follower.mirrors.delete(key);
    follower.refusedExits.delete(key);
    release(follower.reservations, key);
  }
  for (const index of [follower.byOrder, follower.byCorrelation, follower.byStem] as readonly Map<string, MirrorKey>[])
    for (const [name, key] of index) if (forgotten.has(key)) index.delete(name);
  for (const [by, order] of follower.fired) if (!isOurOrder(follower, order)) follower.fired.delete(by);
  for (const holdings of follower.byHolding.values()) {
    for (const [holding, keys] of holdings) {
      const left = keys.filter((key) => !forgotten.has(key));
      if (left.length === 0) holdings.delete(holding);
      else holdings.set(holding, left);
    }
  }
}

function forgetZeros(follower: FollowerBook): void {
  for (const ledgers of follower.ledgers.values()) {
    for (const [holding, { writtenOff: _, ...ledger }] of ledgers) {
      // What was sent before that has ended with its day.
      if (ledger.net === 0 && ledger.flipped === 0 && ledger.elsewhere === undefined) ledgers.delete(holding);
      else ledgers.set(holding, ledger);
    }
  }
  for (const [holding, units] of follower.owners) if (units === 0) follower.owners.delete(holding);
  for (const holding of follower.contracts.keys())
    if (![...follower.ledgers.values()].some((ledgers) => ledgers.has(holding))) follower.contracts.delete(holding);
}
