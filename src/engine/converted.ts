/**
 * What readings of an account's books tell of positions that were converted to another product, as records (docs/conversions.md). Of an account that
 * leads and follows as well its copies are among the positions: what it has converted as a leader is not told apart, and not looked for.
 */
import { type Book, followerBook, leaderBook } from "../domain/book/book.ts";
import { followerConversions, leaderConversions } from "../domain/book/conversions.ts";
import { allOrders } from "../domain/book/leader-orders.ts";
import { unexplainedIn } from "../domain/book/untold.ts";
import type { ClientId } from "../domain/identity.ts";
import type { PositionReport } from "../domain/order/report.ts";
import type { Conversion, CopyConversion } from "../domain/position/conversion.ts";
import type { FollowerRecord, LeaderRecord } from "../domain/records.ts";
import type { UnixMs } from "../domain/time.ts";
import { type Books, caughtUp } from "./caught-up.ts";

export interface AccountRole {
  readonly leads: boolean;
  readonly follows: boolean;
}

type FollowerPositionsRead = Extract<FollowerRecord, { type: "follower-positions-read" }>;
type PositionsRead = Extract<LeaderRecord, { type: "leader-positions-read" }> | FollowerPositionsRead;

/** Of books whose orders are recorded. Empty: nothing of what is copied was converted. */
export function conversionsIn(book: Book, role: AccountRole, id: ClientId, read: Books, now: UnixMs): readonly PositionsRead[] {
  const records: PositionsRead[] = [];
  const leaders = leaderPositions(book, id, read, now);
  const converted = leaderConverted(book, role, id, leaders);
  if (converted.length > 0) records.push({ type: "leader-positions-read", at: now, leader: id, positions: leaders, converted });
  const followers = role.follows ? followerPositions(book, id, read, now) : [];
  if (role.follows && followerConversions(book, id, followers) !== undefined) records.push(followerPositionsRead(book, id, followers, now));
  return records;
}

export function leaderConverted(book: Book, { leads, follows }: AccountRole, id: ClientId, positions: readonly PositionReport[]): readonly Conversion[] {
  return leads && !follows ? leaderConversions(book, id, positions) : [];
}

/** The record of a follower's positions that have all the fills that are known. */
export function followerPositionsRead(book: Book, id: ClientId, positions: readonly PositionReport[], now: UnixMs): FollowerPositionsRead {
  const unexplained = unexplainedIn(book, id, positions);
  const told = unexplained.length === 0 ? {} : { unexplained };
  return { type: "follower-positions-read", at: now, follower: id, positions, ...copiesConverted(book, id, positions), ...told };
}

function copiesConverted(book: Book, id: ClientId, positions: readonly PositionReport[]): { readonly converted?: readonly CopyConversion[] } {
  const converted = followerConversions(book, id, positions) ?? [];
  return converted.length === 0 ? {} : { converted };
}

/** With all that is known to have been filled at the leader. */
export function leaderPositions(book: Book, id: ClientId, { orders, positions }: Books, now: UnixMs): PositionReport[] {
  return caughtUp(
    positions,
    orders,
    [...allOrders(leaderBook(book, id))].map(({ known }) => known),
    now,
  );
}

/** With all that is known to have been filled at the follower. */
export function followerPositions(book: Book, id: ClientId, { orders, positions }: Books, now: UnixMs): PositionReport[] {
  const { mirrors, foreign } = followerBook(book, id);
  const ours = [...mirrors.values()].flatMap(({ attempts }) =>
    attempts.flatMap(({ order, legs }) => [order ?? [], legs?.orders.stop ?? [], legs?.orders.target ?? []].flat()),
  );
  return caughtUp(positions, orders, [...ours, ...foreign.values()], now);
}

/** Positions as they were with nothing of that converted: what was traded before it and after it is told by its own product. */
export function unconverted(positions: readonly PositionReport[], converted: readonly Conversion[]): readonly PositionReport[] {
  return converted.reduce((all, { instrument, from, to, units }) => {
    const is = (one: PositionReport, product: PositionReport["product"]): boolean =>
      one.product === product && one.instrument.segment === instrument.segment && one.instrument.securityId === instrument.securityId;
    const net = (product: PositionReport["product"]): number => all.find((one) => is(one, product))?.net ?? 0;
    const others = all.filter((one) => !is(one, from) && !is(one, to));
    return [...others, { instrument, product: from, net: net(from) + units }, { instrument, product: to, net: net(to) - units }];
  }, positions);
}
