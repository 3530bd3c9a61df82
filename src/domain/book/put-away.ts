/**
 * Mirrors that are over weigh much in a busy day, and are hardly ever asked for again. So they are put away: packed, a few together, which
 * loses nothing; and taken back, each alone, when something more is told of one. Beside the bundles stands what must be known at a glance.
 *
 * Part of the fold: a record says which are put away (`mirrors-put-away`), and what takes one back is a record as well.
 */
import { assert } from "../assert.ts";
import { type ClientId, type OrderId, orderId } from "../identity.ts";
import { addLeft, leftBy } from "../mirror/carried.ts";
import { holdingOf } from "../mirror/in-holding.ts";
import { lastEnd, type Mirror, type MirrorKey, type Outcome } from "../mirror/mirror.ts";
import { outcomeOf } from "../mirror/outcome.ts";
import { direction } from "../order/terms.ts";
import { quantity } from "../quantity.ts";
import type { MirrorsPutAway } from "../records.ts";
import { type UnixMs, unixMs } from "../time.ts";
import {
  type Book,
  type FollowerBook,
  followerBook,
  getOrAdd,
  type HoldingKey,
  leaderBook,
  mirrorsOfHolding,
  type PackedMirror,
  type PastExit,
} from "./book.ts";
import { bundle, takenFrom } from "./bundles.ts";
import { allGlances, countOf, keepGlances } from "./glances.ts";
import { orderOf, putAwayOrders } from "./leader-orders.ts";
import { isPutAway, keyIn, leadAway, leadBack, packedIn, packedMirror, placeIn } from "./ways.ts";

/** What of it is not there in full, or was never there, is left as it is. */
export function putAway(book: Book, { follower: id, mirrors: keys, at }: MirrorsPutAway): void {
  const follower = followerBook(book, id);
  const parts = keys.flatMap((key): PackedMirror[] => {
    const mirror = follower.mirrors.get(key);
    if (mirror === undefined) return [];
    const isInHolding = mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror)).includes(key);
    return [{ mirror, isInHolding, left: isInHolding ? leftBy(book, mirror, "live") : 0 }];
  });
  if (parts.length === 0) return;
  const number = bundle(book, follower.away.bundles, parts, at);
  for (const { mirror, isInHolding, left } of parts) {
    const { key } = mirror;
    leadAway(follower, mirror, { bundle: number, outcome: outcomeOf(mirror, orderOf(leaderBook(book, mirror.leader), mirror.cause)) });
    rememberExit(follower, mirror);
    for (const by of new Set(mirror.withdrawals.map((withdrawal) => withdrawal.by)))
      if (isPutAway(follower, by)) follower.away.entries.set(by, [...entriesOf(follower, by), key]);
    if (isInHolding) outOfHolding(follower, mirror);
    addLeft(follower, mirror, left);
    follower.mirrors.delete(key);
  }
  for (const [leader, its] of Map.groupBy(parts, ({ mirror }) => mirror.leader))
    putAwayOrders(book, leader, { orders: its.map(({ mirror }) => mirror.cause), at });
}

/** The mirror, taken back if it was put away; and with it what its exits took back from it, or it from its entries. */
export function mirrorBack(follower: FollowerBook, key: MirrorKey): Mirror | undefined {
  const mirror = follower.mirrors.get(key);
  if (mirror !== undefined) return mirror;
  const packed = packedMirror(follower, key);
  return packed === undefined ? undefined : takenBack(follower, packed);
}

/** All that are put away, a bundle at a time. */
export function allBack(follower: FollowerBook): void {
  for (const number of [...follower.away.bundles.byNumber.keys()]) {
    if (!follower.away.bundles.byNumber.has(number)) continue;
    for (const packed of packedIn(follower, number)) if (isPutAway(follower, packed.mirror.key)) takenBack(follower, packed);
  }
}

function takenBack(follower: FollowerBook, { mirror, isInHolding, left }: PackedMirror): Mirror {
  const { key } = mirror;
  leadBack(follower, mirror);
  follower.mirrors.set(key, mirror);
  forgetExit(follower, mirror);
  if (isInHolding) intoHolding(follower, mirror);
  addLeft(follower, mirror, -left);
  const entries = entriesOf(follower, key);
  follower.away.entries.delete(key);
  for (const { by } of mirror.withdrawals) mirrorBack(follower, by);
  for (const entry of entries) mirrorBack(follower, entry);
  return mirror;
}

function entriesOf({ away }: FollowerBook, exit: MirrorKey): readonly MirrorKey[] {
  return away.entries.get(exit) ?? [];
}

/** Those of a leader's that are as wanted, by what is packed of them. */
export function keysPutAway(follower: FollowerBook, leader: ClientId, isWanted: (mirror: Mirror) => boolean): readonly MirrorKey[] {
  const numbers = new Set<number>();
  for (const { leader: id, causes } of follower.away.mirrors.values())
    if (id === leader) for (const [, glance] of allGlances(causes)) numbers.add(placeIn(glance).bundle);
  return [...numbers].flatMap((number) =>
    packedIn(follower, number).flatMap(({ mirror }) => (mirror.leader === leader && isWanted(mirror) ? [mirror.key] : [])),
  );
}

