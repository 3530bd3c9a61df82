/**
 * One order at the simulated broker and exchange, and everything that can happen to it. An order is never edited: each
 * function answers with the next version of it.
 */
import { NO_PRICE, type Price } from "../../domain/money.ts";
import { type AmoTime, type Contracted, isStop, type Terms } from "../../domain/order/terms.ts";
import { NONE, type Quantity, quantity } from "../../domain/quantity.ts";
import type { UnixMs } from "../../domain/time.ts";
import type { Listing } from "./listing.ts";

/** Reference 10.6. */
export type OrderStatus = "TRANSIT" | "PENDING" | "PART_TRADED" | "TRADED" | "CANCELLED" | "REJECTED" | "EXPIRED";

/** What a client or a person asked for. */
export interface Placement {
  readonly listing: Listing;
  readonly contracted: Contracted;
  readonly terms: Terms;
  readonly amoTime: AmoTime | undefined;
  readonly correlationId: string | undefined;
  /** Of a super order (reference 3.1). `of`: the entry's number; undefined for the entry itself. */
  readonly leg?: { readonly leg: "entry" | "stop" | "target"; readonly of: string | undefined };
  /** The platform: `P` API, `W` web, `T` and `N` others (reference 4.3). */
  readonly source: string;
}

export interface Order extends Placement {
  readonly orderId: string;
  readonly clientId: string;
  readonly status: OrderStatus;
  /** A MARKET order through the API carries the limit it was given for protection (reference 2.2); zero for all others. */
  readonly protectedPrice: Price;
  /** A stop that waits for its trigger. */
  readonly armed: boolean;
  /** Undefined until the exchange has it, and for ever when the broker refused it. */
  readonly exchangeOrderId: string | undefined;
  readonly filled: Quantity;
  /** Sum of price times quantity over the fills, in 1/10000 rupee. */
  readonly filledValue: number;
  readonly lastFillPrice: Price;
  /** Changes that the broker agreed to, whether or not they then lost to a fill. */
  readonly modifications: number;
  /** Margin that the unfilled part blocks, in 1/10000 rupee. */
  readonly blocked: number;
  /** `CONFIRMED`, `TRADE CONFIRMED`, or why it was rejected. */
  readonly reason: string;
  readonly createdAt: UnixMs;
  /** When the broker got the order or its latest modification (reference 4.3, orderDateTime). */
  readonly orderedAt: UnixMs;
  readonly exchangeAt: UnixMs | undefined;
  readonly updatedAt: UnixMs;
}

export function received(placement: Placement, identity: { readonly orderId: string; readonly clientId: string }, at: UnixMs): Order {
  return {
    ...placement,
    ...identity,
    status: "TRANSIT",
    protectedPrice: NO_PRICE,
    armed: isStop(placement.terms.type),
    exchangeOrderId: undefined,
    filled: NONE,
    filledValue: 0,
    lastFillPrice: NO_PRICE,
    modifications: 0,
    blocked: 0,
    reason: "",
    createdAt: at,
    orderedAt: at,
    exchangeAt: undefined,
    updatedAt: at,
  };
}

/** The exchange has it. */
export function accepted(order: Order, exchangeOrderId: string, at: UnixMs): Order {
  return { ...order, status: "PENDING", exchangeOrderId, reason: "CONFIRMED", exchangeAt: at, updatedAt: at };
}

/** An after-market order waits at the broker, without an exchange number (reference 2.8). */
export function parked(order: Order, at: UnixMs): Order {
  return { ...order, status: "PENDING", updatedAt: at };
}

/** A stop whose trigger is passed turns into a limit, or market, order without a trigger (reference 4.3, orderType). */
export function triggered(order: Order, at: UnixMs): Order {
  const type = order.terms.type === "STOP_LOSS" ? "LIMIT" : "MARKET";
  return { ...order, armed: false, terms: { ...order.terms, type, triggerPrice: NO_PRICE }, updatedAt: at };
}

/** A modification replaces the terms; quantity is the total, counting what is filled (reference 2.3). */
export function modified(order: Order, terms: Terms, at: UnixMs): Order {
  return {
    ...order,
    terms,
    armed: isStop(terms.type),
    protectedPrice: NO_PRICE,
    reason: order.exchangeOrderId === undefined ? order.reason : "CONFIRMED",
    orderedAt: at,
    exchangeAt: order.exchangeOrderId === undefined ? undefined : at,
    updatedAt: at,
  };
}

/** One execution. An order that had ended keeps its status: a fill can arrive after a cancel. */
export function executed(order: Order, fill: { readonly quantity: Quantity; readonly price: Price }, at: UnixMs): Order {
  const filled = quantity(order.filled + fill.quantity);
  const status = isFinal(order.status) ? order.status : filled >= order.terms.quantity ? "TRADED" : "PART_TRADED";
  return {
    ...order,
    status,
    filled,
    filledValue: order.filledValue + fill.quantity * fill.price,
    lastFillPrice: fill.price,
    blocked: status === "PART_TRADED" ? Math.round((order.blocked * (order.terms.quantity - filled)) / (order.terms.quantity - order.filled)) : 0,
    reason: "TRADE CONFIRMED",
    exchangeAt: at,
    updatedAt: at,
  };
}

export function cancelled(order: Order, at: UnixMs): Order {
  return { ...order, status: "CANCELLED", blocked: 0, updatedAt: at };
}

/** The reason in the broker's words; `RMS:<orderId>:` is put before it as Dhan does (reference 2.6). */
export function rejected(order: Order, why: string, at: UnixMs): Order {
  return { ...order, status: "REJECTED", blocked: 0, reason: `RMS:${order.orderId}:${why}`, updatedAt: at };
}

export function expired(order: Order, at: UnixMs): Order {
  return { ...order, status: "EXPIRED", blocked: 0, updatedAt: at };
}

export function isFinal(status: OrderStatus): boolean {
  return status === "TRADED" || status === "CANCELLED" || status === "REJECTED" || status === "EXPIRED";
}

/** At the exchange and not ended: what can be filled. */
export function isWorking(order: Order): boolean {
  return order.exchangeOrderId !== undefined && (order.status === "PENDING" || order.status === "PART_TRADED");
}

/** Units that may still be filled. */
export function openQuantity(order: Order): number {
  return isFinal(order.status) ? 0 : order.terms.quantity - order.filled;
}

/** Over all fills, in 1/10000 rupee; zero until something is filled. */
export function averagePrice(order: Order): Price {
  return (order.filled === 0 ? 0 : Math.round(order.filledValue / order.filled)) as Price;
}
