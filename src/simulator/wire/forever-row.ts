/** A forever order as its list shows it: a row for each of its orders, key by key, with one number (reference 3.2). */
import { kolkataText } from "../../domain/time.ts";
import type { ForeverLeg, ForeverOrder } from "../exchange/forever-orders.ts";
import type { Row } from "./json-text.ts";
import { rupees } from "./json-text.ts";
import { optionWord } from "./order-row.ts";

export function foreverRows(order: ForeverOrder): readonly Row[] {
  return order.legs.map((leg) => foreverRow(order, leg));
}

function foreverRow(order: ForeverOrder, leg: ForeverLeg): Row {
  const { listing, legs } = order;
  const isOco = legs.length > 1;
  return {
    dhanClientId: order.clientId,
    orderId: order.orderId,
    orderStatus: leg.status,
    transactionType: order.side,
    exchangeSegment: listing.segment,
    productType: order.product,
    // The flag stands under this name (reference 3.2); whether it is LIMIT or MARKET only the price tells.
    orderType: isOco ? "OCO" : "SINGLE",
    tradingSymbol: listing.tradingSymbol,
    securityId: listing.securityId,
    quantity: leg.quantity,
    price: rupees(leg.price),
    triggerPrice: rupees(leg.triggerPrice),
    legName: isOco ? (leg.name === "first" ? "TARGET_LEG" : "STOP_LOSS_LEG") : "ENTRY_LEG",
    createTime: kolkataText(order.createdAt),
    updateTime: kolkataText(order.updatedAt),
    exchangeTime: null,
    drvExpiryDate: listing.expiry?.slice(0, 10) ?? null,
    drvOptionType: listing.optionType === undefined ? null : optionWord(listing),
    drvStrikePrice: rupees(listing.strike),
  };
}
