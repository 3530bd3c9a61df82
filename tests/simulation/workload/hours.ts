/**
 * When the market is open in a session: always, as in most; or by a calendar, with after-market orders while it is closed. Drawn from a
 * stream of its own, so that the sessions of all other seeds are what they are without it.
 */
import { ALWAYS_OPEN, type Calendar, calendarOf } from "../../../src/domain/calendar/calendar.ts";
import type { TradingDay } from "../../../src/domain/time.ts";
import { loadCalendar } from "../../../src/settings/calendar-file.ts";
import { seededRandom } from "../../../src/simulator/exchange/random.ts";

export interface Hours {
  /** `turn`: over midnight, with the market closed for two minutes. `morning`: from before the open. `night`: over the close, midnight and the open. */
  readonly kind: "day" | "turn" | "morning" | "night";
  readonly start: string;
  readonly calendar: Calendar;
  /** After midnight the numbers of contracts that expired are those of others (R24). */
  readonly reissues: boolean;
}

/** A market that closes at 23:40 and opens at 00:05, so that a night is over in minutes. */
const SHORT_NIGHT = calendarOf({
  lastDate: "2027-12-31" as TradingDay,
  timetables: [{ segments: ["NSE_FNO", "BSE_FNO"], from: "2026-01-01" as TradingDay, phases: [{ phase: "open", from: "00:05", to: "23:40" }] }],
  days: [],
});
const MORNING = "2026-11-20 09:05:00";
/** The second is the last day of two of the contracts. */
const EVENINGS = ["2026-11-19 23:36:00", "2026-12-29 23:36:00", "2026-12-29 23:36:00"] as const;
/** One session in so many goes by a calendar. */
const BY_CALENDAR = 10;

/** `turns`: what the session itself has drawn. */
export function hoursOf(seed: number, turns: boolean): Hours {
  const random = seededRandom(seed, "times of the market");
  if (random.below(BY_CALENDAR) > 0) {
    const start = turns ? "2026-11-19 23:52:00" : "2026-11-20 10:15:00";
    return { kind: turns ? "turn" : "day", start, calendar: ALWAYS_OPEN, reissues: false };
  }
  if (random.chance(0.3)) return { kind: "morning", start: MORNING, calendar: exchangeCalendar(), reissues: false };
  return { kind: "night", start: EVENINGS[random.below(EVENINGS.length)] ?? EVENINGS[0], calendar: SHORT_NIGHT, reissues: random.chance(0.5) };
}

function exchangeCalendar(): Calendar {
  const loaded = loadCalendar({ is: "exchange" });
  if (!loaded.ok) throw new Error(loaded.sentences.join(" "));
  return loaded.calendar;
}
