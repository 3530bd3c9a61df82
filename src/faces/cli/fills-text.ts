/** Executions, and how a copy's compare with the leader's, for people. */
import type { FillComparison } from "../../domain/fills/comparison.ts";
import type { Execution, Fills } from "../../domain/fills/execution.ts";
import { type Price, price, priceText } from "../../domain/money.ts";
import { kolkataText } from "../../domain/time.ts";

/** A line for each execution, and one where the trade book contradicts the order. */
export function fillLines({ executions, untold }: Fills): readonly string[] {
  const told = executions.map(
    (execution) => `filled ${kolkataText(execution.at).slice(11)}  ${execution.quantity} at ${priceText(execution.price)}, ${sourceWords(execution)}`,
  );
  return untold < 0 ? [...told, `the trade book tells ${-untold} units more than the order`] : told;
}

function sourceWords({ learnt, tradeId }: Execution): string {
  switch (learnt) {
    case "stream":
      return "by the order stream";
    case "order-book":
      return "by the order book";
    case "trade-book":
      return tradeId === undefined ? "a trade without a number" : `trade ${tradeId}`;
  }
}

/** `first fill 2 s later, last fill in the same second; 0.25 a unit worse (0.21 %), 18.75 rupees in all`. */
export function comparisonWords({ firstLagMs, lastLagMs, slippage }: FillComparison): string {
  return `first fill ${lagWords(firstLagMs)}, last fill ${lagWords(lastLagMs)}; ${slippageWords(slippage)}`;
}

function lagWords(ms: number): string {
  if (ms === 0) return "in the same second";
  return `${Math.abs(ms) / 1_000} s ${ms > 0 ? "later" : "earlier"}`;
}

function slippageWords({ perUnit, hundredths, inAll }: FillComparison["slippage"]): string {
  if (inAll === 0) return "at the leader's price";
  const amount = (value: number): string => priceText(price(Math.abs(value)));
  return `${amount(perUnit)} a unit ${inAll > 0 ? "worse" : "better"} (${(Math.abs(hundredths) / 100).toFixed(2)} %), ${amount(inAll)} rupees in all`;
}

/** `2 trades: 75 at 120.45, 75 at 120.55` */
export function tradesWords(trades: readonly { readonly quantity: number; readonly price: Price }[]): string {
  const each = trades.map((trade) => `${trade.quantity} at ${priceText(trade.price)}`).join(", ");
  return `${trades.length} ${trades.length === 1 ? "trade" : "trades"}: ${each}`;
}
