/**
 * The target of a moment, as an upper bound. The copier acts on what it was told, and a request may have been on its way for a while; so
 * the bound is the most that any version of the leader's order allows, from the newest that the copier had been told `KNOWLEDGE_MS` before to
 * the newest there is.
 */
import { type Cause, type Evidence, filledAt, type Kept, newest } from "./evidence.ts";
import { isOfLostDay, isOwnOfLostDay, lostBeside, mostLostWith } from "./lost-day.ts";
import { stemIn } from "./mark.ts";
import { type CopyTerms, isOfAllProducts, isOver, type OrderVersion, signed } from "./observed.ts";
import { mostShare } from "./share.ts";
import type { Point, Timelines } from "./timeline.ts";

/**
 * From a decision to the moment at which its request takes effect at the exchange: the slowest request (6 s), the wire and the exchange; and
 * before it, a tie of the broker's one-second times, which is settled by a read a second and a half later (R1).
 */
export const KNOWLEDGE_MS = 10_000;

export interface Allowance {
  /** Units that may open a position. */
  readonly entry: number;
  /** Whether it may have been taken for an order that reduces the leader's position. */
  readonly mayExit: boolean;
  /** Units of the copied position that it may reduce. */
  readonly exit: number;
}

export function allowanceOf(evidence: Evidence, cause: Cause, version: OrderVersion, at: number): Allowance {
  // What the copier may have written off of a position on the other side it does not count against this one.
  const maybe = evidence.writeOffs.maybeIn(cause.copy.follower, version.holding);
  const held = Math.max(...copiedAgainst(evidence, cause.copy, version, at - KNOWLEDGE_MS, at)) + lostAgainst(evidence, cause.copy, version, at) + maybe;
  if (cause.leaderOrder === undefined) return { entry: 0, mayExit: true, exit: cause.own === "orphan" ? held : Number.POSITIVE_INFINITY };
  const { leaderOrder, copy } = cause;
  const opposed = leaderOpposed(evidence, leaderOrder, version);
  const least = Math.min(...opposed);
  const scales = evidence.scalesOf(stemIn(version.correlationId) ?? "", copy);
  const from = Math.max(0, leaderOrder.told.at(at - KNOWLEDGE_MS));
  const allowed = leaderOrder.versions.slice(from).map((one) => {
    const units = isOver(one.version.status) && one.version.status !== "TRADED" ? one.version.filled : one.version.quantity;
    return mostShare(scales, Math.max(0, units - least), version.lot);
  });
  return { entry: Math.max(0, ...allowed), mayExit: Math.max(...opposed) > 0, exit: held };
}

/** What the copier may count of a lost day, beyond what the copy holds, as a position that an order of this side reduces. */
export function lostAgainst(evidence: Evidence, { leader, follower }: CopyTerms, version: Pick<OrderVersion, "side" | "holding">, at: number): number {
  return mostLostWith(evidence, `${leader}>${follower}:${version.holding}`, version.side) + byHandOfLostDay(evidence, follower, version, at);
}

/**
 * What is the owner's is what the positions have beyond what the copies are counted with: where one of these has a part of a day that nobody can
 * know any more, what he traded against a copy is not known either.
 */
function byHandOfLostDay(evidence: Evidence, account: string, { side, holding }: Pick<OrderVersion, "side" | "holding">, at: number): number {
  const isKnown = evidence.copies.every(({ leader, follower }) => follower !== account || !isOfLostDay(evidence, `${leader}>${account}:${holding}`));
  if (isKnown) return 0;
  const sign = side === "BUY" ? 1 : -1;
  const byHand = evidence.held.of(`${account}:${holding}`).within(0, at);
  return Math.max(0, ...byHand.map(({ value }) => sign * value));
}

/**
 * What an order is to the leader's position, between its placement and what was first told of it: one answer in quiet times, several in a race. Where he
 * follows as well, an order of his against what is copied into his account opens nothing there, as little as one against what he holds by his own (R7).
 */
