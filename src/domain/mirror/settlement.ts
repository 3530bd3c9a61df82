/**
 * What can be said of a mirror: while its orders live (late, in doubt, changed by a hand) and when they have ended (filled,
 * withdrawn, orphan, drift). Sentences only; nothing here sends anything.
 */
import type { LeaderOrder } from "../book/book.ts";
import { fillsOf } from "../fills/execution.ts";
import { type Price, priceText } from "../money.ts";
import { isAccountRefusal } from "../order/refusal.ts";
import type { OrderEnd } from "../order/status.ts";
import { less } from "../quantity.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, changedSince, endedByOthers, filledOf, goesAgain, isOpen, madeRoom, refusalOf, shownSmaller, wasRefused } from "./attempt.ts";
import { expiredAtClose } from "./close-of-day.ts";
import { earliest } from "./decision.ts";
import { entrySizeOf, entryUnits } from "./entry.ts";
import { legsDone } from "./exit.ts";
import { missedVerdict, ownExitRests } from "./leader-filled.ts";
import { currentAttempts, entryFilled, filledUnits, given, isExit, isRefusedFor, type Mirror, withdrawnUnits } from "./mirror.ts";
import { orphanVerdicts } from "./orphan.ts";
import type { Situation } from "./situation.ts";
import { exitBelowOneLot } from "./size-words.ts";
import { isPartlyUnsent } from "./slice-count.ts";
import { withdrawnOnBehalf } from "./taken-back.ts";
import type { Target } from "./target.ts";
import { staysUnsized } from "./unsized.ts";

interface Said {
  readonly verdicts: readonly Verdict[];
  readonly wakeAt: UnixMs | undefined;
}

/** What is worth saying before the end: a part withdrawn, a placement in doubt, a late follower, a change by hand (R10, R14, S23). */
export function underway(mirror: Mirror, leader: LeaderOrder | undefined, situation: Situation): Said {
  const withdrawn = withdrawnUnits(mirror);
  const words = `the leader was out again: ${withdrawn} units that had not filled here are withdrawn`;
  const said = currentAttempts(mirror)
    .filter(isOpen)
    .map((attempt) => ofOpen(mirror, attempt, leader, situation));
  return {
    verdicts: [...(withdrawn > 0 ? [verdict("WITHDRAWN", words, { withdrawn })] : []), ...said.flatMap(({ verdicts }) => verdicts)],
    wakeAt: said.reduce<UnixMs | undefined>((at, one) => earliest(at, one.wakeAt), undefined),
  };
}

function ofOpen(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, situation: Situation): Said {
  const verdicts: Verdict[] = [];
  if (attempt.changedByOthers)
    verdicts.push(verdict("CHANGED_BY_OTHERS", `order ${attempt.orderId ?? ""} was changed without our request; its terms are left alone`));
  const smaller = shownSmaller(attempt);
  if (smaller?.isProved === true) verdicts.push(smallerVerdict(attempt, smaller.units));
  const unsized = leader === undefined ? undefined : staysUnsized(mirror, attempt);
  if (unsized !== undefined) verdicts.push(unsized);
  const doubt = afterPause(attempt.placing.state === "in-doubt" ? attempt.placing.since : undefined, situation.limits.lookupGraceMs, situation.now);
  if (doubt.isOver && attempt.orderId === undefined)
    verdicts.push(verdict("IN_DOUBT", `the placement ${attempt.correlationId} was not answered, and the books do not tell yet`));
  const late = afterPause(leader?.known.end === "filled" ? leader.endedAt : undefined, situation.policy.slippage.afterMs, situation.now);
  if (late.isOver && leader?.endedAt !== undefined && !given(mirror, "FOLLOWER_LATE")) {
    const lagMs = situation.now - leader.endedAt;
    verdicts.push(
      verdict("FOLLOWER_LATE", `the leader was filled ${seconds(lagMs)} s ago; ${filledUnits(mirror)} units are filled here, and the follower's order rests`, {
        lagMs,
        filled: filledUnits(mirror),
      }),
    );
  }
  // An order of our own is at the market and should be through by now.
  const own = afterPause(leader === undefined && isExit(mirror) ? attempt.intendedAt : undefined, situation.policy.slippage.afterMs, situation.now);
  if (own.isOver && attempt.orderId !== undefined && !given(mirror, "EXIT_RESTS")) verdicts.push(ownExitRests(attempt));
  return { verdicts, wakeAt: doubt.wakeAt ?? own.wakeAt ?? (given(mirror, "FOLLOWER_LATE") ? undefined : late.wakeAt) };
}

