/** A follower's mirrors: found, and changed by what happened. Part of the fold. */
import { assert } from "../assert.ts";
import { stemOf } from "../correlation.ts";
import { orderEnded } from "../margin/reservations.ts";
import { filledOf, isOpen, waitsAsForever, wasRefused } from "../mirror/attempt.ts";
import { evolve, type MirrorEvent } from "../mirror/evolve.ts";
import { currentAttempts, isExit, type Mirror, type MirrorKey } from "../mirror/mirror.ts";
import type { OrderReport } from "../order/report.ts";
import type { FollowerBook } from "./book.ts";
import { mirrorBack } from "./put-away.ts";
import { isOurOrder, keyOfOrder, keyOfStem } from "./ways.ts";

export function mirrorIn(follower: FollowerBook, key: MirrorKey): Mirror {
  const mirror = mirrorBack(follower, key);
  assert(mirror !== undefined, `there is no mirror ${key}`);
  return mirror;
}

/** The mirror that an order of ours belongs to by the common part of its correlation id, whatever the attempt (R9). */
export function mirrorByCorrelation(follower: FollowerBook, id: Parameters<typeof stemOf>[0]): MirrorKey | undefined {
  return follower.byCorrelation.get(id) ?? keyOfStem(follower, stemOf(id));
}

/** The mirror that a report of an order is about. What bears the mark of another order of ours is none of ours (R12). */
export function mirrorOfReport(follower: FollowerBook, report: OrderReport): MirrorKey | undefined {
  const known = keyOfOrder(follower, report.leg?.of ?? report.orderId);
  if (known !== undefined || report.correlationId === undefined || isDoubled(follower, report)) return known;
  return follower.byCorrelation.get(report.correlationId);
}

/** Whether it is about one, without asking which of those that are put away. */
export function isOfMirror(follower: FollowerBook, report: OrderReport): boolean {
  return isOurOrder(follower, report.leg?.of ?? report.orderId) || mirrorOfReport(follower, report) !== undefined;
}

/**
 * It bears a mark under which this journal knows another order. Each is sent once, so somebody else has sent this one: a copier with another
 * journal gives the leader's order the same mark (R9, R12). What a forever order fires has a number of its own, and legs go the other way;
 * whether an after-market order keeps its number over the night is written nowhere.
 */
export function isDoubled(follower: FollowerBook, { orderId, correlationId, leg, contracted }: OrderReport): boolean {
  if (correlationId === undefined || leg !== undefined || isOurOrder(follower, orderId)) return false;
  const key = follower.byCorrelation.get(correlationId);
  const mirror = key === undefined ? undefined : follower.mirrors.get(key);
  const attempt = mirror?.attempts.find((one) => one.correlationId === correlationId);
  return attempt?.orderId !== undefined && !attempt.isForever && !attempt.afterMarket && mirror?.contracted.side === contracted.side;
}

export function evolved(follower: FollowerBook, key: MirrorKey, event: MirrorEvent): void {
  const mirror = evolve(mirrorIn(follower, key), event);
  follower.mirrors.set(key, mirror);
  if (follower.reservations.ofMirrors.has(key))
    for (const attempt of mirror.attempts) if (!isOpen(attempt)) orderEnded(follower.reservations, key, attempt.number, filledOf(attempt));
  // What a forever order was refused for is said, and keeps nobody: the leader's waits as well.
  if (isExit(mirror) && currentAttempts(mirror).some((attempt) => wasRefused(attempt) && !waitsAsForever(attempt))) follower.refusedExits.add(key);
  else follower.refusedExits.delete(key);
}
