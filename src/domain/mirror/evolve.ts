/**
 * A mirror after one more fact about the orders that were placed for it. Pure, and it can't refuse: what is recorded
 * happened. A fact that fits no attempt is a bug and halts.
 */
import { assert, unreachable } from "../assert.ts";
import { attemptOf, sliceOf } from "../correlation.ts";
import type { OrderId } from "../identity.ts";
import { BOOKS_LAG_AT_MOST_MS, firstKnown, type KnownOrder, merge } from "../order/known.ts";
import { reached } from "../order/oco.ts";
import { type ExitLeg, NO_LEGS, sameLegs } from "../order/plan.ts";
import type { OrderReport } from "../order/report.ts";
import { isStop, normalised } from "../order/terms.ts";
import type { CancelIntended, LookAnswered, ModificationIntended, PlacementIntended, RequestAnswered } from "../records.ts";
import type { UnixMs } from "../time.ts";
import { type Attempt, type Cancelling, waitsAsForever } from "./attempt.ts";
import { modificationAnswered, settledChange, withoutRefusedChange } from "./change.ts";
import { inDoubt, looked, placingAfterRestart, withoutDoubt } from "./doubt.ts";
import { legsBegun, withLegCancelling, withLegReport } from "./legs.ts";
import { asksTheSame, resembles } from "./likeness.ts";
import type { Mirror } from "./mirror.ts";

export type MirrorEvent =
  | PlacementIntended
  | ModificationIntended
  | CancelIntended
  | RequestAnswered
  | LookAnswered
  | { readonly type: "follower-order-reported"; readonly at: UnixMs; readonly report: OrderReport }
  | { readonly type: "order-adopted"; readonly at: UnixMs; readonly report: OrderReport }
  | { readonly type: "engine-started"; readonly at: UnixMs; readonly elapsedMs?: number | undefined }
  /** The day is over, and nobody ever saw what became of it (R24). */
  | { readonly type: "attempt-unresolved"; readonly at: UnixMs; readonly attempt: number };

export function evolve(mirror: Mirror, event: MirrorEvent): Mirror {
  switch (event.type) {
    case "placement-intended":
      assert(nextAttempt(mirror) === event.attempt, `${mirror.key}: attempt ${event.attempt} was not next`);
      return { ...mirror, attempts: [...mirror.attempts, begun(event, mirror)] };
    case "modification-intended":
      return withAttempt(mirror, event.attempt, (attempt) => ({
        ...attempt,
        changing: { state: "in-flight", wanted: event.terms, follows: event.follows, since: event.at, legs: event.legs, wishes: event.wishes },
        everSent: [...attempt.everSent, event.terms],
        modifications: attempt.modifications + 1,
        // It carries the full state, whatever was there before.
        termsInDoubtSince: undefined,
      }));
    case "cancel-intended":
      return withAttempt(mirror, event.attempt, (attempt) => ({
        ...attempt,
        ...(event.leg === "stop" || event.leg === "target" ? legCancelIntended(attempt, event.leg, event.at) : entryCancelIntended(attempt, event)),
      }));
    case "request-answered":
      return withAttempt(mirror, event.attempt, (attempt) => answered(attempt, event));
    case "look-answered":
      return withAttempt(mirror, event.attempt, (attempt) => looked(attempt, event));
    case "follower-order-reported":
      return withAttempt(mirror, attemptNumber(mirror, event.report), (attempt) => reported(attempt, event.report, event.at));
    case "order-adopted":
      return adopted(mirror, event.report, event.at);
    case "attempt-unresolved":
      return withAttempt(mirror, event.attempt, (attempt) => ({ ...attempt, placing: { state: "unresolved", at: event.at }, endedAt: event.at }));
    case "engine-started":
      return { ...mirror, attempts: mirror.attempts.map((attempt) => afterRestart(attempt, event)) };
    default:
      return unreachable(event);
  }
}

