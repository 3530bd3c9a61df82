/** Orders and positions of an account that belong together: nothing was filled between the two readings of the orders. */
import type { OrderReport } from "../domain/order/report.ts";
import type { Books } from "./caught-up.ts";
import type { BrokerAccount } from "./ports/broker.ts";

/**
 * Undefined: one of them could not be read, or something was filled meanwhile. `heard`: what the orders tell is news all the same, at once, and waits neither
 * for what else is read nor for what comes of it (R1).
 */
export async function booksTogether(broker: BrokerAccount, heard: (orders: readonly OrderReport[]) => void): Promise<Books | undefined> {
  const before = await broker.orders();
  if (!before.ok) return undefined;
  heard(before.value);
  const positions = await broker.positions();
  if (!positions.ok) return undefined;
  const after = await broker.orders();
  if (!after.ok) return undefined;
  if (filledIn(before.value) === filledIn(after.value)) return { orders: after.value, positions: positions.value };
  heard(after.value);
  return undefined;
}

/** A text that is equal where the same is filled. */
export function filledIn(orders: readonly OrderReport[]): string {
  return orders
    .map((report) => `${report.orderId}:${report.filled}`)
    .sort()
    .join(" ");
}
