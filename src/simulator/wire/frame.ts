/** An order-update frame, key by key as recorded (reference 4.3): numbers that are zero are left out, not sent as zero. */

import type { Price } from "../../domain/money.ts";
import { kolkataText, tradingDay } from "../../domain/time.ts";
import type { ChangeKind, OrderChange } from "../exchange/ledger.ts";
import { averagePrice, type Order } from "../exchange/order.ts";
import type { Dialect } from "./dialect.ts";

/** Members in the order in which they are sent. */
export type FrameData = Readonly<Record<string, string | number>>;

const NEVER = "0001-01-01 00:00:00";
const ORDER_TYPES = { LIMIT: "LMT", MARKET: "MKT", STOP_LOSS: "SL", STOP_LOSS_MARKET: "SLM" } as const;
const PRODUCTS = { CNC: "C", INTRADAY: "I", MARGIN: "M", MTF: "F" } as const;

const LEG_NUMBERS = { entry: 1, stop: 2, target: 3 } as const;

/** The text of one frame. */
export function frameText(data: FrameData, dialect: Dialect): string {
  return JSON.stringify({ Data: cased(data, dialect.casing), Type: "order_alert" });
}

export function frameData(change: OrderChange, last: Price, dialect: Dialect): FrameData {
  const { order } = change;
  const { terms, listing, contracted } = order;
  const derivative = listing.expiry !== undefined;
  return {
    exchange: listing.exchange,
    segment: listing.segmentLetter,
    source: order.source,
    securityId: listing.securityId,
    clientId: order.clientId,
    exchOrderNo: order.exchangeOrderId ?? "0",
    orderNo: dialect.superLegIds === "parent" ? (order.leg?.of ?? order.orderId) : order.orderId,
    product: PRODUCTS[contracted.product],
    txnType: contracted.side === "BUY" ? "B" : "S",
    orderType: ORDER_TYPES[terms.type],
    validity: terms.validity,
    ...unlessZero("discQuantity", terms.disclosed),
    ...unlessZero("discQtyRem", Math.min(terms.disclosed, terms.quantity - order.filled)),
    ...unlessZero("remainingQuantity", terms.quantity - order.filled),
    quantity: terms.quantity,
    ...unlessZero("tradedQty", order.filled),
    ...unlessZero("price", terms.price / 10_000),
    ...unlessZero("triggerPrice", terms.triggerPrice / 10_000),
    ...unlessZero("tradedPrice", order.lastFillPrice / 10_000),
    ...unlessZero("avgTradedPrice", averagePrice(order) / 10_000),
    strategyId: "NA",
    offMktFlag: contracted.afterMarket ? "1" : "0",
    orderDateTime: kolkataText(order.orderedAt),
    exchOrderTime: order.exchangeAt === undefined ? NEVER : kolkataText(order.exchangeAt),
    lastUpdatedTime: kolkataText(order.updatedAt),
    ...(order.leg === undefined ? {} : { algoOrdNo: order.leg.of ?? order.orderId }),
    remarks: order.leg === undefined ? " " : "Super Order",
    mktType: "NL",
    reasonDescription: order.reason,
    legNo: LEG_NUMBERS[order.leg?.leg ?? "entry"],
    instrument: listing.instrumentName,
    // Derivatives' names are cut at 15 characters on the stream: never an identity (reference 4.3).
    symbol: derivative ? listing.tradingSymbol.slice(0, 15) : listing.tradingSymbol,
    productName: contracted.product,
    status: statusWord(change.kind, order, dialect),
    lotSize: listing.lot,
    ...unlessZero("strikePrice", listing.strike / 10_000),
    expiryDate: listing.expiry?.slice(0, 10) ?? NEVER,
    optType: listing.optionType ?? "XX",
    displayName: listing.displayName,
    isin: "NA",
    series: derivative ? "XX" : listing.series,
    goodTillDaysDate: tradingDay(order.orderedAt),
    refLtp: last / 10_000,
    tickSize: listing.tick / 10_000,
    algoId: "0",
    multiplier: 1,
    ...(dialect.correlationId === "present" ? { correlationId: order.correlationId ?? "NA" } : {}),
  };
}

/** Title case, and a word of its own for an accepted change (reference 4.4). */
function statusWord(kind: ChangeKind, order: Order, dialect: Dialect): string {
  switch (kind) {
    case "received":
      return "Transit";
    case "parked":
      return dialect.afterMarket;
    case "accepted":
    case "triggered":
    case "silent":
      return "Pending";
    case "placeholder":
      return "Dummy";
    case "armed":
      return "Active";
    case "sent":
      return "Triggered";
    case "modified":
      return "Modified";
    case "executed":
      return executionWord(order, dialect);
    case "cancelled":
      return "Cancelled";
    case "rejected":
      return "Rejected";
    case "expired":
      return "Expired";
  }
}

function executionWord(order: Order, dialect: Dialect): string {
  if (order.status === "CANCELLED") return "Cancelled";
  if (order.status === "EXPIRED") return "Expired";
  return order.status === "TRADED" ? "Traded" : dialect.partialFill;
}

function unlessZero(key: string, value: number): FrameData {
  return value === 0 ? {} : { [key]: value };
}

/** The documentation's sample has these in camelCase beside the capitalised rest, `Series` and others even twice (reference 4.2). */
const CAMEL_IN_MIXED = new Set(["series", "goodTillDaysDate", "refLtp", "tickSize", "algoId", "multiplier"]);

function cased(data: FrameData, casing: Dialect["casing"]): FrameData {
  if (casing === "camel") return data;
  const shown: Record<string, string | number> = {};
  if (casing === "mixed") for (const [key, value] of Object.entries(data)) if (CAMEL_IN_MIXED.has(key)) shown[key] = value;
  for (const [key, value] of Object.entries(data)) shown[inPascal(key)] = value;
  return shown;
}

/** A frame has some fifty keys, and always the same. */
const pascals = new Map<string, string>();

function inPascal(key: string): string {
  const known = pascals.get(key);
  if (known !== undefined) return known;
  const pascal = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  pascals.set(key, pascal);
  return pascal;
}