function smallerVerdict({ orderId, terms }: Attempt, units: number): Verdict {
  const sentence = `order ${orderId ?? ""} rests at ${units} units where ${terms.quantity} are known to have been sent; it is left so until the leader changes his`;
  return verdict("DRIFT", sentence, { sent: terms.quantity, rests: units });
}

function afterPause(since: UnixMs | undefined, pauseMs: number, now: UnixMs): { readonly isOver: boolean; readonly wakeAt: UnixMs | undefined } {
  if (since === undefined) return { isOver: false, wakeAt: undefined };
  const due = unixMs(since + pauseMs);
  return now >= due ? { isOver: true, wakeAt: undefined } : { isOver: false, wakeAt: due };
}

/**
 * What became of it, when nothing is left to be sent. Nothing yet while the follower's order is still open; of an order in slices why one of
 * them is missing from what stands, which may rest for the day (docs/slices.md).
 */
export function settlement(mirror: Mirror, leader: LeaderOrder | undefined, target: Target, situation: Situation): readonly Verdict[] {
  const last = currentAttempts(mirror);
  const [first] = last;
  if (last.some(isOpen)) return leader === undefined ? [] : last.filter((attempt) => !isOpen(attempt)).flatMap((attempt) => whyMissing(mirror, attempt));
  if (leader === undefined) return last.length < 2 ? ofOurOwn(mirror, first) : last.flatMap((attempt) => ofOurOwn(mirror, attempt));
  if (first === undefined) return withoutOrder(mirror, leader, target, situation);
  const verdicts = [...last.flatMap((attempt) => ofEnded(mirror, attempt, leader)), ...madeTooSmall(mirror, leader)];
  if (leader.known.end !== undefined) return [...verdicts, ...ended(mirror, leader, target, situation)];
  const isOver = last.some((attempt) => attempt.order?.end !== undefined && attempt.order.end !== "rejected");
  const another = (last.some(madeRoom) && target.units > filledUnits(mirror)) || isPartlyUnsent(mirror, target.units, leader.known.terms);
  const expired = last.some((attempt) => expiredAtClose(mirror, attempt, leader, situation));
  if (isOver && !another && !isExit(mirror) && !expired && target.units !== filledUnits(mirror)) verdicts.push(driftVerdict(target.units, filledUnits(mirror)));
  return verdicts;
}

/** The leader has made his order smaller, which leaves the copy nothing of what was sent before (S35). */
function madeTooSmall(mirror: Mirror, { known }: LeaderOrder): readonly Verdict[] {
  if (filledUnits(mirror) > 0 || (known.end !== undefined && known.end !== "filled")) return [];
  const size = entrySizeOf(mirror, known.terms.quantity);
  return size?.size === "refused" ? [verdict(size.code, size.arithmetic)] : [];
}

/** What is to be said of one order that is over, whatever became of the leader's. */
function ofEnded(mirror: Mirror, attempt: Attempt, leader: LeaderOrder): readonly Verdict[] {
  const verdicts = whyMissing(mirror, attempt);
  const leaderChanged = changedSince(attempt, leader.known.terms);
  if (attempt.order?.end !== "filled" || !leaderChanged) return verdicts;
  return [...verdicts, verdict("ALREADY_EXECUTED", `the leader changed his order to ${termsText(leader)} after the follower's was executed`)];
}

