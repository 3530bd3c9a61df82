/**
 * What to do next for one mirror: the difference between what the follower's order should be (`targetOf`) and what it is as
 * far as known. Pure and level-triggered: it looks at the state, never at what just happened, and may be asked at any time.
 *
 * At most one request comes out. Placing and changing wait for the request before them (R3); a cancel does not. What to do
 * at a later moment is `wakeAt`.
 */
import { followerBook, type LeaderOrder, leaderBook, mirrorsOfHolding } from "../book/book.ts";
import { type CorrelationId, type OrderId } from "../identity.ts";
import { correlationFor } from "../correlation.ts";
import { entryRefusal } from "../guards/guard.ts";
import { normalised, sameTerms, isStop, type Terms } from "../order/terms.ts";
import { classifyReason } from "../order/rejection.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import { disclosedShare } from "../sizing/share.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, endedByOurCancel, filledOf, isOpen, liveUnits, wasRefused } from "./attempt.ts";
import { entrySizeOf } from "./entry.ts";
import { nextAttempt, resembles } from "./evolve.ts";
import { copiedAgainst, exitUnits, holdingOf } from "./exit.ts";
import { currentAttempt, filledUnits, given, isExit, type Mirror } from "./mirror.ts";
import { asLeader, repricedStop, type Target, targetOf, type Wish, wishToPlace } from "./target.ts";
import { settlement, underway } from "./settlement.ts";
import type { Situation } from "./situation.ts";

export type Request =
  | { readonly request: "place"; readonly attempt: number; readonly correlationId: CorrelationId; readonly executing: boolean; readonly terms: Terms; readonly follows: Terms | undefined }
  | { readonly request: "modify"; readonly attempt: number; readonly orderId: OrderId; readonly terms: Terms; readonly follows: Terms | undefined }
  | { readonly request: "cancel"; readonly attempt: number; readonly orderId: OrderId };

/** A read that would settle a doubt. */
export type Look =
  | { readonly look: "correlation"; readonly attempt: number; readonly correlationId: CorrelationId }
  | { readonly look: "order"; readonly orderId: OrderId };

/** Cancels go before exits, exits before entries (R21). */
export type Rank = 0 | 1 | 2;

export interface Decision {
  readonly request: Request | undefined;
  readonly rank: Rank;
  readonly look: Look | undefined;
  readonly verdicts: readonly { readonly verdict: Verdict; readonly refuses: Terms | undefined }[];
  readonly wakeAt: UnixMs | undefined;
}

const WAIT: Decision = { request: undefined, rank: 2, look: undefined, verdicts: [], wakeAt: undefined };

/** How often a refused exit is tried, and how long the pause before the next try is: it doubles. */
export const EXIT_TRIES_MAX = 6;
const EXIT_BACKOFF_MS = 500;
export const CANCEL_TRIES_MAX = 8;
const CANCEL_BACKOFF_MS = 1_000;
const UNSENT_BACKOFF_MS = 250;
const BACKOFF_MAX_MS = 30_000;

export function decide(mirror: Mirror, situation: Situation): Decision {
  const leader = leaderBook(situation.book, mirror.leader).orders.get(mirror.cause);
  const stray = mirror.attempts.slice(0, -1).find((attempt) => isOpen(attempt) && attempt.orderId !== undefined);
  // An order that was proved absent and turned up all the same: the newer one stands for the leader's, this one goes.
  if (stray !== undefined) return cancel(mirror, stray, situation);
  const target = targetOf(situation.book, mirror, leader);
  const attempt = currentAttempt(mirror);
  const decision = attempt !== undefined && isOpen(attempt) ? decideOpen(mirror, attempt, leader, target, situation) : decideAbsent(mirror, leader, target, situation);
  return withVerdicts(decision, mirror, leader, target, situation);
}

/** Adds what can be said by now, each sentence once. */
function withVerdicts(decision: Decision, mirror: Mirror, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  const open = underway(mirror, leader, situation);
  const settled = decision.request === undefined && decision.look === undefined ? settlement(mirror, leader, target, situation) : [];
  const said = [...decision.verdicts, ...[...open.verdicts, ...settled].map((one) => ({ verdict: one, refuses: undefined }))];
  const news = said.filter(({ verdict: one, refuses }, index) => !alreadySaid(mirror, one, refuses) && said.findIndex((other) => other.verdict.code === one.code && other.verdict.sentence === one.sentence) === index);
  return { ...decision, verdicts: news, wakeAt: earliest(decision.wakeAt, open.wakeAt) };
}

