/** The reads of one account that the engine lives by: books, single orders, positions (reference 2.6, 2.7, 6.2). */
import { z } from "zod";
import { isOurs } from "../../domain/correlation.ts";
import { type ClientId, type CorrelationId, correlationId, type OrderId } from "../../domain/identity.ts";
import type { RefusalCode } from "../../domain/order/refusal.ts";
import type { OrderReport, PositionReport, TradeReport } from "../../domain/order/report.ts";
import { NONE } from "../../domain/quantity.ts";
import type { Clock, UnixMs } from "../../domain/time.ts";
import type { BrokerAccount, IsNoNews, OneOrder, Read, UnreadableFrame } from "../../engine/ports/broker.ts";
import { KnownRows } from "./known-rows.ts";
import type { LegNumbers } from "./leg-numbers.ts";
import type { PacedRead } from "./paced-reads.ts";
import { judge } from "./refusals.ts";
import type { Requests } from "./requests.ts";
import { type KnownReports, type Rows, readOrders, readPositions, readTrades } from "./rows.ts";
import { joined, readSuperOrders } from "./super-rows.ts";
import { unreadable } from "./unreadable.ts";
import { text, wanted } from "./wire-values.ts";
import { parsed } from "./write-calls.ts";

export interface ReadsOptions {
  readonly clientId: ClientId;
  readonly requests: Requests;
  readonly clock: Clock;
  readonly paced: PacedRead;
  readonly numbers: LegNumbers;
  /** The broker has said that the token is this account's. */
  readonly isTokenProved: () => boolean;
  /** Its orders are copied: whatever its owner places must be known for what it is, also where the stream was not heard. */
  readonly leads: boolean;
  /** Told of each row that can't be read. */
  readonly unreadableRow: (row: UnreadableFrame) => void;
  /** Told of what one book of orders tells whole, plain or of super orders, while the other is still awaited, or when it cannot be read. */
  readonly earlyRows: (rows: readonly OrderReport[]) => void;
  /** So many rows of the order book are remembered from one reading to the next. */
  readonly knownRowsMax: number;
}

export type Reads = Pick<BrokerAccount, "orders" | "order" | "orderByCorrelation" | "tradesOf" | "positions">;

/** An empty book may be told as an error (DH-907; reference 6.1, 10.4). */
const EMPTY: readonly RefusalCode[] = ["NO_DATA"];

/**
 * An order that is not there is told in many ways: 404, DH-906, DH-907, an empty array (reference 10.4), and DH-905 on the wire
 * for an order id that does not exist. Such an answer is a look that found nothing; proof of absence needs more (R10).
 */
const ABSENT: readonly RefusalCode[] = ["NOT_FOUND", "NO_DATA", "ORDER_REFUSED", "NOT_OPEN", "INPUT_INVALID"];

interface Nothing<T> {
  readonly codes: readonly RefusalCode[];
  readonly value: T;
}

