/** What stands in the followers' books at the simulated broker, in the terms of the expected tables. */

import type { Order } from "../../../simulator/exchange/order.ts";
import { net } from "../../../simulator/exchange/position.ts";
import type { Simulator } from "../../../simulator/simulator.ts";
import type { Floor } from "../floor.ts";
import { CLIENT_IDS, FOLLOWERS, type Follower } from "../players.ts";
import type { OrderName } from "../step.ts";
import type { ExpectedOrder } from "./chapter.ts";

export interface Holding {
  readonly follower: Follower;
  readonly segment: string;
  readonly securityId: string;
  readonly product: string;
  /** The exchange's name of the contract. */
  readonly symbol: string;
  /** Never zero. */
  readonly net: number;
}

const RUPEE = 10_000;

/** Every order of every follower. One that belongs to no order of the script is named by its mark. */
export function bookedOrders(simulator: Simulator, floor: Floor): readonly ExpectedOrder[] {
  return FOLLOWERS.flatMap((follower) => {
    const names = new Map<string, OrderName>();
    for (const name of floor.leaderOrders.keys()) for (const { orderId } of floor.copiesOf(name, follower)) names.set(orderId, name);
    const orders = simulator.exchange.ledger.books(CLIENT_IDS[follower])?.orders() ?? [];
    return orders.map((order) => booked(names.get(order.orderId) ?? `(${order.correlationId ?? "no mark"})`, follower, order));
  });
}

function booked(name: OrderName, follower: Follower, { terms, contracted, status, filled }: Order): ExpectedOrder {
  const further = [
    ...(terms.validity === "DAY" ? [] : [terms.validity]),
    ...(contracted.afterMarket ? ["AMO"] : []),
    ...(terms.disclosed === 0 ? [] : [`shows ${terms.disclosed}`]),
    ...(contracted.product === "INTRADAY" ? [] : [contracted.product]),
  ].join(", ");
  const row = [name, follower, contracted.side, terms.type, terms.quantity, terms.price / RUPEE, terms.triggerPrice / RUPEE, status, filled] as const;
  return further === "" ? row : [...row, further];
}

export function holdings(simulator: Simulator): readonly Holding[] {
  return FOLLOWERS.flatMap((follower) => {
    const positions = simulator.exchange.ledger.books(CLIENT_IDS[follower])?.positions() ?? [];
    return positions.flatMap((position) => {
      const { listing, product } = position;
      const { segment, securityId, displayName } = listing;
      return net(position) === 0 ? [] : [{ follower, segment, securityId, product, symbol: displayName, net: net(position) }];
    });
  });
}
