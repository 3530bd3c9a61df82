import { expect, test } from "vitest";
import { ALWAYS_OPEN, calendarOf } from "../../domain/calendar/calendar.ts";
import { parseKolkata, type TradingDay } from "../../domain/time.ts";
import { calendarFinding, instrumentsFinding } from "./data.ts";

const at = (text: string) => parseKolkata(text) ?? expect.fail(text);
const CALENDAR = calendarOf({
  lastDate: "2026-12-31" as TradingDay,
  timetables: [{ segments: ["NSE_FNO"], from: "2026-08-03" as TradingDay, phases: [{ phase: "open", from: "09:15", to: "15:40" }] }],
  days: [],
});

test.each([
  ["2026-12-01 10:00:00", "ok", "known to 2026-12-31; NSE_FNO trades 09:15-15:40"],
  ["2026-12-02 10:00:00", "warning", "the calendar ends on 2026-12-31"],
  ["2027-01-02 10:00:00", "warning", "the calendar ended on 2026-12-31"],
])("a calendar that ends at the end of the year, looked at %s: %s", (now, state, said) => {
  expect(calendarFinding({ calendar: CALENDAR, isAlwaysOpen: false, isDhanItself: true }, at(now))).toMatchObject({
    state,
    said: expect.stringContaining(said),
  });
});

test("always-open is for simulators: at Dhan itself it is a warning", () => {
  const facts = { calendar: ALWAYS_OPEN, isAlwaysOpen: true };
  expect(calendarFinding({ ...facts, isDhanItself: false }, at("2026-12-01 10:00:00"))).toMatchObject({ state: "ok" });
  expect(calendarFinding({ ...facts, isDhanItself: true }, at("2026-12-01 10:00:00"))).toMatchObject({ state: "warning" });
});

test("a calendar that cannot be used has failed, with what is wrong", () => {
  expect(calendarFinding({ sentences: ["calendar.json: days[0].date: expected a date"] }, at("2026-12-01 10:00:00"))).toMatchObject({
    state: "failed",
    said: expect.stringContaining("days[0].date"),
  });
});

const FILE = { rows: 230_000, skipped: [] };

test("the instrument file is of the last trading day or later", () => {
  // Fetched on Friday, looked at on Saturday: nothing has been traded since.
  expect(instrumentsFinding({ ...FILE, writtenAt: at("2026-11-27 08:30:00") }, "2026-11-27")).toMatchObject({
    state: "ok",
    said: expect.stringContaining("230000 rows"),
  });
  expect(instrumentsFinding({ ...FILE, writtenAt: at("2026-11-26 23:59:00") }, "2026-11-27")).toMatchObject({
    state: "warning",
    todo: expect.stringContaining("each morning"),
  });
});

test("rows that are lost are a warning with the first of them; no row at all, or no file, has failed", () => {
  const writtenAt = at("2026-11-27 08:30:00");
  expect(instrumentsFinding({ ...FILE, writtenAt, skipped: [{ line: 7, why: '"x" is no lot size' }] }, "2026-11-27")).toMatchObject({
    state: "warning",
    notes: [expect.stringContaining("line 7")],
  });
  expect(instrumentsFinding({ fault: "the instrument file x can't be read", source: "https://d" }, "2026-11-27")).toMatchObject({
    state: "failed",
    todo: expect.stringContaining("https://d"),
  });
});