/** Why one order came to nothing, or to less than was sent. */
function whyMissing(mirror: Mirror, attempt: Attempt): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  // Of a forever order that is said as what it is (`forever.ts`).
  if (attempt.placing.state === "unresolved" && attempt.order === undefined && !attempt.isForever) {
    verdicts.push(
      verdict("OUTCOME_UNKNOWN", `what became of order ${attempt.correlationId} was not found out on its day; look at the positions of the account`),
    );
  }
  if (wasRefused(attempt) && !isExit(mirror) && !isAccountRefusal(refusalOf(attempt).code)) {
    const what = mirror.attempts.some(({ slice }) => slice > 0) ? `a slice of ${attempt.terms.quantity} units` : "it";
    verdicts.push(verdict("BROKER_REFUSED", `the broker refused ${what}: ${refusalOf(attempt).said}`));
  }
  if (endedByOthers(attempt)) verdicts.push(leftAlone(attempt));
  return verdicts;
}

function leftAlone({ order }: Attempt): Verdict {
  return verdict("ENDED_BY_OTHERS", `order ${order?.orderId ?? ""} was cancelled without our request; it is left alone`);
}

/** An order that no leader order stands behind. */
function ofOurOwn(mirror: Mirror, attempt: Attempt | undefined): readonly Verdict[] {
  if (mirror.role.role === "orphan" && mirror.exitFilled >= (mirror.due ?? 0)) {
    const rest = less(mirror.role.excess, mirror.exitFilled);
    const taken = rest === 0 ? "" : `; of the other ${rest}, exits of the leader's or the owner have taken theirs`;
    return [verdict("ENDED", `${mirror.exitFilled} of ${mirror.role.excess} units too much are exited${taken}`)];
  }
  if (attempt !== undefined && endedByOthers(attempt)) return [leftAlone(attempt)];
  return mirror.role.role === "closing" && attempt?.order?.end === "filled" ? [verdict("ENDED", "the excess of two alternatives is closed")] : [];
}

function withoutOrder(mirror: Mirror, leader: LeaderOrder, target: Target, situation: Situation): readonly Verdict[] {
  if (leader.known.end === "rejected" && leader.known.filled === 0)
    return [verdict("LEADER_REJECTED", `the leader's order was rejected: ${leader.known.reason}`)];
  // Of a stop and reverse it is the entry that a guard refused.
  const isRefused = mirror.refusedFor !== undefined && mirror.role.role !== "reverse";
  if (leader.known.end === undefined || target.units > 0 || isRefused) return [];
  if (isExit(mirror) && leader.known.filled > 0) return [exitWithoutOrder(mirror, leader, situation)];
  return leader.known.filled > 0
    ? []
    : [verdict("ENDED_BEFORE_COPY", `the leader's order ${endWords(leader.known.end)} without a fill before anything was sent`)];
}

function endWords(end: OrderEnd | undefined): string {
  return end === "expired" ? "has expired" : `was ${end}`;
}

/** Why nothing was sent for an exit that the leader has filled (R14). */
function exitWithoutOrder(mirror: Mirror, leader: LeaderOrder, { book }: Situation): Verdict {
  const byLegs = legsDone(book, mirror);
  if (byLegs > 0) return verdict("MET_BY_LEG", `the leader's leg exited ${leader.known.filled} units; the follower's own had exited ${byLegs}`, { byLegs });
  if (withdrawnOnBehalf(book, mirror) > 0) return verdict("MET_BY_WITHDRAWAL", "the leader's exit was met by withdrawing what still rested here");
  const small = exitBelowOneLot(mirror, leader);
  if (small !== undefined) return verdict("BELOW_ONE_LOT", small);
  return verdict("NOTHING_TO_EXIT", `the leader exited ${leader.known.filled} units, and nothing copied was left here`);
}

