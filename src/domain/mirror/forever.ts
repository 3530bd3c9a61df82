/**
 * A leader's forever order as one at the follower's broker (`forever: copy`; docs/forever.md). To the core it is a stop that waits there: sizes, alternatives,
 * withdrawals and orphans are those of any order. What is its own: it is never placed again where nobody knows what became of it, and of the leader's and
 * the follower's each fires by itself.
 */
import { type Book, followerBook, type LeaderOrder, leaderBook } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import { instrumentText } from "../instrument.ts";
import { NO_PRICE } from "../money.ts";
import { waitsForever } from "../order/family.ts";
import { BOOKS_LAG_AT_MOST_MS } from "../order/known.ts";
import { nextChange, type OcoChange, waitingIn } from "../order/oco.ts";
import { isStop, normalised, sameTerms, type Terms } from "../order/terms.ts";
import { less, type Quantity, quantity } from "../quantity.ts";
import { largestOrder } from "../sizing/freeze.ts";
import { REST_OF_A_SECOND_MS, type UnixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, changedSince, endedByOurCancel, filledOf, goesAgain, isOpen, waitsAsForever, wasRefused } from "./attempt.ts";
import { cancel, replacing } from "./cancel.ts";
import { type Decision, earliest, later, RETRY_AFTER_MS, refuse, WAIT } from "./decision.ts";
import { EXIT_LOOK_MS } from "./exit-not-through.ts";
import { unclaimedBeside } from "./forever-unclaimed.ts";
import { asksTheSame } from "./likeness.ts";
import { lookForPlacement, whyNotGrow } from "./live.ts";
import { awaitsProof, filledUnits, given, isRefusedFor, type Mirror } from "./mirror.ts";
import { place } from "./place.ts";
import { refusalOfEntry } from "./place-entry.ts";
import type { Situation } from "./situation.ts";
import type { MirrorSlice } from "./slices.ts";
import { asForever, complete, partLeft, type Target } from "./target.ts";

/** What it fires would be ours a second time: it may stand at the broker, and nobody knows. */
export function mayStandUnseen(mirror: Mirror): boolean {
  if (given(mirror, "FOREVER_UNCLAIMED")) return true;
  return mirror.attempts.some(
    ({ isForever, order, placing }) => isForever && order === undefined && (placing.state === "in-doubt" || placing.state === "unresolved"),
  );
}

/** A forever order of the leader's was copied, and his is not over, or ours may fire still: it is followed to its end, whatever the configuration asks for by now. */
export function hasForever(book: Book, { leader, follower }: Pick<Mirror, "leader" | "follower">): boolean {
  for (const mirror of followerBook(book, follower).mirrors.values()) {
    if (mirror.leader !== leader) continue;
    const known = orderOf(leaderBook(book, leader), mirror.cause)?.known;
    if ((known?.family === "forever" && known.end === undefined) || mirror.attempts.some((one) => one.isForever && isOpen(one))) return true;
  }
  return false;
}

/** Nothing of ours stands, and the leader's waits. `units`: what is lacking. */
export function placeForever(mirror: MirrorSlice, last: Attempt | undefined, leader: LeaderOrder, target: Target, situation: Situation): Decision {
  const { known } = leader;
  if (isRefusedFor(mirror, known.terms) || (last !== undefined && !mayFollow(last, leader, target))) return WAIT;
  // One that would go out in slices is refused as a whole.
  if (mirror.slice > 0) return WAIT;
  const units = less(target.units, filledUnits(mirror));
  const part = partLeft(mirror, target);
  const refusal = whyNotPlaced(mirror, leader, situation) ?? (part === "entry" ? refusalOfEntry(mirror, last, leader, situation) : undefined);
  if (refusal !== undefined) return refuse(refusal, known.terms);
  const { standing } = followerBook(situation.book, mirror.follower);
  if (standing === undefined) return { ...WAIT, look: { look: "forever" }, wakeAt: later(situation.now, EXIT_LOOK_MS) };
  if (awaitsProof(mirror) && !situation.booksProved) return { ...WAIT, wakeAt: later(situation.now, EXIT_LOOK_MS) };
  const unclaimed = unclaimedBeside(mirror, leader, situation);
  if (unclaimed !== undefined) return refuse(unclaimed, known.terms);
  return place(mirror, leader, { units, part }, { executing: false }, situation);
}

