/** The bodies of forever orders, checked as Dhan checks them at once (reference 3.2). */
import { NO_PRICE } from "../../domain/money.ts";
import type { Validity } from "../../domain/order/terms.ts";
import { NONE, type Quantity } from "../../domain/quantity.ts";
import type { ForeverChange, ForeverLegName, ForeverLegTerms, ForeverOrder, ForeverPlacement } from "../exchange/forever-orders.ts";
import type { Listings } from "../exchange/listing.ts";
import { type Fields, type Parsed, reading, Wrong } from "./fields.ts";
import { correlationId } from "./order-input.ts";

const SEGMENTS = ["NSE_EQ", "NSE_FNO", "BSE_EQ", "BSE_FNO"] as const;
const PRODUCTS = ["CNC", "MTF", "MARGIN"] as const;
const VALIDITIES: readonly Validity[] = ["DAY", "IOC"];

/** The first of an OCO order is named as a single one is. */
const LEG_NAMES = { ENTRY_LEG: "first", TARGET_LEG: "first", STOP_LOSS_LEG: "second" } as const;
export type ForeverLegWord = keyof typeof LEG_NAMES;

export function foreverLegNamed(word: ForeverLegWord): ForeverLegName {
  return LEG_NAMES[word];
}

export function parseForeverPlacement(
  text: string,
  from: { readonly clientId: string; readonly source: string },
  listings: Listings,
): Parsed<ForeverPlacement> {
  return reading(text, (body) => {
    body.owner(from.clientId);
    const flag = body.choice("orderFlag", ["SINGLE", "OCO"]);
    const side = body.choice("transactionType", ["BUY", "SELL"]);
    const product = body.choice("productType", PRODUCTS);
    const listing = listings.find(body.choice("exchangeSegment", SEGMENTS), body.text("securityId"));
    if (listing === undefined) throw new Wrong("securityId is not known in this exchangeSegment");
    const validity = body.choice("validity", VALIDITIES);
    const type = body.choice("orderType", ["LIMIT", "MARKET"]);
    const first = legTerms(body, type, "", undefined);
    const legs = flag === "SINGLE" ? [first] : [first, legTerms(body, type, "1", undefined)];
    return {
      listing,
      side,
      product,
      validity,
      disclosed: disclosed(body, first.quantity, NONE),
      legs,
      correlationId: correlationId(body),
      source: from.source,
    };
  });
}

export interface ForeverModification {
  readonly leg: ForeverLegName;
  readonly change: ForeverChange;
}

/** Fields that are left out keep their values. The flag of a forever order is not to be changed. */
export function parseForeverChange(text: string, clientId: string, order: ForeverOrder): Parsed<ForeverModification> {
  return reading(text, (body) => {
    body.owner(clientId);
    if (body.text("orderId") !== order.orderId) throw new Wrong("orderId is not the one of the path");
    const flag = body.choice("orderFlag", ["SINGLE", "OCO"]);
    if ((flag === "OCO") !== order.legs.length > 1) throw new Wrong("orderFlag is not the order's");
    const leg = foreverLegNamed(body.choice("legName", ["ENTRY_LEG", "TARGET_LEG", "STOP_LOSS_LEG"]));
    const before = order.legs.find(({ name }) => name === leg);
    if (before === undefined) throw new Wrong("legName is not valid for this order");
    const terms = legTerms(body, body.choice("orderType", ["LIMIT", "MARKET"]), "", before);
    return { leg, change: { ...terms, validity: body.choice("validity", VALIDITIES), disclosed: disclosed(body, terms.quantity, order.disclosed) } };
  });
}

/** `suffix`: `1` for the second of an OCO order. */
function legTerms(body: Fields, type: "LIMIT" | "MARKET", suffix: "" | "1", before: ForeverLegTerms | undefined): ForeverLegTerms {
  const quantity = body.units(`quantity${suffix}`) ?? before?.quantity ?? NONE;
  if (quantity <= 0) throw new Wrong(`quantity${suffix} must be more than 0`);
  const price = type === "LIMIT" ? (body.price(`price${suffix}`) ?? before?.price ?? NO_PRICE) : NO_PRICE;
  if (type === "LIMIT" && price <= 0) throw new Wrong(`price${suffix} is required for LIMIT`);
  const triggerPrice = body.price(`triggerPrice${suffix}`) ?? before?.triggerPrice ?? NO_PRICE;
  if (triggerPrice <= 0) throw new Wrong(`triggerPrice${suffix} is required`);
  return { quantity, price, triggerPrice };
}

function disclosed(body: Fields, quantity: Quantity, before: Quantity): Quantity {
  const shown = body.units("disclosedQuantity") ?? before;
  if (shown !== 0 && (shown * 10 <= quantity * 3 || shown > quantity)) throw new Wrong("disclosedQuantity must be 0 or more than 30% of quantity");
  return shown;
}
