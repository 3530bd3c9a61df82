/** What can be said of the legs of a copied super order: that one has fired, and alone; that the broker refused one, or somebody ended it (R18). */
import type { LeaderOrder } from "../book/book.ts";
import { EXIT_LEGS, type ExitLeg } from "../order/plan.ts";
import { type UnixMs, unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import type { Attempt } from "./attempt.ts";
import { earliest, later } from "./decision.ts";
import { endedByUs, isLegRefused, legFilled, legsHaveFired } from "./legs.ts";
import type { Mirror } from "./mirror.ts";
import type { Situation } from "./situation.ts";
import { leaderHasFired } from "./super.ts";

interface Said {
  readonly verdicts: readonly Verdict[];
  readonly wakeAt: UnixMs | undefined;
}

const NOTHING: Said = { verdicts: [], wakeAt: undefined };

export function legVerdicts(mirror: Mirror, leader: LeaderOrder | undefined, situation: Situation): Said {
  if (leader === undefined || mirror.attempts.every(({ legs }) => legs === undefined)) return NOTHING;
  const said = [ofFired(mirror, leader, situation), ...mirror.attempts.flatMap((attempt) => EXIT_LEGS.map((leg) => ofEnded(attempt, leg, leader, situation)))];
  return {
    verdicts: said.flatMap(({ verdicts }) => verdicts),
    wakeAt: said.reduce<UnixMs | undefined>((at, one) => earliest(at, one.wakeAt), undefined),
  };
}

function ofFired(mirror: Mirror, leader: LeaderOrder, { book, policy, now }: Situation): Said {
  const attempt = mirror.attempts.find((one) => one.legs?.firedAt !== undefined);
  const units = attempt === undefined ? 0 : legFilled(attempt);
  if (attempt?.legs?.firedAt === undefined || units === 0) return NOTHING;
  if (leaderHasFired(book, mirror, leader.known.plan)) {
    if (attempt.order === undefined || units < attempt.order.filled) return NOTHING;
    return { verdicts: [verdict("LEG_FILLED", `the follower's own legs have exited ${units} units, as the leader's have`, { units })], wakeAt: undefined };
  }
  const due = later(attempt.legs.firedAt, policy.slippage.afterMs);
  if (now < due) return { verdicts: [], wakeAt: due };
  const sentence = `a leg of the follower's order has exited ${units} units, and none of the leader's has; nothing is entered again`;
  return { verdicts: [verdict("LEG_ALONE", sentence, { units })], wakeAt: undefined };
}

/** That the other leg has fired, which ends this one, may be told later: by the next audit. */
const FIRES_TOLD_MS = 20_000;

function ofEnded(attempt: Attempt, leg: ExitLeg, leader: LeaderOrder, { now }: Situation): Said {
  const { orderId, legs, order } = attempt;
  const own = legs?.orders[leg];
  const isTaken = order !== undefined && (order.end === undefined || order.filled > 0);
  if (isTaken && isLegRefused(attempt, leg)) return { verdicts: [refused(attempt, leg)], wakeAt: undefined };
  const stands = leader.known.plan?.[leg] === "waits" && order !== undefined && order.filled > 0;
  if (own?.end !== "cancelled" || !stands || endedByUs(attempt, leg) || legsHaveFired(attempt)) return NOTHING;
  const due = later(unixMs(own.updatedAt), FIRES_TOLD_MS);
  if (now < due) return { verdicts: [], wakeAt: due };
  const sentence = `the ${leg} of order ${orderId ?? ""} was cancelled without our request; it is left alone, and the leader's stands`;
  return { verdicts: [verdict("ENDED_BY_OTHERS", sentence)], wakeAt: undefined };
}

function refused({ orderId, legs }: Attempt, leg: ExitLeg): Verdict {
  const said = legs?.orders[leg]?.reason;
  const why = said === undefined || said === "" ? "" : `: ${said}`;
  const then =
    leg === "stop"
      ? "nothing more is entered by it, and a plain stop takes its place for what has filled"
      : "its stop stands alone, and what the leader's target fills is exited then";
  return verdict("BROKER_REFUSED", `the broker refused the ${leg} of order ${orderId ?? ""}${why}; ${then}`);
}
