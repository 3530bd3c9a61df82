/**
 * What readings of an account's books tell of positions that were converted to another product, as records (docs/conversions.md). Of an account that
 * leads and follows as well, what its copies hold comes first; the rest is what it holds as a leader.
 */
import { type Book, followerBook, instrumentIn, type LeaderBook, leaderBook, splitHolding } from "../domain/book/book.ts";
import { followerConversions, leaderConversions, withoutCopies } from "../domain/book/conversions.ts";
import { allOrders } from "../domain/book/leader-orders.ts";
import { unexplainedIn } from "../domain/book/untold.ts";
import type { ClientId } from "../domain/identity.ts";
import type { PositionReport } from "../domain/order/report.ts";
import type { Conversion, CopyConversion } from "../domain/position/conversion.ts";
import type { FollowerRecord, LeaderRecord } from "../domain/records.ts";
import type { UnixMs } from "../domain/time.ts";
import { type Books, caughtUp } from "./caught-up.ts";

/** Of an account that leads. */
export interface AccountRole {
  readonly follows: boolean;
}

type FollowerPositionsRead = Extract<FollowerRecord, { type: "follower-positions-read" }>;
type LeaderPositionsRead = Extract<LeaderRecord, { type: "leader-positions-read" }>;

/** Of books whose orders are recorded: of what an account's copies hold. Undefined: nothing of that was converted. */
export function followerConverted(book: Book, id: ClientId, read: Books, now: UnixMs): FollowerPositionsRead | undefined {
  const positions = followerPositions(book, id, read, now);
  return followerConversions(book, id, positions) === undefined ? undefined : followerPositionsRead(book, id, positions, now);
}

/** The same of what a leader holds. */
export function leaderConverted(book: Book, role: AccountRole, id: ClientId, read: Books, now: UnixMs): LeaderPositionsRead | undefined {
  const positions = leaderPositions(book, role, id, read, now);
  const converted = leaderConversions(book, id, positions);
  return converted.length === 0 ? undefined : { type: "leader-positions-read", at: now, leader: id, positions, converted };
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

/** With all that is known to have been filled at the leader; without what his account has copied (R7). */
export function leaderPositions(book: Book, { follows }: AccountRole, id: ClientId, read: Books, now: UnixMs): readonly PositionReport[] {
  if (follows) return withoutCopies(book, id, followerPositions(book, id, read, now));
  return caughtUp(
    read.positions,
    read.orders,
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

/** What is known of a leader's positions, with that converted as well. */
export function nowConverted({ positions }: LeaderBook, converted: readonly Conversion[]): readonly PositionReport[] {
  const known = [...positions].map(([holding, net]) => ({ instrument: instrumentIn(holding), product: splitHolding(holding).product, net }));
  return unconverted(
    known,
    converted.map((one) => ({ ...one, units: -one.units })),
  );
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
