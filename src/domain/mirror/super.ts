/**
 * The legs of a copied super order (R16, R18, R19; docs/families.md): changed and ended as the leader's are; ended as well where what they would
 * take is wanted by an exit that executes, because nobody can make a leg smaller; and a leg of the leader's that no leg of ours stands for any
 * more is copied as an exit of its own, so that a position never loses its stop by our doing.
 */
import { type Book, followerBook, type LeaderOrder, leaderBook, mirrorsOfHolding, positionOf } from "../book/book.ts";
import { filledOfOrder, orderOf } from "../book/leader-orders.ts";
import { correlationStem } from "../correlation.ts";
import { EXIT_LEGS, type ExitLeg, hasFired, legOrderId, type Plan } from "../order/plan.ts";
import { opposite } from "../order/terms.ts";
import { heldAgainst } from "../position/ledger.ts";
import { less, NONE } from "../quantity.ts";
import type { MirrorOpened } from "../records.ts";
import { tradingDay, type UnixMs } from "../time.ts";
import type { Attempt } from "./attempt.ts";
import { cancelLeg } from "./cancel.ts";
import { carriedToExit, carriedToOf } from "./carried.ts";
import { copiedAgainst, copiedIn } from "./copied.ts";
import { type Decision, earliest, later, RETRY_AFTER_MS, WAIT } from "./decision.ts";
import { exitUnits, heldOrResting, orphanLeft, owedOfFilled } from "./exit.ts";
import { holdingOf } from "./in-holding.ts";
import { legBasis } from "./leg-basis.ts";
import { changeLeg } from "./leg-changes.ts";
import { endedByUs, filledByLegs, filledPastLegs, gaveUpStop, isAheadOfEntry, lacksStop, legFilled, liveLegs, liveLegUnits } from "./legs.ts";
import { currentAttempt, entryFilled, liveUnitsOf, type Mirror, type MirrorKey, mirrorKey } from "./mirror.ts";
import type { Situation } from "./situation.ts";
import { isExecuting } from "./target.ts";

/** What there is to do about the legs when the entry asks for nothing. A super order is never sliced. */
export function decideLegs(mirror: Mirror, leader: LeaderOrder | undefined, situation: Situation): readonly Decision[] {
  const attempt = currentAttempt(mirror);
  return attempt?.legs === undefined || leader === undefined ? [] : [decideLegsOf(mirror, attempt, leader, situation)];
}

function decideLegsOf(mirror: Mirror, attempt: Attempt, leader: LeaderOrder, situation: Situation): Decision {
  const { orderId } = attempt;
  if (orderId === undefined) return WAIT;
  // A fill of the entry was missed: only the book tells it now.
  if (isAheadOfEntry(attempt)) return { ...WAIT, look: { look: "order", orderId }, wakeAt: later(situation.now, RETRY_AFTER_MS) };
  const { excess, wakeAt } = excessOf(mirror, attempt, situation);
  // Beside a target that stands no stop can be placed: both might fill. So it gives way to a plain stop and target, once there are such of the leader's.
  const { filled, plan } = leader.known;
  const givesWay = filled > 0 && (lacksStop(attempt, plan) || gaveUpStop(attempt, plan));
  const unwanted = excess || givesWay ? liveLegs(attempt) : liveLegs(attempt).filter((leg) => isWithdrawn(leader, leg));
  let waits: Decision = { ...WAIT, wakeAt };
  for (const leg of unwanted) {
    const ends = cancelLeg(mirror, attempt, leg, situation);
    if (ends.request !== undefined || ends.look !== undefined || ends.verdicts.length > 0) return ends;
    waits = { ...waits, wakeAt: earliest(waits.wakeAt, ends.wakeAt) };
  }
  // While the entry is open its own change carries the legs along.
  if (attempt.order?.end === undefined || unwanted.length > 0) return waits;
  const change = changeLeg(attempt, leader, situation);
  return { ...change, wakeAt: earliest(change.wakeAt, waits.wakeAt) };
}

/** The leader took this leg back, and not because the other one fired. An orphan, of which he has nothing, keeps its legs (R18). */
function isWithdrawn({ known }: LeaderOrder, leg: ExitLeg): boolean {
  const { plan } = known;
  if (plan === undefined || plan[leg] !== "over" || hasFired(plan)) return false;
  return known.filled > 0 || known.end === undefined;
}

/** Legs at the leader that have filled something, by the newest of either source. */
export function leaderHasFired(book: Book, mirror: Pick<Mirror, "leader" | "cause">, plan: Plan | undefined): boolean {
  const leader = leaderBook(book, mirror.leader);
  return (plan !== undefined && hasFired(plan)) || EXIT_LEGS.some((leg) => filledOfOrder(leader, legOrderId({ leg, of: mirror.cause })) > 0);
}

