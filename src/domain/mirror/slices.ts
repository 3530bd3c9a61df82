/**
 * What is above the freeze quantity goes out in several orders, which are one order to everything else (design 3; docs/slices.md).
 *
 * A mirror has one target. Here it is divided: each slice is a mirror of its own to whoever decides about an order, with the attempts that
 * were made for it and its part of the target. The division follows from the target and from what each slice has filled, so it is worked out
 * anew each time: while the target stands, no fill moves it; one that falls takes from the last slice first, one that grows fills up the last and
 * adds another.
 */
import type { Product } from "../order/terms.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { filledOf, goesAgain, isFilledOrReduced, isOpen, liveUnits, madeRoom, wasRefused } from "./attempt.ts";
import { divideByProduct, type Places } from "./by-product.ts";
import { nextAttempt } from "./evolve.ts";
import { filledUnits, type Mirror } from "./mirror.ts";
import { filledIn, hasEnded, largest, SLICES_MAX, slicesWith } from "./slice-count.ts";
import type { Target } from "./target.ts";
import { isUnsized } from "./unsized.ts";

/** One slice of a mirror: `attempts` and `exitFilled` are its own, all else is the mirror's. */
export interface MirrorSlice extends Mirror {
  /** From 0; part of the correlation id. */
  readonly slice: number;
  /** In which its next order goes out. */
  readonly product: Product;
  readonly whole: Whole;
}

/** What a slice must know of the mirror that it is a part of. */
interface Whole {
  /** The number of the next order, whatever its slice. */
  readonly nextAttempt: number;
  /** Units that the target still lacks, resting ones counted, over all slices. */
  readonly missing: Quantity;
  readonly exitMissing: Quantity;
  /** The part of that which goes out in the slice's product. */
  readonly exitInProduct: Quantity;
  readonly slices: number;
  /** Another slice is open, or has filled: what is refused now is refused of an order that stands. */
  readonly standsElsewhere: boolean;
  /** Another slice stands, or did until it was given up or cancelled: what was kept out beside it stays out. */
  readonly stoodElsewhere: boolean;
  /** Another slice is open: the order as a whole has not ended, so that an increase may still be followed (R17). */
  readonly restsElsewhere: boolean;
  /** Nothing of it is open, and nothing of what it was is still to be sent. */
  readonly hasEnded: boolean;
  /** Units of the entry that the other slices are still to place, or to grow by: there is to be money for all before one goes (R22). */
  readonly toAskElsewhere: Quantity;
}

export interface Slice {
  readonly mirror: MirrorSlice;
  readonly target: Target;
}

const NOTHING_ELSEWHERE = { standsElsewhere: false, stoodElsewhere: false, restsElsewhere: false, toAskElsewhere: NONE } as const;

/** `product`: of what it enters. `places`: where it exits what, if that is not all in the product under which it is kept. */
export function slicesOf(mirror: Mirror, target: Target, product: Product = mirror.contracted.product, places?: Places): readonly Slice[] {
  const [missing, exitMissing] = [less(target.units, filledUnits(mirror)), less(target.exit, mirror.exitFilled)];
  const whole = { nextAttempt: nextAttempt(mirror), missing, exitMissing, exitInProduct: exitMissing, hasEnded: hasEnded(mirror) };
  if (places !== undefined) return knowingTheOthers(slicesByProduct(mirror, target, whole, places));
  const count = slicesWith(mirror, target.units);
  if (count === 1) return [{ mirror: { ...mirror, slice: 0, product, whole: { ...whole, slices: 1, ...NOTHING_ELSEWHERE } }, target }];
  const most = largest(mirror);
  const slices: Slice[] = [];
  let left = { units: missing, exit: exitMissing, exitFilled: mirror.exitFilled };
  for (let slice = 0; slice < count; slice += 1) {
    const attempts = mirror.attempts.filter((attempt) => attempt.slice === slice);
    const filled = filledIn(mirror, slice);
    const exitFilled = quantity(Math.min(filled, left.exitFilled));
    // Where nobody knows the size, what is divided stays so (`unsized.ts`).
    const room = isUnsized(mirror) ? attempts.reduce((sum, attempt) => sum + liveUnits(attempt), 0) : less(most, filled);
    const more = slice === SLICES_MAX - 1 ? left.units : quantity(Math.min(left.units, room));
    const exitMore = Math.min(more, left.exit);
    slices.push({
      mirror: { ...mirror, attempts, exitFilled, slice, product, whole: { ...whole, slices: count, ...elsewhere(mirror, slice) } },
      target: {
        units: quantity(filled + more),
        exit: quantity(exitFilled + exitMore),
        entry: quantity(filled + more - exitFilled - exitMore),
        executing: target.executing,
      },
    });
    left = { units: less(left.units, more), exit: less(left.exit, exitMore), exitFilled: less(left.exitFilled, exitFilled) };
  }
  return knowingTheOthers(slices);
}

