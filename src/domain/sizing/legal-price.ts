/** Prices that the exchange takes where the leader's own can't be sent: stop-market orders, and exits that must execute now. */
import type { Contract, Segment } from "../instrument.ts";
import { downToTick, type Price, price, upToTick } from "../money.ts";
import type { Side } from "../order/terms.ts";
import type { Slippage, StopMarketPolicy } from "../policy.ts";
import type { TradingDay } from "../time.ts";
import { limitOf, PROTECTION_RANGES, TRIGGER_GAPS } from "./price-limits.ts";

const LEAST_BUFFER_TICKS = 10;
const WHOLE = 10_000;

/**
 * The limit of a STOP_LOSS that stands for a STOP_LOSS_MARKET: beyond the trigger by the policy's buffer, by at least ten
 * ticks, inside the exchange's permitted gap between trigger and limit, on the tick (design 5; reference 2.2).
 */
export function stopLimit(
  order: { readonly side: Side; readonly trigger: Price; readonly segment: Segment; readonly day: TradingDay },
  contract: Pick<Contract, "kind" | "tick">,
  policy: StopMarketPolicy,
): Price {
  const share = contract.kind === "option" ? policy.buffer.options : policy.buffer.others;
  const wanted = Math.max(Math.ceil((order.trigger * share) / WHOLE), LEAST_BUFFER_TICKS * contract.tick);
  const gap = Math.min(wanted, limitOf(TRIGGER_GAPS, { ...order, kind: contract.kind, reference: order.trigger }));
  return beyond(order.side, order.trigger, gap, contract.tick);
}

/**
 * A limit that should execute at once: worse than `reference` by the policy's slippage, but inside the exchange's price
 * protection, on the tick, at least one tick.
 *
 * `refusals`: how often the broker has called it outside the band (R14). The first brings it to the edge of the band that the
 * instrument file tells; only then, because a file of an earlier day would keep a good price from executing. Where that is
 * no other price, and from the second refusal on, each halves the distance.
 */
export function protectedLimit(
  order: { readonly side: Side; readonly reference: Price; readonly segment: Segment; readonly day: TradingDay },
  contract: Pick<Contract, "kind" | "tick" | "band">,
  slippage: Slippage,
  refusals = 0,
): Price {
  const { side, reference } = order;
  const distance = distanceOf(order, contract, slippage);
  const limit = beyond(side, reference, distance, contract.tick);
  if (refusals === 0) return limit;
  const edge = insideBand(limit, contract);
  if (refusals === 1 && edge !== limit) return edge;
  const halvings = edge === limit ? refusals : refusals - 1;
  return beyond(side, reference, Math.floor(distance / 2 ** halvings), contract.tick);
}

/**
 * A limit that is worse than `reference` by so many parts of the slippage: of four, the fourth is all of it. Inside the exchange's price
 * protection and the band that the instrument file tells, on the tick. A band without the reference in it is of an earlier day.
 */
export function limitWithin(
  order: { readonly side: Side; readonly reference: Price; readonly segment: Segment; readonly day: TradingDay },
  contract: Pick<Contract, "kind" | "tick" | "band">,
  slippage: Slippage,
  part: { readonly parts: number; readonly of: number } = { parts: 1, of: 1 },
): Price {
  const distance = Math.floor((distanceOf(order, contract, slippage) * part.parts) / part.of);
  const { band, tick } = contract;
  const isRefuted = band !== undefined && (order.reference < band.lower || order.reference > band.upper);
  const limit = beyond(order.side, order.reference, distance, tick);
  return isRefuted ? limit : insideBand(limit, contract);
}

/** How far the slippage lets a price lie from the reference, and the exchange. */
function distanceOf(
  order: { readonly reference: Price; readonly segment: Segment; readonly day: TradingDay },
  { kind }: Pick<Contract, "kind">,
  slippage: Slippage,
): number {
  return Math.min(slippageFrom(order.reference, slippage), limitOf(PROTECTION_RANGES, { ...order, kind }));
}

/** The slippage as a distance, in 1/10000 rupee. */
export function slippageFrom(reference: Price, slippage: Slippage): number {
  return "percent" in slippage ? Math.ceil((reference * slippage.percent) / WHOLE) : slippage.price;
}

/** Whether an order at this price executes where one at the other does not: higher for a buyer, lower for a seller. */
export function reachesFurther(side: Side, one: Price, other: Price): boolean {
  return side === "BUY" ? one > other : one < other;
}

/** The price, or the edge of the band beyond which it lies; on the tick. */
function insideBand(limit: Price, { band, tick }: Pick<Contract, "band" | "tick">): Price {
  if (band === undefined) return limit;
  if (limit > band.upper) return downToTick(band.upper, tick);
  return limit < band.lower ? upToTick(band.lower, tick) : limit;
}

/** Away from `from` to the side that executes: up for a buy, down for a sell; the tick rounds towards `from`, so that a permitted gap stays permitted. */
function beyond(side: Side, from: Price, distance: number, tick: Price): Price {
  if (side === "BUY") return downToTick(price(from + distance), tick);
  return price(Math.max(tick, upToTick(price(Math.max(from - distance, 0)), tick)));
}
