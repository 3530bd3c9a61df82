/**
 * Mirrors that are over weigh much in a busy day, and are hardly ever asked for again. So they are put away: packed, a few together, which
 * loses nothing; and taken back, each alone, when something more is told of one. Beside the bundles stands what must be known at a glance.
 *
 * Part of the fold: a record says which are put away (`mirrors-put-away`), and what takes one back is a record as well.
 */
import { assert } from "../assert.ts";
import type { ClientId } from "../identity.ts";
import { filledOf } from "../mirror/attempt.ts";
import { addLeft, leftBy } from "../mirror/carried.ts";
import { holdingOf } from "../mirror/in-holding.ts";
import { lastEnd, type Mirror, type MirrorKey } from "../mirror/mirror.ts";
import { outcomeOf } from "../mirror/outcome.ts";
import type { OrderReport } from "../order/report.ts";
import type { MirrorsPutAway } from "../records.ts";
import {
  type Book,
  type Bundle,
  type FollowerBook,
  followerBook,
  getOrAdd,
  type HoldingKey,
  leaderBook,
  mirrorsOfHolding,
  type PackedMirror,
  type PastExit,
  type PutAwayMirror,
} from "./book.ts";
import { orderOf, putAwayOrders } from "./leader-orders.ts";
import { pack, unpack } from "./packed.ts";
import { packed } from "./packing.ts";

/** What of it is not there in full, or was never there, is left as it is. */
export function putAway(book: Book, { follower: id, mirrors: keys, at }: MirrorsPutAway): void {
  const follower = followerBook(book, id);
  const parts = keys.flatMap((key): PackedMirror[] => {
    const mirror = follower.mirrors.get(key);
    if (mirror === undefined) return [];
    const isInHolding = mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror)).includes(key);
    return [{ mirror, isInHolding, left: isInHolding ? leftBy(book, mirror, "live") : 0 }];
  });
  const [before] = follower.away.mirrors.values();
  const bundle: Bundle = { packed: packed(book, pack(parts, before?.bundle.packed.like)), at };
  // Of one bundle most have the same to say beside it, in one object.
  const alike = new Map<string, PutAwayMirror>();
  for (const { mirror, isInHolding, left } of parts) {
    const { key } = mirror;
    const leader = oneAndTheSame(book, mirror.leader);
    const outcome = outcomeOf(mirror, orderOf(leaderBook(book, leader), mirror.cause));
    follower.away.mirrors.set(
      key,
      getOrAdd(alike, `${leader} ${outcome}`, () => ({ bundle, leader, outcome, entries: NO_ENTRIES })),
    );
    for (const attempt of mirror.attempts) {
      if (attempt.orderId === undefined) continue;
      follower.away.filled.set(attempt.orderId, filledOf(attempt));
      follower.byCorrelation.delete(attempt.correlationId);
    }
    if (isLeadersExit(mirror)) pastExits(follower, mirror).push(pastExit(mirror));
    for (const by of new Set(mirror.withdrawals.map((withdrawal) => withdrawal.by))) {
      const exit = follower.away.mirrors.get(by);
      if (exit !== undefined) follower.away.mirrors.set(by, { ...exit, entries: [...exit.entries, key] });
    }
    if (isInHolding) outOfHolding(follower, mirror);
    addLeft(follower, mirror, left);
    follower.mirrors.delete(key);
  }
  for (const [leader, its] of Map.groupBy(parts, ({ mirror }) => mirror.leader))
    putAwayOrders(
      book,
      leader,
      its.map(({ mirror }) => mirror.cause),
    );
}

const NO_ENTRIES: readonly MirrorKey[] = [];

/** The mirror, taken back if it was put away; and with it what its exits took back from it, or it from its entries. */
export function mirrorBack(follower: FollowerBook, key: MirrorKey): Mirror | undefined {
  const away = follower.away.mirrors.get(key);
  if (away === undefined) return follower.mirrors.get(key);
  const { mirror, isInHolding, left } = unpacked(away, key);
  follower.away.mirrors.delete(key);
  follower.mirrors.set(key, mirror);
  for (const { orderId, correlationId } of mirror.attempts) {
    if (orderId === undefined) continue;
    follower.away.filled.delete(orderId);
    follower.byCorrelation.set(correlationId, key);
  }
  if (isLeadersExit(mirror)) {
    const exits = pastExits(follower, mirror);
    exits.splice(
      exits.findIndex((exit) => exit.key === key),
      1,
    );
  }
  if (isInHolding) intoHolding(follower, mirror);
  addLeft(follower, mirror, -left);
  for (const { by } of mirror.withdrawals) mirrorBack(follower, by);
  for (const entry of away.entries) mirrorBack(follower, entry);
  return mirror;
}

