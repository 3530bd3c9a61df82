/**
 * How far the exchanges let a limit lie from its trigger, and an executing limit from the market: dated rows, each with its source
 * (indian-markets 3). A circular that changes one is a new row with the day from which it holds; the old row stays for the days before.
 *
 * A contract may fall under several names, because it does not say whether its underlying is an index: the narrowest counts.
 */
import type { InstrumentKind, Segment } from "../instrument.ts";
import type { Price } from "../money.ts";
import type { TradingDay } from "../time.ts";

export interface PriceLimit {
  /** Rows of one name follow one another in time. */
  readonly name: string;
  readonly from: TradingDay;
  readonly kinds: readonly InstrumentKind[];
  /** Absent: every segment. */
  readonly segment?: Segment;
  /** For references up to this: so much, both in 1/10000 rupee. Absent: the percentage holds for all. */
  readonly small?: { readonly upTo: number; readonly within: number };
  /** Above: so many percent of the reference. Whole. */
  readonly percent: number;
  readonly source: string;
}

const OTHERS: readonly InstrumentKind[] = ["future", "equity", "index"];
const LONG_AGO = "2024-01-01" as TradingDay;
const on = (day: string): TradingDay => day as TradingDay;

/** Between the trigger of a stop and its limit. */
export const TRIGGER_GAPS: readonly PriceLimit[] = [
  {
    name: "options",
    from: LONG_AGO,
    kinds: ["option"],
    small: { upTo: 500_000, within: 100_000 },
    percent: 20,
    source: "angelone.in, read 2026-11-22; BSE 2026-01-14",
  },
  { name: "others", from: LONG_AGO, kinds: OTHERS, small: { upTo: 500_000, within: 15_000 }, percent: 3, source: "angelone.in, read 2026-11-22" },
  {
    name: "BSE index futures",
    from: on("2026-01-14"),
    kinds: OTHERS,
    segment: "BSE_FNO",
    small: { upTo: 100_000_000, within: 2_000_000 },
    percent: 2,
    source: "BSE circular of 2026-01-14",
  },
];

/** Around the market's own price, to the side that executes (limit price protection). Cash has no fixed range. */
export const PROTECTION_RANGES: readonly PriceLimit[] = [
  {
    name: "options",
    from: LONG_AGO,
    kinds: ["option"],
    small: { upTo: 500_000, within: 200_000 },
    percent: 40,
    source: "knowledge.dhan.co, community.dhan.co/t/4055, angelone.in, read 2026-11-22; BSE 2025-11-28 and 2026-06-29",
  },
  {
    name: "futures",
    from: LONG_AGO,
    kinds: ["future"],
    percent: 3,
    source: "knowledge.dhan.co, read 2026-11-22; BSE stock futures by its circular of 2026-06-29",
  },
  { name: "BSE index futures", from: on("2025-12-01"), kinds: ["future"], segment: "BSE_FNO", percent: 2, source: "BSE circular of 2025-11-28" },
];

/** The narrowest distance that holds, in 1/10000 rupee, rounded down; no bound where nothing is said. */
export function limitOf(
  limits: readonly PriceLimit[],
  { segment, kind, reference, day }: { readonly segment: Segment; readonly kind: InstrumentKind; readonly reference: Price; readonly day: TradingDay },
): number {
  let narrowest = Number.MAX_SAFE_INTEGER;
  for (const limit of limits) {
    if (!limit.kinds.includes(kind) || (limit.segment !== undefined && limit.segment !== segment) || !isInForce(limit, limits, day)) continue;
    const { small, percent } = limit;
    const isSmall = small !== undefined && reference <= small.upTo;
    narrowest = Math.min(narrowest, isSmall ? small.within : Math.floor((reference * percent) / 100));
  }
  return narrowest;
}

/** The latest of its name that began by then. */
function isInForce(limit: PriceLimit, limits: readonly PriceLimit[], day: TradingDay): boolean {
  return limit.from <= day && !limits.some(({ name, from }) => name === limit.name && from > limit.from && from <= day);
}
