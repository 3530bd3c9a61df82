/** What tests and people do to the simulated exchange by hand. Each answers with the order as it then stands, or why not. */
import type { Price } from "../../domain/money.ts";
import { isStop } from "../../domain/order/terms.ts";
import type { Answer, Exchange } from "./exchange.ts";
import { limitOf } from "./matching.ts";
import { cancelled, expired, isFinal, isWorking, type Order, openQuantity, rejected, triggered } from "./order.ts";

export interface Fill {
  /** Units; all that is open when undefined. */
  readonly quantity: number | undefined;
  /** The order's limit, or the last price, when undefined. */
  readonly price: Price | undefined;
  /** `late`: also an order that was cancelled or has expired, as happens at real exchanges. */
  readonly timing: "normal" | "late";
}

/**
 * Fills an order wholly or in part. An order that the exchange does not have yet gets its number without a frame of its
 * own (reference 12, 21: a fill without a preceding Pending); a stop that waits is triggered the same way.
 */
export function fill(exchange: Exchange, order: Order, wanted: Fill): Answer<Order> {
  const late = wanted.timing === "late" && (order.status === "CANCELLED" || order.status === "EXPIRED");
  if (isFinal(order.status) && !late) return { ok: false, why: `the order is ${order.status}` };
  const open = late ? order.terms.quantity - order.filled : openQuantity(order);
  const units = wanted.quantity ?? open;
  if (units < 1 || units > open) return { ok: false, why: `${open} units are open, not ${units}` };
  const numbered = { ...order, exchangeOrderId: order.exchangeOrderId ?? exchange.numbers.exchangeOrderId() };
  const ready = numbered.armed && isStop(numbered.terms.type) ? triggered(numbered, exchange.clock.now()) : numbered;
  return { ok: true, value: exchange.execute(ready, { quantity: units, price: wanted.price ?? limitOf(ready) ?? exchange.market.last(order.listing) }) };
}

/** Rejects an open order, also one that already has its exchange number (R5). */
export function reject(exchange: Exchange, order: Order, why: string): Answer<Order> {
  if (isFinal(order.status)) return { ok: false, why: `the order is ${order.status}` };
  return { ok: true, value: exchange.ledger.record("rejected", rejected(order, why, exchange.clock.now())) };
}

/** Ends an order as the exchange does by itself: the rest of an IOC, the closing auction, a price band (reference 2.8). */
export function end(exchange: Exchange, order: Order, as: "cancelled" | "expired"): Answer<Order> {
  if (isFinal(order.status)) return { ok: false, why: `the order is ${order.status}` };
  const at = exchange.clock.now();
  return {
    ok: true,
    value: as === "cancelled" ? exchange.ledger.record("cancelled", cancelled(order, at)) : exchange.ledger.record("expired", expired(order, at)),
  };
}

/** Triggers a stop that waits. */
export function trigger(exchange: Exchange, order: Order): Answer<Order> {
  if (!order.armed || !isWorking(order)) return { ok: false, why: "the order is no stop that waits at the exchange" };
  return { ok: true, value: exchange.ledger.record("triggered", triggered(order, exchange.clock.now())) };
}

/** The close: DAY orders that are still open expire, after-market ones stay; changes and plain new orders are refused until `openMarket`. */
export function closeMarket(exchange: Exchange): void {
  exchange.setSession("closed");
  for (const order of openOrders(exchange)) if (!order.contracted.afterMarket) end(exchange, order, "expired");
}

/** The open: after-market orders go to the exchange, and what waits for a price meets the market. */
export function openMarket(exchange: Exchange): void {
  exchange.setSession("open");
  for (const order of openOrders(exchange))
    if (order.contracted.afterMarket && order.exchangeOrderId === undefined && order.status === "PENDING") exchange.enter(order);
  exchange.opened();
}

/** A new trading day: the day's orders and trades are gone, open positions are carried; nothing is told on the stream (reference 2). */
export function startDay(exchange: Exchange): void {
  exchange.startDay();
}

function openOrders(exchange: Exchange): readonly Order[] {
  return [...exchange.ledger.accounts].flatMap((books) => books.orders()).filter((order) => !isFinal(order.status));
}
