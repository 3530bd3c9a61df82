/**
 * What the follower's order should be now: a pure function of the leader order, the book and the policy (design 1).
 */
import { unreachable } from "../assert.ts";
import { type Book, followerBook, type LeaderOrder, leaderBook, mirrorsOfHolding, positionOf } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import type { Segment } from "../instrument.ts";
import { NO_PRICE, type Price } from "../money.ts";
import { atExchange, waitsForever } from "../order/family.ts";
import { asksAsBefore } from "../order/oco.ts";
import { isAboutTheOrder } from "../order/refusal.ts";
import { direction, isStop, normalised, type OrderType, type Terms, type Upper, type Validity } from "../order/terms.ts";
import type { CopyPolicy } from "../policy.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { disclosedShare } from "../sizing/disclosed.ts";
import { limitWithin, protectedLimit, reachesFurther, stopLimit } from "../sizing/legal-price.ts";
import { type TradingDay, tradingDay } from "../time.ts";
import { type Attempt, isOpen, madeRoom, refusalOf, wasRefused } from "./attempt.ts";
import { closingLeft, closingUnits } from "./closing.ts";
import { copiedAgainst } from "./copied.ts";
import { entryTarget, staysWithoutStop } from "./entry.ts";
import { exitUnits, orphanLeft, owedOfFilled, restingOfFilled } from "./exit.ts";
import { leftToUnclaimed } from "./forever-unclaimed.ts";
import { holdingOf } from "./in-holding.ts";
import { currentAttempt, currentAttempts, entryFilled, filledUnits, given, liveUnitsOf, type Mirror } from "./mirror.ts";
import { isLeftToBroker } from "./square-off.ts";
import { type TakenBack, takenBack } from "./taken-back.ts";
import { isUnsized, standingUnits } from "./unsized.ts";

export interface Target {
  /** Total units over all orders of the mirror, counting what is filled. */
  readonly units: Quantity;
  readonly entry: Quantity;
  readonly exit: Quantity;
  /** It is to execute at once rather than to rest, so it takes the place of resting exits (R16). */
  readonly executing: boolean;
}

/** What an order is still to do. A stop and reverse is an exit until the exit part is through, and then an entry (R15). */
export type Part = "exit" | "entry";

export function partLeft(mirror: Mirror, target: Target): Part {
  return target.exit > mirror.exitFilled ? "exit" : "entry";
}

/** What an order says of price, without its size. */
export interface Wish {
  readonly type: OrderType;
  readonly validity: Validity;
  readonly price: Price;
  readonly triggerPrice: Price;
  /** Of an OCO order. */
  readonly upper?: Upper;
}

export function targetOf(book: Book, mirror: Mirror, leader: LeaderOrder | undefined): Target {
  if (mirror.role.role === "closing") {
    const exit = closingUnits(book, mirror);
    return { units: exit, entry: NONE, exit, executing: true };
  }
  if (mirror.role.role === "orphan") {
    const exit = quantity(Math.min(mirror.due ?? 0, unclaimed(book, mirror, true)));
    return { units: exit, entry: NONE, exit, executing: true };
  }
  if (leader === undefined) return { units: filledUnits(mirror), entry: entryFilled(mirror), exit: mirror.exitFilled, executing: false };
  const executing = isExecuting(book, mirror, leader);
  const exit = mirror.role.role === "entry" ? NONE : exitTarget(book, mirror, leader, executing);
  const wanted = isUnsized(mirror) ? unsizedEntry(book, mirror, leader, exit) : entryTarget(mirror, leader);
  // What a stop and reverse has entered too much is others' to get out of, and no part of what it exits (R14, R15).
  const entry = mirror.role.role === "reverse" ? quantity(Math.max(wanted, entryFilled(mirror))) : wanted;
  return { units: quantity(entry + exit), entry, exit, executing };
}

