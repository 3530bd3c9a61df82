/** A position as REST shows it, key by key, with its 32-bit float noise (reference 6.2). Flat ones stay listed as CLOSED. */
import type { Price } from "../../domain/money.ts";
import { average, buys, net, type Position, realised, sells } from "../exchange/position.ts";
import { noisyRupees, type Row, rupees } from "./json-text.ts";
import { optionWord } from "./order-row.ts";

export function positionRow(clientId: string, position: Position, last: Price): Row {
  const { listing } = position;
  const units = net(position);
  const buyAverage = average(buys(position));
  const sellAverage = average(sells(position));
  const cost = units < 0 ? sellAverage : buyAverage;
  return {
    dhanClientId: clientId,
    tradingSymbol: listing.tradingSymbol,
    securityId: listing.securityId,
    positionType: units === 0 ? "CLOSED" : units > 0 ? "LONG" : "SHORT",
    exchangeSegment: listing.segment,
    productType: position.product,
    buyAvg: noisyRupees(buyAverage),
    costPrice: noisyRupees(cost),
    buyQty: buys(position).quantity,
    sellAvg: noisyRupees(sellAverage),
    sellQty: sells(position).quantity,
    netQty: units,
    realizedProfit: noisyRupees(realised(position)),
    unrealizedProfit: noisyRupees((last - cost) * units),
    rbiReferenceRate: rupees(10_000),
    multiplier: 1,
    carryForwardBuyQty: position.carriedBuys.quantity,
    carryForwardSellQty: position.carriedSells.quantity,
    carryForwardBuyValue: noisyRupees(position.carriedBuys.value),
    carryForwardSellValue: noisyRupees(position.carriedSells.value),
    dayBuyQty: position.dayBuys.quantity,
    daySellQty: position.daySells.quantity,
    dayBuyValue: noisyRupees(position.dayBuys.value),
    daySellValue: noisyRupees(position.daySells.value),
    drvExpiryDate: listing.expiry ?? "0001-01-01",
    drvOptionType: optionWord(listing),
    drvStrikePrice: rupees(listing.strike),
    crossCurrency: false,
  };
}
