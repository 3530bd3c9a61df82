/**
 * When what is put away is packed, and when its shelf is cleared: most of what a fold of some days puts away has left with its day before it was
 * worth the time.
 */
import type { Book } from "./book.ts";
import { lifted, type Packed, packNow } from "./packed.ts";

/** What was just put away. */
export function packed<T, P extends Packed<T>>({ packs, shelf }: Book, parts: P): P {
  if (packs === "at-once") packNow(parts, shelf);
  return parts;
}

/** All that waits for it. */
export function packAll(book: Book): void {
  for (const one of allPacked(book)) packNow(one, book.shelf);
}

/** When much has left: what is still put away is laid on the empty shelf again, so that there is room for another day. */
export function clearShelf(book: Book): void {
  const { shelf } = book;
  if (shelf === undefined) return;
  const again = allPacked(book).flatMap((one) => lifted(one) ?? []);
  shelf.clear();
  for (const layDown of again) layDown(shelf);
}

function allPacked({ leaders, followers }: Book): readonly Packed<unknown>[] {
  return [...leaders.values(), ...followers.values()].flatMap(({ away }): readonly Packed<unknown>[] => [...away.bundles.byNumber.values()]);
}
