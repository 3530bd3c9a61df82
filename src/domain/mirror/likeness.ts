/** Whether terms that a broker shows are those that we asked for (R2). */
import { isStop, normalised, sameTerms, sameUpper, type Terms } from "../order/terms.ts";

/** As a row of the list tells a forever order: neither its validity nor what of it is disclosed. */
export function asksTheSame(a: Asked, b: Asked): boolean {
  return a.quantity === b.quantity && a.price === b.price && a.triggerPrice === b.triggerPrice && sameUpper(a.upper, b.upper);
}

type Asked = Pick<Terms, "quantity" | "price" | "triggerPrice" | "upper">;

/** Equal but for what the broker makes of terms by itself: a protected market order, a triggered stop (R2). */
export function resembles(shown: Terms, sent: Terms): boolean {
  const a = normalised(shown);
  const b = normalised(sent);
  if (a.quantity !== b.quantity) return false;
  if (sameTerms(a, b) || b.type === "MARKET" || b.type === "STOP_LOSS_MARKET") return true;
  if (a.price !== b.price) return false;
  return a.type === b.type ? a.triggerPrice === b.triggerPrice : isStop(b.type) && a.type === "LIMIT";
}
