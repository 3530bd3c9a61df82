/**
 * Rows of the order book, the trade book and the position book, in our words (reference 2.6, 2.7, 6.2). Where the documents say
 * object the wire says array, and the other way round: one row and many are read alike.
 */
import { z } from "zod";
import { type ClientId, clientId, correlationId, orderId, securityId } from "../../domain/identity.ts";
import type { OrderFamily, OrderReport, PositionReport, TradeReport } from "../../domain/order/report.ts";
import { normalised, type Product } from "../../domain/order/terms.ts";
import { NONE } from "../../domain/quantity.ts";
import type { UnixMs } from "../../domain/time.ts";
import type { UnreadableFrame } from "../../engine/ports/broker.ts";
import { exitLegNamed } from "./leg-numbers.ts";
import { unreadable, unreadableField } from "./unreadable.ts";
import { expiryDate, flag, id, instant, needed, rupees, signedUnits, someUnits, text, units, wanted, word } from "./wire-values.ts";
import { orderTypeOf, productOf, segmentNamed, sideOf, statusOf, validityOf } from "./words.ts";

/** What a book said. A row that can't be read is told, never guessed at and never left out in silence. */
export interface Rows<T> {
  readonly rows: readonly T[];
  readonly unreadable: readonly UnreadableRow[];
}

export interface UnreadableRow extends UnreadableFrame {
  /** As the row gave it, when it did: an order of ours must not be taken for absent because its row can't be read (R10). */
  readonly correlationId: string | undefined;
}

export const ORDER = z.object({
  orderId: needed("NO_ORDER_NUMBER", id),
  securityId: needed("NO_SECURITY_ID", id),
  exchangeSegment: needed("UNKNOWN_SEGMENT", word(segmentNamed)),
  orderStatus: needed("UNKNOWN_STATUS", word(statusOf)),
  transactionType: needed("UNKNOWN_SIDE", word(sideOf)),
  orderType: needed("UNKNOWN_ORDER_TYPE", word(orderTypeOf)),
  productType: needed("UNKNOWN_PRODUCT", word(productOf)),
  validity: needed("UNKNOWN_VALIDITY", word(validityOf)),
  quantity: needed("NO_QUANTITY", someUnits),
  filledQty: needed("BAD_QUANTITY", units),
  // Rows of before v2, and postbacks, have this one instead.
  filled_qty: needed("BAD_QUANTITY", units),
  disclosedQuantity: needed("BAD_QUANTITY", units),
  price: needed("BAD_PRICE", rupees),
  triggerPrice: needed("BAD_PRICE", rupees),
  averageTradedPrice: needed("BAD_PRICE", rupees),
  afterMarketOrder: needed("BAD_FLAG", flag),
  dhanClientId: wanted(text),
  exchangeOrderId: wanted(id),
  correlationId: wanted(text),
  legName: wanted(text),
  createTime: wanted(instant),
  updateTime: wanted(instant),
  exchangeTime: wanted(instant),
  drvExpiryDate: wanted(expiryDate),
  omsErrorDescription: wanted(text),
});

/**
 * Oldest first: Dhan's order is not documented, so a book that begins with its newest row is turned round. What `known` has of a row that is
 * the same object as before is taken from there, but for when it was asked; it is the memory of one account.
 */
export function readOrders(body: unknown, account: ClientId, asked: UnixMs, known: KnownReports = new WeakMap()): Rows<OrderReport> {
  const source = { kind: "row", asked } as const;
  const read = readRows(body, (row): Reading<Dated> => {
    const before = isObject(row) ? known.get(row) : undefined;
    if (before !== undefined) return { is: { ...before, report: { ...before.report, source } } };
    const made = readRow(row, ORDER, (fields): Dated | string => {
      const updatedAt = fields.updateTime ?? fields.exchangeTime ?? fields.createTime;
      return updatedAt === undefined ? "NO_TIME" : { report: orderOf(fields, account, source, updatedAt), created: fields.createTime ?? updatedAt };
    });
    if (isObject(row) && "is" in made) known.set(row, made.is);
    return made;
  });
  const first = read.rows[0]?.created ?? 0;
  const last = read.rows.at(-1)?.created ?? 0;
  const oldestFirst = first > last ? read.rows.toReversed() : read.rows;
  const sorted = oldestFirst.toSorted((a, b) => a.created - b.created);
  return { rows: sorted.map(({ report }) => report), unreadable: read.unreadable };
}

interface Dated {
  readonly report: OrderReport;
  readonly created: UnixMs;
}

/** What was made of rows that are objects still: never of one that has changed, for nobody changes them. */
export type KnownReports = WeakMap<object, Dated>;