/** Whether the legs would take more than is theirs to take, or from when on they will (R16). */
function excessOf(mirror: Mirror, attempt: Attempt, { book, policy, now }: Situation): { readonly excess: boolean; readonly wakeAt: UnixMs | undefined } {
  const units = liveLegUnits(attempt);
  if (units === 0 || legFilled(attempt) > 0) return { excess: false, wakeAt: undefined };
  const exits = { ...mirror, contracted: { ...mirror.contracted, side: opposite(mirror.contracted.side) } };
  const follower = followerBook(book, mirror.follower);
  let taken = 0;
  let wakeAt: UnixMs | undefined;
  let isEarlier = true;
  const legsOf = new Map<MirrorKey, number>();
  for (const key of mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror))) {
    const other = follower.mirrors.get(key);
    if (key === mirror.key) isEarlier = false;
    if (other === undefined || key === mirror.key) continue;
    if (other.contracted.side === mirror.contracted.side) {
      if (!isEarlier) continue;
      const its = other.attempts.reduce((sum, one) => sum + liveLegUnits(one), 0);
      legsOf.set(key, its);
      taken += its;
      continue;
    }
    // The exit of an orphan is at the market, and first of what the legs of its own entry would take (R18).
    if (other.role.role === "orphan") taken += less(orphanLeft(other), legsOf.get(other.role.of) ?? 0);
    const order = orderOf(leaderBook(book, other.leader), other.cause);
    if (order === undefined) continue;
    const claim = less(exitUnits(book, other, order), other.exitFilled);
    if (order.known.leg?.of !== mirror.cause) {
      // What rests of an exit that the leader has filled leaves no room for another; what a leg of another order of ours stands for is taken by that leg.
      if (!isExecuting(book, other, order)) taken += Math.min(liveUnitsOf(other), owedOfFilled(book, other));
      else if (!isCovered(book, other, order)) taken += claim;
      continue;
    }
    // Our own leg mostly fires in the same moment as the leader's: it has a while for that.
    if (claim === 0 || order.known.end === undefined) continue;
    const due = later(order.endedAt ?? now, policy.stopMarket.afterMs);
    if (now >= due) return { excess: true, wakeAt: undefined };
    wakeAt = earliest(wakeAt, due);
  }
  // A leg is in the product of its order, and exits nothing that has been converted to another.
  const inProduct = copiedIn(book, exits).find(({ product }) => product === attempt.product)?.units ?? NONE;
  return { excess: units > Math.min(inProduct, less(copiedAgainst(book, exits), taken)), wakeAt };
}

/** Mirrors of the leader's legs that rest while no leg of ours stands for them, although the copy holds what they would exit. */
export function uncoveredLegs(mirror: Mirror, leader: LeaderOrder | undefined, { book, now }: Situation): readonly MirrorOpened[] {
  if (leader === undefined || leader.known.family !== "super" || entryFilled(mirror) === 0) return [];
  const last = currentAttempt(mirror);
  if (last === undefined || mirror.attempts.some((attempt) => liveLegs(attempt).length > 0)) return [];
  if (entryFilled(mirror) <= filledByLegs(mirror.attempts)) return [];
  const leaders = leaderBook(book, mirror.leader);
  const contracted = { ...mirror.contracted, side: opposite(mirror.contracted.side) };
  const about = { follower: mirror.follower, leader: mirror.leader, instrument: mirror.instrument, contracted };
  if (copiedAgainst(book, about) === 0) return [];
  return EXIT_LEGS.flatMap((leg): MirrorOpened[] => {
    const cause = legOrderId({ leg, of: mirror.cause });
    const order = orderOf(leaders, cause);
    const key = mirrorKey({ leader: mirror.leader, follower: mirror.follower, cause });
    const isWaiting = order !== undefined && order.known.end === undefined && leader.known.plan?.[leg] === "waits" && leader.known.filled > 0;
    if (!isWaiting || followerBook(book, mirror.follower).mirrors.has(key) || !(mirror.isCut || endedByUs(last, leg) || filledPastLegs(last))) return [];
    const leaderPosition = heldAgainst(positionOf(leaders, mirror.instrument, contracted.product), contracted.side);
    const held = heldOrResting(book, { ...about, key });
    const carried =
      mirror.scale.rounding === "carry" && mirror.contract !== undefined
        ? { carried: carriedToExit(book, carriedToOf({ ...mirror, cause, contracted }, mirror.contract.lot)) }
        : {};
    const exit = legBasis(book, { ...about, key, cause }, { leaderPosition, held, ...carried });
    // What an exit that executes is about to take needs no stop.
    if (exit.held === 0 || exit.leaderPosition === 0) return [];
    return [
      {
        type: "mirror-opened",
        at: now,
        follower: mirror.follower,
        mirror: key,
        copy: mirror.copy,
        leader: mirror.leader,
        cause,
        stem: correlationStem({ leader: mirror.leader, cause, day: tradingDay(order.known.createdAt), follower: mirror.follower }),
        instrument: mirror.instrument,
        contracted,
        contract: mirror.contract,
        contradiction: mirror.contradiction,
        scale: mirror.scale,
        role: { role: "exit", exit },
        late: mirror.late,
      },
    ];
  });
}

/** Whether an order of ours still has a leg that stands for the leader's: then the leader's needs no copy of its own. */
export function isCovered(book: Book, mirror: Mirror, leader: LeaderOrder): boolean {
  const { leg } = leader.known;
  if (leg === undefined) return false;
  const parent = followerBook(book, mirror.follower).mirrors.get(mirrorKey({ leader: mirror.leader, follower: mirror.follower, cause: leg.of }));
  return parent?.attempts.some((attempt) => liveLegUnits(attempt) > 0) === true;
}