export function leaderOpposed(evidence: Evidence, order: Kept, { side, holding }: Pick<OrderVersion, "side" | "holding">): readonly number[] {
  if (isOwnOfLostDay(evidence, order.account, holding)) return [0, Number.POSITIVE_INFINITY];
  const to = Math.max(order.firstToldAt ?? order.placedAt, evidence.decidedAt.get(`${order.account}/${nameOf(order)}`) ?? 0) + SIGHT_MS;
  const sign = side === "BUY" ? 1 : -1;
  const from = Math.min(toldFrom(evidence, order, to - SIGHT_MS), shownFrom(evidence, to - SIGHT_MS) ?? order.placedAt);
  const against = (lines: Timelines): readonly Point[] => heldAgainst(evidence, lines, { account: order.account, holding, sign }, from, to);
  const truth = against(evidence.held);
  const told = against(evidence.heldAsTold);
  const decidedAt = to - SIGHT_MS;
  // What was missed is taken from the book in the order in which it was placed, each order with all that it has filled by then, or that was told of it.
  const inOrder = [filledAt, shownFilledAt].map((filled) => filledBefore(evidence, order, { holding, sign }, (other) => filled(other, decidedAt)));
  const withoutItself = (inTruth: readonly Point[], asTold: readonly Point[]): readonly number[] => [
    ...inTruth.map((point) => Math.max(0, point.value + filledAt(order, point.at))),
    ...asTold.map((point) => Math.max(0, point.value + toldFilledAt(order, point.at))),
  ];
  const inTime = [...inOrder, ...withoutItself(truth, told)];
  const stored = storedAgainst(evidence, order, { holding, sign }, decidedAt);
  const inAll = stored > Math.max(...inTime) ? [...inTime, stored] : inTime;
  // What takes back more of its own product than of all that its owner has converted exits that (docs/conversions.md).
  const own = evidence.products.within(newest(order), order.placedAt, to);
  const signedAgainst = (points: readonly Point[]): readonly Point[] => points.map(({ at, value }) => ({ at, value: -sign * value }));
  const inItsProduct = isBesideConversion(evidence, order, decidedAt)
    ? [Number.POSITIVE_INFINITY]
    : withoutItself(signedAgainst(own.truth), signedAgainst(own.told));
  return [...inAll, ...inItsProduct.filter((units) => units > Math.min(...inAll))];
}

/** The first reading of a start tells what he has converted before it, but not before which of the orders that the book tells with it (docs/conversions.md). */
function isBesideConversion({ gaps, products }: Evidence, order: Kept, decidedAt: number): boolean {
  if (!isOfAllProducts(newest(order))) return false;
  return gaps.some(({ from, to }) => order.placedAt >= from && order.placedAt <= to && decidedAt >= to && products.wasTold(order.account, to, decidedAt));
}

/**
 * With the journal lost, what he holds is what his book showed at the start (R14), and that may lag: what the process before was told, this one was not. Until the book is
 * read again, an order that is first seen is judged by that. Answers from when on it may have been so; undefined: nothing is forgotten.
 */
function shownFrom({ journalLostAt, gaps }: Evidence, decidedAt: number): number | undefined {
  if (journalLostAt === undefined || decidedAt < journalLostAt) return undefined;
  const startedAt = gaps.find(({ to }) => to >= journalLostAt)?.to ?? journalLostAt;
  return decidedAt <= startedAt + BOOK_READ_AGAIN_MS ? startedAt - BOOKS_LAG_MS : undefined;
}

/** What a start reads of one second has no order in it: in an account that follows as well, what took from its copies before his order may seem to have come after it. */
function toldFrom({ copies, gaps }: Evidence, { account, placedAt }: Kept, decidedAt: number): number {
  const isReadAtStart = copies.some(({ follower }) => follower === account) && gaps.some(({ to }) => placedAt <= to && to <= decidedAt);
  return isReadAtStart ? placedAt - BOOK_TELLS_MS : placedAt;
}

interface Against {
  readonly account: string;
  readonly holding: string;
  /** Of the order that is against it. */
  readonly sign: number;
}

/** What an account held that an order would reduce: of its owner's own, or of that and what is copied into it, whichever is more. */
function heldAgainst(evidence: Evidence, lines: Timelines, { account, holding, sign }: Against, from: number, to: number): readonly Point[] {
  const own = lines.of(`${account}:${holding}`);
  const copied = evidence.copies.filter(({ follower }) => follower === account).map(({ leader }) => lines.of(`${leader}>${account}:${holding}`));
  if (copied.length === 0) return own.within(from, to).map(({ at, value }) => ({ at, value: -sign * value }));
  const moments = [own, ...copied].flatMap((line) => line.within(from, to).map(({ at }) => at));
  return [...new Set(moments)].map((at) => {
    const its = own.at(at);
    return { at, value: Math.max(-sign * its, -sign * copied.reduce((sum, line) => sum + line.at(at), its)) };
  });
}

/** By which the copier knows it: of a leg that is its entry's number and its own name. */
function nameOf(order: Kept): string {
  const leg = order.versions[0]?.version.leg;
  return leg === undefined ? order.orderId : `${leg.of}-${leg.name}`;
}

/** The same by all that was placed in the account before it. */
function filledBefore(evidence: Evidence, order: Kept, { holding, sign }: Pick<Against, "holding" | "sign">, filled: (other: Kept) => number): number {
  let own = 0;
  let copied = 0;
  for (const other of evidence.orders()) {
    if (other === order) break;
    const [first] = other.versions;
    if (other.account !== order.account || first?.version.holding !== holding) continue;
    const units = -sign * signed(first.version.side, filled(other));
    if ((other.stem ?? other.legOf) === undefined) own += units;
    else copied += units;
  }
  return Math.max(0, own, own + copied);
}

/**
 * What a process was told that died before it was stored tells the next one nothing: that knows what is stored and what the book shows, which may lag. Until the
 * book is read again, an order may be taken for an exit of what is held by that; no exit for an entry, because what looks like one is proved first (decision 0004).
 * Of an account that follows too, and once a journal was lost, nothing is added here.
 */
