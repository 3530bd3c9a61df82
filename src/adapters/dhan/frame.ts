/**
 * One text frame of the order stream, in our words (reference 4.2 to 4.4). The frame is the fastest news of a leader's order, so
 * reading it costs tens of microseconds: one JSON parse, one pass over the keys, one schema.
 */
import { z } from "zod";
import { type ClientId, clientId, correlationId, type OrderId, orderId, securityId } from "../../domain/identity.ts";
import { type Contract, kindOf } from "../../domain/instrument.ts";
import { type ExitLeg, type LegOf, legOrderId } from "../../domain/order/plan.ts";
import type { OrderFamily, OrderReport } from "../../domain/order/report.ts";
import { normalised } from "../../domain/order/terms.ts";
import { lotSize } from "../../domain/quantity.ts";
import type { UnreadableFrame } from "../../engine/ports/broker.ts";
import { splitObjects } from "./json-objects.ts";
import type { LegNumbers } from "./leg-numbers.ts";
import { underlyingOfDisplayName, underlyingOfSymbol } from "./underlying.ts";
import { unreadable, unreadableField } from "./unreadable.ts";
import { expiryDate, flag, id, instant, needed, rupees, somePrice, someUnits, text, units, wanted, word } from "./wire-values.ts";
import { orderTypeOf, productOf, segmentOf, sideOf, statusOf, validityOf } from "./words.ts";

/** What one frame said: usually one report. Both are empty for a frame that is about no order. */
export interface FrameContent {
  readonly reports: readonly OrderReport[];
  readonly unreadable: readonly UnreadableFrame[];
}

/** `account` is whose stream it is: a frame that names another account is never applied to this one. */
export function readFrame(frame: string, account: ClientId, numbers: LegNumbers): FrameContent {
  const reports: OrderReport[] = [];
  const refused: UnreadableFrame[] = [];
  for (const message of messagesOf(frame, refused)) {
    const outcome = readMessage(message, account, numbers);
    if (outcome === undefined) continue;
    if ("code" in outcome) refused.push(outcome);
    else reports.push(outcome);
  }
  return { reports, unreadable: refused };
}

