/**
 * What is decided when a leader order is first seen: what part of it is an exit, and how the rest scales. It is recorded,
 * because it must not change with later fills or with another configuration (design 3, Sizing).
 */
import {
  type Book,
  copiesIn,
  followerBook,
  type HoldingKey,
  holdingKey,
  keptUnder,
  type LeaderBook,
  type LeaderOrder,
  leaderBook,
  mirrorsOfHolding,
  positionOf,
} from "../book/book.ts";
import { countedOf } from "../book/leader-orders.ts";
import { isPutAway } from "../book/ways.ts";
import { correlationStem, stemOf } from "../correlation.ts";
import { contractOf } from "../guards/guard.ts";
import type { ClientId } from "../identity.ts";
import type { Contract, InstrumentLookup } from "../instrument.ts";
import { isNettedApart, neverEnters } from "../order/family.ts";
import type { KnownOrder } from "../order/known.ts";
import { direction } from "../order/terms.ts";
import type { CopyPolicy } from "../policy.ts";
import { heldAgainst } from "../position/ledger.ts";
import { type LotSize, less, lotSize, type Quantity, quantity } from "../quantity.ts";
import { ratio } from "../ratio.ts";
import type { FollowerRecord, MirrorOpened } from "../records.ts";
import type { FundsReading } from "../sizing/capital.ts";
import { withFreeze } from "../sizing/freeze.ts";
import { type Scale, scaleFor } from "../sizing/share.ts";
import { tradingDay, type UnixMs } from "../time.ts";
import { verdict } from "../verdict.ts";
import { type Attempt, filledOf } from "./attempt.ts";
import { type CarriedTo, carriedToEntry, carriedToExit } from "./carried.ts";
import { closingUnits, flippedLeft, wouldOpen } from "./closing.ts";
import { heldOrResting } from "./exit.ts";
import { legBasis } from "./leg-basis.ts";
import { filledWithLegs, legFilled } from "./legs.ts";
import { entryAbove, type Mirror, mirrorKey, type Role } from "./mirror.ts";
import { ownCause } from "./own-cause.ts";
import { residualOfEntry, residualOfExit } from "./siblings.ts";
import { isUnsized, lacksRatio } from "./unsized.ts";

export interface Copy {
  readonly policy: CopyPolicy;
  readonly leader: ClientId;
  readonly follower: ClientId;
}

/** What is known of the world beside the books. */
export interface Sources {
  readonly facts: Facts;
  /** The newest reading of an account's funds; undefined: there is none. */
  readonly fundsOf: (account: ClientId) => FundsReading | undefined;
  /** Orders at the follower that bear our mark, and that nothing explains yet. */
  readonly unclaimed: Iterable<Pick<KnownOrder, "correlationId" | "family">>;
}

/** Of the contract of a leader's order: the same for all copies of it. */
export interface Facts {
  readonly contract: Contract | undefined;
  readonly contradiction: string | undefined;
}

export function factsOf({ known }: LeaderOrder, instruments: InstrumentLookup): Facts {
  const { contract, contradiction } = contractOf(known, instruments);
  if (contract === undefined) return { contract, contradiction };
  return { contract: withFreeze(contract, known.instrument.segment, tradingDay(known.createdAt)), contradiction };
}

/**
 * The records that open a mirror of a leader order through one copy. Empty: there is nothing to open, because it is open
 * already, or because the broker has only received the order so far.
 */
