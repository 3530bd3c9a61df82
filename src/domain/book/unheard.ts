/**
 * Copied orders, and their copies, that their day's end finds open as far as is known, and what the trade history of that day tells of them: the
 * books of a later day show none of it (R24). An order that has no number, because its placement was never answered, is in the history by no name
 * of ours. Left out as well is what was placed INTRADAY, which nobody holds over a night, super orders, of whose legs the history does not say
 * whose they are, and forever orders, which wait over days and fill under other numbers.
 */
import { averageOf, fillsOf } from "../fills/execution.ts";
import { withTrades } from "../fills/trades.ts";
import type { ClientId, OrderId } from "../identity.ts";
import { type Attempt, isOpen } from "../mirror/attempt.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { NO_PRICE } from "../money.ts";
import type { OrderReport, TradeReport } from "../order/report.ts";
import { NONE, quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import type { Book } from "./book.ts";
import { expiryOf } from "./day-turn.ts";
import type { GoesOn } from "./forget.ts";

export interface UnheardOrder {
  readonly of: "leader" | "follower";
  readonly order: OrderId;
  /** What a row of the book would have shown of it, as far as is known. */
  readonly row: OrderReport;
  /** More than was ever asked for, as far as is known, it is not taken to have filled: a history without numbers may tell a trade twice. */
  readonly most: number;
}

/** Those of the account that the turn of the day will end: copies first, as whatever the books tell is taken. */
export function unheardOrders(book: Book, account: ClientId, goesOn: GoesOn, at: UnixMs): readonly UnheardOrder[] {
  return [...unheardCopies(book, account, goesOn, at), ...unheardOfLeader(book, account, goesOn, at)];
}

function unheardCopies(book: Book, follower: ClientId, goesOn: GoesOn, at: UnixMs): readonly UnheardOrder[] {
  return [...(book.followers.get(follower)?.mirrors.values() ?? [])].flatMap((mirror) =>
    mirror.attempts.flatMap((attempt): readonly UnheardOrder[] => {
      const { orderId, afterMarket, intendedAt, everSent, order } = attempt;
      if (orderId === undefined || !isInHistory(attempt) || !isOpen(attempt) || goesOn(afterMarket, intendedAt)) return [];
      const most = Math.max(order?.terms.quantity ?? 0, ...everSent.map((terms) => terms.quantity));
      return [{ of: "follower", order: orderId, row: rowOf(mirror, attempt, orderId, at), most }];
    }),
  );
}

function unheardOfLeader(book: Book, id: ClientId, goesOn: GoesOn, at: UnixMs): readonly UnheardOrder[] {
  const leader = book.leaders.get(id);
  return [...(leader?.orders ?? [])].flatMap(([order, { known }]): readonly UnheardOrder[] => {
    const { family, contracted, createdAt, end, reason, terms } = known;
    if (family !== "plain" || contracted.product === "INTRADAY" || end !== undefined || goesOn(contracted.afterMarket, createdAt)) return [];
    if (leader?.mirrors.get(order) === undefined) return [];
    return [{ of: "leader", order, row: expiryOf(known, at, reason), most: terms.quantity }];
  });
}

/**
 * Whether the histories that were read tell what became of every copy of this leader's order. Where they do not, his fills are left untold as
 * well: an exit of his would be owed by a copy that has sold already, and might sell what the owner holds by himself.
 */
export function areCopiesTold(book: Book, leader: ClientId, order: OrderId, { goesOn, isRead }: Reach): boolean {
  return (book.leaders.get(leader)?.mirrors.get(order) ?? []).every(({ follower, key }) =>
    (book.followers.get(follower)?.mirrors.get(key)?.attempts ?? []).every(
      (attempt) => !isOpen(attempt) || goesOn(attempt.afterMarket, attempt.intendedAt) || (isRead(follower) && isInHistory(attempt)),
    ),
  );
}

export interface Reach {
  readonly goesOn: GoesOn;
  readonly isRead: (account: ClientId) => boolean;
}

/** By a name of ours. */
function isInHistory({ orderId, product, legs, isForever }: Attempt): boolean {
  return orderId !== undefined && product !== "INTRADAY" && legs === undefined && !isForever;
}

function rowOf({ follower, instrument, contract, contracted }: Mirror, attempt: Attempt, orderId: OrderId, at: UnixMs): OrderReport {
  const { order, correlationId, intendedAt, product, afterMarket, terms } = attempt;
  if (order !== undefined) return expiryOf(order, at, order.reason);
  return {
    source: { kind: "row", asked: at },
    clientId: follower,
    orderId,
    exchangeOrderId: undefined,
    correlationId,
    family: "plain",
    instrument,
    contract,
    contracted: { ...contracted, product, afterMarket },
    status: "EXPIRED",
    terms,
    filled: NONE,
    averagePrice: NO_PRICE,
    reason: "",
    orderTime: undefined,
    createdAt: intendedAt,
    updatedAt: intendedAt,
    lastPrice: undefined,
    placedFrom: undefined,
  };
}

/** The row with what these trades of its order add up to, which is more than was known; undefined: they tell nothing new. */
export function toldByHistory({ order, row, most }: UnheardOrder, history: readonly TradeReport[]): ToldByHistory | undefined {
  // The same row on two pages is one trade, where it has a number.
  const trades = withTrades(
    [],
    history.filter(({ orderId }) => orderId === order),
  );
  const { executions } = fillsOf(undefined, trades);
  const last = executions.at(-1);
  const filled = quantity(
    Math.min(
      most,
      executions.reduce((sum, execution) => sum + execution.quantity, 0),
    ),
  );
  if (last === undefined || filled <= row.filled) return undefined;
  const status = filled >= row.terms.quantity ? "TRADED" : "PART_TRADED";
  return { trades, report: { ...row, status, filled, averagePrice: averageOf(executions), updatedAt: last.at } };
}

export interface ToldByHistory {
  readonly report: OrderReport;
  readonly trades: readonly TradeReport[];
}