/** Both orders are over: prices and lag, what is too much, what is too little (R17, R18, S20). */
function ended(mirror: Mirror, leader: LeaderOrder, target: Target, situation: Situation): readonly Verdict[] {
  const filled = filledUnits(mirror);
  const verdicts: Verdict[] = [];
  if (filled > 0 && leader.known.filled > 0) verdicts.push(...filledVerdicts(mirror, leader, situation));
  if (filled === 0 && leader.known.end !== "filled" && mirror.refusedFor === undefined)
    verdicts.push(verdict("WITHDRAWN", `the leader's order ${endWords(leader.known.end)}, and the follower's is ended`));
  if (target.units <= filled) verdicts.push(...orphanVerdicts(mirror, leader, situation));
  const share = less(entryUnits(mirror, leader.known.filled), withdrawnUnits(mirror));
  const had = entryFilled(mirror);
  const last = currentAttempts(mirror);
  if (had < share && last.some(({ isGivenUp }) => isGivenUp) && leader.known.end === "filled") return [...verdicts, missedVerdict(leader, { share, had })];
  if (isExit(mirror)) return verdicts;
  const isPending = isPartlyUnsent(mirror, target.units, leader.known.terms);
  // What would go again does not once the leader's order is over; where a guard refused it, that is said.
  const isOut = target.units <= filled && !isRefusedFor(mirror, leader.known.terms);
  const isOver = (attempt: Attempt): boolean => (isOut && goesAgain(attempt)) || (!wasRefused(attempt) && attempt.order?.end !== undefined);
  if (had < share && !isPending && last.some(isOver)) verdicts.push(driftVerdict(share, had));
  return verdicts;
}

function driftVerdict(share: number, had: number): Verdict {
  return verdict("DRIFT", `the follower has ${had} units where the leader's order gives ${share}; nothing is sent to mend it`, { share, had });
}

function filledVerdicts(mirror: Mirror, leader: LeaderOrder, situation: Situation): readonly Verdict[] {
  const average = averageOf(mirror);
  const leaders = leader.known.averagePrice;
  const lagMs = lagOf(mirror, leader);
  const worse = mirror.contracted.side === "BUY" ? average - leaders : leaders - average;
  // What is better by less than it can say would round to -0, of which a journal keeps the 0 (I8).
  const hundredths = leaders === 0 ? 0 : Math.round((worse * 10_000) / leaders) + 0;
  const numbers = { leaderFilled: leader.known.filled, leaderAverage: leaders, filled: filledUnits(mirror), average, lagMs, slippageHundredths: hundredths };
  const filled = verdict(
    "FILLED",
    `leader ${leader.known.filled} at ${priceText(leaders)}, follower ${filledUnits(mirror)} at ${priceText(average)}; lag ${lagMs} ms, slippage ${(hundredths / 100).toFixed(2)} %`,
    numbers,
  );
  const { percent, afterMs } = situation.policy.slippage;
  const verdicts = [filled];
  // One whose order rested for so long was said while it rested.
  if (lagMs > afterMs && leader.known.end === "filled" && !given(mirror, "FOLLOWER_LATE"))
    verdicts.push(verdict("FOLLOWER_LATE", `the follower was filled ${seconds(lagMs)} s after the leader`, { lagMs, filled: filledUnits(mirror) }));
  if (hundredths > percent)
    verdicts.push(
      verdict("SLIPPAGE", `the follower's price is ${(hundredths / 100).toFixed(2)} % worse than the leader's`, { slippageHundredths: hundredths }),
    );
  return verdicts;
}

/**
 * From the leader's end to the follower's. Our clock has milliseconds, and is right for what the streams told; what a row of the book
 * told happened in a gap, at the broker's times of the last fills, in whole seconds.
 */
function lagOf(mirror: Mirror, leader: LeaderOrder): number {
  const [attempt] = currentAttempts(mirror).toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  if (attempt?.order === undefined || attempt.endedAt === undefined || leader.endedAt === undefined) return 0;
  const isTold = attempt.order.newest.from === "frame" && leader.known.newest.from === "frame";
  if (isTold) return attempt.endedAt - leader.endedAt;
  const [leaders, followers] = [leader.known, attempt.order].map((known) => fillsOf(known, []).executions.at(-1)?.at);
  return leaders === undefined || followers === undefined ? 0 : followers - leaders;
}

/** Weighted by quantity, over all orders of the mirror. */
function averageOf(mirror: Mirror): Price {
  let value = 0n;
  let units = 0n;
  for (const attempt of mirror.attempts) {
    value += BigInt(attempt.order?.averagePrice ?? 0) * BigInt(filledOf(attempt));
    units += BigInt(filledOf(attempt));
  }
  return Number(units === 0n ? 0n : value / units) as Price;
}

function termsText(leader: LeaderOrder): string {
  const { type, quantity, price } = leader.known.terms;
  return price === 0 ? `${type} ${quantity}` : `${type} ${quantity} at ${priceText(price)}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
