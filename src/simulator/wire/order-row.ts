/** An order as the REST books show it, key by key (reference 2.6). */
import { kolkataText } from "../../domain/time.ts";
import type { Listing } from "../exchange/listing.ts";
import { averagePrice, type Order } from "../exchange/order.ts";
import type { Dialect } from "./dialect.ts";
import { objectText, type Row, rupees } from "./json-text.ts";

const NEVER = "0001-01-01 00:00:00";

const LEG_NAMES = { entry: "ENTRY_LEG", stop: "STOP_LOSS_LEG", target: "TARGET_LEG" } as const;

/** A version of an order never changes, and books are read far more often than orders change. */
const texts = { own: new WeakMap<Order, string>(), parent: new WeakMap<Order, string>() };

/** The text of its row; a leg of a super order shows its own number, or its entry's. */
export function orderText(order: Order, legIds: Dialect["superLegIds"]): string {
  const known = texts[legIds].get(order);
  if (known !== undefined) return known;
  const text = objectText(orderRow(order, legIds));
  texts[legIds].set(order, text);
  return text;
}

export function orderRow(order: Order, superLegIds: Dialect["superLegIds"]): Row {
  const { terms, listing, contracted } = order;
  return {
    dhanClientId: order.clientId,
    orderId: superLegIds === "parent" ? (order.leg?.of ?? order.orderId) : order.orderId,
    exchangeOrderId: order.exchangeOrderId ?? "0",
    correlationId: order.correlationId ?? "NA",
    orderStatus: order.status,
    transactionType: contracted.side,
    exchangeSegment: listing.segment,
    productType: contracted.product,
    orderType: terms.type,
    validity: terms.validity,
    tradingSymbol: listing.tradingSymbol,
    securityId: listing.securityId,
    quantity: terms.quantity,
    disclosedQuantity: terms.disclosed,
    price: rupees(terms.price),
    triggerPrice: rupees(terms.triggerPrice),
    afterMarketOrder: contracted.afterMarket,
    boProfitValue: rupees(0),
    boStopLossValue: rupees(0),
    legName: order.leg === undefined ? "NA" : LEG_NAMES[order.leg.leg],
    createTime: kolkataText(order.createdAt),
    updateTime: kolkataText(order.updatedAt),
    exchangeTime: order.exchangeAt === undefined ? NEVER : kolkataText(order.exchangeAt),
    drvExpiryDate: listing.expiry?.slice(0, 10) ?? "0001-01-01",
    drvOptionType: optionWord(listing),
    drvStrikePrice: rupees(listing.strike),
    omsErrorCode: "0",
    omsErrorDescription: order.reason,
    algoId: "0",
    remainingQuantity: remaining(order),
    averageTradedPrice: rupees(averagePrice(order)),
    filledQty: order.filled,
  };
}

export function optionWord(listing: Listing): "CALL" | "PUT" | "NA" {
  if (listing.optionType === undefined) return "NA";
  return listing.optionType === "CE" ? "CALL" : "PUT";
}

/** Goes to zero with a cancel, and stays the whole quantity of a rejected order (reference 12, 5). */
function remaining(order: Order): number {
  if (order.status === "CANCELLED" || order.status === "EXPIRED") return 0;
  return order.terms.quantity - order.filled;
}