/** The JSON objects of a frame. What is no JSON is told, and kills nothing. */
function messagesOf(frame: string, refused: UnreadableFrame[]): readonly unknown[] {
  const whole = parsed(frame);
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  const { objects, rest } = splitObjects(frame);
  const messages = objects.map((text) => ({ text, value: parsed(text) }));
  const garbage = [...rest, ...messages.filter(({ value }) => value === undefined).map(({ text }) => text)];
  for (const piece of garbage) refused.push(unreadable("NOT_JSON", "a text on the order stream is no JSON", piece, undefined));
  return messages.map(({ value }) => value).filter((value) => value !== undefined);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Undefined: another type of message, which is none of our business (reference 4.2). */
function readMessage(message: unknown, account: ClientId, numbers: LegNumbers): OrderReport | UnreadableFrame | undefined {
  const envelope = isObject(message) ? byLowerCase(message) : undefined;
  const type = envelope?.["type"];
  if (typeof type === "string" && type.toLowerCase() !== "order_alert") return undefined;
  const data = envelope?.["data"];
  if (!isObject(data)) return unreadable("NO_ORDER_DATA", "a message on the order stream holds no order", JSON.stringify(message), undefined);
  const fields = byLowerCase(data);
  const read = FRAME.safeParse(fields);
  if (!read.success) return unreadableField(read.error, fields, JSON.stringify(message), orderNumber(fields));
  return reportOf(read.data, account, message, numbers);
}

const FRAME = z.object({
  orderno: needed("NO_ORDER_NUMBER", id),
  securityid: needed("NO_SECURITY_ID", id),
  exchange: needed("UNKNOWN_SEGMENT", text),
  segment: needed("UNKNOWN_SEGMENT", text),
  status: needed("UNKNOWN_STATUS", word(statusOf)),
  txntype: needed("UNKNOWN_SIDE", word(sideOf)),
  ordertype: needed("UNKNOWN_ORDER_TYPE", word(orderTypeOf)),
  product: needed("UNKNOWN_PRODUCT", word(productOf)),
  validity: needed("UNKNOWN_VALIDITY", word(validityOf)),
  quantity: needed("NO_QUANTITY", someUnits),
  tradedqty: needed("BAD_QUANTITY", units),
  discquantity: needed("BAD_QUANTITY", units),
  price: needed("BAD_PRICE", rupees),
  triggerprice: needed("BAD_PRICE", rupees),
  avgtradedprice: needed("BAD_PRICE", rupees),
  legno: needed("BAD_LEG", units),
  clientid: wanted(text),
  exchorderno: wanted(id),
  algoordno: wanted(id),
  remarks: wanted(text),
  offmktflag: needed("BAD_FLAG", flag),
  orderdatetime: wanted(instant),
  lastupdatedtime: wanted(instant),
  reasondescription: wanted(text),
  correlationid: wanted(text),
  source: wanted(text),
  refltp: wanted(somePrice),
  expirydate: wanted(expiryDate),
  instrument: wanted(word(kindOf)),
  lotsize: wanted(someUnits),
  ticksize: wanted(somePrice),
  symbol: wanted(text),
  displayname: wanted(text),
});
type Frame = z.output<typeof FRAME>;

function reportOf(frame: Frame, account: ClientId, message: unknown, numbers: LegNumbers): OrderReport | UnreadableFrame {
  const refuse = (code: string, sentence: string): UnreadableFrame => unreadable(code, sentence, JSON.stringify(message), orderId(frame.orderno));
  const segment = segmentOf(frame.exchange, frame.segment);
  if (segment === undefined) return refuse("UNKNOWN_SEGMENT", `no segment is known for ${frame.exchange} and ${frame.segment}`);
  const updatedAt = frame.lastupdatedtime ?? frame.orderdatetime;
  if (updatedAt === undefined) return refuse("NO_TIME", "neither lastUpdatedTime nor orderDateTime is a time");
  const client = frame.clientid === undefined ? account : clientId(frame.clientid);
  if (client !== account) return refuse("OTHER_ACCOUNT", `the frame is about account ${client}, and this is the stream of ${account}`);
  const family = familyOf(frame);
  const leg = family === "super" ? legIn(frame, numbers) : undefined;
  if (leg === "unknown") return refuse("LEG_OF_UNKNOWN_ORDER", "the frame is about a leg, and does not say of which order");
  return {
    source: { kind: "frame" },
    clientId: client,
    orderId: leg === undefined ? orderId(frame.orderno) : legOrderId(leg),
    ...(leg === undefined ? {} : { leg }),
    exchangeOrderId: frame.exchorderno,
    correlationId: frame.correlationid === undefined || leg !== undefined ? undefined : correlationId(frame.correlationid),
    family,
    instrument: { segment, securityId: securityId(frame.securityid), expiry: frame.expirydate },
    contract: contractOf(frame),
    contracted: { side: frame.txntype, product: frame.product.product, afterMarket: frame.offmktflag },
    status: frame.status.status,
    terms: normalised({
      type: frame.ordertype,
      validity: frame.validity,
      quantity: frame.quantity,
      price: frame.price,
      triggerPrice: frame.triggerprice,
      disclosed: frame.discquantity,
    }),
    filled: frame.tradedqty,
    averagePrice: frame.avgtradedprice,
    reason: frame.reasondescription ?? "",
    orderTime: frame.orderdatetime,
    createdAt: undefined,
    updatedAt,
    lastPrice: frame.refltp,
    placedFrom: frame.source,
  };
}

/** The marks of an order family (R19): the product, a leg above the first, the entry's number, the remark, a leg's own status. */
function familyOf(frame: Frame): OrderFamily {
  if (frame.product.family !== "plain") return frame.product.family;
  const isLeg = frame.legno > 1 || frame.algoordno !== undefined || frame.status.superLeg;
  return isLeg || frame.remarks?.toLowerCase() === "super order" ? "super" : "plain";
}

/** A leg by its number (reference 4.3), and whose: by the entry's number in the frame, or as the books have told. Undefined: the entry itself. */
function legIn({ legno, orderno, algoordno }: Frame, numbers: LegNumbers): LegOf | "unknown" | undefined {
  const own = orderId(orderno);
  const leg = EXIT_LEG_BY_NUMBER.get(legno);
  if (leg === undefined) {
    numbers.isEntry(own);
    return undefined;
  }
  const found = algoordno === undefined ? numbers.legOf(own, leg) : { leg, of: orderId(algoordno) };
  if (found !== undefined) numbers.belongs(own, found);
  return found ?? "unknown";
}

const EXIT_LEG_BY_NUMBER: ReadonlyMap<number, ExitLeg> = new Map([
  [2, "stop"],
  [3, "target"],
]);

/** Undefined unless the frame has all that shapes an order: kind, lot and tick. The tick is in rupees here (reference 4.3). */
function contractOf(frame: Frame): Contract | undefined {
  const { instrument: kind, lotsize, ticksize: tick } = frame;
  if (kind === undefined || lotsize === undefined || tick === undefined) return undefined;
  const symbol = frame.symbol ?? "";
  const displayName = frame.displayname ?? symbol;
  const derivative = kind === "option" || kind === "future";
  const underlying = derivative ? (underlyingOfDisplayName(displayName) ?? underlyingOfSymbol(symbol)) : frame.symbol;
  return { kind, lot: lotSize(lotsize), tick, underlying, displayName };
}

function orderNumber(fields: Readonly<Record<string, unknown>>): OrderId | undefined {
  const number = id(fields["orderno"]);
  return number === undefined ? undefined : orderId(number);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Keys as they came, and what each is in lower case. Dhan has a few dozen, so the memory is bounded by refusing strangers a place. */
const lowered = new Map<string, string>();
const LOWERED_MAX = 500;

/**
 * The same object under lower-case keys. `camelCase` is preferred over `PascalCase` when both stand in one object, and of two
 * equal keys the last one wins, which is JSON's own rule (reference 4.2).
 */
function byLowerCase(source: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  const camel = new Set<string>();
  for (const key in source) {
    let low = lowered.get(key);
    if (low === undefined) {
      low = key.toLowerCase();
      if (lowered.size < LOWERED_MAX) lowered.set(key, low);
    }
    const isCamel = key.charCodeAt(0) >= 97;
    if (!isCamel && camel.has(low)) continue;
    if (isCamel) camel.add(low);
    result[low] = source[key];
  }
  return result;
}
