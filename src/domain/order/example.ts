/** One order for tests to begin from: a leader buys 150 units (2 lots) of an index option at 120.50. */
import { clientId, orderId, securityId } from "../identity.ts";
import type { Contract, InstrumentKey } from "../instrument.ts";
import { NO_PRICE, price } from "../money.ts";
import { lotSize, NONE, quantity } from "../quantity.ts";
import { type UnixMs, unixMs } from "../time.ts";
import type { OrderReport } from "./report.ts";
import type { Contracted, Terms } from "./terms.ts";

const OPENING = Date.parse("2026-11-20T10:00:00+05:30");

/** So many seconds after ten o'clock. */
export function second(seconds: number): UnixMs {
  return unixMs(OPENING + Math.round(seconds * 1_000));
}

export const OPTION: InstrumentKey = { segment: "NSE_FNO", securityId: securityId("43210"), expiry: "2026-11-24" };
export const CONTRACT: Contract = { kind: "option", lot: lotSize(75), tick: price(500), underlying: "NIFTY", displayName: "NIFTY 24 NOV 26000 CALL" };
export const BUY: Contracted = { side: "BUY", product: "MARGIN", afterMarket: false };
export const LIMIT: Terms = { type: "LIMIT", validity: "DAY", quantity: quantity(150), price: price(1_205_000), triggerPrice: NO_PRICE, disclosed: NONE };
export const MARKET: Terms = { ...LIMIT, type: "MARKET", price: NO_PRICE };
export const STOP: Terms = { ...LIMIT, type: "STOP_LOSS", price: price(1_090_000), triggerPrice: price(1_100_000) };

type ReportPart = Partial<Omit<OrderReport, "source">>;

/** A frame of that second that shows it pending at the exchange, but for `part`. */
export function frame(seconds: number, part: ReportPart = {}): OrderReport {
  return {
    source: { kind: "frame" },
    clientId: clientId("1000000001"),
    orderId: orderId("112611200001"),
    exchangeOrderId: "1300000001234567",
    correlationId: undefined,
    family: "plain",
    instrument: OPTION,
    contract: CONTRACT,
    contracted: BUY,
    status: "PENDING",
    terms: LIMIT,
    filled: NONE,
    averagePrice: NO_PRICE,
    reason: "",
    orderTime: second(0),
    createdAt: undefined,
    updatedAt: second(seconds),
    lastPrice: undefined,
    placedFrom: "P",
    ...part,
  };
}

/** The same as a row of the book, which says less; asked for at `asked`. */
export function row(seconds: number, asked: number, part: ReportPart = {}): OrderReport {
  const shown = frame(seconds, part);
  return { ...shown, source: { kind: "row", asked: second(asked) }, contract: undefined, orderTime: undefined, placedFrom: undefined };
}
