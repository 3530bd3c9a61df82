/**
 * An entry whose leader may be out again already. Of an order of his that may exit more than is known his books are read before it is copied
 * (`proof.ts`), so it has withdrawn nothing yet. Where it has filled, what is still to be sent of an entry that he had filled waits for that reading too:
 * it could be what he has just got out of (R14).
 */
import { type Book, type LeaderOrder, leaderBook } from "../book/book.ts";
import { instrumentText } from "../instrument.ts";
import type { KnownOrder } from "../order/known.ts";
import type { Mirror } from "./mirror.ts";

/** The leader's order that has filled against this entry, in whatever product, and of which it is not known yet what it exits; undefined: there is none. */
export function wayOutUnproved(book: Book, entry: Mirror, { known }: LeaderOrder): KnownOrder | undefined {
  if (known.filled === 0) return undefined;
  const { orders, mirrors } = leaderBook(book, entry.leader);
  const contract = instrumentText(entry.instrument);
  for (const { known: other } of orders.values()) {
    if (other.filled === 0 || other.contracted.side === entry.contracted.side || mirrors.has(other.orderId)) continue;
    if (instrumentText(other.instrument) === contract) return other;
  }
  return undefined;
}

export function whyUnproved({ orderId }: KnownOrder): string {
  return `the leader's order ${orderId} has filled against it, and his books are read for what that exits`;
}
