/** Judged when the faults are over and time has passed: I3, I4, I9, I11, I12. */
import { copiedAgainst, leaderOpposed } from "./allowance.ts";
import { type Cause, type Evidence, isLive, isOfEarlierDay, type Kept, newest } from "./evidence.ts";
import type { Breaks, Flip } from "./exchange.ts";
import { isOfLostDay, isOwnOfLostDay, lostBeside } from "./lost-day.ts";
import { type Belief, hasExpired, type OrderVersion, signed } from "./observed.ts";
import { mostShare, shares, takesResidual } from "./share.ts";

/** A stored sentence that says why a follower's order is not what the leader's is. */
export const EXPLAINS_SIZE = [
  ...["WITHDRAWN", "BROKER_REFUSED", "CHANGE_REFUSED", "MODIFICATION_CAP", "ALREADY_EXECUTED", "DRIFT", "STALE", "BELOW_ONE_LOT", "ENDED_BY_OTHERS"],
  ...[
    "CHANGED_BY_OTHERS",
    "FAILED",
    "OUTCOME_UNKNOWN",
    "ACCOUNT_UNABLE",
    "ENTRY_WAITS",
    "ENTRIES_HALTED",
    "LATE_JOIN_IGNORED",
    "ORPHAN",
    "INSTRUMENT_UNKNOWN",
    "PRICE_TOO_FAR",
    "FAMILY_NOT_COPIED",
    "FUNDS_UNREAD",
  ],
  ...["FUNDS_SHORT", "MARGIN_UNKNOWN", "SELF_TRADE"],
];
const EXPLAINS_PRICE = ["SELF_TRADE", "CHANGE_REFUSED", "MODIFICATION_CAP", "CHANGED_BY_OTHERS", "EXIT_RETRIED"];

export interface Rest {
  readonly evidence: Evidence;
  readonly breaks: Breaks;
  readonly at: number;
  /** Orders placed before this are of an earlier day: they are over, whatever was known of them (R24). */
  readonly dayFrom: number;
}

export function auditAtRest(rest: Rest): void {
  const { evidence, breaks, at, dayFrom } = rest;
  for (const [stem, cause] of evidence.causes()) {
    const { leaderOrder } = cause;
    if (leaderOrder === undefined) continue;
    const ours = evidence.ofStem(stem);
    const leader = newest(leaderOrder);
    const mayExit = Math.max(...leaderOpposed(evidence, leaderOrder, leader)) > 0;
    if (isOfEarlierDay(leaderOrder, dayFrom)) {
      // Its copy would go out today. With the journal lost nothing explains it any more.
      if (leader.afterMarket && evidence.journalLostAt === undefined) withdrawn(evidence, breaks, stem, cause, { leader, mayExit, ours, at });
      continue;
    }
    told(evidence, breaks, stem, leaderOrder);
    if (evidence.journalLostAt === undefined) unfounded(evidence, breaks, stem, ours);
    unread(evidence, breaks, stem, cause);
    stillWaits(rest, stem, cause, ours);
    if (isLive(leaderOrder)) {
      if (!mayExit && leader.confirmed) entrySize(evidence, breaks, stem, cause, leader, ours);
      // An exit stop that triggered and did not fill in time is priced anew (design 5, stopMarket.after), and so is what takes its place at its cap.
      const hasTriggered = (order: Kept): boolean => newest(order).type === "LIMIT" && order.versions.some(({ version }) => version.type === "STOP_LOSS");
      const isRepriced = (order: Kept): boolean => mayExit && newest(order).type === "LIMIT" && ours.some(hasTriggered);
      for (const order of ours.filter((one) => isLive(one) && !isRepriced(one))) price(evidence, breaks, stem, leader, newest(order));
    } else if (leader.status !== "TRADED") withdrawn(evidence, breaks, stem, cause, { leader, mayExit, ours, at });
  }
  flat(rest);
}

const isOfLegs = (words: string): boolean => /^(UNHEDGED|HEDGED) /.test(words);

