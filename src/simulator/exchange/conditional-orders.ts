/**
 * Conditional orders: a condition on a share or an index, and orders that are sent when it holds (reference 3.3). A condition on a price is looked at
 * whenever the price of a listed share moves; one on an index or an indicator, of which there are no prices here, is fired by hand.
 */
import type { Price } from "../../domain/money.ts";
import { tradingDay, type UnixMs } from "../../domain/time.ts";
import type { Answer, Exchange } from "./exchange.ts";
import type { Listing } from "./listing.ts";
import type { Order, Placement } from "./order.ts";
import { Versions } from "./versions.ts";

export const COMPARISONS = ["TECHNICAL_WITH_VALUE", "TECHNICAL_WITH_INDICATOR", "TECHNICAL_WITH_CLOSE", "PRICE_WITH_VALUE"] as const;
export const OPERATORS = [
  ...(["CROSSING_UP", "CROSSING_DOWN", "CROSSING_ANY_SIDE", "GREATER_THAN", "LESS_THAN"] as const),
  ...(["GREATER_THAN_EQUAL", "LESS_THAN_EQUAL", "EQUAL", "NOT_EQUAL"] as const),
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  readonly comparison: (typeof COMPARISONS)[number];
  readonly segment: "NSE_EQ" | "BSE_EQ" | "IDX_I";
  readonly securityId: string;
  readonly operator: Operator;
  /** Zero where it is compared with an indicator. */
  readonly value: Price;
  /** `YYYY-MM-DD`; undefined: none was given. */
  readonly expires: string | undefined;
}

export interface ConditionalPlacement {
  readonly condition: Condition;
  readonly orders: readonly Placement[];
  /** As they were given, to be listed as they were given: JSON texts of an object and of an array. */
  readonly texts: { readonly condition: string; readonly orders: string };
}

export interface ConditionalOrder extends ConditionalPlacement {
  readonly alertId: string;
  readonly clientId: string;
  readonly status: "ACTIVE" | "TRIGGERED" | "EXPIRED" | "CANCELLED";
  readonly createdAt: UnixMs;
  readonly triggeredAt: UnixMs | undefined;
  /** The price that was looked at last. */
  readonly last: Price | undefined;
}

export class ConditionalOrders {
  readonly #exchange: Exchange;
  readonly #byAccount = new Map<string, Versions<ConditionalOrder>>();
  #given = 10_000;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.onMarket({ priced: (listing) => this.#meet(listing), dayStarted: () => this.#startDay() });
  }

  place(clientId: string, placement: ConditionalPlacement): Answer<ConditionalOrder> {
    this.#given += 1;
    const made = { clientId, alertId: String(this.#given), status: "ACTIVE", createdAt: this.#exchange.clock.now(), triggeredAt: undefined } as const;
    return { ok: true, value: this.#record({ ...placement, ...made, last: this.#lastOf(placement.condition) }) };
  }

  /** Replaces the whole of it. */
  modify(clientId: string, alertId: string, placement: ConditionalPlacement): Answer<ConditionalOrder> {
    const before = this.order(clientId, alertId);
    if (before?.status !== "ACTIVE") return { ok: false, why: "Alert not found or not active" };
    return { ok: true, value: this.#record({ ...before, ...placement, last: this.#lastOf(placement.condition) }) };
  }

  cancel(clientId: string, alertId: string): Answer<ConditionalOrder> {
    const order = this.order(clientId, alertId);
    if (order?.status !== "ACTIVE") return { ok: false, why: "Alert not found or not active" };
    return { ok: true, value: this.#record({ ...order, status: "CANCELLED" }) };
  }

  /** As if its condition had come to hold: its orders are sent. The first of them is answered. */
  fire(clientId: string, alertId: string): Answer<Order> {
    const order = this.order(clientId, alertId);
    if (order?.status !== "ACTIVE") return { ok: false, why: `alert ${alertId} does not wait for its condition` };
    this.#record({ ...order, status: "TRIGGERED", triggeredAt: this.#exchange.clock.now() });
    const [first] = order.orders.map((placement) => this.#exchange.place(clientId, placement));
    return first ?? { ok: false, why: `alert ${alertId} has no order` };
  }

  order(clientId: string, alertId: string): ConditionalOrder | undefined {
    return this.#byAccount.get(clientId)?.get(alertId);
  }

  /** The account's, oldest first. As they were at `seenAt`, in elapsed time; undefined: now. */
  of(clientId: string, seenAt?: number): readonly ConditionalOrder[] {
    const orders = this.#byAccount.get(clientId);
    return (seenAt === undefined ? orders?.all() : orders?.allAsOf(seenAt)) ?? [];
  }

  #record(order: ConditionalOrder): ConditionalOrder {
    const known = this.#byAccount.get(order.clientId) ?? new Versions<ConditionalOrder>();
    this.#byAccount.set(order.clientId, known);
    known.put(order.alertId, order, this.#exchange.clock.elapsed());
    return order;
  }

  #lastOf({ segment, securityId }: Condition): Price | undefined {
    const listing = this.#exchange.listings.find(segment, securityId);
    return listing === undefined ? undefined : this.#exchange.market.last(listing);
  }

  #meet(listing: Listing): void {
    if (this.#exchange.session === "closed") return;
    const last = this.#exchange.market.last(listing);
    for (const [clientId, orders] of this.#byAccount) {
      for (const order of orders.all()) {
        const { condition, status } = order;
        if (status !== "ACTIVE" || condition.comparison !== "PRICE_WITH_VALUE") continue;
        if (condition.segment !== listing.segment || condition.securityId !== listing.securityId) continue;
        const holds = comesToHold(condition, order.last ?? last, last);
        this.#record({ ...order, last });
        if (holds) this.fire(clientId, order.alertId);
      }
    }
  }

  /** What is over is listed no more; what was to end before this day has expired. */
  #startDay(): void {
    const { clock } = this.#exchange;
    const day = tradingDay(clock.now());
    for (const [clientId, orders] of this.#byAccount) {
      const left = new Versions<ConditionalOrder>();
      for (const order of orders.all()) {
        if (order.status !== "ACTIVE") continue;
        const isOver = order.condition.expires !== undefined && order.condition.expires < day;
        left.put(order.alertId, isOver ? { ...order, status: "EXPIRED" } : order, clock.elapsed());
      }
      this.#byAccount.set(clientId, left);
    }
  }
}

function comesToHold({ operator, value }: Condition, before: Price, now: Price): boolean {
  const up = before < value && now >= value;
  const down = before > value && now <= value;
  switch (operator) {
    case "CROSSING_UP":
      return up;
    case "CROSSING_DOWN":
      return down;
    case "CROSSING_ANY_SIDE":
      return up || down;
    case "GREATER_THAN":
      return now > value;
    case "LESS_THAN":
      return now < value;
    case "GREATER_THAN_EQUAL":
      return now >= value;
    case "LESS_THAN_EQUAL":
      return now <= value;
    case "EQUAL":
      return now === value;
    case "NOT_EQUAL":
      return now !== value;
  }
}
