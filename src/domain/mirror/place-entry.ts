/** Placing an entry: what every guard may refuse, and what must be true of the order before it (R10, R17, R20, R22). */
import type { Book, LeaderOrder } from "../book/book.ts";
import { entryRefusal } from "../guards/guard.ts";
import { hoursFor } from "../guards/hours.ts";
import { selfTrade } from "../guards/self-trade.ts";
import { haltOf, haltSentence } from "../halt/halt.ts";
import { coverOf, type Wanted } from "../margin/cover.ts";
import { isNettedApart } from "../order/family.ts";
import type { KnownOrder } from "../order/known.ts";
import { hasFired } from "../order/plan.ts";
import { isAccountRefusal } from "../order/refusal.ts";
import { less, type Quantity, quantity } from "../quantity.ts";
import { largestOrder } from "../sizing/freeze.ts";
import { REST_OF_A_SECOND_MS, type UnixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, changedSince, filledOf, isFilledOrReduced, madeRoom, wasRefused } from "./attempt.ts";
import { heldBeside, whyBeside } from "./by-product.ts";
import { type Decision, later, refuse, WAIT } from "./decision.ts";
import { EXIT_LOOK_MS, entryWaits, exitNotThrough } from "./exit-not-through.ts";
import { awaitsLists, mayBeCopied } from "./forever-unclaimed.ts";
import { firstMarginRefusal, hedgeAwaitedUntil, hedgeFilledSince, isTakenBack } from "./hedge.ts";
import { awaitsProof, filledUnits, isKeptFor, isRefusedFor, type Mirror } from "./mirror.ts";
import { perhapsExit } from "./perhaps-exit.ts";
import { place, termsToPlace } from "./place.ts";
import type { Situation } from "./situation.ts";
import type { MirrorSlice } from "./slices.ts";
import { wayOutUnproved, whyUnproved } from "./way-out-unproved.ts";

export function placeEntry(mirror: MirrorSlice, last: Attempt | undefined, leader: LeaderOrder | undefined, missing: Quantity, situation: Situation): Decision {
  if (leader === undefined) return WAIT;
  if (!mayFollow(mirror, last, leader, situation)) return { ...WAIT, wakeAt: untilHedged(mirror, last, situation) };
  if (isRefusedFor(mirror, leader.known.terms)) return WAIT;
  const { stoodElsewhere } = mirror.whole;
  if (stoodElsewhere && isKeptFor(mirror, leader.known.terms) && !(last !== undefined && madeRoom(last))) return WAIT;
  const refusal = slicesRefusal(mirror, leader) ?? refusalOfEntry(mirror, last, leader, situation) ?? perhapsExit(situation.book, mirror, leader);
  if (refusal !== undefined) return refused(mirror, leader, refusal);
  // The second read of the books comes by itself, and soon (R11).
  if (awaitsProof(mirror) && !situation.booksProved) return { ...WAIT, wakeAt: later(situation.now, EXIT_LOOK_MS) };
  if (awaitsLists(mirror, leader, situation))
    return { ...waits("the lists of forever orders are not read yet", undefined, { since: mirror.openedAt, now: situation.now }), look: { look: "forever" } };
  const exit = exitNotThrough(situation.book, mirror.follower);
  if (exit !== undefined) return { ...WAIT, wakeAt: later(situation.now, EXIT_LOOK_MS), verdicts: [{ verdict: entryWaits(exit), refuses: undefined }] };
  const unproved = wayOutUnproved(situation.book, mirror, leader);
  if (unproved !== undefined) return waits(whyUnproved(unproved), undefined, { since: unproved.updatedAt, now: situation.now });
  const beside = heldBeside(situation.book, mirror, mirror.product);
  if (beside !== undefined) return waits(whyBeside(beside, mirror.product), undefined, { since: leader.known.updatedAt, now: situation.now });
  // Only its book tells what a super order is to get out at; it is asked for as soon as one is heard of.
  if (leader.known.family === "super" && leader.known.plan === undefined) return WAIT;
  const hours = hoursFor(leader.known, situation.policy, situation.calendar, situation.now);
  // What takes the place of an order that a halt kept from growing is no larger than what that had left.
  const isKept = last !== undefined && madeRoom(last) && isKeptFor(mirror, leader.known.terms);
  const units = isKept ? quantity(Math.min(missing, less(last.terms.quantity, filledOf(last)))) : missing;
  if (units === 0) return WAIT;
  const ordered = { units, part: "entry" } as const;
  const terms = termsToPlace(mirror, leader, ordered, situation);
  const crossing = selfTrade(situation.book, mirror, leader, terms);
  if (crossing !== undefined) return refused(mirror, leader, crossing);
  const cover = coverOf(mirror, leader, { terms, units, alsoElsewhere: isKept ? 0 : mirror.whole.toAskElsewhere }, situation);
  if (cover.is === "unknown") return waitForMoney(mirror, cover.why, cover.wanted, situation);
  if (cover.is === "short") return short(mirror, leader, cover.why, situation);
  const placed = place(mirror, leader, ordered, { executing: false, terms, afterMarket: hours.send === "after-market", cover }, situation);
  return hours.says === undefined ? placed : { ...placed, verdicts: [...placed.verdicts, { verdict: hours.says, refuses: undefined }] };
}