/** I11: each order that Dhan showed pending, or that was filled, has its mirror in each copy, and something to read. */
function told(evidence: Evidence, breaks: Breaks, stem: string, leaderOrder: Kept): void {
  const leader = newest(leaderOrder);
  const wasPending = leaderOrder.versions.some(({ version }) => version.confirmed || version.status === "PENDING");
  if (!wasPending && leader.filled === 0) return;
  // The follower's own leg stands for it until it fills.
  if (leader.leg !== undefined && leader.filled === 0) return;
  const opened = evidence.opened.get(stem) ?? 0;
  const verdicts = evidence.verdicts.get(stem) ?? [];
  if (opened !== 1) breaks("I11", `the leader's order ${leader.orderId} has ${opened} mirrors in this copy`, stem);
  // Of an order that was taken on after the journal was lost, what was said is lost with it.
  else if (verdicts.length === 0 && !isLive(leaderOrder) && evidence.journalLostAt === undefined)
    breaks("I11", `nothing was said of the leader's order ${leader.orderId}`, stem);
  const words = verdicts.map(({ code, sentence }) => `${code} ${sentence}`);
  // What is refused is said again for changed terms of his; a tie of two changes may go to and fro once (R1).
  const forms = leaderOrder.versions.filter(({ version }, index) => termsOf(version) !== termsOf(leaderOrder.versions[index - 1]?.version)).length;
  // What stands beside a missing leg may come, go and come back: a state that was told is told again after another.
  const legs = words.filter(isOfLegs);
  const others = words.filter((one) => !isOfLegs(one) && !one.startsWith("EXIT_RETRIED"));
  const twice = others.find((one) => others.filter((other) => other === one).length > 2 * forms) ?? legs.find((one, index) => one === legs[index - 1]);
  if (twice !== undefined) breaks("I11", `of the leader's order ${leader.orderId} the same was said twice: ${twice}`, stem);
}

function termsOf(version: OrderVersion | undefined): string {
  return version === undefined ? "" : `${version.type} ${version.quantity} ${version.price} ${version.trigger}`;
}

/** I11: nobody changes an order of ours by hand in these sessions; who says so is wrong. */
function unfounded(evidence: Evidence, breaks: Breaks, stem: string, ours: readonly Kept[]): void {
  if (evidence.said(stem, "CHANGED_BY_OTHERS"))
    breaks("I11", `it is said that ${ours.map(({ orderId }) => orderId).join(", ")} was changed by hand, and nobody did`, stem);
}

/** I11: who says that the funds were not read when they were is wrong. */
function unread(evidence: Evidence, breaks: Breaks, stem: string, { copy }: Cause): void {
  const decidedAt = evidence.firstOpenedAt.get(stem);
  if (decidedAt === undefined || !evidence.said(stem, "FUNDS_UNREAD")) return;
  if (evidence.funds.areKnown(copy, evidence.startedAt ?? 0, decidedAt) && decidedAt > (evidence.startedAt ?? 0))
    breaks("I11", `it is said that the funds of ${copy.leader} or ${copy.follower} were not read, and they were`, stem);
}