/** What has come of a leader's that are put away, and since when each is. */
export function* outcomesPutAway({ away }: FollowerBook, leader: ClientId): Generator<{ readonly outcome: Outcome; readonly at: UnixMs }, void, undefined> {
  for (const { leader: id, causes } of away.mirrors.values()) {
    if (id !== leader) continue;
    for (const [, glance] of allGlances(causes)) {
      const { bundle: number, outcome } = placeIn(glance);
      const at = away.bundles.byNumber.get(number)?.at;
      assert(at !== undefined, `there is no bundle ${number}`);
      yield { outcome, at };
    }
  }
}

/** How many mirrors are put away. */
export function countPutAway({ away }: FollowerBook): number {
  return [...away.mirrors.values()].reduce((sum, { causes }) => sum + countOf(causes), 0);
}

/** What the exits of this holding that are put away have taken. */
export function exitsPutAway(follower: FollowerBook, leader: ClientId, holding: HoldingKey): readonly PastExit[] {
  const numbers = follower.away.exits.get(leader)?.get(holding) ?? [];
  const exits: PastExit[] = [];
  for (let at = 0; at < numbers.length; at += EXIT_NUMBERS) {
    const [endedAt = Number.NaN, signed = 0] = numbers.slice(at, at + EXIT_NUMBERS);
    exits.push({ side: signed > 0 ? "BUY" : "SELL", endedAt: Number.isNaN(endedAt) ? undefined : unixMs(endedAt), units: quantity(Math.abs(signed)) });
  }
  return exits;
}

/** The day of all others is over: nothing is left of them. Answers which those are. */
export function forgetPutAway(follower: FollowerBook, isKept: (leader: ClientId, cause: OrderId) => boolean): readonly MirrorKey[] {
  const { away } = follower;
  const forgotten: MirrorKey[] = [];
  const inUse = new Set<number>();
  for (const [root, { leader, causes }] of away.mirrors) {
    keepGlances(causes, (name, glance) => {
      const cause = orderId(name);
      const { bundle: number } = placeIn(glance);
      if (isKept(leader, cause)) {
        inUse.add(number);
        return true;
      }
      forgotten.push(keyIn(root, cause));
      takenFrom(away.bundles, number);
      return false;
    });
    if (countOf(causes) === 0) away.mirrors.delete(root);
  }
  const kept = [...inUse].flatMap((number) => packedIn(follower, number).map(({ mirror }) => mirror));
  const orders = new Set<string>(kept.flatMap(({ attempts }) => attempts.flatMap(({ orderId: order }) => order ?? [])));
  keepGlances(away.orders, (order) => orders.has(order));
  away.exits.clear();
  for (const mirror of kept) rememberExit(follower, mirror);
  const gone = new Set(forgotten);
  for (const [exit, entries] of away.entries) {
    const left = entries.filter((entry) => !gone.has(entry));
    if (gone.has(exit) || left.length === 0) away.entries.delete(exit);
    else away.entries.set(exit, left);
  }
  return forgotten;
}

/** Of each exit two numbers stand one after the other. */
const EXIT_NUMBERS = 2;

/** One that took nothing need not be known. */
function rememberExit(follower: FollowerBook, mirror: Mirror): void {
  if (!isLeadersExit(mirror) || mirror.exitFilled === 0) return;
  const holdings = getOrAdd(follower.away.exits, mirror.leader, () => new Map<HoldingKey, number[]>());
  getOrAdd(holdings, holdingOf(mirror), () => []).push(...numbersOf(mirror));
}

/** That it is one and not another that took as much in the same moment makes no difference. */
function forgetExit(follower: FollowerBook, mirror: Mirror): void {
  if (!isLeadersExit(mirror) || mirror.exitFilled === 0) return;
  const holdings = follower.away.exits.get(mirror.leader);
  const numbers = holdings?.get(holdingOf(mirror)) ?? [];
  const [endedAt, signed] = numbersOf(mirror);
  const at = numbers.findIndex((number, index) => index % EXIT_NUMBERS === 0 && Object.is(number, endedAt) && numbers[index + 1] === signed);
  assert(at >= 0, `what ${mirror.key} took was not remembered`);
  numbers.splice(at, EXIT_NUMBERS);
  if (numbers.length > 0) return;
  holdings?.delete(holdingOf(mirror));
  if (holdings?.size === 0) follower.away.exits.delete(mirror.leader);
}

function numbersOf(mirror: Mirror): readonly [number, number] {
  return [lastEnd(mirror) ?? Number.NaN, direction(mirror.contracted.side) * mirror.exitFilled];
}

function isLeadersExit({ role: { role } }: Mirror): boolean {
  return role === "exit" || role === "reverse";
}

function outOfHolding(follower: FollowerBook, mirror: Mirror): void {
  const left = mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror)).filter((other) => other !== mirror.key);
  follower.byHolding.get(mirror.leader)?.set(holdingOf(mirror), left);
}

/** In its old place: they stand in the order in which they were opened, and the earlier exit has the first claim (R14). */
export function intoHolding(follower: FollowerBook, mirror: Mirror): void {
  const holdings = getOrAdd(follower.byHolding, mirror.leader, () => new Map<HoldingKey, MirrorKey[]>());
  const keys = holdings.get(holdingOf(mirror)) ?? [];
  const before = keys.findLastIndex((key) => (follower.mirrors.get(key)?.openedAt ?? 0) <= mirror.openedAt) + 1;
  holdings.set(holdingOf(mirror), keys.toSpliced(before, 0, mirror.key));
}
