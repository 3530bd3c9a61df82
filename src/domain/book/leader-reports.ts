/**
 * What a report of the leader's order changes: the order as it is known, his position, and what his exits have to take back of the copies (R1, R14).
 * Part of the fold.
 */
import type { ClientId, OrderId } from "../identity.ts";
import { carriedToEntry, carriedToOf, leftBy } from "../mirror/carried.ts";
import { given, type Mirror, type MirrorKey } from "../mirror/mirror.ts";
import { settleExit, sizedAnew } from "../mirror/settle-exit.ts";
import { isNettedApart } from "../order/family.ts";
import { firstKnown, type KnownOrder, merge } from "../order/known.ts";
import { EXIT_LEGS, legOrderId } from "../order/plan.ts";
import type { OrderReport } from "../order/report.ts";
import { direction } from "../order/terms.ts";
import type { Millionths } from "../sizing/carry.ts";
import type { UnixMs } from "../time.ts";
import { type Book, type FollowerBook, followerBook, holdingKey, type LeaderBook, type LeaderOrder, leaderBook, positionOf } from "./book.ts";
import { takersBack } from "./fills.ts";
import { forgetWhenOver } from "./holdings.ts";
import { countedOf, countedOfOrder, orderBack, tellsNoMoreOfOrder } from "./leader-orders.ts";
import { mirrorIn } from "./mirrors.ts";
import { isPutAway } from "./ways.ts";

export function leaderReported(book: Book, id: ClientId, report: OrderReport, at: UnixMs): void {
  const leader = leaderBook(book, id);
  if (tellsNoMoreOfOrder(leader, report)) return;
  const before = orderBack(leader, report.orderId);
  const known = before === undefined ? firstKnown(report) : merge(before.known, report);
  const filledNow = known.filled - (before?.known.filled ?? 0);
  const moved = fillsMoved(leader, known, countedOf(leader, known) - (before === undefined ? 0 : countedOf(leader, before.known)));
  const stillUntold = before?.untoldSince !== undefined && !isOfToday(report, before.untoldSince) ? { untoldSince: before.untoldSince } : {};
  const reduced = (before?.reduced ?? 0) + moved.reduced;
  const order: LeaderOrder = {
    known,
    flattened: moved.isOut || (before?.flattened ?? false),
    ...(reduced === 0 ? {} : { reduced }),
    endedAt: before?.endedAt ?? (known.end === undefined ? undefined : at),
    ...stillUntold,
  };
  const mirrors = (leader.mirrors.get(report.orderId) ?? []).map(({ follower: id, key }) => ({ follower: followerBook(book, id), key }));
  const isResized = before !== undefined && before.known.terms.quantity !== known.terms.quantity;
  const left = isResized ? mirrors.map(({ follower, key }) => (isPutAway(follower, key) ? 0 : leftBy(book, mirrorIn(follower, key), "live"))) : [];
  const legsBefore = EXIT_LEGS.map((leg) => countedOfOrder(leader, legOrderId({ leg, of: report.orderId })));
  leader.orders.set(report.orderId, order);
  if (known.fired !== undefined && before?.known.fired === undefined) for (const { follower, key } of mirrors) judgedAnew(follower, key);
  for (const [index, { follower, key }] of mirrors.entries()) {
    // His order was over: only what he has filled can move it again (R1).
    if (filledNow === 0 && isPutAway(follower, key)) continue;
    if (isResized) carryAnew(book, follower, mirrorIn(follower, key), left[index] ?? 0);
    const mirror = mirrorIn(follower, key);
    settleExit(book, moved.isOut ? sizedAnew(book, mirror, order) : mirror, order);
    // Made smaller, it may have filled more than his exits have left of it.
    if (isResized) takersBack(book, follower, mirrorIn(follower, key));
    forgetWhenOver(book, follower, key);
  }
  if (known.leg === undefined) legsCaughtUp(book, leader, known.orderId, legsBefore);
}

/** It is no order by itself: what it has filled moves his position no more. Answers what was told of it. */
export function unreported(leader: LeaderBook, id: OrderId): readonly OrderReport[] {
  const known = leader.orders.get(id)?.known;
  if (known === undefined) return [];
  leader.orders.delete(id);
  fillsMoved(leader, known, -countedOf(leader, known));
  return known.told;
}

/** What was refused for being a forever order is none any more. */
function judgedAnew(follower: FollowerBook, key: MirrorKey): void {
  const mirror = mirrorIn(follower, key);
  if (given(mirror, "FOREVER_NOT_COPIED")) follower.mirrors.set(key, { ...mirror, refusedFor: undefined });
}

/** What legs of it were told to have filled before it was told to have: it moves his position now (`leader-orders.ts`). */
function legsCaughtUp(book: Book, leader: LeaderBook, of: OrderId, countedBefore: readonly number[]): void {
  for (const [index, leg] of EXIT_LEGS.entries()) {
    const id = legOrderId({ leg, of });
    const units = countedOfOrder(leader, id) - (countedBefore[index] ?? 0);
    const order = units === 0 ? undefined : orderBack(leader, id);
    if (order === undefined || !fillsMoved(leader, order.known, units).isOut || units < 0) continue;
    const out: LeaderOrder = { ...order, flattened: true };
    leader.orders.set(id, out);
    for (const { follower, key } of leader.mirrors.get(id) ?? []) {
      const mirror = followerBook(book, follower).mirrors.get(key);
      if (mirror !== undefined) settleExit(book, mirror, out);
    }
  }
}

interface Moved {
  /** The leader's position came to zero by it, or through it. */
  readonly isOut: boolean;
  /** So many units of it are gone. */
  readonly reduced: number;
}

const UNMOVED: Moved = { isOut: false, reduced: 0 };

function fillsMoved(leader: LeaderBook, { family, instrument, contracted }: KnownOrder, units: number): Moved {
  return isNettedApart(family) ? UNMOVED : movedPosition(leader, { instrument, contracted }, direction(contracted.side) * units);
}

/** What a book tells that was asked for before the day turned is what it told then. */
function isOfToday({ source }: OrderReport, turnedAt: UnixMs): boolean {
  return source.kind === "frame" || source.asked >= turnedAt;
}

/** The leader has changed the size of his order: what the others leave over by now is its share to take (`rounding: carry`). */
function carryAnew(book: Book, follower: FollowerBook, mirror: Mirror, own: Millionths): void {
  if (mirror.role.role !== "entry" || mirror.scale.carried === undefined || mirror.contract === undefined) return;
  const carried = carriedToEntry(book, carriedToOf(mirror, mirror.contract.lot), own);
  if (carried !== mirror.scale.carried) follower.mirrors.set(mirror.key, { ...mirror, scale: { ...mirror.scale, carried } });
}

function movedPosition(leader: LeaderBook, { instrument, contracted: { product } }: Pick<KnownOrder, "instrument" | "contracted">, change: number): Moved {
  if (change === 0) return UNMOVED;
  const before = positionOf(leader, instrument, product);
  const holding = holdingKey(instrument, product);
  leader.positions.set(holding, (leader.positions.get(holding) ?? 0) + change);
  const isAgainst = Math.sign(before) === -Math.sign(change);
  const reduced = isAgainst ? Math.min(Math.abs(before), Math.abs(change)) : 0;
  return { isOut: before !== 0 && reduced === Math.abs(before), reduced };
}
