/** A chapter of the fixed session: what happens, and what must stand in the followers' books afterwards. */
import type { OrderType, Side } from "../../../domain/order/terms.ts";
import type { OrderStatus } from "../../../simulator/exchange/order.ts";
import type { Follower } from "../players.ts";
import type { OrderName, Step } from "../step.ts";

/**
 * One order in a follower's book at the end of the day, worked out by hand from the rules and the sizes. Units, and rupees; 0 where the
 * type has no price or no trigger. `further` is what else shapes it: `IOC`, `AMO`, `shows 300`, a product other than INTRADAY.
 */
export type ExpectedOrder = readonly [
  order: OrderName,
  follower: Follower,
  side: Side,
  type: OrderType,
  quantity: number,
  price: number,
  trigger: number,
  status: OrderStatus,
  filled: number,
  further?: string,
];

export interface Chapter {
  readonly title: string;
  readonly steps: readonly Step[];
  /** Complete: an order that is not in it must not exist. */
  readonly expected: readonly ExpectedOrder[];
}
