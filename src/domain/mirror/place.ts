/** The request that places an order of ours, and how its size came about, in words. */
import type { LeaderOrder } from "../book/book.ts";
import { correlationFor } from "../correlation.ts";
import type { Terms } from "../order/terms.ts";
import type { Quantity } from "../quantity.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Attempt, madeRoom } from "./attempt.ts";
import { type Decision, type Rank, type Request, WAIT } from "./decision.ts";
import { entrySizeOf } from "./entry.ts";
import { nextAttempt } from "./evolve.ts";
import { currentAttempt, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";
import { complete, wishToPlace } from "./target.ts";

export interface Placing {
  readonly executing: boolean;
  readonly rank: Rank;
  /** It goes out as an after-market order although the leader's is none (R22). */
  readonly afterMarket?: boolean;
  /** Why the entry part of a stop and reverse is left out (R15). */
  readonly refusedPart?: Verdict | undefined;
}

export function place(
  mirror: Mirror,
  leader: LeaderOrder | undefined,
  units: Quantity,
  { executing, rank, afterMarket = false, refusedPart }: Placing,
  situation: Situation,
): Decision {
  const attempt = nextAttempt(mirror);
  const terms = complete(wishToPlace(mirror, leader, situation.policy), units, leader, mirror);
  const request: Request = {
    request: "place",
    attempt,
    correlationId: correlationFor(mirror.stem, { slice: 0, attempt }),
    executing,
    afterMarket: afterMarket || mirror.contracted.afterMarket,
    terms,
    follows: leader?.known.terms,
  };
  const verdicts: { verdict: Verdict; refuses: Terms | undefined }[] =
    refusedPart === undefined || leader === undefined ? [] : [{ verdict: refusedPart, refuses: leader.known.terms }];
  const last = currentAttempt(mirror);
  if (last !== undefined && madeRoom(last)) verdicts.push({ verdict: replacedVerdict(last, units), refuses: undefined });
  if (attempt === 0) verdicts.push({ verdict: verdict("COPIED", sizeText(mirror, leader, units), { units }), refuses: undefined });
  return { ...WAIT, request, rank, verdicts };
}

function replacedVerdict({ orderId, modifications }: Attempt, units: Quantity): Verdict {
  const sentence = `order ${orderId ?? ""} had been changed ${modifications} times, as often as is allowed, and was cancelled; ${units} units are placed anew`;
  return verdict("REPLACED", sentence, { modifications, units });
}

/** How the size came about, in words. */
function sizeText(mirror: Mirror, leader: LeaderOrder | undefined, units: Quantity): string {
  const size =
    leader === undefined ? undefined : entrySizeOf(mirror, leader.known.end === undefined ? leader.known.terms.quantity : Math.max(leader.known.filled, 0));
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
    case "orphan":
      return `the leader's order ended with less filled: of ${mirror.role.excess} units too much ${units} are exited`;
  }
}