/** Of a further slice: what stands of the order stays, and does not grow by this one, also later, until the leader changes his order (as under R23). */
function refused({ whole }: MirrorSlice, { known }: LeaderOrder, why: Verdict): Decision {
  if (!whole.standsElsewhere) return refuse(why, known.terms);
  return { ...WAIT, verdicts: [{ verdict: why, refuses: undefined, keeps: known.terms }] };
}

/** Mostly a moment: only what lasts is said. */
const WAIT_SAID_AFTER_MS = 1_000;

function waits(why: string, wanted: Wanted | undefined, { since, now }: { readonly since: UnixMs; readonly now: UnixMs }): Decision {
  const says = verdict("ENTRY_WAITS", `the entry waits: ${why}`);
  const verdicts = now - since < WAIT_SAID_AFTER_MS ? [] : [{ verdict: says, refuses: undefined }];
  return { ...WAIT, wanted, wakeAt: later(now, EXIT_LOOK_MS), verdicts };
}

function waitForMoney({ openedAt }: Mirror, why: string, wanted: Wanted | undefined, { now }: Situation): Decision {
  return waits(why, wanted, { since: openedAt, now });
}

/** A sale may find its hedge filled a moment later; everything else is refused at once. */
function short(mirror: MirrorSlice, leader: LeaderOrder, why: Verdict, situation: Situation): Decision {
  if (hedgeAwaitedUntil(mirror, mirror.openedAt, situation) === undefined) return refused(mirror, leader, why);
  return waitForMoney(mirror, "margin is short, and what the leader buys beside it may still fill", { wants: "funds" }, situation);
}

/** When to look again whether the hedge of a sale that the broker refused for margin has filled. */
function untilHedged(mirror: Mirror, last: Attempt | undefined, situation: Situation): UnixMs | undefined {
  const refusedAt = last === undefined ? undefined : firstMarginRefusal(mirror, last);
  const isAwaited = refusedAt !== undefined && hedgeAwaitedUntil(mirror, refusedAt, situation) !== undefined;
  return isAwaited ? later(situation.now, EXIT_LOOK_MS) : undefined;
}

function isHedged(mirror: Mirror, last: Attempt, leader: LeaderOrder, situation: Situation): boolean {
  const refusedAt = firstMarginRefusal(mirror, last);
  if (refusedAt === undefined || hedgeAwaitedUntil(mirror, refusedAt, situation) === undefined) return false;
  return hedgeFilledSince(situation.book, mirror, refusedAt) && !isTakenBack(situation.book, mirror, leader);
}

/** The first reason not to enter. A halt comes last: it is said of what would have gone without it. */
export function refusalOfEntry(mirror: Mirror, last: Attempt | undefined, leader: LeaderOrder, situation: Situation): Verdict | undefined {
  return guardRefusal(mirror, last, leader, situation) ?? haltRefusal(mirror, leader, situation.book);
}

/**
 * What is refused during a halt stays refused when that is lifted, until the leader changes his order: a resume sends nothing by itself.
 * What was executed meanwhile would be late, and of what still rests nobody has asked anew (R20, R23).
 */
function haltRefusal(mirror: Mirror, { known }: LeaderOrder, { halts }: Book): Verdict | undefined {
  const halt = haltOf(halts, mirror);
  if (halt === undefined) return undefined;
  const until = known.end === undefined ? ", until the leader changes his order after that" : "";
  return verdict("ENTRIES_HALTED", `${haltSentence(halt, mirror)}; this one is not sent when they are resumed either${until}`);
}

