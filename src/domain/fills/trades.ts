/** Readings of the trade book of one order, put together: the same trade in two readings is one trade (reference 2.7). */
import { NO_PRICE, priceText } from "../money.ts";
import type { KnownOrder } from "../order/known.ts";
import type { TradeReport } from "../order/report.ts";
import { averageOf, fillsOf } from "./execution.ts";

/**
 * What is known after one more reading; the same array when the reading tells nothing new. A trade is known again by the
 * exchange's number; rows without one by what they say, and rows that say the same in one reading are different trades. A
 * reading that lacks a trade of an earlier one is a lagging book, and takes nothing back.
 */
export function withTrades(known: readonly TradeReport[], reading: readonly TradeReport[]): readonly TradeReport[] {
  const names = new Set(named(known).map(([name]) => name));
  const added = named(reading).flatMap(([name, trade]) => (names.has(name) ? [] : [trade]));
  return added.length === 0 ? known : [...known, ...added];
}

/** What a history tells beyond the trades that are known: its rows have no numbers, so each is known again by its time, units and price. */
export function tradesBeyond(known: readonly TradeReport[], history: readonly TradeReport[]): readonly TradeReport[] {
  const left = known.map(saidOf);
  return history.filter((trade) => {
    const at = left.indexOf(saidOf(trade));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function saidOf({ at, quantity, price }: TradeReport): string {
  return `${at} ${quantity} ${price}`;
}

/** Each trade under a name of its own; of rows with one number the first counts. */
function named(trades: readonly TradeReport[]): readonly (readonly [string, TradeReport])[] {
  const seen = new Map<string, number>();
  return trades.flatMap((trade): [string, TradeReport][] => {
    const { orderId, tradeId } = trade;
    const name = `${orderId} ${tradeId === "" ? saidOf(trade) : tradeId}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    if (tradeId !== "") return before === 0 ? [[name, trade]] : [];
    return [[`${name} ${before}`, trade]];
  });
}

/**
 * Whether the trade book has to tell the executions of an order: of one that has ended, because a lost frame makes one execution
 * of two and nobody can see it; of one that is open, where only a row of the order book told a part of its fills (a gap).
 */
export function isUntold(known: KnownOrder, trades: readonly TradeReport[]): boolean {
  const { executions, untold } = fillsOf(known, trades);
  return untold !== 0 && (known.end !== undefined || executions.some(({ learnt }) => learnt === "order-book"));
}

/** Averages may be told to the paisa only, and come as 32-bit floats. */
const AVERAGE_TOLERANCE = 100;

/** How the trade book contradicts the order, for people; undefined where the two agree. */
export function contradiction(known: KnownOrder, trades: readonly TradeReport[]): string | undefined {
  const { executions, untold } = fillsOf(known, trades);
  if (untold !== 0) return `the trade book has ${known.filled - untold} units of order ${known.orderId}, the order says ${known.filled}`;
  const average = averageOf(executions);
  if (known.averagePrice === NO_PRICE || Math.abs(average - known.averagePrice) <= AVERAGE_TOLERANCE) return undefined;
  return `the trades of order ${known.orderId} average ${priceText(average)}, the order says ${priceText(known.averagePrice)}`;
}