export function orderOf(row: z.output<typeof ORDER>, account: ClientId, source: OrderReport["source"], updatedAt: UnixMs): OrderReport {
  const [family, leg] = [familyOf(row), exitLegNamed(row.legName)];
  return {
    source,
    clientId: row.dhanClientId === undefined ? account : clientId(row.dhanClientId),
    orderId: orderId(row.orderId),
    exchangeOrderId: row.exchangeOrderId,
    correlationId: row.correlationId === undefined ? undefined : correlationId(row.correlationId),
    family,
    // Whose leg it is the row does not say; its own number stands for that until it is known.
    ...(leg === undefined || family !== "super" ? {} : { leg: { leg, of: orderId(row.orderId) } }),
    instrument: { segment: row.exchangeSegment, securityId: securityId(row.securityId), expiry: row.drvExpiryDate },
    contract: undefined,
    contracted: { side: row.transactionType, product: row.productType.product, afterMarket: row.afterMarketOrder },
    status: row.orderStatus.status,
    terms: normalised({
      type: row.orderType,
      validity: row.validity,
      quantity: row.quantity,
      price: row.price,
      triggerPrice: row.triggerPrice,
      disclosed: row.disclosedQuantity,
    }),
    filled: row.filledQty === NONE ? row.filled_qty : row.filledQty,
    averagePrice: row.averageTradedPrice,
    reason: row.omsErrorDescription ?? "",
    orderTime: undefined,
    createdAt: row.createTime,
    updatedAt,
    lastPrice: undefined,
    placedFrom: undefined,
  };
}

/** Plain orders have the leg name `NA`, or none (reference 2.6). */
function familyOf(row: z.output<typeof ORDER>): OrderFamily {
  if (row.productType.family !== "plain") return row.productType.family;
  return row.legName !== undefined || row.orderStatus.superLeg ? "super" : "plain";
}

const TRADE = z.object({
  orderId: needed("NO_ORDER_NUMBER", id),
  exchangeTradeId: wanted(id),
  tradedQuantity: needed("NO_QUANTITY", someUnits),
  tradedPrice: needed("BAD_PRICE", rupees),
  dhanClientId: wanted(text),
  createTime: wanted(instant),
  updateTime: wanted(instant),
  exchangeTime: wanted(instant),
});

export function readTrades(body: unknown, account: ClientId): Rows<TradeReport> {
  return readRows(body, (source) =>
    readRow(source, TRADE, (row): TradeReport | string => {
      const at = row.exchangeTime ?? row.updateTime ?? row.createTime;
      if (at === undefined) return "NO_TIME";
      return {
        clientId: row.dhanClientId === undefined ? account : clientId(row.dhanClientId),
        orderId: orderId(row.orderId),
        tradeId: row.exchangeTradeId ?? "",
        quantity: row.tradedQuantity,
        price: row.tradedPrice,
        at,
      };
    }),
  );
}

const POSITION = z.object({
  securityId: needed("NO_SECURITY_ID", id),
  exchangeSegment: needed("UNKNOWN_SEGMENT", word(segmentNamed)),
  // What a cover or bracket order holds is not exited by plain orders, so it must not be counted among their positions.
  productType: needed("UNKNOWN_PRODUCT", word(plainProductOf)),
  netQty: needed("NO_QUANTITY", signedUnits),
  drvExpiryDate: wanted(expiryDate),
});

/** Flat rows stay listed for the day and are given too; `multiplier` is not applied (reference 6.2). */
export function readPositions(body: unknown): Rows<PositionReport> {
  return readRows(body, (source) =>
    readRow(source, POSITION, (row): PositionReport | string => ({
      instrument: { segment: row.exchangeSegment, securityId: securityId(row.securityId), expiry: row.drvExpiryDate },
      product: row.productType,
      net: row.netQty,
    })),
  );
}

function plainProductOf(name: string): Product | undefined {
  const found = productOf(name);
  return found?.family === "plain" ? found.product : undefined;
}

type Reading<T> = { readonly is: T } | { readonly refused: UnreadableRow };

export function readRows<T>(body: unknown, read: (row: unknown) => Reading<T>): Rows<T> {
  const rows: T[] = [];
  const refused: UnreadableRow[] = [];
  for (const row of Array.isArray(body) ? body : [body]) {
    const reading = read(row);
    if ("is" in reading) rows.push(reading.is);
    else refused.push(reading.refused);
  }
  return { rows, unreadable: refused };
}

/** `make` answers with the code of what is wrong when a row whose fields are readable still makes no sense. */
export function readRow<Row, T extends object>(source: unknown, schema: z.ZodType<Row>, make: (row: Row) => T | string): Reading<T> {
  const fields = isObject(source) ? source : {};
  const read = schema.safeParse(fields);
  const made = read.success ? make(read.data) : undefined;
  if (typeof made === "object") return { is: made };
  const raw = JSON.stringify(source) ?? "";
  const number = id(fields["orderId"]);
  const order = number === undefined ? undefined : orderId(number);
  const what = read.success
    ? unreadable(made ?? "UNREADABLE", "a row has no time that can be read", raw, order)
    : unreadableField(read.error, fields, raw, order);
  return { refused: { ...what, correlationId: text(fields["correlationId"]) } };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
