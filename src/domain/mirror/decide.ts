/**
 * What to do next for one mirror: the difference between what the follower's order should be (`targetOf`) and what it is as
 * far as known. Pure and level-triggered: it looks at the state, never at what just happened, and may be asked at any time.
 *
 * At most one request comes out. Placing and changing wait for the request before them (R3); a cancel does not. What to do
 * at a later moment is `wakeAt`.
 */
import { type LeaderOrder, leaderBook } from "../book/book.ts";
import { sameTerms, type Terms } from "../order/terms.ts";
import type { Verdict } from "../verdict.ts";
import { decideAbsent } from "./absent.ts";
import { isOpen } from "./attempt.ts";
import { cancel } from "./cancel.ts";
import { type Decision, earliest, type Saying } from "./decision.ts";
import { held } from "./held.ts";
import { decideOpen } from "./live.ts";
import { currentAttempt, type Mirror } from "./mirror.ts";
import { orphanExit } from "./orphan.ts";
import { settlement, underway } from "./settlement.ts";
import type { Situation } from "./situation.ts";
import { decideLegs, legVerdicts, uncoveredLegs } from "./super.ts";
import { type Target, targetOf } from "./target.ts";

export function decide(mirror: Mirror, situation: Situation): Decision {
  const leader = leaderBook(situation.book, mirror.leader).orders.get(mirror.cause);
  const stray = mirror.attempts.slice(0, -1).find((attempt) => isOpen(attempt) && attempt.orderId !== undefined);
  // An order that was proved absent and turned up all the same: the newer one stands for the leader's, this one goes.
  if (stray !== undefined) return held(cancel(mirror, stray, situation), mirror, situation);
  const target = targetOf(situation.book, mirror, leader);
  const attempt = currentAttempt(mirror);
  const entry =
    attempt !== undefined && isOpen(attempt) ? decideOpen(mirror, attempt, leader, target, situation) : decideAbsent(mirror, leader, target, situation);
  const isQuiet = entry.request === undefined && entry.look === undefined;
  const legs = decideLegs(mirror, leader, situation, isQuiet ? "quiet" : "asks");
  const decision = isQuiet
    ? { ...legs, wanted: entry.wanted, verdicts: [...entry.verdicts, ...legs.verdicts], wakeAt: earliest(entry.wakeAt, legs.wakeAt) }
    : entry;
  return withVerdicts(decision, mirror, leader, target, situation);
}

/** Adds what can be said by now, each sentence once. */
function withVerdicts(decision: Decision, mirror: Mirror, leader: LeaderOrder | undefined, target: Target, situation: Situation): Decision {
  const open = underway(mirror, leader, situation);
  const sent = held(decision, mirror, situation);
  const settled = decision.request === undefined && decision.look === undefined ? settlement(mirror, leader, target, situation) : [];
  const fired = legVerdicts(mirror, leader, situation);
  const said: readonly Saying[] = [...sent.verdicts, ...[...open.verdicts, ...fired.verdicts, ...settled].map((one) => ({ verdict: one, refuses: undefined }))];
  const news = said.filter(
    ({ verdict: one, refuses, keeps }, index) =>
      !alreadySaid(mirror, one, { refuses, keeps }) &&
      said.findIndex((other) => other.verdict.code === one.code && other.verdict.sentence === one.sentence) === index,
  );
  const orphan = orphanExit(mirror, leader, situation, settled);
  const opens = [...orphan.opens, ...uncoveredLegs(mirror, leader, situation)];
  return { ...sent, verdicts: news, opens, wakeAt: earliest(sent.wakeAt, earliest(open.wakeAt, earliest(orphan.wakeAt, fired.wakeAt))) };
}

/** The same code with the same words, and no changed terms that it now keeps out: it is on record. */
function alreadySaid(mirror: Mirror, one: Verdict, { refuses, keeps }: { readonly refuses: Terms | undefined; readonly keeps: Terms | undefined }): boolean {
  const isRepeated = isSame(refuses, mirror.refusedFor) && isSame(keeps, mirror.keptFor);
  return isRepeated && mirror.verdicts.some((said) => said.code === one.code && (said.sentence === one.sentence || one.code === "STALE"));
}

function isSame(terms: Terms | undefined, recorded: Terms | undefined): boolean {
  return terms === undefined || (recorded !== undefined && sameTerms(terms, recorded));
}
