/**
 * Everything that a broker said about one order, in the order in which it became true at the broker (R1) and not in the order
 * in which it arrived. What is known of the order is the fold of this list, so a frame that comes late or twice changes nothing.
 *
 * First counts the broker's last-update time, which has one second. Within one second: what was filled, which never falls; then rows that may be older than the
 * second's frames, then the frames as they arrived, then the rows that were certainly asked for after them.
 */
import { instrumentText, sameContract } from "../instrument.ts";
import type { UnixMs } from "../time.ts";
import { samePlan } from "./plan.ts";
import type { OrderReport } from "./report.ts";
import { sameTerms } from "./terms.ts";

/** Oldest truth first. */
export type Told = readonly OrderReport[];

/** A row that was asked for this long after the start of a frame's second was asked for after the frame was made (R1). */
export const ROW_BEATS_FRAME_AFTER_MS = 1_000;

/** The list with one more report in its place. The same list when it was told before; of equal rows the last asked for is kept. */
export function withReport(told: Told, report: OrderReport): Told {
  const before = told.findIndex((other) => saysTheSame(other, report));
  const earlier = told[before];
  if (earlier !== undefined && askedFor(earlier) >= askedFor(report)) return told;
  const others = earlier === undefined ? told : told.toSpliced(before, 1);
  return others.toSpliced(others.findLastIndex((other) => compareTruth(other, report) <= 0) + 1, 0, sharing(told.at(-1), report));
}

/** The same report. What it repeats of the one before is that one's, so that a day's reports weigh little more than what is new in them. */
function sharing(before: OrderReport | undefined, report: OrderReport): OrderReport {
  if (before === undefined) return report;
  const { contract } = before;
  const isSameContract = contract !== undefined && report.contract !== undefined && sameContract(contract, report.contract);
  return {
    ...report,
    clientId: before.clientId,
    orderId: before.orderId,
    exchangeOrderId: before.exchangeOrderId === report.exchangeOrderId ? before.exchangeOrderId : report.exchangeOrderId,
    correlationId: before.correlationId === report.correlationId ? before.correlationId : report.correlationId,
    instrument: instrumentText(before.instrument) === instrumentText(report.instrument) ? before.instrument : report.instrument,
    contract: isSameContract ? contract : report.contract,
    contracted: sameContracted(before.contracted, report.contracted) ? before.contracted : report.contracted,
    terms: sameTerms(before.terms, report.terms) ? before.terms : report.terms,
  };
}

function sameContracted(a: OrderReport["contracted"], b: OrderReport["contracted"]): boolean {
  return a.side === b.side && a.product === b.product && a.afterMarket === b.afterMarket;
}

/** Negative: `a` was true before `b`. Zero: frames of one second with the same filled quantity, of which the last arrived is acted on. */
function compareTruth(a: OrderReport, b: OrderReport): number {
  return a.updatedAt - b.updatedAt || a.filled - b.filled || standing(a) - standing(b) || askedFor(a) - askedFor(b);
}

function standing(report: OrderReport): number {
  if (report.source.kind === "frame") return 1;
  return wasAskedAfter(report, report.updatedAt) ? 2 : 0;
}

/** The report is a row that was certainly asked for after a frame of this second was made. */
export function wasAskedAfter({ source }: OrderReport, second: UnixMs): boolean {
  return source.kind === "row" && source.asked >= second + ROW_BEATS_FRAME_AFTER_MS;
}

function askedFor({ source }: OrderReport): number {
  return source.kind === "row" ? source.asked : 0;
}

/** A repeated frame, or the row of the next poll: equal in everything that is read of it, of the same second. */
function saysTheSame(a: OrderReport, b: OrderReport): boolean {
  return (
    a.updatedAt === b.updatedAt &&
    a.source.kind === b.source.kind &&
    a.status === b.status &&
    a.filled === b.filled &&
    a.averagePrice === b.averagePrice &&
    a.orderTime === b.orderTime &&
    a.exchangeOrderId === b.exchangeOrderId &&
    a.correlationId === b.correlationId &&
    sameTerms(a.terms, b.terms) &&
    samePlan(a.plan, b.plan) &&
    a.upperIs === b.upperIs
  );
}
