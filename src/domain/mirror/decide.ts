/**
 * What to do next for one mirror: the difference between what the follower's order should be (`targetOf`) and what it is as
 * far as known. Pure and level-triggered: it looks at the state, never at what just happened, and may be asked at any time.
 *
 * At most one request comes out. Placing and changing wait for the request before them (R3); a cancel does not. What to do
 * at a later moment is `wakeAt`.
 */
import { type LeaderOrder, leaderBook } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import { wantedForReverse } from "../margin/cover.ts";
import { type Product, sameTerms, type Terms } from "../order/terms.ts";
import type { Verdict } from "../verdict.ts";
import { decideAbsent } from "./absent.ts";
import { isOpen, waitsAsForever } from "./attempt.ts";
import { type Places, placesOf } from "./by-product.ts";
import { cancel } from "./cancel.ts";
import type { InProduct } from "./copied.ts";
import { asksNothing, type Decision, earliest, type Saying, WAIT } from "./decision.ts";
import { leftBeside, leftByExecuting } from "./exits-beside.ts";
import { decideForever, foreverSays } from "./forever.ts";
import { held } from "./held.ts";
import { legVerdicts } from "./leg-verdicts.ts";
import { decideOpen } from "./live.ts";
import { currentAttempt, currentAttempts, type Mirror } from "./mirror.ts";
import { orphanExit } from "./orphan.ts";
import { saysLeftToUnclaimed } from "./place-exit.ts";
import { settlement, underway } from "./settlement.ts";
import type { Situation } from "./situation.ts";
import { type Slice, slicesOf } from "./slices.ts";
import { decideLegs, uncoveredLegs } from "./super.ts";
import { type Target, targetOf } from "./target.ts";
import { legSays } from "./unhedged.ts";

export function decide(mirror: Mirror, situation: Situation): Decision {
  const leader = orderOf(leaderBook(situation.book, mirror.leader), mirror.cause);
  const current = currentAttempts(mirror);
  const stray = mirror.attempts.find((attempt) => !current.includes(attempt) && isOpen(attempt) && attempt.orderId !== undefined);
  // An order that was proved absent and turned up all the same: the newer one stands for the leader's, this one goes.
  if (stray !== undefined) return held(cancel(mirror, stray, situation), mirror, situation);
  const target = targetOf(situation.book, mirror, leader);
  const places = placesOf(situation.book, mirror, leader, (exits) => leftOf(exits, mirror, target, situation));
  const slices = slicesOf(mirror, target, productOf(mirror, leader), places).map((slice) => decideSlice(slice, leader, situation));
  const decided = slices.every(asksNothing) ? [...slices, ...decideLegs(mirror, leader, situation)] : slices;
  const settled = decided.every(asksNothing) ? settlement(mirror, leader, target, situation) : [];
  const sent = together(decided.map((decision) => held(decision, mirror, situation)));
  const said = withVerdicts(sent, settled, mirror, leader, situation);
  const leg = legSays(mirror, leader, decided, situation);
  if (leg.wakeAt === undefined && leg.verdicts.length === 0) return said;
  const verdicts = [...said.verdicts, ...leg.verdicts.map((one) => ({ verdict: one, refuses: undefined }))];
  return { ...said, verdicts, wakeAt: earliest(said.wakeAt, leg.wakeAt) };
}

/** One that executes takes what the others leave. One that rests is an alternative of all that rest. */
function leftOf(exits: readonly InProduct[], mirror: Mirror, { executing }: Target, { book }: Situation): Pick<Places, "exits" | "free"> {
  if (executing) return { exits, free: leftBeside(book, mirror, exits) };
  const left = leftByExecuting(book, mirror, exits);
  return { exits: left, free: left };
}

/** What enters goes out in the leader's product; what exits mostly stands in that under which it is kept. */
function productOf({ role, contracted }: Mirror, leader: LeaderOrder | undefined): Product {
  return role.role === "entry" && leader !== undefined ? leader.known.contracted.product : contracted.product;
}

