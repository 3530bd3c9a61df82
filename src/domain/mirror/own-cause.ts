/** What Lockstep orders of itself is keyed by the fill that caused it (R9): the follower's order, and how much of it was filled. */
import { type OrderId, orderId } from "../identity.ts";
import type { Quantity } from "../quantity.ts";

/** A closing order for alternatives that filled together (R16), or the exit of an orphan (R18). */
export type OwnKind = "closing" | "orphan";

export function ownCause(kind: OwnKind, order: OrderId, filled: Quantity): OrderId {
  return orderId(`${kind}-${order}-${filled}`);
}

/** The follower's order in such a key; undefined for a leader's order. */
export function causingOrder(cause: OrderId): OrderId | undefined {
  const order = /^(?:closing|orphan)-(.+)-\d+$/.exec(cause)?.[1];
  return order === undefined ? undefined : orderId(order);
}
