/**
 * What is known of one order: the fold of everything that a broker said about it, oldest truth first (R1, R2, R5).
 *
 * The same merge serves the leader's orders and the followers'. It is a pure function of what is known and of one more
 * report. Because a late report is put in its place before the fold (`told.ts`), the answer does not depend on the order or
 * the doubling of reports whose times differ. Times have one second; of different terms within one second the last arrived
 * is acted on, and `doubt` asks for one read of that order.
 */
import { assert, unreachable } from "../assert.ts";
import type { ClientId, CorrelationId, OrderId } from "../identity.ts";
import type { Contract, InstrumentKey } from "../instrument.ts";
import type { Price } from "../money.ts";
import type { Quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import { reached } from "./oco.ts";
import { type LegOf, NO_WISHES, type Plan, samePlan, type Wishes, wishesAfter } from "./plan.ts";
import type { OrderFamily, OrderReport } from "./report.ts";
import { type OrderEnd, stateOf, TRANSITIONS } from "./status.ts";
import { type Contracted, isStop, normalised, sameTerms, type Terms } from "./terms.ts";
import { type Told, wasAskedAfter, withReport } from "./told.ts";

export interface KnownOrder {
  readonly clientId: ClientId;
  readonly orderId: OrderId;
  readonly correlationId: CorrelationId | undefined;
  readonly family: OrderFamily;
  /** It is a leg of a super order. */
  readonly leg: LegOf | undefined;
  /** Of the entry of a super order, once its book has told it. */
  readonly plan: Plan | undefined;
  readonly wishes: Wishes;
  /** Of a forever order that has fired: the order that was sent for it, and when that was first told of, by the broker's time. */
  readonly fired: { readonly order: OrderId; readonly at: UnixMs } | undefined;
  /** Of an OCO order: which of its rows, by the name that the broker's list gives it, tells of the upper of its two triggers. */
  readonly upperIs: OrderReport["upperIs"];
  /** When the row was asked for that first showed the stop of the plan as it is. */
  readonly stopSince: UnixMs | undefined;
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
  /** When the broker got it first, if that was ever said; a frame's first order time otherwise. */
  readonly createdAt: UnixMs;
  /** The broker's time of the newest report. */
  readonly updatedAt: UnixMs;
  readonly lastPrice: Price | undefined;
  /** It had ended before we saw it for the first time. */
  readonly firstSeenEnded: boolean;
  /** A stop that the broker has shown without its trigger, and not with it since: it was triggered. */
  readonly triggered: boolean;
  /** Something that only one more read of this order can settle, since when. */
  readonly doubt: { readonly about: "tie" | "rejection"; readonly since: UnixMs } | undefined;
  /** Where the newest report came from. */
  readonly newest: { readonly from: "frame" } | { readonly from: "row"; readonly asked: UnixMs };
  /** What all this is the fold of. */
  readonly told: Told;
}

/**
 * A row may lag behind the stream (design 6, `lookupGrace`). One that still shows its older time, and is asked for this long
 * after a frame that called the order rejected, is no laggard: the broker has left the order as it was.
 */
export const BOOKS_LAG_AT_MOST_MS = 6_000;

export function firstKnown(report: OrderReport): KnownOrder {
  const known = foldOf([report]);
  return { ...known, firstSeenEnded: known.end !== undefined };
}

/** What is known after one more report. The same object when the report was told before. */
export function merge(known: KnownOrder, report: OrderReport): KnownOrder {
  const told = withReport(known.told, report);
  if (told === known.told) return known;
  const last = told.at(-1);
  const isAppended = told.length > known.told.length && last !== undefined && last !== known.told.at(-1);
  const after = isAppended ? concluded(step({ ...known, told }, last)) : foldOf(told);
  // What came out equal stays the same object, so that who compares can tell news from repetition.
  const terms = sameTerms(after.terms, known.terms) ? known.terms : after.terms;
  const doubt = after.doubt?.about === known.doubt?.about && after.doubt?.since === known.doubt?.since ? known.doubt : after.doubt;
  const plan = samePlan(after.plan, known.plan) ? known.plan : after.plan;
  const fired = after.fired?.order === known.fired?.order && after.fired?.at === known.fired?.at ? known.fired : after.fired;
  const wishes = after.wishes.stop === known.wishes.stop && after.wishes.target === known.wishes.target ? known.wishes : after.wishes;
  return { ...after, terms, doubt, plan, wishes, fired, firstSeenEnded: known.firstSeenEnded };
}

function foldOf(told: Told): KnownOrder {
  const [first, ...rest] = told;
  assert(first !== undefined, "an order is known from its first report on");
  return concluded(rest.reduce(step, begun(first, told)));
}

function begun(report: OrderReport, told: Told): KnownOrder {
  const unseen: KnownOrder = {
    clientId: report.clientId,
    orderId: report.orderId,
    correlationId: report.correlationId,
    family: report.family,
    leg: report.leg,
    plan: report.plan,
    wishes: NO_WISHES,
    fired: firedIn(report),
    upperIs: report.upperIs,
    stopSince: stopSinceOf(undefined, report),
    instrument: report.instrument,
    contract: report.contract,
    contracted: report.contracted,
    terms: normalised(report.terms),
    filled: report.filled,
    averagePrice: report.averagePrice,
    end: undefined,
    reached: report.exchangeOrderId !== undefined,
    confirmed: confirms(report),
    reason: report.reason,
    orderTime: report.orderTime,
    createdAt: report.createdAt ?? report.orderTime ?? report.updatedAt,
    updatedAt: report.updatedAt,
    lastPrice: report.lastPrice,
    firstSeenEnded: false,
    triggered: false,
    doubt: undefined,
    newest: newestOf(report),
    told,
  };
  return withEnd(unseen, report);
}

/** What is known after a report that is not older than any before it. After an end, nothing but fills changes. */
function step(known: KnownOrder, report: OrderReport): KnownOrder {
  const before = report.fired === undefined ? known : { ...known, terms: reached(known.terms, normalised(report.terms)) };
  const seen = withFills(withFacts(before, report), report);
  if (known.end === undefined) return withEnd(withTerms(seen, before, report), report);
  // A late fill does happen: the exchange's trade can overtake its own cancel.
  // What tells only of the legs of a super order is no news of its entry.
  if (report.plan !== undefined && seen.filled === known.filled) return seen;
  return { ...seen, end: isFull(seen) ? "filled" : known.end, updatedAt: report.updatedAt, newest: newestOf(report) };
}

/** Filled quantity never falls; the average belongs to the largest filled quantity. */
function withFills(known: KnownOrder, report: OrderReport): KnownOrder {
  if (report.filled < known.filled) return known;
  if (report.filled === known.filled && report.averagePrice === 0) return known;
  return { ...known, filled: report.filled, averagePrice: report.averagePrice };
}

/** Facts that never change once known, from whatever report brings them first. */
function withFacts(known: KnownOrder, report: OrderReport): KnownOrder {
  return {
    ...known,
    contract: known.contract ?? report.contract,
    // Rows of super orders do not say when the contract expires; frames do.
    instrument: known.instrument.expiry === undefined ? report.instrument : known.instrument,
    correlationId: known.correlationId ?? report.correlationId,
    createdAt: report.createdAt ?? known.createdAt,
    reached: known.reached || report.exchangeOrderId !== undefined,
    family: known.family === "plain" ? report.family : known.family,
    leg: known.leg ?? report.leg,
    // Its legs live on after the entry has ended, and so does what their owner wants of them.
    plan: report.plan ?? known.plan,
    wishes: wishesOf(known, report),
    fired: known.fired ?? firedIn(report),
    upperIs: report.upperIs ?? known.upperIs,
    stopSince: stopSinceOf(known, report),
    confirmed: known.confirmed || confirms(report),
  };
}

function stopSinceOf(known: Pick<KnownOrder, "plan" | "stopSince"> | undefined, { plan, source }: OrderReport): UnixMs | undefined {
  if (plan === undefined || source.kind !== "row") return known?.stopSince;
  return known?.plan?.prices.stop === plan.prices.stop ? known.stopSince : source.asked;
}

function firedIn({ fired, updatedAt }: OrderReport): KnownOrder["fired"] {
  return fired === undefined ? undefined : { order: fired, at: updatedAt };
}

function wishesOf({ wishes, plan, contracted, filled }: KnownOrder, report: OrderReport): Wishes {
  if (plan === undefined || report.plan === undefined) return wishes;
  return wishesAfter(wishes, { before: plan, after: report.plan }, { side: contracted.side, mayTrail: Math.max(filled, report.filled) > 0 });
}

/** Terms move only by their owner's will. */
function withTerms(seen: KnownOrder, known: KnownOrder, report: OrderReport): KnownOrder {
  const shown = normalised(report.terms);
  const isTie = report.source.kind === "frame" && known.newest.from === "frame" && report.updatedAt === known.updatedAt;
  const newest: KnownOrder = {
    ...seen,
    updatedAt: report.updatedAt,
    orderTime: later(known.orderTime, report.orderTime),
    reason: report.reason === "" ? known.reason : report.reason,
    lastPrice: report.lastPrice ?? known.lastPrice,
    newest: newestOf(report),
    doubt: known.doubt?.about === "tie" && !isTie ? undefined : known.doubt,
  };
  // What a leg asks for is in its order's plan; a placeholder's frame shows whatever it likes. One that was sent is of what its entry has filled.
  if (known.leg !== undefined && report.source.kind === "frame")
    return report.exchangeOrderId === undefined ? newest : { ...newest, terms: { ...newest.terms, quantity: shown.quantity } };
  // A list that lags, and shows both of an OCO order of which one has fired.
  if (known.fired !== undefined && shown.upper !== undefined) return newest;
  if (sameTerms(shown, known.terms)) return { ...newest, triggered: newest.triggered && !isStop(shown.type) };
  const isOwners = isOwnersChange(known, report);
  const terms: Terms = isOwners ? shown : { ...shown, type: known.terms.type, price: known.terms.price, triggerPrice: known.terms.triggerPrice };
  const triggered = !isOwners && (known.triggered || (isStop(known.terms.type) && !isStop(shown.type)));
  if (sameTerms(terms, known.terms)) return { ...newest, triggered };
  return { ...newest, terms, triggered, doubt: isTie ? { about: "tie", since: report.updatedAt } : newest.doubt };
}

/**
 * Whether different terms are the owner's wish. His change comes with `Modified` or with a moved order time. A market order
 * that turns into a limit, or a stop that loses its trigger, without either, is the broker's doing (R2; reference 2.2, 4.3).
 */
function isOwnersChange(known: KnownOrder, report: OrderReport): boolean {
  if (report.status === "MODIFIED") return true;
  if (report.orderTime !== undefined && known.orderTime !== undefined && report.orderTime > known.orderTime) return true;
  const protectedByBroker = known.terms.type === "MARKET" && report.terms.type === "LIMIT";
  // What triggers keeps its limit: a row that shows another one tells of a change whose frame was missed.
  const isSameLimit = known.terms.type === "STOP_LOSS_MARKET" || report.terms.type === "MARKET" || report.terms.price === known.terms.price;
  const triggered = isStop(known.terms.type) && !isStop(report.terms.type) && isSameLimit;
  return !(protectedByBroker || triggered);
}

function withEnd(merged: KnownOrder, report: OrderReport): KnownOrder {
  if (isFull(merged)) return { ...merged, end: "filled", doubt: undefined };
  const next = TRANSITIONS[stateOf(merged)][report.status];
  switch (next) {
    case "cancelled":
    case "expired":
    case "rejected":
      return { ...merged, end: next, doubt: undefined };
    case "read":
      // How a refused modification shows on the stream is unconfirmed: a frame that calls a resting order rejected is read before it is believed (R5).
      return report.source.kind === "row"
        ? { ...merged, end: "rejected", doubt: undefined }
        : { ...merged, doubt: { about: "rejection", since: report.updatedAt } };
    case "=":
    case "fills":
    case "accepted":
    case "resting":
    case "part-filled":
    case "filled":
      return merged.doubt !== undefined && wasAskedAfter(report, merged.doubt.since) ? { ...merged, doubt: undefined } : merged;
    default:
      return unreachable(next);
  }
}

/** A row that shows the order as it was before a frame that called it rejected proves that only a change was refused (R5). */
function concluded(known: KnownOrder): KnownOrder {
  const { doubt, told } = known;
  if (doubt?.about !== "rejection") return known;
  const isLeftAsItWas = told.some(({ source }) => source.kind === "row" && source.asked >= doubt.since + BOOKS_LAG_AT_MOST_MS);
  return isLeftAsItWas ? { ...known, doubt: undefined } : known;
}

/** By quantity, whatever word came with it. */
function isFull(known: KnownOrder): boolean {
  return known.filled > 0 && known.filled >= known.terms.quantity;
}

function confirms(report: OrderReport): boolean {
  return report.filled > 0 || (report.status !== "TRANSIT" && report.status !== "REJECTED");
}

function newestOf({ source }: OrderReport): KnownOrder["newest"] {
  return source.kind === "frame" ? { from: "frame" } : { from: "row", asked: source.asked };
}

function later(a: UnixMs | undefined, b: UnixMs | undefined): UnixMs | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
