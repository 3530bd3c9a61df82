/** A super order as its list shows it, key by key (reference 3.1). */
import type { Price } from "../../domain/money.ts";
import { opposite } from "../../domain/order/terms.ts";
import { kolkataText } from "../../domain/time.ts";
import { averagePrice, type Order } from "../exchange/order.ts";
import type { ExitLeg, SuperOrder } from "../exchange/super-orders.ts";
import type { Dialect } from "./dialect.ts";
import { objectText, type Row, rupees } from "./json-text.ts";
import { orderRow } from "./order-row.ts";

const LEG_WORDS = { stop: "STOP_LOSS_LEG", target: "TARGET_LEG" } as const;

/** As JSON text: its legs are an array of objects within it. */
export function superRowText(order: SuperOrder, last: Price, dialect: Dialect): string {
  const { entry, legs } = order;
  const plain = orderRow(entry, dialect.superLegIds);
  const updatedAt = Math.max(...[entry, legs.stop, legs.target].map((one) => one?.updatedAt ?? 0)) as Order["updatedAt"];
  const row: Row = {
    dhanClientId: entry.clientId,
    orderId: entry.orderId,
    correlationId: entry.correlationId ?? "NA",
    orderStatus: isClosed(order) ? "CLOSED" : entry.status,
    transactionType: entry.contracted.side,
    exchangeSegment: entry.listing.segment,
    productType: entry.contracted.product,
    orderType: entry.terms.type,
    validity: entry.terms.validity,
    tradingSymbol: entry.listing.tradingSymbol,
    securityId: entry.listing.securityId,
    quantity: entry.terms.quantity,
    remainingQuantity: plain["remainingQuantity"] ?? 0,
    ltp: rupees(last),
    price: rupees(entry.terms.price),
    afterMarketOrder: false,
    legName: "ENTRY_LEG",
    exchangeOrderId: entry.exchangeOrderId ?? "0",
    createTime: kolkataText(entry.createdAt),
    updateTime: kolkataText(updatedAt),
    exchangeTime: plain["exchangeTime"] ?? "",
    omsErrorDescription: entry.reason,
    averageTradedPrice: rupees(averagePrice(entry)),
    filledQty: entry.filled,
    algoId: "0",
  };
  const details = (["stop", "target"] as const).flatMap((leg) => legText(order, leg, dialect) ?? []);
  return `${objectText(row).slice(0, -1)},"legDetails":[${details.join(",")}]}`;
}

/** The entry is done, and one leg was sent for all of it (reference 3.1). */
function isClosed({ entry, legs }: SuperOrder): boolean {
  const sent = [legs.stop, legs.target].find((leg) => leg?.exchangeOrderId !== undefined);
  return entry.status === "TRADED" && sent?.status === "TRADED";
}

/** A leg that waits for its entry shows no quantity in the documentation's sample. */
function legText({ entry, prices, legs }: SuperOrder, leg: ExitLeg, dialect: Dialect): string | undefined {
  if (prices[leg] === 0) return undefined;
  const order = legs[leg];
  const units = entry.filled > 0 && order !== undefined ? order.terms.quantity : 0;
  const isSent = order?.exchangeOrderId !== undefined;
  return objectText({
    orderId: dialect.superLegIds === "own" ? (order?.orderId ?? entry.orderId) : entry.orderId,
    legName: LEG_WORDS[leg],
    transactionType: opposite(entry.contracted.side),
    ...(leg === "stop" ? { totalQuatity: units } : {}),
    remainingQuantity: order === undefined ? 0 : units - order.filled,
    triggeredQuantity: isSent ? (order?.terms.quantity ?? 0) : 0,
    price: rupees(prices[leg]),
    orderStatus: legStatus(order),
    trailingJump: leg === "stop" ? rupees(prices.trail) : 0,
  });
}

function legStatus(order: Order | undefined): string {
  if (order === undefined || order.status === "TRANSIT") return "PENDING";
  return order.exchangeOrderId !== undefined && (order.status === "PENDING" || order.status === "TRADED") ? "TRIGGERED" : order.status;
}
