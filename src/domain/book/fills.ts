/** What a fill of an order of ours books: the copied position, what an exit has done, and what the exits beside it owe (R14, R16). Part of the fold. */
import { unreachable } from "../assert.ts";
import type { Attempt } from "../mirror/attempt.ts";
import type { MirrorEvent } from "../mirror/evolve.ts";
import { holdingOf } from "../mirror/in-holding.ts";
import { filledByLegs } from "../mirror/legs.ts";
import { filledUnits, type Mirror, type MirrorKey } from "../mirror/mirror.ts";
import { settleExit } from "../mirror/settle-exit.ts";
import { direction, opposite, PRODUCTS, type Product, type Side } from "../order/terms.ts";
import { afterAdopted, afterClosing, afterFill, heldAgainst, heldElsewhere, type Ledger } from "../position/ledger.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import { type Book, type FollowerBook, getOrAdd, holdingKey, leaderBook, ledgerOf } from "./book.ts";
import { exchangeCrossed, takeOfAnother } from "./conversions.ts";
import { backIntoHolding, forgetWhenOver } from "./holdings.ts";
import { orderOf } from "./leader-orders.ts";
import { evolved, mirrorIn } from "./mirrors.ts";
import { isOver } from "./over.ts";
import { settleAhead, settleOrphans, settleOwed, settleTwiceOwed } from "./owed.ts";
import { mirrorBack } from "./put-away.ts";
import { asBefore } from "./written-off.ts";

/** Applies what a report says of our own order, and books the units by which it raised what is filled. */
export function filled(book: Book, follower: FollowerBook, key: MirrorKey, event: MirrorEvent): void {
  const before = mirrorIn(follower, key);
  evolved(follower, key, event);
  const after = mirrorIn(follower, key);
  const units = quantity(filledUnits(after) - filledUnits(before));
  if (units > 0) {
    takersBack(book, follower, after);
    const fill = { units, product: productOf(after, event), attempt: attemptOf(after, event), isAdopted: event.type === "order-adopted" };
    bookFill(book, follower, after, fill);
    if (fill.attempt?.adopted === true) bookOfAnother(book, follower, after, fill);
  }
  const byLegs = filledByLegs(after.attempts) - filledByLegs(before.attempts);
  if (byLegs > 0) bookLegFill(book, follower, after, { units: quantity(byLegs), product: productOf(after, event), attempt: attemptOf(after, event) });
  forgetWhenOver(book, follower, key);
}

/** In which the order was placed of which this is told. */
function productOf(mirror: Mirror, event: MirrorEvent): Product {
  return attemptOf(mirror, event)?.product ?? mirror.contracted.product;
}

function attemptOf({ attempts }: Mirror, event: MirrorEvent): Attempt | undefined {
  if (event.type !== "follower-order-reported" && event.type !== "order-adopted") return undefined;
  const { orderId, correlationId, leg } = event.report;
  const order = leg?.of ?? orderId;
  return attempts.find((attempt) => attempt.orderId === order || attempt.correlationId === correlationId);
}

/** What exits had taken back of an entry has filled all the same: it is theirs to deal with (R14). */
export function takersBack(book: Book, follower: FollowerBook, entry: Mirror): void {
  for (const { by } of entry.withdrawals) {
    const exit = mirrorBack(follower, by);
    if (exit !== undefined && !isOver(book, exit)) backIntoHolding(book, follower, exit);
  }
}

interface TradedIn {
  readonly units: Quantity;
  /** In which it was traded. */
  readonly product: Product;
  /** By which order. */
  readonly attempt: Attempt | undefined;
}

/** Where it is held: the ledger is kept under the leader's product. */
function heldIn(ledger: Ledger, { contracted: { product: kept } }: Mirror, { units, product }: TradedIn, side: Side): Ledger {
  return product === kept ? ledger : heldElsewhere(ledger, product, direction(side) * units);
}

function keep(follower: FollowerBook, mirror: Mirror, ledger: Ledger): void {
  getOrAdd(follower.ledgers, mirror.leader, () => new Map()).set(holdingOf(mirror), ledger);
  exchangeCrossed(follower, mirror.instrument);
}

