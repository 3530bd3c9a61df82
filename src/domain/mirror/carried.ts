/**
 * What `rounding: carry` has left over at one follower in one holding: the exact share of what the leader has filled and live there, less
 * what the copy has of it. It is the sum of what each order has added, recomputed from the leader's orders as they are known now; only of
 * those that are over and left the holding (`book/apply.ts`) the sum is kept. What was refused adds nothing, and what the follower left
 * unfilled counts as filled: neither is made up for by a later order.
 */
import {
  type Book,
  type FollowerBook,
  followerBook,
  type HoldingKey,
  holdingKey,
  type LeaderOrder,
  leaderBook,
  mirrorsOfHolding,
  positionIn,
} from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import type { ClientId, OrderId } from "../identity.ts";
import { direction, type Side } from "../order/terms.ts";
import { type LotSize, less } from "../quantity.ts";
import { type LeftBefore, leftByEntry, leftByExit, type Millionths } from "../sizing/carry.ts";
import { wasRefused } from "./attempt.ts";
import { currentAttempts, entryAbove, entryFilled, isLive, type Mirror } from "./mirror.ts";

/** Whose order is sized, and by which of the leader's quantities: an exit goes by what he has filled, an entry by what is live as well. */
export interface CarriedTo {
  readonly follower: ClientId;
  readonly leader: ClientId;
  readonly holding: HoldingKey;
  readonly cause: OrderId;
  readonly side: Side;
  readonly lot: LotSize;
}

/**
 * What an entry is given of the other orders: so much that less than a lot is left over in all, counting what it had left itself (`own`)
 * where the leader has changed its size. Of a leader who is flat only what his other open orders leave over
 * counts: what was left of a position goes with it.
 */
export function carriedToEntry(book: Book, to: CarriedTo, own: Millionths = 0): Millionths {
  const isFlat = positionWithout(book, to) === 0;
  let sum = isFlat ? 0 : settledOf(book, to);
  for (const other of others(book, to)) {
    if (isFlat && (other.contracted.side !== to.side || leaderOrderOf(book, other)?.known.end !== undefined)) continue;
    sum += leftBy(book, other, "live");
  }
  return Math.min(sum, to.lot * 1_000_000 - 1 - own);
}

/** What is left over before an exit: together less than a lot. What his filled orders alone leave may be more, where one that rests has taken it. */
export function carriedToExit(book: Book, to: CarriedTo): LeftBefore {
  let [ofFilled, ofAll] = [settledOf(book, to), settledOf(book, to)];
  for (const other of others(book, to)) {
    ofFilled += leftBy(book, other, "filled");
    ofAll += leftBy(book, other, "live");
  }
  const most = to.lot * 1_000_000 - 1;
  return { ofFilled, ofResting: Math.max(-most, Math.min(ofAll, most)) - ofFilled };
}

/** What a mirror adds to what is left over; nothing of one that is not rounded by `carry`. */
export function leftBy(book: Book, mirror: Mirror, basis: "live" | "filled"): Millionths {
  const { role, scale, contract } = mirror;
  const order = leaderOrderOf(book, mirror);
  if (order === undefined || contract === undefined) return 0;
  const { known } = order;
  if (role.role === "exit") {
    const { leaderPosition, held, carried } = role.exit;
    return carried === undefined ? 0 : leftByExit(known.filled, { leaderPosition, held, carried }, contract.lot);
  }
  if (scale.carried === undefined || isRefused(mirror)) return 0;
  const units = basis === "filled" || (known.end !== undefined && known.end !== "filled") ? known.filled : known.terms.quantity;
  return leftByEntry(less(units, entryAbove(role)), scale.ratio, scale.carried, contract.lot);
}

/** It leaves its holding, and what it has added stays; or it comes back, and is reckoned with itself. */
export function settleLeft(book: Book, follower: FollowerBook, mirror: Mirror, sign: 1 | -1): void {
  addLeft(follower, mirror, sign * leftBy(book, mirror, "live"));
}

/** What an entry was given at first sight is what was left over then: what it was not given is gone. */
export function rebaseLeft(book: Book, follower: FollowerBook, entry: Mirror): void {
  if (entry.scale.carried === undefined || entry.contract === undefined) return;
  const to = carriedToOf(entry, entry.contract.lot);
  let sum = settledOf(book, to);
  for (const other of others(book, to)) sum += leftBy(book, other, "live");
  addLeft(follower, entry, entry.scale.carried - sum);
}

export function carriedToOf(mirror: Mirror, lot: LotSize): CarriedTo {
  const { follower, leader, cause, instrument, contracted } = mirror;
  return { follower, leader, cause, lot, side: contracted.side, holding: holdingKey(instrument, contracted.product) };
}

export function addLeft(follower: FollowerBook, { leader, instrument, contracted }: Mirror, by: Millionths): void {
  if (by === 0) return;
  const holding = holdingKey(instrument, contracted.product);
  const holdings = follower.leftOver.get(leader) ?? new Map<HoldingKey, Millionths>();
  follower.leftOver.set(leader, holdings);
  const left = (holdings.get(holding) ?? 0) + by;
  if (left === 0) holdings.delete(holding);
  else holdings.set(holding, left);
}

function settledOf(book: Book, { follower, leader, holding }: CarriedTo): Millionths {
  return followerBook(book, follower).leftOver.get(leader)?.get(holding) ?? 0;
}

function others(book: Book, { follower, leader, holding, cause }: CarriedTo): readonly Mirror[] {
  const { mirrors } = followerBook(book, follower);
  return mirrorsOfHolding(followerBook(book, follower), leader, holding).flatMap((key) => {
    const other = mirrors.get(key);
    return other === undefined || other.cause === cause ? [] : [other];
  });
}

/** The leader's position without the fills of the order itself. */
function positionWithout(book: Book, { leader, cause, holding, side }: CarriedTo): number {
  const { orders } = leaderBook(book, leader);
  return positionIn(leaderBook(book, leader), holding) - direction(side) * (orders.get(cause)?.known.filled ?? 0);
}

/** A guard or the broker refused all of the entry: it adds nothing, and leaves nothing to the leader's next slice. */
export function isRefused(mirror: Mirror): boolean {
  if (isLive(mirror) || entryFilled(mirror) > 0) return false;
  const last = currentAttempts(mirror);
  return mirror.refusedFor !== undefined || (last.length > 0 && last.every(wasRefused));
}

function leaderOrderOf(book: Book, { leader, cause }: Mirror): LeaderOrder | undefined {
  return orderOf(leaderBook(book, leader), cause);
}
