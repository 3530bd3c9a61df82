/**
 * What an exit reduces (R14, R16). A leader's exit takes back, by its fraction, what the copy has of the quantity that the
 * leader had filled: first the part that still rests at the follower, then the filled part.
 */
import {
  type Book,
  type FollowerBook,
  followerBook,
  type HoldingKey,
  holdingKey,
  type LeaderOrder,
  leaderBook,
  ledgerOf,
  mirrorsOfHolding,
  positionOf,
} from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import type { ClientId, OrderId } from "../identity.ts";
import { EXIT_LEGS, legOfOrderId, legOrderId } from "../order/plan.ts";
import { direction, opposite, type Product } from "../order/terms.ts";
import { afterLeaderOut, heldAgainst, partsOf, reducedByOwner } from "../position/ledger.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import { carriedExit } from "../sizing/carry.ts";
import { exitScale, sliceShare } from "../sizing/residual.ts";
import { fractionOf } from "../sizing/rounding.ts";
import { type Attempt, goesAgain, isOpen, liveUnits, madeRoom, wasRefused, willExecute } from "./attempt.ts";
import { entryTarget, entryUnits } from "./entry.ts";
import { filledByLegs } from "./legs.ts";
import { currentAttempts, type ExitBasis, entryFilled, given, isRefusedFor, type Mirror, type MirrorKey, mirrorKey, withdrawnUnits } from "./mirror.ts";
import { isEntryUnsent, isPartlyUnsent, isStillToGo, isTriedAnew } from "./slice-count.ts";
import { isUnsized, standingUnits } from "./unsized.ts";

export function holdingOf(mirror: Mirror): HoldingKey {
  return holdingKey(mirror.instrument, mirror.contracted.product);
}

type OfHolding = Pick<Mirror, "follower" | "leader" | "instrument" | "contracted">;

/** What the copy holds that an order of this mirror's side would reduce, less what the owner traded away himself (R15). */
export function copiedAgainst(book: Book, mirror: OfHolding): Quantity {
  const follower = followerBook(book, mirror.follower);
  const holding = holdingKey(mirror.instrument, mirror.contracted.product);
  const { net, elsewhere } = ledgerOf(follower, mirror.leader, holding);
  if (elsewhere === undefined) return heldAgainst(reducedByOwner(net, ownersBeside(follower, mirror.leader, holding)), mirror.contracted.side);
  const inAll = copiedIn(book, mirror).reduce((sum, { units }) => sum + units, 0);
  return quantity(Math.min(inAll, heldAgainst(net, mirror.contracted.side)));
}

/** The same by the product in which it is held: that under which it is kept first, and then those that the follower has converted something to. */
export function copiedIn(book: Book, { follower: id, leader, instrument, contracted }: OfHolding): readonly InProduct[] {
  const follower = followerBook(book, id);
  const ledger = ledgerOf(follower, leader, holdingKey(instrument, contracted.product));
  return partsOf(ledger, contracted.product).map(({ product, units }) => ({
    product,
    units: heldAgainst(reducedByOwner(units, ownersBeside(follower, leader, holdingKey(instrument, product))), contracted.side),
  }));
}

/**
 * What the owner holds himself beyond what exits of other copies took through zero: that much of it has closed those, and takes nothing from this one. With the journal
 * lost, what another copy had of an earlier day counts as the owner's, and what has exited it as taken through zero (R11, R15).
 */
function ownersBeside(follower: FollowerBook, leader: ClientId, holding: HoldingKey): number {
  let units = follower.owners.get(holding) ?? 0;
  if (units !== 0) for (const [other, ledgers] of follower.ledgers) if (other !== leader) units = reducedByOwner(units, ledgers.get(holding)?.flipped ?? 0);
  return units;
}

