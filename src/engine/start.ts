/**
 * The start, and the start again after a crash (R10, R11): fold the journal, mark what was in flight as in doubt, read the
 * books of every account, take on what bears our mark, and only then act. Nothing is decided before the leaders' books are read.
 */
import { holdingKey, leaderBook } from "../domain/book/book.ts";
import { conversionsBehind, convertedBefore, leaderConversions } from "../domain/book/conversions.ts";
import { tellsNoMoreOfOrder } from "../domain/book/leader-orders.ts";
import { isOurs } from "../domain/correlation.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import { isNettedApart, sentAt } from "../domain/order/family.ts";
import { firstKnown } from "../domain/order/known.ts";
import type { OrderReport } from "../domain/order/report.ts";
import { direction } from "../domain/order/terms.ts";
import type { Conversion } from "../domain/position/conversion.ts";
import type { BookRecord } from "../domain/records.ts";
import { type Clock, type TradingDay, tradingDay, unixMs } from "../domain/time.ts";
import type { BookReader } from "./book-reader.ts";
import { adoptFor, isBeforeOurTime, positionsBefore, takeFollowerOrders, takeFollowerRest, toldApart, type Unclaimed, unrecordedRequests } from "./books.ts";
import { filledIn } from "./books-together.ts";
import { type Books, moved } from "./caught-up.ts";
import { leaderPositions, nowConverted, unconverted } from "./converted.ts";
import type { Engine } from "./engine.ts";
import type { EngineAccount } from "./parties.ts";

export interface StartOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly accounts: readonly EngineAccount[];
  readonly version: string;
  /** The journal held nothing: how far back the leaders' books are taken. Undefined: it held something. */
  readonly lookbackMs: number | undefined;
  readonly signal: AbortSignal;
  readonly reader: (account: EngineAccount) => BookReader;
  /** The follower's books are read, and the copier acts at the account. */
  readonly admitted: (account: EngineAccount) => void;
}

/** Of a leader who trades all the while no two readings agree at first, and his position would be wrong for the day. */
const STEADY_TRIES = 10;

/**
 * Reads the books, records what they tell, and lets the engine go. Answers when it acts; false when the signal came first.
 *
 * Leaders are waited for. A follower whose first reading fails (a dead token, a broker that is down) is not: nothing is done at
 * that account until its books are read, and the others are not delayed by it (R21).
 */
export async function start(options: StartOptions): Promise<boolean> {
  const { engine, clock, accounts, signal } = options;
  const leadersSince = options.lookbackMs === undefined ? undefined : unixMs(clock.now() - options.lookbackMs);
  engine.recordOne({ type: "engine-started", at: clock.now(), version: options.version, leadersSince, elapsedMs: Math.ceil(clock.elapsed()) });
  const history = await engine.history.read(signal);
  if (signal.aborted) return false;
  engine.turnDay(history);
  const books = new Map<ClientId, Books>();
  await Promise.all([
    engine.funds.readAll(),
    ...accounts.map(async (account) => {
      const { read, failedOnce } = beginReading(account, options);
      const first = engine.isLeader(account.clientId) ? await read : await Promise.race([read, failedOnce]);
      if (first !== undefined) books.set(account.clientId, engine.told(account.clientId, first));
      else if (!engine.isLeader(account.clientId)) void read.then((late) => late !== undefined && admitLate(options, account, late));
    }),
  ]);
  if (signal.aborted || accounts.some(({ clientId }) => engine.isLeader(clientId) && !books.has(clientId))) return false;
  const record = (one: BookRecord): void => engine.recordOne(one);
  const followers = accounts.filter(({ clientId }) => engine.isFollower(clientId) && books.has(clientId));
  const rows = new Map<ClientId, readonly OrderReport[]>();
  for (const { clientId: id } of followers) engine.countUnrecorded(id, unrecordedRequests(engine.book, id, books.get(id)?.orders ?? [], clock.now()));
  for (const { clientId: id } of followers) rows.set(id, takeFollowerOrders(engine.book, record, id, books.get(id)?.orders ?? [], clock.now()));
  const unclaimed = toldApart(rows, new Map([...books].filter(([id]) => engine.isLeader(id))));
  // What has been copied into the account of one who leads as well, and what closed it, is none of his own position (R7).
  for (const id of engine.leadersFirst(books.keys())) {
    const read = books.get(id);
    if (read === undefined) continue;
    if (engine.isFollower(id))
      takeFollowerRest(engine.book, record, id, read, [...(unclaimed.copies.get(id) ?? []), ...(unclaimed.own.get(id) ?? [])], clock.now());
    if (engine.isLeader(id)) takeLeaderBook(options, id, read, unclaimed);
  }
  engine.release(new Set(followers.map(({ clientId }) => clientId)));
  for (const account of followers) options.admitted(account);
  return true;
}

