/**
 * I3 on the wire: once an exit has taken the leader out of what an order of his had filled, nothing more is sent for that order (R14). What still
 * waits then, for a slot, a token or a breaker, would open a position that he does not have.
 */
import { leaderOpposed } from "./allowance.ts";
import { type Evidence, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import { stemIn } from "./mark.ts";
import type { Timeline } from "./timeline.ts";

/** How long what was told may wait for company, and the request for its record; doubled. */
const DECIDED_MS = 20;
/** By then a process that was started again knows what its brokers' books tell, however far they lag. */
const KNOWS_AGAIN_MS = 10_000;

/** A placement leaves. */
export function auditAfterWayOut(evidence: Evidence, breaks: Breaks, { mark, at }: { readonly mark: string; readonly at: number }): void {
  const stem = stemIn(mark) ?? "";
  const order = evidence.causeOf(stem)?.leaderOrder;
  if (order === undefined || (evidence.diedAt !== undefined && !evidence.isSteadySince(at - KNOWS_AGAIN_MS))) return;
  const { account, holding, side, filled } = newest(order);
  const filledAt = order.versions.find(({ version }) => version.status === "TRADED")?.at;
  const key = `${account}:${holding}`;
  if (filledAt === undefined || order.toldFilled < filled || evidence.bothWays.has(key)) return;
  if (Math.max(...leaderOpposed(evidence, order, newest(order))) > 0) return;
  const sign = side === "BUY" ? 1 : -1;
  const isOut = (line: Timeline): boolean =>
    line.within(filledAt, at).some(({ value }) => sign * value > 0) && line.within(at - DECIDED_MS, at).every(({ value }) => sign * value <= 0);
  if (isOut(evidence.held.of(key)) && isOut(evidence.heldAsTold.of(key)))
    breaks("I3", `${mark} was sent for ${order.orderId}, which had filled, although the leader was out again and that had been told`, stem);
}
