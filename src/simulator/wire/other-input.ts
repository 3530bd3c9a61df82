/** The bodies of the smaller calls: conversion, margin, price snapshots (reference 6.3, 6.6, 8.1). */
import { PRODUCTS, type Product, type Side } from "../../domain/order/terms.ts";
import type { Listing, Listings } from "../exchange/listing.ts";
import { type Fields, type Parsed, reading, Wrong } from "./fields.ts";

export interface Conversion {
  readonly listing: Listing;
  readonly from: Product;
  readonly to: Product;
  readonly units: number;
}

export function parseConversion(text: string, clientId: string, listings: Listings): Parsed<Conversion> {
  return reading(text, (fields) => {
    fields.owner(clientId);
    return {
      listing: listed(fields, listings),
      from: fields.choice("fromProductType", PRODUCTS),
      to: fields.choice("toProductType", PRODUCTS),
      units: fields.units("convertQty") ?? 0,
    };
  });
}

export interface MarginQuestion {
  readonly listing: Listing;
  readonly product: Product;
  readonly side: Side;
  readonly units: number;
  /** In 1/10000 rupee. */
  readonly price: number;
}

export function parseMarginQuestion(text: string, clientId: string, listings: Listings): Parsed<MarginQuestion> {
  return reading(text, (fields) => {
    fields.owner(clientId);
    return {
      listing: listed(fields, listings),
      product: fields.choice("productType", PRODUCTS),
      side: fields.choice("transactionType", ["BUY", "SELL"]),
      units: fields.units("quantity") ?? 0,
      price: fields.price("price") ?? 0,
    };
  });
}

/** Several orders at once (reference 6.7): of the account alone, positions and orders left out. */
export function parseBasketQuestion(text: string, clientId: string, listings: Listings): Parsed<readonly MarginQuestion[]> {
  return reading(text, (fields) => {
    fields.owner(clientId);
    if (fields.flag("includePosition") || fields.flag("includeOrder")) throw new Wrong("this simulator knows no margin of positions and orders together");
    return fields.list("scripList").map((leg) => ({
      listing: listed(leg, listings),
      product: leg.choice("productType", PRODUCTS),
      side: leg.choice("transactionType", ["BUY", "SELL"]),
      units: leg.units("quantity") ?? 0,
      price: leg.price("price") ?? 0,
    }));
  });
}

/** Segment to security ids; ids are numbers here. */
export function parseQuoteQuestion(text: string): Parsed<readonly { readonly segment: string; readonly securityIds: readonly string[] }[]> {
  return reading(text, (fields) => fields.keys().map((segment) => ({ segment, securityIds: fields.ids(segment) })));
}

function listed(fields: Fields, listings: Listings): Listing {
  const listing = listings.find(fields.text("exchangeSegment"), fields.text("securityId"));
  if (listing === undefined) throw new Wrong("securityId is not known in this exchangeSegment");
  return listing;
}
