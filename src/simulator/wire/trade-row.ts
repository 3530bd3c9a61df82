/** An execution as the day's trade book and the history of earlier days show it, key by key (reference 2.7). */
import { kolkataText } from "../../domain/time.ts";
import type { Trade } from "../exchange/trade.ts";
import { type Row, rupees } from "./json-text.ts";
import { optionWord } from "./order-row.ts";

export function tradeRow(trade: Trade): Row {
  const { order } = trade;
  const { listing } = order;
  return {
    dhanClientId: order.clientId,
    orderId: order.orderId,
    exchangeOrderId: order.exchangeOrderId ?? "0",
    exchangeTradeId: trade.tradeId,
    transactionType: order.contracted.side,
    exchangeSegment: listing.segment,
    productType: order.contracted.product,
    orderType: order.terms.type,
    tradingSymbol: listing.tradingSymbol,
    customSymbol: null,
    securityId: listing.securityId,
    tradedQuantity: trade.quantity,
    tradedPrice: rupees(trade.price),
    createTime: kolkataText(trade.at),
    updateTime: kolkataText(trade.at),
    exchangeTime: kolkataText(trade.at),
    drvExpiryDate: listing.expiry?.slice(0, 10) ?? "0001-01-01",
    drvOptionType: optionWord(listing),
    drvStrikePrice: rupees(listing.strike),
  };
}

/** It has no trading symbol, no number of the exchange's, and of its times one; its charges are not played. */
export function pastTradeRow(trade: Trade): Row {
  const { listing } = trade.order;
  const { tradingSymbol: _, ...row } = tradeRow(trade);
  return {
    ...row,
    exchangeTradeId: "0",
    customSymbol: listing.displayName,
    isin: "",
    instrument: listing.instrumentName,
    sebiTax: rupees(0),
    stt: rupees(0),
    brokerageCharges: rupees(0),
    serviceTax: rupees(0),
    exchangeTransactionCharges: rupees(0),
    stampDuty: rupees(0),
    createTime: "NA",
    updateTime: "NA",
    drvExpiryDate: "NA",
  };
}
