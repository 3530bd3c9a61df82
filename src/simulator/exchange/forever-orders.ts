/**
 * Forever orders: orders that wait at the broker, for days if need be, until the market reaches their trigger; then an ordinary order is sent
 * for them (reference 3.2). Of the two of an OCO order the one that is reached first is sent, and the other is over.
 *
 * Nothing of them is at the exchange, so there is no frame of one, no row in the order book and no margin. From which side the price must come to a
 * trigger is not written anywhere; here from the side on which it was when the order was placed or changed.
 */
import type { Price } from "../../domain/money.ts";
import { NO_PRICE } from "../../domain/money.ts";
import type { Product, Side, Validity } from "../../domain/order/terms.ts";
import type { Quantity } from "../../domain/quantity.ts";
import { tradingDay, type UnixMs } from "../../domain/time.ts";
import type { Answer, Exchange } from "./exchange.ts";
import type { Listing } from "./listing.ts";
import type { Order } from "./order.ts";
import { Versions } from "./versions.ts";

export const FOREVER_LEGS = ["first", "second"] as const;
export type ForeverLegName = (typeof FOREVER_LEGS)[number];

/** What one of its orders asks for. */
export interface ForeverLegTerms {
  readonly quantity: Quantity;
  /** Zero: at the market. */
  readonly price: Price;
  readonly triggerPrice: Price;
}

export interface ForeverLeg extends ForeverLegTerms {
  readonly name: ForeverLegName;
  /** `CONFIRM`: it waits. `TRADED`: an order was sent for it, whatever becomes of that. */
  readonly status: "CONFIRM" | "TRADED" | "CANCELLED" | "REJECTED" | "EXPIRED";
  /** Where the price was when it was placed. */
  readonly from: "below" | "above" | "at";
  /** The order that was sent for it. */
  readonly fired: string | undefined;
}

export interface ForeverPlacement {
  readonly listing: Listing;
  readonly side: Side;
  readonly product: Product;
  readonly validity: Validity;
  readonly disclosed: Quantity;
  /** One, or the two of an OCO order. */
  readonly legs: readonly ForeverLegTerms[];
  readonly correlationId: string | undefined;
  readonly source: string;
}

export interface ForeverOrder extends Omit<ForeverPlacement, "legs"> {
  readonly orderId: string;
  readonly clientId: string;
  readonly legs: readonly ForeverLeg[];
  readonly createdAt: UnixMs;
  readonly updatedAt: UnixMs;
}

/** What may be changed of one of its orders. */
export type ForeverChange = ForeverLegTerms & Pick<ForeverPlacement, "validity" | "disclosed">;