export function openMirror(book: Book, copy: Copy, order: LeaderOrder, { facts: told, fundsOf, unclaimed }: Sources, now: UnixMs): readonly FollowerRecord[] {
  const { known } = order;
  if (!known.confirmed && known.end === undefined) return [];
  // Where it is not copied, what it fires is; and of one that has gone without firing there is nothing to copy.
  if (known.family === "forever" && known.fired === undefined && (copy.policy.forever === "report" || known.end !== undefined)) return [];
  const key = mirrorKey({ ...copy, cause: known.orderId });
  const stem = correlationStem({ leader: copy.leader, cause: known.orderId, day: tradingDay(known.createdAt), follower: copy.follower });
  // With the journal lost, an order that was placed before tells by its mark what for (R11).
  const placed = [...unclaimed].filter(({ correlationId }) => correlationId !== undefined && stemOf(correlationId) === stem);
  // The follower's broker holds a leg of his own; the leader's is followed when it fills, or where ours stands in its place, or is gone: `super.ts`.
  if (known.leg !== undefined && known.filled === 0 && placed.length === 0) return [];
  // What it exits is not told yet: the book of super orders is being read.
  if (countedOf(leaderBook(book, copy.leader), known) < known.filled) return [];
  const follower = followerBook(book, copy.follower);
  if (isPutAway(follower, key)) return [];
  const earlier = follower.mirrors.get(key);
  const product = keptUnder(leaderBook(book, copy.leader), known.instrument, known.contracted.product);
  const contracted = product === known.contracted.product ? known.contracted : { ...known.contracted, product };
  if (earlier !== undefined && !isUnsized(earlier)) return [];
  const facts = told.contract ?? earlier?.contract ?? factsFromOthers(book, copy, order);
  if (earlier !== undefined && facts === undefined) return [];
  // Nor does a super order of ours ever exit, whatever the leader's seems to reduce in the order in which the books tell of it.
  const wasEntry = placed.some(({ family }) => family === "super");
  const first: Role = wasEntry ? { role: "entry" } : roleOf(book, copy, order, key, facts?.lot ?? lotSize(1));
  // What was taken on before anybody knew its size has its role, and perhaps its fills.
  const role = earlier !== undefined && earlier.attempts.length > 0 ? earlier.role : first;
  const scale = scaleOf(book, copy, order, role, { lot: facts?.lot ?? lotSize(1), fundsOf });
  if (earlier?.contract !== undefined && lacksRatio({ ...earlier, scale }) !== undefined) return [];
  const opened: MirrorOpened = {
    type: "mirror-opened",
    at: now,
    follower: copy.follower,
    mirror: key,
    copy: copy.policy.id,
    leader: copy.leader,
    cause: known.orderId,
    stem,
    instrument: known.instrument,
    contracted,
    contract: facts,
    contradiction: told.contradiction,
    scale,
    role,
    late: earlier?.late ?? (book.startedAt !== undefined && sinceOf(known) < book.startedAt),
  };
  return [opened, ...restOfSuper(opened, known)];
}

/** A forever order that was changed since the start may have been copied before it. */
function sinceOf({ family, createdAt, updatedAt }: KnownOrder): UnixMs {
  return family === "forever" && createdAt < updatedAt ? createdAt : updatedAt;
}

/** What a super order against the leader's position would open beyond that (R19). */
function restOfSuper({ at, follower, mirror, role }: MirrorOpened, { family, leg, terms }: KnownOrder): readonly FollowerRecord[] {
  if (family !== "super" || leg !== undefined || role.role !== "exit" || terms.quantity <= role.exit.leaderPosition) return [];
  const rest = terms.quantity - role.exit.leaderPosition;
  const sentence = `${rest} units of the super order go beyond the leader's position: they are not copied, because the exit goes out as a plain order, without legs`;
  return [{ type: "verdict-given", at, follower, mirror, verdict: verdict("FAMILY_NOT_COPIED", sentence, { rest }), refuses: undefined }];
}

function scaleOf(
  book: Book,
  { policy, leader, follower }: Copy,
  order: LeaderOrder,
  role: Role,
  { lot, fundsOf }: Pick<Sources, "fundsOf"> & { readonly lot: LotSize },
): Scale {
  const funds = policy.sizing.mode === "capital" ? { leader: fundsOf(leader), follower: fundsOf(follower) } : { leader: undefined, follower: undefined };
  const scale = scaleFor(policy.sizing, { contract: { lot }, leaderUnits: entryQuantity(order, role), funds });
  if (role.role === "exit") return scale;
  if (scale.rounding !== "carry") {
    const residual = role.role === "entry" ? residualOfEntry(book, { leader, follower, order, lot }, scale) : undefined;
    return residual === undefined ? scale : { ...scale, residual };
  }
  // A stop and reverse begins from flat.
  return { ...scale, carried: role.role === "reverse" ? 0 : carriedToEntry(book, carriedTo(book, { leader, follower }, order, lot)) };
}

