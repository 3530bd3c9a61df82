/** What of an account's own units its owner has traded today by his own hand: the rest he held before, or with the journal lost a copy did (R11, R15). */
import { type FollowerBook, type HoldingKey, holdingKey } from "../book/book.ts";
import { isOurs } from "../correlation.ts";
import { isNettedApart } from "../order/family.ts";
import { direction } from "../order/terms.ts";
import { reducedByOwner } from "../position/ledger.ts";

/**
 * Signed units. By orders that no copier sent: one of a lost journal may have closed what that had sold too much. But for what has closed something of a copy's and is written
 * off: it is no part of his own units any more.
 */
export function tradedByHand({ foreign, ledgers }: FollowerBook, holding: HoldingKey): number {
  let units = 0;
  for (const { correlationId, family, instrument, contracted, filled } of foreign.values())
    if (!isOurs(correlationId) && !isNettedApart(family) && holdingKey(instrument, contracted.product) === holding)
      units += direction(contracted.side) * filled;
  for (const its of ledgers.values()) units = reducedByOwner(units, its.get(holding)?.writtenOff?.units ?? 0);
  return units;
}