/** The same code with the same words, and no changed terms that it now refuses: it is on record. */
function alreadySaid(mirror: Mirror, one: Verdict, refuses: Terms | undefined): boolean {
  const isRepeated = refuses === undefined || (mirror.refusedFor !== undefined && sameTerms(mirror.refusedFor, refuses));
  return isRepeated && mirror.verdicts.some((said) => said.code === one.code && (said.sentence === one.sentence || one.code === "STALE"));
}

function decideOpen(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  const filledBefore = quantity(filledUnits(mirror) - filledOf(attempt));
  const quantityWanted = Math.max(0, target.units - filledBefore);
  if (attempt.orderId === undefined) return attempt.placing.state === "in-doubt" ? lookForPlacement(attempt, situation) : WAIT;
  if (quantityWanted <= filledOf(attempt)) {
    // An IOC ends by itself at once; its end is awaited (R17).
    return attempt.terms.validity === "IOC" ? WAIT : cancel(mirror, attempt, situation);
  }
  if (attempt.order?.doubt !== undefined) return lookAtDoubt(attempt, attempt.order.doubt.since, situation);
  // A cancel that was sent is seen through, unless the broker refused it and it is not wanted any more.
  if (attempt.cancelling.state === "in-flight" || (attempt.cancelling.state === "sent" && !attempt.cancelling.refused)) return cancel(mirror, attempt, situation);
  if (attempt.changing.state === "in-flight") return WAIT;
  if (attempt.changing.state === "in-doubt") return { ...WAIT, look: { look: "order", orderId: attempt.orderId }, wakeAt: later(situation.now, CANCEL_BACKOFF_MS) };
  if (attempt.changedByOthers || attempt.terms.validity === "IOC") return WAIT;
  return change(mirror, attempt, leader, quantity(mayGrow(mirror, leader, situation) ? quantityWanted : Math.min(quantityWanted, attempt.terms.quantity)), situation);
}

/** Whether an entry that rests may be made larger: not while the account is halted, nor while it is not known whether the leader's stands (R5, R23). */
function mayGrow(mirror: Mirror, leader: LeaderOrder | undefined, situation: Situation): boolean {
  if (isExit(mirror)) return true;
  return followerBook(situation.book, mirror.follower).halted === undefined && leader?.known.doubt?.about !== "rejection";
}

/** A placement that was not answered: looks spread over the grace, until the books show it or prove it absent (R10). */
function lookForPlacement(attempt: Attempt, situation: Situation): Decision {
  if (attempt.placing.state !== "in-doubt") return WAIT;
  const { looks } = attempt.placing;
  const due = unixMs(looks.countedFrom + Math.ceil((looks.absent.length * situation.limits.lookupGraceMs) / 2));
  if (situation.now < due) return { ...WAIT, wakeAt: due };
  return { ...WAIT, look: { look: "correlation", attempt: attempt.number, correlationId: attempt.correlationId }, wakeAt: later(situation.now, CANCEL_BACKOFF_MS) };
}

/** What only one more read of the order can settle, read at least a second after the frame (R1, R5). */
function lookAtDoubt(attempt: Attempt, since: UnixMs, situation: Situation): Decision {
  const due = later(since, DOUBT_READ_AFTER_MS);
  if (attempt.orderId === undefined) return WAIT;
  if (situation.now < due) return { ...WAIT, wakeAt: due };
  return { ...WAIT, look: { look: "order", orderId: attempt.orderId }, wakeAt: later(situation.now, CANCEL_BACKOFF_MS) };
}

/** A row asked for this long after the start of a frame's second is later than the frame. */
export const DOUBT_READ_AFTER_MS = 1_050;

