/**
 * The ways to a follower's mirrors that are put away: by their keys, by the numbers of their orders, and by the mark that these bear. Who asks by one of
 * them asks here, and finds those that are there in full as well.
 *
 * Keys and numbers are known exactly, so that "none" and "no news" are never wrong, and cost no more than a look. Of a mark a few bits are, and the bundle says
 * whether it is the one: it is asked for when an order turns up that nobody knows, which is hardly ever.
 */
import { assert } from "../assert.ts";
import type { CorrelationStem } from "../correlation.ts";
import type { ClientId, OrderId } from "../identity.ts";
import { filledOf } from "../mirror/attempt.ts";
import type { Mirror, MirrorKey, Outcome } from "../mirror/mirror.ts";
import type { OrderReport } from "../order/report.ts";
import { type Quantity, quantity } from "../quantity.ts";
import { type FollowerBook, getOrAdd, type MirrorsOfLeader, type PackedMirror } from "./book.ts";
import { partsOf, takenFrom } from "./bundles.ts";
import { countOf, dropGlance, type Glance, glanceAt, has, namesWith, noGlances, setGlance } from "./glances.ts";

/** Where a mirror is, and what came of it. */
export interface Place {
  readonly bundle: number;
  readonly outcome: Outcome;
}

export function placeOf({ away }: FollowerBook, key: MirrorKey): Place | undefined {
  const { root, cause } = split(key);
  const causes = away.mirrors.get(root)?.causes;
  const glance = causes === undefined ? undefined : glanceAt(causes, cause);
  return glance === undefined ? undefined : placeIn(glance);
}

export function isPutAway({ away }: FollowerBook, key: MirrorKey): boolean {
  if (away.mirrors.size === 0) return false;
  const { root, cause } = split(key);
  const causes = away.mirrors.get(root)?.causes;
  return causes !== undefined && has(causes, cause);
}

/** Whether an order is one of a mirror's. */
export function isOurOrder({ byOrder, away }: FollowerBook, order: OrderId): boolean {
  return byOrder.has(order) || has(away.orders, order);
}

/** How many orders of mirrors there are. */
export function orderCount({ byOrder, away }: FollowerBook): number {
  return byOrder.size + countOf(away.orders);
}

/** What an order that is put away had filled; undefined: it is not put away. */
export function copyFilledPutAway({ away }: FollowerBook, order: OrderId): Quantity | undefined {
  const glance = glanceAt(away.orders, order);
  return glance === undefined ? undefined : quantity(glance.what);
}

/** Whether a report is of an order that was put away and tells no more than was known of it then: only its fills can rise after its end (R1). */
export function tellsNoMore({ away }: FollowerBook, { orderId, filled }: Pick<OrderReport, "orderId" | "filled">): boolean {
  const known = glanceAt(away.orders, orderId);
  return known !== undefined && filled <= known.what;
}

/** The mirror that an order belongs to, as it is or was; one that is put away stays so. */
export function mirrorOfOrder(follower: FollowerBook, order: OrderId): Mirror | undefined {
  const key = follower.byOrder.get(order);
  if (key !== undefined) return follower.mirrors.get(key) ?? packedMirror(follower, key)?.mirror;
  const glance = glanceAt(follower.away.orders, order);
  if (glance === undefined) return undefined;
  return packedIn(follower, glance.where).find(({ mirror }) => mirror.attempts.some(({ orderId }) => orderId === order))?.mirror;
}

export function keyOfOrder(follower: FollowerBook, order: OrderId): MirrorKey | undefined {
  return follower.byOrder.get(order) ?? mirrorOfOrder(follower, order)?.key;
}

export function keyOfStem(follower: FollowerBook, stem: CorrelationStem): MirrorKey | undefined {
  const key = follower.byStem.get(stem);
  if (key !== undefined) return key;
  for (const { causes } of follower.away.mirrors.values())
    for (const cause of namesWith(causes, bitsOf(stem))) {
      const glance = glanceAt(causes, cause);
      const found = glance === undefined ? undefined : packedIn(follower, placeIn(glance).bundle).find(({ mirror }) => mirror.stem === stem);
      if (found !== undefined) return found.mirror.key;
    }
  return undefined;
}

