/**
 * Changes of the legs of a copied super order (R2, R3; docs/families.md): what the leader wishes of each, and a stop that its own trail leaves behind
 * his. While the entry is open they go with its own change, and then by themselves.
 */
import type { LeaderOrder } from "../book/book.ts";
import type { OrderId } from "../identity.ts";
import { NO_PRICE, type Price } from "../money.ts";
import { EXIT_LEGS, type ExitLeg, hasFired, isNearer, type LegPrices, type Plan, type Wishes } from "../order/plan.ts";
import type { UnixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import type { Attempt } from "./attempt.ts";
import { type Decision, later, RETRY_AFTER_MS, type Saying, WAIT } from "./decision.ts";
import { isLegLive, legsHaveFired } from "./legs.ts";
import type { Situation } from "./situation.ts";

/** One leg at a time: only the price side of a leg can be changed, and only until it is sent (reference 3.1). */
export function changeLeg(attempt: Attempt, leader: LeaderOrder, situation: Situation): Decision {
  const { plan, wishes } = leader.known;
  const { legs, orderId } = attempt;
  if (legs === undefined || orderId === undefined || plan === undefined || hasFired(plan) || legsHaveFired(attempt)) return WAIT;
  if (attempt.changing.state === "in-flight") return WAIT;
  if (attempt.changing.state === "in-doubt") return { ...WAIT, look: { look: "order", orderId }, wakeAt: later(situation.now, RETRY_AFTER_MS) };
  if (attempt.pausedUntil !== undefined && situation.now < attempt.pausedUntil) return { ...WAIT, wakeAt: attempt.pausedUntil };
  const { changed, wakeAt } = changedLegs(attempt, leader, situation);
  // What is refused of one leg keeps no change of the other.
  const leg = changed.find((one) => legs.refusedFor[one] !== wishes[one]) ?? changed[0];
  if (leg === undefined) return { ...WAIT, wakeAt };
  if (legs.refusedFor[leg] === wishes[leg]) return said(legRefused(leg, orderId));
  if (attempt.isCapped || attempt.modifications >= situation.limits.modificationsPerOrder) {
    const sentence = `order ${orderId} was changed ${attempt.modifications} times, as often as is allowed; its ${leg} stays as it is`;
    return said(verdict("MODIFICATION_CAP", sentence));
  }
  if (isLeftToTrail(attempt, leg, leader, situation)) return { ...WAIT, verdicts: [leftToTrail(attempt, orderId)] };
  const prices = leg === "target" ? { ...legs.prices, target: plan.prices.target } : { ...legs.prices, stop: plan.prices.stop, trail: plan.prices.trail };
  return {
    ...WAIT,
    request: {
      request: "modify",
      attempt: attempt.number,
      orderId,
      terms: attempt.terms,
      follows: attempt.follows,
      legs: { leg, prices },
      wishes: { [leg]: wishes[leg] },
    },
    rank: 1,
  };
}

/** What a change of the entry says of the legs. */
interface LegsOfEntry {
  /** They go with every change of it, the trail too, or the broker cancels it (reference 3.1). */
  readonly prices: LegPrices;
  /** The leader's wishes that they answer to, where they are to be changed themselves. */
  readonly wishes: Wishes | undefined;
  /** Of a leg whose change was refused, and of a stop that is helped no further. */
  readonly says: readonly Saying[];
  readonly wakeAt: UnixMs | undefined;
}

/** Of a super order whose entry is open; undefined: it is none. What its own trail has moved stays where it is. */
export function legsOfEntry(attempt: Attempt, leader: LeaderOrder | undefined, situation: Situation): LegsOfEntry | undefined {
  const { legs, orderId } = attempt;
  if (legs === undefined || orderId === undefined) return undefined;
  const standing = { ...legs.prices, stop: trailedStop(attempt) };
  const plan = leader?.known.plan;
  if (leader === undefined || plan === undefined || hasFired(plan)) return { prices: standing, wishes: undefined, says: [], wakeAt: undefined };
  const { wishes } = leader.known;
  const { changed: all, wakeAt } = changedLegs(attempt, leader, situation);
  const taken = all.filter((leg) => legs.refusedFor[leg] !== wishes[leg]);
  const changed = taken.filter((leg) => !isLeftToTrail(attempt, leg, leader, situation));
  const refused = all.filter((leg) => !taken.includes(leg)).map((leg): Saying => ({ verdict: legRefused(leg, orderId), refuses: undefined }));
  const says = changed.length < taken.length ? [...refused, leftToTrail(attempt, orderId)] : refused;
  if (changed.length === 0) return { prices: standing, wishes: undefined, says, wakeAt };
  const { stop, target, trail } = plan.prices;
  const prices = { ...standing, ...(changed.includes("stop") ? { stop, trail } : {}), ...(changed.includes("target") ? { target } : {}) };
  return { prices, wishes, says, wakeAt };
}

/**
 * How long a trail of the follower's own has to come to where the leader's stop is: an audit of his book, and the reading. Each trails from the price
 * at which its own entry filled, and the leader may have moved his by hand as far as a trail would.
 */
const TRAIL_FOLLOWS_MS = 20_000;

/** Legs that are to be changed, and when to ask again: what the leader has wished since, and a stop that its own trail leaves behind his. */
function changedLegs(
  attempt: Attempt,
  { known: { plan, wishes, stopSince } }: LeaderOrder,
  { now }: Pick<Situation, "now">,
): { readonly changed: readonly ExitLeg[]; readonly wakeAt: UnixMs | undefined } {
  if (plan === undefined) return { changed: [], wakeAt: undefined };
  const live = EXIT_LEGS.filter((one) => isLegLive(attempt, one) && plan[one] === "waits");
  const changed = live.filter((one) => isWished(attempt, one, plan, wishes));
  if (changed.includes("stop") || !live.includes("stop") || !isBehind(attempt, plan)) return { changed, wakeAt: undefined };
  const due = later(stopSince ?? now, TRAIL_FOLLOWS_MS);
  return now < due ? { changed, wakeAt: due } : { changed: ["stop", ...changed], wakeAt: undefined };
}

/** The leader has wished something of this leg since; of an adopted order, whose history is not known, by what differs. */
function isWished({ legs }: Attempt, leg: ExitLeg, { prices }: Plan, wishes: Wishes): boolean {
  if (legs === undefined || prices[leg] === 0) return false;
  const followed = legs.follows[leg];
  if (followed !== undefined) return followed !== wishes[leg];
  if (leg === "target") return prices.target !== legs.prices.target;
  const apart = prices.stop - legs.prices.stop;
  // Whole jumps of their trails may lie between two stops that nobody has touched.
  return prices.trail !== legs.prices.trail || (prices.trail === 0 ? apart !== 0 : apart % prices.trail !== 0);
}

/** Both stops trail, and ours stands further from the market. */
function isBehind(attempt: Attempt, { prices }: Plan): boolean {
  const { legs, order } = attempt;
  if (legs === undefined || order === undefined || prices.trail === 0 || legs.prices.trail !== prices.trail) return false;
  return isNearer(order.contracted.side, prices.stop, trailedStop(attempt));
}

/** A stop that trails, as far as known: where we last put it, or where the follower's book has shown it since. */
function trailedStop({ legs, order }: Pick<Attempt, "legs" | "order">): Price {
  if (legs === undefined) return NO_PRICE;
  const { prices, since } = legs;
  const shown = order?.plan?.prices.stop ?? NO_PRICE;
  // What was read before our last change is where the stop was, and may be where the leader wants it no more.
  const isNews = order?.stopSince !== undefined && order.stopSince > since;
  return isNews && prices.trail > 0 && shown > 0 && isNearer(order.contracted.side, shown, prices.stop) ? shown : prices.stop;
}

/** The leader's own changes must not find an order that may be changed no more because its trail was helped along. */
function isLeftToTrail(attempt: Attempt, leg: ExitLeg, { known: { plan, wishes } }: LeaderOrder, { limits }: Situation): boolean {
  const isWish = plan === undefined || isWished(attempt, leg, plan, wishes);
  return !isWish && attempt.modifications * 2 >= limits.modificationsPerOrder;
}

function leftToTrail({ modifications }: Attempt, orderId: OrderId): Saying {
  const sentence = `order ${orderId} was changed ${modifications} times; the rest is for the leader's own changes, and its stop trails behind his`;
  return { verdict: verdict("MODIFICATION_CAP", sentence), refuses: undefined };
}

function legRefused(leg: ExitLeg, orderId: OrderId): Verdict {
  return verdict("CHANGE_REFUSED", `the broker refused to change the ${leg} of order ${orderId}; it stays as it was`);
}

function said(says: Verdict): Decision {
  return { ...WAIT, verdicts: [{ verdict: says, refuses: undefined }] };
}