function carriedTo(book: Book, { leader, follower }: Pick<Copy, "leader" | "follower">, order: LeaderOrder, lot: LotSize): CarriedTo {
  const { contracted, orderId } = order.known;
  return { leader, follower, lot, cause: orderId, side: contracted.side, holding: keptIn(book, leader, order) };
}

function keptIn(book: Book, leader: ClientId, { known }: LeaderOrder): HoldingKey {
  const { instrument, contracted } = known;
  return holdingKey(instrument, keptUnder(leaderBook(book, leader), instrument, contracted.product));
}

/** The leader's quantity that opens a position: what sizing by lots is a ratio of. */
function entryQuantity({ known }: LeaderOrder, role: Role): Quantity {
  const all = known.firstSeenEnded && known.filled > 0 ? known.filled : known.terms.quantity;
  return less(all, entryAbove(role));
}

/** The lot and tick of a contract that the follower already holds, or is about to: enough to exit it by. */
function factsFromOthers(book: Book, copy: Copy, order: LeaderOrder): Contract | undefined {
  const follower = followerBook(book, copy.follower);
  const holding = keptIn(book, copy.leader, order);
  for (const key of mirrorsOfHolding(follower, copy.leader, holding)) {
    const contract = follower.mirrors.get(key)?.contract;
    if (contract !== undefined) return contract;
  }
  return follower.contracts.get(holding);
}

/**
 * What of the leader's position an order of his reduces, without its own fills. Of several that wait for their proof, one that had reduced it when its
 * fills were told keeps that, whatever the next ones have filled since: else none of them would be his way out (R14, R15). So it is where the book has told
 * of all of them at once, when they were over.
 */
export function reducible(leader: LeaderBook, order: LeaderOrder): Quantity {
  const since = filledSince(leader, order);
  const left = heldWithout(leader, order, since);
  if (order.reduced === undefined || order.reduced <= left) return left;
  const others = new Set([...since, ...filledBeside(leader, order)]);
  return quantity(Math.max(left, Math.min(order.reduced, heldWithout(leader, order, [...others]))));
}

/**
 * Where he has converted something, it is the position in all products together; and also what he holds in the order's own, so that none of his orders
 * in two products that undo one another opens anything.
 */
function heldWithout(leader: LeaderBook, { known }: LeaderOrder, others: readonly KnownOrder[]): Quantity {
  const { instrument, contracted, filled } = known;
  const { side, product } = contracted;
  const without = (net: number, after: readonly KnownOrder[]): Quantity =>
    heldAgainst(
      after.reduce((sum, one) => sum - direction(one.contracted.side) * countedOf(leader, one), net - direction(side) * filled),
      side,
    );
  const inAll = without(positionOf(leader, instrument, product), others);
  if (leader.converted.size === 0) return inAll;
  const ofProduct = others.filter((one) => one.contracted.product === product);
  return quantity(Math.max(inAll, without(leader.positions.get(holdingKey(instrument, product)) ?? 0, ofProduct)));
}

/**
 * Orders of the same position that were placed when this one, of which nobody had told, was over: it reduces nothing of what they have filled. They are
 * judged after it, with what it has filled. Where one of them was judged before, what that took is counted as well, and so is all that is known.
 */
function filledSince(leader: LeaderBook, { known }: LeaderOrder): readonly KnownOrder[] {
  if (!known.firstSeenEnded) return [];
  const all = filledOfPosition(leader, known);
  const later = all.filter((one) => one.createdAt > known.updatedAt);
  if (later.some(({ orderId }) => leader.mirrors.has(orderId))) return [];
  return [...later, ...all.filter((one) => isOutSince(known, one))];
}

/** A leg, which stands since its entry was placed, that has filled since this order was over: the book tells it with its entry, before this order. */
function isOutSince({ updatedAt }: KnownOrder, one: KnownOrder): boolean {
  return one.leg !== undefined && one.end === "filled" && one.createdAt <= updatedAt && one.updatedAt > updatedAt;
}

