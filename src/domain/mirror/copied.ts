/** What a copy holds, as reduced by what its account's owner has traded himself (R15). */
import { type Book, type FollowerBook, followerBook, type HoldingKey, holdingKey, ledgerOf } from "../book/book.ts";
import type { ClientId } from "../identity.ts";
import type { Product } from "../order/terms.ts";
import { heldAgainst, partsOf, reducedByOwner } from "../position/ledger.ts";
import { type Quantity, quantity } from "../quantity.ts";
import { tradedByHand } from "./by-hand.ts";
import type { OfHolding } from "./in-holding.ts";

/** What the copy holds that an order of this mirror's side would reduce, less what the owner traded away himself (R15). */
export function copiedAgainst(book: Book, mirror: OfHolding): Quantity {
  const follower = followerBook(book, mirror.follower);
  const holding = holdingKey(mirror.instrument, mirror.contracted.product);
  const { net, elsewhere } = ledgerOf(follower, mirror.leader, holding);
  if (elsewhere === undefined) return heldAgainst(reducedByOwner(net, ownersBeside(follower, mirror.leader, holding)), mirror.contracted.side);
  const inAll = copiedIn(book, mirror).reduce((sum, { units }) => sum + units, 0);
  return quantity(Math.min(inAll, heldAgainst(net, mirror.contracted.side)));
}

/** The same by the product in which it is held: that under which it is kept first, and then those that the follower has converted something to. */
export function copiedIn(book: Book, { follower: id, leader, instrument, contracted }: OfHolding): readonly InProduct[] {
  const follower = followerBook(book, id);
  const ledger = ledgerOf(follower, leader, holdingKey(instrument, contracted.product));
  return partsOf(ledger, contracted.product).map(({ product, units }) => ({
    product,
    units: heldAgainst(reducedByOwner(units, ownersBeside(follower, leader, holdingKey(instrument, product))), contracted.side),
  }));
}

/**
 * What the owner holds himself, but for what another copy had of an earlier day: with the journal lost that counts as his, and what has exited it as through zero when it
 * was taken on. Neither takes anything from this one (R11, R15). What he has traded today by his own hand is of no earlier day, and does.
 */
export function ownersBeside(follower: FollowerBook, leader: ClientId, holding: HoldingKey): number {
  const owners = follower.owners.get(holding) ?? 0;
  const takenOn: number[] = [];
  for (const [other, ledgers] of follower.ledgers) {
    const units = other === leader ? 0 : (ledgers.get(holding)?.takenOn ?? 0);
    if (units !== 0) takenOn.push(units);
  }
  if (takenOn.length === 0) return owners;
  const byHand = tradedByHand(follower, holding);
  return byHand + takenOn.reduce((carried, units) => reducedByOwner(carried, units), owners - byHand);
}

export interface InProduct {
  readonly product: Product;
  readonly units: Quantity;
}
