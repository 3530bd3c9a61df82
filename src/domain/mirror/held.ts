/** What is decided and does not leave yet, because of the account and not of the order: it is decided anew when it can (R14, R20, R21). */
import { followerBook } from "../book/book.ts";
import { unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { type Decision, WAIT } from "./decision.ts";
import { given, type Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";

export function held(decision: Decision, mirror: Mirror, situation: Situation): Decision {
  return heldWhileUnable(heldByBreaker(decision, mirror, situation), mirror, situation);
}

/**
 * Behind an open breaker wait the entries, and whatever was refused for the account's sake since it opened. After the pause the first
 * of them that leaves is the try; the others wait for its answer, which wakes them.
 */
function heldByBreaker(decision: Decision, mirror: Mirror, { book, calendar, now }: Situation): Decision {
  const { breaker } = followerBook(book, mirror.follower);
  const { request, rank, look } = decision;
  if (breaker.state === "closed" || request === undefined) return decision;
  const isRefused = breaker.refused.has(mirror.key);
  const isEntry = request.request === "place" && rank === 2;
  if (!isRefused && !isEntry) return decision;
  const again = unixMs(Math.max(breaker.retryAt, (isRefused ? calendar.nextOpening(mirror.instrument.segment, now) : undefined) ?? 0));
  if (breaker.trying === undefined && now >= again) return decision;
  const waits = isRefused
    ? verdict("ACCOUNT_UNABLE", `${breaker.why}; it is tried again`)
    : verdict("ENTRY_WAITS", `no entry is sent for the account: ${breaker.why}; it is decided anew when one may be tried`);
  return waiting(waits, { look, wakeAt: breaker.trying === undefined ? again : undefined });
}

/** With a dead token nothing can be sent or read. */
function heldWhileUnable(decision: Decision, mirror: Mirror, { unable }: Situation): Decision {
  if (unable === undefined || (decision.request === undefined && decision.look === undefined)) return decision;
  // What was to be said belongs to the request that does not leave.
  if (decision.request === undefined) return { ...decision, look: undefined, wakeAt: undefined };
  if (given(mirror, "ACCOUNT_UNABLE")) return WAIT;
  return waiting(verdict("ACCOUNT_UNABLE", `nothing can be sent for the account: ${unable}; it is decided anew when it can`), {});
}

function waiting(why: Verdict, rest: Partial<Pick<Decision, "look" | "wakeAt">>): Decision {
  return { ...WAIT, ...rest, verdicts: [{ verdict: why, refuses: undefined }] };
}
