/**
 * What goes out for forever orders (reference 3.2): only the fields of each call, all with typed values. Of a stop with a limit the broker is told a
 * LIMIT and a trigger, of one without a MARKET and a trigger. Of an OCO order the one that is to take the gain goes out as `price1`, as the page says.
 */
import type { ClientId } from "../../domain/identity.ts";
import { NO_PRICE, priceToRupees } from "../../domain/money.ts";
import { type Waiting, waitingIn } from "../../domain/order/oco.ts";
import type { Modification, Placement } from "../../engine/ports/broker.ts";

export function foreverPlaceBody(client: ClientId, { correlationId, instrument, contracted, terms }: Placement): string {
  const [lower, upper] = waitingIn(terms);
  const [stop, target] = contracted.side === "SELL" || upper === undefined ? [lower, upper] : [upper, lower];
  return JSON.stringify({
    dhanClientId: client,
    correlationId,
    orderFlag: target === undefined ? "SINGLE" : "OCO",
    transactionType: contracted.side,
    exchangeSegment: instrument.segment,
    productType: contracted.product,
    validity: terms.validity,
    securityId: instrument.securityId,
    disclosedQuantity: terms.disclosed,
    ...asked(stop),
    ...(target === undefined ? {} : second(target)),
  });
}

/** The complete wanted state: of an OCO order that of one of the two, which is named as the list of the account names it. A single one is named as the first is. */
export function foreverModifyBody(client: ClientId, { orderId, terms, oco }: Modification): string {
  const about = { dhanClientId: client, orderId, orderFlag: oco === undefined ? "SINGLE" : "OCO", legName: LEG_WORDS[oco?.leg ?? "first"] };
  return JSON.stringify({ ...about, validity: terms.validity, disclosedQuantity: terms.disclosed, ...asked(oco?.to ?? waitingIn(terms)[0]) });
}

const LEG_WORDS = { first: "TARGET_LEG", second: "STOP_LOSS_LEG" } as const;

function asked({ quantity, price, triggerPrice }: Waiting): Record<string, unknown> {
  return { orderType: price === NO_PRICE ? "MARKET" : "LIMIT", quantity, price: priceToRupees(price), triggerPrice: priceToRupees(triggerPrice) };
}

function second({ quantity, price, triggerPrice }: Waiting): Record<string, unknown> {
  return { quantity1: quantity, price1: priceToRupees(price), triggerPrice1: priceToRupees(triggerPrice) };
}
