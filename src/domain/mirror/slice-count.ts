/** Into how many slices a mirror is divided, and whether one is still to be sent (docs/slices.md). */
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { largestOrder } from "../sizing/freeze.ts";
import { filledOf } from "./attempt.ts";
import { entryUnits } from "./entry.ts";
import { currentAttempts, filledUnits, isKeptFor, type Mirror } from "./mirror.ts";

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
export function isPartlyUnsent(mirror: Mirror, units: Quantity, terms: Parameters<typeof isKeptFor>[1] | undefined): boolean {
  if (mirror.refusedFor !== undefined || (terms !== undefined && isKeptFor(mirror, terms))) return false;
  const sent = new Set(mirror.attempts.map(({ slice }) => slice)).size;
  return sent > 0 && slicesWith(mirror, units) > sent;
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