/** I12: a stop and a target that rest do not keep the copy in what the leader has sold (R16). */
function stillWaits({ evidence, breaks, at }: Rest, stem: string, { copy, leaderOrder }: Cause, ours: readonly Kept[]): void {
  const last = (evidence.verdicts.get(stem) ?? []).at(-1);
  // With the journal lost, an order that nobody can explain may stand in the way, and is said (R11).
  if (last?.code !== "EXIT_WAITS" || leaderOrder === undefined || evidence.journalLostAt !== undefined) return;
  if (ours.some(({ placedAt }) => placedAt >= last.at)) return;
  // Once others had taken all that the copy had, it was owed nothing any more, whatever was entered later (R14).
  if (Math.min(...copiedAgainst(evidence, copy, newest(leaderOrder), last.at, at)) === 0) return;
  const { side, holding, quantity, lot } = newest(leaderOrder);
  // What it was of all that he held has grown since: of a part it has sold enough.
  const has = ours.reduce((sum, order) => sum + newest(order).filled, 0);
  if (has > 0 && has >= mostShare(evidence.scalesOf(stem, copy), quantity, lot)) return;
  // What rests in its way may rest because an order that was taken for an entry has reduced the leader's position: nothing withdraws it.
  if (evidence.bothWays.has(`${copy.leader}:${holding}`)) return;
  // What was sent at the market has the first claim, also where it does not fill.
  const isBefore = (order: Kept): boolean =>
    isLive(order) && order.versions[0]?.version.type === "MARKET" && newest(order).side === side && newest(order).holding === holding;
  for (const [other, cause] of evidence.causes()) if (cause.copy === copy && evidence.ofStem(other).some(isBefore)) return;
  breaks("I12", `the exit for the leader's ${leaderOrder.orderId} still waits for others of the same position`, stem);
}

/** I4, for what opens a position. */
function entrySize(evidence: Evidence, breaks: Breaks, stem: string, { copy }: Cause, leader: OrderVersion, ours: readonly Kept[]): void {
  const has = ours.reduce((sum, order) => sum + (isLive(order) ? newest(order).quantity : newest(order).filled), 0);
  const scales = evidence.scalesOf(stem, copy);
  const wanted = shares(scales, leader.quantity, leader.lot);
  const fits = copy.rounding === "carry" || scales.some(takesResidual) ? has <= mostShare(scales, leader.quantity, leader.lot) : wanted.includes(has);
  if (fits || evidence.said(stem, ...EXPLAINS_SIZE) || evidence.halted.has(copy.follower)) return;
  if (ours.some(({ orderId }) => evidence.cancelledByHand.has(orderId))) return;
  breaks(
    "I4",
    `the leader's ${leader.orderId} asks for ${leader.quantity}, which is ${wanted.join(" or ")} here; the follower has ${has}, and nothing says why`,
    stem,
  );
}

/** I4, for what an order says of price. */
function price(evidence: Evidence, breaks: Breaks, stem: string, leader: OrderVersion, ours: OrderVersion): void {
  if (evidence.said(stem, ...EXPLAINS_PRICE) || leader.type === "MARKET") return;
  const trigger = ours.trigger === 0 || leader.trigger === 0 || ours.trigger === leader.trigger;
  const limit = leader.type === "STOP_LOSS_MARKET" || ours.price === leader.price;
  if (!trigger || !limit || ours.validity !== leader.validity)
    breaks("I4", `${ours.orderId} is ${words(ours)} where the leader's ${leader.orderId} is ${words(leader)}, and nothing says why`, stem);
}

function words({ type, validity, price: limit, trigger }: OrderVersion): string {
  return `${type} ${validity} at ${limit / 10_000}${trigger === 0 ? "" : `, trigger ${trigger / 10_000}`}`;
}

interface Withdrawn {
  readonly leader: OrderVersion;
  readonly mayExit: boolean;
  readonly ours: readonly Kept[];
  readonly at: number;
}

/** I3: the leader's order was cancelled, rejected or has expired. */
function withdrawn(evidence: Evidence, breaks: Breaks, stem: string, { copy }: Cause, { leader, mayExit, ours, at }: Withdrawn): void {
  const live = ours.filter(isLive);
  if (live.length === 0 || evidence.said(stem, "CANCEL_FAILED")) return;
  const scales = evidence.scalesOf(stem, copy);
  const rest = live.reduce((sum, order) => sum + newest(order).quantity - newest(order).filled, 0);
  const total = ours.reduce((sum, order) => sum + (isLive(order) ? newest(order).quantity : newest(order).filled), 0);
  // First seen after its end, it counts as traded for what it had filled (R17); what an exit has filled is followed to the end (R14).
  const allowed =
    mayExit && leader.filled > 0
      ? Math.max(...copiedAgainst(evidence, copy, leader, at, at)) + mostShare(scales, leader.filled, leader.lot)
      : mostShare(scales, leader.filled, leader.lot);
  if ((mayExit ? rest : total) > allowed)
    breaks("I3", `${live.map(({ orderId }) => orderId).join(", ")} rests with ${rest} units although the leader's ${leader.orderId} is ${leader.status}`, stem);
}

