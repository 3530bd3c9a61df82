/**
 * Which orders of a leader's are slices of one that was above the freeze quantity: nothing says so but that they are alike, in one holding and
 * on one side, at one price, of one second of the broker's. What rounding left of those that were sized before goes to the next
 * (`sizing/residual.ts`). Decided at first sight, and recorded with the size.
 *
 * Where anything else has moved the position in between, or the ratio has, it is the first of its own.
 */
import {
  type Book,
  type FollowerBook,
  followerBook,
  type HoldingKey,
  holdingKey,
  type LeaderOrder,
  leaderBook,
  positionIn,
  type SiblingKey,
} from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import type { ClientId } from "../identity.ts";
import type { KnownOrder } from "../order/known.ts";
import { direction } from "../order/terms.ts";
import { type LotSize, less, quantity } from "../quantity.ts";
import type { ExitResidual, Residual } from "../sizing/residual.ts";
import { type Scale, unboundedShare } from "../sizing/share.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { isRefused } from "./carried.ts";
import { exitShare } from "./exit.ts";
import { type ExitBasis, entryAbove, type Mirror } from "./mirror.ts";

/** A slice that is heard of later than this after the others is the first of its own. */
const REMEMBERED_MS = 60_000;

/** Whose order is sized. */
export interface SliceOf {
  readonly leader: ClientId;
  readonly follower: ClientId;
  readonly order: LeaderOrder;
  readonly lot: LotSize;
}

/** What an entry is sized with beside its own scale; undefined: it is the first, or alone. By lots each entry is whole lots by itself. */
export function residualOfEntry(book: Book, slice: SliceOf, scale: Scale): Residual | undefined {
  if (scale.rounding === "carry" || scale.fixed !== undefined) return undefined;
  let [units, given, filled] = [0, 0, 0];
  for (const { mirror, order } of siblingsOf(book, slice)) {
    if (mirror.role.role !== "entry" && mirror.role.role !== "reverse") return undefined;
    if (!isAlike(mirror.scale, scale) || isRefused(mirror)) continue;
    const own = less(unitsOf(order), entryAbove(mirror.role));
    units += own;
    given += unboundedShare(own, mirror.scale, slice.lot);
    filled += less(order.known.filled, entryAbove(mirror.role));
  }
  // He has sold meanwhile what they had bought: what was left of them went with it.
  if (units === 0 || positionWithout(book, slice) < filled) return undefined;
  return { units: quantity(units), given: quantity(given) };
}

/** The same of an exit of a part. `basis`: what it is of by itself. */
export function residualOfExit(book: Book, slice: SliceOf, basis: ExitBasis): ExitResidual | undefined {
  let first: ExitBasis | undefined;
  let [units, given, filled, gone] = [0, 0, 0, 0];
  for (const { mirror, order } of siblingsOf(book, slice)) {
    if (mirror.role.role !== "exit" || mirror.scale.rounding === "carry") return undefined;
    const { exit } = mirror.role;
    first ??= exit.residual ?? exit;
    const own = unitsOf(order);
    units += own;
    given += exitShare(mirror, exit, own);
    filled += order.known.filled;
    gone += Math.max(exitShare(mirror, exit, order.known.filled), mirror.exitFilled);
  }
  if (first === undefined || units === 0 || first.held === 0) return undefined;
  const { leaderPosition, held } = first;
  // Together more than he holds: they are alternatives (R16).
  if (units + slice.order.known.terms.quantity > leaderPosition) return undefined;
  if (basis.leaderPosition + filled !== leaderPosition || basis.held + gone !== held) return undefined;
  return { leaderPosition, held, units: quantity(units), given: quantity(given) };
}

/** Part of the fold: a mirror of a leader's order was opened. */
export function rememberSibling(book: Book, mirror: Mirror): void {
  const order = orderOf(leaderBook(book, mirror.leader), mirror.cause);
  if (order === undefined || mirror.contract === undefined) return;
  const { siblings } = followerBook(book, mirror.follower);
  const second = secondOf(order);
  forgetSiblings(siblings, second);
  const key = siblingKey(mirror.leader, order);
  const before = siblings.get(key)?.mirrors ?? [];
  siblings.set(key, { second, mirrors: before.includes(mirror.key) ? before : [...before, mirror.key] });
}

/** Part of the fold: of the leader's orders of a minute before this moment none is a slice of one that is still to come. */
export function forgetSiblings(siblings: FollowerBook["siblings"], at: UnixMs): void {
  for (const [key, { second }] of siblings) {
    if (second + REMEMBERED_MS >= at) break;
    siblings.delete(key);
  }
}

interface Sibling {
  readonly mirror: Mirror;
  readonly order: LeaderOrder;
}

function siblingsOf(book: Book, { leader, follower, order }: SliceOf): readonly Sibling[] {
  const { siblings, mirrors } = followerBook(book, follower);
  return (siblings.get(siblingKey(leader, order))?.mirrors ?? []).flatMap((key): Sibling[] => {
    const mirror = mirrors.get(key);
    const its = mirror === undefined ? undefined : orderOf(leaderBook(book, leader), mirror.cause);
    return mirror === undefined || its === undefined || its.known.orderId === order.known.orderId ? [] : [{ mirror, order: its }];
  });
}

function siblingKey(leader: ClientId, order: LeaderOrder): SiblingKey {
  const known = siblingKeys.get(order.known);
  if (known !== undefined) return known;
  const { contracted, terms } = order.known;
  const key = [leader, holdingOf(order), contracted.side, terms.type, terms.price, terms.triggerPrice, secondOf(order)].join(" ") as SiblingKey;
  siblingKeys.set(order.known, key);
  return key;
}

/** Each of his orders has one, which all of its copies ask for. */
const siblingKeys = new WeakMap<KnownOrder, SiblingKey>();

/** The broker's times are in whole seconds, and the zone of the exchange is off by whole ones. */
function secondOf({ known }: LeaderOrder): UnixMs {
  return unixMs(Math.floor(known.createdAt / 1_000) * 1_000);
}

function holdingOf({ known }: LeaderOrder): HoldingKey {
  return holdingKey(known.instrument, known.contracted.product);
}

/** What it asks for, or has come to. */
function unitsOf({ known }: LeaderOrder): number {
  return known.end === undefined || known.end === "filled" ? known.terms.quantity : known.filled;
}

function isAlike(one: Scale, other: Scale): boolean {
  return one.rounding === other.rounding && one.ratio.numerator === other.ratio.numerator && one.ratio.denominator === other.ratio.denominator;
}

/** The leader's position on the side of an order, without its own fills. */
function positionWithout(book: Book, { leader, order }: SliceOf): number {
  const { known } = order;
  return direction(known.contracted.side) * positionIn(leaderBook(book, leader), holdingOf(order)) - known.filled;
}