function bookFill(book: Book, follower: FollowerBook, after: Mirror, fill: TradedIn & { readonly isAdopted: boolean }): void {
  const { units, isAdopted } = fill;
  const holding = holdingOf(after);
  const ledger = isAdopted || mayGoThrough(after) ? asBefore(follower, after, after.contracted.side, fill) : ledgerOf(follower, after.leader, holding);
  const exitUnits = exitPartOf(after, ledger.net, units);
  if (exitUnits < units && !isAdopted) {
    const side = opposite(after.contracted.side);
    settleTwiceOwed(book, follower, { leader: after.leader, holding, side, held: heldAgainst(ledger.net, side) });
  }
  const next = ledgerAfter(ledger, after, { units, exitUnits, isAdopted });
  keep(follower, after, heldIn(next, after, fill, after.contracted.side));
  if (after.contract !== undefined) follower.contracts.set(holding, after.contract);
  follower.mirrors.set(after.key, { ...after, exitFilled: quantity(after.exitFilled + exitUnits) });
  const order = orderOf(leaderBook(book, after.leader), after.cause);
  if (order !== undefined) settleExit(book, mirrorIn(follower, after.key), order);
  // An earlier journal's are taken on in any order: an exit perhaps before what it has sold.
  if (exitUnits > 0 && !isAdopted) settleAhead(book, follower, { leader: after.leader, holding, side: after.contracted.side });
  settleOrphans(book, follower, after.leader, holding);
  settleOwed(book, follower, after.leader, holding);
}

/**
 * An order of an earlier journal may have sold what the copy holds under another product of the leader's: its exits owe that no more (R11, R15). What it
 * sold may be taken on after it.
 */
function bookOfAnother(book: Book, follower: FollowerBook, after: Mirror, fill: TradedIn & { readonly isAdopted: boolean }): void {
  const { role, leader, instrument, contracted } = after;
  const { product } = fill;
  if (role.role === "closing" || role.role === "orphan") return;
  if (product !== contracted.product) takeOfAnother(follower, after, fill);
  else if (!fill.isAdopted) return;
  else for (const kept of PRODUCTS) takeOfAnother(follower, { leader, instrument, contracted: { side: opposite(contracted.side), product: kept } }, fill);
  const another = holdingKey(instrument, product);
  settleOrphans(book, follower, leader, another);
  settleOwed(book, follower, leader, another);
}

/** All of it is a way out: what is beyond what the copy holds is sold too much, and enters nothing. */
function mayGoThrough({ role: { role } }: Mirror): boolean {
  return role !== "entry" && role !== "reverse";
}

interface BookedFill {
  readonly units: Quantity;
  readonly exitUnits: Quantity;
  readonly isAdopted: boolean;
}

function ledgerAfter(ledger: Ledger, { role: { role }, contracted: { side }, attempts }: Mirror, { units, exitUnits, isAdopted }: BookedFill): Ledger {
  switch (role) {
    case "closing":
      return attempts.some(({ adopted }) => adopted) ? afterAdopted(ledger, { side, units }) : afterClosing(ledger, { side, units });
    case "entry":
    case "reverse":
      return isAdopted ? afterAdopted(ledger, { side, units }) : afterFill(ledger, { side, units, exitUnits: NONE });
    case "orphan":
      // What an adopted one has exited before the journal was lost closed an orphan: that nothing flipped is known by its mark.
      return afterFill(ledger, { side, units, exitUnits: isAdopted ? NONE : exitUnits });
    case "exit":
      return afterFill(ledger, { side, units, exitUnits, isAdopted });
    default:
      return unreachable(role);
  }
}

/** A leg of a super order of ours is an exit of what the copy holds. */
function bookLegFill(book: Book, follower: FollowerBook, after: Mirror, fill: TradedIn): void {
  const { units } = fill;
  const holding = holdingOf(after);
  const side = opposite(after.contracted.side);
  const ledger = asBefore(follower, after, side, fill);
  keep(follower, after, heldIn(afterFill(ledger, { side, units, exitUnits: units }), after, fill, side));
  if (fill.attempt?.adopted !== true) settleAhead(book, follower, { leader: after.leader, holding, side });
  settleOrphans(book, follower, after.leader, holding);
  settleOwed(book, follower, after.leader, holding);
}

function exitPartOf(mirror: Mirror, net: number, units: number): Quantity {
  switch (mirror.role.role) {
    case "entry":
      return NONE;
    case "exit":
    case "closing":
    case "orphan":
      return quantity(units);
    case "reverse":
      return quantity(Math.min(units, heldAgainst(net, mirror.contracted.side)));
    default:
      return unreachable(mirror.role);
  }
}
