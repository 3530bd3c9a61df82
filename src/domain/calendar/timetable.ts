/** The plain data of a calendar: the hours of ordinary days, and the days that are not. Times are `HH:MM` in Asia/Kolkata. */
import type { Segment } from "../instrument.ts";
import type { TradingDay } from "../time.ts";

/** What a market is within its hours. Orders are taken in all but `post-close`, which takes orders at the closing price only. */
export const PHASES = ["pre-open", "open", "closing-auction", "post-close"] as const;

export interface PhaseTimes {
  readonly phase: (typeof PHASES)[number];
  readonly from: string;
  /** The first minute outside. MCX follows New York: it closes earlier while New York has daylight saving (indian-markets 1). */
  readonly to: string | { readonly newYorkSummer: string; readonly newYorkWinter: string };
}

export interface Timetable {
  readonly segments: readonly Segment[];
  /** The first day on which it holds. */
  readonly from: TradingDay;
  readonly phases: readonly PhaseTimes[];
}

/** A holiday, a half day, or a special session. No phases: closed. */
export interface SpecialDay {
  readonly segments: readonly Segment[];
  readonly date: TradingDay;
  readonly name: string;
  readonly phases: readonly PhaseTimes[];
}

const newYork = new Intl.DateTimeFormat("en-US", { timeZone: "America/New_York", timeZoneName: "longOffset" });

export function closingTime({ to }: PhaseTimes, day: TradingDay): string {
  if (typeof to === "string") return to;
  // Noon in London is morning in New York on the same date, before any evening session in Mumbai has ended.
  const offset = newYork.formatToParts(new Date(`${day}T12:00:00Z`)).find(({ type }) => type === "timeZoneName")?.value;
  return offset === "GMT-04:00" ? to.newYorkSummer : to.newYorkWinter;
}