function guardRefusal(mirror: Mirror, last: Attempt | undefined, leader: LeaderOrder, situation: Situation): Verdict | undefined {
  const { known } = leader;
  const family = familyRefusal(known);
  if (family !== undefined) return family;
  if (mirror.late && situation.policy.lateJoin === "ignore")
    return verdict("LATE_JOIN_IGNORED", "the leader's order is older than the start, and lateJoin is ignore");
  const copied = mayBeCopied(mirror, leader, situation);
  if (copied !== undefined) return copied;
  if (mirror.contradiction !== undefined) return verdict("INSTRUMENT_CONTRADICTION", mirror.contradiction);
  const hours = hoursFor(known, situation.policy, situation.calendar, situation.now);
  if (hours.send === "not") return hours.says;
  if (hours.send === "after-market" && known.family === "super")
    return verdict("FAMILY_NOT_COPIED", "the market is closed, and there are no after-market super orders");
  const refusal = entryRefusal({ leader: known, contract: mirror.contract, policy: situation.policy, now: situation.now });
  if (refusal?.code === "STALE" && last?.placing.state === "absent")
    return verdict("FAILED", `the placement was proved absent, and ${refusal.sentence}`, refusal.numbers);
  if (refusal === undefined && endedBeforeAll(known, situation.book))
    return verdict("LATE_JOIN_IGNORED", "the leader's order had ended before Lockstep first started: only what still rests is joined");
  return refusal;
}

/**
 * A super order goes out whole or not at all: of several slices each would have its own stop and target, and one whose placement is refused or in
 * doubt while another's legs fire is more than a mirror of one order can follow.
 */
function slicesRefusal({ whole, contract }: MirrorSlice, { known }: LeaderOrder): Verdict | undefined {
  if (known.family !== "super" || whole.slices === 1) return undefined;
  const most = contract === undefined ? undefined : largestOrder(contract);
  return verdict("FAMILY_NOT_COPIED", `${whole.missing} units are more than the ${most} that the exchange takes in one order, and a super order is not sliced`);
}

/** What is copied only as what it is, or not at all (R19). */
function familyRefusal({ family, plan, terms, leg }: KnownOrder): Verdict | undefined {
  if (isNettedApart(family)) return verdict("FAMILY_NOT_COPIED", `${family} orders are not copied, and never as plain orders`);
  if (family !== "super" || leg !== undefined) return undefined;
  if (terms.type !== "LIMIT" && terms.type !== "MARKET")
    return verdict("FAMILY_NOT_COPIED", `a super order enters by LIMIT or MARKET, and not by ${terms.type}`);
  if (plan !== undefined && plan.prices.stop === 0 && plan.prices.target === 0)
    return verdict("FAMILY_NOT_COPIED", "the book of super orders shows neither a stop nor a target of it, and it is never copied without");
  return plan !== undefined && hasFired(plan) ? verdict("STALE", "a target or stop of the leader's super order has fired by now") : undefined;
}

/** However young it is: on a first start nothing is joined but what rests (S26). A journal that was lost begins anew, and this with it (R11). */
function endedBeforeAll(known: KnownOrder, { begunAt }: Book): boolean {
  return known.firstSeenEnded && begunAt !== undefined && known.updatedAt + REST_OF_A_SECOND_MS < begunAt;
}

/** Whether another entry order may follow the last: never after an end at the broker (R17), only where nothing came to be, or where we made room. */
function mayFollow(mirror: MirrorSlice, last: Attempt | undefined, leader: LeaderOrder, situation: Situation): boolean {
  if (last === undefined) return !mirror.whole.hasEnded;
  if (madeRoom(last)) return true;
  // None of ours was taken to wait: what the leader's has fired is an order like any.
  if (last.isForever && wasRefused(last)) return leader.known.fired !== undefined;
  // Of an order that rests on: he has made it larger.
  if (mirror.whole.restsElsewhere && isFilledOrReduced(last)) return true;
  if (last.order?.end === "rejected") return filledUnits(mirror) === 0 && (changedSince(last, leader.known.terms) || isHedged(mirror, last, leader, situation));
  switch (last.placing.state) {
    case "not-sent":
    case "absent":
      return true;
    case "refused":
      return isAccountRefusal(last.placing.refusal.code) || changedSince(last, leader.known.terms) || isHedged(mirror, last, leader, situation);
    case "accepted":
    case "in-flight":
    case "in-doubt":
    case "unresolved":
      return false;
  }
}
