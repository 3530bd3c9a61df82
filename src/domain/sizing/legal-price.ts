/** Prices that the exchange takes where the leader's own can't be sent: stop-market orders, and exits that must execute now. */
import type { Contract, Segment } from "../instrument.ts";
import { downToTick, type Price, price, upToTick } from "../money.ts";
import type { Side } from "../order/terms.ts";
import type { ExitSlippage, StopMarketPolicy } from "../policy.ts";

const LEAST_BUFFER_TICKS = 10;
const WHOLE = 10_000;

/**
 * The limit of a STOP_LOSS that stands for a STOP_LOSS_MARKET: beyond the trigger by the policy's buffer, by at least ten
 * ticks, inside the exchange's permitted gap between trigger and limit, on the tick (design 5; reference 2.2).
 */
export function stopLimit(
  order: { readonly side: Side; readonly trigger: Price; readonly segment: Segment },
  contract: Pick<Contract, "kind" | "tick">,
  policy: StopMarketPolicy,
): Price {
  const share = contract.kind === "option" ? policy.buffer.options : policy.buffer.others;
  const wanted = Math.max(Math.ceil((order.trigger * share) / WHOLE), LEAST_BUFFER_TICKS * contract.tick);
  const gap = Math.min(wanted, permittedGap(order.segment, contract.kind, order.trigger));
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
  order: { readonly side: Side; readonly reference: Price; readonly segment: Segment },
  contract: Pick<Contract, "kind" | "tick" | "band">,
  slippage: ExitSlippage,
  refusals = 0,
): Price {
  const { side, reference, segment } = order;
  const wanted = "percent" in slippage ? Math.ceil((reference * slippage.percent) / WHOLE) : slippage.price;
  const distance = Math.min(wanted, protectedRange(segment, contract.kind, reference));
  const limit = beyond(side, reference, distance, contract.tick);
  if (refusals === 0) return limit;
  const edge = insideBand(limit, contract);
  if (refusals === 1 && edge !== limit) return edge;
  const halvings = edge === limit ? refusals : refusals - 1;
  return beyond(side, reference, Math.floor(distance / 2 ** halvings), contract.tick);
}

/** The price, or the edge of the band beyond which it lies; on the tick. */
function insideBand(limit: Price, { band, tick }: Pick<Contract, "band" | "tick">): Price {
  if (band === undefined) return limit;
  if (limit > band.upper) return downToTick(band.upper, tick);
  return limit < band.lower ? upToTick(band.lower, tick) : limit;
}

/**
 * How far beyond the reference the exchanges take a price (indian-markets 3, limit price protection): options 40 %, and 20
 * rupees up to 50; futures 3 %, BSE's held to the 2 % of its index futures. Cash has no fixed range.
 */
function protectedRange(segment: Segment, kind: Contract["kind"], reference: Price): number {
  if (kind === "option") return reference <= rupees(50) ? rupees(20) : Math.floor((reference * 2) / 5);
  if (kind === "future") return Math.floor((reference * (segment === "BSE_FNO" ? 2 : 3)) / 100);
  return Number.MAX_SAFE_INTEGER;
}

/** Away from `from` to the side that executes: up for a buy, down for a sell; the tick rounds towards `from`, so that a permitted gap stays permitted. */
function beyond(side: Side, from: Price, distance: number, tick: Price): Price {
  if (side === "BUY") return downToTick(price(from + distance), tick);
  return price(Math.max(tick, upToTick(price(Math.max(from - distance, 0)), tick)));
}

/**
 * The widest gap between trigger and limit that the exchanges take (indian-markets 3, stop-loss limit): options 20 %, and 10
 * rupees at a trigger up to 50; futures and cash 3 %, and 1.50 rupees up to 50; BSE index futures 2 %, and 200 rupees up to
 * 10,000. A BSE future is held to the narrower of both, because a contract does not say whether its underlying is an index.
 */
function permittedGap(segment: Segment, kind: Contract["kind"], trigger: Price): number {
  if (kind === "option") return trigger <= rupees(50) ? rupees(10) : Math.floor(trigger / 5);
  const gap = trigger <= rupees(50) ? 15_000 : Math.floor((trigger * 3) / 100);
  if (segment !== "BSE_FNO") return gap;
  return Math.min(gap, trigger <= rupees(10_000) ? rupees(200) : Math.floor(trigger / 50));
}

function rupees(whole: number): number {
  return whole * 10_000;
}
