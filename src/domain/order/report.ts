/**
 * One thing that a broker said about one order: a frame of the order stream, a row of the book, or a postback, in our words.
 * Dhan's words stop in the adapter. A report is never edited; what is known of an order is the merge of its reports (R1).
 */
import type { ClientId, CorrelationId, OrderId } from "../identity.ts";
import type { Contract, InstrumentKey } from "../instrument.ts";
import type { Price } from "../money.ts";
import type { Quantity } from "../quantity.ts";
import type { UnixMs } from "../time.ts";
import type { LegOf, Plan } from "./plan.ts";
import type { ForeverLeg } from "./standing.ts";
import type { Contracted, Terms } from "./terms.ts";

/**
 * `MODIFIED` is the stream's word for an accepted change of an order that is still open (reference 4.4). Whether a partial
 * fill came as `PART_TRADED`, `TRADED` or `PENDING` is not told apart here: quantities decide.
 */
export type ReportedStatus = "TRANSIT" | "PENDING" | "MODIFIED" | "PART_TRADED" | "TRADED" | "CANCELLED" | "REJECTED" | "EXPIRED";

/** Order families are copied as what they are or refused aloud, never as plain orders (R19). */
export type OrderFamily = "plain" | "super" | "cover" | "bracket" | "forever";

export interface OrderReport {
  /** Where it came from; `asked` of a row is when the request for it left. */
  readonly source: { readonly kind: "frame" } | { readonly kind: "row"; readonly asked: UnixMs };
  readonly clientId: ClientId;
  readonly orderId: OrderId;
  /** Undefined until the exchange has it: Dhan's `"0"` and empty text are read as absent. */
  readonly exchangeOrderId: string | undefined;
  /** Undefined when none was given: Dhan's `"NA"` and empty text are read as absent. */
  readonly correlationId: CorrelationId | undefined;
  readonly family: OrderFamily;
  /** It is a leg of a super order. */
  readonly leg?: LegOf;
  /** The number of the order that a forever order has fired, in reports of that order: they are told under the forever order's number (docs/forever.md). */
  readonly fired?: OrderId;
  /** In rows of an OCO order: which of the two, in the words of the list, waits for the upper of its triggers. */
  readonly upperIs?: ForeverLeg["leg"];
  /** The whole of a super order, in reports of its entry from `/super/orders`. */
  readonly plan?: Plan;
  readonly instrument: InstrumentKey;
  /** Frames carry the contract's facts; rows do not. */
  readonly contract: Contract | undefined;
  readonly contracted: Contracted;
  readonly status: ReportedStatus;
  readonly terms: Terms;
  /** Cumulative. */
  readonly filled: Quantity;
  /** Zero until something is filled. */
  readonly averagePrice: Price;
  /** Dhan's or the exchange's words on a rejection (`RMS:…`), or `CONFIRMED` and the like; may be empty. */
  readonly reason: string;
  /** When the broker got the order or its latest modification (frames: `orderDateTime`); rows do not say, so undefined. */
  readonly orderTime: UnixMs | undefined;
  /** When the broker got the order first (rows: `createTime`); frames do not say, so undefined. */
  readonly createdAt: UnixMs | undefined;
  /** The broker's last-update time, one second resolution. */
  readonly updatedAt: UnixMs;
  /** The market's last price when the report was made (frames: `refLtp`), if it said. */
  readonly lastPrice: Price | undefined;
  /** The platform it was placed from (frames: `source`: P API, W web, …); undefined on rows. */
  readonly placedFrom: string | undefined;
}

/** One execution, from the trade book (reference 2.7). */
export interface TradeReport {
  readonly clientId: ClientId;
  readonly orderId: OrderId;
  /** The exchange's number; empty where the row has none. Unique within a segment, and so within an order. */
  readonly tradeId: string;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: UnixMs;
}

/** A net position, from the position book (reference 6.2): signed units, per product. */
export interface PositionReport {
  readonly instrument: InstrumentKey;
  readonly product: Contracted["product"];
  readonly net: number;
}
