/** The bodies of place and modify, checked as Dhan checks them at once: what is wrong here is a DH-905 (reference 2.1, 2.3, 12 item 2). */
import { NO_PRICE } from "../../domain/money.ts";
import { type AmoTime, isStop, type OrderType, PRODUCTS, type Product, type Side, type Terms, type Validity } from "../../domain/order/terms.ts";
import { NONE } from "../../domain/quantity.ts";
import type { Listings } from "../exchange/listing.ts";
import type { Order, Placement } from "../exchange/order.ts";
import { type Fields, type Parsed, reading, Wrong } from "./fields.ts";

const SIDES: readonly Side[] = ["BUY", "SELL"];
const TYPES: readonly OrderType[] = ["LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_MARKET"];
const VALIDITIES: readonly Validity[] = ["DAY", "IOC"];
const AMO_TIMES: readonly AmoTime[] = ["PRE_OPEN", "OPEN", "OPEN_30", "OPEN_60"];

export function parsePlacement(text: string, from: { readonly clientId: string; readonly source: string }, listings: Listings): Parsed<Placement> {
  return reading(text, (body) => {
    body.owner(from.clientId);
    const side = body.choice("transactionType", SIDES);
    const product: Product = body.choice("productType", PRODUCTS);
    const listing = listings.find(body.text("exchangeSegment"), body.text("securityId"));
    if (listing === undefined) throw new Wrong("securityId is not known in this exchangeSegment");
    const afterMarket = body.flag("afterMarketOrder");
    return {
      listing,
      contracted: { side, product, afterMarket },
      terms: placedTerms(body),
      amoTime: afterMarket ? body.choice("amoTime", AMO_TIMES) : undefined,
      correlationId: correlationId(body),
      source: from.source,
    };
  });
}

/** Fields that a modification leaves out keep the order's value; type and validity must be there. */
export function parseModification(text: string, clientId: string, order: Order): Parsed<Terms> {
  return reading(text, (body) => {
    body.owner(clientId);
    if (body.text("orderId") !== order.orderId) throw new Wrong("orderId is not the one of the path");
    // The empty text of the documentation's own sample is refused by the live API (reference 2.3).
    if (body.has("legName") && !["NA", "ENTRY_LEG"].includes(body.text("legName"))) throw new Wrong("legName is not valid for this order");
    return terms(body, {
      quantity: order.terms.quantity,
      price: order.terms.price,
      triggerPrice: order.terms.triggerPrice,
      disclosed: order.terms.disclosed,
    });
  });
}

type Defaults = Pick<Terms, "quantity" | "price" | "triggerPrice" | "disclosed">;

function placedTerms(body: Fields): Terms {
  return terms(body, { quantity: NONE, price: NO_PRICE, triggerPrice: NO_PRICE, disclosed: NONE });
}

function terms(body: Fields, defaults: Defaults): Terms {
  const type = body.choice("orderType", TYPES);
  const validity = body.choice("validity", VALIDITIES);
  const total = body.units("quantity") ?? defaults.quantity;
  if (total <= 0) throw new Wrong("quantity must be more than 0");
  const priced = type === "LIMIT" || type === "STOP_LOSS";
  const price = priced ? (body.price("price") ?? defaults.price) : NO_PRICE;
  if (priced && price <= 0) throw new Wrong(`price is required for ${type}`);
  const triggerPrice = isStop(type) ? (body.price("triggerPrice") ?? defaults.triggerPrice) : NO_PRICE;
  if (isStop(type) && triggerPrice <= 0) throw new Wrong(`triggerPrice is required for ${type}`);
  const disclosed = body.units("disclosedQuantity") ?? defaults.disclosed;
  if (disclosed !== 0 && (disclosed * 10 <= total * 3 || disclosed > total)) throw new Wrong("disclosedQuantity must be 0 or more than 30% of quantity");
  return { type, validity, quantity: total, price, triggerPrice, disclosed };
}

/** At most 30 letters, digits, blanks, `_` and `-`. */
export function correlationId(body: Fields): string | undefined {
  if (!body.has("correlationId")) return undefined;
  const value = body.text("correlationId");
  if (!/^[A-Za-z0-9 _-]{0,30}$/.test(value)) throw new Wrong("correlationId must be at most 30 letters, digits, blanks, _ and -");
  return value === "" ? undefined : value;
}