/** The mirror as it is or was; one that is put away stays so. */
export function mirrorOf(follower: FollowerBook, key: MirrorKey): Mirror | undefined {
  const away = follower.away.mirrors.get(key);
  return away === undefined ? follower.mirrors.get(key) : unpacked(away, key).mirror;
}

function unpacked({ bundle }: PutAwayMirror, key: MirrorKey): PackedMirror {
  const found = unpack(bundle.packed).find(({ mirror }) => mirror.key === key);
  assert(found !== undefined, `${key} is not in the bundle in which it was put away`);
  return found;
}

/** Those of a leader's that are as wanted, by what is packed of them. */
export function keysPutAway({ away }: FollowerBook, leader: ClientId, isWanted: (mirror: Mirror) => boolean): readonly MirrorKey[] {
  const bundles = new Set([...away.mirrors.values()].filter((one) => one.leader === leader).map(({ bundle }) => bundle));
  const wanted = [...bundles].flatMap(({ packed }) => unpack(packed).flatMap(({ mirror }) => (isWanted(mirror) ? [mirror.key] : [])));
  return wanted.filter((key) => away.mirrors.has(key));
}

export function isPutAway(follower: FollowerBook, key: MirrorKey): boolean {
  return follower.away.mirrors.has(key);
}

/** Whether a report is of an order that was put away and tells no more than was known of it then: only its fills can rise after its end (R1). */
export function tellsNoMore({ away }: FollowerBook, { orderId, filled }: Pick<OrderReport, "orderId" | "filled">): boolean {
  const known = away.filled.get(orderId);
  return known !== undefined && filled <= known;
}

/** What the exits of this holding that are put away have taken. */
export function exitsPutAway(follower: FollowerBook, leader: ClientId, holding: HoldingKey): readonly PastExit[] {
  return follower.away.exits.get(leader)?.get(holding) ?? [];
}

/** Their day is over: nothing is left of them. */
export function forgetPutAway(follower: FollowerBook, forgotten: ReadonlySet<MirrorKey>): void {
  const { mirrors, filled, exits } = follower.away;
  for (const key of forgotten) mirrors.delete(key);
  for (const order of filled.keys()) {
    const key = follower.byOrder.get(order);
    if (key === undefined || forgotten.has(key)) filled.delete(order);
  }
  for (const holdings of exits.values()) {
    for (const [holding, past] of holdings) {
      const left = past.filter(({ key }) => !forgotten.has(key));
      if (left.length === 0) holdings.delete(holding);
      else holdings.set(holding, left);
    }
  }
}

function isLeadersExit({ role: { role } }: Mirror): boolean {
  return role === "exit" || role === "reverse";
}

function pastExits(follower: FollowerBook, mirror: Mirror): PastExit[] {
  const holdings = getOrAdd(follower.away.exits, mirror.leader, () => new Map<HoldingKey, PastExit[]>());
  return getOrAdd(holdings, holdingOf(mirror), () => []);
}

function pastExit(mirror: Mirror): PastExit {
  return { key: mirror.key, side: mirror.contracted.side, endedAt: lastEnd(mirror), units: mirror.exitFilled };
}

function outOfHolding(follower: FollowerBook, mirror: Mirror): void {
  const left = mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror)).filter((other) => other !== mirror.key);
  follower.byHolding.get(mirror.leader)?.set(holdingOf(mirror), left);
}

/** In its old place: they stand in the order in which they were opened, and the earlier exit has the first claim (R14). */
export function intoHolding(follower: FollowerBook, mirror: Mirror): void {
  const keys = mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror));
  const before = keys.findLastIndex((key) => (follower.mirrors.get(key)?.openedAt ?? 0) <= mirror.openedAt) + 1;
  const holdings = getOrAdd(follower.byHolding, mirror.leader, () => new Map<HoldingKey, MirrorKey[]>());
  holdings.set(holdingOf(mirror), [...keys.slice(0, before), mirror.key, ...keys.slice(before)]);
}

/** Texts that say the same, read from many records, are many texts in memory. */
function oneAndTheSame(book: Book, leader: ClientId): ClientId {
  for (const id of book.leaders.keys()) if (id === leader) return id;
  return leader;
}
