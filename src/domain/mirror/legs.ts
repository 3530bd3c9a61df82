/**
 * The two legs of a super order of ours, as far as known: what they were last told to be, and what the follower's broker said of each. They are
 * exits that the broker holds; what they fill leaves the copied position like any exit (docs/families.md).
 */
import { firstKnown, merge } from "../order/known.ts";
import { EXIT_LEGS, type ExitLeg, type Followed, hasFired, isNearer, isTrailed, type LegChange, type LegPrices, type Plan } from "../order/plan.ts";
import type { OrderReport } from "../order/report.ts";
import type { Side } from "../order/terms.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import { type Attempt, type AttemptLegs, type Cancelling, filledOf } from "./attempt.ts";

export function legsBegun(prices: LegPrices, since: UnixMs, follows: Followed = {}): AttemptLegs {
  const none: Cancelling = { state: "none" };
  return {
    prices,
    since,
    follows,
    refusedFor: {},
    cancelling: { stop: none, target: none },
    orders: { stop: undefined, target: undefined },
    firedAt: undefined,
  };
}

/** After a word of the broker's about one of the legs. */
export function withLegReport(legs: AttemptLegs, report: OrderReport, at: UnixMs): AttemptLegs {
  if (report.leg === undefined) return legs;
  const before = legs.orders[report.leg.leg];
  const order = before === undefined ? firstKnown(report) : merge(before, report);
  return { ...legs, orders: { ...legs.orders, [report.leg.leg]: order }, firedAt: legs.firedAt ?? (order.filled > 0 ? at : undefined) };
}

export function withLegCancelling(legs: AttemptLegs, leg: ExitLeg, cancelling: Cancelling): AttemptLegs {
  return { ...legs, cancelling: { ...legs.cancelling, [leg]: cancelling } };
}

/** After a change of ours that the broker accepted, or that a row shows. What was refused of another leg stays refused (R2). */
export function withChange(legs: AttemptLegs, { leg, prices }: LegChange, since: UnixMs, wishes: Followed = {}): AttemptLegs {
  return { ...legs, prices, since, follows: { ...legs.follows, ...wishes }, refusedFor: leg === "entry" ? {} : legs.refusedFor };
}

/** After one that he definitely refused. */
export function withRefused(legs: AttemptLegs, { leg }: LegChange, wishes: Followed = {}): AttemptLegs {
  return { ...legs, refusedFor: leg === "entry" ? wishes : { ...legs.refusedFor, [leg]: wishes[leg] } };
}

/**
 * Whether what the broker shows is what a change wanted, where `before` stood until then. The stop may have been trailed on since; one that was to go
 * back from the market and has not stands where it stood, or where its trail has taken it from there.
 */
export function showsChange(shown: LegPrices, { prices }: LegChange, { before, side }: { readonly before: LegPrices; readonly side: Side }): boolean {
  if (shown.target !== prices.target || shown.trail !== prices.trail) return false;
  if (shown.stop === prices.stop) return true;
  const goesBack = before.trail === prices.trail && isNearer(side, before.stop, prices.stop);
  return isTrailed(prices, shown, side) && (!goesBack || isNearer(side, before.stop, shown.stop));
}

/**
 * Filled by the legs of an order of ours. A leg gets out of what its entry has filled: where the entry's fill is told after it, because a frame was
 * lost, the leg's counts as it comes. Else it would have sold what other orders hold.
 */
export function legFilled(attempt: Attempt): Quantity {
  return quantity(Math.min(legFillsTold(attempt), filledOf(attempt)));
}

/** By those of all orders of one mirror. */
export function filledByLegs(attempts: readonly Attempt[]): Quantity {
  return quantity(attempts.reduce((sum, attempt) => sum + legFilled(attempt), 0));
}

function legFillsTold({ legs }: Attempt): number {
  return EXIT_LEGS.reduce((sum, leg) => sum + (legs?.orders[leg]?.filled ?? NONE), 0);
}

/** A leg was told to have filled what nobody has told its entry to have. */
export function isAheadOfEntry(attempt: Attempt): boolean {
  return legFillsTold(attempt) > filledOf(attempt);
}

/** Of the order and its legs together: what tells one fill of it from another (R9). */
export function filledWithLegs(attempt: Attempt): Quantity {
  return quantity(filledOf(attempt) + legFilled(attempt));
}

