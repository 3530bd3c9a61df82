/** Frames of the order stream, with the keys and the spelling of the recorded ones (reference 4.3), of orders that nobody gave. */
import type { ClientId } from "../../domain/identity.ts";
import { kolkataText, type UnixMs } from "../../domain/time.ts";

export interface MadeUp {
  readonly clientId: ClientId;
  /** Each another contract, as with a leader who takes a position and leaves it. */
  readonly securityId: string;
  readonly orderNo: string;
  readonly correlationId?: string;
  readonly side: "B" | "S";
  readonly status: "Pending" | "Traded" | "Cancelled";
  readonly quantity: number;
  /** Rupees. */
  readonly price: number;
}

export const LOT = 75;

export function madeUpFrame({ clientId, securityId, orderNo, correlationId = "NA", side, status, quantity, price }: MadeUp, now: UnixMs): string {
  const at = kolkataText(now);
  const filled = status === "Traded" ? { tradedQty: quantity, tradedPrice: price, avgTradedPrice: price } : { remainingQuantity: quantity };
  const Data = {
    exchange: "NSE",
    segment: "D",
    source: "W",
    securityId,
    clientId,
    exchOrderNo: `13${orderNo}`,
    orderNo,
    product: "I",
    txnType: side,
    orderType: "LMT",
    validity: "DAY",
    quantity,
    ...filled,
    price,
    offMktFlag: "0",
    orderDateTime: at,
    exchOrderTime: at,
    lastUpdatedTime: at,
    remarks: "NR",
    mktType: "NL",
    reasonDescription: "CONFIRMED",
    legNo: 1,
    instrument: "OPTIDX",
    symbol: "NIFTY-Rehearsal",
    productName: "INTRADAY",
    status,
    lotSize: LOT,
    strikePrice: 20_000,
    expiryDate: "2099-12-31",
    optType: "CE",
    displayName: "NIFTY REHEARSAL CALL",
    isin: "NA",
    series: "XX",
    goodTillDaysDate: at.slice(0, 10),
    refLtp: price,
    tickSize: 0.05,
    algoId: "0",
    multiplier: 1,
    correlationId,
  };
  return JSON.stringify({ Data, Type: "order_alert" });
}
