/** Market price protection: an API MARKET order becomes a LIMIT order at a protected price (reference 2.2). */
import { downToTick, type Price, price, upToTick } from "../../domain/money.ts";
import type { Side } from "../../domain/order/terms.ts";
import type { Listing } from "./listing.ts";

/** Upper end of each slab in rupees, and the band in hundredths of a percent. Dhan publishes no band; these are a neighbour's. */
const OPTION_SLABS = [
  [10, 500],
  [100, 300],
  [500, 200],
  [Number.POSITIVE_INFINITY, 100],
] as const;
const OTHER_SLABS = [
  [100, 200],
  [500, 100],
  [Number.POSITIVE_INFINITY, 50],
] as const;

/** The worst price the order may get. A band given in percent takes the place of the slabs. */
export function protectedPrice(listing: Listing, side: Side, last: Price, bandPercent: number | undefined): Price {
  const slabs = listing.optionType === undefined ? OTHER_SLABS : OPTION_SLABS;
  const hundredths = bandPercent === undefined ? (slabs.find(([upTo]) => last < upTo * 10_000)?.[1] ?? 100) : Math.round(bandPercent * 100);
  return beyond(listing, side, last, hundredths);
}

/** The instant limit that a STOP_LOSS_MARKET through the API was seen to become: 5 % beyond its trigger (reference 2.2). */
export function stopMarketLimit(listing: Listing, side: Side, trigger: Price): Price {
  return beyond(listing, side, trigger, 500);
}

/** Above for a buyer, below for a seller; on the tick, at least one tick, rounded away from `from`. */
function beyond(listing: Listing, side: Side, from: Price, hundredths: number): Price {
  const width = Math.max(Math.round((from * hundredths) / 10_000), listing.tick);
  if (side === "BUY") return upToTick(price(from + width), listing.tick);
  return price(Math.max(downToTick(price(from - width), listing.tick), listing.tick));
}
