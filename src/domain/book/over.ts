/** Whether anything of a mirror may still change, or still be sent. Asked by the fold, and by whoever would put it away. */
import { endedByOthers, isOpen, madeRoom } from "../mirror/attempt.ts";
import { legsDone } from "../mirror/exit.ts";
import { restsUnclaimed } from "../mirror/forever-unclaimed.ts";
import { holdingOf } from "../mirror/in-holding.ts";
import { filledByLegs, liveLegs } from "../mirror/legs.ts";
import { currentAttempts, entryFilled, filledUnits, isLive, isRefusedFor, type Mirror } from "../mirror/mirror.ts";
import { isEntryUnsent, isPartlyUnsent, isStillToGo, isTriedAnew } from "../mirror/slice-count.ts";
import { filledTooLate } from "../mirror/taken-back.ts";
import { targetOf } from "../mirror/target.ts";
import { type Book, followerBook, type LeaderOrder, leaderBook, ledgerOf } from "./book.ts";
import { orderOf } from "./leader-orders.ts";
import { isPutAway } from "./ways.ts";

/**
 * Nothing of it can change any more by itself, so that it has no part in what others of its holding may do. Late fills to come are left out:
 * what an exit took back may fill all the same, and then that exit is not over any more (R14).
 */
export function isOver(book: Book, mirror: Mirror): boolean {
  const order = orderOf(leaderBook(book, mirror.leader), mirror.cause);
  if (isLive(mirror) || !isMet(book, mirror, order)) return false;
  // What may be its order rests in the account, and may take of what others of the holding are to get out of (R11).
  if (restsUnclaimed(book, mirror) !== undefined) return false;
  // Its legs may still take of the position, and until the copy is out of it the leader's may have to be copied in their place.
  if (mirror.attempts.some((attempt) => liveLegs(attempt).length > 0) || isUnsettledSuper(mirror, order)) return false;
  if (currentAttempts(mirror).some(madeRoom) && order?.known.end === "filled") return false;
  // What is still to be sent the leader's next exit must count (R14).
  return order === undefined || order.known.filled === 0 || !isWanted(book, mirror, order);
}

function isUnsettledSuper(mirror: Mirror, order: LeaderOrder | undefined): boolean {
  const byLegs = filledByLegs(mirror.attempts);
  return order?.known.family === "super" && entryFilled(mirror) > byLegs;
}

/** Its cause is over, and what it was to exit is exited. */
function isMet(book: Book, mirror: Mirror, order: LeaderOrder | undefined): boolean {
  if (order === undefined && mirror.role.role === "closing")
    return mirror.exitFilled >= mirror.role.units || ledgerOf(followerBook(book, mirror.follower), mirror.leader, holdingOf(mirror)).flipped === 0;
  if (order !== undefined && order.known.end === undefined) return false;
  return mirror.due === undefined || isLeftAlone(mirror) || mirror.exitFilled + legsDone(book, mirror) >= mirror.due + filledTooLate(book, mirror);
}

/** Others ended what was sent for it. What it lacks is never sent, and must not be kept from the leader's next exits: they go by all that the copy holds. */
function isLeftAlone(exit: Mirror): boolean {
  const last = currentAttempts(exit);
  return last.some(endedByOthers) && last.every((attempt) => endedByOthers(attempt) || attempt.order?.end === "filled");
}

/**
 * It may be put away: it is over, no answer and no read is outstanding that would tell of it, and nobody beside it needs it. What may still be
 * told of it (a late fill, at the leader or here) brings it back.
 */
export function isSettled(book: Book, mirror: Mirror): boolean {
  const follower = followerBook(book, mirror.follower);
  const order = orderOf(leaderBook(book, mirror.leader), mirror.cause);
  if (!isOver(book, mirror) || follower.refusedExits.has(mirror.key)) return false;
  // When its contract is found the leader's order is looked at anew, and so are the legs that he ordered beside it (R20).
  if (mirror.contract === undefined) return false;
  // A super order and its legs are told of under several numbers, and there are few of them.
  if (order?.known.family === "super" || mirror.attempts.some(({ legs }) => legs !== undefined)) return false;
  // The books go on showing after-market orders until a session to come is over (R24).
  if (mirror.contracted.afterMarket || order?.known.doubt !== undefined) return false;
  const isQuiet = mirror.attempts.every(
    (attempt) =>
      !(isOpen(attempt) || attempt.afterMarket) &&
      attempt.changing.state !== "in-flight" &&
      attempt.cancelling.state !== "in-flight" &&
      attempt.order?.doubt === undefined,
  );
  // What filled too much together is closed first (R16).
  const { flipped } = ledgerOf(follower, mirror.leader, holdingOf(mirror));
  return isQuiet && flipped === 0 && !isWanted(book, mirror, order) && mirror.withdrawals.every(({ by }) => isPutAway(follower, by));
}

/** It waits for its turn or for the account and not for the order: a slot, a token, the breaker, an exit of another that goes first. */
export function isWanted(book: Book, mirror: Mirror, order: LeaderOrder | undefined): boolean {
  const last = currentAttempts(mirror);
  const terms = order?.known.terms;
  // Refused for what the leader's order was before, it is judged anew (R2).
  if (terms === undefined ? mirror.refusedFor !== undefined : isRefusedFor(mirror, terms)) return false;
  const { units } = targetOf(book, mirror, order);
  if (units <= filledUnits(mirror)) return false;
  if (last.length === 0 || isStillToGo(mirror, terms) || isPartlyUnsent(mirror, units, terms)) return true;
  return order !== undefined && (isTriedAnew(mirror, order.known.terms) || isEntryUnsent(mirror, order.known.contracted.product));
}
