import { expect, test } from "vitest";
import { ALWAYS_OPEN, type Calendar } from "../domain/calendar/calendar.ts";
import type { BookRecord } from "../domain/records.ts";
import { type TradingDay, tradingDay, type UnixMs, unixMs } from "../domain/time.ts";
import { calendarEnd } from "./calendar-end.ts";

const LAST: TradingDay = tradingDay(unixMs(Date.parse("2026-12-31T12:00:00+05:30")));
const ENDING: Calendar = { ...ALWAYS_OPEN, lastDate: LAST };

function midnight(day: string): UnixMs {
  return unixMs(Date.parse(`${day}T00:00:02+05:30`));
}

function started(day: string): BookRecord {
  return { type: "engine-started", at: midnight(day), version: "1", leadersSince: undefined };
}

function turned(day: string): BookRecord {
  return { type: "day-turned", at: midnight(day), day: tradingDay(midnight(day)), afterMarketFrom: midnight(day), forgets: true };
}

/** What is told on each day, up to the date in it. */
function toldOn(calendar: Calendar, records: readonly BookRecord[]): string[] {
  const told: string[] = [];
  let day = "";
  const hear = calendarEnd(calendar, (ending) => told.push(`${day} ${ending.split(":")[0]}`));
  for (const record of records) {
    day = tradingDay(record.at);
    hear([record]);
  }
  return told;
}

test("a copier that runs on is told once that its calendar ends within 30 days, and once that it has ended, each on the day on which it becomes so", () => {
  const days = ["2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"];
  expect(toldOn(ENDING, [started("2026-11-29"), ...days.map(turned)])).toEqual([
    "2026-12-02 the calendar ends on 2026-12-31",
    "2027-01-01 the calendar ended on 2026-12-31",
  ]);
});

test("what the start has told is not told again by the next days", () => {
  expect(toldOn(ENDING, [started("2026-12-10"), turned("2026-12-11"), turned("2026-12-14")])).toEqual(["2026-12-10 the calendar ends on 2026-12-31"]);
  expect(toldOn(ENDING, [started("2027-01-10"), turned("2027-01-11")])).toEqual(["2027-01-10 the calendar ended on 2026-12-31"]);
});

test("of a calendar that has no end nothing is told", () => {
  expect(toldOn(ALWAYS_OPEN, [started("2026-12-10"), turned("2099-12-11")])).toEqual([]);
});