/** Where nobody knows the size: what rests beside the exit part, unless the leader is out of what he has filled (R11, R14). */
function unsizedEntry(book: Book, mirror: Mirror, leader: LeaderOrder, exit: Quantity): Quantity {
  const filled = entryFilled(mirror);
  if (mirror.role.role === "exit") return NONE;
  if (staysWithoutStop(mirror, leader)) return filled;
  const position = positionOf(leaderBook(book, mirror.leader), mirror.instrument, mirror.contracted.product);
  if (leader.known.filled > 0 && direction(mirror.contracted.side) * position <= 0) return filled;
  return quantity(filled + less(standingUnits(mirror, leader), less(exit, mirror.exitFilled)));
}

function exitTarget(book: Book, mirror: Mirror, leader: LeaderOrder, executing: boolean): Quantity {
  return quantity(Math.min(exitUnits(book, mirror, leader), unclaimed(book, mirror, executing)));
}

/** What an exit may be at most, counting what it has filled: what the copy holds and no exit before it claims. */
function unclaimed(book: Book, mirror: Mirror, executing: boolean): Quantity {
  return less(mirror.exitFilled + copiedAgainst(book, mirror), claimsBefore(book, mirror, executing));
}

/**
 * Units of the copied position that executing exits have the first claim to: all of them over a resting exit, earlier ones over an executing one. An
 * order that closes what two alternatives sold too much waits for nobody, so its claim comes first of all. What rests of an exit that the leader has
 * filled is no alternative of his other exits any more: they leave it (R14), and what rests of the entry part of a stop and reverse that he has
 * filled no exit at the market takes the place of.
 */
export function claimsBefore(book: Book, mirror: Mirror, executing: boolean): number {
  const follower = followerBook(book, mirror.follower);
  let taken: TakenBack | undefined;
  let claims = 0;
  let isEarlier = true;
  for (const key of mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror))) {
    if (key === mirror.key) {
      isEarlier = false;
      continue;
    }
    const other = follower.mirrors.get(key);
    if (other === undefined || other.contracted.side !== mirror.contracted.side || other.role.role === "entry" || given(other, "EXIT_FAILED")) continue;
    if (other.role.role === "closing") claims += closingLeft(book, other);
    if (executing && !isEarlier) continue;
    if (other.role.role === "orphan") claims += orphanLeft(other);
    const leader = orderOf(leaderBook(book, other.leader), other.cause);
    if (leader === undefined || isLeftToBroker(other, leader)) continue;
    taken ??= takenBack(book, mirror);
    const opening = other.role.role === "reverse" ? restingOfFilled(book, other) : 0;
    if (isExecuting(book, other, leader, taken)) claims += less(exitUnits(book, other, leader, taken), other.exitFilled) + opening;
    else if (leader.known.filled > 0) claims += Math.min(liveUnitsOf(other), opening + (executing ? 0 : owedOfFilled(book, other)));
  }
  // What may be ours and is not to be withdrawn. One that would execute is not sent beside it (`place-exit.ts`).
  if (!executing) claims += leftToUnclaimed(book, mirror)?.units ?? 0;
  return claims;
}

/**
 * Whether an exit would execute at once: MARKET, IOC, a marketable limit, or already filled at the leader (R16). One that
 * already rests at the follower is no longer told apart by what happened at the leader: it stays an alternative.
 */
export function isExecuting(book: Book, mirror: Mirror, leader: LeaderOrder, taken?: TakenBack): boolean {
  if (mirror.role.role === "entry") return false;
  const attempt = currentAttempts(mirror).find(isOpen);
  if (attempt !== undefined) return attempt.executing || attempt.terms.type === "MARKET" || attempt.terms.validity === "IOC";
  const { known } = leader;
  if (known.filled > 0 && known.end !== undefined) return true;
  if (known.end !== undefined) return false;
  return known.terms.type === "MARKET" || known.terms.validity === "IOC" || isMarketable(known) || isLate(mirror, taken ?? takenBack(book, mirror));
}

/** A late fill of an entry that it had taken back is due to it. */
function isLate(mirror: Mirror, { late }: TakenBack): boolean {
  return (late.get(mirror.key) ?? 0) > 0;
}

function isMarketable(known: LeaderOrder["known"]): boolean {
  // A leg that waits was not reached, whatever the price had been when it was told of: before its entry has filled it cannot be.
  if (known.leg !== undefined) return false;
  if (known.terms.type !== "LIMIT" || known.lastPrice === undefined) return false;
  return known.contracted.side === "BUY" ? known.terms.price >= known.lastPrice : known.terms.price <= known.lastPrice;
}