function admitLate(options: StartOptions, account: EngineAccount, read: Books): void {
  options.engine.post({ type: "follower-book", account: account.clientId, read });
  options.admitted(account);
}

/**
 * The leader's orders, oldest first, on top of the positions as they were before what is new in them; so that each order
 * that was missed is seen against the position of its time.
 */
function takeLeaderBook(options: StartOptions, id: ClientId, read: Books, unclaimed: Unclaimed): void {
  const { engine, clock } = options;
  const now = clock.now();
  const own = new Set(read.orders.filter((report) => isOurs(report.correlationId)).map(({ orderId }) => orderId));
  const isOwn = ({ correlationId, leg }: OrderReport): boolean => isOurs(correlationId) || (leg !== undefined && own.has(leg.of));
  const rows = read.orders.filter((report) => !isOwn(report) && !isBeforeOurTime(engine.book, id, report));
  const role = { follows: engine.isFollower(id) };
  const before = positionsBefore(engine.book, role, id, read, rows, now);
  const seen = leaderConversions(engine.book, id, before);
  const unseen = conversionsBehind(engine.book, id, unconverted(before, seen), rows);
  const converted = [...seen, ...unseen];
  const about = { type: "leader-positions-read", at: now, leader: id } as const;
  // Of what he has converted it is mostly not known before which of the orders that was.
  if (converted.length === 0) engine.recordOne({ ...about, positions: before });
  else engine.recordOne({ ...about, positions: unconverted(before, converted), converted });
  let unplaced: readonly Conversion[] = converted;
  for (const report of rows) {
    const { came, left } = convertedBefore(leaderBook(engine.book, id), unplaced, report);
    if (came.length > 0) engine.recordOne({ ...about, positions: nowConverted(leaderBook(engine.book, id), came) });
    unplaced = left;
    if (!tellsNoMoreOfOrder(leaderBook(engine.book, id), report)) engine.recordOne({ type: "leader-order-reported", at: now, leader: id, report });
    engine.openMirrors(id, report.orderId, now, unclaimed.copies);
    adoptFor(engine.book, (one) => engine.recordOne(one), id, report, unclaimed, now);
  }
  if (converted.length > 0) engine.recordOne({ ...about, positions: leaderPositions(engine.book, role, id, read, now) });
}

function beginReading(account: EngineAccount, options: StartOptions): { readonly read: Promise<Books | undefined>; readonly failedOnce: Promise<undefined> } {
  const { promise: failedOnce, resolve } = Promise.withResolvers<undefined>();
  return { read: readBooks(account, options.reader(account), options.signal, () => resolve(undefined)), failedOnce };
}

/**
 * Orders and positions that belong together: nothing was filled between the two readings of the orders, and what the positions have beyond these is nothing, or what the
 * reading before found as well. With what earlier readings have told beyond them, because a book may lag at any moment (R1; reference 14). Undefined: the signal came first.
 */
