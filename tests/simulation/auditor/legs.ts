/**
 * I16: a leg that is missing beside one that stands is told; and what was told is told to be over. Worked out from docs/legs.md. What is a matter
 * of a race, or of which fills an exit has taken, is left out: only what is certain is judged.
 */
import { leaderOpposed } from "./allowance.ts";
import { type Cause, type Evidence, isLive, isOfEarlierDay, type Kept, newest } from "./evidence.ts";
import { isOfLostDay } from "./lost-day.ts";
import { stemFor } from "./mark.ts";
import { isOver, type OrderVersion } from "./observed.ts";
import type { Rest } from "./rest.ts";
import { shares } from "./share.ts";
import type { Timeline } from "./timeline.ts";

/** `basket.window`, of the broker's whole seconds. */
const WINDOW_MS = 2_000;
/** It is judged anew when it can go, and until then nobody knows whether it will. */
const WAITS = ["ENTRY_WAITS", "ACCOUNT_UNABLE", "IN_DOUBT"];
/** What has taken a part of it back, or why nobody knows what it is. */
const UNCERTAIN = ["WITHDRAWN", "INSTRUMENT_UNKNOWN", "INSTRUMENT_CONTRADICTION"];

interface Entry {
  readonly stem: string;
  readonly cause: Cause;
  readonly order: Kept;
  readonly leader: OrderVersion;
}

/** Answers how many legs were certainly missing beside one that certainly stood. */
export function auditLegs({ evidence, breaks, at, dayFrom }: Rest): number {
  let judged = 0;
  const entries = [...evidence.causes()].flatMap(([stem, cause]): readonly Entry[] => {
    const order = cause.leaderOrder;
    if (order === undefined || isOfEarlierDay(order, dayFrom) || newest(order).leg !== undefined) return [];
    return [{ stem, cause, order, leader: newest(order) }];
  });
  for (const entry of entries) {
    const others = entries.filter((other) => other.cause.copy === entry.cause.copy && mayBeLinked(entry.leader, other.leader));
    const isTold = lastOf(evidence, entry.stem) === "UNHEDGED";
    const over = isTold ? whyOver(evidence, entry, others) : undefined;
    if (over !== undefined) breaks("I16", `of the leader's ${entry.leader.orderId} it is still told that the leg is missing, and ${over}`, entry.stem);
    const beside = others.filter((other) => areLinked(entry.order, other.order));
    const lacks = beside.length === 0 ? 0 : certainlyMissing(evidence, entry, at);
    const alone = lacks === 0 ? undefined : beside.find((other) => certainlyStands(evidence, other, at));
    if (alone === undefined) continue;
    judged += 1;
    if (!isTold)
      breaks("I16", `${lacks} units of the leader's ${entry.leader.orderId} are missing beside ${alone.leader.orderId}, and nothing says so`, entry.stem);
  }
  return judged;
}

function lastOf(evidence: Evidence, stem: string): string | undefined {
  return (evidence.verdicts.get(stem) ?? []).findLast(({ code }) => code === "UNHEDGED" || code === "HEDGED")?.code;
}

/** Why what was told is over by now; undefined: it may well go on. */
function whyOver(evidence: Evidence, { stem, order, leader }: Entry, others: readonly Entry[]): string | undefined {
  // Of a stop and reverse whose entry part was refused the exit part may rest.
  if (isCertainEntry(evidence, order) && evidence.ofStem(stem).some((ours) => isLive(ours) && newest(ours).confirmed)) return "it stands";
  if (!isLive(order) && leader.filled === 0) return "he has withdrawn it";
  const mayStand = others.some(({ stem: other, cause, leader: { holding, side } }) => {
    const ours = evidence.ofStem(other);
    return ours.some(isLive) || (ours.some((one) => newest(one).filled > 0) && heldOn(side, evidence.held.of(copyKey(cause, holding)).now) > 0);
  });
  return mayStand ? undefined : "nothing stands without it";
}

/** Units of its least share that it lacks, where nothing of it is open or may still be sent; 0 where that is not certain. */
function certainlyMissing(evidence: Evidence, { stem, cause, order, leader }: Entry, at: number): number {
  const ours = evidence.ofStem(stem);
  if (ours.some(isLive) || cause.copy.rounding === "carry" || !isCertainEntry(evidence, order)) return 0;
  if (isUncertain(evidence, stem) || evidence.opened.get(stem) !== 1) return 0;
  if (WAITS.includes((evidence.verdicts.get(stem) ?? []).at(-1)?.code ?? "")) return 0;
  if (isLive(order) ? !leader.confirmed : leader.filled === 0) return 0;
  const key = `${leader.account}:${leader.holding}`;
  if (!hasKept(evidence, key, order, leader.filled, at) || !hasKeptAsTold(evidence, key, order, leader.filled, at)) return 0;
  const scales = evidence.scalesOf(stem, cause.copy);
  const units = (isLive(order) ? leader.quantity : leader.filled) - withdrawnBefore(evidence, stem, cause, order);
  const share = Math.min(...shares(scales, Math.max(0, units), leader.lot));
  return Math.max(0, (Number.isFinite(share) ? share : 0) - ours.reduce((sum, one) => sum + newest(one).filled, 0));
}

