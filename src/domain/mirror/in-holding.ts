/** Which mirrors an order of a copy has to do with: those of what its leader holds of one contract in one product. */
import { type Book, followerBook, type HoldingKey, holdingKey, mirrorsOfHolding } from "../book/book.ts";
import { opposite } from "../order/terms.ts";
import type { Mirror } from "./mirror.ts";

export type OfHolding = Pick<Mirror, "follower" | "leader" | "instrument" | "contracted">;

export function holdingOf(mirror: Mirror): HoldingKey {
  return holdingKey(mirror.instrument, mirror.contracted.product);
}

/** The entries of the same copy and holding, opened before, that an exit reduces. */
export function entriesAgainst(book: Book, exit: Mirror): Mirror[] {
  const follower = followerBook(book, exit.follower);
  const found: Mirror[] = [];
  for (const key of mirrorsOfHolding(follower, exit.leader, holdingOf(exit))) {
    const other = follower.mirrors.get(key);
    if (other === undefined || other.key === exit.key || other.contracted.side !== opposite(exit.contracted.side)) continue;
    if (other.role.role === "entry" || other.role.role === "reverse") found.push(other);
  }
  return found;
}

/** The mirrors of its holding and side that were opened before it. */
export function* olderOfItsSide(book: Book, mirror: Mirror): Iterable<Mirror> {
  const follower = followerBook(book, mirror.follower);
  for (const key of mirrorsOfHolding(follower, mirror.leader, holdingOf(mirror))) {
    if (key === mirror.key) return;
    const other = follower.mirrors.get(key);
    if (other?.contracted.side === mirror.contracted.side) yield other;
  }
}
