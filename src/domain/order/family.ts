/** What kind of order a leader's order is, where that decides what may come of it (R19; reference 3, 4.3). */
import type { UnixMs } from "../time.ts";
import type { KnownOrder } from "./known.ts";
import type { OrderFamily } from "./report.ts";
import { isStop, type Terms, triggered } from "./terms.ts";

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

/** A forever order that stands at the broker and has fired nothing. Not once it is over. */
export function waitsForever({ family, fired, end }: Pick<KnownOrder, "family" | "fired" | "end">): boolean {
  return family === "forever" && fired === undefined && end === undefined;
}

/** When it began at the exchange: what a forever order has fired is of the day on which it fired. */
export function sentAt({ fired, createdAt }: Pick<KnownOrder, "fired" | "createdAt">): UnixMs {
  return fired?.at ?? createdAt;
}

/** What it asks for at the exchange by now: what a forever order has fired has no trigger any more. */
export function atExchange({ family, fired, terms }: Pick<KnownOrder, "family" | "fired" | "terms">): Terms {
  return family === "forever" && fired !== undefined && isStop(terms.type) ? triggered(terms) : terms;
}
