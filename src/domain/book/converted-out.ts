/**
 * A leader who is out by what he had converted. Of two sales of one moment each may be all that was known of their product, and so the copy gets out of that once.
 * When a reading tells that he had brought more there, and that he holds nothing of the contract, the one that sold what was brought was his way out of all that
 * the copy still has (R14; docs/conversions.md). Part of the fold.
 */
import type { ClientId } from "../identity.ts";
import { instrumentText } from "../instrument.ts";
import { settleExit, sizedAnew } from "../mirror/settle-exit.ts";
import { isNettedApart } from "../order/family.ts";
import { direction } from "../order/terms.ts";
import type { Conversion } from "../position/conversion.ts";
import { type Book, followerBook, type LeaderOrder, leaderBook, positionOf } from "./book.ts";
import { backIntoHolding } from "./holdings.ts";

/** After the positions of the reading have been taken on, and his products in the contract are one. */
export function outByConverted(book: Book, id: ClientId, conversion: Conversion): void {
  const leader = leaderBook(book, id);
  if (positionOf(leader, conversion.instrument, conversion.to) !== 0) return;
  const last = [...leader.orders.values()].findLast((order) => hasTradedConverted(order, conversion));
  if (last === undefined) return;
  const order: LeaderOrder = { ...last, flattened: true };
  leader.orders.set(order.known.orderId, order);
  for (const { follower: of, key } of leader.mirrors.get(order.known.orderId) ?? []) {
    const follower = followerBook(book, of);
    const mirror = follower.mirrors.get(key);
    // A stop and reverse enters by what it fills beyond its exit part.
    if (mirror?.role.role !== "exit") continue;
    settleExit(book, sizedAnew(book, mirror, order), order);
    backIntoHolding(book, follower, mirror);
  }
}

/** It has filled more than it had reduced of what was known in its product, which was therefore brought there before. */
function hasTradedConverted({ known, reduced = 0, flattened }: LeaderOrder, { instrument, to, units }: Conversion): boolean {
  const { side, product } = known.contracted;
  if (flattened || isNettedApart(known.family) || product !== to || direction(side) === Math.sign(units)) return false;
  return known.filled > reduced && instrumentText(known.instrument) === instrumentText(instrument);
}
