/** An account's books, read whole, and its positions with all that is known beyond them. */
import { holdingKey } from "../domain/book/book.ts";
import { isNettedApart, sentAt } from "../domain/order/family.ts";
import type { KnownOrder } from "../domain/order/known.ts";
import type { OrderReport, PositionReport } from "../domain/order/report.ts";
import { direction } from "../domain/order/terms.ts";
import { tradingDay, type UnixMs } from "../domain/time.ts";

/** Orders and positions that belong together. */
export interface Books {
  readonly orders: readonly OrderReport[];
  readonly positions: readonly PositionReport[];
}

/**
 * Net positions with all that is known to have been filled today: books may lag behind the streams (reference 12, 14), and then lack in
 * the positions what they lack in the rows.
 */
export function caughtUp(positions: readonly PositionReport[], rows: readonly OrderReport[], known: Iterable<KnownOrder>, now: UnixMs): PositionReport[] {
  const told = new Map(rows.map((report) => [report.orderId, report.filled]));
  const ahead = new Map<string, PositionReport>();
  for (const position of positions) ahead.set(holdingKey(position.instrument, position.product), position);
  // Of earlier days today's book has no rows, and its positions have the fills.
  for (const order of known) if (tradingDay(sentAt(order)) === tradingDay(now)) moved(ahead, order, Math.max(0, order.filled - (told.get(order.orderId) ?? 0)));
  return [...ahead.values()];
}

/** After a trade of so many units. */
export function moved(
  positions: Map<string, PositionReport>,
  { instrument, family, contracted: { product, side } }: Pick<OrderReport, "instrument" | "family" | "contracted">,
  units: number,
): void {
  if (units === 0 || isNettedApart(family)) return;
  const key = holdingKey(instrument, product);
  const position = positions.get(key) ?? { instrument, product, net: 0 };
  positions.set(key, { ...position, net: position.net + direction(side) * units });
}
