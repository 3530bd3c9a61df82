/** Placing an exit: no guard stops it, a refusal is not an end, and no two orders may sell the same units at once (R14, R15, R16). */
import { unreachable } from "../assert.ts";
import { type Book, type LeaderOrder, leaderBook } from "../book/book.ts";
import { selfTrade } from "../guards/self-trade.ts";
import { instrumentText } from "../instrument.ts";
import { type Cover, coverOf } from "../margin/cover.ts";
import type { KnownOrder } from "../order/known.ts";
import { isAboutTheOrder, isAccountRefusal } from "../order/refusal.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, changedSince, endedByOthers, madeRoom, refusalOf, wasRefused } from "./attempt.ts";
import { leaderExpiryAwaitedUntil } from "./close-of-day.ts";
import { backoff, CLOSED_RETRY_MS, type Decision, later, WAIT } from "./decision.ts";
import { exitUnits, wouldFlatten } from "./exit.ts";
import { roomFor } from "./exits-beside.ts";
import { awaitsLists, leftToUnclaimed, restsUnmarked, unclaimedBesideExit } from "./forever-unclaimed.ts";
import { opensUntold } from "./gone-out.ts";
import { awaitsProof, filledUnits, isExit, type Mirror } from "./mirror.ts";
import { place, termsToPlace } from "./place.ts";
import { refusalOfEntry } from "./place-entry.ts";
import type { Situation } from "./situation.ts";
import type { MirrorSlice } from "./slices.ts";
import { awaitSquareOff } from "./square-off.ts";
import { isCovered } from "./super.ts";
import { withdrawnOnBehalf } from "./taken-back.ts";
import { isExecuting, type Target, targetOf } from "./target.ts";

/** How often a refused exit is tried, and how long the pause before the next try is at first (R14). */
export const EXIT_TRIES_MAX = 6;
const EXIT_BACKOFF_MS = 500;

export function placeExit(mirror: MirrorSlice, last: Attempt | undefined, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  const exitMissing = quantity(target.exit - mirror.exitFilled);
  // A leg of the follower's own super order stands for the leader's; when it has to go, that is its own mirror's to do.
  if (leader !== undefined && isCovered(situation.book, mirror, leader)) return WAIT;
  const squareOff = awaitSquareOff(mirror, leader, { product: mirror.product, units: mirror.whole.exitInProduct }, situation);
  if (squareOff !== undefined) return squareOff;
  if (last !== undefined) {
    const pause = pauseBeforeExit(mirror, last, leader, situation);
    if (pause !== undefined) return pause;
  }
  if (awaitsProof(mirror) && !situation.booksProved) return WAIT;
  if (opensUntold(situation.book, mirror, leader)) return WAIT;
  const unmarked = restsUnmarked(mirror, leader, exitMissing, situation);
  if (unmarked !== undefined) return waitForUnmarked(unmarked);
  if (target.executing && !roomFor(situation.book, mirror)) return waitForRoom(mirror, leader, situation);
  const entry = entryBeside(mirror, leader, target, situation);
  const placing = { executing: target.executing, refusedPart: entry.refusal, cover: entry.cover } as const;
  return place(mirror, leader, { units: quantity(exitMissing + entry.units), part: "exit" }, placing, situation);
}

/** First seen in a book, which tells no lot, and of a contract that the instrument file has not. */
export function contractUnknown({ instrument }: Mirror): Verdict {
  return verdict("INSTRUMENT_UNKNOWN", `nobody knows the lot of ${instrument.segment} ${instrument.securityId}`);
}

