/** Derivatives as they trade since 2026-08-03, on weekdays; no holidays. */
import { calendarOf } from "../../src/domain/calendar/calendar.ts";
import type { TradingDay } from "../../src/domain/time.ts";

export const DERIVATIVES = calendarOf({
  lastDate: "2026-12-31" as TradingDay,
  timetables: [{ segments: ["NSE_FNO"], from: "2026-08-03" as TradingDay, phases: [{ phase: "open", from: "09:15", to: "15:40" }] }],
  days: [],
});