function entryCancelIntended(attempt: Attempt, { at, replaces, givesUp }: CancelIntended): Partial<Attempt> {
  return {
    cancelling: { state: "in-flight", since: at, tries: tries(attempt.cancelling) + 1 },
    isReplaced: replaces === true,
    isGivenUp: attempt.isGivenUp || givesUp === true,
  };
}

function legCancelIntended({ legs }: Attempt, leg: ExitLeg, at: UnixMs): Partial<Attempt> {
  return legs === undefined ? {} : { legs: withLegCancelling(legs, leg, { state: "in-flight", since: at, tries: tries(legs.cancelling[leg]) + 1 }) };
}

/** The number of the next order placed for a mirror; an adopted one may have skipped some. */
export function nextAttempt(mirror: Mirror): number {
  return (mirror.attempts.at(-1)?.number ?? -1) + 1;
}

function begun(event: PlacementIntended, { contracted }: Mirror): Attempt {
  return {
    number: event.attempt,
    slice: sliceOf(event.correlationId),
    correlationId: event.correlationId,
    adopted: false,
    executing: event.executing,
    afterMarket: event.afterMarket,
    product: event.product ?? contracted.product,
    intendedAt: event.at,
    follows: event.follows,
    isForever: event.forever === true,
    legs: event.legs === undefined ? undefined : legsBegun(event.legs, event.at, event.wishes),
    placing: { state: "in-flight", since: event.at },
    orderId: undefined,
    terms: event.terms,
    termsSince: event.at,
    termsInDoubtSince: undefined,
    everSent: [event.terms],
    changing: { state: "none" },
    mayStillArrive: [],
    refusedChange: undefined,
    cancelling: { state: "none" },
    modifications: 0,
    isCapped: false,
    isReplaced: false,
    isGivenUp: false,
    order: undefined,
    triggeredAt: undefined,
    changedByOthers: false,
    pausedUntil: undefined,
    endedAt: undefined,
  };
}

function answered(attempt: Attempt, event: RequestAnswered): Attempt {
  switch (event.request) {
    case "placement":
      return placementAnswered(attempt, event);
    case "modification":
      return modificationAnswered(attempt, event);
    case "cancel":
      return cancelAnswered(attempt, event);
    default:
      return unreachable(event.request);
  }
}

function cancelAnswered(attempt: Attempt, event: RequestAnswered): Attempt {
  const { leg } = event;
  if (leg === undefined) return attempt.cancelling.state === "none" ? attempt : { ...attempt, cancelling: afterCancel(attempt.cancelling, event) };
  return attempt.legs === undefined ? attempt : { ...attempt, legs: withLegCancelling(attempt.legs, leg, afterCancel(attempt.legs.cancelling[leg], event)) };
}

/** One that the broker did not look at, for the limit's or the address's sake, is as good as not asked for: it is due now. */
function afterCancel(cancelling: Cancelling, { result, at }: RequestAnswered): Cancelling {
  if (cancelling.state === "none") return cancelling;
  const refusal = result.outcome === "refused" ? result.refusal.code : undefined;
  if (refusal !== "RATE_LIMIT" && refusal !== "ADDRESS_NOT_ALLOWED") return { state: "sent", since: at, tries: cancelling.tries, refusal };
  if (cancelling.tries === 1) return { state: "none" };
  return { state: "sent", since: at, tries: cancelling.tries - 1, refusal: undefined };
}

function placementAnswered(attempt: Attempt, event: RequestAnswered): Attempt {
  const { result, at } = event;
  if (result.outcome === "accepted") {
    const known = isUnderAnothersNumber(attempt, result.orderId) ? { ...attempt, ...NOT_SHOWN } : attempt;
    return { ...known, orderId: known.orderId ?? result.orderId, placing: { state: "accepted", at } };
  }
  // The stream may have shown the order before its answer got lost or garbled: what is seen to exist was accepted.
  if (attempt.order !== undefined) return { ...attempt, placing: { state: "accepted", at } };
  switch (result.outcome) {
    case "refused":
      if (result.refusal.code === "RATE_LIMIT") return { ...attempt, placing: { state: "not-sent", at, overLimit: true } };
      return { ...attempt, placing: { state: "refused", at, refusal: result.refusal } };
    case "not-sent":
      return { ...attempt, placing: { state: "not-sent", at, overLimit: false } };
    case "unknown":
      return { ...attempt, placing: inDoubt(at, event.elapsedMs) };
    default:
      return unreachable(result);
  }
}