/**
 * I3 with R14: where the leader is out, nothing rests of what he had filled, unless it takes a copied position back. What the copier may have written off of another
 * copy in the account, the owner's trades take from this one no more (decision 31); all of them together have what those have left.
 */
function flat({ evidence, breaks, at, dayFrom }: Rest): void {
  for (const [stem, { copy, leaderOrder }] of evidence.causes()) {
    if (leaderOrder === undefined || isOfEarlierDay(leaderOrder, dayFrom) || isLive(leaderOrder)) continue;
    const leader = newest(leaderOrder);
    if (evidence.held.of(`${copy.leader}:${leader.holding}`).now !== 0) continue;
    if (evidence.bothWays.has(`${copy.leader}:${leader.holding}`)) continue;
    const rest = evidence.ofStem(stem).reduce((sum, order) => sum + (isLive(order) ? newest(order).quantity - newest(order).filled : 0), 0);
    const surely = Math.max(...copiedAgainst(evidence, copy, leader, at, at));
    const maybe = evidence.writeOffs.maybeIn(copy.follower, leader.holding);
    const against = Math.max(surely, Math.min(surely + maybe, copiedTogether(evidence, copy.follower, leader)));
    if (rest > against) breaks("I3", `${copy.id}: ${rest} units to ${leader.side} rest for ${leader.orderId}, which is over, although the leader is out`, stem);
  }
}

/** What all copies in an account hold that an order of this side reduces, less what its owner has traded away by hand, of whichever of them (R15). */
function copiedTogether(evidence: Evidence, account: string, { side, holding }: OrderVersion): number {
  const against = (key: string): number => -signed(side, evidence.held.of(key).now);
  const into = evidence.copies.filter(({ follower }) => follower === account);
  const all = into.reduce((sum, { leader }) => sum + Math.max(0, against(`${leader}>${account}:${holding}`)), 0);
  return Math.max(0, all + Math.min(0, against(`${account}:${holding}`)));
}

/** I5: what two alternatives filled too much was reported, on one of them. What another fill had taken back before the copier was told of either is over: so much less is left. */
export function auditFlips(evidence: Evidence, flips: readonly Flip[], breaks: Breaks): void {
  for (const { stem, at, units, order, version, net } of flips) {
    const cause = evidence.causeOf(stem);
    if (evidence.journalLostAt !== undefined || cause === undefined) continue;
    const key = `${cause.copy.leader}>${order.account}:${newest(order).holding}`;
    if (isOfLostDay(evidence, key)) continue;
    const heardAt = evidence.heardAt(order, version);
    const left = heardAt === undefined ? units : Math.min(units, Math.sign(net) * evidence.heldAsTold.of(key).at(heardAt));
    if (left <= 0) continue;
    // What the owner has traded against it by hand has closed it, also where he could not know.
    if (Math.sign(net) * evidence.held.of(`${order.account}:${newest(order).holding}`).now <= -left) continue;
    const said = [...evidence.causes()].some(
      ([other, { copy }]) => copy === cause.copy && (evidence.verdicts.get(other) ?? []).some((one) => one.code === "ALTERNATIVES_CLOSED" && one.at >= at),
    );
    if (!said) breaks("I5", `two alternatives filled together and took the copy ${units} units through zero; nothing says so`, stem);
  }
}

