/** What is worth a record, of all that the brokers tell again and again. */
import type { MoneyReading } from "../domain/margin/funds.ts";
import { merge } from "../domain/order/known.ts";
import type { OrderReport } from "../domain/order/report.ts";

/** What tells the same money again is kept often enough to be known for young. */
const FUNDS_KEPT_MS = 60_000;

export function isMoneyNews(known: MoneyReading | undefined, { asked, availablePaise, utilisedPaise }: MoneyReading): boolean {
  if (known === undefined || asked - known.asked >= FUNDS_KEPT_MS) return true;
  return known.availablePaise !== availablePaise || known.utilisedPaise !== utilisedPaise;
}

/** A repeated frame, or a row of a poll that tells what is known: not worth a record. */
export function saysNothingNew(known: Parameters<typeof merge>[0], report: OrderReport): boolean {
  if (known.doubt !== undefined) return false;
  const after = merge(known, report);
  if (after === known) return true;
  if (report.source.kind === "frame") return false;
  return (
    after.filled === known.filled &&
    after.end === known.end &&
    after.terms === known.terms &&
    after.confirmed === known.confirmed &&
    after.reached === known.reached &&
    after.averagePrice === known.averagePrice &&
    after.doubt === known.doubt &&
    after.triggered === known.triggered &&
    after.plan === known.plan
  );
}