/**
 * Another copier has sent an order under our mark, and it was shown before ours was answered (R12): ours is the one that the answer names.
 * What that one has filled is counted already, and stays.
 */
export function isUnderAnothersNumber({ orderId, order, isForever }: Attempt, answered: OrderId): boolean {
  return orderId !== undefined && orderId !== answered && !isForever && (order?.filled ?? 0) === 0;
}

const NOT_SHOWN = { orderId: undefined, order: undefined, triggeredAt: undefined, changedByOthers: false, endedAt: undefined } as const;

function reported(attempt: Attempt, report: OrderReport, at: UnixMs): Attempt {
  if (report.leg !== undefined) return { ...attempt, legs: withLegReport(attempt.legs ?? legsBegun(NO_LEGS, at), report, at) };
  const order = attempt.order === undefined ? firstKnown(report) : merge(attempt.order, report);
  const triggered = hasTriggered(asFired({ ...attempt, order }), order, report);
  const isNews = order !== attempt.order && order.updatedAt === report.updatedAt;
  // A change that reached the exchange after the trigger has made it wait again.
  const isArmedAgain = isNews && !triggered && isStop(report.terms.type);
  const after: Attempt = {
    ...attempt,
    order,
    orderId: attempt.orderId ?? report.orderId,
    legs: withAdoptedPlan(attempt, report),
    // One that was looked for in vain has turned up.
    placing: attempt.placing.state === "in-flight" || attempt.placing.state === "accepted" ? attempt.placing : { state: "accepted", at },
    triggeredAt: isArmedAgain ? undefined : (attempt.triggeredAt ?? (triggered && order.end === undefined ? at : undefined)),
    changedByOthers: attempt.changedByOthers || changedByOthers(attempt, report),
    endedAt: (attempt.placing.state === "unresolved" ? undefined : attempt.endedAt) ?? (order.end === undefined ? undefined : at),
  };
  const settled = withoutRefusedChange(isNews || report.source.kind === "row" ? settledChange(after, report, at) : after, attempt, report);
  const { termsInDoubtSince: since } = attempt;
  return since !== undefined && report.source.kind === "row" ? withTermsOf(settled, report, since + BOOKS_LAG_AT_MOST_MS <= report.source.asked) : settled;
}

/** Of an adopted order the book tells what its legs are, if a frame did not. */
function withAdoptedPlan({ adopted, legs }: Attempt, { plan }: OrderReport): Attempt["legs"] {
  return adopted && legs !== undefined && plan !== undefined && sameLegs(legs.prices, NO_LEGS) ? { ...legs, prices: plan.prices } : legs;
}

/** Shown without its trigger, or known to have been: but for what was said of it before our last change made it wait for another. */
function hasTriggered({ terms }: Attempt, order: KnownOrder, report: OrderReport): boolean {
  if (order.triggered && isStop(order.terms.type) && isStop(terms.type) && order.terms.triggerPrice !== terms.triggerPrice) return false;
  const isShown = isStop(terms.type) && !isStop(report.terms.type) && report.status !== "MODIFIED";
  const isEarlier = terms.type === "STOP_LOSS" && report.terms.type === "LIMIT" && report.terms.price !== terms.price;
  return order.triggered || (isShown && !isEarlier);
}

/** What the journal does not know any more, the book does, as of an adopted order; `isProved` when it cannot lag any more (R2, R11). */
function withTermsOf(attempt: Attempt, { terms }: OrderReport, isProved: boolean): Attempt {
  const termsInDoubtSince = isProved ? undefined : attempt.termsInDoubtSince;
  if (waitsAsForever(attempt) ? asksTheSame(terms, attempt.terms) : resembles(terms, attempt.terms)) return { ...attempt, termsInDoubtSince };
  const held = normalised(terms);
  return { ...attempt, termsInDoubtSince, terms: held, everSent: [...attempt.everSent, held], follows: undefined };
}