/**
 * The price side of an order that is to be placed now. An exit of which the leader is already out, or that the broker
 * refused in the leader's own form, goes out as a limit that should execute (R14).
 */
export function wishToPlace(mirror: Mirror, leader: LeaderOrder | undefined, part: Part, policy: CopyPolicy): Wish {
  if (leader === undefined) return { type: "MARKET", validity: "DAY", price: NO_PRICE, triggerPrice: NO_PRICE };
  if (waitsForever(leader.known)) return asForever(leader.known.terms);
  const { end } = leader.known;
  const terms = atExchange(leader.known);
  const last = currentAttempt(mirror);
  // A dead token or a closed market says nothing about the order: it goes again in the leader's own form.
  const refused = mirror.attempts.findLast((attempt) => wasRefused(attempt) && isAboutTheOrder(refusalOf(attempt).code));
  if (part === "exit") {
    const leaderIsOut = end !== undefined && leader.known.filled > 0;
    if (terms.type === "MARKET") return asLeader(mirror, terms, policy);
    if (leaderIsOut && !(terms.validity === "IOC" && last === undefined)) return exitNow(mirror, leader, policy);
    // A stop that had triggered would not be taken as a stop any more.
    if (
      last !== undefined &&
      !last.isForever &&
      madeRoom(last) &&
      last.triggeredAt !== undefined &&
      last.follows !== undefined &&
      asksAsBefore(last.follows, terms)
    )
      return exitNow(mirror, leader, policy);
    // Passed on unchanged, and not taken: as a stop with a limit it rests, where an exit at once would be ahead of the leader (R14).
    if (refused?.terms.type === "STOP_LOSS_MARKET" && !isTriggerPassed(refused)) return stopWithLimit(mirror, terms, policy);
    // A stop whose trigger may have been passed; one for which margin was short was refused for its size, and rests when it goes again.
    const mayBePassed = refused !== undefined && !refused.isForever && isStop(terms.type) && refusalOf(refused).code !== "MARGIN_SHORT";
    if (refused !== undefined && (mayBePassed || refusalOf(refused).code === "PRICE_OUTSIDE_BAND")) return exitNow(mirror, leader, policy);
    return asLeader(mirror, terms, policy);
  }
  // An entry whose trigger the market has passed for the leader would not be taken as a stop any more.
  if (end !== undefined && terms.type === "STOP_LOSS") return { type: "LIMIT", validity: terms.validity, price: terms.price, triggerPrice: NO_PRICE };
  if (terms.type === "MARKET" || (end !== undefined && terms.type === "STOP_LOSS_MARKET")) return entryAtMarket(mirror, leader, policy);
  return asLeader(mirror, terms, policy);
}

/** An entry at the market. Once the leader has filled there is a price that it must not exceed; until then the broker's own protection bounds it. */
function entryAtMarket(mirror: Mirror, { known }: LeaderOrder, policy: CopyPolicy): Wish {
  const { validity } = known.terms;
  if (known.averagePrice === 0 || mirror.contract === undefined) return { type: "MARKET", validity, price: NO_PRICE, triggerPrice: NO_PRICE };
  const order = { side: mirror.contracted.side, reference: known.averagePrice, ...placeOf(mirror) };
  return { type: "LIMIT", validity, price: limitWithin(order, mirror.contract, policy.maxSlippage), triggerPrice: NO_PRICE };
}

/** Where and when it trades, which is what an exchange's limits on prices hang on. */
function placeOf({ instrument, openedAt }: Mirror): { readonly segment: Segment; readonly day: TradingDay } {
  return { segment: instrument.segment, day: tradingDay(openedAt) };
}

/** A forever order is at no exchange: a stop without a limit is one at the market, and needs none. */
export function asForever({ type, validity, price, triggerPrice, upper }: Terms): Wish {
  return { type, validity, price, triggerPrice, ...(upper === undefined ? {} : { upper }) };
}

