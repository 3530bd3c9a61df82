/** What the broker's calculator asks for an order that opens a position by selling, or in a future (reference 6.6, 6.7). */
import { type InstrumentKey, instrumentText } from "../instrument.ts";
import type { Price } from "../money.ts";
import type { Product, Side } from "../order/terms.ts";
import type { Quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";

export interface MarginLeg {
  readonly instrument: InstrumentKey;
  readonly side: Side;
  readonly product: Product;
  readonly units: Quantity;
  /** Zero: at the market. */
  readonly price: Price;
}

/** `beside`: what the copy holds bought of the same underlying and expiry, which makes a sale cheaper; empty for most. */
export interface MarginQuestion {
  readonly order: MarginLeg;
  readonly beside: readonly MarginLeg[];
}

export interface MarginQuote {
  readonly units: Quantity;
  /** What the broker asks for those units. */
  readonly paise: number;
  readonly asked: UnixMs;
}

/** After this an answer is still used, and asked for anew beside. */
export const QUOTE_STALE_MS = 10 * 60_000;

/**
 * Equal for questions that one answer serves. By itself an order costs in proportion to its lots. Beside what is held it does not: only so
 * many lots are hedged.
 */
export function questionKey({ order, beside }: MarginQuestion): string {
  const alone = `${instrumentText(order.instrument)}:${order.product}:${order.side}`;
  return beside.length === 0
    ? alone
    : [`${alone} x ${order.units}`, ...beside.map(({ instrument, units }) => `${instrumentText(instrument)} x ${units}`)].join(" + ");
}

/** For so many units, rounded up. */
export function quotedPaise(quote: MarginQuote, units: number): number {
  return Math.ceil((quote.paise * units) / quote.units);
}
