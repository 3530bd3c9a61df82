/**
 * What an exit reduces (R14, R16). A leader's exit takes back, by its fraction, what the copy has of the quantity that the
 * leader had filled: first the part that still rests at the follower, then the filled part.
 */
import { type Book, followerBook, holdingKey, type LeaderOrder, leaderBook, mirrorsOfHolding, positionOf } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import type { OrderId } from "../identity.ts";
import { EXIT_LEGS, legOfOrderId, legOrderId } from "../order/plan.ts";
import { heldAgainst } from "../position/ledger.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import { carriedExit } from "../sizing/carry.ts";
import { exitScale, sliceShare } from "../sizing/residual.ts";
import { fractionOf } from "../sizing/rounding.ts";
import { type Attempt, goesAgain, isOpen, madeRoom, wasRefused } from "./attempt.ts";
import { closingLeft } from "./closing.ts";
import { copiedAgainst } from "./copied.ts";
import { entryTarget, entryUnits } from "./entry.ts";
import type { OfHolding } from "./in-holding.ts";
import { filledByLegs } from "./legs.ts";
import { currentAttempts, type ExitBasis, entryFilled, given, isRefusedFor, type Mirror, mirrorKey, withdrawnUnits } from "./mirror.ts";
import { isEntryUnsent, isPartlyUnsent, isStillToGo, isTriedAnew } from "./slice-count.ts";
import { filledTooLate, lateFillsOf, type TakenBack, takenBack, withdrawnOnBehalf } from "./taken-back.ts";
import { isUnsized, standingUnits } from "./unsized.ts";

/**
 * The part of an entry that the leader has filled and the follower has not, yet: it rests, or is about to be sent. `to: "all"`: and what was proved absent and
 * goes no more, because an exit that makes him flat takes that back as well: should it turn up and fill all the same, it is got out of.
 */
export function restingOfFilled(book: Book, entry: Mirror, to: "part" | "all" = "part"): Quantity {
  const leader = orderOf(leaderBook(book, entry.leader), entry.cause);
  if (leader === undefined || isUnsized(entry) || isOver(entry, leader, to)) return NONE;
  const ofFilled = entryUnits(entry, leader.known.filled);
  return less(ofFilled - withdrawnUnits(entry), entryFilled(entry) + exitedAhead(book, entry, leader));
}

/**
 * What a stop and reverse has exited beyond its exit part, which its entry part has sold already: of one that was to take all out, what it has exited
 * more than he had then. Once its size is frozen, that is its exit part, and all that the copy held then may be in it.
 */
function exitedAhead(book: Book, entry: Mirror, leader: LeaderOrder): Quantity {
  const { role, exitFilled, due } = entry;
  if (role.role !== "reverse") return NONE;
  if (due === undefined) return less(exitFilled, exitShare(entry, role.exit, leader.known.filled));
  return exitFilled <= due ? NONE : less(exitFilled, due + filledTooLate(book, entry));
}

/**
 * What an entry has filled here ahead of the leader, whose order is still open: the copy of what he has not filled yet, of which his exits take
 * nothing (R14) but the one that makes him flat, which has taken all. What filled although an exit had taken it back is that exit's, and what its
 * legs have got out of again nobody has.
 */
export function filledAhead(book: Book, entry: Mirror): Quantity {
  const leader = orderOf(leaderBook(book, entry.leader), entry.cause);
  if (leader === undefined || entry.contract === undefined || leader.known.end !== undefined) return NONE;
  // Of what he has filled nobody knows the share.
  if (isUnsized(entry) && leader.known.filled > 0) return NONE;
  const ofFilled = less(entryUnits(entry, leader.known.filled), withdrawnUnits(entry));
  const { takenAhead } = entry;
  const left = less(entryFilled(entry), filledByLegs(entry.attempts) + takenAhead);
  return quantity(Math.min(left, less(entryFilled(entry), ofFilled + lateFillsOf(entry, leader) + takenAhead)));
}

