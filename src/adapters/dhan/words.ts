/**
 * Dhan's words and ours (reference 4.3, 4.4, 10.1, 10.2). The stream's codes (`B`, `LMT`, `I`) and REST's (`BUY`, `LIMIT`,
 * `INTRADAY`) stand in one table each, because neither means anything else in the other. Every enum is open: a word that stands
 * in no table is reported, never guessed (R19).
 */
import type { Segment } from "../../domain/instrument.ts";
import { SEGMENTS } from "../../domain/instrument.ts";
import type { OrderFamily, ReportedStatus } from "../../domain/order/report.ts";
import type { OrderType, Product, Side, Validity } from "../../domain/order/terms.ts";

const SIDES = new Map<string, Side>([
  ["B", "BUY"],
  ["BUY", "BUY"],
  ["S", "SELL"],
  ["SELL", "SELL"],
]);

const ORDER_TYPES = new Map<string, OrderType>([
  ["LMT", "LIMIT"],
  ["LIMIT", "LIMIT"],
  ["MKT", "MARKET"],
  ["MARKET", "MARKET"],
  ["SL", "STOP_LOSS"],
  ["STOP_LOSS", "STOP_LOSS"],
  ["SLM", "STOP_LOSS_MARKET"],
  ["STOP_LOSS_MARKET", "STOP_LOSS_MARKET"],
]);

const VALIDITIES = new Map<string, Validity>([
  ["DAY", "DAY"],
  ["IOC", "IOC"],
]);

/** Cover and bracket orders are intraday by nature (reference 3.4); their family keeps them from being taken for plain orders. */
const PRODUCTS = new Map<string, { readonly product: Product; readonly family: OrderFamily }>([
  ["C", { product: "CNC", family: "plain" }],
  ["CNC", { product: "CNC", family: "plain" }],
  ["I", { product: "INTRADAY", family: "plain" }],
  ["INTRADAY", { product: "INTRADAY", family: "plain" }],
  ["M", { product: "MARGIN", family: "plain" }],
  ["MARGIN", { product: "MARGIN", family: "plain" }],
  ["F", { product: "MTF", family: "plain" }],
  ["MTF", { product: "MTF", family: "plain" }],
  ["V", { product: "INTRADAY", family: "cover" }],
  ["CO", { product: "INTRADAY", family: "cover" }],
  ["B", { product: "INTRADAY", family: "bracket" }],
  ["BO", { product: "INTRADAY", family: "bracket" }],
]);

const STATUSES = new Map<string, { readonly status: ReportedStatus; readonly superLeg: boolean }>([
  ["TRANSIT", { status: "TRANSIT", superLeg: false }],
  ["PENDING", { status: "PENDING", superLeg: false }],
  ["CONFIRMED", { status: "PENDING", superLeg: false }],
  ["O_PENDING", { status: "PENDING", superLeg: false }],
  ["MODIFIED", { status: "MODIFIED", superLeg: false }],
  ["O_MODIFIED", { status: "MODIFIED", superLeg: false }],
  ["PART_TRADED", { status: "PART_TRADED", superLeg: false }],
  ["TRADED", { status: "TRADED", superLeg: false }],
  ["CANCELLED", { status: "CANCELLED", superLeg: false }],
  ["O_CANCELLED", { status: "CANCELLED", superLeg: false }],
  ["REJECTED", { status: "REJECTED", superLeg: false }],
  ["EXPIRED", { status: "EXPIRED", superLeg: false }],
  // Words of super-order legs alone: sent, armed, placeholder, finished. None of the first three is an execution.
  ["TRIGGERED", { status: "PENDING", superLeg: true }],
  ["ACTIVE", { status: "PENDING", superLeg: true }],
  ["DUMMY", { status: "PENDING", superLeg: true }],
  ["CLOSED", { status: "TRADED", superLeg: true }],
]);

const SEGMENT_OF = new Map<string, Segment>([
  ["NSE:E", "NSE_EQ"],
  ["NSE:D", "NSE_FNO"],
  ["NSE:C", "NSE_CURRENCY"],
  ["NSE:M", "NSE_COMM"],
  ["BSE:E", "BSE_EQ"],
  ["BSE:D", "BSE_FNO"],
  ["BSE:C", "BSE_CURRENCY"],
  ["MCX:M", "MCX_COMM"],
]);

const SEGMENT_NAMES = new Map<string, Segment>(SEGMENTS.map((name) => [name, name]));

export const sideOf = (word: string): Side | undefined => SIDES.get(word.toUpperCase());
export const orderTypeOf = (word: string): OrderType | undefined => ORDER_TYPES.get(word.toUpperCase());
export const validityOf = (word: string): Validity | undefined => VALIDITIES.get(word.toUpperCase());
export const segmentNamed = (word: string): Segment | undefined => SEGMENT_NAMES.get(word.toUpperCase());

/** The product, and the family that it betrays. */
export function productOf(word: string): { readonly product: Product; readonly family: OrderFamily } | undefined {
  return PRODUCTS.get(word.toUpperCase());
}

/** Title case, upper case, blanks and hyphens are all the same word (reference 4.2). */
export function statusOf(word: string): { readonly status: ReportedStatus; readonly superLeg: boolean } | undefined {
  return STATUSES.get(word.trim().toUpperCase().replaceAll(/[ -]/g, "_"));
}

/** From the exchange and its letter, as frames and instrument files have them (reference 9.3). */
export function segmentOf(exchange: string, letter: string): Segment | undefined {
  return letter === "I" && exchange !== "" ? "IDX_I" : SEGMENT_OF.get(`${exchange}:${letter}`);
}