/** What the others are still to ask the broker for is known when each has its part. */
function knowingTheOthers(slices: readonly Slice[]): readonly Slice[] {
  const toAsk = slices.map(entryToAsk);
  const all = toAsk.reduce((sum, units) => sum + units, 0);
  if (all === 0) return slices;
  return slices.map(({ mirror, target }, at) => {
    const toAskElsewhere = less(all, toAsk[at] ?? NONE);
    return { mirror: { ...mirror, whole: { ...mirror.whole, toAskElsewhere } }, target };
  });
}

/** Units of the entry that a slice is to place, or to grow by. */
function entryToAsk({ mirror, target }: Slice): number {
  const last = mirror.attempts.at(-1);
  const [missing, exit] = [less(target.units, filledUnits(mirror)), less(target.exit, mirror.exitFilled)];
  if (last === undefined) return less(missing, exit);
  if (isOpen(last)) return last.changedByOthers ? 0 : less(missing, Math.max(liveUnits(last), exit));
  return goesAgain(last) || wasRefused(last) || madeRoom(last) || isFilledOrReduced(last) ? less(missing, exit) : 0;
}

/** What becomes of the others beside this slice. */
function elsewhere(mirror: Mirror, slice: number): Pick<Whole, keyof typeof NOTHING_ELSEWHERE> {
  const others = mirror.attempts.filter((attempt) => attempt.slice !== slice);
  const restsElsewhere = others.some(isOpen);
  const standsElsewhere = restsElsewhere || others.some((attempt) => filledOf(attempt) > 0);
  const stoodElsewhere = standsElsewhere || others.some((attempt) => !goesAgain(attempt) && !wasRefused(attempt));
  return { restsElsewhere, standsElsewhere, stoodElsewhere, toAskElsewhere: NONE };
}

/** The same where what is exited is not all held in one product. */
function slicesByProduct(mirror: Mirror, target: Target, whole: Omit<Whole, "slices" | keyof ReturnType<typeof elsewhere>>, places: Places): readonly Slice[] {
  const { missing, exitMissing } = whole;
  const divisions = divideByProduct(mirror, { exit: exitMissing, entry: less(missing, exitMissing) }, places);
  let exitFilledLeft = mirror.exitFilled;
  return divisions.map(({ slice, product, exit, entry }) => {
    const filled = filledIn(mirror, slice);
    const exitFilled = quantity(Math.min(filled, exitFilledLeft));
    exitFilledLeft = less(exitFilledLeft, exitFilled);
    const exitInProduct = quantity(divisions.reduce((sum, one) => (one.product === product ? sum + one.exit : sum), 0));
    const attempts = mirror.attempts.filter((attempt) => attempt.slice === slice);
    return {
      mirror: { ...mirror, attempts, exitFilled, slice, product, whole: { ...whole, exitInProduct, slices: divisions.length, ...elsewhere(mirror, slice) } },
      target: {
        units: quantity(filled + exit + entry),
        exit: quantity(exitFilled + exit),
        entry: quantity(filled - exitFilled + entry),
        executing: target.executing,
      },
    };
  });
}
