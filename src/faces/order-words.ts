/** Orders, quantities and prices as people read them, for the log and for `explain`. */
import { unreachable } from "../domain/assert.ts";
import type { Contract, InstrumentKey } from "../domain/instrument.ts";
import { NO_PRICE, priceText } from "../domain/money.ts";
import { type Waiting, waitingIn } from "../domain/order/oco.ts";
import { type LegPrices, NO_LEGS } from "../domain/order/plan.ts";
import type { OrderReport } from "../domain/order/report.ts";
import type { Contracted, Terms } from "../domain/order/terms.ts";
import type { CancelIntended, ModificationIntended } from "../domain/records.ts";

/** `150 LIMIT 120.50`, `75 STOP_LOSS 109.00 trigger 110.00 IOC disclosing 25`; of an OCO order `75 STOP_LOSS 109.00 trigger 110.00 or 134.00 trigger 135.00`. */
export function termsWords(terms: Terms): string {
  const { type, validity, disclosed } = terms;
  const [one, other] = waitingIn(terms);
  return [
    String(one.quantity),
    type,
    ...priceWords(one),
    ...(other === undefined ? [] : ["or", ...(other.quantity === one.quantity ? [] : [String(other.quantity)]), ...priceWords(other)]),
    ...(validity === "DAY" ? [] : [validity]),
    ...(disclosed === 0 ? [] : [`disclosing ${disclosed}`]),
  ].join(" ");
}

function priceWords({ price, triggerPrice }: Waiting): readonly string[] {
  return [...(price === NO_PRICE ? [] : [priceText(price)]), ...(triggerPrice === NO_PRICE ? [] : [`trigger ${priceText(triggerPrice)}`])];
}

/** `order 75001`, `the stop of order 75001`, and why, unless the leader withdrew his. */
export function cancelWords({ orderId, leg, replaces, givesUp }: Pick<CancelIntended, "orderId" | "leg" | "replaces" | "givesUp">): string {
  const what = leg === "stop" || leg === "target" ? `the ${leg} of order ${orderId}` : `order ${orderId}`;
  if (replaces === true) return `${what}, to place it anew`;
  return givesUp === true ? `${what}, which the leader's fill has left behind` : what;
}

/** `75 LIMIT 120.50`; of a super order with its legs, `75 LIMIT 120.50, target 135.00, stop 110.00, trail 1.00`, or of one leg, `target 135.00`. */
export function changeWords({ terms, legs }: Pick<ModificationIntended, "terms" | "legs">): string {
  if (legs === undefined) return termsWords(terms);
  switch (legs.leg) {
    case "entry":
      return [termsWords(terms), ...legWords(legs.prices)].join(", ");
    case "target":
      return legWords({ ...NO_LEGS, target: legs.prices.target }).join(", ");
    case "stop":
      return legWords({ ...legs.prices, target: NO_PRICE }).join(", ");
    default:
      return unreachable(legs.leg);
  }
}

/** The legs of a super order, those that it has; nothing of another order. */
export function legWords(prices: LegPrices = NO_LEGS): readonly string[] {
  return (["target", "stop", "trail"] as const).flatMap((leg) => (prices[leg] === NO_PRICE ? [] : [`${leg} ${priceText(prices[leg])}`]));
}

interface OrderFacts {
  readonly contracted: Contracted;
  readonly terms: Terms;
  readonly instrument: InstrumentKey;
  readonly contract: Contract | undefined;
}

/** `BUY 150 LIMIT 120.50 NIFTY 29 DEC 23000 CALL INTRADAY`; segment and id where the contract's name is not known. */
export function orderWords({ contracted, terms, instrument, contract }: OrderFacts): string {
  const name = contract?.displayName ?? `${instrument.segment} ${instrument.securityId}`;
  const afterMarket = contracted.afterMarket ? " after-market" : "";
  return `${contracted.side} ${termsWords(terms)} ${name} ${contracted.product}${afterMarket}`;
}

/** `PENDING, BUY 150 LIMIT 120.50 NIFTY 29 DEC 23000 CALL INTRADAY, 75 of 150 filled at 120.45`. A row of a book has no name; `contract` is what is known of it otherwise. */
export function reportWords(report: OrderReport, contract: Contract | undefined): string {
  const { terms, filled, averagePrice, reason } = report;
  return [
    report.status,
    orderWords({ ...report, contract: report.contract ?? contract }),
    ...familyWords(report),
    ...(filled === 0 ? [] : [`${filled} of ${terms.quantity} filled at ${priceText(averagePrice)}`]),
    ...(isTelling(report) ? [reason] : []),
  ].join(", ");
}

function familyWords({ family, leg, plan }: OrderReport): readonly string[] {
  if (family === "plain") return [];
  return leg === undefined ? [`part of a ${family} order`, ...legWords(plan?.prices)] : [`the ${leg.leg} of super order ${leg.of}`];
}

/** Dhan's reason of an order that fares well is a word such as `CONFIRMED`. */
function isTelling({ reason, status }: OrderReport): boolean {
  return reason !== "" && (status === "REJECTED" || status === "CANCELLED" || status === "EXPIRED") && reason !== "CONFIRMED";
}
