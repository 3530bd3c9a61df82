/** The bodies of super orders, checked as Dhan checks them at once (reference 3.1). */
import { NO_PRICE, type Price } from "../../domain/money.ts";
import { PRODUCTS, type Terms } from "../../domain/order/terms.ts";
import { NONE } from "../../domain/quantity.ts";
import type { Listings } from "../exchange/listing.ts";
import type { Order, Placement } from "../exchange/order.ts";
import type { ExitLeg, LegPrices } from "../exchange/super-orders.ts";
import { type Fields, type Parsed, reading, Wrong } from "./fields.ts";
import { correlationId } from "./order-input.ts";

export const LEG_NAMES = { ENTRY_LEG: "entry", STOP_LOSS_LEG: "stop", TARGET_LEG: "target" } as const;
export type LegWord = keyof typeof LEG_NAMES;

export function legNamed(word: string): ExitLeg | "entry" | undefined {
  return word in LEG_NAMES ? LEG_NAMES[word as LegWord] : undefined;
}

export interface SuperPlacement {
  readonly placement: Placement;
  readonly prices: LegPrices;
}

export function parseSuperPlacement(text: string, from: { readonly clientId: string; readonly source: string }, listings: Listings): Parsed<SuperPlacement> {
  return reading(text, (body) => {
    body.owner(from.clientId);
    const side = body.choice("transactionType", ["BUY", "SELL"]);
    const product = body.choice("productType", PRODUCTS);
    const listing = listings.find(body.text("exchangeSegment"), body.text("securityId"));
    if (listing === undefined) throw new Wrong("securityId is not known in this exchangeSegment");
    if (body.price("trailingJump") === undefined) throw new Wrong("trailingJump is required");
    const prices = pricesIn(body, { target: NO_PRICE, stop: NO_PRICE });
    if (prices.target === 0 && prices.stop === 0) throw new Wrong("targetPrice or stopLossPrice is required");
    return {
      placement: {
        listing,
        contracted: { side, product, afterMarket: false },
        terms: entryTerms(body, undefined),
        amoTime: undefined,
        correlationId: correlationId(body),
        source: from.source,
      },
      prices,
    };
  });
}

export interface SuperChange {
  readonly leg: ExitLeg | "entry";
  readonly terms: Terms | undefined;
  readonly prices: LegPrices;
}

/** Only the fields of the leg that is named count. A trail that is left out, or zero, is cancelled. */
export function parseSuperChange(text: string, clientId: string, entry: Order, prices: LegPrices): Parsed<SuperChange> {
  return reading(text, (body) => {
    body.owner(clientId);
    if (body.text("orderId") !== entry.orderId) throw new Wrong("orderId is not the one of the path");
    const leg = LEG_NAMES[body.choice("legName", ["ENTRY_LEG", "TARGET_LEG", "STOP_LOSS_LEG"])];
    switch (leg) {
      case "entry":
        return { leg, terms: entryTerms(body, entry.terms), prices: pricesIn(body, prices) };
      case "target":
        return { leg, terms: undefined, prices: { ...prices, target: needed(body, "targetPrice") } };
      case "stop":
        return { leg, terms: undefined, prices: { ...prices, stop: needed(body, "stopLossPrice"), trail: body.price("trailingJump") ?? NO_PRICE } };
    }
  });
}

function needed(body: Fields, key: string): Price {
  const found = body.price(key);
  if (found === undefined || found === 0) throw new Wrong(`${key} is required`);
  return found;
}

function pricesIn(body: Fields, before: Pick<LegPrices, "target" | "stop">): LegPrices {
  return {
    target: body.price("targetPrice") ?? before.target,
    stop: body.price("stopLossPrice") ?? before.stop,
    trail: body.price("trailingJump") ?? NO_PRICE,
  };
}

/** There is no validity and no trigger in these bodies; the list shows DAY. */
function entryTerms(body: Fields, before: Terms | undefined): Terms {
  const type = body.choice("orderType", ["LIMIT", "MARKET"]);
  const quantity = body.units("quantity") ?? before?.quantity ?? NONE;
  if (quantity <= 0) throw new Wrong("quantity must be more than 0");
  const limit = type === "LIMIT" ? (body.price("price") ?? before?.price ?? NO_PRICE) : NO_PRICE;
  if (type === "LIMIT" && limit <= 0) throw new Wrong("price is required for LIMIT");
  return { type, validity: "DAY", quantity, price: limit, triggerPrice: NO_PRICE, disclosed: NONE };
}
