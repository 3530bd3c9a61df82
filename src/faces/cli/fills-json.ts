/** Executions, and how a copy's compare with the leader's, for programs (docs/explain.md; a contract). */
import type { FillComparison, FilledSide } from "../../domain/fills/comparison.ts";
import type { Execution, Fills } from "../../domain/fills/execution.ts";
import { price, priceToRupees } from "../../domain/money.ts";
import { kolkataIso } from "../kolkata-time.ts";

export function fillsJson({ executions }: Fills): readonly object[] {
  return executions.map((execution) => ({
    at: kolkataIso(execution.at),
    quantity: execution.quantity,
    price: priceToRupees(execution.price),
    source: SOURCES[execution.learnt],
    ...(execution.tradeId === undefined ? {} : { tradeId: execution.tradeId }),
  }));
}

/** As the reports of an order are called. */
const SOURCES: Readonly<Record<Execution["learnt"], string>> = { stream: "frame", "order-book": "row", "trade-book": "trade" };

export function comparisonJson({ leader, follower, firstLagMs, lastLagMs, slippage }: FillComparison): object {
  return {
    leader: sideJson(leader),
    follower: sideJson(follower),
    firstLagMs,
    lastLagMs,
    slippage: { perUnit: priceToRupees(slippage.perUnit), percent: slippage.hundredths / 100, rupees: priceToRupees(price(slippage.inAll)) },
  };
}

function sideJson({ units, average, first, last }: FilledSide): object {
  return { filled: units, averagePrice: priceToRupees(average), first: kolkataIso(first), last: kolkataIso(last) };
}
