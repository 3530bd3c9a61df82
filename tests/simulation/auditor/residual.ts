/**
 * I4 for what a leader sends as several orders: orders of his that are alike, in one contract and product, on one side, at one price and of one
 * second, come to what one order for all of them would, however he divided it. Judged where nothing else has moved a position in
 * between, and nothing was refused, missed or taken by another hand. Under `carry` the position is judged (`carried.ts`).
 */
import { KNOWLEDGE_MS, leaderOpposed } from "./allowance.ts";
import { type Evidence, isLive, type Kept, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import { isOfLostDay } from "./lost-day.ts";
import { stemFor } from "./mark.ts";
import { type CopyTerms, signed } from "./observed.ts";
import { share } from "./share.ts";
import type { Timeline } from "./timeline.ts";

/** What may be said of each of them. */
const AS_WANTED: ReadonlySet<string> = new Set(["COPIED", "FILLED", "ENDED", "BELOW_ONE_LOT", "FOLLOWER_LATE", "SLIPPAGE", "IN_DOUBT", "CHASED", "EXIT_RESTS"]);
/** One that was heard of so much later was sized by itself. */
const TOGETHER_MS = 30_000;

export interface SlicedJudged {
  entries: number;
  exits: number;
}

interface Slice {
  readonly order: Kept;
  readonly ours: readonly Kept[];
  readonly stem: string;
  readonly openedAt: number;
}

/** Answers how many could be judged. */
export function auditSliced(evidence: Evidence, breaks: Breaks): SlicedJudged {
  const judged: SlicedJudged = { entries: 0, exits: 0 };
  if (evidence.journalLostAt !== undefined || evidence.isJournalCut) return judged;
  for (const family of families(evidence)) {
    for (const copy of evidence.copies) {
      if (copy.leader !== family[0]?.account || copy.rounding === "carry" || copy.capital !== undefined || copy.maxLots !== undefined) continue;
      const slices = slicesOf(evidence, copy, family);
      if (slices === undefined) continue;
      const opposed = family.flatMap((order) => leaderOpposed(evidence, order, newest(order)));
      if (Math.max(...opposed) === 0 && judgeEntries(evidence, breaks, copy, slices)) judged.entries += 1;
      if (Math.min(...opposed) > 0 && judgeExits(evidence, breaks, copy, slices)) judged.exits += 1;
    }
  }
  return judged;
}

/** Those that were never changed, nor withdrawn, and that nothing else might be taken for one of. */
function families(evidence: Evidence): readonly (readonly Kept[])[] {
  const found: Kept[][] = [];
  const seen = new Set<Kept>();
  for (const order of evidence.orders()) {
    if (seen.has(order) || order.stem !== undefined) continue;
    const family = [order, ...evidence.siblingsOf(order)];
    for (const one of family) seen.add(one);
    const isWhole = family.every((one) => evidence.siblingsOf(one).length === family.length - 1 && isAsOrdered(one));
    if (family.length > 1 && isWhole) found.push(family);
  }
  return found;
}

function isAsOrdered(order: Kept): boolean {
  const { quantity, price, trigger, status } = newest(order);
  const isSame = order.versions.every(({ version }) => version.quantity === quantity && version.price === price && version.trigger === trigger);
  return isSame && (isLive(order) || status === "TRADED");
}

/** Each with what became of it in this copy; undefined: something else did, too. */
function slicesOf(evidence: Evidence, copy: CopyTerms, family: readonly Kept[]): readonly Slice[] | undefined {
  const slices: Slice[] = [];
  for (const order of family) {
    const stem = stemFor(copy.leader, order.orderId, newest(order).createdAt, copy.follower);
    const [openedAt, ours, said] = [evidence.openedAt.get(stem), evidence.ofStem(stem), evidence.verdicts.get(stem) ?? []];
    if (openedAt === undefined || evidence.opened.get(stem) !== 1 || said.some(({ code }) => !AS_WANTED.has(code))) return undefined;
    if (ours.some(({ orderId }) => evidence.cancelledByHand.has(orderId))) return undefined;
    slices.push({ order, ours, stem, openedAt });
  }
  const [from, to] = spanOf(slices);
  return to - from < TOGETHER_MS ? slices : undefined;
}

function judgeEntries(evidence: Evidence, breaks: Breaks, copy: CopyTerms, slices: readonly Slice[]): boolean {
  const [{ order }] = slices as readonly [Slice];
  const { holding, lot, side } = newest(order);
  const placedAt = Math.min(...slices.map((slice) => slice.order.placedAt));
  const key = `${copy.leader}:${holding}`;
  const sign = signed(side, 1);
  const onlyGrew = (line: Timeline): boolean =>
    line.within(placedAt, spanOf(slices)[1]).every(({ value }, index, all) => sign * value >= sign * (all[index - 1]?.value ?? value));
  if (!onlyGrew(evidence.held.of(key)) || !onlyGrew(evidence.heldAsTold.of(key))) return false;
  const units = sum(slices, (slice) => newest(slice.order).quantity);
  const wanted = share({ rounding: copy.rounding, maxLots: undefined, ratio: [copy.numerator, copy.denominator] }, units, lot);
  compare(breaks, copy, slices, { units, wanted });
  return true;
}

/** Of a part of the position: a fraction of what the copy had before the first. */
function judgeExits(evidence: Evidence, breaks: Breaks, copy: CopyTerms, slices: readonly Slice[]): boolean {
  const [{ order }] = slices as readonly [Slice];
  const { holding, lot, side } = newest(order);
  const [from, to] = spanOf(slices);
  const placedAt = Math.min(...slices.map((slice) => slice.order.placedAt));
  const all = slices.flatMap(({ ours, order: his }) => [his, ...ours]);
  const until = Math.max(to, ...all.map(({ versions }) => versions.at(-1)?.at ?? 0));
  const family = new Set(all);
  // Nothing else of the leader's or the follower's account in the contract lived while they did.
  for (const other of evidence.orders()) {
    if (family.has(other) || newest(other).holding !== holding || (other.account !== copy.leader && other.account !== copy.follower)) continue;
    if (other.placedAt <= until && (isLive(other) || (other.versions.at(-1)?.at ?? 0) >= placedAt - KNOWLEDGE_MS)) return false;
  }
  // What no book shows any more is no part of what they are a fraction of (R24).
  if (hasOrphan(evidence, copy, holding) || isOfLostDay(evidence, `${copy.leader}>${copy.follower}:${holding}`)) return false;
  const [his, copied] = [`${copy.leader}:${holding}`, `${copy.leader}>${copy.follower}:${holding}`].map(
    (key) => -signed(side, evidence.held.of(key).at(placedAt - 1)),
  );
  const byHand = evidence.held.of(`${copy.follower}:${holding}`).within(placedAt, until);
  if (his === undefined || copied === undefined || copied <= 0 || byHand.some(({ value }) => value !== 0) || from < placedAt) return false;
  const units = sum(slices, (slice) => newest(slice.order).quantity);
  if (units > his) return false;
  const wanted = units === his ? copied : share({ rounding: copy.rounding, maxLots: undefined, ratio: [copied, his] }, units, lot);
  compare(breaks, copy, slices, { units, wanted });
  return true;
}

/** What the copy has filled too much is exited by an order of its own, and is no part of the leader's exits (R18). */
function hasOrphan(evidence: Evidence, copy: CopyTerms, holding: string): boolean {
  for (const [stem, cause] of evidence.causes())
    if (cause.copy === copy && cause.leaderOrder !== undefined && newest(cause.leaderOrder).holding === holding && evidence.said(stem, "ORPHAN")) return true;
  return false;
}

function compare(
  breaks: Breaks,
  { id, rounding }: CopyTerms,
  slices: readonly Slice[],
  { units, wanted }: { readonly units: number; readonly wanted: number },
): void {
  const has = sum(slices, ({ ours }) => sum(ours, (one) => (isLive(one) ? newest(one).quantity : newest(one).filled)));
  if (has === wanted) return;
  const orders = slices.map(({ order }) => order.orderId).join(", ");
  breaks(
    "I4",
    `${id} rounds ${rounding}: the leader's slices ${orders} are ${units} together, which is ${wanted} here, and the copy has ${has}`,
    slices.at(-1)?.stem,
  );
}

function spanOf(slices: readonly Slice[]): readonly [number, number] {
  const moments = slices.map(({ openedAt }) => openedAt);
  return [Math.min(...moments), Math.max(...moments)];
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
