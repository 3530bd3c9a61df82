/** Rows of an account's book that would tell nothing: of orders that are put away, with no more filled than was known then (R1). */
import { type Book, followerBook, leaderBook } from "../domain/book/book.ts";
import { tellsNoMoreOfOrder } from "../domain/book/leader-orders.ts";
import { tellsNoMore } from "../domain/book/ways.ts";
import type { ClientId } from "../domain/identity.ts";
import type { Parties } from "./parties.ts";
import type { IsNoNews } from "./ports/broker.ts";

export function noNewsAt(account: ClientId, { book, parties }: { readonly book: Book; readonly parties: Parties }): IsNoNews {
  // The leader's orders of an account that follows as well are its owner's own, which that side of it has to know too.
  if (!parties.followers.has(account)) return (orderId, filled) => tellsNoMoreOfOrder(leaderBook(book, account), { orderId, filled });
  return (orderId, filled) => tellsNoMore(followerBook(book, account), { orderId, filled });
}