/** May be repeated: a cancel is idempotent (R3). Unanswered, or answered and still open: look, and cancel again with back-off. */
function cancel(mirror: Mirror, attempt: Attempt, situation: Situation): Decision {
  const { orderId, cancelling } = attempt;
  if (orderId === undefined) return WAIT;
  const request: Request = { request: "cancel", attempt: attempt.number, orderId };
  switch (cancelling.state) {
    case "none":
      return { ...WAIT, request, rank: 0 };
    case "in-flight":
      return WAIT;
    case "sent": {
      const again = later(cancelling.since, backoff(CANCEL_BACKOFF_MS, cancelling.tries));
      const look: Look = { look: "order", orderId };
      const unseen = attempt.order === undefined || attempt.order.newest.from === "frame" || attempt.order.newest.asked <= cancelling.since;
      // A refused cancel mostly means that the order has ended: find out first.
      if (cancelling.refused && unseen && situation.now < again) return { ...WAIT, look, wakeAt: again };
      if (situation.now < again) return { ...WAIT, wakeAt: again };
      const failed = cancelling.tries >= CANCEL_TRIES_MAX && !given(mirror, "CANCEL_FAILED") ? [{ verdict: cancelFailed(attempt, cancelling.tries), refuses: undefined }] : [];
      return { ...WAIT, request, rank: 0, look, verdicts: failed };
    }
  }
}

/** Accepted, and not shown by the stream: it is looked at, every second, from a second after the answer. */
function lookUnlessShown(order: OrderId, attempt: Attempt, situation: Situation): Decision {
  const due = later(attempt.placing.state === "accepted" ? attempt.placing.at : attempt.intendedAt, DOUBT_READ_AFTER_MS);
  if (situation.now < due) return { ...WAIT, wakeAt: due };
  return { ...WAIT, look: { look: "order", orderId: order }, wakeAt: later(situation.now, CANCEL_BACKOFF_MS) };
}

function cancelFailed(attempt: Attempt, tries: number): Verdict {
  return verdict("CANCEL_FAILED", `order ${attempt.orderId ?? attempt.correlationId} is still open after ${tries} cancels`, { tries });
}

function change(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, units: Quantity, situation: Situation): Decision {
  if (attempt.orderId === undefined) return WAIT;
  const { wish, wakeAt } = wishForOpen(mirror, attempt, leader, situation);
  const terms = complete(wish, units, leader, mirror);
  const follows = leader?.known.terms;
  if (sameTerms(terms, normalised(attempt.terms))) return { ...WAIT, wakeAt };
  if (attempt.refusedChange !== undefined && sameTerms(terms, attempt.refusedChange)) {
    const refused = verdict("CHANGE_REFUSED", `the broker refused to change order ${attempt.orderId}; it stays as it was`);
    return { ...WAIT, wakeAt, verdicts: [{ verdict: refused, refuses: undefined }] };
  }
  // An order that the exchange does not have yet can be cancelled, and not changed (reference 2.3).
  if (attempt.order === undefined || !attempt.order.confirmed) return lookUnlessShown(attempt.orderId, attempt, situation);
  if (attempt.pausedUntil !== undefined && situation.now < attempt.pausedUntil) return { ...WAIT, wakeAt: attempt.pausedUntil };
  if (attempt.modifications >= situation.limits.modificationsPerOrder) {
    const capped = verdict("MODIFICATION_CAP", `order ${attempt.orderId} was changed ${attempt.modifications} times, as often as is allowed`, { modifications: attempt.modifications });
    return { ...WAIT, wakeAt, verdicts: [{ verdict: capped, refuses: undefined }] };
  }
  return { ...WAIT, request: { request: "modify", attempt: attempt.number, orderId: attempt.orderId, terms, follows }, rank: isExit(mirror) ? 1 : 2, wakeAt };
}

/** The price side of an order that is open: it moves when the leader changes his, and never by itself (R2). */
function wishForOpen(mirror: Mirror, attempt: Attempt, leader: LeaderOrder | undefined, situation: Situation): { readonly wish: Wish; readonly wakeAt: UnixMs | undefined } {
  const leaderIsOpen = leader !== undefined && leader.known.end === undefined;
  if (leaderIsOpen) {
    const mapped = asLeader(mirror, leader.known.terms, situation.policy);
    const hisChange = attempt.follows === undefined ? !resembles({ ...attempt.terms, ...mapped }, attempt.terms) : !sameWish(leader.known.terms, attempt.follows);
    if (hisChange) return { wish: mapped, wakeAt: undefined };
  }
  if (attempt.triggeredAt === undefined || !isStop(attempt.terms.type) || !isExit(mirror)) return { wish: attempt.terms, wakeAt: undefined };
  const due = later(attempt.triggeredAt, situation.policy.stopMarket.afterMs);
  return situation.now < due ? { wish: attempt.terms, wakeAt: due } : { wish: repricedStop(mirror, attempt.terms.triggerPrice, situation.policy), wakeAt: undefined };
}