/** Orders of its side that were placed after it, or told after it of one second, and have filled while both are still to be judged. */
function filledBeside(leader: LeaderBook, { known }: LeaderOrder): readonly KnownOrder[] {
  const { orderId, contracted, createdAt, firstSeenEnded } = known;
  const told = [...leader.orders.keys()];
  const isAfter = (one: KnownOrder): boolean => (firstSeenEnded || !one.firstSeenEnded) && told.indexOf(one.orderId) > told.indexOf(orderId);
  return filledOfPosition(leader, known).filter(
    (one) =>
      one.contracted.side === contracted.side &&
      !leader.mirrors.has(one.orderId) &&
      (one.createdAt > createdAt || (one.createdAt === createdAt && isAfter(one))),
  );
}

/** The orders of its position that have filled. */
function filledOfPosition(leader: LeaderBook, { instrument, contracted }: KnownOrder): readonly KnownOrder[] {
  const holdingOf = (one: Pick<KnownOrder, "instrument" | "contracted">): HoldingKey =>
    holdingKey(one.instrument, keptUnder(leader, one.instrument, one.contracted.product));
  const holding = holdingOf({ instrument, contracted });
  const all = [...leader.orders.values()].map((order) => order.known);
  return all.filter((one) => one.filled > 0 && !isNettedApart(one.family) && holdingOf(one) === holding);
}

/**
 * The leader's book with what is copied into his account: an order of his against that is no entry, because it opens nothing there. It is no position
 * of his otherwise, and no part of his exits is reckoned by it (R7, R14). Of what is copied, too, an order that is told late reduces nothing that was placed after
 * it: it is judged as it was at first sight (R11).
 */
function withCopies(book: Book, id: ClientId, { known }: LeaderOrder): LeaderBook {
  const leader = leaderBook(book, id);
  const follower = book.followers.get(id);
  if (follower === undefined) return leader;
  const positions = new Map(leader.positions);
  const add = (holding: HoldingKey, units: number): void => void positions.set(holding, (positions.get(holding) ?? 0) + units);
  for (const [holding, units] of copiesIn(follower)) add(holding, units);
  for (const { attempts, role } of follower.mirrors.values())
    for (const attempt of attempts) {
      const { order } = attempt;
      if (order === undefined || !(order.createdAt > known.createdAt || mayBeAfter(order, role, known, book.startedAt))) continue;
      add(holdingKey(order.instrument, order.contracted.product), -direction(order.contracted.side) * (filledOf(attempt) - legFilled(attempt)));
    }
  return { ...leader, positions };
}

/** Of one second, the book of a start does not tell which came first: a copied exit to the order's own side may have come after it, so that the order has opened nothing. */
function mayBeAfter(copied: KnownOrder, { role }: Role, known: KnownOrder, startedAt: UnixMs | undefined): boolean {
  const isOfStart = startedAt !== undefined && sinceOf(known) < startedAt;
  return isOfStart && role !== "entry" && role !== "reverse" && copied.createdAt === known.createdAt && copied.contracted.side === known.contracted.side;
}

/**
 * Exit, entry, or both, by the leader's position without this order's own fills (R14, R15). A super order against it is an exit and nothing else:
 * exits go out as plain orders, and what it enters beyond them would stand here without its legs.
 */
function roleOf(book: Book, copy: Copy, order: LeaderOrder, key: Mirror["key"], lot: LotSize): Role {
  const { known } = order;
  if (isNettedApart(known.family)) return { role: "entry" };
  const leader = leaderBook(book, copy.leader);
  const own = reducible(leader, order);
  const copied = withCopies(book, copy.leader, order);
  const leaderPosition = copied === leader ? own : quantity(Math.max(own, reducible(copied, order)));
  if (leaderPosition === 0 && !neverEnters(known)) return { role: "entry" };
  const product = keptUnder(leader, known.instrument, known.contracted.product);
  const about = { key, follower: copy.follower, leader: copy.leader, instrument: known.instrument, contracted: { ...known.contracted, product } };
  const held = heldOrResting(book, about);
  const isPlain = known.family === "plain" || (known.family === "forever" && known.fired !== undefined);
  if (isPlain && !neverEnters(known) && known.terms.quantity > leaderPosition) return { role: "reverse", exit: { leaderPosition, held } };
  // Of what never enters, all that it filled was his to exit, whatever the books tell of his position.
  const exited = own === 0 ? leaderPosition : own;
  const basis = { leaderPosition: quantity(Math.max(exited, neverEnters(known) ? known.filled : 0)), held };
  const leg = { ...about, cause: known.orderId };
  if (copy.policy.sizing.rounding === "carry")
    return { role: "exit", exit: legBasis(book, leg, { ...basis, carried: carriedToExit(book, carriedTo(book, copy, order, lot)) }) };
  const residual = residualOfExit(book, { leader: copy.leader, follower: copy.follower, order, lot }, basis);
  return { role: "exit", exit: legBasis(book, leg, { ...basis, ...(residual === undefined ? {} : { residual }) }) };
}