/** Those of a bundle that are put away in it still. */
export function packedIn(follower: FollowerBook, number: number): readonly PackedMirror[] {
  return partsOf(follower.away.bundles, number).filter(({ mirror: { key } }) => placeOf(follower, key)?.bundle === number);
}

/** Undefined: it is not put away. */
export function packedMirror(follower: FollowerBook, key: MirrorKey): PackedMirror | undefined {
  const place = placeOf(follower, key);
  if (place === undefined) return undefined;
  const found = partsOf(follower.away.bundles, place.bundle).find(({ mirror }) => mirror.key === key);
  assert(found !== undefined, `${key} is not in the bundle in which it was put away`);
  return found;
}

/** The leader of a mirror that is put away; undefined: it is not. */
export function leaderOfPutAway(follower: FollowerBook, key: MirrorKey): ClientId | undefined {
  return isPutAway(follower, key) ? follower.away.mirrors.get(split(key).root)?.leader : undefined;
}

/** From now on all ways to it lead to this bundle. */
export function leadAway(follower: FollowerBook, { key, leader, stem, attempts }: Mirror, { bundle, outcome }: Place): void {
  const { root, cause } = split(key);
  const its = getOrAdd(follower.away.mirrors, root, (): MirrorsOfLeader => ({ leader, causes: noGlances() }));
  // A mark that names another mirror by now goes on doing so.
  const isOwnMark = follower.byStem.get(stem) === key;
  setGlance(its.causes, cause, { what: isOwnMark ? bitsOf(stem) : NO_MARK, where: bundle * OUTCOMES.length + OUTCOMES.indexOf(outcome) });
  if (isOwnMark) follower.byStem.delete(stem);
  for (const attempt of attempts) {
    const { orderId } = attempt;
    if (orderId === undefined) continue;
    follower.byCorrelation.delete(attempt.correlationId);
    if (follower.byOrder.get(orderId) !== key) continue;
    setGlance(follower.away.orders, orderId, { what: filledOf(attempt), where: bundle });
    follower.byOrder.delete(orderId);
  }
}

/** It is there in full again, and all ways lead to it. */
export function leadBack(follower: FollowerBook, { key, stem, attempts }: Mirror): void {
  const { root, cause } = split(key);
  const { away } = follower;
  const causes = away.mirrors.get(root)?.causes;
  const glance = causes === undefined ? undefined : dropGlance(causes, cause);
  if (causes === undefined || glance === undefined) return;
  if (countOf(causes) === 0) away.mirrors.delete(root);
  const { bundle } = placeIn(glance);
  if (glance.what !== NO_MARK) follower.byStem.set(stem, key);
  for (const { orderId, correlationId } of attempts) {
    if (orderId === undefined) continue;
    follower.byCorrelation.set(correlationId, key);
    if (glanceAt(away.orders, orderId)?.where !== bundle) continue;
    dropGlance(away.orders, orderId);
    follower.byOrder.set(orderId, key);
  }
  takenFrom(away.bundles, bundle);
}

const OUTCOMES: readonly Outcome[] = ["waiting", "filled", "refused", "ended"];

export function placeIn({ where }: Glance): Place {
  const { length } = OUTCOMES;
  return { bundle: Math.floor(where / length), outcome: OUTCOMES[where % length] ?? "ended" };
}

/** What all keys of one leader's mirrors have in common, and what they have not. */
function split(key: MirrorKey): { readonly root: string; readonly cause: string } {
  const end = key.indexOf("/") + 1;
  return { root: key.slice(0, end), cause: key.slice(end) };
}

export function keyIn(root: string, cause: OrderId): MirrorKey {
  return (root + cause) as MirrorKey;
}

const NO_MARK = 0;

/** 32 bits of a mark, never those of none. */
function bitsOf(stem: CorrelationStem): number {
  let bits = 0x811c_9dc5;
  for (let at = 0; at < stem.length; at += 1) bits = Math.imul(bits ^ stem.charCodeAt(at), 0x0100_0193);
  return bits === NO_MARK ? 1 : bits;
}
