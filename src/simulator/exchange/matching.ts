/** Whether, and how, a working order meets the market. Pure: the market is one last price per instrument. */

import { unreachable } from "../../domain/assert.ts";
import type { Price } from "../../domain/money.ts";
import type { Order } from "./order.ts";

/** Whether the market has reached the trigger of a stop that waits. */
export function isTriggered(order: Order, last: Price): boolean {
  if (!order.armed) return false;
  return order.contracted.side === "BUY" ? last >= order.terms.triggerPrice : last <= order.terms.triggerPrice;
}

/**
 * The price at which an order would execute now; undefined when it rests. What arrives marketable gets the market's price;
 * what rested and is reached gets its own.
 */
export function executionPrice(order: Order, last: Price, arrival: "arriving" | "resting"): Price | undefined {
  if (order.armed) return undefined;
  const limit = limitOf(order);
  if (limit === undefined) return last;
  const reached = order.contracted.side === "BUY" ? last <= limit : last >= limit;
  if (!reached) return undefined;
  return arrival === "arriving" ? last : limit;
}

/** The worst price that an order without a waiting trigger accepts; undefined: any. */
export function limitOf(order: Order): Price | undefined {
  switch (order.terms.type) {
    case "LIMIT":
    case "STOP_LOSS":
      return order.terms.price;
    case "MARKET":
    case "STOP_LOSS_MARKET":
      return order.protectedPrice === 0 ? undefined : order.protectedPrice;
    default:
      return unreachable(order.terms.type);
  }
}