function sameWish(a: Wish, b: Wish): boolean {
  return a.type === b.type && a.validity === b.validity && a.price === b.price && a.triggerPrice === b.triggerPrice;
}

function complete(wish: Wish, units: Quantity, leader: LeaderOrder | undefined, mirror: Mirror): Terms {
  const disclosed = leader === undefined || mirror.contract === undefined ? NONE : disclosedShare(leader.known.terms, units, mirror.contract.lot);
  return normalised({ type: wish.type, validity: wish.validity, price: wish.price, triggerPrice: wish.triggerPrice, quantity: units, disclosed });
}

/** Nothing of ours is open: place the first order, or the next where another may follow. */
function decideAbsent(mirror: Mirror, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  const missing = target.units - filledUnits(mirror);
  if (missing <= 0) return unsized(mirror, leader, target);
  const unsent = pauseAfterUnsent(mirror, situation);
  if (unsent !== undefined) return unsent;
  if (leader?.known.doubt?.about === "rejection" || (leader !== undefined && leader.known.end === "rejected" && leader.known.filled === 0)) return WAIT;
  const last = currentAttempt(mirror);
  const exitMissing = target.exit - mirror.exitFilled;
  if (exitMissing > 0 || mirror.role.role === "closing") return placeExit(mirror, last, leader, target, situation);
  return placeEntry(mirror, last, leader, quantity(missing), situation);
}

/** What could not even be written may go again at once (R10), and then with growing pauses. */
function pauseAfterUnsent(mirror: Mirror, situation: Situation): Decision | undefined {
  const last = currentAttempt(mirror);
  if (last?.placing.state !== "not-sent") return undefined;
  const unsent = mirror.attempts.length - 1 - mirror.attempts.findLastIndex((attempt) => attempt.placing.state !== "not-sent");
  if (unsent <= 1) return undefined;
  const again = later(last.placing.at, backoff(UNSENT_BACKOFF_MS, unsent - 1));
  return situation.now < again ? { ...WAIT, wakeAt: again } : undefined;
}

/** Nothing to send because the size came out as nothing: the reason is stored once (S35, R14). */
function unsized(mirror: Mirror, leader: LeaderOrder | undefined, target: Target): Decision {
  if (leader === undefined || mirror.attempts.length > 0 || target.units > 0 || leader.known.end === "rejected") return WAIT;
  if (mirror.role.role === "exit" && mirror.role.exit.held === 0) {
    return refuse(verdict("NOTHING_TO_EXIT", `the leader reduces ${mirror.role.exit.leaderPosition} units of which nothing was copied here`), leader.known.terms);
  }
  const size = entrySizeOf(mirror, leader.known.firstSeenEnded ? leader.known.filled : leader.known.terms.quantity);
  if (size?.size !== "refused" || (leader.known.end !== undefined && leader.known.filled === 0)) return WAIT;
  return { ...WAIT, verdicts: [{ verdict: verdict(size.code, size.arithmetic), refuses: undefined }] };
}

function placeEntry(mirror: Mirror, last: Attempt | undefined, leader: LeaderOrder | undefined, missing: Quantity, situation: Situation): Decision {
  if (leader === undefined || !mayFollow(mirror, last, leader)) return WAIT;
  if (mirror.refusedFor !== undefined && sameTerms(mirror.refusedFor, leader.known.terms)) return WAIT;
  const refusal = refusalOfEntry(mirror, last, leader, situation);
  if (refusal !== undefined) return refuse(refusal, leader.known.terms);
  if (!mayEnterNow(mirror, situation)) return { ...WAIT, wakeAt: later(situation.now, EXIT_BACKOFF_MS) };
  return place(mirror, leader, missing, false, situation, 2);
}

/** An entry that must wait and will be looked at again: by the second read of the books, or when a refused exit is through. */
function mayEnterNow(mirror: Mirror, situation: Situation): boolean {
  if (mirror.late && !situation.booksProved) return false;
  const follower = followerBook(situation.book, mirror.follower);
  for (const key of follower.refusedExits) {
    const exit = follower.mirrors.get(key);
    const order = exit === undefined ? undefined : leaderBook(situation.book, exit.leader).orders.get(exit.cause);
    if (exit !== undefined && order !== undefined && exitUnits(situation.book, exit, order) > exit.exitFilled) return false;
  }
  return true;
}