/** After one that is over: only where it is certain that nothing of it can fire. */
function mayFollow(last: Attempt, { known }: LeaderOrder, target: Target): boolean {
  if (goesAgain(last)) return true;
  if (wasRefused(last)) return changedSince(last, known.terms);
  // An exit that gave way to another, which has left something after all.
  return endedByOurCancel(last) && waitsAsForever(last) && target.exit > 0;
}

function whyNotPlaced(mirror: MirrorSlice, leader: LeaderOrder, situation: Situation): Verdict | undefined {
  const { whole, contract, contracted, product, role } = mirror;
  const most = contract === undefined ? undefined : largestOrder(contract);
  const then = "what the leader's fires is copied as any order";
  if (situation.policy.forever === "report") return verdict("FOREVER_NOT_COPIED", `the copy leaves no forever orders to wait any more; ${then}`);
  if (whole.slices > 1)
    return verdict(
      "FOREVER_NOT_COPIED",
      `${whole.missing} units are more than the ${most} that the exchange takes in one order, and a forever order is not sliced; ${then}`,
    );
  // The list is read now and then: what he has got out of meanwhile an order that was to exit it would open anew (R15).
  if (role.role !== "exit" && contracted.side === "SELL")
    return verdict("FOREVER_NOT_COPIED", `a sale that opens a position is not left to wait at the follower's broker; ${then}`);
  if (role.role !== "exit" && hasGotOutSince(mirror, leader, situation))
    return verdict("FOREVER_NOT_COPIED", `the leader has got out of what it may have been placed to exit; ${then}`);
  if (isHalfAtMarket(leader.known.terms))
    return verdict("FOREVER_NOT_COPIED", `one of its two orders is at the market and the other has a limit, which no call places; ${then}`);
  if (product === "INTRADAY") return verdict("FOREVER_NOT_COPIED", `there are no forever orders in INTRADAY, in which it would go out; ${then}`);
  return undefined;
}

function isHalfAtMarket({ price, upper }: Terms): boolean {
  return upper !== undefined && (price === NO_PRICE) !== (upper.price === NO_PRICE);
}

/** Another order of his, on the same side and since this one was placed, has brought his position to zero. */
function hasGotOutSince({ leader: id, instrument, contracted }: Mirror, { known }: LeaderOrder, { book }: Situation): boolean {
  return [...leaderBook(book, id).orders.values()].some(
    ({ known: other, flattened }) =>
      flattened &&
      other.contracted.side === contracted.side &&
      other.updatedAt + REST_OF_A_SECOND_MS >= known.createdAt &&
      instrumentText(other.instrument) === instrumentText(instrument),
  );
}

/** One of ours waits at the broker, or may. */
export function decideForever(mirror: MirrorSlice, attempt: Attempt, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  if (attempt.orderId === undefined) return attempt.placing.state === "in-doubt" ? lookForPlacement(attempt, situation) : WAIT;
  if (mayHaveFired(mirror, attempt, situation)) return lookAgain(situation, attempt);
  if (leader === undefined) return WAIT;
  const wanted = less(target.units, filledUnits(mirror));
  if (wanted === 0) return cancel(mirror, attempt, situation);
  if (leader.known.fired !== undefined) return leadersAlone(mirror, attempt, leader, situation);
  if (attempt.cancelling.state === "in-flight" || (attempt.cancelling.state === "sent" && attempt.cancelling.refusal === undefined))
    return cancel(mirror, attempt, situation);
  if (!waitsForever(leader.known) || attempt.changing.state === "in-flight") return WAIT;
  if (attempt.changing.state === "in-doubt") return lookAgain(situation);
  return change(mirror, attempt, leader, { wanted, part: partLeft(mirror, target) }, situation);
}

