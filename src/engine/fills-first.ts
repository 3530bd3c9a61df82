/** In which order the rows of one reading are taken. */
import type { OrderReport } from "../domain/order/report.ts";

/**
 * Super orders that have filled before those that have not: what an order that waits would reduce is judged by all that the reading tells to have filled. A sale that
 * closed what a later row of the list of super orders has bought is in the list of plain orders, which is read first (R14).
 */
export function fillsFirst(reports: readonly OrderReport[]): readonly OrderReport[] {
  const entryOf = ({ orderId, leg }: OrderReport) => leg?.of ?? orderId;
  const waits = new Set(reports.filter(({ family, leg, filled }) => family === "super" && leg === undefined && filled === 0).map(({ orderId }) => orderId));
  if (waits.size === 0) return reports;
  return [...reports.filter((row) => !waits.has(entryOf(row))), ...reports.filter((row) => waits.has(entryOf(row)))];
}