/**
 * Units that the leader has taken back of his other slices, once those were sized and before this one was: what rounding had left of them went
 * to one between, which keeps it, and this one has so much less (docs/mirror.md, A leader's own slices).
 */
function withdrawnBefore(evidence: Evidence, stem: string, { copy }: Cause, order: Kept): number {
  const sizedAt = evidence.openedAt.get(stem) ?? 0;
  return evidence.siblingsOf(order).reduce((sum, other) => {
    const { account, orderId, firstToldAt = sizedAt, told, versions } = other;
    const openedAt = evidence.openedAt.get(stemFor(account, orderId, newest(other).createdAt, copy.follower));
    if (openedAt === undefined || openedAt > sizedAt) return sum;
    const units = told.within(firstToldAt, sizedAt).map(({ value }) => unitsOf(versions[value]?.version));
    return sum + Math.max(...units) - (units.at(-1) ?? 0);
  }, 0);
}

/** What it asks for, or has come to. */
function unitsOf(version: OrderVersion | undefined): number {
  if (version === undefined) return 0;
  return isOver(version.status) ? version.filled : version.quantity;
}

/** Something of it rests at the exchange, or has filled and was never sold again. */
function certainlyStands(evidence: Evidence, { stem, cause, order, leader }: Entry, at: number): boolean {
  if (!isCertainEntry(evidence, order) || isUncertain(evidence, stem)) return false;
  if (evidence.held.of(`${cause.copy.follower}:${leader.holding}`).now !== 0) return false;
  // Of what it held of a day that is lost the copier counts nothing, and takes what was sold for of today.
  if (isOfLostDay(evidence, copyKey(cause, leader.holding))) return false;
  return evidence.ofStem(stem).some((ours) => {
    const { filled, confirmed } = newest(ours);
    return (
      (isLive(ours) && confirmed) || (filled > 0 && hasKept(evidence, copyKey(cause, leader.holding), ours, filled, at) && isUntouched(evidence, ours, at))
    );
  });
}

/** Where nobody knows the underlying it is linked with nothing: with the journal lost, what frames had told of a contract is lost, and no row tells it again. */
function isUncertain(evidence: Evidence, stem: string): boolean {
  return evidence.said(stem, ...UNCERTAIN) || evidence.withoutContract.has(stem);
}

function copyKey({ copy }: Cause, holding: string): string {
  return `${copy.leader}>${copy.follower}:${holding}`;
}

function isCertainEntry(evidence: Evidence, order: Kept): boolean {
  return Math.max(...leaderOpposed(evidence, order, newest(order))) === 0 && !evidence.bothWays.has(`${order.account}:${newest(order).holding}`);
}

/** So many units were held on the order's side ever since it filled. */
function hasKept({ held }: Evidence, key: string, order: Kept, units: number, at: number): boolean {
  return isHeld(held.of(key), order.versions.find(({ version }) => version.filled >= units)?.at ?? order.placedAt, at, newest(order).side, units);
}

/** Nor has the copier been told otherwise for a moment: fills that are told in another order than they took place may show that he is out, and that leg is gone then (docs/legs.md). */
function hasKeptAsTold({ heldAsTold }: Evidence, key: string, order: Kept, units: number, at: number): boolean {
  const toldAt = order.told.reached(order.versions.findIndex(({ version }) => version.filled >= units));
  return toldAt === undefined || isHeld(heldAsTold.of(key), toldAt, at, newest(order).side, units);
}

function isHeld(line: Timeline, from: number, to: number, side: "BUY" | "SELL", units: number): boolean {
  return line.within(from, to).every(({ value }) => heldOn(side, value) >= units);
}

/** What its owner has traded away by hand counts as gone, and nothing that he buys back brings it back (docs/legs.md). */
function isUntouched({ held, heldAsTold }: Evidence, ours: Kept, at: number): boolean {
  const { account, holding, side } = newest(ours);
  return [held, heldAsTold].every((lines) => isHeld(lines.of(`${account}:${holding}`), ours.placedAt, at, side, 0));
}

function heldOn(side: "BUY" | "SELL", net: number): number {
  return side === "BUY" ? net : -net;
}

/** Different contracts of one underlying and expiry: in these sessions a segment has one underlying. */
function mayBeLinked(one: OrderVersion, other: OrderVersion): boolean {
  const [[segment, number, day], [otherSegment, otherNumber, otherDay]] = [one.holding.split(":"), other.holding.split(":")];
  return one.account === other.account && segment === otherSegment && day === otherDay && day !== "-" && number !== otherNumber;
}

function areLinked(one: Kept, other: Kept): boolean {
  return Math.abs(secondOf(newest(one)) - secondOf(newest(other))) <= WINDOW_MS && !wasChangedUnheard(one) && !wasChangedUnheard(other);
}

function secondOf({ createdAt }: OrderVersion): number {
  return Math.floor(createdAt / 1_000) * 1_000;
}

/** A frame tells when an order was last changed, and not when it was placed. */
function wasChangedUnheard({ versions, firstToldAt }: Kept): boolean {
  const terms = versions
    .filter(({ at }) => at <= (firstToldAt ?? Number.POSITIVE_INFINITY))
    .map(({ version }) => `${version.quantity} ${version.price} ${version.type}`);
  return new Set(terms).size > 1;
}
