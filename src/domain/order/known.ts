/**
 * What is known of one order: the merge of everything that a broker said about it (R1, R2, R5).
 *
 * The same merge serves the leader's orders and the followers'. It is a pure function of what is known and of one more
 * report, and its answer does not depend on the order or the doubling of reports whose times differ. Times have one second;
 * within one second the last arrived is acted on and `tie` asks for one read of that order.
 */
import { unreachable } from "../assert.ts";
import type { ClientId, CorrelationId, OrderId } from "../identity.ts";
import type { Contract, InstrumentKey } from "../instrument.ts";
import type { Price } from "../money.ts";
import type { Quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import type { OrderFamily, OrderReport } from "./report.ts";
import { type OrderEnd, stateOf, TRANSITIONS } from "./status.ts";
import { type Contracted, isStop, normalised, sameTerms, type Terms } from "./terms.ts";

export interface KnownOrder {
  readonly clientId: ClientId;
  readonly orderId: OrderId;
  readonly correlationId: CorrelationId | undefined;
  readonly family: OrderFamily;
  readonly instrument: InstrumentKey;
  readonly contract: Contract | undefined;
  readonly contracted: Contracted;
  /** What its owner asked for. The broker's own conversions (a market order shown as a limit, a triggered stop) are left out (R2). */
  readonly terms: Terms;
  readonly filled: Quantity;
  readonly averagePrice: Price;
  /** Undefined while it is open. */
  readonly end: OrderEnd | undefined;
  /** The exchange has given it a number. */
  readonly reached: boolean;
  /** The broker has shown it pending, changed or traded: more than received. Only then is a leader order copied. */
  readonly confirmed: boolean;
  readonly reason: string;
  /** When the broker got the order or its latest change, if a frame said so. */
  readonly orderTime: UnixMs | undefined;
  /** The broker's time of the newest report. */
  readonly updatedAt: UnixMs;
  /** The broker's time of the newest report that showed `terms`. */
  readonly termsAt: UnixMs;
  readonly lastPrice: Price | undefined;
  /** It had ended before we saw it for the first time. */
  readonly firstSeenEnded: boolean;
  /** A stop that the broker has shown without its trigger: it was triggered. */
  readonly triggered: boolean;
  /** Something that only one more read of this order can settle, since when. */
  readonly doubt: { readonly about: "tie" | "rejection"; readonly since: UnixMs } | undefined;
  /** What was seen of the newest second, so that a repeated frame is not taken for news. */
  readonly newest: { readonly from: "frame" } | { readonly from: "row"; readonly asked: UnixMs };
  readonly seenThisSecond: readonly string[];
}

/** A row that was asked for this long after the start of a frame's second was asked for after the frame was made (R1). */
export const ROW_BEATS_FRAME_AFTER_MS = 1_000;

export function firstKnown(report: OrderReport): KnownOrder {
  const reached = report.exchangeOrderId !== undefined;
  const unseen: KnownOrder = {
    clientId: report.clientId,
    orderId: report.orderId,
    correlationId: report.correlationId,
    family: report.family,
    instrument: report.instrument,
    contract: report.contract,
    contracted: report.contracted,
    terms: normalised(report.terms),
    filled: report.filled,
    averagePrice: report.averagePrice,
    end: undefined,
    reached,
    confirmed: confirms(report),
    reason: report.reason,
    orderTime: report.orderTime,
    updatedAt: report.updatedAt,
    termsAt: report.updatedAt,
    lastPrice: report.lastPrice,
    firstSeenEnded: false,
    triggered: false,
    doubt: undefined,
    newest: newestOf(report),
    seenThisSecond: [fingerprint(report)],
  };
  const first = mergeEnd(unseen, report, "newer");
  return { ...first, firstSeenEnded: first.end !== undefined };
}

/** What is known after one more report. The same object when the report said nothing new. */
export function merge(known: KnownOrder, report: OrderReport): KnownOrder {
  const age = compareAge(known, report);
  if (age === "repeated") return known;
  const withFills = mergeFills(known, report);
  const withFacts = mergeFacts(withFills, report);
  if (known.end !== undefined) return age === "newer" || age === "same-second" ? { ...withFacts, updatedAt: later(known.updatedAt, report.updatedAt) } : withFacts;
  return mergeEnd(mergeTerms(withFacts, known, report, age), report, age);
}

type Age = "newer" | "same-second" | "older" | "repeated";

/** Whether a report is newer than the newest that was merged: time first, then what can beat what within one second (R1). */
function compareAge(known: KnownOrder, report: OrderReport): Age {
  if (report.updatedAt > known.updatedAt) return "newer";
  if (report.updatedAt < known.updatedAt) return "older";
  const print = fingerprint(report);
  if (report.source.kind === "row") {
    if (known.newest.from === "row") return report.source.asked > known.newest.asked ? "newer" : known.seenThisSecond.includes(print) ? "repeated" : "older";
    return report.source.asked >= known.updatedAt + ROW_BEATS_FRAME_AFTER_MS ? "newer" : "older";
  }
  if (known.seenThisSecond.includes(print)) return "repeated";
  if (known.newest.from === "row" && known.newest.asked >= report.updatedAt + ROW_BEATS_FRAME_AFTER_MS) return "older";
  return known.newest.from === "row" ? "newer" : "same-second";
}

/** Filled quantity never falls, whatever the report's age; the average belongs to the largest filled quantity. */
function mergeFills(known: KnownOrder, report: OrderReport): KnownOrder {
  if (report.filled < known.filled) return known;
  if (report.filled === known.filled && (known.averagePrice !== 0 || report.averagePrice === 0)) return known;
  return { ...known, filled: report.filled, averagePrice: report.averagePrice };
}

/** Facts that never change once known, from whatever report brings them first. */
function mergeFacts(known: KnownOrder, report: OrderReport): KnownOrder {
  const contract = known.contract ?? report.contract;
  const correlationId = known.correlationId ?? report.correlationId;
  const reached = known.reached || report.exchangeOrderId !== undefined;
  const family = known.family === "plain" ? report.family : known.family;
  const confirmed = known.confirmed || confirms(report);
  const nothingNew = contract === known.contract && correlationId === known.correlationId && reached === known.reached && family === known.family && confirmed === known.confirmed;
  return nothingNew ? known : { ...known, contract, correlationId, reached, family, confirmed };
}

/** Terms move only forward in time, and only by their owner's will. */
function mergeTerms(merged: KnownOrder, known: KnownOrder, report: OrderReport, age: Age): KnownOrder {
  if (age === "older") {
    // A late frame of a change that a still later report has already hidden: the broker showed its own conversion meanwhile.
    if (report.source.kind === "frame" && report.status === "MODIFIED" && report.updatedAt > known.termsAt) {
      return { ...merged, terms: normalised(report.terms), termsAt: report.updatedAt, triggered: false };
    }
    return merged;
  }
  const shown = normalised(report.terms);
  const newest = {
    ...merged,
    updatedAt: report.updatedAt,
    orderTime: report.orderTime === undefined ? known.orderTime : later(known.orderTime ?? report.orderTime, report.orderTime),
    reason: report.reason === "" ? known.reason : report.reason,
    lastPrice: report.lastPrice ?? known.lastPrice,
    newest: newestOf(report),
    seenThisSecond: age === "same-second" ? [...known.seenThisSecond, fingerprint(report)] : [fingerprint(report)],
    doubt: age === "newer" && known.doubt?.about === "tie" ? undefined : known.doubt,
  };
  if (sameTerms(shown, known.terms)) return { ...newest, termsAt: report.updatedAt };
  const owners = ownersChange(known, report);
  const triggered = known.triggered || (!owners && isStop(known.terms.type) && !isStop(shown.type));
  const terms: Terms = owners ? shown : { ...shown, type: known.terms.type, price: known.terms.price, triggerPrice: known.terms.triggerPrice };
  if (sameTerms(terms, known.terms)) return { ...newest, triggered };
  const doubt = age === "same-second" ? ({ about: "tie", since: report.updatedAt } as const) : newest.doubt;
  return { ...newest, terms, termsAt: report.updatedAt, triggered: owners ? false : triggered, doubt };
}

/**
 * Whether different terms are the owner's wish. His change comes with `Modified` or with a moved order time. A market order
 * that turns into a limit, or a stop that loses its trigger, without either, is the broker's doing (R2; reference 2.2, 4.3).
 */
function ownersChange(known: KnownOrder, report: OrderReport): boolean {
  if (report.status === "MODIFIED") return true;
  if (report.orderTime !== undefined && known.orderTime !== undefined && report.orderTime > known.orderTime) return true;
  const protectedByBroker = known.terms.type === "MARKET" && report.terms.type === "LIMIT";
  const triggered = isStop(known.terms.type) && !isStop(report.terms.type);
  return !(protectedByBroker || triggered);
}

function mergeEnd(merged: KnownOrder, report: OrderReport, age: Age): KnownOrder {
  if (merged.filled > 0 && merged.filled >= merged.terms.quantity) return { ...merged, end: "filled", doubt: undefined };
  const next = TRANSITIONS[stateOf(merged)][report.status];
  switch (next) {
    case "cancelled":
    case "expired":
    case "rejected":
      return { ...merged, end: next, doubt: undefined };
    case "read":
      // How a refused modification shows on the stream is unconfirmed: a frame that calls a resting order rejected is read before it is believed (R5).
      return report.source.kind === "row" ? { ...merged, end: "rejected", doubt: undefined } : { ...merged, doubt: { about: "rejection", since: report.updatedAt } };
    case "=":
    case "fills":
    case "accepted":
    case "resting":
    case "part-filled":
    case "filled":
      return clearedByRow(merged, report, age);
    default:
      return unreachable(next);
  }
}

/** A row that shows the order open, asked for after a frame that called it rejected, proves that only a change was refused (R5). */
function clearedByRow(merged: KnownOrder, report: OrderReport, age: Age): KnownOrder {
  if (merged.doubt === undefined || report.source.kind !== "row") return merged;
  const askedAfter = report.source.asked >= merged.doubt.since + ROW_BEATS_FRAME_AFTER_MS;
  return askedAfter && age !== "older" ? { ...merged, doubt: undefined } : merged;
}

function confirms(report: OrderReport): boolean {
  return report.filled > 0 || (report.status !== "TRANSIT" && report.status !== "REJECTED");
}

function newestOf(report: OrderReport): KnownOrder["newest"] {
  return report.source.kind === "frame" ? { from: "frame" } : { from: "row", asked: report.source.asked };
}

function fingerprint(report: OrderReport): string {
  const { type, validity, quantity, price, triggerPrice, disclosed } = report.terms;
  return `${report.source.kind}|${report.status}|${report.filled}|${type}|${validity}|${quantity}|${price}|${triggerPrice}|${disclosed}|${report.exchangeOrderId ?? ""}`;
}

function later(a: UnixMs, b: UnixMs): UnixMs {
  return a > b ? a : b;
}
