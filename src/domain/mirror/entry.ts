/** The entry part of a mirror: the leader's quantity above what his order exits, scaled to the follower (R15, S35). */
import type { LeaderOrder } from "../book/book.ts";
import { less, NONE, type Quantity } from "../quantity.ts";
import { type EntrySize, entryShare, entrySize } from "../sizing/share.ts";
import { isOpen } from "./attempt.ts";
import { lacksStop } from "./legs.ts";
import { currentAttempts, entryAbove, entryFilled, isRefusedFor, type Mirror, withdrawnUnits } from "./mirror.ts";

/** The size of the entry part for a leader quantity, or why there is none. */
export function entrySizeOf(mirror: Mirror, leaderUnits: number): EntrySize | undefined {
  const above = less(leaderUnits, entryAbove(mirror.role));
  if (above === 0 || mirror.contract === undefined || (mirror.role.role !== "entry" && mirror.role.role !== "reverse")) return undefined;
  return entrySize(above, mirror.scale, mirror.contract.lot);
}

export function entryUnits(mirror: Mirror, leaderUnits: number): Quantity {
  const above = less(leaderUnits, entryAbove(mirror.role));
  if (above === 0 || mirror.contract === undefined || (mirror.role.role !== "entry" && mirror.role.role !== "reverse")) return NONE;
  return entryShare(above, mirror.scale, mirror.contract.lot);
}

/** The entry part over all orders, less what the leader's exits took back (R14, R17, R18). */
export function entryTarget(mirror: Mirror, leader: LeaderOrder): Quantity {
  if (mirror.role.role === "exit") return NONE;
  const { known } = leader;
  if (staysWithoutStop(mirror, leader)) return entryFilled(mirror);
  // The entry part of a stop and reverse that a guard refused (R15).
  if (isRefusedFor(mirror, known.terms)) return entryFilled(mirror);
  if (known.end === undefined || known.end === "filled") return less(entryUnits(mirror, known.terms.quantity), withdrawnUnits(mirror));
  return sentAfterEnd(mirror, leader) ? less(entryUnits(mirror, known.filled), withdrawnUnits(mirror)) : entryFilled(mirror);
}

/** What a super order has not filled would stand without the stop that the broker refused. */
export function staysWithoutStop(mirror: Mirror, { known }: LeaderOrder): boolean {
  return currentAttempts(mirror).some((attempt) => isOpen(attempt) && lacksStop(attempt, known.plan));
}

/** Seen by the follower only after its end: it counts as traded for the filled quantity (R17). */
function sentAfterEnd(mirror: Mirror, leader: LeaderOrder): boolean {
  const first = mirror.attempts[0];
  if (first === undefined) return mirror.refusedFor === undefined;
  return leader.endedAt !== undefined && first.intendedAt >= leader.endedAt;
}