function change(
  mirror: MirrorSlice,
  attempt: Attempt,
  leader: LeaderOrder,
  { wanted, part }: { readonly wanted: Quantity; readonly part: "entry" | "exit" },
  situation: Situation,
): Decision {
  const mayGrow = wanted <= attempt.terms.quantity || (whyNotGrow(mirror, leader, situation, attempt.product) === "may" && mirror.whole.slices === 1);
  const units = mayGrow ? wanted : quantity(Math.min(wanted, attempt.terms.quantity));
  const whole: Terms = complete(asForever(leader.known.terms), units, leader, mirror);
  if (attempt.orderId === undefined || sameTerms(whole, normalised(attempt.terms))) return WAIT;
  // Of an OCO order with a row that could not be read nothing is concluded.
  if ((whole.upper === undefined) !== (attempt.terms.upper === undefined)) return WAIT;
  if (standsOtherwise(attempt)) return WAIT;
  const next = nextChange(attempt.terms, whole);
  const terms = next?.terms ?? whole;
  if (attempt.refusedChange !== undefined && sameTerms(terms, attempt.refusedChange)) {
    const sentence = `the broker refused to change forever order ${attempt.orderId}; it stays as it was`;
    return { ...WAIT, verdicts: [{ verdict: verdict("CHANGE_REFUSED", sentence), refuses: undefined }] };
  }
  if (attempt.order === undefined) return lookAgain(situation);
  // Which of the two is called what the list tells, once it shows them as they are.
  if (next !== undefined && !asksTheSame(attempt.order.terms, attempt.terms)) return lookAgain(situation, attempt);
  const leg = legNamed(attempt.order, next?.from);
  if (next !== undefined && leg === undefined) {
    const sentence = `the list of the account does not tell which of the two orders of ${attempt.orderId} is which; it stays as it was`;
    return { ...WAIT, verdicts: [{ verdict: verdict("CHANGE_REFUSED", sentence), refuses: undefined }] };
  }
  const oco: OcoChange | undefined = next === undefined || leg === undefined ? undefined : { leg, to: next.to };
  if (attempt.pausedUntil !== undefined && situation.now < attempt.pausedUntil) return { ...WAIT, wakeAt: attempt.pausedUntil };
  if (attempt.isCapped || attempt.modifications >= situation.limits.modificationsPerOrder) {
    const { modifications } = attempt;
    const sentence = `forever order ${attempt.orderId} was changed ${modifications} times, as often as is allowed; it stays as it is`;
    return { ...WAIT, verdicts: [{ verdict: verdict("MODIFICATION_CAP", sentence, { modifications }), refuses: undefined }] };
  }
  const rank = part === "exit" || terms.quantity < attempt.terms.quantity ? 1 : 2;
  const about = { attempt: attempt.number, orderId: attempt.orderId, terms, follows: leader.known.terms };
  return { ...WAIT, request: { request: "modify", ...about, forever: true, ...(oco === undefined ? {} : { oco }) }, rank };
}

/**
 * Of an OCO order: its list tells, and cannot lag any more, that it is not as it was sent. Somebody has changed it, or a change was made of the other of the
 * two: which of them the next would be made of nobody knows.
 */
export function standsOtherwise({ order, terms, termsSince, changing }: Attempt): boolean {
  if (order === undefined || order.fired !== undefined || terms.upper === undefined || changing.state !== "none" || order.newest.from !== "row") return false;
  return !asksTheSame(order.terms, terms) && order.newest.asked >= later(termsSince, BOOKS_LAG_AT_MOST_MS);
}

function legNamed({ upperIs }: NonNullable<Attempt["order"]>, which: "lower" | "upper" | undefined): OcoChange["leg"] | undefined {
  if (upperIs === undefined) return undefined;
  return (which === "upper") === (upperIs === "first") ? "first" : "second";
}

/** The leader's has fired: ours has a while to do the same, then it is deleted, and what the leader's fired goes out when the list tells that ours has not. */
function leadersAlone(mirror: Mirror, attempt: Attempt, { known }: LeaderOrder, situation: Situation): Decision {
  const due = later(known.fired?.at ?? situation.now, REST_OF_A_SECOND_MS + situation.policy.stopMarket.afterMs);
  const { look, wakeAt: lookedAgainAt } = lookAgain(situation, attempt);
  if (situation.now < due) return { ...WAIT, look, wakeAt: earliest(due, lookedAgainAt) };
  const decision = replacing(mirror, attempt, situation);
  const gone = verdict("FOREVER_GONE", `forever order ${attempt.orderId ?? ""} has not fired, and the leader's has: it is deleted`);
  return {
    ...decision,
    look,
    wakeAt: earliest(decision.wakeAt, lookedAgainAt),
    verdicts: [...decision.verdicts, { verdict: gone, refuses: undefined }],
  };
}

