/**
 * What an account's owner has closed by hand of what a copy held, once its leader is out: it leaves the copy's books and the owner's alike, so that what he trades
 * after that is his own (R15, docs/decisions/0031-what-the-owner-has-closed-is-written-off.md). Part of the fold.
 */
import type { ClientId } from "../identity.ts";
import type { Attempt } from "../mirror/attempt.ts";
import { ownersBeside } from "../mirror/copied.ts";
import { holdingOf } from "../mirror/in-holding.ts";
import { liveLegs } from "../mirror/legs.ts";
import { entryFilled, isLive, type Mirror } from "../mirror/mirror.ts";
import { PRODUCTS, type Product, type Side } from "../order/terms.ts";
import { closedTo, flippedTo, heldAgain, type Ledger, type Part, partsOf, reducedByOwner, within, writtenOff } from "../position/ledger.ts";
import type { Quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import { type Book, type FollowerBook, type HoldingKey, inProduct, leaderBook, ledgerOf, mirrorsOfHolding, positionIn, splitHolding } from "./book.ts";
import { orderOf } from "./leader-orders.ts";
import { mirrorIn } from "./mirrors.ts";
import { settleOrphans, settleOwed } from "./owed.ts";

/** After each record that is about the account, or about a leader who is copied into it. */
export function writeOff(book: Book, id: ClientId, at: UnixMs): void {
  const follower = book.followers.get(id);
  if (follower === undefined) return;
  for (const [leader, ledgers] of follower.ledgers) {
    for (const [holding, before] of ledgers) {
      if (before.closed === undefined) continue;
      const ledger = closedTo(before, within(before.closed, takenByOwner(follower, leader, holding)));
      ledgers.set(holding, ledger);
      if (ledger.closed !== ledger.net || (ledger.takenOn ?? 0) !== 0 || !isOut(book, follower, leader, holding) || leads(book, id)) continue;
      const { product: kept } = splitHolding(holding);
      const parts = partsOf(ledger, kept);
      for (const part of parts) toOwner(follower, holding, part);
      ledgers.set(
        holding,
        parts.reduce((left, part) => writtenOff(left, kept, part, at), ledger),
      );
      settleOwed(book, follower, leader, holding);
      settleOrphans(book, follower, leader, holding);
    }
  }
}

/** The owner has traded so many signed units by his own hand: what they take from copies beyond what his own took before, he has closed. */
export function tradedByOwner(follower: FollowerBook, holding: HoldingKey, units: number): void {
  const { contract } = splitHolding(holding);
  const its = [...follower.ledgers].flatMap(([leader, ledgers]) =>
    PRODUCTS.map((kept) => inProduct(contract, kept)).flatMap((under) =>
      ledgers.has(under) ? [{ leader, ledgers, under, before: takenByOwner(follower, leader, under) }] : [],
    ),
  );
  follower.owners.set(holding, (follower.owners.get(holding) ?? 0) + units);
  for (const { leader, ledgers, under, before } of its) {
    const ledger = ledgerOf(follower, leader, under);
    const more = takenByOwner(follower, leader, under) - before;
    if (Math.sign(more) === Math.sign(ledger.net)) ledgers.set(under, closedTo(ledger, (ledger.closed ?? 0) + more));
  }
}

/** What the owner's units take from a copy's, whoever stood there first. Where it holds them crosswise nobody can tell: nothing. */
function takenByOwner(follower: FollowerBook, leader: ClientId, holding: HoldingKey): number {
  const { contract, product: kept } = splitHolding(holding);
  const ledger = ledgerOf(follower, leader, holding);
  const parts = partsOf(ledger, kept);
  if (parts.some(({ units }) => Math.sign(units) === -Math.sign(ledger.net))) return 0;
  return parts.reduce((sum, { product, units }) => sum + units - reducedByOwner(units, ownersBeside(follower, leader, inProduct(contract, product))), 0);
}

/** The leader holds nothing of it, and nothing of the copy's way out is open. */
function isOut(book: Book, follower: FollowerBook, leader: ClientId, holding: HoldingKey): boolean {
  if (positionIn(leaderBook(book, leader), holding) !== 0) return false;
  return mirrorsOfHolding(follower, leader, holding).every((key) => isThrough(book, mirrorIn(follower, key)));
}

/** What an entry may fill is to come; what it has filled ahead of the leader is for what he does not hold yet. */
function isThrough(book: Book, mirror: Mirror): boolean {
  const isUnfilled = entryFilled(mirror) === 0;
  if (isLive(mirror) || mirror.attempts.some((attempt) => liveLegs(attempt).length > 0)) return mirror.role.role === "entry" && isUnfilled;
  return isUnfilled || orderOf(leaderBook(book, mirror.leader), mirror.cause)?.known.end !== undefined;
}

/** Others may hold a copy of what its owner has traded against the copies in it: the way out of theirs is his to order (R7). */
function leads(book: Book, id: ClientId): boolean {
  return book.leaders.get(id)?.isRead === true;
}

interface LateFill {
  readonly units: Quantity;
  readonly product: Product;
  readonly attempt: Attempt | undefined;
}

/**
 * An order of ours that was sent before fills as if that had been told before (R1): what it gets out of beyond what the copy has is none of the owner's. Answers the
 * ledger in which it is booked.
 */
export function asBefore(follower: FollowerBook, mirror: Mirror, side: Side, { units, product, attempt }: LateFill): Ledger {
  const holding = holdingOf(mirror);
  const ledger = ledgerOf(follower, mirror.leader, holding);
  const { writtenOff: earlier } = ledger;
  if (earlier === undefined || attempt === undefined || (!attempt.adopted && attempt.intendedAt > earlier.at)) return ledger;
  const again = heldAgain(ledger, { side, units });
  if (again === 0) return ledger;
  const part = { product, units: -again };
  toOwner(follower, holding, part);
  const before = writtenOff(ledger, mirror.contracted.product, part, earlier.at);
  return mirror.role.role === "closing" ? flippedTo(before, before.flipped + again) : before;
}

function toOwner({ owners }: FollowerBook, holding: HoldingKey, { product, units }: Part): void {
  const own = inProduct(splitHolding(holding).contract, product);
  owners.set(own, (owners.get(own) ?? 0) + units);
}