/** I9: what the copier believes to be held is what the fills at the exchange give, on both sides. */
export function auditBeliefs({ evidence, breaks, at }: Rest, beliefs: readonly Belief[]): void {
  evidence.writeOffs.settle(at);
  for (const { account, of, holding, net } of beliefs) {
    if (of !== undefined && isOfLostDay(evidence, `${of}>${account}:${holding}`)) continue;
    if (of === undefined && isOwnOfLostDay(evidence, account, holding)) continue;
    const truth = of === undefined ? evidence.held.of(`${account}:${holding}`).now : copied(evidence, of, account, holding);
    const maybe = of === undefined ? 0 : evidence.writeOffs.maybe(`${of}>${account}:${holding}`);
    if (Math.abs(truth - net) > maybe)
      breaks("I9", `${account}${of === undefined ? "" : ` as a copy of ${of}`} is believed to hold ${net} of ${holding}; the fills give ${truth}`, undefined);
  }
}

function copied(evidence: Evidence, leader: string, follower: string, holding: string): number {
  let net = -evidence.writeOffs.of(`${leader}>${follower}:${holding}`);
  if (evidence.day !== undefined && hasExpired(holding, evidence.day)) return 0;
  for (const [stem, { copy }] of evidence.causes()) {
    if (copy.leader !== leader || copy.follower !== follower) continue;
    for (const order of [...evidence.ofStem(stem), ...evidence.legsOf(stem)])
      if (newest(order).holding === holding) net += signed(newest(order).side, newest(order).filled);
  }
  return net;
}

/**
 * I5 and I12 at the very end: each leader is out, everything that rested has been filled, and nothing copied is left where the copy stood on
 * the leader's side `before` he left. (One that stands on the other, by orphans and fills of its own, is not closed by what closes his.)
 */
export function auditFlat({ evidence, breaks, at: before }: Rest): void {
  for (const copy of evidence.copies) {
    for (const [key, line] of evidence.held.entries()) {
      const prefix = `${copy.leader}>${copy.follower}:`;
      if (!key.startsWith(prefix) || line.now === 0) continue;
      const holding = key.slice(prefix.length);
      if (isOfLostDay(evidence, key) || isOwnOfLostDay(evidence, copy.leader, holding)) continue;
      const byHand = evidence.held.of(`${copy.follower}:${holding}`).now;
      if (Math.sign(line.now) === -Math.sign(byHand) && Math.abs(byHand) > 0) continue;
      if (Math.abs(line.now) <= evidence.writeOffs.maybe(key)) continue;
      if (Math.abs(line.now) <= lostBeside(evidence, copy, holding, Math.sign(line.now))) continue;
      const leaders = evidence.held.of(`${copy.leader}:${holding}`);
      if (evidence.bothWays.has(`${copy.leader}:${holding}`)) continue;
      if (leaders.now !== 0 || Math.sign(leaders.at(before)) !== Math.sign(line.at(before))) continue;
      const involved = [...evidence.causes()].filter(([, cause]) => cause.copy === copy && sameHolding(cause, holding)).map(([stem]) => stem);
      if (leaders.at(before) === 0 && Math.abs(line.now) <= leftToOwner(evidence, involved)) continue;
      if (involved.some((stem) => evidence.said(stem, "EXIT_FAILED", "ENDED_BY_OTHERS", "OUTCOME_UNKNOWN", "CHANGED_BY_OTHERS"))) continue;
      breaks("I5", `${copy.id}: the leader is out of ${holding}, and the copy still holds ${line.now}`, involved.at(-1));
    }
  }
}

/** What filled of orders that the leader had withdrawn while he was out already, where earlier exits of his may have taken of it: it is said to be the follower's own (R18). */
function leftToOwner({ verdicts }: Evidence, stems: readonly string[]): number {
  const units = stems.map(
    (stem) => (verdicts.get(stem) ?? []).findLast(({ code }) => code === "ORPHAN")?.sentence.match(/(\d+) units are the follower's own now/)?.[1],
  );
  return units.reduce((sum, one) => sum + Number(one ?? 0), 0);
}

function sameHolding(cause: Cause, holding: string): boolean {
  return cause.leaderOrder === undefined || newest(cause.leaderOrder).holding === holding;
}