/** Somebody else's change: the broker says `Modified`, and the terms are none that we ever sent (interference). */
function changedByOthers(attempt: Attempt, report: OrderReport): boolean {
  if (report.status !== "MODIFIED" || report.source.kind !== "frame") return false;
  return !attempt.everSent.some((sent) => resembles(report.terms, sent));
}

/** Of an OCO order that has fired, what we had asked for on the side that the market has reached. */
function asFired(attempt: Attempt): Attempt {
  const { order, terms } = attempt;
  return order?.fired === undefined || terms.upper === undefined ? attempt : { ...attempt, terms: reached(terms, order.terms) };
}

function adopted(mirror: Mirror, report: OrderReport, at: UnixMs): Mirror {
  assert(report.correlationId !== undefined, "an adopted order bears our correlation id");
  const fresh = begun(
    {
      type: "placement-intended",
      at,
      follower: mirror.follower,
      mirror: mirror.key,
      attempt: attemptOf(report.correlationId),
      correlationId: report.correlationId,
      executing: false,
      afterMarket: report.contracted.afterMarket,
      product: report.contracted.product,
      follows: undefined,
      terms: normalised(report.terms),
      ...(report.family === "super" ? { legs: report.plan?.prices ?? NO_LEGS } : {}),
    },
    mirror,
  );
  const attempt = reported({ ...fresh, adopted: true, placing: { state: "accepted", at } }, report, at);
  const earlier = mirror.attempts.map((other) => (other.slice === attempt.slice && other.number < attempt.number ? withoutDoubt(other, at) : other));
  return { ...mirror, attempts: [...earlier, attempt].sort((a, b) => a.number - b.number) };
}

/**
 * What was in flight when the process died may have been received (R10). What was in doubt is looked for anew: how long the process before
 * had waited is not known but by the wall clock.
 */
function afterRestart(attempt: Attempt, { at, elapsedMs }: { readonly at: UnixMs; readonly elapsedMs?: number | undefined }): Attempt {
  const { changing, cancelling } = attempt;
  return {
    ...attempt,
    placing: placingAfterRestart(attempt, at, elapsedMs),
    changing: changing.state === "in-flight" ? { ...changing, state: "in-doubt", since: at } : changing,
    cancelling: unanswered(cancelling, at),
    legs:
      attempt.legs === undefined
        ? undefined
        : { ...attempt.legs, cancelling: { stop: unanswered(attempt.legs.cancelling.stop, at), target: unanswered(attempt.legs.cancelling.target, at) } },
  };
}

function unanswered(cancelling: Cancelling, at: UnixMs): Cancelling {
  return cancelling.state === "in-flight" ? { state: "sent", since: at, tries: cancelling.tries, refusal: undefined, isLost: true } : cancelling;
}

function attemptNumber(mirror: Mirror, report: OrderReport): number {
  const order = report.leg?.of ?? report.orderId;
  const found = mirror.attempts.find((attempt) => attempt.orderId === order || attempt.correlationId === report.correlationId);
  assert(found !== undefined, `${mirror.key}: order ${report.orderId} belongs to no attempt`);
  return found.number;
}

function withAttempt(mirror: Mirror, number: number, change: (attempt: Attempt) => Attempt): Mirror {
  const index = mirror.attempts.findIndex((attempt) => attempt.number === number);
  const attempt = mirror.attempts[index];
  assert(attempt !== undefined, `${mirror.key}: there is no attempt ${number}`);
  const next = asFired(change(attempt));
  return next === attempt ? mirror : { ...mirror, attempts: mirror.attempts.with(index, next) };
}

function tries(cancelling: Cancelling): number {
  return cancelling.state === "none" ? 0 : cancelling.tries;
}
