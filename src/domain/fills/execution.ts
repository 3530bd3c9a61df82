/**
 * The executions of one order: each with its quantity, price and time. What the order's reports tell is cumulative, so an
 * execution is derived from each rise of the filled quantity; a frame that was lost makes one of two. The trade book tells
 * them as they were, and what it tells takes the place of what was derived. Neither the order nor the doubling of what
 * arrives makes a difference. A view: nothing that is sent depends on it.
 */
import { NO_PRICE, type Price, price } from "../money.ts";
import type { KnownOrder } from "../order/known.ts";
import type { TradeReport } from "../order/report.ts";
import { NONE, type Quantity, quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";

export interface Execution {
  /** The exchange's number; undefined for one that was derived, or that the trade book gives without. */
  readonly tradeId: string | undefined;
  readonly quantity: Quantity;
  /** Of a derived one it is what the average prices before and after give, exact to their rounding. */
  readonly price: Price;
  /** The exchange's time, or the broker's last update of the report that a derived one is from. One second resolution. */
  readonly at: UnixMs;
  /** A frame of the order stream and a row of the order book are cumulative; the trade book has one row for each fill. */
  readonly learnt: "stream" | "order-book" | "trade-book";
}

export interface Fills {
  /** Oldest first. */
  readonly executions: readonly Execution[];
  /** What the order says is filled, less what the trade book tells. Zero: it tells all. Negative: it tells more than the order does. */
  readonly untold: number;
}

/** `trades` are those of this order, from one reading or from many (`withTrades`). */
export function fillsOf(known: KnownOrder | undefined, trades: readonly TradeReport[]): Fills {
  const told = sumOf(trades.map((trade) => trade.quantity));
  const value = trades.reduce((sum, trade) => sum + BigInt(trade.price) * BigInt(trade.quantity), 0n);
  const fromTrades = [...trades].sort(compareTrades).map(({ tradeId, quantity: units, price: paid, at }): Execution => {
    return { tradeId: tradeId === "" ? undefined : tradeId, quantity: units, price: paid, at, learnt: "trade-book" };
  });
  const rises = known === undefined ? [] : risesOf(known);
  return { executions: [...fromTrades, ...derived(rises, { units: told, value })], untold: (rises.at(-1)?.units ?? 0) - told };
}

/** A cumulative state of an order that was higher than any before. `value` is units times price in 1/10000 rupee. */
interface Rise {
  readonly units: number;
  readonly average: Price;
  readonly at: UnixMs;
  readonly learnt: "stream" | "order-book";
}

/** `told` stands in the order in which it became true, whatever the order in which it arrived. */
function risesOf({ told }: KnownOrder): readonly Rise[] {
  const rises: Rise[] = [];
  for (const { filled, averagePrice, updatedAt, source } of told) {
    const last = rises.at(-1);
    if (filled > (last?.units ?? 0))
      rises.push({ units: filled, average: averagePrice, at: updatedAt, learnt: source.kind === "frame" ? "stream" : "order-book" });
    // A report may tell the quantity before it tells the price.
    else if (last !== undefined && filled === last.units && last.average === NO_PRICE) rises[rises.length - 1] = { ...last, average: averagePrice };
  }
  return rises;
}

/** What the reports tell beyond the trades: a reading of the trade book has all trades up to some moment, so these came after it. */
function derived(rises: readonly Rise[], before: { readonly units: number; readonly value: bigint }): readonly Execution[] {
  const executions: Execution[] = [];
  let { units, value } = before;
  for (const rise of rises) {
    if (rise.units <= units) continue;
    const upTo = BigInt(rise.average) * BigInt(rise.units);
    const added = quantity(rise.units - units);
    const paid = price(rounded(upTo - value, BigInt(added)));
    // Averages that contradict one another give no price of their own.
    executions.push({ tradeId: undefined, quantity: added, price: paid > 0 ? paid : rise.average, at: rise.at, learnt: rise.learnt });
    units = rise.units;
    value = upTo;
  }
  return executions;
}

/** Weighted by quantity, to the nearest 1/10000 rupee; zero of no execution. */
export function averageOf(executions: readonly Execution[]): Price {
  const units = unitsOf(executions);
  return units === NONE ? NO_PRICE : price(rounded(valueOf(executions), BigInt(units)));
}

export function unitsOf(executions: readonly Execution[]): Quantity {
  return quantity(sumOf(executions.map((execution) => execution.quantity)));
}

/** Units times price, exactly, in 1/10000 rupee. */
export function valueOf(executions: readonly Execution[]): bigint {
  return executions.reduce((sum, execution) => sum + BigInt(execution.price) * BigInt(execution.quantity), 0n);
}

/** `value / divisor`, to the nearest whole number, half away from zero. */
export function rounded(value: bigint, divisor: bigint): number {
  const half = value < 0n ? -divisor : divisor;
  return Number((2n * value + half) / (2n * divisor));
}

/** By time, then by the exchange's number: within one second the exchange counts upwards. */
function compareTrades(a: TradeReport, b: TradeReport): number {
  return a.at - b.at || a.tradeId.length - b.tradeId.length || (a.tradeId < b.tradeId ? -1 : Number(a.tradeId > b.tradeId));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
