/** How far one price lies beyond another, on the side that executes. */
import type { OrderVersion } from "./observed.ts";

/** `exitSlippage` of every copy, in hundredths of a percent. */
const EXIT_HUNDREDTHS = 1_000;
const WHOLE = 10_000;

/** How much more a buyer pays, or less a seller gets. */
export function worseBy({ side }: Pick<OrderVersion, "side">, price: number, reference: number): number {
  return side === "BUY" ? price - reference : reference - price;
}

/** Not worse than the reference by more than `exitSlippage`. */
export function isWithinExit(order: Pick<OrderVersion, "side">, price: number, reference: number): boolean {
  return worseBy(order, price, reference) <= Math.ceil((reference * EXIT_HUNDREDTHS) / WHOLE);
}