export async function readBooks({ broker }: EngineAccount, reader: BookReader, signal: AbortSignal, failed?: () => void): Promise<Books | undefined> {
  const told = new Map<OrderId, OrderReport>();
  let carriedBefore = "";
  for (let tries = 1; ; tries += 1) {
    const before = await reader.untilRead(() => broker.orders(), signal, failed);
    const positions = await reader.untilRead(() => broker.positions(), signal, failed);
    const after = await reader.untilRead(() => broker.orders(), signal, failed);
    if (before === undefined || positions === undefined || after === undefined) return undefined;
    for (const row of [...before, ...after]) told.set(row.orderId, furtherOf(told.get(row.orderId), row));
    const carried = carriedIn({ orders: after, positions });
    const isSteady = filledIn(before) === filledIn(after) && (carried === "" || carried === carriedBefore);
    carriedBefore = carried;
    if (tries < STEADY_TRIES && !isSteady) continue;
    const today = tradingDay(reader.readAt ?? unixMs(0));
    return withAllTold({ orders: after, positions }, new Map([...told].filter(([, row]) => isOfDay(row, today, after))));
  }
}

/**
 * A text that is equal where the positions have the same beyond what the orders of the day have filled, in all products together. It is what was carried from the day before; or
 * the book began to lag in the midst of the reading, and the positions lack what both readings of the orders show.
 */
function carriedIn({ orders, positions }: Books): string {
  const units = new Map<string, number>();
  const add = ({ segment, securityId }: OrderReport["instrument"], more: number): void => {
    const contract = `${segment} ${securityId}`;
    units.set(contract, (units.get(contract) ?? 0) + more);
  };
  for (const { instrument, net } of positions) add(instrument, net);
  for (const { instrument, family, contracted, filled } of orders) if (!isNettedApart(family)) add(instrument, -direction(contracted.side) * filled);
  const carried = [...units].filter(([, net]) => net !== 0).sort();
  return carried.map(([contract, net]) => `${contract}: ${net}`).join(" ");
}

/**
 * Whether what was told belongs to the books of a day. A broker may go on showing orders of the day before for a moment after midnight: the positions
 * have what those filled, whether the last reading shows them or not (R24).
 */
function isOfDay(row: OrderReport, day: TradingDay, shown: readonly OrderReport[]): boolean {
  if (row.source.kind !== "row" || tradingDay(row.source.asked) !== day) return false;
  return tradingDay(sentAt(firstKnown(row))) === day || shown.some(({ orderId }) => orderId === row.orderId);
}

/**
 * Of two rows of an order the one that tells more: what was filled stays so, and so does an end. So does the contract: the book of super orders does not
 * say when it expires, and without that it is another one.
 */
function furtherOf(earlier: OrderReport | undefined, row: OrderReport): OrderReport {
  if (earlier === undefined) return row;
  const isEnded = earlier.filled === row.filled && firstKnown(earlier).end !== undefined && firstKnown(row).end === undefined;
  const further = earlier.filled > row.filled || isEnded ? earlier : row;
  return { ...further, instrument: earlier.instrument.expiry === undefined ? row.instrument : earlier.instrument };
}

/** What is filled beyond the orders that the positions belong to, these lack as well. An order that the last reading lacks is younger than those that it shows. */
function withAllTold({ orders, positions }: Books, told: ReadonlyMap<OrderId, OrderReport>): Books {
  const shown = new Map(orders.map((row) => [row.orderId, row]));
  const ahead = new Map(positions.map((position) => [holdingKey(position.instrument, position.product), position]));
  for (const row of told.values()) moved(ahead, row, row.filled - (shown.get(row.orderId)?.filled ?? 0));
  const lacking = [...told.values()].filter(({ orderId }) => !shown.has(orderId));
  return { orders: [...orders.map((row) => told.get(row.orderId) ?? row), ...lacking], positions: [...ahead.values()] };
}
