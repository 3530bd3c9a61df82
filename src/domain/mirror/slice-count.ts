/** Into how many slices a mirror is divided, and whether one is still to be sent (docs/slices.md). */
import type { Product, Terms } from "../order/terms.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { largestOrder } from "../sizing/freeze.ts";
import { type Attempt, changedSince, filledOf, goesAgain, isOpen, wasRefused } from "./attempt.ts";
import { entryUnits } from "./entry.ts";
import { currentAttempts, entryFilled, filledUnits, isKeptFor, isRefusedFor, type Mirror, withdrawnUnits } from "./mirror.ts";

/** As many as the mark on an order can tell apart (R9). The last takes whatever is left. */
export const SLICES_MAX = 36 ** 2;

/** How many slices there are with this target: those that have had an order, and those that are still to have one. */
export function slicesWith(mirror: Mirror, units: Quantity): number {
  let had = 0;
  for (const attempt of mirror.attempts) had = Math.max(had, attempt.slice + 1);
  const most = largest(mirror);
  if (had <= 1 && units <= most) return 1;
  let left = less(units, filledUnits(mirror));
  let count = 0;
  for (; count < SLICES_MAX && (count < had || left > 0); count += 1) left = less(left, less(most, filledIn(mirror, count)));
  return Math.max(1, count);
}

/** A slice for which no order was made yet is still to be sent, so that what it lacks is neither refused nor lost. */
export function isPartlyUnsent(mirror: Mirror, units: Quantity, terms: Terms | undefined): boolean {
  const isRefused = terms === undefined ? mirror.refusedFor !== undefined : isRefusedFor(mirror, terms) || isKeptFor(mirror, terms);
  if (isRefused || hasEnded(mirror)) return false;
  const sent = new Set(mirror.attempts.map(({ slice }) => slice)).size;
  return sent > 0 && slicesWith(mirror, units) > sent;
}

/**
 * What a stop and reverse enters in `product` waits for what it exits in another, and no order was made for it yet: all that was sent has filled, which is
 * less than was wanted then (R15). What the leader adds when all was sent and is over comes after the end here as well (R17).
 */
export function isEntryUnsent(mirror: Mirror, product: Product): boolean {
  const follows = mirror.attempts.at(-1)?.follows;
  if (mirror.role.role !== "reverse" || follows === undefined) return false;
  const current = currentAttempts(mirror);
  const isElsewhere = (attempt: Attempt): boolean => attempt.product !== product;
  if (!current.some(isElsewhere) || !current.every((attempt) => isElsewhere(attempt) || attempt.order?.end === "filled")) return false;
  return entryFilled(mirror) < less(entryUnits(mirror, follows.quantity), withdrawnUnits(mirror));
}

/** Nothing came of the request of a slice, and it goes again as soon as it may; not beside another that stood, where a further slice was refused since. */
export function isStillToGo(mirror: Mirror, terms: Terms | undefined): boolean {
  const last = currentAttempts(mirror);
  if (terms === undefined || !isKeptFor(mirror, terms)) return last.some(goesAgain);
  return last.some(
    (attempt) => goesAgain(attempt) && !mirror.attempts.some((other) => other.slice !== attempt.slice && !goesAgain(other) && !wasRefused(other)),
  );
}

/** An order of an entry that the broker refused is sent again, in its slice, because the leader has changed his since (R2). */
export function isTriedAnew(mirror: Mirror, terms: Terms): boolean {
  if (isKeptFor(mirror, terms)) return false;
  return currentAttempts(mirror).some(
    (attempt) => wasRefused(attempt) && changedSince(attempt, terms) && (attempt.placing.state === "refused" || filledIn(mirror, attempt.slice) === 0),
  );
}

/**
 * All of an entry as it was when its last slice was sent is sent, and over. What the leader adds to his order now comes after the end, as it would
 * if one order had taken it all: no further slice is sent for it (R17). Of an order that was taken on it is only known that a slice which is not
 * full was the last.
 */
export function hasEnded(mirror: Mirror): boolean {
  const last = mirror.attempts.at(-1);
  const current = currentAttempts(mirror);
  if (mirror.role.role !== "entry" || last === undefined || current.some(isOpen) || current.every(wasRefused)) return false;
  if (last.follows === undefined) return last.terms.quantity < largest(mirror);
  const sent = current.reduce((sum, { terms }) => sum + terms.quantity, 0);
  return sent >= less(entryUnits(mirror, last.follows.quantity), withdrawnUnits(mirror));
}

/** How many requests an order of the leader's may come to at once. */
export function slicesAtMost(mirror: Mirror, leaderUnits: number): number {
  const most = largest(mirror);
  const { role } = mirror;
  const exit = role.role === "exit" || role.role === "reverse" ? role.exit.held : role.role === "entry" ? 0 : role.units;
  return Math.max(1, currentAttempts(mirror).length, Math.ceil((entryUnits(mirror, leaderUnits) + exit) / most));
}

export function filledIn(mirror: Mirror, slice: number): Quantity {
  return mirror.attempts.reduce((sum, attempt) => (attempt.slice === slice ? quantity(sum + filledOf(attempt)) : sum), NONE);
}

export function largest({ contract }: Mirror): number {
  return (contract === undefined ? undefined : largestOrder(contract)) ?? Number.MAX_SAFE_INTEGER;
}
