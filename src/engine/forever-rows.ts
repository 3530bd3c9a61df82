/** Rows of the list of forever orders as reports of orders, and orders that may have been sent for one (docs/forever.md). */
import type { Book } from "../domain/book/book.ts";
import { asFired } from "../domain/book/fired.ts";
import type { ClientId, CorrelationId } from "../domain/identity.ts";
import { NO_PRICE, type Price } from "../domain/money.ts";
import type { KnownOrder } from "../domain/order/known.ts";
import { asking, sameWaiting, type Waiting, waitingIn } from "../domain/order/oco.ts";
import type { OrderReport, ReportedStatus } from "../domain/order/report.ts";
import { type ForeverLeg, type ForeverOrder, stateOfForever } from "../domain/order/standing.ts";
import { isStop, type Terms } from "../domain/order/terms.ts";
import { NONE } from "../domain/quantity.ts";
import { REST_OF_A_SECOND_MS, type UnixMs, unixMs } from "../domain/time.ts";
import { isPlainlyOf, likeliest } from "./forever-sent.ts";

/** What it asks for: as a stop, or the two of an OCO order; undefined where more stands under one number than there should. */
export function termsOf({ legs }: Pick<ForeverOrder, "legs">): Terms | undefined {
  const [leg, other, ...more] = legs;
  if (leg === undefined || more.length > 0) return undefined;
  const { quantity, price, triggerPrice } = leg;
  return asking({ type: "STOP_LOSS", validity: "DAY", quantity, price, triggerPrice, disclosed: NONE }, waitingAs(leg), other && waitingAs(other));
}

/** What was sent for it asks for, as far as its list tells which of its orders that was. */
export function firedTermsOf(order: ForeverOrder): Terms | undefined {
  const fired = order.legs.filter(({ state }) => state === "fired");
  return termsOf(fired.length === 1 ? { legs: fired } : order);
}

function waitingAs({ quantity, price, triggerPrice }: ForeverLeg): Waiting {
  return { quantity, price, triggerPrice };
}

/** Which of its rows tells of the upper of its triggers. */
function upperOf({ legs, isNamed }: ForeverOrder, terms: Terms): Pick<OrderReport, "upperIs"> {
  const [first] = legs;
  const [, higher] = waitingIn(terms);
  if (higher === undefined || first === undefined || isNamed === undefined) return {};
  return { upperIs: sameWaiting(first, higher) ? "first" : "second" };
}

export interface RowOf {
  readonly account: ClientId;
  readonly asked: UnixMs;
  /** Of one of ours, which the row itself does not bear. */
  readonly correlationId?: CorrelationId | undefined;
}

/** A stop that waits at the broker, with a limit or without one, or two of which one may fire. What it fires is told of by its own reports. */
export function foreverReport(order: ForeverOrder, terms: Terms, { account, asked, correlationId }: RowOf, state = stateOfForever(order)): OrderReport {
  return {
    source: { kind: "row", asked },
    clientId: account,
    orderId: order.orderId,
    exchangeOrderId: undefined,
    correlationId,
    family: "forever",
    instrument: order.instrument,
    contract: undefined,
    contracted: { ...order.contracted, afterMarket: false },
    status: state === "over" ? endOf(order) : "PENDING",
    terms,
    ...upperOf(order, terms),
    filled: NONE,
    averagePrice: NO_PRICE,
    reason: "",
    orderTime: undefined,
    createdAt: order.createdAt,
    // Where the row has no time, the second of the reading: what it fires in that second is told of after it.
    updatedAt: order.updatedAt ?? unixMs(asked - (asked % 1_000)),
    lastPrice: undefined,
    placedFrom: undefined,
  };
}

function endOf({ legs }: ForeverOrder): ReportedStatus {
  const said = legs[0]?.said;
  return said === "REJECTED" || said === "EXPIRED" ? said : "CANCELLED";
}

/** The report by which one that is listed no more, or whose order nobody has seen, is over. */
export function goneReport(known: KnownOrder, asked: UnixMs, reason: string): OrderReport | undefined {
  const last = known.told.at(-1);
  return last === undefined ? undefined : { ...last, source: { kind: "row", asked }, status: "CANCELLED", filled: known.filled, reason, updatedAt: asked };
}

/** Whether the one may be of the other, whatever the list has told of that: its owner may have changed it since. */
export function isOfSameSide(order: KnownOrder, forever: KnownOrder): boolean {
  const { instrument, contracted, terms, createdAt, family } = order;
  return (
    family === "plain" &&
    !isStop(terms.type) &&
    createdAt + REST_OF_A_SECOND_MS >= forever.createdAt &&
    instrument.segment === forever.instrument.segment &&
    instrument.securityId === forever.instrument.securityId &&
    contracted.side === forever.contracted.side &&
    contracted.product === forever.contracted.product
  );
}

/** Which of an account's orders without a mark a row tells to have been sent for it: under its own number, or one that is plainly its. */
export function sentForRow(row: ForeverOrder, orders: readonly KnownOrder[]): KnownOrder | undefined {
  const { contracted, instrument, updatedAt: at } = row;
  const alike = orders.filter(
    (order) =>
      order.family === "plain" &&
      order.correlationId === undefined &&
      order.instrument.segment === instrument.segment &&
      order.instrument.securityId === instrument.securityId &&
      order.contracted.side === contracted.side &&
      order.contracted.product === contracted.product,
  );
  const own = alike.find(({ orderId }) => orderId === row.orderId);
  const terms = firedTermsOf(row);
  if (own !== undefined || terms === undefined) return own;
  const ofItsSize = alike.filter((order) => order.terms.quantity === terms.quantity);
  const sent = likeliest(ofItsSize, { terms, at }, []);
  return sent !== undefined && isPlainlyOf(sent, { terms, at }) ? sent : undefined;
}

/**
 * Whether the one asks for what the other fires, and came after it. By its price too where the stream has shown it from its first moment on: what a
 * forever order with a limit fires has that limit, and nobody's exit at another price is to wait for a list. A row may tell of one that was changed since.
 */
export function mayBeFiredBy(order: KnownOrder, forever: KnownOrder): boolean {
  const [first] = order.told;
  const isAtItsPrice = (price: Price): boolean =>
    first?.source.kind !== "frame" || first.status === "MODIFIED" || price === NO_PRICE || first.terms.price === price;
  const isWhat = waitingIn(forever.terms).some((one) => one !== undefined && isAtItsPrice(one.price) && order.terms.quantity === one.quantity);
  return isOfSameSide(order, forever) && isWhat;
}

/**
 * What a report of the account's books or stream is of: of a forever order, where one has fired this order, under whatever number. Undefined: it is the
 * forever order itself, which waits, and whose list tells of it.
 */
export function ofForever(book: Book, account: ClientId, report: OrderReport): OrderReport | undefined {
  if (report.family !== "plain" || report.leg !== undefined) return report;
  const { orderId } = report;
  const leader = book.leaders.get(account);
  const follower = book.followers.get(account);
  const fired = leader?.fired.get(orderId) ?? follower?.fired.get(orderId);
  if (fired !== undefined) return asFired(report, fired);
  const key = follower?.byOrder.get(orderId);
  const mirror = key === undefined ? undefined : follower?.mirrors.get(key);
  const isForever =
    leader?.orders.get(orderId)?.known.family === "forever" || mirror?.attempts.some((attempt) => attempt.isForever && attempt.orderId === orderId) === true;
  if (!isForever) return report;
  return report.exchangeOrderId !== undefined || report.filled > 0 ? asFired(report, orderId) : undefined;
}
