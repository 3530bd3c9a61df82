/**
 * What is above the freeze quantity goes out in several orders, which are one order to everything else (design 3; docs/slices.md).
 *
 * A mirror has one target. Here it is divided: each slice is a mirror of its own to whoever decides about an order, with the attempts that
 * were made for it and its part of the target. The division follows from the target and from what each slice has filled, so it is worked out
 * anew each time: while the target stands, no fill moves it; one that falls takes from the last slice first, one that grows fills up the last and
 * adds another.
 */
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { largestOrder } from "../sizing/freeze.ts";
import { filledOf, isOpen } from "./attempt.ts";
import { entryUnits } from "./entry.ts";
import { nextAttempt } from "./evolve.ts";
import { currentAttempts, filledUnits, isKeptFor, type Mirror } from "./mirror.ts";
import type { Target } from "./target.ts";

/** As many as the mark on an order can tell apart (R9). The last takes whatever is left. */
const SLICES_MAX = 36 ** 2;

/** One slice of a mirror: `attempts` and `exitFilled` are its own, all else is the mirror's. */
export interface MirrorSlice extends Mirror {
  /** From 0; part of the correlation id. */
  readonly slice: number;
  readonly whole: Whole;
}

/** What a slice must know of the mirror that it is a part of. */
interface Whole {
  /** The number of the next order, whatever its slice. */
  readonly nextAttempt: number;
  /** Units that the target still lacks, resting ones counted, over all slices. */
  readonly missing: Quantity;
  readonly exitMissing: Quantity;
  readonly slices: number;
  /** Another slice is open, or has filled: what is refused now is refused of an order that stands. */
  readonly standsElsewhere: boolean;
  /** Another slice is open: the order as a whole has not ended, so that an increase may still be followed (R17). */
  readonly restsElsewhere: boolean;
}

export interface Slice {
  readonly mirror: MirrorSlice;
  readonly target: Target;
}

export function slicesOf(mirror: Mirror, target: Target): readonly Slice[] {
  const [missing, exitMissing] = [less(target.units, filledUnits(mirror)), less(target.exit, mirror.exitFilled)];
  const whole = { nextAttempt: nextAttempt(mirror), missing, exitMissing };
  const count = slicesWith(mirror, target.units);
  if (count === 1) return [{ mirror: { ...mirror, slice: 0, whole: { ...whole, slices: 1, standsElsewhere: false, restsElsewhere: false } }, target }];
  const most = largest(mirror);
  const slices: Slice[] = [];
  let left = { units: missing, exit: exitMissing, exitFilled: mirror.exitFilled };
  for (let slice = 0; slice < count; slice += 1) {
    const attempts = mirror.attempts.filter((attempt) => attempt.slice === slice);
    const filled = attempts.reduce((sum, attempt) => sum + filledOf(attempt), 0);
    const exitFilled = quantity(Math.min(filled, left.exitFilled));
    const more = slice === SLICES_MAX - 1 ? left.units : quantity(Math.min(left.units, less(most, filled)));
    const exitMore = Math.min(more, left.exit);
    const others = mirror.attempts.filter((attempt) => attempt.slice !== slice);
    const restsElsewhere = others.some(isOpen);
    const standsElsewhere = restsElsewhere || others.some((attempt) => filledOf(attempt) > 0);
    slices.push({
      mirror: { ...mirror, attempts, exitFilled, slice, whole: { ...whole, slices: count, standsElsewhere, restsElsewhere } },
      target: {
        units: quantity(filled + more),
        exit: quantity(exitFilled + exitMore),
        entry: quantity(filled + more - exitFilled - exitMore),
        executing: target.executing,
      },
    });
    left = { units: less(left.units, more), exit: less(left.exit, exitMore), exitFilled: less(left.exitFilled, exitFilled) };
  }
  return slices;
}

/** How many slices there are with this target: those that have had an order, and those that are still to have one. */
function slicesWith(mirror: Mirror, units: Quantity): number {
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

function filledIn(mirror: Mirror, slice: number): Quantity {
  return mirror.attempts.reduce((sum, attempt) => (attempt.slice === slice ? quantity(sum + filledOf(attempt)) : sum), NONE);
}

function largest({ contract }: Mirror): number {
  return (contract === undefined ? undefined : largestOrder(contract)) ?? Number.MAX_SAFE_INTEGER;
}
