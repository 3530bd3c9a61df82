/** What becomes of a change of an order of ours: taken, refused, in doubt, and what the broker then shows (R3, R5). Part of `evolve`. */
import { unreachable } from "../assert.ts";
import type { RefusalCode } from "../order/refusal.ts";
import type { OrderReport } from "../order/report.ts";
import { isStop, type Terms } from "../order/terms.ts";
import type { RequestAnswered } from "../records.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { type Attempt, type ChangeUnderWay, waitsAsForever } from "./attempt.ts";
import { showsChange, withChange, withRefused } from "./legs.ts";
import { asksTheSame, resembles } from "./likeness.ts";

/** How long a change waits that could not even be written. */
const PAUSE_AFTER_UNSENT_MS = 500;

/**
 * How long a change waits that was refused for what says nothing about its terms: they go again, after a 429 and from a wrong address
 * as soon as the account lets them. Any other refusal is of the terms.
 */
const PAUSE_AFTER_REFUSAL_MS: Partial<Record<RefusalCode, number>> = { RATE_LIMIT: 0, ADDRESS_NOT_ALLOWED: 0, TOKEN_DEAD: 5_000, NO_ACCESS: 30_000 };

/** A change of before that was shown to have arrived while this one was under way may be what the broker holds now. */
export function modificationAnswered(attempt: Attempt, event: RequestAnswered): Attempt {
  const after = settledByAnswer(attempt, event);
  return after.changing.state === "none" && after.order !== undefined ? arrivedLate(after, after.order, event.at) : after;
}

function settledByAnswer(attempt: Attempt, event: RequestAnswered): Attempt {
  const { changing } = attempt;
  if (changing.state === "none") return attempt;
  switch (event.result.outcome) {
    case "accepted":
      return changed(attempt, changing, event.at);
    case "refused":
      return changeRefused(attempt, changing, event.result.refusal.code, event.at);
    case "not-sent":
      return { ...attempt, changing: { state: "none" }, modifications: attempt.modifications - 1, pausedUntil: unixMs(event.at + PAUSE_AFTER_UNSENT_MS) };
    case "unknown":
      return { ...attempt, changing: { ...changing, state: "in-doubt", since: event.at } };
    default:
      return unreachable(event.result);
  }
}

function changeRefused(attempt: Attempt, changing: ChangeUnderWay, code: RefusalCode, at: UnixMs): Attempt {
  const { wanted, legs, wishes } = changing;
  const unchanged: Attempt = { ...attempt, changing: { state: "none" } };
  if (code === "MODIFICATION_CAP") return { ...unchanged, isCapped: true };
  // That the order has ended, and nobody has said so: one look tells, and with what it has filled (R6).
  if (code === "NOT_OPEN" && attempt.order?.end === undefined)
    return { ...attempt, changing: { ...changing, state: "in-doubt", since: at }, refusedChange: wanted };
  const pauseMs = PAUSE_AFTER_REFUSAL_MS[code];
  if (pauseMs === undefined) {
    const refusedLegs = attempt.legs === undefined || legs === undefined || wishes === undefined ? attempt.legs : withRefused(attempt.legs, legs, wishes);
    return legs === undefined || legs.leg === "entry" ? { ...unchanged, refusedChange: wanted, legs: refusedLegs } : { ...unchanged, legs: refusedLegs };
  }
  return { ...unchanged, modifications: attempt.modifications - 1, pausedUntil: unixMs(at + pauseMs) };
}

/** As another stop it waits for its trigger, also where it had triggered before. */
function changed(attempt: Attempt, { wanted, follows, since, legs, wishes }: ChangeUnderWay, at: UnixMs): Attempt {
  const isOtherStop = isStop(wanted.type) && (wanted.triggerPrice !== attempt.terms.triggerPrice || wanted.price !== attempt.terms.price);
  const triggeredAt = isOtherStop ? undefined : attempt.triggeredAt;
  const after = attempt.legs === undefined || legs === undefined ? attempt.legs : withChange(attempt.legs, legs, since, wishes);
  return { ...attempt, terms: wanted, termsSince: at, follows, legs: after, changing: { state: "none" }, refusedChange: undefined, triggeredAt };
}

/**
 * A change in doubt is settled by news of the order that shows the wanted terms, or by one look: the row shows them, or the
 * change was not made and may be repeated (R3). A late or repeated frame of earlier terms settles nothing.
 */
export function settledChange(attempt: Attempt, report: OrderReport, at: UnixMs): Attempt {
  const { changing } = attempt;
  if (changing.state === "none") return arrivedLate(attempt, report, at);
  if (changing.state === "in-flight") return attempt;
  const { source } = report;
  if (source.kind === "row" && source.asked <= changing.since) return attempt;
  if (attempt.legs !== undefined && changing.legs !== undefined) {
    if (source.kind !== "row" || report.plan === undefined) return attempt;
    const stood = { before: attempt.legs.prices, side: report.contracted.side };
    const isMade = showsChange(report.plan.prices, changing.legs, stood) && (changing.legs.leg !== "entry" || resembles(report.terms, changing.wanted));
    return isMade ? changed(attempt, changing, at) : { ...attempt, changing: { state: "none" } };
  }
  if (isShown(attempt, report, changing.wanted)) return changed(attempt, changing, at);
  if (source.kind === "frame") return attempt;
  return arrivedLate({ ...attempt, changing: { state: "none" }, mayStillArrive: [...attempt.mayStillArrive, changing] }, report, at);
}

/**
 * A change that was looked for in vain, and repeated or followed by another, has come after all: these are the terms that the broker holds (R2). Where it came
 * before the one that was accepted, that one is sent once more, which does no harm (R3).
 */
function arrivedLate(attempt: Attempt, shown: Pick<OrderReport, "terms">, at: UnixMs): Attempt {
  const { mayStillArrive, refusedChange } = attempt;
  if (mayStillArrive.length === 0 || isShown(attempt, shown, attempt.terms)) return attempt;
  const late = mayStillArrive.find(({ wanted }) => isShown(attempt, shown, wanted));
  if (late === undefined) return attempt;
  return { ...changed(attempt, late, at), refusedChange, mayStillArrive: mayStillArrive.filter((other) => other !== late) };
}

/** A list of forever orders shows what was asked for as it is, and nothing is made of it by the broker. */
function isShown(attempt: Attempt, { terms }: Pick<OrderReport, "terms">, asked: Terms): boolean {
  return waitsAsForever(attempt) ? asksTheSame(terms, asked) : resembles(terms, asked);
}

/**
 * The answer to a change proves receipt only (R6). When the stream then calls the order rejected, and the read that follows
 * shows it open as it was before, the change was refused: those are the terms that the broker holds (R2, R5).
 */
export function withoutRefusedChange(after: Attempt, before: Attempt, report: OrderReport): Attempt {
  const isCleared = before.order?.doubt?.about === "rejection" && after.order?.doubt === undefined && after.order?.end === undefined;
  if (!isCleared || resembles(report.terms, after.terms)) return after;
  const held = after.everSent.findLast((sent) => resembles(report.terms, sent));
  return held === undefined ? after : { ...after, terms: held, follows: undefined, refusedChange: after.terms };
}