/** Nothing of it can fill any more, and nothing of it will be sent. */
function isOver(entry: Mirror, leader: LeaderOrder, to: "part" | "all"): boolean {
  const last = currentAttempts(entry);
  if (last.some(isOpen)) return false;
  const isWithdrawn = leader.known.end !== undefined && leader.known.end !== "filled";
  const { terms } = leader.known;
  // What was refused waits to be judged anew once the leader has changed his order, unless he has withdrawn it.
  const isRefused = isWithdrawn ? entry.refusedFor !== undefined : isRefusedFor(entry, terms);
  // Between two orders, or until the account can place one, the next follows unless the leader has withdrawn his; before a slice, as long as one is
  // wanted.
  const isBetween = !isWithdrawn && (last.some(madeRoom) || isStillToGo(entry, terms) || isTriedAnew(entry, terms));
  const wanted = entryTarget(entry, leader);
  const waitsForExit = wanted > entryFilled(entry) && isEntryUnsent(entry, leader.known.contracted.product);
  if (isBetween || waitsForExit || isPartlyUnsent(entry, quantity(wanted + entry.exitFilled), terms)) return isRefused;
  // What goes no more is over as well: beside what stood, or because the leader has withdrawn his since it was sent.
  const goesNoMore = !isWithdrawn || (to === "part" && wanted <= entryFilled(entry));
  const isThrough = (attempt: Attempt): boolean => wasRefused(attempt) || attempt.order?.end !== undefined || (goesNoMore && goesAgain(attempt));
  return isRefused || (last.length > 0 && last.every(isThrough));
}

/**
 * What the copy has of the quantity that the leader has filled, filled and resting: what an exit's fraction is of. What his earlier
 * exits have taken out of his position, and have yet to take out of the copy's, is no part of it, nor is what the copy has filled before him.
 */
export function heldOrResting(book: Book, mirror: OfHolding & { readonly key: Mirror["key"] }): Quantity {
  const follower = followerBook(book, mirror.follower);
  let sum: number = copiedAgainst(book, mirror);
  for (const key of mirrorsOfHolding(follower, mirror.leader, holdingKey(mirror.instrument, mirror.contracted.product))) {
    const other = follower.mirrors.get(key);
    if (other === undefined || other.key === mirror.key) continue;
    if (other.role.role === "closing") sum -= other.contracted.side === mirror.contracted.side ? closingLeft(book, other) : 0;
    else if (other.role.role === "orphan") sum -= other.contracted.side === mirror.contracted.side ? orphanLeft(other) : 0;
    else if (other.contracted.side === mirror.contracted.side)
      sum -= owedOfFilled(book, other) + (other.role.role === "reverse" ? restingOfFilled(book, other) : 0);
    else if (other.role.role !== "exit") sum += restingOfFilled(book, other) - filledAhead(book, other);
  }
  return quantity(Math.max(0, sum));
}

/** What of an orphan is still to be exited: nobody else's. */
export function orphanLeft(orphan: Mirror): Quantity {
  return given(orphan, "EXIT_FAILED") ? NONE : less(orphan.due ?? 0, orphan.exitFilled);
}

/**
 * What the legs of our own super order have exited already of what a leg of the leader's exits; of any other order nothing. Of two legs of one
 * order the earlier has the first claim.
 */
export function legsDone(book: Book, exit: Pick<Mirror, "key" | "follower" | "leader" | "cause">): Quantity {
  const leg = legOfOrderId(exit.cause);
  if (leg === undefined) return NONE;
  const { mirrors } = followerBook(book, exit.follower);
  const keyOf = (cause: OrderId): Mirror["key"] => mirrorKey({ leader: exit.leader, follower: exit.follower, cause });
  let done: number = filledByLegs(mirrors.get(keyOf(leg.of))?.attempts ?? []);
  const own = mirrors.get(exit.key);
  for (const one of EXIT_LEGS) {
    const other = one === leg.leg ? undefined : mirrors.get(keyOf(legOrderId({ leg: one, of: leg.of })));
    if (other !== undefined && (own === undefined || other.openedAt < own.openedAt)) done -= Math.min(done, other.due ?? 0);
  }
  return quantity(done);
}

