/** Orders, quantities and prices as people read them, for the log and for `explain`. */
import type { Contract, InstrumentKey } from "../domain/instrument.ts";
import { NO_PRICE, priceText } from "../domain/money.ts";
import type { OrderReport } from "../domain/order/report.ts";
import type { Contracted, Terms } from "../domain/order/terms.ts";
import type { CancelIntended } from "../domain/records.ts";

/** `150 LIMIT 120.50`, `75 STOP_LOSS 109.00 trigger 110.00 IOC disclosing 25`. */
export function termsWords({ quantity, type, validity, price, triggerPrice, disclosed }: Terms): string {
  return [
    String(quantity),
    type,
    ...(price === NO_PRICE ? [] : [priceText(price)]),
    ...(triggerPrice === NO_PRICE ? [] : [`trigger ${priceText(triggerPrice)}`]),
    ...(validity === "DAY" ? [] : [validity]),
    ...(disclosed === 0 ? [] : [`disclosing ${disclosed}`]),
  ].join(" ");
}

/** What follows a cancel of our own, after its order: nothing where the leader withdrew his. */
export function cancelPurpose({ replaces, givesUp }: Pick<CancelIntended, "replaces" | "givesUp">): string {
  if (replaces === true) return ", to place it anew";
  return givesUp === true ? ", which the leader's fill has left behind" : "";
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

/** `PENDING, BUY 150 LIMIT 120.50 NIFTY 29 DEC 23000 CALL INTRADAY, 75 of 150 filled at 120.45`. */
export function reportWords(report: OrderReport): string {
  const { terms, filled, averagePrice, reason, family } = report;
  return [
    report.status,
    orderWords(report),
    ...(family === "plain" ? [] : [`part of a ${family} order`]),
    ...(filled === 0 ? [] : [`${filled} of ${terms.quantity} filled at ${priceText(averagePrice)}`]),
    ...(isTelling(report) ? [reason] : []),
  ].join(", ");
}

/** Dhan's reason of an order that fares well is a word such as `CONFIRMED`. */
function isTelling({ reason, status }: OrderReport): boolean {
  return reason !== "" && (status === "REJECTED" || status === "CANCELLED" || status === "EXPIRED") && reason !== "CONFIRMED";
}
