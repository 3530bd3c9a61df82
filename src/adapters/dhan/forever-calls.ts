/**
 * What goes out for forever orders (reference 3.2): only the fields of each call, all with typed values. Of a stop with a limit the broker is told a
 * LIMIT and a trigger, of one without a MARKET and a trigger.
 */
import type { ClientId } from "../../domain/identity.ts";
import { priceToRupees } from "../../domain/money.ts";
import type { Terms } from "../../domain/order/terms.ts";
import type { Modification, Placement } from "../../engine/ports/broker.ts";

export function foreverPlaceBody(client: ClientId, { correlationId, instrument, contracted, terms }: Placement): string {
  return JSON.stringify({
    dhanClientId: client,
    correlationId,
    orderFlag: "SINGLE",
    transactionType: contracted.side,
    exchangeSegment: instrument.segment,
    productType: contracted.product,
    validity: terms.validity,
    securityId: instrument.securityId,
    ...asked(terms),
  });
}

/** The complete wanted state. A single order is named as the first of an OCO order is. */
export function foreverModifyBody(client: ClientId, { orderId, terms }: Modification): string {
  return JSON.stringify({ dhanClientId: client, orderId, orderFlag: "SINGLE", legName: "TARGET_LEG", validity: terms.validity, ...asked(terms) });
}

function asked({ type, quantity, disclosed, price, triggerPrice }: Terms): Record<string, unknown> {
  return {
    orderType: type === "STOP_LOSS" ? "LIMIT" : "MARKET",
    quantity,
    disclosedQuantity: disclosed,
    price: type === "STOP_LOSS" ? priceToRupees(price) : 0,
    triggerPrice: priceToRupees(triggerPrice),
  };
}
