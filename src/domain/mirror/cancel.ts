/** Ending an order at the broker, until it has ended (R3, R14). */

import type { KnownOrder } from "../order/known.ts";
import type { ExitLeg } from "../order/plan.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, brokersNumber, type Cancelling, waitsAsForever } from "./attempt.ts";
import { backoff, CLOSED_RETRY_MS, type Decision, type Look, later, type Rank, RETRY_AFTER_MS, type Request, WAIT } from "./decision.ts";
import { given, isExit, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";

type CancelRequest = Extract<Request, { request: "cancel" }>;
type CancelPurpose = CancelRequest["purpose"];

/** How often a cancel is sent before a person is called; it goes on being sent (R14). */
export const CANCEL_TRIES_MAX = 8;

/** What ends is to be gone; or another order is to take its place, and then it has the rank of that one. */
export function replacing(mirror: Mirror, attempt: Attempt, situation: Situation): Decision {
  return cancelAt(isExit(mirror) ? 1 : 2, "replaces", mirror, attempt, situation);
}

/** The leader's order has filled, and this entry has not in the time that it had. */
export function givingUp(mirror: Mirror, attempt: Attempt, situation: Situation): Decision {
  return cancelAt(0, "gives-up", mirror, attempt, situation);
}

export function cancel(mirror: Mirror, attempt: Attempt, situation: Situation): Decision {
  return cancelAt(0, "withdraws", mirror, attempt, situation);
}

/** One leg of a super order (reference 3.1). One that was sent to the exchange meanwhile is not there to be cancelled: its end is awaited. */
export function cancelLeg(mirror: Mirror, attempt: Attempt, leg: ExitLeg, situation: Situation): Decision {
  const { orderId, legs } = attempt;
  if (orderId === undefined || legs === undefined) return WAIT;
  const request: CancelRequest = { request: "cancel", attempt: attempt.number, orderId, purpose: "withdraws", leg };
  return ending(mirror, { attempt, cancelling: legs.cancelling[leg], order: legs.orders[leg], request, rank: 0 }, situation);
}

/** May be repeated: a cancel is idempotent (R3). Unanswered, or answered and still open: look, and cancel again with back-off. */
function cancelAt(rank: Rank, purpose: CancelPurpose, mirror: Mirror, attempt: Attempt, situation: Situation): Decision {
  const { cancelling } = attempt;
  const orderId = brokersNumber(attempt);
  if (orderId === undefined) return WAIT;
  const part = waitsAsForever(attempt) ? { forever: true as const } : attempt.legs === undefined ? {} : { leg: "entry" as const };
  const request: CancelRequest = { request: "cancel", attempt: attempt.number, orderId, purpose, ...part };
  return ending(mirror, { attempt, cancelling, order: attempt.order, request, rank }, situation);
}

interface Ending {
  readonly attempt: Attempt;
  readonly cancelling: Cancelling;
  /** What is to end: the order, or a leg of it. */
  readonly order: KnownOrder | undefined;
  readonly request: CancelRequest;
  readonly rank: Rank;
}

function ending(mirror: Mirror, { attempt, cancelling, order, request, rank }: Ending, situation: Situation): Decision {
  const { orderId } = request;
  switch (cancelling.state) {
    case "none":
      return { ...WAIT, request, rank };
    case "in-flight":
      return WAIT;
    case "sent": {
      // What still rests when the books are read is cancelled again at once, and no entry goes before it (R3, R21).
      if (cancelling.isLost === true) return { ...WAIT, request, rank };
      const isClosed = cancelling.refusal === "MARKET_CLOSED";
      const again = isClosed ? whenOpen(mirror, attempt, cancelling.since, situation) : later(cancelling.since, backoff(RETRY_AFTER_MS, cancelling.tries));
      const look: Look = request.forever === true ? { look: "forever" } : { look: "order", orderId };
      const unseen = order === undefined || order.newest.from === "frame" || order.newest.asked <= cancelling.since;
      // A refused cancel mostly means that the order has ended: find out first.
      // Nothing but its list tells of a forever order.
      const mustLook = cancelling.refusal !== undefined || request.forever === true;
      if (mustLook && unseen && situation.now < again) return { ...WAIT, look, wakeAt: again };
      if (situation.now < again) return { ...WAIT, wakeAt: again };
      const failed =
        cancelling.tries >= CANCEL_TRIES_MAX && !isClosed && !given(mirror, "CANCEL_FAILED")
          ? [{ verdict: cancelFailed(attempt, cancelling.tries), refuses: undefined }]
          : [];
      return { ...WAIT, request, rank, look, verdicts: failed };
    }
  }
}

/**
 * The broker ends no order while the market is closed, and none can fill. A DAY order expires meanwhile, which the book tells; whatever is still
 * open is cancelled when the calendar says that the market opens, and every minute while the broker says otherwise, as an exit is tried (R14).
 */
function whenOpen(mirror: Mirror, attempt: Attempt, refusedAt: UnixMs, { calendar, now }: Situation): UnixMs {
  const again = later(refusedAt, CLOSED_RETRY_MS);
  return attempt.afterMarket ? again : unixMs(Math.max(again, calendar.nextOpening(mirror.instrument.segment, now) ?? 0));
}

function cancelFailed(attempt: Attempt, tries: number): Verdict {
  return verdict("CANCEL_FAILED", `order ${attempt.orderId ?? attempt.correlationId} is still open after ${tries} cancels`, { tries });
}
