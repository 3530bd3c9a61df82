/** What follows at a copy's mirrors from what an exit of the leader's has filled (R14, R16). Part of the fold. */
import { type Book, type FollowerBook, followerBook, type LeaderOrder, ledgerOf } from "../book/book.ts";
import { afterLeaderOut } from "../position/ledger.ts";
import { less, quantity } from "../quantity.ts";
import { willExecute } from "./attempt.ts";
import { copiedAgainst } from "./copied.ts";
import { exitShare, filledAhead, legsDone, orphanLeft, owedOfFilled, restingOfFilled } from "./exit.ts";
import { entriesAgainst, holdingOf, olderOfItsSide } from "./in-holding.ts";
import type { Mirror } from "./mirror.ts";
import { filledTooLate, takenBack, withdrawnFor } from "./taken-back.ts";

/**
 * What follows at the follower's mirrors from what the leader's exit has filled so far: entries that still rest for filled
 * quantity are withdrawn, and the exit's size is frozen when the leader's exit is over. Called by the fold
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
    const resting = new Map(entries.map((entry) => [entry.key, restingOfFilled(book, entry, leader.flattened ? "all" : "part")]));
    const allResting = [...resting.values()].reduce((sum: number, units) => sum + units, 0);
    const owed = leader.flattened
      ? allResting
      : less(less(exitShare(exit, exit.role.exit, leader.known.filled), exit.exitFilled + legsDone(book, exit)), withdrawnFor(entries, exit.key));
    let left = Math.min(owed, allResting);
    for (const entry of inTurn(entries)) {
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
 * An exit by which the leader is out, in case its size was frozen before: it made him flat, he has entered again, and what it has filled since takes him out of
 * that as well, and so the copy (R14). Of a stop and reverse, what it fills beyond its exit part enters. What had filled too late until now is a part of what is held.
 */
export function sizedAnew(book: Book, exit: Mirror, { known }: LeaderOrder): Mirror {
  if (exit.due === undefined || (exit.role.role === "reverse" && known.filled > exit.role.exit.leaderPosition)) return exit;
  return { ...exit, due: undefined, lateGone: quantity(exit.lateGone + filledTooLate(book, exit)) };
}

/**
 * What an exit takes back first: what has not left, the oldest before the others, because it is the first that will be too old to be sent (R20), and would
 * be lost to the copy beside what was taken back; then what rests, the newest first.
 */
function inTurn(entries: readonly Mirror[]): readonly Mirror[] {
  const isUnsent = ({ attempts }: Mirror): boolean => attempts.length === 0;
  return [...entries.filter(isUnsent), ...entries.filter((entry) => !isUnsent(entry)).toReversed()];
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