/** What went through zero at the follower and its owner has not closed by hand, in whatever product that was (R15, R16). */
export function flippedLeft(follower: FollowerBook, { leader, instrument, contracted }: OfHolding): number {
  const ledger = ledgerOf(follower, leader, holdingKey(instrument, contracted.product));
  const owners = partsOf(ledger, contracted.product).reduce((sum, { product }) => sum + (follower.owners.get(holdingKey(instrument, product)) ?? 0), 0);
  return reducedByOwner(ledger.flipped, owners);
}

export interface InProduct {
  readonly product: Product;
  readonly units: Quantity;
}

/** The part of an entry that the leader has filled and the follower has not, yet: it rests, or is about to be sent. */
export function restingOfFilled(book: Book, entry: Mirror): Quantity {
  const leader = orderOf(leaderBook(book, entry.leader), entry.cause);
  if (leader === undefined || isUnsized(entry) || isOver(entry, leader)) return NONE;
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
function filledAhead(book: Book, entry: Mirror): Quantity {
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
function isOver(entry: Mirror, leader: LeaderOrder): boolean {
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
  // What goes no more beside what stood is over as well.
  const isThrough = (attempt: Attempt): boolean => wasRefused(attempt) || attempt.order?.end !== undefined || (!isWithdrawn && goesAgain(attempt));
  return isRefused || (last.length > 0 && last.every(isThrough));
}

/** The entries of the same copy and holding, opened before, that an exit reduces. */
function entriesAgainst(book: Book, exit: Mirror): Mirror[] {
  const follower = followerBook(book, exit.follower);
  const found: Mirror[] = [];
  for (const key of mirrorsOfHolding(follower, exit.leader, holdingOf(exit))) {
    const other = follower.mirrors.get(key);
    if (other === undefined || other.key === exit.key || other.contracted.side !== opposite(exit.contracted.side)) continue;
    if (other.role.role === "entry" || other.role.role === "reverse") found.push(other);
  }
  return found;
}

/**
 * What the copy has of the quantity that the leader has filled, filled and resting: what an exit's fraction is of. What his earlier
 * exits have taken out of his position, and have yet to take out of the copy's, is no part of it, nor is what the copy has filled before him.
 */
export function heldOrResting(
  book: Book,
  mirror: Pick<Mirror, "follower" | "leader" | "instrument" | "contracted"> & { readonly key: Mirror["key"] },
): Quantity {
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

/** A later entry has closed in its stead what alternatives filled too much, and the leader is out of that: what would fill now would open a position. */
export function wouldOpen(book: Book, closing: Pick<Mirror, "follower" | "leader" | "instrument" | "contracted">): boolean {
  const position = positionOf(leaderBook(book, closing.leader), closing.instrument, closing.contracted.product);
  return direction(closing.contracted.side) * position <= 0 && copiedAgainst(book, closing) === 0;
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

/**
 * What a closing order is of: what is still too much, which is less than it was opened for when the leader has got out meanwhile. Of one that was
 * taken on with the journal lost, what its orders have filled or may still fill; and nothing more is sent than what is still to be closed by
 * what the books tell: the owner may have closed it by hand (R11, R16).
 */
export function closingUnits(book: Book, closing: Mirror): Quantity {
  if (closing.role.role !== "closing") return NONE;
  if (wouldOpen(book, closing)) return closing.exitFilled;
  const follower = followerBook(book, closing.follower);
  const holding = holdingOf(closing);
  const { flipped } = ledgerOf(follower, closing.leader, holding);
  const left = less(closing.role.units, closing.exitFilled);
  if (!closing.attempts.some(({ adopted }) => adopted)) {
    const unclaimed = less(heldAgainst(flipped, closing.contracted.side), closedBefore(book, closing));
    return quantity(closing.exitFilled + Math.min(left, unclaimed));
  }
  const excess = flippedLeft(follower, closing);
  const live = closing.attempts.reduce((sum, attempt) => sum + liveUnits(attempt), 0);
  return quantity(closing.exitFilled + Math.max(live, Math.min(left, heldAgainst(excess, closing.contracted.side))));
}

/** The mirrors of its holding and side that were opened before it. */
function* olderOfItsSide(book: Book, mirror: Mirror): Iterable<Mirror> {
  const follower = followerBook(book, mirror.follower);
  for (const key of mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror))) {
    if (key === mirror.key) return;
    const other = follower.mirrors.get(key);
    if (other?.contracted.side === mirror.contracted.side) yield other;
  }
}

/** What closing orders of the same side that were opened before it have still to close. */
function closedBefore(book: Book, closing: Mirror): number {
  let sum = 0;
  for (const other of olderOfItsSide(book, closing)) if (other.role.role === "closing") sum += less(closingUnits(book, other), other.exitFilled);
  return sum;
}

/** What of that is still to be closed: nobody else's. */
export function closingLeft(book: Book, closing: Mirror): Quantity {
  return given(closing, "EXIT_FAILED") ? NONE : less(closingUnits(book, closing), closing.exitFilled);
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
 * What follows at the follower's mirrors from what the leader's exit has filled so far: entries that still rest for filled
 * quantity are withdrawn, newest first, and the exit's size is frozen when the leader's exit is over. Called by the fold
 * whenever the leader's exit, or what is known of it, has changed; calling it again changes nothing.
 */
export function settleExit(book: Book, exit: Mirror, leader: LeaderOrder): void {
  if (exit.role.role !== "exit" && exit.role.role !== "reverse") return;
  if (leader.known.filled === 0) return;
  if (exit.contract === undefined && !leader.flattened) return;
  const follower = followerBook(book, exit.follower);
  let current = exit;
  if (exit.due === undefined) {
    const entries = entriesAgainst(book, exit);
    const resting = new Map(entries.map((entry) => [entry.key, restingOfFilled(book, entry)]));
    const allResting = [...resting.values()].reduce((sum: number, units) => sum + units, 0);
    const owed = leader.flattened
      ? allResting
      : less(less(exitShare(exit, exit.role.exit, leader.known.filled), exit.exitFilled + legsDone(book, exit)), withdrawnFor(entries, exit.key));
    let left = Math.min(owed, allResting);
    for (const entry of entries.toReversed()) {
      const units = Math.min(left, resting.get(entry.key) ?? 0);
      if (units === 0) continue;
      follower.mirrors.set(entry.key, { ...entry, withdrawals: [...entry.withdrawals, { by: exit.key, units: quantity(units) }] });
      left -= units;
    }
    if (leader.flattened || leader.known.end !== undefined) {
      const held = exit.exitFilled + legsDone(book, exit) + less(copiedAgainst(book, exit), takenBefore(book, exit));
      const share = less(exitShare(exit, exit.role.exit, leader.known.filled), withdrawnFor(entriesAgainst(book, exit), exit.key));
      current = { ...exit, due: quantity(leader.flattened ? held : Math.min(share, held)) };
      follower.mirrors.set(current.key, current);
      if (!leader.flattened) return;
      settleFlipped(follower, exit);
      settleOvertaken(book, exit);
      for (const entry of entriesAgainst(book, exit)) {
        const ahead = filledAhead(book, entry);
        if (ahead > 0) follower.mirrors.set(entry.key, { ...entry, takenAhead: quantity(entry.takenAhead + ahead) });
      }
    }
  }
}

/**
 * What older orders that are to execute have still to take of what the copy holds: the leader is through with those exits, and they have the first
 * claim. Were it a part of this one, it would be sold a second time, out of what is bought before they fill (R14, R16).
 */
function takenBefore(book: Book, exit: Mirror): number {
  let sum = 0;
  for (const other of olderOfItsSide(book, exit)) {
    if (other.role.role === "orphan") sum += orphanLeft(other);
    // What rests makes room for a way out, and that takes it; what is not sent yet may never be.
    else if (other.due !== undefined && other.attempts.some(willExecute)) sum += owedOfFilled(book, other);
  }
  return sum;
}

/**
 * What an exit has filled beyond what it owes was a part of what others of its side were to take, up to so many units of theirs that are gone: it is due to
 * it now. Else it would count against what it had taken back and fills all the same, and that much would be exited by nobody (R14).
 */
export function settleOvertaken(book: Book, beside: Mirror, units = Number.MAX_SAFE_INTEGER): void {
  const { mirrors } = followerBook(book, beside.follower);
  const { withdrawn, late } = takenBack(book, beside);
  let left = units;
  for (const key of withdrawn.keys()) {
    const exit = mirrors.get(key);
    if (exit?.due === undefined) continue;
    const over = Math.min(left, less(exit.exitFilled + legsDone(book, exit), exit.due + (late.get(key) ?? 0)));
    if (over > 0) mirrors.set(key, { ...exit, due: quantity(exit.due + over) });
    left -= over;
  }
}

/**
 * The leader is out, and the copy gets out of all that it holds: what two alternatives had sold too much of that is a part of this way out, and
 * closing it would open a position. What went through zero, and no entry has made good since, is still to be closed (R16).
 */
function settleFlipped(follower: FollowerBook, exit: Mirror): void {
  const holding = holdingOf(exit);
  const ledger = ledgerOf(follower, exit.leader, holding);
  const ledgers = follower.ledgers.get(exit.leader);
  if (ledger.flipped !== 0) ledgers?.set(holding, afterLeaderOut(ledger));
}

function withdrawnFor(entries: readonly Mirror[], by: Mirror["key"]): number {
  return entries.reduce((sum, entry) => sum + withdrawnUnits(entry, by), 0);
}

/** What exits have taken back from the entries of a copy's holding, in units, each by the exit that did. */
export interface TakenBack {
  /** From the part that still rested. */
  readonly withdrawn: ReadonlyMap<MirrorKey, number>;
  /** What entries filled all the same, because it filled before the withdrawal reached the broker: it is exited at once, unless others have (R14). */
  readonly late: ReadonlyMap<MirrorKey, number>;
}

/**
 * Of all exits that reduce the same as this one, in one pass: whoever weighs many of them against one another works it out once, so that the
 * hundredth order in a contract costs little more than the tenth.
 */
export function takenBack(book: Book, exit: Mirror): TakenBack {
  const withdrawn = new Map<MirrorKey, number>();
  const late = new Map<MirrorKey, number>();
  for (const entry of entriesAgainst(book, exit)) {
    if (entry.withdrawals.length === 0) continue;
    for (const { by, units } of entry.withdrawals) withdrawn.set(by, (withdrawn.get(by) ?? 0) + units);
    const leader = orderOf(leaderBook(book, entry.leader), entry.cause);
    let excess: number = leader === undefined ? 0 : lateFillsOf(entry, leader);
    // The latest withdrawal is the first that a late fill undoes.
    for (let index = entry.withdrawals.length - 1; index >= 0 && excess > 0; index -= 1) {
      const withdrawal = entry.withdrawals[index];
      if (withdrawal === undefined) continue;
      const units = Math.min(excess, withdrawal.units);
      late.set(withdrawal.by, (late.get(withdrawal.by) ?? 0) + units);
      excess -= units;
    }
  }
  const { mirrors } = followerBook(book, exit.follower);
  for (const [by, units] of late) late.set(by, less(units, mirrors.get(by)?.lateGone ?? NONE));
  return { withdrawn, late };
}

/** Units of an entry that filled although an exit had taken them back. */
export function lateFillsOf(entry: Mirror, leader: LeaderOrder): Quantity {
  const all = withdrawnUnits(entry);
  if (all === 0) return NONE;
  const kept = less(entryUnits(entry, leader.known.terms.quantity), all);
  return quantity(Math.min(less(entryFilled(entry), kept), all));
}

/** Units that entries filled after this exit had already taken them back. */
export function filledTooLate(book: Book, exit: Mirror): Quantity {
  return quantity(takenBack(book, exit).late.get(exit.key) ?? 0);
}

/** Units withdrawn from resting entries on behalf of an exit. */
export function withdrawnOnBehalf(book: Book, exit: Mirror): Quantity {
  return quantity(withdrawnFor(entriesAgainst(book, exit), exit.key));
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