/** The leader's own price side, in a form that the API takes (R19; design 5). */
export function asLeader(mirror: Mirror, terms: Terms, policy: CopyPolicy): Wish {
  const { type, validity, price, triggerPrice } = terms;
  switch (type) {
    case "LIMIT":
      return { type, validity, price, triggerPrice: NO_PRICE };
    case "MARKET":
      return { type, validity, price: NO_PRICE, triggerPrice: NO_PRICE };
    case "STOP_LOSS":
      return { type, validity, price, triggerPrice };
    case "STOP_LOSS_MARKET": {
      if (policy.stopMarket.as === "pass") return { type, validity, price: NO_PRICE, triggerPrice };
      return stopWithLimit(mirror, terms, policy);
    }
    default:
      return unreachable(type);
  }
}

/** A stop-loss market order as a stop with a limit beyond its trigger. */
function stopWithLimit(mirror: Mirror, { validity, triggerPrice }: Terms, { stopMarket }: CopyPolicy): Wish {
  if (mirror.contract === undefined) return { type: "STOP_LOSS_MARKET", validity, price: NO_PRICE, triggerPrice };
  const limit = stopLimit({ side: mirror.contracted.side, trigger: triggerPrice, ...placeOf(mirror) }, mirror.contract, stopMarket);
  return { type: "STOP_LOSS", validity, price: limit, triggerPrice };
}

function isTriggerPassed(refused: Attempt): boolean {
  return refusalOf(refused).code === "TRIGGER_CROSSED";
}

/** A protected limit around the price at which the leader got out, or at which he meant to. */
function exitNow(mirror: Mirror, leader: LeaderOrder, policy: CopyPolicy): Wish {
  const { terms, averagePrice } = leader.known;
  const reference = averagePrice > 0 ? averagePrice : terms.triggerPrice > 0 ? terms.triggerPrice : terms.price;
  return limitFrom(mirror, reference, policy);
}

/**
 * An exit stop that triggered at the follower and did not fill in time (design 5, `stopMarket.after`). From its trigger the price would be the
 * one that it has, where the market went through both: from the leader's price, or from the last one that its own frames told, if that is further.
 */
export function repricedStop(
  mirror: Mirror,
  { stop, lastPrice }: { readonly stop: Terms; readonly lastPrice: Price | undefined },
  leader: LeaderOrder | undefined,
  policy: CopyPolicy,
): Wish {
  let reference = stop.triggerPrice;
  for (const told of [leader?.known.averagePrice, lastPrice])
    if (told !== undefined && told > 0 && reachesFurther(mirror.contracted.side, told, reference)) reference = told;
  return limitFrom(mirror, reference, policy);
}

function limitFrom(mirror: Mirror, reference: Price, policy: CopyPolicy): Wish {
  const { contract, contracted } = mirror;
  if (contract === undefined || reference === 0) return { type: "MARKET", validity: "DAY", price: NO_PRICE, triggerPrice: NO_PRICE };
  const refusals = mirror.attempts.filter((attempt) => wasRefused(attempt) && refusalOf(attempt).code === "PRICE_OUTSIDE_BAND").length;
  const price = protectedLimit({ side: contracted.side, reference, ...placeOf(mirror) }, contract, policy.exitSlippage, refusals);
  return { type: "LIMIT", validity: "DAY", price, triggerPrice: NO_PRICE };
}

/** A wish with its size: complete terms, with the disclosed quantity in proportion (R19). */
export function complete(wish: Wish, units: Quantity, leader: LeaderOrder | undefined, mirror: Mirror): Terms {
  const { contract, instrument } = mirror;
  const isUnshaped = leader === undefined || contract === undefined;
  const disclosed = isUnshaped ? NONE : disclosedShare(leader.known.terms, { units, lot: contract.lot, segment: instrument.segment });
  const { type, validity, price, triggerPrice } = wish;
  // Of an OCO order ours asks for the same on both sides.
  const upper = wish.upper === undefined ? {} : { upper: { ...wish.upper, beyond: { lower: NONE, upper: NONE } } };
  return normalised({ type, validity, price, triggerPrice, quantity: units, disclosed, ...upper });
}
