/** What has come of a mirror of which nothing is open, in one word. */
import type { LeaderOrder } from "../book/book.ts";
import { sameTerms } from "../order/terms.ts";
import type { VerdictCode } from "../verdict.ts";
import { wasRefused } from "./attempt.ts";
import { currentAttempt, filledUnits, given, type Mirror, type Outcome } from "./mirror.ts";

/** No size came out. */
const UNSIZED: readonly VerdictCode[] = ["BELOW_ONE_LOT", "BELOW_MIN_LOTS", "FUNDS_UNREAD", "FUNDS_ZERO"];

export function outcomeOf(mirror: Mirror, leader: LeaderOrder | undefined): Outcome {
  if (filledUnits(mirror) > 0) return "filled";
  const attempt = currentAttempt(mirror);
  const isRefusedEntry = mirror.refusedFor !== undefined && leader !== undefined && sameTerms(mirror.refusedFor, leader.known.terms);
  const isUnsized = attempt === undefined && UNSIZED.some((code) => given(mirror, code));
  if (isRefusedEntry || isUnsized || (attempt !== undefined && wasRefused(attempt))) return "refused";
  return attempt?.order?.end !== undefined || attempt?.placing.state === "unresolved" || leader?.known.end !== undefined ? "ended" : "waiting";
}
