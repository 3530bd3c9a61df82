/**
 * I14: the copy of a super order is a super order. Its entry never goes out as a plain one, which would stand without a stop; at rest its target,
 * its stop and its trail are the leader's, a leg that he has taken back is gone, and while his stop waits one stands for what the copy holds.
 */
import { leaderOpposed } from "./allowance.ts";
import { type Cause, type Evidence, isLive, isOfEarlierDay, type Kept, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import { stemFor } from "./mark.ts";
import type { CopyTerms, OrderVersion, SuperPlan } from "./observed.ts";
import type { Rest } from "./rest.ts";

/** By hand a follower may cancel what he likes; nobody does in these sessions. What was refused, or is at its cap, says so. */
const EXPLAINS_LEGS = ["CHANGE_REFUSED", "MODIFICATION_CAP", "CANCEL_FAILED", "OUTCOME_UNKNOWN", "ENDED_BY_OTHERS"];
const EXPLAINS_NAKED = ["EXIT_FAILED", "OUTCOME_UNKNOWN", "CANCEL_FAILED", "ENDED_BY_OTHERS"];
const STOP = "STOP_LOSS_LEG";
const LEGS = [STOP, "TARGET_LEG"] as const;
type LegName = (typeof LEGS)[number];
const WHOLE = 10_000;

/** A first version of an order of ours at the exchange. */
export function auditFamily(evidence: Evidence, breaks: Breaks, kept: Kept, stem: string): void {
  const leader = evidence.causeOf(stem)?.leaderOrder;
  if (leader === undefined) return;
  const [first] = leader.versions;
  const ours = newest(kept);
  if (first === undefined || first.version.isSuperEntry === ours.isSuperEntry) return;
  // What a super order exits is sent as a plain order.
  if (first.version.isSuperEntry && Math.max(...leaderOpposed(evidence, leader, first.version)) > 0) return;
  breaks("I14", `${kept.orderId} is ${family(ours.isSuperEntry)}, and the leader's ${leader.orderId} is ${family(first.version.isSuperEntry)}`, stem);
}

function family(isSuper: boolean): string {
  return isSuper ? "a super order" : "a plain order";
}

/** `plans`: the trails as the exchange has them. */
export function auditSupersAtRest(rest: Rest, plans: readonly SuperPlan[]): void {
  const { evidence, breaks, dayFrom } = rest;
  for (const [stem, cause] of evidence.causes()) {
    const { leaderOrder } = cause;
    if (leaderOrder === undefined || !newest(leaderOrder).isSuperEntry || isOfEarlierDay(leaderOrder, dayFrom)) continue;
    const ours = evidence.ofStem(stem).filter((order) => newest(order).isSuperEntry);
    const leaderLegs = legsOf(evidence, leaderOrder);
    if (!evidence.said(stem, ...EXPLAINS_LEGS))
      for (const order of ours) for (const name of LEGS) followed(leaderOrder, leaderLegs, order, { name, legs: legsOf(evidence, order), plans, breaks, stem });
    protectedStill(rest, stem, cause, ours, leaderLegs[STOP]);
  }
}

type Legs = Readonly<Record<LegName, Kept | undefined>>;

function legsOf(evidence: Evidence, { account, orderId }: Kept): Legs {
  const named = (name: LegName): Kept | undefined =>
    [...evidence.orders()].find((order) => order.account === account && newest(order).leg?.of === orderId && newest(order).leg?.name === name);
  return { STOP_LOSS_LEG: named(STOP), TARGET_LEG: named("TARGET_LEG") };
}

/** It waits at the broker, for its entry or for the market. */
function waits(leg: Kept | undefined): leg is Kept {
  return leg !== undefined && isLive(leg) && !newest(leg).confirmed;
}

function hasFired(legs: Legs): boolean {
  return LEGS.some((name) => legs[name] !== undefined && newest(legs[name]).confirmed);
}

interface Followed {
  readonly name: LegName;
  readonly legs: Legs;
  readonly plans: readonly SuperPlan[];
  readonly breaks: Breaks;
  readonly stem: string;
}

function followed(leaderOrder: Kept, leaderLegs: Legs, order: Kept, { name, legs, plans, breaks, stem }: Followed): void {
  const [theirs, own] = [leaderLegs[name], legs[name]];
  if (!waits(own) || hasFired(leaderLegs) || hasFired(legs)) return;
  // An orphan, of which the leader has nothing, keeps its legs (R18).
  if (!waits(theirs)) {
    if (isLive(leaderOrder) || newest(leaderOrder).filled > 0)
      breaks("I14", `the ${name} of ${order.orderId} stands, and the leader has taken that of ${leaderOrder.orderId} back`, stem);
    return;
  }
  const [wanted, is] = [priceOf(theirs), priceOf(own)];
  const trailOf = ({ account, orderId }: Kept): number => plans.find((plan) => plan.account === account && plan.orderId === orderId)?.trail ?? 0;
  const [trail, ownTrail] = [trailOf(leaderOrder), trailOf(order)];
  // Each trails from the price at which its own entry filled: by whole jumps ours may be nearer to the market, and never further from it.
  const nearer = (is - wanted) * (newest(order).side === "BUY" ? 1 : -1);
  const isTrailed = name === STOP && trail > 0 && trail === ownTrail && nearer >= 0 && nearer % trail === 0;
  if (wanted !== is && !isTrailed)
    breaks("I14", `the ${name} of ${order.orderId} is at ${is / WHOLE} where that of the leader's ${leaderOrder.orderId} is at ${wanted / WHOLE}`, stem);
  if (name === STOP && trail !== ownTrail)
    breaks("I14", `the stop of ${order.orderId} trails by ${ownTrail / WHOLE} where the leader's ${leaderOrder.orderId} trails by ${trail / WHOLE}`, stem);
}

function priceOf(leg: Kept): number {
  const { price, trigger } = newest(leg);
  return trigger === 0 ? price : trigger;
}

/** What the copy holds is under a stop, as long as the leader's waits: the order's own leg, a plain one in its place, or those of other orders for all of it. */
function protectedStill({ evidence, breaks }: Rest, stem: string, { copy, leaderOrder }: Cause, ours: readonly Kept[], leaderStop: Kept | undefined): void {
  if (leaderOrder === undefined || !waits(leaderStop) || newest(leaderOrder).filled === 0) return;
  const { side, holding, createdAt } = newest(leaderOrder);
  const holds = evidence.held.of(`${copy.leader}>${copy.follower}:${holding}`).now * (side === "BUY" ? 1 : -1);
  const byHand = evidence.held.of(`${copy.follower}:${holding}`).now;
  const open = ours.reduce((sum, order) => sum + newest(order).filled, 0) - evidence.legsOf(stem).reduce((sum, leg) => sum + newest(leg).filled, 0);
  if (holds <= 0 || byHand !== 0 || open <= 0 || evidence.held.of(`${copy.leader}:${holding}`).now === 0) return;
  // What others of his sales took is of no order in particular: it may have been this one.
  if (openOfOthers(evidence, stem, copy, holding) >= holds) return;
  const inItsPlace = stemFor(copy.leader, `${leaderOrder.orderId}-${STOP}`, createdAt, copy.follower);
  if (evidence.said(stem, ...EXPLAINS_NAKED) || evidence.said(inItsPlace, ...EXPLAINS_NAKED)) return;
  const own = evidence.legsOf(stem).some((leg) => isLive(leg) && newest(leg).leg?.name === STOP);
  if (!own && !evidence.ofStem(inItsPlace).some(isLive) && stopped(evidence, copy, holding, side) < holds)
    breaks("I14", `the copy holds ${holds} units, and no stop stands for the leader's, which waits under ${leaderOrder.orderId}`, stem);
}

/** Units that the copies of his other super orders have filled, and their legs have not got out of. */
function openOfOthers(evidence: Evidence, than: string, copy: CopyTerms, holding: string): number {
  let units = 0;
  for (const [stem, cause] of evidence.causes()) {
    if (cause.copy !== copy || stem === than) continue;
    const ours = evidence.ofStem(stem).filter((order) => newest(order).isSuperEntry && newest(order).holding === holding);
    units += ours.reduce((sum, order) => sum + newest(order).filled, 0) - evidence.legsOf(stem).reduce((sum, leg) => sum + newest(leg).filled, 0);
  }
  return units;
}

/** Units of the copy that orders of ours get out of: by a stop, or at once, because they are for what the leader has got out of (R16). */
function stopped(evidence: Evidence, copy: CopyTerms, holding: string, side: OrderVersion["side"]): number {
  let units = 0;
  for (const [stem, { copy: its, leaderOrder }] of evidence.causes()) {
    if (its !== copy) continue;
    const isAtOnce = leaderOrder === undefined || !isLive(leaderOrder);
    const stops = evidence.legsOf(stem).filter((leg) => newest(leg).leg?.name === STOP);
    const plain = evidence.ofStem(stem).filter((order) => newest(order).side !== side && (isAtOnce || newest(order).trigger > 0));
    for (const order of [...stops, ...plain]) if (isLive(order) && newest(order).holding === holding) units += newest(order).quantity - newest(order).filled;
  }
  return units;
}
