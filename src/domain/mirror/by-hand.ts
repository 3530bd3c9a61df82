/** What of an account's own units its owner has traded today by his own hand: the rest he held before, or with the journal lost a copy did (R11, R15). */
import { type FollowerBook, type HoldingKey, holdingKey } from "../book/book.ts";
import { isOurs } from "../correlation.ts";
import { isNettedApart } from "../order/family.ts";
import { direction } from "../order/terms.ts";

/** Signed units. By orders that no copier sent: one of a lost journal may have closed what that had sold too much. */
export function tradedByHand({ foreign }: FollowerBook, holding: HoldingKey): number {
  let units = 0;
  for (const { correlationId, family, instrument, contracted, filled } of foreign.values())
    if (!isOurs(correlationId) && !isNettedApart(family) && holdingKey(instrument, contracted.product) === holding)
      units += direction(contracted.side) * filled;
  return units;
}