/** A leg that may still fill, now or when the entry has. */
export function isLegLive({ legs, order, placing }: Attempt, leg: ExitLeg): boolean {
  if (legs === undefined || legs.prices[leg] === 0 || legs.orders[leg]?.end !== undefined) return false;
  const isGone = placing.state === "refused" || placing.state === "not-sent" || placing.state === "absent" || placing.state === "unresolved";
  if (isGone || order?.plan?.[leg] === "over") return false;
  // Nothing of it was filled, and nothing will be.
  return order?.end === undefined || order.filled > 0;
}

function otherThan(leg: ExitLeg): ExitLeg {
  return leg === "stop" ? "target" : "stop";
}

export function liveLegs(attempt: Attempt): readonly ExitLeg[] {
  return EXIT_LEGS.filter((leg) => isLegLive(attempt, leg));
}

/** Units of the copied position that the legs of an order may still take: of the two only one does. */
export function liveLegUnits(attempt: Attempt): number {
  if (liveLegs(attempt).length === 0) return 0;
  return Math.max(0, (attempt.order?.filled ?? NONE) - legFilled(attempt));
}

/** One of its legs does its work, or has done it. */
export function legsHaveFired(attempt: Attempt): boolean {
  return legFillsTold(attempt) > 0 || (attempt.order?.plan !== undefined && hasFired(attempt.order.plan));
}

/** The broker has refused this leg of an order that it has taken; or it shows the filled order with the other leg alone, and nobody has told why. */
export function isLegRefused({ legs, order }: Attempt, leg: ExitLeg): boolean {
  if (legs === undefined || legs.prices[leg] === 0) return false;
  const own = legs.orders[leg];
  if (own !== undefined) return own.end === "rejected";
  const plan = order?.plan;
  const isMissing = plan?.[leg] === "over" && plan[otherThan(leg)] === "waits" && (order?.filled ?? 0) > 0;
  return isMissing && legs.cancelling[leg].state === "none";
}

/**
 * No stop of it stands while the leader's does, and nobody at the follower's side has ended it: the broker refused it. Of an adopted order nobody
 * knows who did: a stop too many is less risk than none.
 */
export function lacksStop(attempt: Attempt, leaders: Plan | undefined): boolean {
  if (attempt.legs === undefined || leaders?.stop !== "waits" || hasFired(leaders) || legsHaveFired(attempt)) return false;
  const isUnknown = attempt.adopted && attempt.order?.plan !== undefined && !isLegLive(attempt, "stop");
  return isLegRefused(attempt, "stop") || isUnknown;
}

/**
 * Its stop was ended for an exit that was to have what it protected, and the leader's waits. Where the exit is met by other means before the target is ended as
 * well, what the copy keeps would stand without a stop (R16).
 */
export function gaveUpStop(attempt: Attempt, leaders: Plan | undefined): boolean {
  if (attempt.legs === undefined || leaders?.stop !== "waits" || hasFired(leaders) || legsHaveFired(attempt)) return false;
  return attempt.legs.cancelling.stop.state !== "none" && !isLegLive(attempt, "stop");
}

/** One of its legs has filled all that it was for, and the entry more since: of that none stands, and nobody has ended one. */
export function filledPastLegs(attempt: Attempt): boolean {
  return EXIT_LEGS.some((leg) => attempt.legs?.orders[leg]?.end === "filled") && legFilled(attempt) < filledOf(attempt);
}

/**
 * We asked for the end of a leg, or of the entry, which takes its legs with it; or it was the broker's doing: he refused it or let it expire. Of an adopted order
 * nobody knows who did: a stop too many is less risk than none.
 */
export function endedByUs(attempt: Attempt, leg: ExitLeg): boolean {
  if (attempt.legs === undefined || attempt.adopted) return true;
  const { cancelling, orders } = attempt.legs;
  const end = orders[leg]?.end;
  const other = orders[otherThan(leg)];
  // What was sent to the exchange ended the other leg, and was then refused there.
  const isBrokers = end === "rejected" || end === "expired" || isLegRefused(attempt, leg) || (other?.end === "rejected" && other.reached);
  return attempt.cancelling.state !== "none" || cancelling[leg].state !== "none" || isBrokers;
}
