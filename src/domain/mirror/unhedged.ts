/**
 * A leg that is missing at the follower while another of its basket stands there: said on the missing one, once for each state, until it stands
 * after all or the others are gone (docs/legs.md). It is worked out for a mirror that lacks something and asks for nothing; what is ordinary
 * costs nothing. Sentences only; nothing here sends anything.
 */
import { type Book, followerBook, type LeaderOrder, leaderBook, mirrorsOfHolding, positionIn } from "../book/book.ts";
import { isOver } from "../book/over.ts";
import { takesOrders } from "../calendar/calendar.ts";
import { NO_PRICE, type Price, priceText, rupeesText, valuePaise } from "../money.ts";
import { isNettedApart, waitsForever } from "../order/family.ts";
import type { KnownOrder } from "../order/known.ts";
import { isAccountRefusal } from "../order/refusal.ts";
import { direction } from "../order/terms.ts";
import { less } from "../quantity.ts";
import { capitalTrouble } from "../sizing/capital.ts";
import { unboundedShare } from "../sizing/share.ts";
import { lotsText } from "../sizing/words.ts";
import type { UnixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { changedSince, refusalOf, wasRefused } from "./attempt.ts";
import { isLeg, isUnsure, legsBeside, mayFire, openEntry, restingEntry, type Standing, standingOf } from "./basket.ts";
import { expiredAtClose } from "./close-of-day.ts";
import { asksNothing, type Decision, later, RETRY_AFTER_MS } from "./decision.ts";
import { entryUnits } from "./entry.ts";
import { holdingOf } from "./in-holding.ts";
import { currentAttempt, currentAttempts, entryAbove, entryFilled, isLive, isRefusedFor, type Mirror, type MirrorKey, withdrawnUnits } from "./mirror.ts";
import type { Situation } from "./situation.ts";
import { type Because, besideText, endedBecause, isToldUnhedged, lastUnhedged, toldBeside } from "./told-legs.ts";

interface LegSays {
  readonly verdicts: readonly Verdict[];
  readonly wakeAt: UnixMs | undefined;
}

const NOTHING: LegSays = { verdicts: [], wakeAt: undefined };

/** A leg of which nobody heard within the window is mostly heard of within that: a lost frame, a stream that is half open (docs/streams.md). */
const HEARD_WITHIN_MS = 60_000;
const PAUSE_MAX_MS = 30_000;

type LegState =
  | { readonly is: "standing"; readonly units: number }
  /** On its way, or still to be sent. */
  | { readonly is: "unsure" }
  /** The leader is without it as well. */
  | { readonly is: "withdrawn" }
  | { readonly is: "missing"; readonly units: number };

/** `decided`: what it asks for, of each of its slices. */
export function legSays(mirror: Mirror, leader: LeaderOrder | undefined, decided: readonly Decision[], situation: Situation): LegSays {
  const { book, policy, calendar, now } = situation;
  const isTold = isToldUnhedged(mirror);
  // Of cover and bracket orders nobody knows entry from exit: that none is copied is said of each.
  if (leader === undefined || isNettedApart(leader.known.family)) return NOTHING;
  if (!isTold && (policy.basketWindowMs === 0 || isLive(mirror) || !isLeg(mirror) || !decided.every(asksNothing))) return NOTHING;
  const state = stateOf(mirror, leader, decided, situation);
  // While the market is closed hardly anything of it can change.
  const soon = later(now, takesOrders(calendar.phase(mirror.instrument.segment, now)) ? RETRY_AFTER_MS : PAUSE_MAX_MS);
  switch (state.is) {
    case "unsure":
      return isTold ? { ...NOTHING, wakeAt: soon } : NOTHING;
    case "standing":
      return isTold ? hedged("stands", `the leg stands after all, with ${state.units} units`) : NOTHING;
    case "withdrawn":
      return isTold ? hedged("withdrawn", "the leader is without this leg as well by now") : NOTHING;
    case "missing": {
      const told = toldBeside(mirror);
      const legs = legsOf(mirror, told.keys(), situation);
      const beside = standingOf(book, legs, told).filter(({ leg, units }) => units > 0 || told.has(leg.key));
      if (beside.some(({ units }) => units > 0)) {
        const unhedged = unhedgedVerdict(mirror, leader, state.units, beside);
        return { verdicts: isTold && isSaid(mirror, unhedged.numbers, beside) ? [] : [unhedged], wakeAt: soon };
      }
      if (legs.some((leg) => isUnsure(book, leg) || mayFire(book, leg))) return { ...NOTHING, wakeAt: soon };
      const gone = isTold ? hedged("gone", "none of the legs beside it stands any more", { beside: besideText(beside) }) : NOTHING;
      return { ...gone, wakeAt: looksAgainAt(mirror, legs, situation) };
    }
  }
}

function hedged(because: Because, sentence: string, numbers: Verdict["numbers"] = {}): LegSays {
  return { ...NOTHING, verdicts: [verdict("HEDGED", sentence, { because, ...numbers })] };
}

/** Those that are linked, and those that were told to stand without it, also where another window has been written since. */
function legsOf(mirror: Mirror, told: Iterable<MirrorKey>, { book, policy }: Situation): readonly Mirror[] {
  const { mirrors } = followerBook(book, mirror.follower);
  const linked = legsBeside(book, mirror, policy.basketWindowMs);
  return [...new Set([...linked, ...[...told].flatMap((key) => mirrors.get(key) ?? [])])];
}

/** When to see whether a leg stands that did not yet: soon at first, then with growing pauses, as long as one may come or one of those there go again. */
function looksAgainAt({ openedAt }: Mirror, legs: readonly Mirror[], { book, now, policy }: Situation): UnixMs | undefined {
  const age = now - openedAt;
  if (age >= policy.basketWindowMs + HEARD_WITHIN_MS && legs.every((leg) => isOver(book, leg))) return undefined;
  return later(now, Math.min(Math.max(age, RETRY_AFTER_MS), PAUSE_MAX_MS));
}

function stateOf(mirror: Mirror, leader: LeaderOrder, decided: readonly Decision[], situation: Situation): LegState {
  const { book } = situation;
  const filled = entryFilled(mirror);
  const open = openEntry(mirror, leader);
  if (open > 0) return restingEntry(book, mirror) < open ? { is: "unsure" } : { is: "standing", units: filled + open };
  const share = shareOf(mirror, leader, book);
  if (share === 0) return { is: "withdrawn" };
  const missing = Math.min(less(share, filled), mostMissing(mirror, leader));
  if (missing === 0) return { is: "standing", units: filled };
  return mayStillGo(mirror, leader, decided, situation) ? { is: "unsure" } : { is: "missing", units: missing };
}

/**
 * What the copy should have of the leader's order, as far as he has it himself: what he has filled and not got out of, and what still rests.
 * What is no whole lot, or below `minLots`, counts as a lot at least where the copy has nothing else in the contract: he has a leg there, and the copy none.
 * So it does where nobody knows the ratio, whatever else the copy has: what that stands for is another order's.
 */
function shareOf(mirror: Mirror, { known }: LeaderOrder, book: Book): number {
  const above = entryAbove(mirror.role);
  const { resting } = leadersOf(mirror, known);
  const position = Math.max(0, direction(mirror.contracted.side) * positionIn(leaderBook(book, mirror.leader), holdingOf(mirror)));
  const filled = Math.min(less(known.filled, above), position);
  const units = above + filled + resting;
  if (mirror.contract === undefined || filled + resting === 0) return 0;
  const share = entryUnits(mirror, units);
  if (share > 0) return less(share, withdrawnUnits(mirror));
  return hasRatio(mirror) && hasMoreOfIt(mirror, book) ? 0 : Math.max(mirror.contract.lot, unboundedShare(filled + resting, mirror.scale, mirror.contract.lot));
}

/** By capital it has none where the funds were not read, or are nothing: then its share is not known (docs/mirror.md). */
function hasRatio({ scale }: Mirror): boolean {
  return scale.capital === undefined || capitalTrouble(scale.capital) === undefined;
}

/** Of his order, what opens a position: what it has filled, whatever he has got out of since, and what rests. What waits as a forever order does not. */
function leadersOf({ role }: Mirror, known: KnownOrder): { readonly filled: number; readonly resting: number } {
  const above = entryAbove(role);
  const resting = known.end === undefined && !waitsForever(known) ? less(known.terms.quantity, Math.max(known.filled, above)) : 0;
  return { filled: less(known.filled, above), resting };
}

/** What he enters in the contract by other orders brings nothing back of what he was told to have of this one: only what he adds to it does. */
function mostMissing(mirror: Mirror, leader: LeaderOrder): number {
  const told = lastUnhedged(mirror)?.numbers;
  if (told === undefined) return Number.POSITIVE_INFINITY;
  const before = endedBecause(mirror) === "withdrawn" ? 0 : Number(told["missing"]);
  return before + less(wholeShare(mirror, leader), Number(told["share"]));
}

/** What his order comes to here, whatever he has got out of since. */
function wholeShare(mirror: Mirror, { known }: LeaderOrder): number {
  const { filled, resting } = leadersOf(mirror, known);
  return entryUnits(mirror, entryAbove(mirror.role) + filled + resting);
}

/** Other entries of the copy, the leader's further slices of the same order among them, stand in the contract on that side, or are on their way. */
function hasMoreOfIt(mirror: Mirror, book: Book): boolean {
  const { mirrors } = followerBook(book, mirror.follower);
  const others = mirrorsOfHolding(followerBook(book, mirror.follower), mirror.leader, holdingOf(mirror)).flatMap((key) => {
    const other = mirrors.get(key);
    return other === undefined || other.key === mirror.key || !isLeg(other) || other.contracted.side !== mirror.contracted.side ? [] : [other];
  });
  return standingOf(book, others).some(({ units }) => units > 0) || others.some((other) => isUnsure(book, other));
}

/** It asks for something, or waits for something other than its hedge: for money, its turn, a reading, the other expiry of the close. */
function mayStillGo(mirror: Mirror, leader: LeaderOrder, decided: readonly Decision[], situation: Situation): boolean {
  const { known, untoldSince } = leader;
  if (!decided.every(asksNothing) || known.doubt?.about === "rejection" || untoldSince !== undefined) return true;
  if (currentAttempts(mirror).some((attempt) => expiredAtClose(mirror, attempt, leader, situation))) return true;
  if (isRefusedFor(mirror, known.terms)) return false;
  if (known.family === "super" && known.plan === undefined) return true;
  const last = currentAttempt(mirror);
  const isRefused = last !== undefined && wasRefused(last) && !isAccountRefusal(refusalOf(last).code) && !changedSince(last, known.terms);
  return !isRefused && decided.some(({ wakeAt }) => wakeAt !== undefined);
}

/** `beside`: what stands, and what did when that was told before. */
function unhedgedVerdict(mirror: Mirror, leader: LeaderOrder, missing: number, beside: readonly Standing[]): Verdict {
  const standing = beside.filter(({ units }) => units > 0);
  const { contracted, contract } = mirror;
  const lot = contract?.lot ?? 1;
  const against = total(standing.filter(({ leg }) => leg.contracted.side !== contracted.side));
  const unhedged = Math.min(missing, against > 0 ? against : total(standing));
  const price = priceOf(leader);
  const paise = valuePaise(missing, price);
  const worth = price === NO_PRICE ? "at no price that was told" : `${rupeesText(paise)} rupees at the leader's ${priceText(price)}`;
  const byContract = Map.groupBy(standing, ({ leg }) => `${leg.contracted.side} ${holdingOf(leg)}`);
  const alone = [...byContract.values()].map(standingWords);
  const sentence = `the leg is missing here: ${contracted.side} ${hasRatio(mirror) ? "" : "at least "}${missing} ${contract?.displayName ?? ""}, ${worth}; ${alone.join(" and ")} ${alone.length === 1 ? "stands" : "stand"} without it: ${unhedged} units, ${lotsText(unhedged / lot)}, are unhedged`;
  const numbers = {
    unhedged,
    unhedgedLots: Math.ceil(unhedged / lot),
    missing,
    missingPaise: paise,
    leaderPrice: price,
    share: wholeShare(mirror, leader),
  };
  return verdict("UNHEDGED", sentence, { ...numbers, beside: besideText(beside) });
}

/** Of one contract. */
function standingWords(standing: readonly Standing[]): string {
  const [first] = standing;
  if (first === undefined) return "";
  const { contracted, contract } = first.leg;
  return `${contracted.side} ${total(standing)} ${contract?.displayName ?? ""} (the leader's ${standing.map(({ leg }) => leg.cause).join(", ")})`;
}

/** The same legs and sizes: another price alone is no other state. */
function isSaid(mirror: Mirror, numbers: Verdict["numbers"], beside: readonly Standing[]): boolean {
  const said = lastUnhedged(mirror)?.numbers;
  const told = toldBeside(mirror);
  const isSameLegs = beside.every(({ leg, units }) => units > 0 === (told.get(leg.key)?.units ?? 0) > 0);
  return isSameLegs && said?.["missing"] === numbers["missing"] && said?.["unhedged"] === numbers["unhedged"];
}

/** What he paid or got; until then, what he asks for. */
function priceOf({ known }: LeaderOrder): Price {
  const { averagePrice, terms, lastPrice } = known;
  return [averagePrice, terms.price, terms.triggerPrice, lastPrice ?? NO_PRICE].find((price) => price > 0) ?? NO_PRICE;
}

function total(standing: readonly Standing[]): number {
  return standing.reduce((sum, { units }) => sum + units, 0);
}