/** The entry part of a stop and reverse goes out with the exit, unless a guard refuses it: then the exit goes alone (R15). */
function entryBeside(
  mirror: MirrorSlice,
  leader: LeaderOrder | undefined,
  target: Target,
  situation: Situation,
): { readonly units: Quantity; readonly refusal: Verdict | undefined; readonly cover?: Extract<Cover, { is: "covered" }> } {
  if (mirror.contract === undefined && mirror.role.role === "reverse") return { units: NONE, refusal: contractUnknown(mirror) };
  const units = quantity(Math.max(0, target.units - filledUnits(mirror) - (target.exit - mirror.exitFilled)));
  if (units === 0 || leader === undefined || mirror.refusedFor !== undefined) return { units: NONE, refusal: undefined };
  const goesWhole = mirror.attempts.every((attempt) => attempt.placing.state === "not-sent" || attempt.placing.state === "absent" || madeRoom(attempt));
  if (!goesWhole) {
    const said = "the order that was to exit and to enter was not taken as a whole; the exit alone is sent again";
    return { units: NONE, refusal: mirror.attempts.some(wasRefused) ? verdict("BROKER_REFUSED", said) : undefined };
  }
  const terms = termsToPlace(mirror, leader, { units, part: "exit" }, situation);
  const refusal =
    refusalOfEntry(mirror, undefined, leader, situation) ?? listsUnread(mirror, leader, situation) ?? selfTrade(situation.book, mirror, leader, terms);
  if (refusal !== undefined) return { units: NONE, refusal };
  const cover = coverOf(mirror, leader, { terms, units, alsoElsewhere: mirror.whole.toAskElsewhere }, situation);
  switch (cover.is) {
    case "covered":
      return { units, refusal: undefined, cover };
    case "short":
      return { units: NONE, refusal: cover.why };
    case "unknown":
      // The exit does not wait for a reading.
      return { units: NONE, refusal: verdict("MARGIN_UNKNOWN", `the exit goes alone, because ${cover.why}`) };
    default:
      return unreachable(cover);
  }
}

/** The exit does not wait for them. */
function listsUnread(mirror: Mirror, leader: LeaderOrder, situation: Situation): Verdict | undefined {
  if (!awaitsLists(mirror, leader, situation)) return undefined;
  return verdict("FOREVER_UNCLAIMED", "the exit goes alone, because the lists of forever orders are not read yet: one of ours may fire what it would enter");
}

/** After an exit order that is over: why the next does not go out at once. Undefined: it may. */
function pauseBeforeExit(mirror: Mirror, last: Attempt, leader: LeaderOrder | undefined, situation: Situation): Decision | undefined {
  if (!wasRefused(last)) {
    const expiresBy = leaderExpiryAwaitedUntil(mirror, last, leader, situation);
    if (expiresBy !== undefined) return { ...WAIT, wakeAt: expiresBy };
    return endedByOthers(last) ? WAIT : undefined;
  }
  const { code, said } = refusalOf(last);
  const refusedAt = last.endedAt ?? (last.placing.state === "refused" ? last.placing.at : last.intendedAt);
  // How long that lasts was waited for before this was asked.
  if (isAccountRefusal(code)) return undefined;
  if (code === "MARKET_CLOSED") return untilOpen(mirror, refusedAt, said, situation);
  // The leader's change of his exit begins the count anew.
  const refusals = mirror.attempts.filter((attempt) => wasRefused(attempt) && isAboutTheOrder(refusalOf(attempt).code) && follows(attempt, leader)).length;
  if (refusals >= EXIT_TRIES_MAX) {
    return {
      ...WAIT,
      verdicts: [{ verdict: verdict("EXIT_FAILED", `the exit was refused ${refusals} times, last: ${said}`, { refusals }), refuses: undefined }],
    };
  }
  const again = later(refusedAt, backoff(EXIT_BACKOFF_MS, refusals));
  const retried = {
    verdict: verdict("EXIT_RETRIED", `the exit was refused (${code}: ${said}); try ${refusals + 1} of ${EXIT_TRIES_MAX} follows`, { refusals }),
    refuses: undefined,
  };
  return situation.now < again ? { ...WAIT, wakeAt: again, verdicts: [retried] } : undefined;
}

function follows(attempt: Attempt, leader: LeaderOrder | undefined): boolean {
  return leader === undefined || !changedSince(attempt, leader.known.terms);
}

/**
 * A closed market is no fault of the order: it is tried when the calendar says that it opens, and every minute while the broker says
 * otherwise, however long that is (R14).
 */
