/**
 * What a leg of a copied super order exits: that order, as the follower's own leg does, and not a fraction of all that the leader holds. The two
 * come to the same unless the copy has not taken part in all of his position; then a fraction would leave without its stop what the order's legs
 * had protected, or sell for it what other orders have bought.
 */
import { type Book, followerBook, leaderBook } from "../book/book.ts";
import { filledOfOrder } from "../book/leader-orders.ts";
import { legOfOrderId } from "../order/plan.ts";
import { quantity } from "../quantity.ts";
import { leftBy } from "./carried.ts";
import { legsDone, restingOfFilled } from "./exit.ts";
import { type ExitBasis, entryFilled, type Mirror, mirrorKey } from "./mirror.ts";

/** `basis`: of the leader's whole position, and of all that the copy has of it. It stands for what is no leg, and where nothing was copied of its order. */
export function legBasis(book: Book, leg: Pick<Mirror, "key" | "follower" | "leader" | "cause">, basis: ExitBasis): ExitBasis {
  const { leader, follower, cause } = leg;
  const of = legOfOrderId(cause)?.of;
  const entry = of === undefined ? undefined : followerBook(book, follower).mirrors.get(mirrorKey({ leader, follower, cause: of }));
  const own = entry === undefined ? 0 : entryFilled(entry) + restingOfFilled(book, entry);
  if (entry === undefined || own === 0) return basis;
  const carried = basis.carried === undefined ? {} : { carried: { ofFilled: leftBy(book, entry, "filled"), ofResting: 0 } };
  return {
    leaderPosition: quantity(Math.min(basis.leaderPosition, filledOfOrder(leaderBook(book, leader), entry.cause))),
    held: quantity(Math.min(basis.held + legsDone(book, leg), own)),
    ...carried,
  };
}
