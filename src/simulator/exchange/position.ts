/**
 * What an account holds of one instrument in one product: buys and sells of the day, and what was carried into it
 * (reference 6.2). Values are sums of price times quantity, in 1/10000 rupee.
 */
import { PRODUCTS, type Product, type Side } from "../../domain/order/terms.ts";
import type { Listing } from "./listing.ts";

export interface Position {
  readonly listing: Listing;
  readonly product: Product;
  readonly carriedBuys: Turnover;
  readonly carriedSells: Turnover;
  readonly dayBuys: Turnover;
  readonly daySells: Turnover;
}

export interface Turnover {
  readonly quantity: number;
  readonly value: number;
}

const NOTHING: Turnover = { quantity: 0, value: 0 };

export function positionKey(listing: Listing, product: Product): string {
  return `${listing.segment}:${listing.securityId}:${product}`;
}

export function flat(listing: Listing, product: Product): Position {
  return { listing, product, carriedBuys: NOTHING, carriedSells: NOTHING, dayBuys: NOTHING, daySells: NOTHING };
}

/** A position brought in from an earlier day: `net` units, negative for short, at an average price. */
export function carried(listing: Listing, product: Product, net: number, averagePrice: number): Position {
  const turnover = { quantity: Math.abs(net), value: Math.abs(net) * averagePrice };
  return net < 0 ? { ...flat(listing, product), carriedSells: turnover } : { ...flat(listing, product), carriedBuys: turnover };
}

export function afterFill(position: Position, side: Side, quantity: number, price: number): Position {
  if (side === "BUY") return { ...position, dayBuys: plus(position.dayBuys, { quantity, value: quantity * price }) };
  return { ...position, daySells: plus(position.daySells, { quantity, value: quantity * price }) };
}

export function buys(position: Position): Turnover {
  return plus(position.carriedBuys, position.dayBuys);
}

export function sells(position: Position): Turnover {
  return plus(position.carriedSells, position.daySells);
}

/** Units, negative for short. */
export function net(position: Position): number {
  return buys(position).quantity - sells(position).quantity;
}

/** In 1/10000 rupee, not rounded; zero of nothing. */
export function average(turnover: Turnover): number {
  return turnover.quantity === 0 ? 0 : turnover.value / turnover.quantity;
}

/** Profit of what was both bought and sold, in 1/10000 rupee. */
export function realised(position: Position): number {
  const bought = buys(position);
  const sold = sells(position);
  return Math.round((average(sold) - average(bought)) * Math.min(bought.quantity, sold.quantity));
}

/** What the open part cost, or brought in when it is short, in 1/10000 rupee. */
export function openCost(position: Position): number {
  const units = net(position);
  return Math.round(Math.abs(units) * average(units < 0 ? sells(position) : buys(position)));
}

/** The next morning: only what is open is left, at its average price. */
export function overnight(position: Position): Position {
  const units = net(position);
  return carried(position.listing, position.product, units, average(units < 0 ? sells(position) : buys(position)));
}

export function isProduct(text: string): text is Product {
  return PRODUCTS.some((product) => product === text);
}

function plus(a: Turnover, b: Turnover): Turnover {
  return { quantity: a.quantity + b.quantity, value: a.value + b.value };
}
