/** When what is put away is packed: most of what a fold of some days puts away has left with its day before it was worth the time. */
import type { Book } from "./book.ts";
import { type Packed, packNow } from "./packed.ts";

/** What was just put away. */
export function packed<T>({ packs }: Book, parts: Packed<T>): Packed<T> {
  if (packs === "at-once") packNow(parts);
  return parts;
}

/** All that waits for it. */
export function packAll({ leaders, followers }: Book): void {
  for (const { away } of leaders.values()) for (const order of away.values()) packNow(order.packed);
  for (const { away } of followers.values()) for (const { bundle } of away.mirrors.values()) packNow(bundle.packed);
}
