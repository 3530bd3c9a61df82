/** When markets take orders (indian-markets 1 and 2), by the calendar that the program brings along. */
import { describe, expect, test } from "vitest";
import { ALWAYS_OPEN, type Calendar, endingOf } from "../domain/calendar/calendar.ts";
import type { Segment } from "../domain/instrument.ts";
import { kolkataText, parseKolkata, type TradingDay, unixMs } from "../domain/time.ts";
import { loadCalendar } from "./calendar-file.ts";

const at = (text: string) => parseKolkata(`${text}:00`) ?? unixMs(Number.NaN);

function exchange(): Calendar {
  const loaded = loadCalendar({ is: "exchange" });
  if (!loaded.ok) throw new Error(loaded.sentences.join("; "));
  return loaded.calendar;
}

const calendar = exchange();

test.each<[Segment, string, string]>([
  ["NSE_FNO", "2026-11-23 09:14", "closed"],
  ["NSE_FNO", "2026-11-23 09:15", "open"],
  ["NSE_FNO", "2026-11-23 15:39", "open"],
  ["NSE_FNO", "2026-11-23 15:40", "closed"],
  // Derivatives closed at 15:30 until 2026-08-02.
  ["BSE_FNO", "2026-07-31 15:35", "closed"],
  ["BSE_FNO", "2026-08-03 15:35", "open"],
  // A holiday, a weekend, and the budget's Sunday.
  ["NSE_FNO", "2026-11-24 11:00", "closed"],
  ["NSE_FNO", "2026-11-21 11:00", "closed"],
  ["NSE_FNO", "2026-02-01 11:00", "open"],
  // An hour on a day that is otherwise a holiday.
  ["NSE_EQ", "2026-11-08 18:30", "open"],
  ["NSE_EQ", "2026-11-08 12:00", "closed"],
  ["NSE_EQ", "2026-11-23 09:05", "pre-open"],
  ["NSE_EQ", "2026-11-23 15:20", "closing-auction"],
  ["NSE_EQ", "2026-07-31 15:20", "open"],
  ["NSE_EQ", "2026-11-23 15:55", "post-close"],
  ["NSE_CURRENCY", "2026-11-23 16:59", "open"],
  // MCX closes by New York: 23:30 in its summer, 23:55 in its winter; on most holidays only the morning is closed.
  ["MCX_COMM", "2026-10-30 23:40", "closed"],
  ["MCX_COMM", "2026-11-02 23:40", "open"],
  ["MCX_COMM", "2026-03-06 23:40", "open"],
  ["MCX_COMM", "2026-03-09 23:40", "closed"],
  ["MCX_COMM", "2026-11-24 12:00", "closed"],
  ["MCX_COMM", "2026-11-24 17:00", "open"],
])("%s at %s is %s", (segment, moment, phase) => {
  expect(calendar.phase(segment, at(moment))).toBe(phase);
});

describe("the next opening", () => {
  test.each<[Segment, string, string]>([
    ["NSE_FNO", "2026-11-23 12:00", "2026-11-23 12:00"],
    ["NSE_FNO", "2026-11-23 08:00", "2026-11-23 09:15"],
    // Monday evening before a Tuesday that is a holiday.
    ["NSE_FNO", "2026-11-23 16:00", "2026-11-25 09:15"],
    ["NSE_FNO", "2026-11-20 16:00", "2026-11-23 09:15"],
    ["NSE_EQ", "2026-11-20 16:00", "2026-11-23 09:00"],
    ["MCX_COMM", "2026-11-24 10:00", "2026-11-24 17:00"],
  ])("%s, asked at %s: %s", (segment, moment, opening) => {
    const found = calendar.nextOpening(segment, at(moment));
    expect(found === undefined ? undefined : kolkataText(found)).toBe(`${opening}:00`);
  });
});

test("why a market is closed, in words", () => {
  expect(calendar.describe("NSE_FNO", at("2026-11-21 11:00"))).toBe("NSE_FNO is closed on 2026-11-21, a weekend");
  expect(calendar.describe("NSE_FNO", at("2026-11-24 11:00"))).toBe("NSE_FNO is closed on 2026-11-24, Prakash Gurpurb Sri Guru Nanak Dev");
  expect(calendar.describe("NSE_FNO", at("2026-11-23 16:00"))).toBe("NSE_FNO trades 09:15-15:40 on 2026-11-23");
  expect(calendar.describe("MCX_COMM", at("2026-11-24 10:00"))).toBe("MCX_COMM trades 17:00-23:55 on 2026-11-24, Prakash Gurpurb Sri Guru Nanak Dev");
});

test("the last day on which anything traded", () => {
  const day = (text: string) => calendar.lastTradingDay(text as TradingDay);
  expect([day("2026-11-22"), day("2026-11-23"), day("2026-12-25")]).toEqual(["2026-11-20", "2026-11-23", "2026-12-24"]);
});

test("a segment of which nothing is known is never called closed, and always-open is", () => {
  expect(calendar.phase("IDX_I", at("2026-11-21 11:00"))).toBe("open");
  expect(ALWAYS_OPEN.phase("NSE_FNO", at("2026-11-21 11:00"))).toBe("open");
});

test.each([
  ["2026-12-01", undefined],
  ["2026-12-02", /^the calendar ends on 2026-12-31: /],
  ["2027-01-02", /^the calendar ended on 2026-12-31: /],
])("on %s what is said of its end: %s", (day, sentence) => {
  const said = endingOf(calendar, at(`${day} 09:00`));
  if (sentence === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(sentence);
  expect(endingOf(ALWAYS_OPEN, at(`${day} 09:00`))).toBeUndefined();
});

test("after its last date the calendar takes weeks for ordinary ones", () => {
  expect([calendar.phase("NSE_FNO", at("2027-01-26 11:00")), calendar.phase("NSE_FNO", at("2027-01-24 11:00"))]).toEqual(["open", "closed"]);
  expect(calendar.lastDate).toBe("2026-12-31");
});