export function createReads({ clientId, requests, clock, paced, numbers, isTokenProved, leads, unreadableRow, earlyRows, knownRowsMax }: ReadsOptions): Reads {
  const rows = new KnownRows(knownRowsMax);
  const reports: KnownReports = new WeakMap();
  /** Undefined: they have not been read yet. */
  let supersReadAt: number | undefined;

  function read<T>(path: string, parse: (body: unknown, asked: UnixMs) => Read<T>, nothing: Nothing<T>, json = parsed): Promise<Read<T>> {
    return paced(async () => {
      const answer = await ask(requests, clock, path, believed(parse), json);
      if (answer.ok || answer.refusal === undefined) return answer;
      return nothing.codes.includes(answer.refusal.code) ? { ok: true, value: nothing.value } : answer;
    });
  }

  /** A book that is asked for before `/profile` has answered may be another account's, opened with his token; its rows say so. */
  const believed = <T>(parse: (body: unknown, asked: UnixMs) => Read<T>): typeof parse => {
    return (body, asked) => {
      const owner = isTokenProved() ? undefined : anotherOwner(body, clientId);
      return owner === undefined ? parse(body, asked) : failed(`the answer is of the account ${owner}, and whose the token is has not been told yet`);
    };
  };

  /** Rows that can't be read are told one by one; a body that is no book at all is no answer, and above all no empty book. */
  function book<T>(body: unknown, readRows: (body: unknown) => Rows<T>): Read<Rows<T>> {
    const read = readRows(body);
    for (const row of read.unreadable) unreadableRow(row);
    const [first] = read.unreadable;
    return Array.isArray(body) || first === undefined ? { ok: true, value: read } : failed(`the answer is no book: ${first.sentence}`);
  }

  const whole = <T>(readRows: (body: unknown) => Rows<T>) => {
    return (body: unknown): Read<readonly T[]> => {
      const read = book(body, readRows);
      return read.ok ? { ok: true, value: read.value.rows } : read;
    };
  };

  /** An order book in which a row of our own can't be read proves nothing about what is absent from it (R10, R11). */
  function orderBook(body: unknown, asked: UnixMs): Read<readonly OrderReport[]> {
    return complete(book(body, (rows) => readOrders(rows, clientId, asked, reports)));
  }

  function superBook(body: unknown, asked: UnixMs): Read<readonly (readonly OrderReport[])[]> {
    return complete(book(body, (rows) => readSuperOrders(rows, clientId, asked, numbers)));
  }

  function complete<T>(read: Read<Rows<T>>): Read<readonly T[]> {
    if (!read.ok) return read;
    const own = read.value.unreadable.find((row) => row.correlationId !== undefined && isOurs(correlationId(row.correlationId)));
    return own === undefined ? { ok: true, value: read.value.rows } : failed(`the row of our own order ${own.correlationId} can't be read: ${own.sentence}`);
  }

  /** An answer with rows of which none is the order that was asked for is not taken for its absence. */
  function single(fits: (report: OrderReport) => boolean): (body: unknown, asked: UnixMs) => Read<OrderReport | undefined> {
    return (body, asked) => {
      const read = book(body, (rows) => readOrders(rows, clientId, asked));
      if (!read.ok) return read;
      const { rows, unreadable } = read.value;
      const found = rows.findLast(fits);
      const strangers = rows.length + unreadable.length > 0;
      return found === undefined && strangers ? failed("the answer holds no row that can be read of the order that was asked for") : { ok: true, value: found };
    };
  }

  /** The path names one order; a row of another has no business in the answer. */
  function tradesOfOrder(order: OrderId): (body: unknown) => Read<readonly TradeReport[]> {
    return (body) => {
      const read = book(body, (rows) => readTrades(rows, clientId));
      return read.ok ? { ok: true, value: read.value.rows.filter((trade) => trade.orderId === order) } : read;
    };
  }

  /** The book of super orders beside the plain one; a broker who has none says that there is no such path. */
  async function orders(isNoNews?: IsNoNews): Promise<Read<readonly OrderReport[]>> {
    const isDue = numbers.hasAny || supersReadAt === undefined || (leads && clock.elapsed() - supersReadAt >= SUPERS_EVERY_MS);
    let awaited = isDue ? superOrders() : undefined;
    let first: Read<readonly OrderReport[]> | undefined;
    let isThere = false;
    const supersCame = (along: Read<readonly (readonly OrderReport[])[]>): void => {
      isThere = true;
      const ended = along.ok && first === undefined ? along.value.flatMap(([entry]) => entry ?? []).filter(isEndedUnfilled) : [];
      if (ended.length > 0) earlyRows(ended);
    };
    void awaited?.then(supersCame);
    first = await plainOrders(isNoNews);
    if (first.ok && first.value.some(({ family }) => family === "super")) awaited ??= superOrders();
    if (first.ok && awaited !== undefined && !isThere) earlyRows(first.value.filter((row) => row.family === "plain" || isEndedUnfilled(row)));
    const supers = (await awaited) ?? NO_SUPERS;
    if (!first.ok) return first;
    if (!supers.ok) return supers;
    // One that was placed between the two readings is in one book only, and which contract it is stands in the other.
    const isBehind = supers.value.some(([entry]) => entry !== undefined && !first.value.some(({ orderId }) => orderId === entry.orderId));
    const plain = isBehind ? await plainOrders(isNoNews) : first;
    if (!plain.ok) return plain;
    const both = joined(plain.value, supers.value, numbers);
    for (const { orderId } of both.strays)
      unreadableRow(unreadable("LEG_OF_UNKNOWN_ORDER", `order ${orderId} is a leg, and no book says of which order`, "", orderId));
    return { ok: true, value: both.reports };
  }

  async function superOrders(): Promise<Read<readonly (readonly OrderReport[])[]>> {
    const askedAt = clock.elapsed();
    const supers = await read<readonly (readonly OrderReport[])[]>("/super/orders", superBook, { codes: ABSENT, value: [] });
    if (!supers.ok) return supers;
    supersReadAt = askedAt;
    numbers.told();
    return supers;
  }

  function plainOrders(isNoNews?: IsNoNews): Promise<Read<readonly OrderReport[]>> {
    return read<readonly OrderReport[]>("/orders", orderBook, { codes: EMPTY, value: [] }, (body) => rows.parse(body, isNoNews));
  }

  function order(id: OrderId): Promise<Read<OrderReport | undefined>> {
    return read(
      `/orders/${encodeURIComponent(id)}`,
      single((report) => report.orderId === id),
      { codes: ABSENT, value: undefined },
    );
  }

  return {
    orders,
    order: async (id: OrderId, isNoNews?: IsNoNews): Promise<Read<OneOrder>> => {
      if (!numbers.isOfSuperOrder(id)) {
        const read = await order(id);
        return read.ok ? { ok: true, value: { order: read.value, book: undefined } } : read;
      }
      const all = await orders(isNoNews);
      if (!all.ok) return all;
      return { ok: true, value: { order: all.value.find((report) => report.orderId === id), book: all.value } };
    },
    orderByCorrelation: (id: CorrelationId) => {
      numbers.expect();
      return read(
        `/orders/external/${encodeURIComponent(id)}`,
        single((report) => report.correlationId === id || report.correlationId === undefined),
        { codes: ABSENT, value: undefined },
      );
    },
    tradesOf: (order: OrderId) => read<readonly TradeReport[]>(`/trades/${encodeURIComponent(order)}`, tradesOfOrder(order), { codes: ABSENT, value: [] }),
    positions: () => read<readonly PositionReport[]>("/positions", whole(readPositions), { codes: EMPTY, value: [] }),
  };
}