/** Not before a moment has passed since the last look. */
function lookAgain({ now }: Situation, { order }: Pick<Attempt, "order"> = { order: undefined }): Decision {
  const lookedAt = order?.newest.from === "row" ? order.newest.asked : undefined;
  if (lookedAt !== undefined && now < later(lookedAt, RETRY_AFTER_MS)) return { ...WAIT, wakeAt: later(lookedAt, RETRY_AFTER_MS) };
  return { ...WAIT, look: { look: "forever" }, wakeAt: later(now, RETRY_AFTER_MS) };
}

/**
 * An order has turned up in the account that asks for the same and is nobody's: it may be what ours has fired, until a reading of the list that cannot
 * lag any more shows ours waiting still.
 */
function mayHaveFired(mirror: Mirror, attempt: Attempt, { book, limits }: Situation): boolean {
  const seen = attempt.order?.newest;
  const waitedAt = seen?.from === "row" ? seen.asked : undefined;
  for (const other of followerBook(book, mirror.follower).foreign.values()) {
    if (!mayBeOf(other, mirror, attempt)) continue;
    if (waitedAt === undefined || waitedAt < other.createdAt + limits.lookupGraceMs) return true;
  }
  return false;
}

/** Whether an order of the account's that nobody sent asks for what a forever order of ours fires, and came after it. */
export function mayBeOf(
  other: Pick<NonNullable<Attempt["order"]>, "family" | "correlationId" | "instrument" | "contracted" | "terms" | "createdAt" | "end" | "filled">,
  { instrument, contracted }: Mirror,
  { intendedAt, product, everSent }: Attempt,
): boolean {
  if (other.family !== "plain" || isStop(other.terms.type) || other.createdAt + REST_OF_A_SECOND_MS < intendedAt) return false;
  const isContract = instrumentText({ ...other.instrument, expiry: undefined }) === instrumentText({ ...instrument, expiry: undefined });
  // A change of ours may have been made that nobody has answered.
  const isItsSize = everSent.some((sent) => waitingIn(sent).some((one) => one?.quantity === other.terms.quantity));
  return isContract && other.contracted.side === contracted.side && other.contracted.product === product && isItsSize;
}

/** What is to be said of forever orders, whatever else is decided. */
export function foreverSays(
  mirror: Mirror,
  leader: LeaderOrder | undefined,
  situation: Situation,
): { readonly verdicts: readonly Verdict[]; readonly wakeAt: UnixMs | undefined } {
  const verdicts: Verdict[] = [];
  let wakeAt: UnixMs | undefined;
  for (const attempt of mirror.attempts) {
    if (!attempt.isForever) continue;
    if (mayStandUnseen({ ...mirror, attempts: [attempt] }) && attempt.placing.state === "unresolved" && !given(mirror, "FOREVER_IN_DOUBT")) {
      const sentence = `what became of forever order ${attempt.correlationId} is not known: the list of the account does not tell of it, and none is placed for it again; look whether it waits there`;
      verdicts.push(verdict("FOREVER_IN_DOUBT", sentence));
    }
    if (isOpen(attempt) && standsOtherwise(attempt)) {
      const sentence = `forever order ${attempt.orderId ?? ""} does not ask for what was sent, on one of its two sides at least; it is left alone, until the leader's is over`;
      verdicts.push(verdict("CHANGED_BY_OTHERS", sentence));
    }
    const firedAt = attempt.order?.fired?.at;
    if (firedAt === undefined || leader === undefined || leader.known.fired !== undefined || leader.known.end !== undefined || given(mirror, "FOREVER_ALONE"))
      continue;
    const due = later(firedAt, situation.policy.slippage.afterMs);
    if (situation.now < due) wakeAt = earliest(wakeAt, due);
    else
      verdicts.push(
        verdict(
          "FOREVER_ALONE",
          `forever order ${attempt.orderId ?? ""} has fired (${filledOf(attempt)} units filled${isOpen(attempt) ? " so far" : ""}), and the leader's waits`,
        ),
      );
  }
  return { verdicts, wakeAt };
}
