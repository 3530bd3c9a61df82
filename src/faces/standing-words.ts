/** What waits at a leader's broker, as people read it, for the log and for `explain`. */
import { NO_PRICE, priceText } from "../domain/money.ts";
import type { ConditionalPlacement, ForeverLeg, StandingOrder } from "../domain/order/standing.ts";
import type { BookRecord } from "../domain/records.ts";

/** The code under which each is told. */
export const STANDING_CODES = { forever: "FOREVER_ORDER", conditional: "CONDITIONAL_ORDER" } as const;

/** `SELL NIFTY-Dec2026-23000-CE MARGIN: 150 at 109.00 when 110.00 is reached, waits (CONFIRM)`; of an OCO order both, with `or` between. */
export function standingWords(order: StandingOrder): string {
  if (order.kind === "conditional") {
    const orders = order.orders.map(placementWords).join("; ");
    return `when ${order.condition}: ${orders === "" ? "no order" : orders}, ${stateWords(order)}`;
  }
  const { contracted, instrument, symbol, legs } = order;
  const name = symbol ?? `${instrument.segment} ${instrument.securityId}`;
  return `${contracted.side} ${name} ${contracted.product}: ${legs.map(legWords).join(", or ")}`;
}

/** What is told of one that waits: with what becomes of it at the followers. */
export function waitingWords({ order, copied }: Pick<Extract<BookRecord, { type: "leader-standing-reported" }>, "order" | "copied">): string {
  return `${standingWords(order)}; ${copied === true ? "it is copied where a copy asks for that" : "it is not copied, the order that it fires is"}`;
}

function legWords(leg: ForeverLeg): string {
  return `${leg.quantity} ${atWords(leg.price)} when ${priceText(leg.triggerPrice)} is reached, ${stateWords(leg)}`;
}

function placementWords({ side, type, quantity, price, triggerPrice, segment, securityId, product }: ConditionalPlacement): string {
  const trigger = triggerPrice === NO_PRICE ? "" : ` trigger ${priceText(triggerPrice)}`;
  return `${side} ${quantity} ${type} ${atWords(price)}${trigger} ${segment} ${securityId} ${product}`;
}

function atWords(price: ForeverLeg["price"]): string {
  return price === NO_PRICE ? "at the market" : `at ${priceText(price)}`;
}

const STATES = { waits: "waits", fired: "has fired", over: "is over", unknown: "is in a state that is not known" } as const;

function stateWords({ state, said }: Pick<ForeverLeg, "state" | "said">): string {
  return `${STATES[state]} (${said})`;
}
