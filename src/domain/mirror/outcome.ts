/** What has come of a mirror of which nothing is open, in one word. */
import type { LeaderOrder } from "../book/book.ts";
import { sameTerms } from "../order/terms.ts";
import { wasRefused } from "./attempt.ts";
import { currentAttempt, filledUnits, given, type Mirror, type Outcome } from "./mirror.ts";

export function outcomeOf(mirror: Mirror, leader: LeaderOrder | undefined): Outcome {
  if (filledUnits(mirror) > 0) return "filled";
  const attempt = currentAttempt(mirror);
  const isRefusedEntry = mirror.refusedFor !== undefined && leader !== undefined && sameTerms(mirror.refusedFor, leader.known.terms);
  const isTooSmall = attempt === undefined && (given(mirror, "BELOW_ONE_LOT") || given(mirror, "BELOW_MIN_LOTS"));
  if (isRefusedEntry || isTooSmall || (attempt !== undefined && wasRefused(attempt))) return "refused";
  return attempt?.order?.end !== undefined || attempt?.placing.state === "unresolved" || leader?.known.end !== undefined ? "ended" : "waiting";
}