function untilOpen(mirror: Mirror, refusedAt: UnixMs, said: string, { calendar, now }: Situation): Decision | undefined {
  const again = unixMs(Math.max(later(refusedAt, CLOSED_RETRY_MS), calendar.nextOpening(mirror.instrument.segment, now) ?? 0));
  const retried = verdict("EXIT_RETRIED", `the exit waits for the market to open: ${said}`);
  return now < again ? { ...WAIT, wakeAt: again, verdicts: [{ verdict: retried, refuses: undefined }] } : undefined;
}

function waitForRoom(mirror: Mirror, leader: LeaderOrder | undefined, situation: Situation): Decision {
  const due = later(waitsSince(mirror, leader, situation.book), situation.limits.requestTimeoutMs + situation.limits.lookupGraceMs);
  if (situation.now < due) return { ...WAIT, wakeAt: due };
  const unclaimed = unclaimedBesideExit(situation.book, mirror);
  if (unclaimed !== undefined) return waitForUnclaimed(unclaimed.order);
  return { ...WAIT, verdicts: [{ verdict: verdict("EXIT_WAITS", "the exit still waits for a resting exit of the same position to end"), refuses: undefined }] };
}

/** It may sell what this exit needs. */
function waitForUnclaimed({ orderId }: KnownOrder): Decision {
  const why = `the exit still waits for the end of order ${orderId} of the account, which bears no mark: it may be what a forever order of ours has fired, and sell the same units; a person must look`;
  return { ...WAIT, verdicts: [{ verdict: verdict("EXIT_WAITS", why, { order: orderId }), refuses: undefined }] };
}

/** One that rests is smaller by what such an order may sell. */
export function saysLeftToUnclaimed(mirror: Mirror, leader: LeaderOrder | undefined, { book }: Situation): readonly Verdict[] {
  const left = leader === undefined || !isExit(mirror) ? undefined : leftToUnclaimed(book, mirror);
  if (leader === undefined || left === undefined || isExecuting(book, mirror, leader)) return [];
  if (exitUnits(book, mirror, leader) <= targetOf(book, mirror, leader).exit) return [];
  const { orderId, correlationId } = left.order;
  const which =
    correlationId === undefined
      ? "it bears no mark, and may be what a forever order of ours has fired"
      : "it bears a mark of ours, and nothing tells for what it was sent";
  const why = `the exit leaves to order ${orderId} of the account what that may sell: ${which}; a person must look`;
  return [verdict("EXIT_WAITS", why, { order: orderId })];
}

/** It exits the same units at the same price. Once it is over, by its fill or by a person's hand, what is left to exit goes out. */
function waitForUnmarked({ orderId }: KnownOrder): Decision {
  const why = `order ${orderId} of the account rests for the same units at the leader's price and bears no mark: it may be what a forever order of ours has fired, so the exit waits for its end; a person must look`;
  return { ...WAIT, verdicts: [{ verdict: verdict("EXIT_WAITS", why, { order: orderId }), refuses: undefined }] };
}

/**
 * From when on it waits is in no record: at the earliest from the last word of the leader's order, which may be days younger than the mirror. Where his other
 * orders have left him with no more than it takes, so that it is to take all, from the last fill of those.
 */
function waitsSince(mirror: Mirror, leader: LeaderOrder | undefined, book: Book): UnixMs {
  if (leader?.endedAt !== undefined) return leader.endedAt;
  let since = Math.max(mirror.openedAt, leader?.known.updatedAt ?? 0);
  if (leader === undefined || !hasBecomeAll(book, mirror, leader)) return unixMs(since);
  const contract = instrumentText(mirror.instrument);
  for (const { known } of leaderBook(book, mirror.leader).orders.values())
    if (known.filled > 0 && instrumentText(known.instrument) === contract) since = Math.max(since, known.updatedAt);
  return unixMs(since);
}

/** It was of a part of what he held, or the copy was through with what it was to exit, before he entered more. */
function hasBecomeAll(book: Book, mirror: Mirror, leader: LeaderOrder): boolean {
  const { role } = mirror;
  if (role.role !== "exit" && role.role !== "reverse") return false;
  const { leaderPosition, held } = role.exit;
  const wasLess = leader.known.terms.quantity < leaderPosition || less(held, withdrawnOnBehalf(book, mirror)) <= mirror.exitFilled;
  return wasLess && wouldFlatten(book, mirror, leader);
}