/**
 * The mirror that closes what two alternative exits filled too much (R16); empty when nothing is to be closed, or when
 * closing orders for all of it are already on their way. What the owner closed by hand is closed.
 *
 * It is keyed by the fill that caused it, the order and its filled quantity: a later excess of the same order is another cause.
 */
export function openClosing(book: Book, caused: Mirror, now: UnixMs): readonly FollowerRecord[] {
  const follower = followerBook(book, caused.follower);
  const holding = holdingKey(caused.instrument, caused.contracted.product);
  const excess = flippedLeft(follower, caused);
  // For now, also where what filled together had been meant for this session before it began.
  const contracted = { ...caused.contracted, side: excess > 0 ? "SELL" : "BUY", afterMarket: false } as const;
  if (excess === 0 || wouldOpen(book, { ...caused, contracted })) return [];
  const onTheirWay = mirrorsOfHolding(follower, caused.leader, holding).flatMap((key) => {
    const other = follower.mirrors.get(key);
    return other?.role.role === "closing" && other.exitFilled < closingUnits(book, other) ? [other] : [];
  });
  const units = less(
    Math.abs(excess),
    onTheirWay.reduce((sum, other) => sum + less(closingUnits(book, other), other.exitFilled), 0),
  );
  // What one that was taken on closes is not known for certain.
  if (units === 0 || onTheirWay.some(({ attempts }) => attempts.some(({ adopted }) => adopted))) return [];
  const keys = lastFilled(caused).flatMap((attempt) => {
    const { orderId } = attempt;
    if (orderId === undefined) return [];
    const filled = filledWithLegs(attempt);
    const cause = ownCause("closing", orderId, filled);
    return [{ orderId, filled, cause, key: mirrorKey({ leader: caused.leader, follower: caused.follower, cause }) }];
  });
  const unheardOf = keys.find(({ key }) => !follower.mirrors.has(key) && !isPutAway(follower, key));
  if (unheardOf === undefined) return [];
  const { orderId, filled, cause, key } = unheardOf;
  const about = { at: now, follower: caused.follower };
  // Each excess is told by the fill that caused it: of several slices one after another may be too much.
  const together = `two alternative exits filled together, of which order ${orderId} has filled ${filled} units`;
  return [
    {
      type: "mirror-opened",
      ...about,
      mirror: key,
      copy: caused.copy,
      leader: caused.leader,
      cause,
      stem: correlationStem({ leader: caused.leader, cause, day: tradingDay(now), follower: caused.follower }),
      instrument: caused.instrument,
      contracted,
      contract: caused.contract,
      contradiction: undefined,
      scale: { ratio: ratio(1, 1), rounding: "down", minLots: undefined, maxLots: undefined },
      role: { role: "closing", units },
      late: false,
    },
    {
      type: "verdict-given",
      ...about,
      mirror: caused.key,
      verdict: verdict("ALTERNATIVES_CLOSED", `${together}: ${units} units too much are closed at once`, { units }),
      refuses: undefined,
    },
  ];
}

/** Of each slice the last order that has filled, the newest first: a fill of any of them may be what was too much. */
function lastFilled({ attempts }: Mirror): readonly Attempt[] {
  const bySlice = new Map(attempts.filter((attempt) => filledWithLegs(attempt) > 0).map((attempt) => [attempt.slice, attempt]));
  return [...bySlice.values()].sort((a, b) => b.number - a.number);
}
