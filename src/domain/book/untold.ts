/**
 * Units of an account that no ledger knows. An order of a copy whose day ended before the broker told its end may have filled, and so may one that
 * the journal has lost; the books of a later day tell of neither, but their positions have what was filled (R24). It counts as the owner's (design 3,
 * Positions), and a person must be told. What the owner trades by himself in other contracts is his.
 */
import type { ClientId } from "../identity.ts";
import { instrumentText } from "../instrument.ts";
import type { PositionReport } from "../order/report.ts";
import type { Unexplained } from "../position/unexplained.ts";
import { type Book, copiesIn, type FollowerBook, followerBook, hasExpired, holdingKey, splitHolding } from "./book.ts";

/**
 * What a reading of its positions, which has all the fills that are known, shows beyond what the copies hold and what is known as the owner's. Of a
 * contract that has as much in all products together nothing: it was converted. Nor of one that has less: there is nothing to close.
 */
export function unexplainedIn(book: Book, id: ClientId, read: readonly PositionReport[]): readonly Unexplained[] {
  const follower = followerBook(book, id);
  if (follower.untold.size === 0) return [];
  const copies = copiesIn(follower);
  const shown = read.filter(({ instrument, product }) => book.day === undefined || !hasExpired(holdingKey(instrument, product), book.day));
  return [...follower.untold].flatMap((contract) => {
    const its = shown.filter(({ instrument }) => instrumentText(instrument) === contract);
    const known = [...copies, ...follower.owners].filter(([holding]) => splitHolding(holding).contract === contract);
    const more = Math.sign(its.reduce((sum, { net }) => sum + net, 0) - known.reduce((sum, [, units]) => sum + units, 0));
    return its.flatMap(({ instrument, product, net }) => {
      const holding = holdingKey(instrument, product);
      const [copied, own] = [copies.get(holding) ?? 0, follower.owners.get(holding) ?? 0];
      const isMore = more !== 0 && Math.sign(net) === more && Math.sign(net - copied - own) === more;
      return isMore ? [{ instrument, product, units: net, copied, own }] : [];
    });
  });
}

/** Part of the fold: the journal has lost its end, and with it orders of contracts that it knows, perhaps. */
export function untoldByCut({ mirrors, ledgers, untold }: FollowerBook): void {
  for (const { instrument } of mirrors.values()) untold.add(instrumentText(instrument));
  for (const its of ledgers.values()) for (const holding of its.keys()) untold.add(splitHolding(holding).contract);
}