function refusalOfEntry(mirror: Mirror, last: Attempt | undefined, leader: LeaderOrder, situation: Situation): Verdict | undefined {
  const { known } = leader;
  if (known.family !== "plain") return verdict("FAMILY_NOT_COPIED", `${known.family} orders are not copied in this version, and never as plain orders`);
  if (mirror.late && situation.policy.lateJoin === "ignore") return verdict("LATE_JOIN_IGNORED", "the leader's order is older than the start, and lateJoin is ignore");
  if (mirror.contradiction !== undefined) return verdict("INSTRUMENT_CONTRADICTION", mirror.contradiction);
  const halted = followerBook(situation.book, mirror.follower).halted;
  if (halted !== undefined) return verdict("ENTRIES_HALTED", halted);
  const refusal = entryRefusal({ leader: known, contract: mirror.contract, policy: situation.policy, now: situation.now });
  if (refusal?.code === "STALE" && last?.placing.state === "absent") return verdict("FAILED", `the placement was proved absent, and ${refusal.sentence}`, refusal.numbers);
  return refusal;
}

/** Whether another entry order may follow the last: never after an end at the broker (R17), only where nothing came to be. */
function mayFollow(mirror: Mirror, last: Attempt | undefined, leader: LeaderOrder): boolean {
  if (last === undefined) return true;
  if (last.order?.end === "rejected") return filledUnits(mirror) === 0 && changedSince(last, leader);
  switch (last.placing.state) {
    case "not-sent":
    case "absent":
      return true;
    case "refused":
      return changedSince(last, leader);
    case "accepted":
    case "in-flight":
    case "in-doubt":
      return false;
  }
}

function changedSince(attempt: Attempt, leader: LeaderOrder): boolean {
  return attempt.follows !== undefined && !sameTerms(attempt.follows, leader.known.terms);
}

function placeExit(mirror: Mirror, last: Attempt | undefined, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  const exitMissing = quantity(target.exit - mirror.exitFilled);
  if (leader !== undefined && leader.known.family !== "plain") return refuse(verdict("FAMILY_NOT_COPIED", `${leader.known.family} orders are not copied in this version, and never as plain orders`), leader.known.terms);
  if (mirror.contract === undefined) return refuse(verdict("INSTRUMENT_UNKNOWN", `nobody knows the lot of ${mirror.instrument.segment} ${mirror.instrument.securityId}`), leader?.known.terms);
  if (last !== undefined) {
    const pause = pauseBeforeExit(mirror, last, situation);
    if (pause !== undefined) return pause;
  }
  if (mirror.late && !situation.booksProved) return WAIT;
  if (target.executing && !roomFor(mirror, exitMissing, situation)) return waitForRoom(mirror, leader, situation);
  const entry = entryBeside(mirror, leader, target, situation);
  return place(mirror, leader, quantity(exitMissing + entry.units), target.executing, situation, 1, entry.refusal);
}

/** The entry part of a stop and reverse goes out with the exit, unless a guard refuses it: then the exit goes alone (R15). */
function entryBeside(mirror: Mirror, leader: LeaderOrder | undefined, target: Target, situation: Situation): { readonly units: Quantity; readonly refusal: Verdict | undefined } {
  const units = quantity(Math.max(0, target.units - filledUnits(mirror) - (target.exit - mirror.exitFilled)));
  if (units === 0 || leader === undefined || mirror.attempts.length > 0) return { units: NONE, refusal: undefined };
  const refusal = refusalOfEntry(mirror, undefined, leader, situation);
  return refusal === undefined ? { units, refusal } : { units: NONE, refusal };
}

