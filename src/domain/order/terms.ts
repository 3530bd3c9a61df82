/** What an order asks for, in words that both the leader's and a follower's order share (R19). */
import { NO_PRICE, type Price } from "../money.ts";
import { NONE, type Quantity } from "../quantity.ts";

export type Side = "BUY" | "SELL";

export const PRODUCTS = ["CNC", "INTRADAY", "MARGIN", "MTF"] as const;
/** Products of plain orders; cover and bracket orders are families of their own. */
export type Product = (typeof PRODUCTS)[number];

export type OrderType = "LIMIT" | "MARKET" | "STOP_LOSS" | "STOP_LOSS_MARKET";
export type Validity = "DAY" | "IOC";
export type AmoTime = "PRE_OPEN" | "OPEN" | "OPEN_30" | "OPEN_60";

/** Of an OCO order: what it asks for where the market reaches the upper of its two triggers (`oco.ts`). */
export interface Upper {
  /** Zero: at the market. */
  readonly price: Price;
  readonly triggerPrice: Price;
  /** Units that either of the two asks for beyond what both do: their owner changes one at a time. */
  readonly beyond: { readonly lower: Quantity; readonly upper: Quantity };
}

/** The part of an order that a modification can change, complete: a modification replaces (reference 2.3). */
export interface Terms {
  readonly type: OrderType;
  readonly validity: Validity;
  /** Total units, counting what is already filled. Of an OCO order those for which both of its orders ask. */
  readonly quantity: Quantity;
  /** Zero for MARKET and STOP_LOSS_MARKET. */
  readonly price: Price;
  /** Zero for what is no stop. */
  readonly triggerPrice: Price;
  /** Zero: all is shown. */
  readonly disclosed: Quantity;
  /** Of an OCO order that has not fired, whose lower trigger and the price of that stand above. */
  readonly upper?: Upper;
}

/** What never changes in the life of an order. */
export interface Contracted {
  readonly side: Side;
  readonly product: Product;
  readonly afterMarket: boolean;
}

export function isStop(type: OrderType): boolean {
  return type === "STOP_LOSS" || type === "STOP_LOSS_MARKET";
}

/** What a stop is at the exchange once it has triggered. */
export function triggered(stop: Terms): Terms {
  return normalised({ ...stop, type: stop.type === "STOP_LOSS" ? "LIMIT" : "MARKET" });
}

export function opposite(side: Side): Side {
  return side === "BUY" ? "SELL" : "BUY";
}

/** +1 for a buy, -1 for a sell: what a fill does to a position. */
export function direction(side: Side): 1 | -1 {
  return side === "BUY" ? 1 : -1;
}

/**
 * Terms with the fields that a type does not have set to zero, so that equal orders compare equal. A limit without a price is
 * how a market order may show after the broker protected it (reference 2.2): no owner can ask for that.
 */
export function normalised(terms: Terms): Terms {
  if (terms.type === "LIMIT" && terms.price === NO_PRICE) return normalised({ ...terms, type: "MARKET" });
  return {
    type: terms.type,
    validity: terms.validity,
    quantity: terms.quantity,
    price: terms.type === "LIMIT" || terms.type === "STOP_LOSS" ? terms.price : NO_PRICE,
    triggerPrice: isStop(terms.type) ? terms.triggerPrice : NO_PRICE,
    disclosed: terms.disclosed === terms.quantity ? NONE : terms.disclosed,
    ...(isStop(terms.type) && terms.upper !== undefined ? { upper: terms.upper } : {}),
  };
}

export function sameTerms(a: Terms, b: Terms): boolean {
  return (
    a.type === b.type &&
    a.validity === b.validity &&
    a.quantity === b.quantity &&
    a.price === b.price &&
    a.triggerPrice === b.triggerPrice &&
    a.disclosed === b.disclosed &&
    sameUpper(a.upper, b.upper)
  );
}

export function sameUpper(a: Upper | undefined, b: Upper | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.price === b.price && a.triggerPrice === b.triggerPrice && a.beyond.lower === b.beyond.lower && a.beyond.upper === b.beyond.upper;
}
