/**
 * One order that was placed, or is being placed, at a follower's broker for a mirror.
 *
 * In flight and in doubt are states: a request that was sent and not answered is neither done nor undone (R10). At most one
 * placement or modification of an order is in flight (R3); a cancel has a state of its own, because it may overtake them.
 */
import type { CorrelationId, OrderId } from "../identity.ts";
import { BOOKS_LAG_AT_MOST_MS, type KnownOrder } from "../order/known.ts";
import { asksAsBefore, mostUnits } from "../order/oco.ts";
import type { ExitLeg, Followed, LegChange, LegPrices } from "../order/plan.ts";
import { isAccountRefusal, type Refusal, type RefusalCode } from "../order/refusal.ts";
import { classifyReason } from "../order/rejection.ts";
import type { Product, Terms } from "../order/terms.ts";
import { NONE, type Quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";

/** Looks at the broker's books for an order whose placement was not answered (R10). */
export interface Looks {
  /** The grace counts from here: the time-out, or the last look that failed. */
  readonly countedFrom: UnixMs;
  /** The same in elapsed time of the process that counts: the wall clock may be stepped meanwhile. Undefined in journals that do not tell it. */
  readonly elapsedFrom: number | undefined;
  /** When each look since then found nothing. */
  readonly absent: readonly UnixMs[];
}

/** Sent, and not answered. */
export interface InDoubt {
  readonly state: "in-doubt";
  readonly since: UnixMs;
  readonly looks: Looks;
}

export type Placing =
  | { readonly state: "in-flight"; readonly since: UnixMs }
  | InDoubt
  | { readonly state: "accepted"; readonly at: UnixMs }
  | { readonly state: "refused"; readonly at: UnixMs; readonly refusal: Refusal }
  /** Nothing of it was executed: never written, or refused with 429. */
  | { readonly state: "not-sent"; readonly at: UnixMs; readonly overLimit: boolean }
  | { readonly state: "absent"; readonly at: UnixMs }
  /** Sent on an earlier day, and never found: it is over, and whether it was filled only positions can tell (R24). */
  | { readonly state: "unresolved"; readonly at: UnixMs };

export interface ChangeUnderWay {
  readonly wanted: Terms;
  readonly follows: Terms | undefined;
  readonly since: UnixMs;
  /** Of a super order: which part is changed, and the leader's wishes that this answers to. */
  readonly legs: LegChange | undefined;
  readonly wishes: Followed | undefined;
}

export type Changing = { readonly state: "none" } | (ChangeUnderWay & { readonly state: "in-flight" }) | (ChangeUnderWay & { readonly state: "in-doubt" });

export type Cancelling =
  | { readonly state: "none" }
  | { readonly state: "in-flight"; readonly since: UnixMs; readonly tries: number }
  /** Answered or given up; the stream or the book says whether the order has ended. */
  | {
      readonly state: "sent";
      readonly since: UnixMs;
      readonly tries: number;
      /** Why the broker refused it; undefined: he did not. */
      readonly refusal: RefusalCode | undefined;
      /** The process died before the answer, perhaps before it was written at all. */
      readonly isLost?: true;
    };

/** The two legs of a super order of ours (`legs.ts`). */
export interface AttemptLegs {
  /** The last that we sent and the broker accepted (R2); a trail moves the stop from there by itself. */
  readonly prices: LegPrices;
  /** When the request left that set them. */
  readonly since: UnixMs;
  /** Of an adopted order that is not known, until we have changed the leg. */
  readonly follows: Followed;
  /** The wishes for which a change was definitely refused: not sent again until there are others (R2). */
  readonly refusedFor: Followed;
  readonly cancelling: Readonly<Record<ExitLeg, Cancelling>>;
  readonly orders: Readonly<Record<ExitLeg, KnownOrder | undefined>>;
  /** When one of them was first seen to fill, on our clock. */
  readonly firedAt: UnixMs | undefined;
}

export interface Attempt {
  /** From 0, over all slices of a mirror; part of the correlation id. */
  readonly number: number;
  /** From 0; part of the correlation id. */
  readonly slice: number;
  readonly correlationId: CorrelationId;
  /** It bore our mark and this journal had not sent it (R11). */
  readonly adopted: boolean;
  /** It is an exit that was to execute at once, rather than to rest (R16). */
  readonly executing: boolean;
  readonly afterMarket: boolean;
  /** In which it was placed: an exit goes out in the product in which what it exits is held (R15). */
  readonly product: Product;
  readonly intendedAt: UnixMs;
  /** The leader's terms that `terms` answer to; undefined for an adopted order, of which that is not known. */
  readonly follows: Terms | undefined;
  readonly placing: Placing;
  /** Known from the answer, or from the follower's own stream by correlation id. */
  readonly orderId: OrderId | undefined;
  /** The last terms that we sent and the broker accepted (R2). */
  readonly terms: Terms;
  /** When it was sent with them, or the change to them was known to be accepted; our clock. */
  readonly termsSince: UnixMs;
  /** Since then the journal lacks a lost end, in which this order may have been changed: what rows of the book tell are its terms. */
  readonly termsInDoubtSince: UnixMs | undefined;
  /** All terms that we ever sent for it, so that a late frame of an older change of ours is not taken for a hand's. */
  readonly everSent: readonly Terms[];
  readonly changing: Changing;
  /** Not answered, and not made when the order was looked at: each may still arrive, also after another that was accepted (R3). */
  readonly mayStillArrive: readonly ChangeUnderWay[];
  /** Terms of a change that was definitely refused: not sent again until the target changes (R2). */
  readonly refusedChange: Terms | undefined;
  readonly cancelling: Cancelling;
  /** It was placed as a forever order (docs/forever.md). */
  readonly isForever: boolean;
  /** Of a super order. */
  readonly legs: AttemptLegs | undefined;
  readonly modifications: number;
  /** The broker said that it may not be changed any more, whatever we have counted. */
  readonly isCapped: boolean;
  /** It could not be changed any more and was cancelled, so that another order may take its place (`modificationCap: replace`). */
  readonly isReplaced: boolean;
  /** The leader's order had filled, and what this entry had not was given up (`onLeaderFilled`). */
  readonly isGivenUp: boolean;
  /** What the follower's broker said of it so far. */
  readonly order: KnownOrder | undefined;
  readonly triggeredAt: UnixMs | undefined;
  readonly changedByOthers: boolean;
  /** A change could not be sent; the next try waits until then. */
  readonly pausedUntil: UnixMs | undefined;
  /** When it was seen to have ended, on our clock. */
  readonly endedAt: UnixMs | undefined;
}

export function filledOf(attempt: Attempt): Quantity {
  return attempt.order?.filled ?? NONE;
}

/** It is a forever order that has fired nothing, as far as is known: its calls and its book are others than those of an order. */
export function waitsAsForever({ isForever, order }: Pick<Attempt, "isForever" | "order">): boolean {
  return isForever && order?.fired === undefined;
}

/** The number under which the broker knows it by now: of a forever order that has fired, that of the order that was sent for it. */
export function brokersNumber({ orderId, order }: Pick<Attempt, "orderId" | "order">): OrderId | undefined {
  return order?.fired?.order ?? orderId;
}

/** It may still be filled, or it is not known whether it can. */
export function isOpen(attempt: Attempt): boolean {
  if (attempt.order !== undefined) return attempt.order.end === undefined;
  switch (attempt.placing.state) {
    case "in-flight":
    case "in-doubt":
    case "accepted":
      return true;
    case "refused":
    case "not-sent":
    case "absent":
    case "unresolved":
      return false;
  }
}

/** It may fill at any moment, and does not rest for a price. How an adopted order was meant is not known. */
export function willExecute(attempt: Attempt): boolean {
  return isOpen(attempt) && (attempt.executing || attempt.adopted || attempt.terms.type === "MARKET" || attempt.terms.validity === "IOC");
}

/** Units that it may still fill. */
export function liveUnits(attempt: Attempt): number {
  if (!isOpen(attempt)) return 0;
  const { changing, terms } = attempt;
  const wanted = changing.state === "none" ? mostUnits(terms) : Math.max(mostUnits(terms), mostUnits(changing.wanted));
  return Math.max(0, wanted - filledOf(attempt));
}

/** Units that it may fill until a change that makes it smaller is shown: the answer to that proves receipt only (R6). */
export function mayFillUnits(attempt: Attempt): number {
  if (!isOpen(attempt)) return 0;
  const shown = attempt.order === undefined ? 0 : mostUnits(attempt.order.terms);
  return Math.max(liveUnits(attempt), shown - filledOf(attempt));
}

/** A change that makes it smaller was accepted and is not shown yet; no more so once a row shows it larger that no book lags behind any more. */
export function isShrinking({ order, terms, termsSince, changing }: Attempt): boolean {
  if (order === undefined || order.end !== undefined || changing.state !== "none" || order.terms.quantity <= terms.quantity) return false;
  return order.newest.from === "frame" || order.newest.asked < termsSince + BOOKS_LAG_AT_MOST_MS;
}

/**
 * Units of an order that rests, where the broker shows it with fewer than we know of: a change that a broken journal did not take and that did not
 * outlive its process (decision 19), or a hand's of which the stream was silent. `isProved` when no book lags that far any more.
 */
export function shownSmaller({
  terms,
  termsSince,
  order,
  changing,
  cancelling,
  changedByOthers,
}: Attempt): { readonly units: Quantity; readonly isProved: boolean } | undefined {
  if (order === undefined || order.end !== undefined || changing.state !== "none" || cancelling.state !== "none" || changedByOthers) return undefined;
  if (order.terms.quantity >= terms.quantity) return undefined;
  return { units: order.terms.quantity, isProved: order.newest.from === "row" && order.newest.asked >= termsSince + BOOKS_LAG_AT_MOST_MS };
}

/** It ended because we asked for its cancel. */
export function endedByOurCancel(attempt: Attempt): boolean {
  return attempt.order?.end === "cancelled" && attempt.cancelling.state !== "none";
}

/** Somebody else cancelled it: it is left alone, and nothing is sent in its place (`interference`). */
export function endedByOthers(attempt: Attempt): boolean {
  return attempt.order?.end === "cancelled" && !endedByOurCancel(attempt) && attempt.terms.validity !== "IOC";
}

/** It made room for the order that is placed anew, and did so: what it has left unfilled goes out again (R21). */
export function madeRoom(attempt: Attempt): boolean {
  return attempt.isReplaced && endedByOurCancel(attempt);
}

/** It has filled, or the leader's reduction has ended it: while another slice of its order rests, the leader may make that larger, and one may follow (R17). */
export function isFilledOrReduced(attempt: Attempt): boolean {
  return attempt.order?.end === "filled" || (endedByOurCancel(attempt) && !attempt.isGivenUp);
}

/** It was refused by the broker, at once or after it was received. */
export function wasRefused(attempt: Attempt): boolean {
  return attempt.placing.state === "refused" || attempt.order?.end === "rejected";
}

/** Nothing came of its request, for no fault of the order: it goes again as soon as it may (R10). */
export function goesAgain({ placing }: Attempt): boolean {
  if (placing.state === "refused") return isAccountRefusal(placing.refusal.code);
  return placing.state === "not-sent" || placing.state === "absent";
}

/** The leader has changed his order since this one was sent for it. */
export function changedSince({ follows }: Attempt, terms: Terms): boolean {
  return follows !== undefined && !asksAsBefore(follows, terms);
}

/** Why the broker refused it, at once or on the stream, in the broker's words and classed (reference 10.4). */
export function refusalOf(attempt: Attempt): { readonly code: RefusalCode; readonly said: string } {
  if (attempt.placing.state === "refused") return { code: attempt.placing.refusal.code, said: attempt.placing.refusal.brokerSaid };
  const said = attempt.order?.reason ?? "";
  return { code: classifyReason(said), said };
}
