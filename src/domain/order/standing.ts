/**
 * What waits at a broker for a price or a condition, over days if need be, and is no order at the exchange until then: forever orders and
 * conditional ("alert") orders (reference 3.2, 3.3). What one fires is an ordinary order, which nothing connects with it but its terms.
 */
import type { OrderId, SecurityId } from "../identity.ts";
import type { InstrumentKey, Segment } from "../instrument.ts";
import type { Price } from "../money.ts";
import type { Quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import type { Contracted, OrderType, Product, Side } from "./terms.ts";

/** `unknown`: the broker's word for it stands in no table. */
export type StandingState = "waits" | "fired" | "over" | "unknown";

/** One of the orders of a forever order: a single one has the first alone, an OCO order both. */
export interface ForeverLeg {
  readonly leg: "first" | "second";
  readonly quantity: Quantity;
  /** Zero: at the market. */
  readonly price: Price;
  readonly triggerPrice: Price;
  readonly state: StandingState;
  /** The broker's word for that. */
  readonly said: string;
}

export interface ForeverOrder {
  readonly kind: "forever";
  readonly orderId: OrderId;
  readonly instrument: InstrumentKey;
  /** The contract's name at the exchange, for people; undefined where the row has none. */
  readonly symbol: string | undefined;
  readonly contracted: Pick<Contracted, "side" | "product">;
  readonly legs: readonly ForeverLeg[];
  /** Of an OCO order whose list names its two, rather than that their rows stand in some order. */
  readonly isNamed?: true;
  /** When it was placed; undefined where the row does not tell. */
  readonly createdAt?: UnixMs | undefined;
  /** The broker's last-update time; undefined where the row has none. */
  readonly updatedAt: UnixMs | undefined;
}

/** An order that a condition would send. The expiry of its contract is not told. */
export interface ConditionalPlacement {
  readonly segment: Segment;
  readonly securityId: SecurityId;
  readonly side: Side;
  readonly product: Product;
  readonly type: OrderType;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly triggerPrice: Price;
}

export interface ConditionalOrder {
  readonly kind: "conditional";
  /** The number of the alert. */
  readonly orderId: OrderId;
  /** In the broker's words: `PRICE_WITH_VALUE of IDX_I 13 GREATER_THAN 26000`. */
  readonly condition: string;
  readonly orders: readonly ConditionalPlacement[];
  readonly state: StandingState;
  readonly said: string;
}

export type StandingOrder = ForeverOrder | ConditionalOrder;
export type StandingKind = StandingOrder["kind"];

/** Numbers of alerts and of orders are two series. */
export type StandingKey = string & { readonly standing: unique symbol };

export function standingKey({ kind, orderId }: Pick<StandingOrder, "kind" | "orderId">): StandingKey {
  return `${kind}:${orderId}` as StandingKey;
}

/** Whether something of it may still fire, as far as is known: what a word that nobody knows may mean is no end. */
export function waits(order: StandingOrder): boolean {
  return order.kind === "conditional" ? mayFire(order) : order.legs.some(mayFire);
}

/** One that has fired is over, whatever the list says of its other. What a word that nobody knows may mean is no end. */
export function stateOfForever(order: ForeverOrder): "waits" | "fired" | "over" {
  if (order.legs.some(({ state }) => state === "fired")) return "fired";
  return waits(order) ? "waits" : "over";
}

function mayFire({ state }: Pick<ForeverLeg, "state">): boolean {
  return state === "waits" || state === "unknown";
}

/** Whether one says of the other nothing new: the broker's other word for the same state is none. */
export function tellsSame(one: StandingOrder, other: StandingOrder): boolean {
  return essence(one) === essence(other);
}

function essence(order: StandingOrder): string {
  if (order.kind === "conditional") return JSON.stringify([order.condition, order.orders, wordOf(order)]);
  const legs = order.legs.map((leg) => [leg.leg, leg.quantity, leg.price, leg.triggerPrice, wordOf(leg)]);
  return JSON.stringify([order.instrument.segment, order.instrument.securityId, order.contracted.side, order.contracted.product, legs]);
}

function wordOf({ state, said }: Pick<ForeverLeg, "state" | "said">): string {
  return state === "unknown" ? said : state;
}
