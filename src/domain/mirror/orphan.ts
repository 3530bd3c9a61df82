/**
 * What the follower has filled too much of a leader order that ended with less (R18), and the order of our own that exits it under
 * `orphan: exit`.
 *
 * Which units of a position are the orphan's is a matter of bookkeeping, and others may have taken of them: an exit of the
 * leader's whole position goes by everything that the copy holds, and one of a part by what it had of what was filled then. So what is exited is a lower bound: the excess, less all that exits and the owner
 * have taken since the entry was sent. What is left of the excess stays in the copied position, and leaves with the leader's own exits.
 */
import { type Book, followerBook, type LeaderOrder, leaderBook, ledgerOf } from "../book/book.ts";
import { orderOf } from "../book/leader-orders.ts";
import { exitsPutAway } from "../book/put-away.ts";
import { correlationStem } from "../correlation.ts";
import type { OrderId } from "../identity.ts";
import { opposite } from "../order/terms.ts";
import { heldAgainst } from "../position/ledger.ts";
import { less, NONE, type Quantity, quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import type { MirrorOpened } from "../records.ts";
import { tradingDay, type UnixMs, unixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";
import { copiedAgainst } from "./copied.ts";
import { later } from "./decision.ts";
import { entryUnits } from "./entry.ts";
import { exitUnits, wouldFlatten } from "./exit.ts";
import { holdingOf } from "./in-holding.ts";
import { filledByLegs } from "./legs.ts";
import { currentAttempts, entryFilled, isLive, lastEnd, type Mirror, type MirrorKey, mirrorKey, type Role, withdrawnUnits } from "./mirror.ts";
import { ownCause } from "./own-cause.ts";
import type { Situation } from "./situation.ts";
import { filledTooLate, lateFillsOf } from "./taken-back.ts";
import { lacksRatio } from "./unsized.ts";

/** Units, of the entry part of an order or of its exit part. */
interface Excess {
  /** What the follower has filled. */
  readonly had: Quantity;
  /** What the leader's fills give. */
  readonly share: Quantity;
  readonly excess: Quantity;
}

/** What is said of an orphan, once for the same numbers. Empty: there is none. Asked when both orders are over. */
export function orphanVerdicts(mirror: Mirror, leader: LeaderOrder, situation: Situation): readonly Verdict[] {
  const said = [entryVerdict(mirror, leader, situation), exitVerdict(mirror, situation.book)];
  return said.filter((one) => one !== undefined);
}

function entryVerdict(mirror: Mirror, leader: LeaderOrder, { book, policy, now }: Situation): Verdict | undefined {
  const { had, share, excess } = entryExcess(mirror, leader);
  if (excess === 0) return undefined;
  // What was decided with these numbers stays decided, whatever the leader's exits take later.
  const earlier = saidOf(mirror.verdicts, had, share);
  if (earlier !== undefined) return earlier;
  const about = `the follower has ${had} units, the leader's fills give ${share}: `;
  const kept = (units: number): string => `${units} units are the follower's own now`;
  if (policy.orphan === "report") return verdict("ORPHAN", about + kept(excess), { excess, had, share });
  const exits = exitable(book, mirror, excess, now);
  // With the journal lost, what its order had exited before is known by that order's mark.
  const before = isAdopted(mirror) ? Math.min(excess, unitsSentOut(mirror)) : 0;
  const rest = excess - exits - before;
  const words = [
    ...(before === 0 ? [] : [`${before} units were exited before the journal was lost`]),
    ...(exits === 0 ? [] : [`${exits} units are exited`]),
    ...(rest === 0 ? [] : [`${kept(rest)}, because ${whyKept(mirror, now)}`]),
  ];
  return verdict("ORPHAN", about + words.join(", "), { excess, had, share, exits });
}

function unitsSentOut({ orphanExits }: Mirror): number {
  return orphanExits.reduce((sum, { units }) => sum + units, 0);
}

function whyKept(mirror: Mirror, now: UnixMs): string {
  if (isOfEarlierDay(mirror, now)) return "their day is over";
  if (isAdopted(mirror)) return "the journal was lost and it is not known whether they were exited before";
  return "exits of the leader's, or the owner, may have taken them";
}

/** Of an exit there is nothing to undo: that would be a new position. */
function exitVerdict(mirror: Mirror, book: Book): Verdict | undefined {
  if (mirror.role.role !== "exit" && mirror.role.role !== "reverse") return undefined;
  const [had, share] = [mirror.exitFilled, quantity((mirror.due ?? 0) + filledTooLate(book, mirror))];
  const excess = less(had, share);
  if (excess === 0) return undefined;
  const sentence = `the follower has exited ${had} units by this order, the leader's fills give ${share}: ${excess} units more, and nothing is entered again`;
  return verdict("ORPHAN", sentence, { excess, exited: had, share });
}

/** Units that a leader's exit had taken back before they filled are that exit's to deal with (R14). */
function entryExcess(mirror: Mirror, leader: LeaderOrder): Excess {
  const had = entryFilled(mirror);
  // The share of what he has filled cannot be worked out: it is not said to be nothing.
  if (lacksRatio(mirror) !== undefined && leader.known.filled > 0) return { had, share: had, excess: NONE };
  const share = less(entryUnits(mirror, leader.known.filled), withdrawnUnits(mirror));
  return { had, share, excess: less(had, share + lateFillsOf(mirror, leader)) };
}

export interface OrphanDecision {
  readonly opens: readonly MirrorOpened[];
  readonly wakeAt: UnixMs | undefined;
}

const NO_EXIT: OrphanDecision = { opens: [], wakeAt: undefined };

/**
 * The order that exits an orphan, once that is said: `lookupGrace` after the leader's end, because a late fill of his would make it
 * none. Keyed by the follower's order and its filled quantity (R9): another fill is another cause. `news` is what is said now.
 */
export function orphanExit(
  mirror: Mirror,
  leader: LeaderOrder | undefined,
  { book, policy, limits, now }: Situation,
  news: readonly Verdict[],
): OrphanDecision {
  const last = currentAttempts(mirror).findLast(({ orderId }) => orderId !== undefined);
  if (policy.orphan !== "exit" || leader?.endedAt === undefined || last?.orderId === undefined || isLive(mirror)) return NO_EXIT;
  const { had, share, excess } = entryExcess(mirror, leader);
  const cause = ownCause("orphan", last.orderId, had);
  const key = mirrorKey({ leader: mirror.leader, follower: mirror.follower, cause });
  if (excess === 0 || mirror.orphanExits.some(({ by }) => by === key)) return NO_EXIT;
  // The verdict is the decision: what was said to be kept stays, under another policy too.
  const said = saidOf(mirror.verdicts, had, share);
  const decided = said ?? saidOf(news, had, share);
  const toExit = quantity(typeof decided?.numbers["exits"] === "number" ? decided.numbers["exits"] : 0);
  if (toExit === 0) return NO_EXIT;
  const due = later(leader.endedAt, limits.lookupGraceMs);
  if (said === undefined || now < due) return { opens: [], wakeAt: unixMs(Math.max(due, now + 1)) };
  const units = quantity(Math.min(toExit, exitable(book, mirror, excess, now)));
  return { opens: [opened(mirror, { cause, key, role: { role: "orphan", of: mirror.key, excess: toExit, units }, now })], wakeAt: undefined };
}

function opened(
  mirror: Mirror,
  { cause, key, role, now }: { readonly cause: OrderId; readonly key: MirrorKey; readonly role: Role; readonly now: UnixMs },
): MirrorOpened {
  const { leader, follower, copy, instrument, contracted, contract } = mirror;
  return {
    type: "mirror-opened",
    at: now,
    follower,
    mirror: key,
    copy,
    leader,
    cause,
    stem: correlationStem({ leader, cause, day: tradingDay(now), follower }),
    instrument,
    contracted: { ...contracted, side: opposite(contracted.side), afterMarket: false },
    contract,
    contradiction: undefined,
    scale: { ratio: ratio(1, 1), rounding: "down", minLots: undefined, maxLots: undefined },
    role,
    late: false,
  };
}

/** What was said of the same numbers. */
function saidOf(verdicts: readonly Verdict[], had: Quantity, share: Quantity): Verdict | undefined {
  return verdicts.findLast((one) => one.code === "ORPHAN" && one.numbers["had"] === had && one.numbers["share"] === share);
}

/** How much of the excess is certainly there, and not yet on its way out. */
function exitable(book: Book, entry: Mirror, excess: Quantity, now: UnixMs): Quantity {
  if (isOfEarlierDay(entry, now) || isAdopted(entry) || withdrawnUnits(entry) > 0) return NONE;
  let taken = takenByOwner(book, entry) + unitsSentOut(entry);
  for (const other of followerBook(book, entry.follower).mirrors.values()) {
    if (other.leader !== entry.leader || holdingOf(other) !== holdingOf(entry)) continue;
    taken += takenSince(book, entry, other) + (other.contracted.side === entry.contracted.side ? filledByLegs(other.attempts) : 0);
  }
  const sent = entry.attempts[0]?.intendedAt ?? 0;
  for (const { side, endedAt, units } of exitsPutAway(followerBook(book, entry.follower), entry.leader, holdingOf(entry)))
    if (side !== entry.contracted.side && (endedAt === undefined || endedAt >= sent)) taken += units;
  return less(excess, taken);
}

/** What the owner has traded away of the position by hand: of the orphan first, of which he has been told (R15). */
function takenByOwner(book: Book, entry: Mirror): number {
  const side = opposite(entry.contracted.side);
  const { net, writtenOff } = ledgerOf(followerBook(book, entry.follower), entry.leader, holdingOf(entry));
  const isOfThat = writtenOff !== undefined && (entry.attempts[0]?.intendedAt ?? 0) <= writtenOff.at;
  const closed = isOfThat ? heldAgainst(writtenOff.units, side) : NONE;
  return closed + heldAgainst(net, side) - copiedAgainst(book, { ...entry, contracted: { ...entry.contracted, side } });
}

/** What an exit of the leader's has taken, or still will, that the entry may have been a part of. */
function takenSince(book: Book, entry: Mirror, exit: Mirror): number {
  const { role } = exit.role;
  if ((role !== "exit" && role !== "reverse") || exit.contracted.side === entry.contracted.side) return 0;
  const [sent, over] = [entry.attempts[0]?.intendedAt, lastEnd(exit)];
  if (sent === undefined || (over !== undefined && !isLive(exit) && over < sent)) return 0;
  const order = orderOf(leaderBook(book, exit.leader), exit.cause);
  if (order === undefined) return exit.exitFilled;
  // One that takes everything shrinks with the position; one that takes a part may have been measured by it.
  const isOfAll = exit.due === undefined && wouldFlatten(book, exit, order);
  return isOfAll ? exit.exitFilled : Math.max(exit.exitFilled, exitUnits(book, exit, order));
}

/** What is found out after its day (R24): what the broker made of the position overnight is not known, nor which exits there were. */
function isOfEarlierDay(mirror: Mirror, now: UnixMs): boolean {
  const sent = mirror.attempts[0]?.intendedAt;
  return sent !== undefined && tradingDay(sent) !== tradingDay(now);
}

/** With the journal lost, or its end, it is not known what earlier exits of the leader's had taken of the excess (R9, R11). */
function isAdopted(mirror: Mirror): boolean {
  return mirror.isCut || mirror.attempts.some((attempt) => attempt.adopted);
}
