/**
 * Orders of copies that their day's end finds open as far as is known, and what the trade history of that day tells of them: the books of a later
 * day show none of it (R24). An order that has no number, because its placement was never answered, is in the history by no name of ours.
 */
import { averageOf, fillsOf } from "../fills/execution.ts";
import { withTrades } from "../fills/trades.ts";
import type { ClientId, OrderId } from "../identity.ts";
import { type Attempt, isOpen } from "../mirror/attempt.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { NO_PRICE } from "../money.ts";
import type { OrderReport, TradeReport } from "../order/report.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import { type Book, followerBook } from "./book.ts";
import { expiryOf } from "./day-turn.ts";
import type { GoesOn } from "./forget.ts";

export interface UnheardOrder {
  readonly order: OrderId;
  /** What a row of the book would have shown of it, as far as is known. */
  readonly row: OrderReport;
  /** More than was ever asked for it can't have filled. */
  readonly most: Quantity;
}

/** At this follower, those that the turn of the day will end. What was placed INTRADAY is not held over a night, so there is nothing to settle. */
export function unheardOrders(book: Book, follower: ClientId, goesOn: GoesOn, at: UnixMs): readonly UnheardOrder[] {
  return [...followerBook(book, follower).mirrors.values()].flatMap((mirror) =>
    mirror.attempts.flatMap((attempt) => {
      const { orderId, product, afterMarket, intendedAt, everSent, order } = attempt;
      if (orderId === undefined || product === "INTRADAY" || !isOpen(attempt) || goesOn(afterMarket, intendedAt)) return [];
      const most = quantity(Math.max(order?.terms.quantity ?? 0, ...everSent.map((terms) => terms.quantity)));
      return [{ order: orderId, row: rowOf(mirror, attempt, orderId, at), most }];
    }),
  );
}

function rowOf({ follower, instrument, contract, contracted }: Mirror, attempt: Attempt, orderId: OrderId, at: UnixMs): OrderReport {
  const { order, correlationId, intendedAt, legs, product, afterMarket, terms } = attempt;
  if (order !== undefined) return expiryOf(order, at, order.reason);
  return {
    source: { kind: "row", asked: at },
    clientId: follower,
    orderId,
    exchangeOrderId: undefined,
    correlationId,
    family: legs === undefined ? "plain" : "super",
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
