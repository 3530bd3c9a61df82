/** What has come of a mirror of which nothing is open, in one word. */
import type { LeaderOrder } from "../book/book.ts";
import { sameTerms } from "../order/terms.ts";
import type { VerdictCode } from "../verdict.ts";
import { wasRefused } from "./attempt.ts";
import { currentAttempts, filledUnits, given, type Mirror, type Outcome } from "./mirror.ts";

/** No size came out. */
const UNSIZED: readonly VerdictCode[] = ["BELOW_ONE_LOT", "BELOW_MIN_LOTS", "FUNDS_UNREAD", "FUNDS_ZERO"];

export function outcomeOf(mirror: Mirror, leader: LeaderOrder | undefined): Outcome {
  if (filledUnits(mirror) > 0) return "filled";
  const last = currentAttempts(mirror);
  const isRefusedEntry = mirror.refusedFor !== undefined && leader !== undefined && sameTerms(mirror.refusedFor, leader.known.terms);
  const isUnsized = last.length === 0 && UNSIZED.some((code) => given(mirror, code));
  if (isRefusedEntry || isUnsized || (last.length > 0 && last.every(wasRefused))) return "refused";
  const isEnded = last.some(({ order, placing }) => order?.end !== undefined || placing.state === "unresolved");
  return isEnded || leader?.known.end !== undefined ? "ended" : "waiting";
}
