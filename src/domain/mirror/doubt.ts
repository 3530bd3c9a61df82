/** A placement of which nobody knows whether it arrived: looked for until it is found, or proved absent (R10). Part of `evolve`. */
import { unreachable } from "../assert.ts";
import type { LookAnswered } from "../records.ts";
import type { UnixMs } from "../time.ts";
import type { Attempt, InDoubt, Placing } from "./attempt.ts";

const LOOKS_THAT_PROVE_ABSENCE = 3;

export function inDoubt(at: UnixMs, elapsedFrom: number | undefined): InDoubt {
  return { state: "in-doubt", since: at, looks: { countedFrom: at, elapsedFrom, absent: [] } };
}

export function looked(attempt: Attempt, event: LookAnswered): Attempt {
  const { placing } = attempt;
  if (placing.state !== "in-doubt") return attempt;
  switch (event.answer) {
    case "found":
      return { ...attempt, placing: { state: "accepted", at: event.at } };
    case "failed":
      return { ...attempt, placing: { ...placing, looks: { countedFrom: event.asked, elapsedFrom: event.askedElapsedMs, absent: [] } } };
    case "absent":
      return lackedOnce(attempt, placing, event);
    default:
      return unreachable(event.answer);
  }
}

/**
 * Rows of forever orders bear no correlation id, so what the list lacks is not proved to be absent: it is sent no more, whatever comes of it,
 * and keeps nothing from going out beside it (docs/forever.md).
 */
function lackedOnce(attempt: Attempt, placing: InDoubt, event: LookAnswered): Attempt {
  const after = absentOnce(placing, event);
  if (after.state !== "absent" || !attempt.isForever) return { ...attempt, placing: after };
  return { ...attempt, placing: { state: "unresolved", at: event.at }, endedAt: event.at };
}

/** Absent means: both the look-up and the day's book lacked it in at least three looks, spread over the grace (R10). */
function absentOnce(placing: InDoubt, event: LookAnswered): Placing {
  const { looks } = placing;
  const isElapsed = event.askedElapsedMs !== undefined && looks.elapsedFrom !== undefined;
  const waitedMs = isElapsed ? event.askedElapsedMs - looks.elapsedFrom : event.asked - looks.countedFrom;
  // A look from before the count began again proves nothing.
  if (waitedMs < 0) return placing;
  const absent = [...looks.absent, event.asked];
  const isProved = absent.length >= LOOKS_THAT_PROVE_ABSENCE && waitedMs >= event.graceMs;
  return isProved ? { state: "absent", at: event.at } : { ...placing, looks: { ...looks, absent } };
}

/** An attempt is only made when the one before it is proved to have come to nothing: whoever made the adopted one knew (R10). */
export function withoutDoubt(attempt: Attempt, at: UnixMs): Attempt {
  const isUnproved = attempt.orderId === undefined && (attempt.placing.state === "in-doubt" || attempt.placing.state === "in-flight");
  return isUnproved ? { ...attempt, placing: { state: "absent", at } } : attempt;
}

export function placingAfterRestart({ placing, order }: Attempt, at: UnixMs, elapsedMs: number | undefined): Placing {
  if (placing.state === "in-doubt" && elapsedMs !== undefined) return { ...inDoubt(at, elapsedMs), since: placing.since };
  if (placing.state !== "in-flight") return placing;
  return order === undefined ? inDoubt(at, elapsedMs) : { state: "accepted", at };
}
