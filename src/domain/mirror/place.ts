/** The request that places an order of ours. */
import type { LeaderOrder } from "../book/book.ts";
import { correlationFor } from "../correlation.ts";
import type { Cover } from "../margin/cover.ts";
import type { LegPrices, Wishes } from "../order/plan.ts";
import type { Terms } from "../order/terms.ts";
import type { Quantity } from "../quantity.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, madeRoom } from "./attempt.ts";
import { type Decision, type Rank, type Request, WAIT } from "./decision.ts";
import { nextAttempt } from "./evolve.ts";
import { currentAttempt, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";
import { sizeWords } from "./size-words.ts";
import { complete, wishToPlace } from "./target.ts";

export interface Placing {
  readonly executing: boolean;
  readonly rank: Rank;
  /** It goes out as an after-market order although the leader's is none (R22). */
  readonly afterMarket?: boolean;
  /** Why the entry part of a stop and reverse is left out (R15). */
  readonly refusedPart?: Verdict | undefined;
  /** What the account's money has to do with it. */
  readonly cover?: Extract<Cover, { is: "covered" }> | undefined;
}

/** What would be sent for so many units. */
export function termsToPlace(mirror: Mirror, leader: LeaderOrder | undefined, units: Quantity, { policy }: Situation): Terms {
  return complete(wishToPlace(mirror, leader, policy), units, leader, mirror);
}

export function place(
  mirror: Mirror,
  leader: LeaderOrder | undefined,
  units: Quantity,
  { executing, rank, afterMarket = false, refusedPart, cover }: Placing,
  situation: Situation,
): Decision {
  const attempt = nextAttempt(mirror);
  const request: Request = {
    request: "place",
    attempt,
    correlationId: correlationFor(mirror.stem, { slice: 0, attempt }),
    executing,
    afterMarket: afterMarket || (mirror.contracted.afterMarket && !hasGoneOut(leader)),
    terms: termsToPlace(mirror, leader, units, situation),
    follows: leader?.known.terms,
    ...superPart(mirror, leader),
    ...(cover?.reserves === undefined ? {} : { reserves: cover.reserves }),
  };
  const verdicts: { verdict: Verdict; refuses: Terms | undefined }[] =
    refusedPart === undefined || leader === undefined ? [] : [{ verdict: refusedPart, refuses: leader.known.terms }];
  const last = currentAttempt(mirror);
  if (last !== undefined && madeRoom(last)) verdicts.push({ verdict: replacedVerdict(last, units), refuses: undefined });
  const entry = refusedPart === undefined ? "goes" : "refused";
  if (attempt === 0) verdicts.push({ verdict: verdict("COPIED", sizeWords(mirror, leader, { units, entry }, situation.book), { units }), refuses: undefined });
  return { ...WAIT, request, rank, verdicts, wanted: cover?.wanted };
}

/** An entry that is a super order at the leader is one at the follower (R19); what exits by a super order is only an exit. */
function superPart({ role }: Mirror, leader: LeaderOrder | undefined): { readonly legs?: LegPrices; readonly wishes?: Wishes } {
  if (role.role !== "entry" || leader?.known.family !== "super" || leader.known.plan === undefined) return {};
  return { legs: leader.known.plan.prices, wishes: leader.known.wishes };
}

/** The leader's after-market order is at the exchange, or was: one that is placed now is for this session, and not for the next. */
function hasGoneOut(leader: LeaderOrder | undefined): boolean {
  return leader !== undefined && (leader.known.reached || leader.known.filled > 0);
}

function replacedVerdict({ orderId, modifications }: Attempt, units: Quantity): Verdict {
  const sentence = `order ${orderId ?? ""} had been changed ${modifications} times, as often as is allowed, and was cancelled; ${units} units are placed anew`;
  return verdict("REPLACED", sentence, { modifications, units });
}
