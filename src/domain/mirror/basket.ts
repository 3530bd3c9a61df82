/**
 * Legs: entries of one copy in different contracts of one underlying and expiry, whose orders the leader gave within `basket.window` of each
 * other (docs/legs.md). Which are linked follows from the leader's orders and the broker's time of each, so a restart links the same, also with
 * the journal lost. Exits are no legs.
 */
import { type Book, followerBook, type LeaderOrder, leaderBook } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import { isWanted } from "../book/over.ts";
import { waitsForever } from "../order/family.ts";
import { opposite } from "../order/terms.ts";
import { less } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import { isOpen, liveUnits, waitsAsForever } from "./attempt.ts";
import { copiedAgainst } from "./copied.ts";
import { holdingOf } from "./in-holding.ts";
import { entryFilled, isRefusedFor, liveUnitsOf, type Mirror, type MirrorKey } from "./mirror.ts";

/** It opens a position in a contract of which the underlying and the expiry are known. */
export function isLeg({ role, contract, instrument }: Mirror): boolean {
  return (role.role === "entry" || role.role === "reverse") && contract?.underlying !== undefined && instrument.expiry !== undefined;
}

/** At one follower: whether one is a leg beside the other. The broker's times are whole seconds. */
export function areLinked(book: Book, one: Mirror, other: Mirror, windowMs: number): boolean {
  const { leader, instrument, contract } = one;
  if (windowMs === 0 || other.leader !== leader || other.instrument.expiry !== instrument.expiry || other.contract?.underlying !== contract?.underlying)
    return false;
  const isSame = other.instrument.securityId === instrument.securityId && other.instrument.segment === instrument.segment;
  if (isSame || !isLeg(one) || !isLeg(other)) return false;
  const [ones, others] = [createdAt(book, one), createdAt(book, other)];
  return ones !== undefined && others !== undefined && Math.abs(ones - others) <= windowMs;
}

/** The other legs of its basket, in the order in which they were first seen. Looks at all mirrors of the follower's day that are not put away. */
export function legsBeside(book: Book, mirror: Mirror, windowMs: number): readonly Mirror[] {
  const legs: Mirror[] = [];
  for (const other of followerBook(book, mirror.follower).mirrors.values()) if (areLinked(book, mirror, other, windowMs)) legs.push(other);
  return legs;
}

/** Of a leg at the follower. */
export interface LegUnits {
  /** What stands of it. */
  readonly units: number;
  /** What it has filled and has resting itself, whatever was exited since. */
  readonly own: number;
}

export interface Standing extends LegUnits {
  readonly leg: Mirror;
}

/**
 * What of each rests at the exchange, and what it has filled as far as the copy still holds it. Units of one contract are all alike: where it was
 * `told` what stood, nothing is more than that but by the leg's own orders, whatever is entered in the contract by others.
 */
export function standingOf(book: Book, legs: readonly Mirror[], told?: ReadonlyMap<MirrorKey, LegUnits>): readonly Standing[] {
  const left = new Map<string, number>();
  return legs.map((leg) => {
    const place = `${holdingOf(leg)} ${leg.contracted.side}`;
    const held = left.get(place) ?? heldBy(book, leg);
    const resting = restingEntry(book, leg);
    const own = entryFilled(leg) + resting;
    const before = told?.get(leg.key);
    const most = before === undefined ? own : before.units + less(own, before.own);
    const units = Math.min(Math.min(entryFilled(leg), held) + resting, most);
    left.set(place, less(held, less(units, resting)));
    return { leg, units, own };
  });
}

/** Something of it is on its way, or is still to be sent, so that it is not known yet whether it stands. */
export function isUnsure(book: Book, leg: Mirror): boolean {
  return leg.attempts.some((attempt) => isOpen(attempt) && attempt.order?.confirmed !== true) || isWanted(book, leg, leaderOrderOf(book, leg));
}

/** A forever order waits for its trigger, at the leader's broker or here: nothing of it stands by that, and at any moment it may. */
export function mayFire(book: Book, leg: Mirror): boolean {
  const order = leaderOrderOf(book, leg);
  return (order !== undefined && waitsForever(order.known)) || leg.attempts.some((attempt) => isOpen(attempt) && waitsAsForever(attempt));
}

/** Units of its entry part that the exchange shows resting. A forever order rests there once it has fired. */
export function restingEntry(book: Book, leg: Mirror): number {
  const order = leaderOrderOf(book, leg);
  if (order === undefined || isRefusedFor(leg, order.known.terms)) return 0;
  return less(
    sum(leg.attempts, (attempt) => (attempt.order?.confirmed === true && !waitsAsForever(attempt) ? liveUnits(attempt) : 0)),
    exitLeft(leg),
  );
}

/** Units of its entry part that may still fill, also of what has not been answered yet. */
export function openEntry(leg: Mirror, { known }: LeaderOrder): number {
  return isRefusedFor(leg, known.terms) ? 0 : less(liveUnitsOf(leg), exitLeft(leg));
}

/** Of those keys, the sold legs of the basket of a bought one. What exits as well goes by that (R15). */
export function soldBeside(book: Book, bought: Mirror, keys: readonly MirrorKey[], windowMs: number): readonly MirrorKey[] {
  if (keys.length === 0 || windowMs === 0 || bought.contracted.side !== "BUY" || bought.role.role !== "entry") return [];
  const { mirrors } = followerBook(book, bought.follower);
  return keys.filter((key) => {
    const other = mirrors.get(key);
    return other?.role.role === "entry" && other.contracted.side === "SELL" && areLinked(book, bought, other, windowMs);
  });
}

/** Of a forever order, also when what it has fired is told with a time of its own. */
function createdAt(book: Book, mirror: Mirror): UnixMs | undefined {
  const known = leaderOrderOf(book, mirror)?.known;
  const before = known?.family === "forever" ? known.told.find(({ fired }) => fired === undefined) : undefined;
  return before?.createdAt ?? known?.createdAt;
}

function leaderOrderOf(book: Book, { leader, cause }: Mirror): LeaderOrder | undefined {
  return orderOf(leaderBook(book, leader), cause);
}

/** What the copy holds on the side of an entry, in whatever product, less what the owner has traded away himself (R15). */
function heldBy(book: Book, leg: Mirror): number {
  return copiedAgainst(book, { ...leg, contracted: { ...leg.contracted, side: opposite(leg.contracted.side) } });
}

function exitLeft({ role, exitFilled }: Mirror): number {
  return role.role === "reverse" ? less(role.exit.held, exitFilled) : 0;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