/** A leader who is not known to have any is asked for his super orders this often at most; what the plain book shows of one is reason enough. */
const SUPERS_EVERY_MS = 10_000;
const NO_SUPERS = { ok: true, value: [] } as const;

/** The entry of a super order that has ended so has taken its legs with it, and moved no position: nothing that the other book tells of it is waited for. */
function isEndedUnfilled({ family, leg, status, filled }: OrderReport): boolean {
  return family === "super" && leg === undefined && filled === NONE && WITHDRAWN.has(status);
}

const WITHDRAWN: ReadonlySet<OrderReport["status"]> = new Set(["CANCELLED", "REJECTED", "EXPIRED"]);

const OWNED = z.object({ dhanClientId: wanted(text) });

/** The account of which a row is that is not of this one. */
function anotherOwner(body: unknown, account: ClientId): string | undefined {
  for (const row of Array.isArray(body) ? body : [body]) {
    const owner = OWNED.safeParse(row).data?.dhanClientId;
    if (owner !== undefined && owner !== account) return owner;
  }
  return undefined;
}

/** One read, as it was answered. `json` gives the value of its text, or undefined when that is none; a `question` goes by POST. */
export async function ask<T>(
  requests: Requests,
  clock: Clock,
  path: string,
  parse: (body: unknown, asked: UnixMs) => Read<T>,
  json = parsed,
  question?: string,
): Promise<Read<T>> {
  const asked = clock.now();
  const { result } = await (question === undefined ? requests("GET", path) : requests("POST", path, question));
  if (result.came === "not-sent") return failed(result.cause);
  if (result.came === "no-reply") return failed(`${result.because}: ${result.detail}`);
  const body = json(result.body);
  const verdict = judge(result.status, body);
  if (verdict.is === "doubt") return failed(verdict.said);
  if (verdict.is === "refused") return { ok: false, refusal: verdict.refusal, detail: verdict.refusal.brokerSaid };
  return body === undefined ? failed(`HTTP ${result.status} with a body that is no JSON`) : parse(body, asked);
}

export function failed(detail: string): { readonly ok: false; readonly refusal: undefined; readonly detail: string } {
  return { ok: false, refusal: undefined, detail };
}
