/**
 * A toy margin: enough to play "insufficient funds", no statement about what a broker would ask. Options and delivery cost
 * their value, all else a fifth of it; a reduction of a position costs nothing.
 */
import type { Product, Side } from "../../domain/order/terms.ts";
import type { Listing } from "./listing.ts";
import { net, openCost, type Position } from "./position.ts";

/** Margin per rupee of value, in percent. */
function ratePercent(listing: Listing, product: Product): number {
  return listing.optionType !== undefined || product === "CNC" ? 100 : 20;
}

/** What a new order needs, in 1/10000 rupee: only the units beyond those that it closes. */
export function orderMargin(wanted: { listing: Listing; product: Product; side: Side; units: number; price: number }, position: Position | undefined): number {
  const held = position === undefined ? 0 : net(position);
  const closable = wanted.side === "BUY" ? Math.max(0, -held) : Math.max(0, held);
  const opening = Math.max(0, wanted.units - closable);
  return Math.round((opening * wanted.price * ratePercent(wanted.listing, wanted.product)) / 100);
}

/** What an open position keeps blocked, in 1/10000 rupee. */
export function positionMargin(position: Position): number {
  return Math.round((openCost(position) * ratePercent(position.listing, position.product)) / 100);
}
