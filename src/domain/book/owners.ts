/** What an account's owner has traded himself, and what of a copy's that has made good (R15). */
import type { ClientId } from "../identity.ts";
import { reducedByOwner } from "../position/ledger.ts";
import { type FollowerBook, type HoldingKey, ledgerOf } from "./book.ts";

/**
 * What the owner holds himself beyond what exits of other copies took through zero: that much of it has closed those, and takes nothing from this one. With the journal
 * lost, what another copy had of an earlier day counts as the owner's, and what has exited it as taken through zero (R11, R15).
 */
export function ownersBeside(follower: FollowerBook, leader: ClientId, holding: HoldingKey): number {
  let units = follower.owners.get(holding) ?? 0;
  if (units !== 0) for (const [other, ledgers] of follower.ledgers) if (other !== leader) units = reducedByOwner(units, ledgers.get(holding)?.flipped ?? 0);
  return units;
}

/**
 * What of the units that exits of this copy took through zero its owner has closed by hand, signed as they are. The ledger goes on counting them, and he goes on
 * holding the other side: what the copy has is so much more than its net, or it would not be exited once something has been entered again. So it is
 * with what was carried from an earlier day where the journal is lost: it counts as his, and what has exited it today as taken through zero (R11).
 */
export function closedByOwner(follower: FollowerBook, leader: ClientId, holding: HoldingKey): number {
  const { flipped } = ledgerOf(follower, leader, holding);
  return flipped === 0 ? 0 : flipped - reducedByOwner(flipped, ownersBeside(follower, leader, holding));
}
