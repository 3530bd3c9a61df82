/** What kind of order a leader's order is, where that decides what may come of it (R19; reference 3, 4.3). */
import type { KnownOrder } from "./known.ts";
import type { OrderFamily } from "./report.ts";

/** Cover and bracket orders have positions of their own (`CO` and `BO` in the position book): a plain order neither adds to them nor exits them. */
export function isNettedApart(family: OrderFamily): boolean {
  return family === "cover" || family === "bracket";
}

/** An order of the broker's own before the close. The mark is in the correlation id (reference 4.3). */
export function isSquareOff({ family, correlationId }: Pick<KnownOrder, "family" | "correlationId">): boolean {
  return family === "plain" && correlationId !== undefined && /SQROFF/i.test(correlationId);
}

/** It only ever reduces a position, whatever is known of that: what it finds none of, it opens none of. */
export function neverEnters(known: Pick<KnownOrder, "family" | "correlationId" | "leg">): boolean {
  return isSquareOff(known) || known.leg !== undefined;
}
