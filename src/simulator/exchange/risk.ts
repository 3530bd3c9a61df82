/** The broker's risk check: what it refuses after TRANSIT, in the words that follow `RMS:<orderId>:` (reference 2.6). */
import type { Price } from "../../domain/money.ts";
import { isStop } from "../../domain/order/terms.ts";
import type { Books } from "./books.ts";
import { orderMarginAmong } from "./margin.ts";
import { limitOf } from "./matching.ts";
import type { Order } from "./order.ts";

export interface RiskView {
  readonly books: Books | undefined;
  readonly last: Price;
  readonly session: "open" | "closed";
  readonly freezeLots: number | undefined;
}

/** A refusal in words, or the margin that the order blocks, in 1/10000 rupee. */
export function riskRefusal(order: Order, view: RiskView): string | { readonly blocks: number } {
  const { listing, terms, contracted } = order;
  if (view.session === "closed" && !contracted.afterMarket) return "Market is Closed. Place an After Market Order";
  if (terms.quantity % listing.lot !== 0) return `Quantity should be in multiples of lot size ${listing.lot}`;
  if (isFrozen(order, terms.quantity, view.freezeLots)) return "Quantity is above the freeze limit";
  if (terms.price % listing.tick !== 0 || (isStop(terms.type) && terms.triggerPrice % listing.tick !== 0)) {
    return `Price should be in multiples of tick size ${listing.tick / 10_000}`;
  }
  const needed = marginOf(order, view);
  const available = view.books?.funds.available ?? 0;
  if (needed > 0 && needed > available) return `You have insufficient funds. Please add Rs.${((needed - available) / 10_000).toFixed(2)} to trade.`;
  return { blocks: needed };
}

/** Above the exchange's largest order. */
export function isFrozen({ listing, source }: Pick<Order, "listing" | "source">, units: number, freezeLots: number | undefined): boolean {
  return source === "P" && freezeLots !== undefined && units > freezeLots * listing.lot;
}

/** What the unfilled part of an order needs, at the worst price that it accepts, in 1/10000 rupee. */
export function marginOf(order: Order, view: Pick<RiskView, "books" | "last">): number {
  const { listing, terms, contracted, filled } = order;
  const price = limitOf(order) ?? view.last;
  return orderMarginAmong(
    { listing, product: contracted.product, side: contracted.side, units: terms.quantity - filled, price },
    view.books?.positions() ?? [],
  );
}
