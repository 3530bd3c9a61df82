/** What exits take back from entries of the copy that still rest, and what of that fills all the same (R14). */
import { type Book, followerBook, type LeaderOrder, leaderBook } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { entryUnits } from "./entry.ts";
import { entriesAgainst } from "./in-holding.ts";
import { entryFilled, type Mirror, type MirrorKey, withdrawnUnits } from "./mirror.ts";

export function withdrawnFor(entries: readonly Mirror[], by: Mirror["key"]): number {
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
