/** Orders and positions of an account that belong together: nothing was filled between the two readings of the orders. */
import type { OrderReport } from "../domain/order/report.ts";
import type { Books } from "./caught-up.ts";
import type { BrokerAccount } from "./ports/broker.ts";

/** Undefined: one of them could not be read, or something was filled meanwhile. */
export async function booksTogether(broker: BrokerAccount): Promise<Books | undefined> {
  const before = await broker.orders();
  if (!before.ok) return undefined;
  const positions = await broker.positions();
  if (!positions.ok) return undefined;
  const after = await broker.orders();
  if (!after.ok || filledIn(before.value) !== filledIn(after.value)) return undefined;
  return { orders: after.value, positions: positions.value };
}

/** A text that is equal where the same is filled. */
export function filledIn(orders: readonly OrderReport[]): string {
  return orders
    .map((report) => `${report.orderId}:${report.filled}`)
    .sort()
    .join(" ");
}
