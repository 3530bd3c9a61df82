/**
 * An order that still rests although the leader's has filled (design 3, `onLeaderFilled`): what is done about its price, and when it is
 * given up. Worked out from the moment of his fill, so it holds over a restart, and a step that could not leave in time is passed over.
 *
 * Nothing here knows the market's price: each step is a part of the way from the leader's average price to the furthest that the policy
 * allows (docs/decisions/0016). An entry is never priced beyond that, and given up when its time is over. An exit is not given up.
 */
import type { LeaderOrder } from "../book/book.ts";
import { NO_PRICE, type Price, priceText, rupeesText, valuePaise } from "../money.ts";
import { less, type Quantity } from "../quantity.ts";
import { limitWithin, reachesFurther } from "../sizing/legal-price.ts";
import { REST_OF_A_SECOND_MS, tradingDay, type UnixMs, unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, filledOf } from "./attempt.ts";
import { later } from "./decision.ts";
import { given, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";
import { partLeft, type Target, type Wish } from "./target.ts";

/** How many steps it takes to the furthest price, and how long each rests. An exit has no time to lose. */
export const CHASE_STEPS = 4;
const STEP_MS = { entry: 1_000, exit: 500 } as const;

export interface Pursuit {
  /** What rests of it is cancelled: an entry whose time is over. */
  readonly givesUp: boolean;
  /** It is an exit, or the part that still rests has an exit in it. */
  readonly isExit: boolean;
  /** The price of the step that is due, and the furthest there is; undefined: its price is left alone. */
  readonly step: { readonly price: Price; readonly furthest: Price } | undefined;
  readonly says: Verdict | undefined;
  readonly wakeAt: UnixMs | undefined;
}

const LEFT_ALONE: Pursuit = { givesUp: false, isExit: false, step: undefined, says: undefined, wakeAt: undefined };

/** `mayEnter`: nothing keeps entries from coming closer to a fill, as a halt does. */
export function pursuitOf(
  mirror: Mirror,
  attempt: Attempt,
  leader: LeaderOrder | undefined,
  target: Target,
  situation: Situation & { readonly mayEnter: boolean },
): Pursuit {
  const { now, policy } = situation;
  const asked = policy.onLeaderFilled;
  if (asked.action === "leave" || leader?.known.end !== "filled" || leader.endedAt === undefined) return LEFT_ALONE;
  // An IOC ends by itself (R17), and what a hand has changed is his (interference).
  if (attempt.terms.validity === "IOC" || attempt.changedByOthers) return LEFT_ALONE;
  const isExit = partLeft(mirror, target) === "exit";
  const begins = unixMs(Math.max(leader.endedAt, attempt.intendedAt) + asked.afterMs);
  if (now < begins) return { ...LEFT_ALONE, isExit, wakeAt: begins };
  const stepMs = isExit ? STEP_MS.exit : STEP_MS.entry;
  const over = asked.action === "chase" ? later(begins, CHASE_STEPS * stepMs) : begins;
  if (now >= over && !isExit) return { ...LEFT_ALONE, givesUp: true };
  const steps = Math.min(CHASE_STEPS, 1 + Math.floor((now - begins) / stepMs));
  const isPriced = asked.action === "chase" && (isExit || (situation.mayEnter && !isOld(leader, policy.maxAgeMs)));
  return {
    givesUp: false,
    isExit,
    step: isPriced ? stepOf(mirror, leader, steps, isExit ? policy.exitSlippage : asked.maxSlippage) : undefined,
    says: now >= over && !given(mirror, "EXIT_RESTS") ? exitRests(attempt, leader) : undefined,
    wakeAt: now < over ? later(begins, steps * stepMs) : undefined,
  };
}

/** The leader's fill was heard of later than an entry may be old: his price says nothing any more, and nothing is chased to it (R20). */
function isOld({ known, endedAt }: LeaderOrder, maxAgeMs: number): boolean {
  return endedAt !== undefined && endedAt - known.updatedAt - REST_OF_A_SECOND_MS > maxAgeMs;
}

function stepOf(mirror: Mirror, { known }: LeaderOrder, steps: number, slippage: Situation["policy"]["exitSlippage"]): Pursuit["step"] {
  const { contract, contracted, instrument, openedAt } = mirror;
  if (contract === undefined || known.averagePrice === NO_PRICE) return undefined;
  const order = { side: contracted.side, reference: known.averagePrice, segment: instrument.segment, day: tradingDay(openedAt) };
  const furthest = limitWithin(order, contract, slippage);
  return { price: limitWithin(order, contract, slippage, { parts: steps, of: CHASE_STEPS }), furthest };
}

/**
 * What the order should say of price: the step's, unless it reaches further already. An entry that the broker's protection had priced
 * beyond the furthest is taken back to it; an exit is never taken back, so where nobody shows how far it reaches it goes all the way.
 */
export function pursued(wish: Wish, { step, isExit }: Pursuit, mirror: Mirror, attempt: Attempt): Wish {
  if (step === undefined) return wish;
  const { side } = mirror.contracted;
  const stands = standingPrice(wish, attempt);
  const reaches = stands !== undefined && !reachesFurther(side, step.price, stands);
  if (reaches && (isExit || !reachesFurther(side, stands, step.furthest))) return wish;
  const isHidden = stands === undefined && wish.type === "MARKET";
  return { type: "LIMIT", validity: wish.validity, price: reaches || (isExit && isHidden) ? step.furthest : step.price, triggerPrice: NO_PRICE };
}

/** The price at which it stands at the exchange; undefined where it has none yet, or nobody shows the one that the broker has given it. */
function standingPrice(wish: Wish, { order, terms, triggeredAt }: Attempt): Price | undefined {
  if (wish.type === "LIMIT" || (wish.type === "STOP_LOSS" && triggeredAt !== undefined)) return wish.price;
  if (terms.type !== "MARKET" && (terms.type !== "STOP_LOSS_MARKET" || triggeredAt === undefined)) return undefined;
  const shown = order?.told.at(-1)?.terms;
  return shown?.type === "LIMIT" && shown.price !== NO_PRICE ? shown.price : undefined;
}

export function chased(attempt: Attempt, leader: LeaderOrder, { furthest }: NonNullable<Pursuit["step"]>): Verdict {
  const { averagePrice } = leader.known;
  const sentence = `the leader was filled at ${priceText(averagePrice)} and order ${attempt.orderId ?? ""} rests: it is re-priced in steps, to ${priceText(furthest)} at most`;
  return verdict("CHASED", sentence, { leaderAverage: averagePrice, furthest });
}

function exitRests(attempt: Attempt, leader: LeaderOrder): Verdict {
  const rests = less(attempt.terms.quantity, filledOf(attempt));
  const sentence = `the leader is out at ${priceText(leader.known.averagePrice)}, and order ${attempt.orderId ?? ""} still rests with ${rests} units; it stays, and a person must act`;
  return verdict("EXIT_RESTS", sentence, { rests, leaderAverage: leader.known.averagePrice });
}

/** An order of our own, which closes alternatives or exits an orphan. */
export function ownExitRests(attempt: Attempt): Verdict {
  const rests = less(attempt.terms.quantity, filledOf(attempt));
  const sentence = `order ${attempt.orderId ?? ""}, which is to exit at the market, still rests with ${rests} units; it stays, and a person must act`;
  return verdict("EXIT_RESTS", sentence, { rests });
}

/** What an entry that was given up has missed, at the leader's price. Exposure in paise. */
export function missedVerdict(leader: LeaderOrder, { share, had }: { readonly share: Quantity; readonly had: Quantity }): Verdict {
  const { averagePrice } = leader.known;
  const missed = less(share, had);
  const exposure = valuePaise(missed, averagePrice);
  const sentence = `the leader was filled and the follower's order was given up with ${had} of ${share} units: ${missed} units at the leader's ${priceText(averagePrice)}, ${rupeesText(exposure)} rupees of exposure, are missed`;
  return verdict("MISSED", sentence, { missed, had, share, leaderAverage: averagePrice, exposurePaise: exposure });
}
