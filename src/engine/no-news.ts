/** Rows of an account's book that would tell nothing: of orders that are put away, with no more filled than was known then (R1). */
import { type Book, followerBook } from "../domain/book/book.ts";
import { tellsNoMore } from "../domain/book/put-away.ts";
import type { ClientId } from "../domain/identity.ts";
import type { Parties } from "./parties.ts";
import type { IsNoNews } from "./ports/broker.ts";

export function noNewsAt(account: ClientId, { book, parties }: { readonly book: Book; readonly parties: Parties }): IsNoNews {
  if (!parties.followers.has(account)) return () => false;
  return (orderId, filled) => tellsNoMore(followerBook(book, account), { orderId, filled });
}
