/** One execution, as the day's trade book keeps it (reference 2.7). */
import type { Price } from "../../domain/money.ts";
import type { Quantity } from "../../domain/quantity.ts";
import type { UnixMs } from "../../domain/time.ts";
import type { Order } from "./order.ts";

export interface Trade {
  readonly tradeId: string;
  /** The order as it stood after this fill. */
  readonly order: Order;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: UnixMs;
  /** Elapsed milliseconds of the simulator's clock, for lagging books. */
  readonly elapsedAt: number;
}
