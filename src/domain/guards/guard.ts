/**
 * What stops an entry. Nothing here ever stops a cancel, a reduction or an exit (R14, R20, R22).
 */
import type { Contract, InstrumentLookup } from "../instrument.ts";
import { NO_PRICE, priceText } from "../money.ts";
import type { KnownOrder } from "../order/known.ts";
import { direction } from "../order/terms.ts";
import type { CopyPolicy, Filter, TimeWindow } from "../policy.ts";
import { slippageFrom } from "../sizing/legal-price.ts";
import { kolkataTimeOfDay, type UnixMs } from "../time.ts";
import { type Verdict, verdict } from "../verdict.ts";

export interface Asked {
  readonly leader: KnownOrder;
  readonly contract: Contract | undefined;
  readonly policy: CopyPolicy;
  readonly now: UnixMs;
}

/** The first guard that refuses an entry of this leader order, as a verdict; undefined when none does. */
export function entryRefusal(asked: Asked): Verdict | undefined {
  const { leader, contract, policy, now } = asked;
  if (contract === undefined) {
    return verdict(
      "INSTRUMENT_UNKNOWN",
      `neither the leader's stream nor the instrument file knows ${leader.instrument.segment} ${leader.instrument.securityId}`,
    );
  }
  return filterRefusal(leader, contract, policy.filter, now) ?? staleRefusal(leader, policy.maxAgeMs, now) ?? distanceRefusal(leader, policy);
}

function filterRefusal(leader: KnownOrder, contract: Contract, filter: Filter, now: UnixMs): Verdict | undefined {
  const { segment } = leader.instrument;
  const { product, side } = leader.contracted;
  if (filter.kinds.length > 0 && !filter.kinds.includes(contract.kind)) {
    const wanted = filter.kinds.length === 1 && filter.kinds[0] === "option" ? "not an option" : `not among ${filter.kinds.join(", ")}`;
    return verdict("NOT_AN_OPTION", `${contract.displayName} is ${article(contract.kind)}, ${wanted}`, { kind: contract.kind });
  }
  if (filter.segments.length > 0 && !filter.segments.includes(segment))
    return verdict("SEGMENT_FILTERED", `${segment} is not among ${filter.segments.join(", ")}`);
  if (filter.products.length > 0 && !filter.products.includes(product))
    return verdict("PRODUCT_FILTERED", `${product} is not among ${filter.products.join(", ")}`);
  if (filter.sides.length > 0 && !filter.sides.includes(side)) return verdict("SIDE_FILTERED", `${side} is not among ${filter.sides.join(", ")}`);
  if (filter.underlyings.length > 0 && (contract.underlying === undefined || !filter.underlyings.includes(contract.underlying))) {
    return verdict("UNDERLYING_FILTERED", `${contract.underlying ?? contract.displayName} is not among ${filter.underlyings.join(", ")}`);
  }
  return filter.window === undefined ? undefined : windowRefusal(filter.window, now);
}

function windowRefusal({ from, to }: TimeWindow, now: UnixMs): Verdict | undefined {
  const time = kolkataTimeOfDay(now);
  return time < from || time >= to ? verdict("OUTSIDE_WINDOW", `${time} is outside ${from}-${to}`) : undefined;
}

/**
 * Freshness (R20): only for leader orders that are executed, MARKET or IOC. One that still rests stays valid as long as it
 * rests. The broker's time has one second, so the age is counted from the end of that second.
 */
function staleRefusal(leader: KnownOrder, maxAgeMs: number, now: UnixMs): Verdict | undefined {
  const hasEnded = leader.end !== undefined;
  if (!hasEnded && leader.terms.type !== "MARKET" && leader.terms.validity !== "IOC") return undefined;
  const since = hasEnded ? leader.updatedAt : (leader.orderTime ?? leader.updatedAt);
  const ageMs = now - since - 999;
  if (ageMs <= maxAgeMs) return undefined;
  return verdict("STALE", `the leader's order is ${seconds(ageMs)} s old, more than maxAge ${seconds(maxAgeMs)} s`, { ageMs, maxAgeMs });
}

/**
 * The market is further from the price at which the leader has filled than the copy may pay (R22), as far as the leader's own frames tell
 * it: an order at the furthest price would only rest. Of orders that name their price the price itself is the bound.
 */
function distanceRefusal({ terms, contracted, averagePrice, lastPrice }: KnownOrder, { maxSlippage }: CopyPolicy): Verdict | undefined {
  const isAtMarket = terms.type === "MARKET" || terms.type === "STOP_LOSS_MARKET";
  if (!isAtMarket || averagePrice === NO_PRICE || lastPrice === undefined) return undefined;
  const worse = direction(contracted.side) * (lastPrice - averagePrice);
  if (worse <= slippageFrom(averagePrice, maxSlippage)) return undefined;
  const sentence = `the leader was filled at ${priceText(averagePrice)} and the market is at ${priceText(lastPrice)}, further away than maxSlippage`;
  return verdict("PRICE_TOO_FAR", sentence, { leaderAverage: averagePrice, lastPrice });
}

/**
 * The contract's facts. The leader's frame is a sufficient source; where the instrument file knows the contract too, a
 * contradiction refuses entries (R22).
 */
export function contractOf(
  leader: KnownOrder,
  instruments: InstrumentLookup,
): { readonly contract: Contract | undefined; readonly contradiction: string | undefined } {
  const { segment, securityId, expiry } = leader.instrument;
  const row = instruments.find(segment, securityId, expiry);
  const frame = leader.contract;
  if (frame === undefined || row === undefined) return { contract: withRow(frame, row) ?? row, contradiction: undefined };
  if (frame.lot !== row.lot || frame.tick !== row.tick || frame.kind !== row.kind) {
    const sentence = `${frame.displayName}: the leader's stream says ${frame.kind}, lot ${frame.lot}, tick ${frame.tick}; the instrument file says ${row.kind}, lot ${row.lot}, tick ${row.tick}`;
    return { contract: frame, contradiction: sentence };
  }
  return { contract: withRow(frame, row), contradiction: undefined };
}

function withRow(frame: Contract | undefined, row: Contract | undefined): Contract | undefined {
  return frame === undefined ? undefined : { ...frame, underlying: row?.underlying ?? frame.underlying, band: row?.band, freeze: row?.freeze };
}

function article(kind: Contract["kind"]): string {
  return kind === "future" ? "a future" : `an ${kind}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
