/**
 * The breaker of one follower's account (R21, R22): after failures that are no fault of the order it lets no further entry go, and
 * after a pause lets one try. A fold of the journal, so a restart remembers it.
 *
 * Entries only: a cancel, a reduction or an exit goes at once, as ever. One that the account refused (an address that is not
 * registered) would be refused again, and so would all that wait with it: they share one try, the most urgent first.
 */
import { unreachable } from "../assert.ts";
import type { MirrorKey } from "../mirror/mirror.ts";
import type { CancelIntended, ModificationIntended, PlacementIntended, RequestAnswered, RequestOutcome } from "../records.ts";
import { type UnixMs, unixMs } from "../time.ts";

/** Orders in a row that failed. An address that is not registered is every order's failure, and one is enough. */
const FAILED_IN_A_ROW = 3;
/** The pause before the first try; each further one is twice as long. */
const REFUSED_PAUSE_MS = 1_000;
const FAILED_PAUSE_MS = 5_000;
/** 240 tries an hour at most, where an hour has a thousand slots (reference 10.3). */
const PAUSE_MAX_MS = 15_000;
/** After a try that could not even be written, which tells nothing of the broker. */
const UNTRIED_PAUSE_MS = 1_000;

export type Breaker =
  /** Whose requests failed in a row. One that fails again and again, in a segment that is not active, is one. */
  | { readonly state: "closed"; readonly failed: ReadonlySet<MirrorKey> }
  | {
      readonly state: "open";
      readonly why: string;
      readonly since: UnixMs;
      /** Tries that failed since it opened. */
      readonly failedTries: number;
      readonly retryAt: UnixMs;
      /** The mirror whose request is the try that is under way. */
      readonly trying: MirrorKey | undefined;
      /** Mirrors with a request that was refused for its address since it opened; they wait for the try with the entries. */
      readonly refused: ReadonlySet<MirrorKey>;
    };

export type OpenBreaker = Extract<Breaker, { state: "open" }>;

export const CLOSED: Breaker = { state: "closed", failed: new Set() };

type Intent = PlacementIntended | ModificationIntended | CancelIntended;

/** The first request after the pause that could tell is the try. */
export function afterIntent(breaker: Breaker, intent: Intent): Breaker {
  if (breaker.state === "closed" || breaker.trying !== undefined || intent.at < breaker.retryAt) return breaker;
  return canTell(breaker, intent.type === "placement-intended") ? { ...breaker, trying: intent.mirror } : breaker;
}

export function afterAnswer(breaker: Breaker, answer: RequestAnswered): Breaker {
  const told = tellsOf(answer.result);
  return breaker.state === "closed" ? afterAnswerClosed(breaker, answer, told) : afterAnswerOpen(breaker, answer, told);
}

/** The answer of the try reaches nobody any more; another may go. */
export function afterRestart(breaker: Breaker): Breaker {
  return breaker.state === "closed" ? breaker : { ...breaker, trying: undefined };
}

/** As people see it: from the end of the pause until the answer it is half open. */
export function stateAt(breaker: Breaker, now: UnixMs): "closed" | "open" | "half-open" {
  if (breaker.state === "closed") return "closed";
  return breaker.trying !== undefined || now >= breaker.retryAt ? "half-open" : "open";
}

type Told = "works" | "failed" | "unable" | "nothing";

/** A refusal for the order's own sake proves a broker that takes requests. A dead token and a 429 have states of their own. */
function tellsOf(result: RequestOutcome): Told {
  switch (result.outcome) {
    case "accepted":
      return "works";
    case "unknown":
      return "failed";
    case "not-sent":
      return "nothing";
    case "refused":
      if (result.refusal.code === "TOKEN_DEAD" || result.refusal.code === "RATE_LIMIT") return "nothing";
      if (result.refusal.code === "ADDRESS_NOT_ALLOWED") return "unable";
      return result.refusal.code === "NO_ACCESS" ? "failed" : "works";
    default:
      return unreachable(result);
  }
}

function afterAnswerClosed(breaker: Extract<Breaker, { state: "closed" }>, { at, mirror, result }: RequestAnswered, told: Told): Breaker {
  switch (told) {
    case "works":
      return breaker.failed.size === 0 ? breaker : CLOSED;
    case "nothing":
      return breaker;
    case "failed": {
      const failed = new Set([...breaker.failed, mirror]);
      if (failed.size < FAILED_IN_A_ROW) return { state: "closed", failed };
      const why = `requests of ${failed.size} orders in a row failed, the last: ${wordsOf(result)}`;
      return { state: "open", why, since: at, failedTries: 0, retryAt: unixMs(at + FAILED_PAUSE_MS), trying: undefined, refused: new Set() };
    }
    case "unable": {
      const why = `the account may place no order: ${wordsOf(result)}`;
      return { state: "open", why, since: at, failedTries: 0, retryAt: unixMs(at + REFUSED_PAUSE_MS), trying: undefined, refused: new Set([mirror]) };
    }
    default:
      return unreachable(told);
  }
}

function afterAnswerOpen(breaker: OpenBreaker, { at, mirror, request }: RequestAnswered, told: Told): Breaker {
  const isTry = breaker.trying === mirror;
  switch (told) {
    case "works":
      // What was under way when it opened may still be taken: that proves as much.
      if (canTell(breaker, request === "placement")) return CLOSED;
      return isTry ? { ...breaker, trying: undefined } : breaker;
    case "nothing":
      return isTry ? { ...breaker, trying: undefined, retryAt: unixMs(at + UNTRIED_PAUSE_MS) } : breaker;
    case "failed":
    case "unable": {
      const refused = told === "unable" ? new Set([...breaker.refused, mirror]) : breaker.refused;
      if (!isTry) return { ...breaker, refused };
      const failedTries = breaker.failedTries + 1;
      const pauseMs = Math.min((told === "unable" ? REFUSED_PAUSE_MS : FAILED_PAUSE_MS) * 2 ** failedTries, PAUSE_MAX_MS);
      return { ...breaker, refused, failedTries, retryAt: unixMs(at + pauseMs), trying: undefined };
    }
    default:
      return unreachable(told);
  }
}

/** Where the address was refused any request tells whether it still is; where placements failed only a placement does. */
function canTell(breaker: OpenBreaker, isPlacement: boolean): boolean {
  return isPlacement || breaker.refused.size > 0;
}

function wordsOf(result: RequestOutcome): string {
  switch (result.outcome) {
    case "accepted":
      return result.outcome;
    case "unknown":
      return result.because;
    case "not-sent":
      return result.cause;
    case "refused":
      return result.refusal.brokerSaid;
    default:
      return unreachable(result);
  }
}