/** What an exit that the leader has filled, to its end or in part, has not yet filled here. One that was given up owes nothing any more. */
export function owedOfFilled(book: Book, exit: Mirror): Quantity {
  const leader = orderOf(leaderBook(book, exit.leader), exit.cause);
  if (leader === undefined || (exit.role.role !== "exit" && exit.role.role !== "reverse") || given(exit, "EXIT_FAILED")) return NONE;
  const share = exit.due ?? less(exitShare(exit, exit.role.exit, leader.known.filled), withdrawnOnBehalf(book, exit));
  return less(share, exit.exitFilled + legsDone(book, exit));
}

/** The exit's part of the follower's order for a given leader quantity, before it is held against what the copy has. */
export function exitShare(mirror: Mirror, exit: ExitBasis, leaderQuantity: number): Quantity {
  if (exit.leaderPosition === 0) return NONE;
  const part = Math.min(leaderQuantity, exit.leaderPosition);
  // Of all that there is, which takes no lot to be worked out.
  if (part === exit.leaderPosition) return exit.held;
  if (mirror.contract === undefined) return NONE;
  const { leaderPosition, held, carried, residual } = exit;
  const { rounding } = mirror.scale;
  if (carried !== undefined) return carriedExit(part, { leaderPosition, held, carried }, mirror.contract.lot);
  if (residual !== undefined) return sliceShare(Math.min(part, residual.leaderPosition - residual.units), exitScale(residual, rounding), mirror.contract.lot);
  return fractionOf(held, ratio(part, leaderPosition), rounding, mirror.contract.lot);
}

/** The leader's order, filled to its end, would leave him flat: the exit is exactly what the copy holds. */
export function wouldFlatten(book: Book, mirror: Mirror, leader: LeaderOrder): boolean {
  const position = heldAgainst(positionOf(leaderBook(book, mirror.leader), mirror.instrument, mirror.contracted.product), mirror.contracted.side);
  return position > 0 && leader.known.terms.quantity - leader.known.filled >= position;
}

/**
 * The exit part of a mirror's target, over all its orders, before executing exits claim theirs.
 *
 * While the leader's exit is open: its fraction, or everything when it would leave him flat, up to what the copy holds.
 * After: what was frozen, and late fills on top. Never more than the copy holds. Where nobody knows the lot, what rests.
 */
export function exitUnits(book: Book, mirror: Mirror, leader: LeaderOrder, { withdrawn, late }: TakenBack = takenBack(book, mirror)): Quantity {
  if (mirror.role.role !== "exit" && mirror.role.role !== "reverse") return NONE;
  const held = mirror.exitFilled + copiedAgainst(book, mirror);
  const done = legsDone(book, mirror);
  if (mirror.due !== undefined) return quantity(Math.min(less(mirror.due + (late.get(mirror.key) ?? 0), done), held));
  if (leader.known.end !== undefined && leader.known.filled === 0) return mirror.exitFilled;
  if (wouldFlatten(book, mirror, leader)) return quantity(held);
  if (mirror.contract === undefined) return quantity(Math.min(mirror.exitFilled + standingUnits(mirror, leader), held));
  const share = exitShare(mirror, mirror.role.exit, leader.known.terms.quantity);
  return quantity(Math.min(less(less(share, withdrawn.get(mirror.key) ?? 0) + (late.get(mirror.key) ?? 0), done), held));
}

/**
 * An exit of which something is still to be sent, on whatever day: it never left, or what was sent came to nothing (R14). One that was sent
 * and never seen is none: whether it was filled only the positions tell (R24).
 */
export function isOwed(book: Book, exit: Mirror): boolean {
  const leader = orderOf(leaderBook(book, exit.leader), exit.cause);
  if (leader === undefined || given(exit, "EXIT_FAILED")) return false;
  const units = exitUnits(book, exit, leader);
  const last = currentAttempts(exit);
  const cameToNothing = (one: Attempt): boolean => wasRefused(one) || one.placing.state === "not-sent" || one.placing.state === "absent";
  return units > exit.exitFilled && (last.length === 0 || last.some(cameToNothing) || isPartlyUnsent(exit, units, leader.known.terms));
}
