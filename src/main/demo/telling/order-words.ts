/** Sizes and prices as people say them. */
import { NO_PRICE, priceText } from "../../../domain/money.ts";
import type { Side, Terms } from "../../../domain/order/terms.ts";

/** `4 lots`, `1 lot`; where the lot is one unit, or the number is no whole lots, `250 units`. */
export function sizeWords(units: number, lot: number): string {
  if (lot <= 1 || units % lot !== 0) return `${units} units`;
  return units === lot ? "1 lot" : `${units / lot} lots`;
}

/** `2 of 4 lots`. */
export function partWords(part: number, whole: number, lot: number): string {
  const inLots = lot > 1 && part % lot === 0 && whole % lot === 0;
  return inLots ? `${part / lot} of ${sizeWords(whole, lot)}` : `${part} of ${whole} units`;
}

export function sideVerb(side: Side): string {
  return side === "BUY" ? "buys" : "sells";
}

/** `limit 120.50`, `market`, `stop at 110.00, limit 109.00, IOC`. */
export function termsWords({ type, validity, price, triggerPrice, disclosed }: Terms): string {
  const limit = price === NO_PRICE ? [] : [`limit ${priceText(price)}`];
  const priced = type === "MARKET" ? ["market"] : limit;
  const stop = triggerPrice === NO_PRICE ? [] : [`stop at ${priceText(triggerPrice)}`, ...(type === "STOP_LOSS_MARKET" ? ["then market"] : [])];
  return [...stop, ...priced, ...(validity === "IOC" ? ["IOC"] : []), ...(disclosed === 0 ? [] : [`showing ${disclosed}`])].join(", ");
}
