/** The body of a conditional order, checked as far as it is documented (reference 3.3). */
import { NO_PRICE } from "../../domain/money.ts";
import { isStop, type OrderType, PRODUCTS } from "../../domain/order/terms.ts";
import { NONE } from "../../domain/quantity.ts";
import { COMPARISONS, type Condition, type ConditionalPlacement, OPERATORS } from "../exchange/conditional-orders.ts";
import type { Listings } from "../exchange/listing.ts";
import type { Placement } from "../exchange/order.ts";
import { type Fields, type Parsed, reading, Wrong } from "./fields.ts";

const CONDITION_SEGMENTS = ["NSE_EQ", "BSE_EQ", "IDX_I"] as const;
const TIME_FRAMES = ["DAY", "ONE_MIN", "FIVE_MIN", "FIFTEEN_MIN"] as const;
const TYPES: readonly OrderType[] = ["LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_MARKET"];

export function parseConditional(text: string, from: { readonly clientId: string; readonly source: string }, listings: Listings): Parsed<ConditionalPlacement> {
  return reading(text, (body) => {
    body.owner(from.clientId);
    const condition = body.object("condition");
    const orders = body.list("orders");
    return {
      condition: conditionIn(condition),
      orders: orders.map((order) => placementIn(order, from.source, listings)),
      texts: { condition: condition.source, orders: `[${orders.map((order) => order.source).join(",")}]` },
    };
  });
}

function conditionIn(fields: Fields): Condition {
  const comparison = fields.choice("comparisonType", COMPARISONS);
  fields.choice("timeFrame", TIME_FRAMES);
  if (comparison === "TECHNICAL_WITH_INDICATOR") fields.text("comparingIndicatorName");
  const value = fields.price("comparingValue");
  if (value === undefined && comparison !== "TECHNICAL_WITH_INDICATOR" && comparison !== "TECHNICAL_WITH_CLOSE") throw new Wrong("comparingValue is required");
  return {
    comparison,
    segment: fields.choice("exchangeSegment", CONDITION_SEGMENTS),
    securityId: fields.text("securityId"),
    operator: fields.choice("operator", OPERATORS),
    value: value ?? NO_PRICE,
    expires: fields.has("expDate") ? fields.text("expDate") : undefined,
  };
}

/** Price, trigger and disclosed quantity are texts here, and the last has a name of its own. */
function placementIn(fields: Fields, source: string, listings: Listings): Placement {
  const listing = listings.find(fields.text("exchangeSegment"), fields.text("securityId"));
  if (listing === undefined) throw new Wrong("securityId is not known in this exchangeSegment");
  const type = fields.choice("orderType", TYPES);
  const quantity = fields.units("quantity") ?? NONE;
  if (quantity <= 0) throw new Wrong("quantity must be more than 0");
  const isPriced = type === "LIMIT" || type === "STOP_LOSS";
  const terms = {
    type,
    validity: fields.choice("validity", ["DAY", "IOC"]),
    quantity,
    price: isPriced ? (fields.price("price") ?? NO_PRICE) : NO_PRICE,
    triggerPrice: isStop(type) ? (fields.price("triggerPrice") ?? NO_PRICE) : NO_PRICE,
    disclosed: fields.units("discQuantity") ?? NONE,
  };
  if (isPriced && terms.price <= 0) throw new Wrong(`price is required for ${type}`);
  const contracted = { side: fields.choice("transactionType", ["BUY", "SELL"]), product: fields.choice("productType", PRODUCTS), afterMarket: false };
  return { listing, contracted, terms, amoTime: undefined, correlationId: undefined, source };
}