function storedAgainst(evidence: Evidence, order: Kept, { holding, sign }: Pick<Against, "holding" | "sign">, decidedAt: number): number {
  const { copies, gaps, journalLostAt } = evidence;
  if (journalLostAt !== undefined || copies.some(({ follower }) => follower === order.account)) return 0;
  if (!gaps.some(({ to }) => to <= decidedAt && decidedAt <= to + BOOK_READ_AGAIN_MS)) return 0;
  let units = 0;
  for (const other of evidence.orders()) {
    const [first] = other.versions;
    if (other === order || other.account !== order.account || first?.version.holding !== holding) continue;
    units += -sign * signed(first.version.side, evidence.storedFilledAt(other, decidedAt));
  }
  return units;
}

/** Where an order that looks like an entry might be an exit, the leader's book is read before it is copied. */
const SIGHT_MS = 2_000;

/** Books lag so much at most, and are read again so soon. */
const BOOKS_LAG_MS = 4_000;
/** The book tells times in whole seconds. */
const BOOK_TELLS_MS = 1_000;
export const BOOK_READ_AGAIN_MS = 16_000;

/** By the newest version that was told by then: what an order fills in the moment in which a reading is answered, that does not show. */
function shownFilledAt({ versions, told }: Kept, at: number): number {
  return versions[told.at(at)]?.version.filled ?? 0;
}

function toldFilledAt(order: Kept, at: number): number {
  return order.firstToldAt === undefined || order.firstToldAt > at ? 0 : Math.min(order.toldFilled, filledAt(order, at));
}

/** What the copy held in a stretch of time that an order of this side reduces, less what the owner had traded away by hand (R15). */
export function copiedAgainst(
  evidence: Evidence,
  copy: CopyTerms,
  { side, holding }: Pick<OrderVersion, "side" | "holding">,
  from: number,
  to: number,
): readonly number[] {
  const sign = side === "BUY" ? -1 : 1;
  const key = `${copy.leader}>${copy.follower}:${holding}`;
  const owner = `${copy.follower}:${holding}`;
  const against = (net: number, byHand: number): number => Math.max(0, sign * net + Math.min(0, sign * byHand));
  return [
    ...evidence.held
      .of(key)
      .within(from, to)
      .map((point) => against(point.value, ownersLeast(evidence, owner, sign, from, to))),
    ...evidence.heldAsTold
      .of(key)
      .within(from, to)
      .map((point) => against(point.value, ownersLeast(evidence, owner, sign, from, to))),
  ];
}

/**
 * The least of what the copy held all that time that an order of this side takes as the leader's exit: less the most that its owner had traded away by
 * hand (R15), and less what the copy has filled of orders that are still open at the leader, of which his exits take nothing (R14). Of what an earlier day had
 * filled and nobody may know any more nothing is sure: it counts as the owner's then, also where another copy had it.
 */
export function surelyCopiedAgainst(
  evidence: Evidence,
  copy: CopyTerms,
  { side, holding }: Pick<OrderVersion, "side" | "holding">,
  from: number,
  to: number,
): number {
  const sign = side === "BUY" ? -1 : 1;
  const least = (lines: readonly Timelines[], key: string): number =>
    Math.min(...lines.flatMap((line) => line.of(key).within(from, to)).map(({ value }) => sign * value));
  const key = `${copy.leader}>${copy.follower}:${holding}`;
  if (isOfLostDay(evidence, key)) return 0;
  const held = least([evidence.held, evidence.heldAsTold], key);
  const byHand = least([evidence.held, evidence.heldAsTold], `${copy.follower}:${holding}`);
  const owners = Math.min(0, byHand) - lostBeside(evidence, copy, holding, sign);
  return Math.max(0, held + owners - filledOfOpen(evidence, copy, { side, holding }, from));
}

/** What the copy has filled by orders of the other side whose end at the leader had not been told by then. */
function filledOfOpen(evidence: Evidence, copy: CopyTerms, { side, holding }: Pick<OrderVersion, "side" | "holding">, at: number): number {
  let units = 0;
  for (const [stem, { copy: its, leaderOrder }] of evidence.causes()) {
    const told = leaderOrder?.versions[leaderOrder.told.at(at)]?.version;
    if (its !== copy || leaderOrder === undefined || (told !== undefined && isOver(told.status))) continue;
    for (const { version } of evidence.ofStem(stem).flatMap(({ versions }) => versions.slice(-1)))
      if (version.holding === holding && version.side !== side) units += version.filled;
  }
  return units;
}

/** The most favourable of what the owner was known to hold. */
function ownersLeast(evidence: Evidence, key: string, sign: number, from: number, to: number): number {
  const values = [...evidence.held.of(key).within(from, to), ...evidence.heldAsTold.of(key).within(from, to)].map(({ value }) => value);
  return sign > 0 ? Math.max(...values) : Math.min(...values);
}
