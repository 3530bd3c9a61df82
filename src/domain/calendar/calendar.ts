/**
 * When a segment's market takes orders (indian-markets 1 and 2). Made of plain data, because holidays are announced days
 * ahead and special sessions by circular: the data must be replaceable without a release. Pure: the moment is handed in.
 */
import type { Segment } from "../instrument.ts";
import { type TradingDay, tradingDay, type UnixMs, unixMs } from "../time.ts";
import { closingTime, type PHASES, type PhaseTimes, type SpecialDay, type Timetable } from "./timetable.ts";

/** What a market is at a moment. */
export type Phase = (typeof PHASES)[number] | "closed";

export interface Calendar {
  phase(segment: Segment, at: UnixMs): Phase;
  /** Why it is not open, in words; for a market that is open too, where it says until when. */
  describe(segment: Segment, at: UnixMs): string;
  /** The next moment, `at` included, at which orders are taken; undefined: none within the weeks that are looked at. */
  nextOpening(segment: Segment, at: UnixMs): UnixMs | undefined;
  /** The latest day, not after this one, on which any market was open. */
  lastTradingDay(day: TradingDay): TradingDay;
  /** The last day that is known; later ones are taken for ordinary weeks. Undefined: there is nothing to know. */
  readonly lastDate: TradingDay | undefined;
}

export interface CalendarData {
  readonly lastDate: TradingDay;
  /** The latest that began on or before a day counts. */
  readonly timetables: readonly Timetable[];
  /** The first that names a segment and a date counts, weekends included. */
  readonly days: readonly SpecialDay[];
}

/** For simulators and tests: markets never count as closed. */
export const ALWAYS_OPEN: Calendar = {
  phase: () => "open",
  describe: () => "markets never count as closed (calendar: always-open)",
  nextOpening: (_, at) => at,
  lastTradingDay: (day) => day,
  lastDate: undefined,
};

/** How long before its end a calendar should be renewed. */
const ENDING_WITHIN_DAYS = 30;
const DAYS_LOOKED_AT = 30;
const DAY_MS = 86_400_000;

export function takesOrders(phase: Phase): boolean {
  switch (phase) {
    case "pre-open":
    case "open":
    case "closing-auction":
      return true;
    case "post-close":
    case "closed":
      return false;
  }
}

/** What a person must know of a calendar that ends soon, or has ended; undefined: nothing. */
export function endingOf({ lastDate }: Calendar, now: UnixMs): string | undefined {
  if (lastDate === undefined || tradingDay(unixMs(now + ENDING_WITHIN_DAYS * DAY_MS)) <= lastDate) return undefined;
  const said = lastDate < tradingDay(now) ? `the calendar ended on ${lastDate}` : `the calendar ends on ${lastDate}`;
  return `${said}: later holidays are not known to it, and weeks count as ordinary ones; update Lockstep, or write calendar: { file }`;
}

export function calendarOf(data: CalendarData): Calendar {
  const phases = (segment: Segment, day: TradingDay): readonly PhaseTimes[] => phasesOn(data, segment, day);
  const known = new Set([...data.timetables, ...data.days].flatMap(({ segments }) => segments));
  return {
    lastDate: data.lastDate,
    phase(segment, at) {
      // A segment of which nothing is known is not ours to call closed: the broker knows.
      if (!known.has(segment)) return "open";
      const day = tradingDay(at);
      return phases(segment, day).find((one) => at >= instant(day, one.from) && at < instant(day, closingTime(one, day)))?.phase ?? "closed";
    },
    describe(segment, at) {
      const day = tradingDay(at);
      const today = phases(segment, day);
      const hours = today.filter(({ phase }) => phase === "open").map((one) => `${one.from}-${closingTime(one, day)}`);
      const special = specialDay(data, segment, day);
      const name = special === undefined ? "" : `, ${special.name}`;
      if (today.length > 0) return `${segment} trades ${hours.join(" and ")} on ${day}${name}`;
      return `${segment} is closed on ${day}${special === undefined ? ", a weekend" : name}`;
    },
    nextOpening(segment, at) {
      if (!known.has(segment) || takesOrders(this.phase(segment, at))) return at;
      for (let ahead = 0; ahead < DAYS_LOOKED_AT; ahead += 1) {
        const day = tradingDay(unixMs(at + ahead * DAY_MS));
        const first = phases(segment, day).find((one) => takesOrders(one.phase) && instant(day, one.from) >= at);
        if (first !== undefined) return instant(day, first.from);
      }
      return undefined;
    },
    lastTradingDay(day) {
      const noon = instant(day, "12:00");
      for (let back = 0; back < DAYS_LOOKED_AT; back += 1) {
        const earlier = tradingDay(unixMs(noon - back * DAY_MS));
        if ([...known].some((segment) => phases(segment, earlier).length > 0)) return earlier;
      }
      return day;
    },
  };
}

function phasesOn(data: CalendarData, segment: Segment, day: TradingDay): readonly PhaseTimes[] {
  const special = specialDay(data, segment, day);
  if (special !== undefined) return special.phases;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  if (weekday === 0 || weekday === 6) return [];
  let latest: Timetable | undefined;
  for (const table of data.timetables)
    if (table.segments.includes(segment) && table.from <= day && (latest === undefined || table.from >= latest.from)) latest = table;
  return latest?.phases ?? [];
}

function specialDay(data: CalendarData, segment: Segment, day: TradingDay): SpecialDay | undefined {
  return data.days.find(({ segments, date }) => date === day && segments.includes(segment));
}

function instant(day: TradingDay, time: string): UnixMs {
  return unixMs(Date.parse(`${day}T${time}:00+05:30`));
}
