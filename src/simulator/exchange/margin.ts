/**
 * A toy margin: enough to play "insufficient funds", no statement about what a broker would ask. Options and delivery cost
 * their value, all else a fifth of it; a reduction of a position costs nothing. A sold option beside a bought one of the same underlying and
 * expiry costs a fifth.
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

const HEDGED_PART = 5;

/** An order, or a leg of several. Prices in 1/10000 rupee. */
export interface MarginLeg {
  readonly listing: Listing;
  readonly product: Product;
  readonly side: Side;
  readonly units: number;
  readonly price: number;
}

/** What an order needs in an account that holds these positions. */
export function orderMarginAmong(wanted: MarginLeg, positions: readonly Position[]): number {
  const own = positions.find(({ listing, product }) => product === wanted.product && isSame(listing, wanted.listing));
  const bought = positions.reduce((sum, one) => sum + (isHedge(one.listing, wanted) ? Math.max(0, net(one)) : 0), 0);
  return lessHedged(wanted, orderMargin(wanted, own), bought);
}

/** What several orders need together, beside nothing else (reference 6.7). */
export function basketMargin(legs: readonly MarginLeg[]): number {
  return legs.reduce((sum, leg) => {
    const bought = legs.reduce((units, other) => units + (other.side === "BUY" && isHedge(other.listing, leg) ? other.units : 0), 0);
    return sum + lessHedged(leg, orderMargin(leg, undefined), bought);
  }, 0);
}

function lessHedged({ units }: MarginLeg, margin: number, bought: number): number {
  const hedged = Math.min(1, bought / units);
  return Math.round(margin * (1 - hedged + hedged / HEDGED_PART));
}

function isHedge(listing: Listing, { listing: sold, side }: MarginLeg): boolean {
  if (side !== "SELL" || sold.optionType === undefined || listing.optionType === undefined || isSame(listing, sold)) return false;
  return underlyingOf(listing) === underlyingOf(sold) && listing.expiry === sold.expiry;
}

function isSame(a: Listing, b: Listing): boolean {
  return a.segment === b.segment && a.securityId === b.securityId;
}

/** `NIFTY-Dec2026-23000-CE` */
function underlyingOf({ tradingSymbol }: Listing): string | undefined {
  return tradingSymbol.split("-")[0];
}

/** What an open position keeps blocked, in 1/10000 rupee. */
export function positionMargin(position: Position): number {
  return Math.round((openCost(position) * ratePercent(position.listing, position.product)) / 100);
}