/** After an exit order that is over: why the next does not go out at once. Undefined: it may. */
function pauseBeforeExit(mirror: Mirror, last: Attempt, situation: Situation): Decision | undefined {
  if (!wasRefused(last)) {
    // Ended by hand: respected, and reported (interference).
    return last.order?.end === "cancelled" && !endedByOurCancel(last) && last.terms.validity === "DAY" ? WAIT : undefined;
  }
  const refusals = mirror.attempts.filter(wasRefused).length;
  const said = last.placing.state === "refused" ? last.placing.refusal.brokerSaid : (last.order?.reason ?? "");
  const code = last.placing.state === "refused" ? last.placing.refusal.code : classifyReason(said);
  if (refusals >= EXIT_TRIES_MAX) {
    return { ...WAIT, verdicts: [{ verdict: verdict("EXIT_FAILED", `the exit was refused ${refusals} times, last: ${said}`, { refusals }), refuses: undefined }] };
  }
  const again = later(last.endedAt ?? (last.placing.state === "refused" ? last.placing.at : last.intendedAt), backoff(EXIT_BACKOFF_MS, refusals));
  const retried = { verdict: verdict("EXIT_RETRIED", `the exit was refused (${code}: ${said}); try ${refusals + 1} of ${EXIT_TRIES_MAX} follows`, { refusals }), refuses: undefined };
  return situation.now < again ? { ...WAIT, wakeAt: again, verdicts: [retried] } : undefined;
}

/** The copied exits that still rest must leave what this one needs: two orders must not be able to sell the same units (R16). */
function roomFor(mirror: Mirror, units: Quantity, situation: Situation): boolean {
  const follower = followerBook(situation.book, mirror.follower);
  let resting = 0;
  for (const key of mirrorsOfHolding(follower, mirror.copy, holdingOf(mirror))) {
    const other = follower.mirrors.get(key);
    if (other === undefined || other.key === mirror.key || !isExit(other) || other.contracted.side !== mirror.contracted.side) continue;
    for (const attempt of other.attempts) resting += liveUnits(attempt);
  }
  if (mirror.role.role === "closing") return true;
  return resting + units <= copiedAgainst(situation.book, mirror);
}

function waitForRoom(mirror: Mirror, leader: LeaderOrder | undefined, situation: Situation): Decision {
  const due = later(leader?.endedAt ?? mirror.openedAt, situation.limits.requestTimeoutMs + situation.limits.lookupGraceMs);
  if (situation.now < due) return { ...WAIT, wakeAt: due };
  return { ...WAIT, verdicts: [{ verdict: verdict("EXIT_WAITS", "the exit still waits for a resting exit of the same position to end"), refuses: undefined }] };
}

function place(mirror: Mirror, leader: LeaderOrder | undefined, units: Quantity, executing: boolean, situation: Situation, rank: Rank, refusedPart?: Verdict): Decision {
  const attempt = nextAttempt(mirror);
  const terms = complete(wishToPlace(mirror, leader, situation.policy), units, leader, mirror);
  const request: Request = { request: "place", attempt, correlationId: correlationFor(mirror.stem, { slice: 0, attempt }), executing, terms, follows: leader?.known.terms };
  const verdicts: { verdict: Verdict; refuses: Terms | undefined }[] = refusedPart === undefined || leader === undefined ? [] : [{ verdict: refusedPart, refuses: leader.known.terms }];
  if (attempt === 0) verdicts.push({ verdict: verdict("COPIED", sizeText(mirror, leader, units), { units }), refuses: undefined });
  return { ...WAIT, request, rank, verdicts };
}

/** How the size came about, in words. */
function sizeText(mirror: Mirror, leader: LeaderOrder | undefined, units: Quantity): string {
  const size = leader === undefined ? undefined : entrySizeOf(mirror, leader.known.end === undefined ? leader.known.terms.quantity : Math.max(leader.known.filled, 0));
  const entry = size === undefined ? "" : size.arithmetic;
  switch (mirror.role.role) {
    case "entry":
      return entry;
    case "exit":
      return `exit: the leader's position is ${mirror.role.exit.leaderPosition}, the copy has ${mirror.role.exit.held}: ${units} units`;
    case "reverse":
      return `stop and reverse: the copy has ${mirror.role.exit.held} of the leader's ${mirror.role.exit.leaderPosition}, and ${entry}: ${units} units`;
    case "closing":
      return `two alternatives filled together: ${units} units are closed`;
  }
}

function refuse(why: Verdict, refuses: Terms | undefined): Decision {
  return { ...WAIT, verdicts: [{ verdict: why, refuses }] };
}

function backoff(firstMs: number, tries: number): number {
  return Math.min(firstMs * 2 ** Math.max(0, tries - 1), BACKOFF_MAX_MS);
}

function later(at: UnixMs, ms: number): UnixMs {
  return unixMs(at + ms);
}

function earliest(a: UnixMs | undefined, b: UnixMs | undefined): UnixMs | undefined {
  if (a === undefined) return b;
  return b === undefined || a < b ? a : b;
}
