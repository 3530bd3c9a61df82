/**
 * Whether the copied exits beside one leave what it needs: two orders must not sell the same units (R16). Product by product, because what is held
 * in one cannot be sold in another (R15).
 */
import { type Book, followerBook, keptUnder, leaderBook, ledgerOf, mirrorsOfHolding } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import { instrumentText } from "../instrument.ts";
import { PRODUCTS, type Product } from "../order/terms.ts";
import { less, quantity } from "../quantity.ts";
import { mayFillUnits, willExecute } from "./attempt.ts";
import { copiedIn, type InProduct } from "./copied.ts";
import { owedOfFilled, restingOfFilled } from "./exit.ts";
import { unclaimedBesideExit } from "./forever-unclaimed.ts";
import { holdingOf } from "./in-holding.ts";
import { legsHaveFired, liveLegUnits } from "./legs.ts";
import { entryFilled, isExit, type Mirror } from "./mirror.ts";
import type { MirrorSlice } from "./slices.ts";
import { claimsBefore, targetOf } from "./target.ts";

/** Units that orders beside an exit may still take of what is held in one product. */
interface Claims {
  certain: number;
  alternative: number;
  legs: number;
}

/**
 * All that executes, or is owed because the leader has filled it, leaves it together. What only rests is an alternative of everything else that rests, whose stop and
 * target are each for all that is held: the largest must leave it, and not their sum, which never would. The legs of super orders that the
 * follower's broker holds are one such alternative together, because each is of units of its own. An order with our mark that nobody can explain
 * any more may be an exit that a lost part of the journal had sent (R11), and so may one without a mark at the price of a forever order of the leader's that
 * nothing was placed for because of it, beyond what the owner holds himself. What stands in a product beyond what is held there is still to go, and
 * may fill until then: it counts in every product.
 */
export function roomFor(book: Book, mirror: MirrorSlice): boolean {
  if (mirror.role.role === "closing") return true;
  const left = leftBeside(book, mirror, copiedIn(book, mirror)).find(({ product }) => product === mirror.product);
  return mirror.whole.exitInProduct <= (left?.units ?? 0);
}

/** What they leave of what is held in each product. */
export function leftBeside(book: Book, mirror: Mirror, held: readonly InProduct[]): readonly InProduct[] {
  const claims = claimsBeside(book, mirror);
  const claimed = (product: Product): number => {
    const { certain, alternative, legs } = claims.get(product) ?? NO_CLAIMS;
    return certain + Math.max(alternative, legs);
  };
  const heldIn = new Map(held.map(({ product, units }) => [product, units]));
  let over = 0;
  for (const product of claims.keys()) over += Math.max(0, claimed(product) - (heldIn.get(product) ?? 0));
  return held.map(({ product, units }) => {
    const others = over - Math.max(0, claimed(product) - units);
    return { product, units: less(units, claimed(product) + others) };
  });
}

/**
 * What exits that execute leave of it to one that rests: they take where they stand, and the rest from the first product on, so that all
 * that rest make room for them in the same one.
 */
export function leftByExecuting(book: Book, mirror: Mirror, held: readonly InProduct[]): readonly InProduct[] {
  let claims = claimsBefore(book, mirror, false);
  if (claims === 0) return held;
  const follower = followerBook(book, mirror.follower);
  const standing = mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror)).flatMap((key) => {
    const other = follower.mirrors.get(key);
    const isIts = other !== undefined && other.key !== mirror.key && other.contracted.side === mirror.contracted.side && isExit(other);
    return isIts && other.attempts.some(willExecute) ? liveExits(book, other, "unfilled") : [];
  });
  const take = (units: number): number => {
    const taken = Math.min(units, claims);
    claims -= taken;
    return taken;
  };
  const left = held.map(({ product, units }) => {
    const stands = standing.reduce((sum, one) => sum + (one.product === product ? one.units : 0), 0);
    return { product, units: units - take(Math.min(units, stands)) };
  });
  return left.map(({ product, units }) => ({ product, units: quantity(units - take(units)) }));
}

const NO_CLAIMS: Claims = { certain: 0, alternative: 0, legs: 0 };

function claimsBeside(book: Book, mirror: Mirror): ReadonlyMap<Product, Claims> {
  const follower = followerBook(book, mirror.follower);
  const leader = leaderBook(book, mirror.leader);
  const claims = new Map<Product, Claims>();
  const of = (product: Product): Claims => {
    const known = claims.get(product) ?? { ...NO_CLAIMS };
    claims.set(product, known);
    return known;
  };
  const { elsewhere } = ledgerOf(follower, mirror.leader, holdingOf(mirror));
  for (const { instrument, contracted, terms, filled } of follower.unexplained.values()) {
    if (contracted.side !== mirror.contracted.side || instrumentText(instrument) !== instrumentText(mirror.instrument)) continue;
    const isOfHolding = keptUnder(leader, instrument, contracted.product) === mirror.contracted.product;
    if (isOfHolding || elsewhere?.[contracted.product] !== undefined) of(contracted.product).certain += terms.quantity - filled;
  }
  let isEarlier = true;
  for (const key of mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror))) {
    if (key === mirror.key) isEarlier = false;
    const other = follower.mirrors.get(key);
    if (other === undefined || other.key === mirror.key) continue;
    if (other.contracted.side !== mirror.contracted.side) {
      for (const attempt of other.attempts) of(attempt.product)[legsHaveFired(attempt) ? "certain" : "legs"] += liveLegUnits(attempt);
      continue;
    }
    if (!isExit(other)) continue;
    let certain = other.attempts.some(willExecute) ? Number.MAX_SAFE_INTEGER : owedOfFilled(book, other);
    // What is due was frozen at the leader's fill, and left what a later one had opened until then: what that has opened since stands beside it.
    const opens = isEarlier || mirror.due === undefined ? "unfilled" : "all";
    for (const { product, units } of liveExits(book, other, opens)) {
      const part = Math.min(units, certain);
      certain -= part;
      const its = of(product);
      its.certain += part;
      its.alternative = Math.max(its.alternative, units - part);
    }
  }
  const unclaimed = unclaimedBesideExit(book, mirror);
  if (unclaimed !== undefined) of(mirror.contracted.product).certain += unclaimed.units;
  return claims;
}

/**
 * What may still fill of it and reduce the position. Of a stop and reverse the rest is to open one; but what the leader has filled of that is in
 * his position already, so that his next exit is of what it leaves.
 */
function liveExits(book: Book, exit: Mirror, opens: "unfilled" | "all"): readonly InProduct[] {
  const order = orderOf(leaderBook(book, exit.leader), exit.cause);
  let opening = 0;
  if (exit.role.role === "reverse") opening = less(targetOf(book, exit, order).entry, entryFilled(exit) + (opens === "all" ? 0 : restingOfFilled(book, exit)));
  const entersIn = order?.known.contracted.product ?? exit.contracted.product;
  return PRODUCTS.flatMap((product): InProduct[] => {
    const live = exit.attempts.reduce((sum, attempt) => (attempt.product === product ? sum + mayFillUnits(attempt) : sum), 0);
    if (live === 0) return [];
    const opens = product === entersIn ? Math.min(live, opening) : 0;
    return [{ product, units: quantity(live - opens) }];
  });
}