export class ForeverOrders {
  readonly #exchange: Exchange;
  readonly #byAccount = new Map<string, Versions<ForeverOrder>>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.onMarket({
      priced: (listing) => this.#meet(listing),
      opened: () => this.#meet(undefined),
      dayStarted: () => this.#startDay(),
    });
  }

  place(clientId: string, { legs, ...placement }: ForeverPlacement): Answer<ForeverOrder> {
    const at = this.#exchange.clock.now();
    const identity = { orderId: this.#exchange.numbers.orderId(at), clientId };
    const named = this.#exchange.conduct.ocoTarget === "price1" ? legs.toReversed() : legs;
    const waiting = named.map((leg, index) => this.#waiting(placement.listing, FOREVER_LEGS[index] ?? "first", leg));
    return { ok: true, value: this.#record({ ...placement, ...identity, legs: waiting, createdAt: at, updatedAt: at }) };
  }

  modify(clientId: string, orderId: string, name: ForeverLegName, { quantity, price, triggerPrice, validity, disclosed }: ForeverChange): Answer<ForeverOrder> {
    const order = this.order(clientId, orderId);
    const leg = order?.legs.find((one) => one.name === name);
    if (order === undefined || leg === undefined) return { ok: false, why: "Order not found" };
    if (leg.status !== "CONFIRM") return { ok: false, why: `Order cannot be modified: it is already ${leg.status}` };
    const changed = this.#waiting(order.listing, name, { quantity, price, triggerPrice });
    return { ok: true, value: this.#record({ ...withLeg(order, changed), validity, disclosed, updatedAt: this.#exchange.clock.now() }) };
  }

  cancel(clientId: string, orderId: string): Answer<ForeverOrder> {
    const order = this.order(clientId, orderId);
    if (order === undefined) return { ok: false, why: "Order not found" };
    if (!order.legs.some(isWaiting)) return { ok: false, why: "Order cannot be cancelled: it is already over" };
    return { ok: true, value: this.#end(order, "CANCELLED") };
  }

  /** As if the market had reached it: its order is sent. */
  fire(clientId: string, orderId: string, name: ForeverLegName): Answer<Order> {
    const order = this.order(clientId, orderId);
    const leg = order?.legs.find((one) => one.name === name);
    if (order === undefined || leg === undefined || !isWaiting(leg)) return { ok: false, why: `the ${name} order of ${orderId} does not wait for the market` };
    return this.#fire(order, leg);
  }

  order(clientId: string, orderId: string): ForeverOrder | undefined {
    return this.#byAccount.get(clientId)?.get(orderId);
  }

  /** The account's, oldest first: those that wait, and those of the day that are over. As they were at `seenAt`, in elapsed time; undefined: now. */
  of(clientId: string, seenAt?: number): readonly ForeverOrder[] {
    const orders = this.#byAccount.get(clientId);
    return (seenAt === undefined ? orders?.all() : orders?.allAsOf(seenAt)) ?? [];
  }

  #waiting(listing: Listing, name: ForeverLegName, terms: ForeverLegTerms): ForeverLeg {
    const last = this.#exchange.market.last(listing);
    const from = last === terms.triggerPrice ? "at" : last < terms.triggerPrice ? "below" : "above";
    return { ...terms, name, status: "CONFIRM", from, fired: undefined };
  }

  #record(order: ForeverOrder): ForeverOrder {
    const known = this.#byAccount.get(order.clientId) ?? new Versions<ForeverOrder>();
    this.#byAccount.set(order.clientId, known);
    known.put(order.orderId, order, this.#exchange.clock.elapsed());
    return order;
  }

  #end(order: ForeverOrder, status: "CANCELLED" | "EXPIRED"): ForeverOrder {
    const legs = order.legs.map((leg) => (isWaiting(leg) ? { ...leg, status } : leg));
    return this.#record({ ...order, legs, updatedAt: this.#exchange.clock.now() });
  }

  #fire(order: ForeverOrder, leg: ForeverLeg): Answer<Order> {
    const { listing, side, product, validity, disclosed, source } = order;
    const limit = { type: leg.price === NO_PRICE ? "MARKET" : "LIMIT", price: leg.price } as const;
    const terms = { ...limit, validity, quantity: leg.quantity, triggerPrice: NO_PRICE, disclosed };
    const placement = { listing, contracted: { side, product, afterMarket: false }, terms, amoTime: undefined, correlationId: undefined, source };
    const number = this.#exchange.conduct.firedNumbers === "forever" ? order.orderId : undefined;
    const sent = this.#exchange.place(order.clientId, placement, number);
    const over = { ...leg, status: sent.ok ? ("TRADED" as const) : ("REJECTED" as const), fired: sent.ok ? sent.value.orderId : undefined };
    this.#end(withLeg(order, over), "CANCELLED");
    return sent;
  }

  /** Whether the market has reached any, of one contract or of all; only while it is open, and with market matching. */
  #meet(listing: Listing | undefined): void {
    if (this.#exchange.session === "closed") return;
    for (const orders of this.#byAccount.values()) {
      for (const order of orders.all()) {
        if (listing !== undefined && order.listing.securityId !== listing.securityId) continue;
        if (this.#exchange.market.matching(order.clientId, order.listing) === "manual") continue;
        const last = this.#exchange.market.last(order.listing);
        const reached = order.legs.find((leg) => isWaiting(leg) && isReached(leg, last));
        if (reached !== undefined) this.#fire(order, reached);
      }
    }
  }

  /** What is over is listed no more, and neither is what waits in a contract that has expired. */
  #startDay(): void {
    const { clock } = this.#exchange;
    const day = tradingDay(clock.now());
    for (const [clientId, orders] of this.#byAccount) {
      const isOn = ({ listing, legs }: ForeverOrder): boolean => legs.some(isWaiting) && (listing.expiry === undefined || listing.expiry.slice(0, 10) >= day);
      const left = new Versions<ForeverOrder>();
      for (const order of orders.all().filter(isOn)) left.put(order.orderId, order, clock.elapsed());
      this.#byAccount.set(clientId, left);
    }
  }
}

export function isWaiting({ status }: Pick<ForeverLeg, "status">): boolean {
  return status === "CONFIRM";
}

function isReached({ from, triggerPrice }: ForeverLeg, last: Price): boolean {
  if (from === "at") return true;
  return from === "below" ? last >= triggerPrice : last <= triggerPrice;
}

function withLeg(order: ForeverOrder, changed: ForeverLeg): ForeverOrder {
  return { ...order, legs: order.legs.map((leg) => (leg.name === changed.name ? changed : leg)) };
}
