/** What was put away together, packed, by a number. A bundle is there for as long as one of its parts is put away. */
import { assert } from "../assert.ts";
import type { UnixMs } from "../time.ts";
import type { Book, Bundles } from "./book.ts";
import { pack, unpack } from "./packed.ts";
import { packed } from "./packing.ts";

/** Packs them by what the oldest bundle is like; answers the number of theirs. */
export function bundle<T>(book: Book, bundles: Bundles<T>, parts: readonly T[], at: UnixMs): number {
  const [before] = bundles.byNumber.values();
  const number = bundles.next;
  bundles.byNumber.set(number, packed(book, { ...pack(parts, before?.like), at, left: parts.length }));
  bundles.next += 1;
  return number;
}

export function partsOf<T>({ byNumber }: Bundles<T>, number: number): readonly T[] {
  const found = byNumber.get(number);
  assert(found !== undefined, `there is no bundle ${number}`);
  return unpack(found);
}

/** So many of its parts are not put away any more. */
export function takenFrom<T>(bundles: Bundles<T>, number: number, parts = 1): void {
  const found = bundles.byNumber.get(number);
  assert(found !== undefined, `there is no bundle ${number}`);
  found.left -= parts;
  if (found.left <= 0) bundles.byNumber.delete(number);
  if (bundles.byNumber.size === 0) bundles.next = 0;
}
