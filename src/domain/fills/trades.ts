/** Readings of the trade book of one order, put together: the same trade in two readings is one trade (reference 2.7). */
import type { TradeReport } from "../order/report.ts";

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

/** Each trade under a name of its own; of rows with one number the first counts. */
function named(trades: readonly TradeReport[]): readonly (readonly [string, TradeReport])[] {
  const seen = new Map<string, number>();
  return trades.flatMap((trade): [string, TradeReport][] => {
    const { orderId, tradeId, at, quantity, price } = trade;
    const name = `${orderId} ${tradeId === "" ? `${at} ${quantity} ${price}` : tradeId}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    if (tradeId !== "") return before === 0 ? [[name, trade]] : [];
    return [[`${name} ${before}`, trade]];
  });
}
