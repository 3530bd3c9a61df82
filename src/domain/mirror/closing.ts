/** What two alternatives that filled together sold too much: closed by an order of our own (R16). */
import { type Book, type FollowerBook, followerBook, holdingKey, leaderBook, ledgerOf, positionOf } from "../book/book.ts";
import { direction } from "../order/terms.ts";
import { heldAgainst, partsOf, reducedByOwner } from "../position/ledger.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { liveUnits } from "./attempt.ts";
import { tradedByHand } from "./by-hand.ts";
import { copiedAgainst } from "./copied.ts";
import { holdingOf, type OfHolding, olderOfItsSide } from "./in-holding.ts";
import { given, type Mirror } from "./mirror.ts";

/**
 * What went through zero at the follower and its owner has not closed by hand, in whatever product that was (R15, R16). With the journal lost, what was taken on as
 * through zero was a way out of what counts as held by him from before, as far as that goes: nothing of it is to be closed, whatever he has traded since (R11).
 */
export function flippedLeft(follower: FollowerBook, { leader, instrument, contracted }: OfHolding): number {
  const ledger = ledgerOf(follower, leader, holdingKey(instrument, contracted.product));
  const { flipped, takenOn = 0 } = ledger;
  const holdings = partsOf(ledger, contracted.product).map(({ product }) => holdingKey(instrument, product));
  const owners = holdings.reduce((sum, holding) => sum + (follower.owners.get(holding) ?? 0), 0);
  if (takenOn === 0) return reducedByOwner(flipped, owners);
  const carried = owners - holdings.reduce((sum, holding) => sum + tradedByHand(follower, holding), 0);
  const exited = carried - reducedByOwner(carried, takenOn);
  return reducedByOwner(flipped + exited, owners - exited);
}

/** A later entry has closed in its stead what alternatives filled too much, and the leader is out of that: what would fill now would open a position. */
export function wouldOpen(book: Book, closing: OfHolding): boolean {
  const position = positionOf(leaderBook(book, closing.leader), closing.instrument, closing.contracted.product);
  return direction(closing.contracted.side) * position <= 0 && copiedAgainst(book, closing) === 0;
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
