/** What exits of a holding still owe, when what the copy holds has changed (R14, R15, R18). Part of the fold. */
import type { ClientId } from "../identity.ts";
import { willExecute } from "../mirror/attempt.ts";
import { copiedAgainst } from "../mirror/copied.ts";
import { filledAhead, legsDone } from "../mirror/exit.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { settleOvertaken } from "../mirror/settle-exit.ts";
import { type TakenBack, takenBack } from "../mirror/taken-back.ts";
import { opposite, type Side } from "../order/terms.ts";
import { heldAgainst } from "../position/ledger.ts";
import { less, type Quantity, quantity } from "../quantity.ts";
import { type Book, type FollowerBook, getOrAdd, type HoldingKey, ledgerOf, mirrorsOfHolding } from "./book.ts";
import { forgetWhenOver } from "./holdings.ts";
import { mirrorIn } from "./mirrors.ts";

/**
 * What the copy does not hold any more is owed by no exit whose size is frozen: his other exits took it, as a part of all that was there, and
 * of what is bought later it would sell what he keeps (R14, R16). By our own fills alone: what is read of the owner may be old.
 */
export function settleOwed(book: Book, follower: FollowerBook, leader: ClientId, holding: HoldingKey): void {
  const { net } = ledgerOf(follower, leader, holding);
  const taken = new Map<Side, TakenBack>();
  for (const key of mirrorsOfHolding(follower, leader, holding)) {
    const mirror = mirrorIn(follower, key);
    if (!isFrozenExit(mirror)) continue;
    const { side } = mirror.contracted;
    const { late } = getOrAdd(taken, side, () => takenBack(book, mirror));
    const most = mirror.exitFilled + legsDone(book, mirror) + heldAgainst(net, side);
    const due = quantity(Math.min(mirror.due, most));
    const gone = less(due + (late.get(key) ?? 0), most);
    if (due === mirror.due && gone === 0) continue;
    follower.mirrors.set(key, { ...mirror, due, lateGone: quantity(mirror.lateGone + gone) });
    settleOvertaken(book, mirror, less(mirror.due, due) + gone);
    forgetWhenOver(book, follower, key);
  }
}

/**
 * What the owner has just traded away of what the copy held is owed by no exit whose size is frozen: of what is bought later it would sell what he keeps (R15). No more
 * than that, because what is read of the rest that he holds may be old; and the oldest exit keeps what is left.
 */
export function settleTraded(book: Book, follower: FollowerBook, { units, ...at }: OfSide & { readonly units: Quantity }): void {
  const exits = frozenExits(follower, at);
  const [exit] = exits;
  if (exit !== undefined) keepOf(book, follower, exits, { held: copiedAgainst(book, exit), atMost: units });
}

/**
 * What an entry adds to what the copy holds is no part of what its exits owe already, and of what it had before they owe together no more than that: two may be for the same
 * units, where one by which the leader is out was sized while an older one had sent nothing yet. The other would sell what he keeps (R14, R16). What is to fill at any moment
 * keeps its part first, and then the oldest.
 */
export function settleTwiceOwed(book: Book, follower: FollowerBook, { held, ...at }: OfSide & { readonly held: Quantity }): void {
  const exits = frozenExits(follower, at);
  const stands = ({ attempts }: Mirror): boolean => attempts.some(willExecute);
  keepOf(book, follower, [...exits.filter(stands), ...exits.filter((exit) => !stands(exit))], { held, atMost: Number.MAX_SAFE_INTEGER });
}

/** Exits of one side of a copy's holding. */
interface OfSide {
  readonly leader: ClientId;
  readonly holding: HoldingKey;
  readonly side: Side;
}

function frozenExits(follower: FollowerBook, { leader, holding, side }: OfSide): readonly FrozenExit[] {
  return [...mirrorsOfHolding(follower, leader, holding)]
    .map((key) => mirrorIn(follower, key))
    .filter(isFrozenExit)
    .filter(({ contracted }) => contracted.side === side);
}

type FrozenExit = Mirror & { readonly due: Quantity };

function isFrozenExit(mirror: Mirror): mirror is FrozenExit {
  return mirror.due !== undefined && (mirror.role.role === "exit" || mirror.role.role === "reverse");
}

/** Each in its turn owes no more of `held` than is left, and loses `atMost` units. */
function keepOf(
  book: Book,
  follower: FollowerBook,
  exits: readonly FrozenExit[],
  { held, atMost }: { readonly held: Quantity; readonly atMost: number },
): void {
  let left: number = held;
  for (const exit of exits) {
    const done = exit.exitFilled + legsDone(book, exit);
    const due = quantity(Math.max(Math.min(exit.due, done + left), exit.due - atMost));
    left = less(left, less(due, done));
    if (due === exit.due) continue;
    follower.mirrors.set(exit.key, { ...exit, due });
    forgetWhenOver(book, follower, exit.key);
  }
}

/**
 * What entries had filled ahead of the leader and the copy does not hold any more is not ahead any more: exits took it that sold more than it had of what he has
 * filled, as where a leg of ours fires beside an exit that is on its way. Else so much of what is bought later, or of what he fills then, would count as nothing
 * that his exits, or a stop in the place of his, are of (R14, R16). What is still to be closed comes back; the oldest entry keeps what is left.
 */
export function settleAhead(
  book: Book,
  follower: FollowerBook,
  { leader, holding, side }: { readonly leader: ClientId; readonly holding: HoldingKey; readonly side: Side },
): void {
  const { net, flipped } = ledgerOf(follower, leader, holding);
  let held: number = heldAgainst(net - flipped, side);
  for (const key of mirrorsOfHolding(follower, leader, holding)) {
    const mirror = mirrorIn(follower, key);
    if (mirror.contracted.side !== opposite(side) || (mirror.role.role !== "entry" && mirror.role.role !== "reverse")) continue;
    const ahead = filledAhead(book, mirror);
    const gone = less(ahead, held);
    held = less(held, ahead);
    if (gone > 0) follower.mirrors.set(key, { ...mirror, takenAhead: quantity(mirror.takenAhead + gone) });
  }
}

/** What the copy does not hold any more is no orphan's: it was taken by other exits or by the owner, and a later entry is not its substitute (R15, R18). */
export function settleOrphans(book: Book, follower: FollowerBook, leader: ClientId, holding: HoldingKey): void {
  for (const key of mirrorsOfHolding(follower, leader, holding)) {
    const mirror = mirrorIn(follower, key);
    if (mirror.role.role !== "orphan") continue;
    const due = quantity(Math.min(mirror.due ?? 0, mirror.exitFilled + copiedAgainst(book, mirror)));
    follower.mirrors.set(key, { ...mirror, due });
    forgetWhenOver(book, follower, key);
  }
}
