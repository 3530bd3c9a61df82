/** What can be done to the market, and to the ways of the broker where sources differ. */
import { z } from "zod";
import { parsePrice } from "../../domain/money.ts";
import type { Conduct } from "../exchange/conduct.ts";
import type { MatchingScope } from "../exchange/market.ts";
import { closeMarket, openMarket, startDay } from "../exchange/operator.ts";
import type { Simulator } from "../simulator.ts";
import type { Dialect } from "../wire/dialect.ts";
import type { ClassLimits, RateLimits } from "../wire/rate-limits.ts";
import type { Done } from "./accounts.ts";

const DONE: Done = { ok: true };
const instrument = { exchangeSegment: z.string(), securityId: z.string() };

/** In rupees. With market matching, stops are triggered and orders filled by it. */
export const lastPrice = z.strictObject({ ...instrument, price: z.number().positive() });

export function setPrice(simulator: Simulator, wanted: z.infer<typeof lastPrice>): Done {
  const listing = simulator.exchange.listings.find(wanted.exchangeSegment, wanted.securityId);
  const price = parsePrice(wanted.price);
  if (listing === undefined || price === undefined) return { ok: false, why: "the instrument is not known" };
  simulator.exchange.setPrice(listing, price);
  return DONE;
}

/** For an account, an instrument, or everybody (when neither is named); the first is the strongest. `default` takes it back. */
export const matchingMode = z.strictObject({
  mode: z.enum(["manual", "market", "default"]),
  clientId: z.string().optional(),
  exchangeSegment: z.string().optional(),
  securityId: z.string().optional(),
});

export function setMatching(simulator: Simulator, wanted: z.infer<typeof matchingMode>): Done {
  const scope = scopeOf(simulator, wanted);
  if (scope === undefined) return { ok: false, why: "the instrument is not known" };
  simulator.exchange.market.setMatching(scope, wanted.mode === "default" ? undefined : wanted.mode);
  return DONE;
}

function scopeOf(simulator: Simulator, { clientId, exchangeSegment, securityId }: z.infer<typeof matchingMode>): MatchingScope | undefined {
  if (clientId !== undefined) return { scope: "account", clientId };
  if (exchangeSegment === undefined && securityId === undefined) return { scope: "all" };
  const listing = simulator.exchange.listings.find(exchangeSegment ?? "", securityId ?? "");
  return listing === undefined ? undefined : { scope: "instrument", listing };
}

/** `closed`: DAY orders expire and changes are refused; `open`: after-market orders go to the exchange; `next-day`: a new book. */
export const session = z.strictObject({ state: z.enum(["open", "closed", "next-day"]) });

export function setSession(simulator: Simulator, { state }: z.infer<typeof session>): Done {
  if (state === "open") openMarket(simulator.exchange);
  else if (state === "closed") closeMarket(simulator.exchange);
  else startDay(simulator.exchange);
  return DONE;
}

/** Only what changes need be named; see `Conduct`. */
export const conductChange = z
  .strictObject({
    exchangeDelayMs: z.number().min(0),
    marketOrders: z.enum(["limit", "market"]),
    marketBandPercent: z.number().min(0),
    stopMarket: z.enum(["limit", "refuse"]),
    partialFills: z.number().min(0).max(1),
    partialFillStepMs: z.number().min(0),
    trailMoves: z.enum(["silent", "told"]),
    firedNumbers: z.enum(["own", "forever"]),
    ocoTarget: z.enum(["price", "price1"]),
    maxModifications: z.int().min(0),
    freezeLots: z.int().min(1),
  })
  .partial();

export function setConduct(simulator: Simulator, changes: z.infer<typeof conductChange>): Done {
  simulator.exchange.configure(without<Conduct>(changes));
  return DONE;
}

/** Only what changes need be named; see `Dialect`. */
export const dialectChange = z
  .strictObject({
    casing: z.enum(["camel", "pascal", "mixed"]),
    partialFill: z.enum(["Part-Traded", "Part_Traded", "Traded", "Pending"]),
    correlationId: z.enum(["present", "absent"]),
    transitFrames: z.enum(["sent", "skipped"]),
    afterMarket: z.enum(["Pending", "O-Pending"]),
    orderById: z.enum(["array", "object"]),
    orderByCorrelation: z.enum(["array", "object"]),
    superLegIds: z.enum(["own", "parent"]),
    foreverList: z.enum(["orders", "all", "none"]),
    correlationMiss: z.enum(["DH-905", "DH-906", "DH-907", "404", "empty"]),
    deadToken: z.enum(["DH-901", "DH-906"]),
    deadStream: z.enum(["nothing", "five-bytes"]),
  })
  .partial();

export function setDialect(simulator: Simulator, changes: z.infer<typeof dialectChange>): Done {
  simulator.speak(without<Dialect>(changes));
  return DONE;
}

const windows = z.strictObject({ perSecond: z.int(), perMinute: z.int(), perHour: z.int(), perDay: z.int() }).partial();

/** Replaces the windows of the classes that are named; a window that is left out has no limit. */
export const limitsChange = z.strictObject({ order: windows, read: windows, quote: windows }).partial();

export function setLimits(simulator: Simulator, changes: z.infer<typeof limitsChange>): Done {
  const named = Object.entries(changes).map(([rateClass, limits]) => [rateClass, without<ClassLimits>(limits ?? {})] as const);
  const replaced: Partial<RateLimits> = Object.fromEntries(named);
  simulator.gate.setLimits({ ...simulator.gate.limits, ...replaced });
  return DONE;
}

/** The members that are there; an optional member of a parsed body may be present as undefined. */
function without<T>(changes: { readonly [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const present: Partial<T> = {};
  for (const key in changes) if (changes[key] !== undefined) present[key] = changes[key];
  return present;
}