function decideSlice({ mirror, target }: Slice, leader: LeaderOrder | undefined, situation: Situation): Decision {
  const attempt = currentAttempt(mirror);
  if (attempt !== undefined && isOpen(attempt) && waitsAsForever(attempt)) return decideForever(mirror, attempt, leader, target, situation);
  return attempt !== undefined && isOpen(attempt) ? decideOpen(mirror, attempt, leader, target, situation) : decideAbsent(mirror, leader, target, situation);
}

/** The most urgent request, and what all of them say and want to be read. What belongs to a request that has to wait is said with it. */
function together(decisions: readonly Decision[]): Decision {
  const [only] = decisions;
  if (decisions.length === 1 && only !== undefined) return only;
  const asking = decisions.filter(({ request }) => request !== undefined).sort((a, b) => a.rank - b.rank);
  const [first = WAIT] = asking;
  const looks = decisions.flatMap(({ look }) => look ?? []);
  return {
    request: first.request,
    rank: first.rank,
    look: looks[0],
    wanted: first.wanted ?? decisions.find(({ wanted }) => wanted !== undefined)?.wanted,
    others: { next: asking[1]?.rank, looks: looks.slice(1) },
    verdicts: decisions.flatMap((one) => (one === first || one.request === undefined ? one.verdicts : [])),
    opens: [],
    wakeAt: decisions.reduce<Decision["wakeAt"]>((at, one) => earliest(at, one.wakeAt), undefined),
  };
}

/** Adds what can be said by now, each sentence once. */
function withVerdicts(sent: Decision, settled: readonly Verdict[], mirror: Mirror, leader: LeaderOrder | undefined, situation: Situation): Decision {
  const open = underway(mirror, leader, situation);
  const fired = legVerdicts(mirror, leader, situation);
  const forever = foreverSays(mirror, leader, situation);
  const said: readonly Saying[] = [
    ...sent.verdicts,
    ...[...open.verdicts, ...fired.verdicts, ...forever.verdicts, ...saysLeftToUnclaimed(mirror, leader, situation), ...settled].map((one) => ({
      verdict: one,
      refuses: undefined,
    })),
  ];
  const news = eachOnce(said).filter((one) => !alreadySaid(mirror, one));
  const orphan = orphanExit(mirror, leader, situation, settled);
  const opens = [...orphan.opens, ...uncoveredLegs(mirror, leader, situation)];
  const wanted = sent.wanted ?? wantedForReverse(mirror, situation);
  return { ...sent, wanted, verdicts: news, opens, wakeAt: [open.wakeAt, orphan.wakeAt, fired.wakeAt, forever.wakeAt].reduce(earliest, sent.wakeAt) };
}

/** What several slices say in the same words is said once, and keeps out what any of them does. */
function eachOnce(said: readonly Saying[]): readonly Saying[] {
  if (said.length < 2) return said;
  const inTheSameWords = Map.groupBy(said, ({ verdict: one }) => `${one.code} ${one.sentence}`);
  const merged = (one: Saying, { refuses, keeps }: Saying): Saying => ({ ...one, refuses: one.refuses ?? refuses, ...(keeps === undefined ? {} : { keeps }) });
  return [...inTheSameWords.values()].flatMap(([first, ...others]) => (first === undefined ? [] : others.reduce(merged, first)));
}

/** The same code with the same words, and no changed terms that it now keeps out: it is on record. */
function alreadySaid(mirror: Mirror, { verdict: one, refuses, keeps }: Saying): boolean {
  const isRepeated = isSame(refuses, mirror.refusedFor) && isSame(keeps, mirror.keptFor);
  return isRepeated && mirror.verdicts.some((said) => said.code === one.code && (said.sentence === one.sentence || one.code === "STALE"));
}

function isSame(terms: Terms | undefined, recorded: Terms | undefined): boolean {
  return terms === undefined || (recorded !== undefined && sameTerms(terms, recorded));
}
