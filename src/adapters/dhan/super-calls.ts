/** What goes out for super orders: only the fields of each call, all with typed values (reference 3.1). */
import type { ClientId } from "../../domain/identity.ts";
import { priceToRupees } from "../../domain/money.ts";
import type { LegChange, LegPrices } from "../../domain/order/plan.ts";
import type { Modification, Placement } from "../../engine/ports/broker.ts";
import { LEG_WORDS } from "./leg-numbers.ts";

export function superPlaceBody(client: ClientId, { correlationId, instrument, contracted, terms }: Placement, prices: LegPrices): string {
  return JSON.stringify({
    dhanClientId: client,
    correlationId,
    transactionType: contracted.side,
    exchangeSegment: instrument.segment,
    productType: contracted.product,
    orderType: terms.type,
    securityId: instrument.securityId,
    quantity: terms.quantity,
    price: priceToRupees(terms.price),
    targetPrice: priceToRupees(prices.target),
    stopLossPrice: priceToRupees(prices.stop),
    trailingJump: priceToRupees(prices.trail),
  });
}

/** A trail that is left out, or zero, is cancelled: it goes with every change that could touch it. */
export function superModifyBody(client: ClientId, { orderId, terms }: Modification, { leg, prices }: LegChange): string {
  const about = { dhanClientId: client, orderId, legName: LEG_WORDS[leg] };
  const stop = { stopLossPrice: priceToRupees(prices.stop), trailingJump: priceToRupees(prices.trail) };
  const target = { targetPrice: priceToRupees(prices.target) };
  switch (leg) {
    case "entry":
      return JSON.stringify({ ...about, orderType: terms.type, quantity: terms.quantity, price: priceToRupees(terms.price), ...target, ...stop });
    case "target":
      return JSON.stringify({ ...about, ...target });
    case "stop":
      return JSON.stringify({ ...about, ...stop });
  }
}
