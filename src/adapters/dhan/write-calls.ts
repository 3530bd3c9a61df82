/** The order calls: what goes out (reference 2.1, 2.3, 2.4), and what the answer proves (R10; reference 10.4). */
import { z } from "zod";
import { type ClientId, type OrderId, orderId } from "../../domain/identity.ts";
import { priceToRupees } from "../../domain/money.ts";
import { classifyReason } from "../../domain/order/rejection.ts";
import type { Modification, Placement, WriteOutcome } from "../../engine/ports/broker.ts";
import { judge } from "./refusals.ts";
import { id, text, wanted } from "./wire-values.ts";

/**
 * Every field with a typed value, as the vendor's own client sends it: an empty text in a numeric field is refused with DH-905,
 * and so, by one report, is a missing one.
 */
export function placeBody(client: ClientId, { correlationId, instrument, contracted, amoTime, terms }: Placement): string {
  return JSON.stringify({
    dhanClientId: client,
    correlationId,
    transactionType: contracted.side,
    exchangeSegment: instrument.segment,
    productType: contracted.product,
    orderType: terms.type,
    validity: terms.validity,
    securityId: instrument.securityId,
    quantity: terms.quantity,
    disclosedQuantity: terms.disclosed,
    price: terms.type === "LIMIT" || terms.type === "STOP_LOSS" ? priceToRupees(terms.price) : 0,
    triggerPrice: priceToRupees(terms.triggerPrice),
    afterMarketOrder: contracted.afterMarket,
    ...(contracted.afterMarket ? { amoTime } : {}),
    boProfitValue: null,
    boStopLossValue: null,
  });
}

/** The complete wanted state; the quantity counts what is filled. No `legName`: an empty one is refused (reference 2.3). */
export function modifyBody(client: ClientId, { orderId, terms }: Modification): string {
  return JSON.stringify({
    dhanClientId: client,
    orderId,
    orderType: terms.type,
    validity: terms.validity,
    quantity: terms.quantity,
    disclosedQuantity: terms.disclosed,
    price: terms.type === "LIMIT" || terms.type === "STOP_LOSS" ? priceToRupees(terms.price) : 0,
    triggerPrice: priceToRupees(terms.triggerPrice),
  });
}

const ANSWER = z.object({ orderId: wanted(id), orderStatus: wanted(text), omsErrorDescription: wanted(text) });

/**
 * The outcome of an order call that was answered. `asked` is the order that a modification or a cancel was about: their answers
 * may be empty (reference 2.4), while a placement without an order number in its answer is an outcome that nobody knows.
 */
export function outcomeOf(reply: { readonly status: number; readonly body: string }, asked: OrderId | undefined): WriteOutcome {
  const body = parsed(reply.body);
  const verdict = judge(reply.status, body);
  if (verdict.is === "refused") return { outcome: "refused", refusal: verdict.refusal };
  if (verdict.is === "doubt") {
    const unreadable = reply.status < 500 && body === undefined;
    return { outcome: "unknown", because: unreadable ? "unreadable-reply" : "server-error", detail: verdict.said };
  }
  const answer = ANSWER.safeParse(Array.isArray(body) ? body[0] : (body ?? (reply.body.trim() === "" ? {} : undefined)));
  const number = answer.data?.orderId;
  const order = number === undefined ? asked : orderId(number);
  if (!answer.success || order === undefined) {
    return { outcome: "unknown", because: "unreadable-reply", detail: `HTTP ${reply.status} without an order number that can be read` };
  }
  const status = answer.data.orderStatus?.toUpperCase() ?? "";
  if (status !== "REJECTED") return { outcome: "accepted", orderId: order, status };
  const said = answer.data.omsErrorDescription ?? "";
  return { outcome: "refused", refusal: { code: classifyReason(said), brokerSaid: said === "" ? `order ${order} was answered as REJECTED` : said } };
}

/** Undefined: no JSON. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
