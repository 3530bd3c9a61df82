/** A calendar of the user's own: in place of the exchange's, or laid over it; and what is wrong with one, in words. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseKolkata, unixMs } from "../domain/time.ts";
import { loadCalendar } from "./calendar-file.ts";

const at = (text: string) => parseKolkata(`${text}:00`) ?? unixMs(Number.NaN);
const MONDAY_CLOSED = { segments: ["NSE_FNO"], date: "2026-11-23", name: "a holiday by circular", phases: [] };

function load(written: unknown) {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-calendar-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "calendar.json");
  writeFileSync(path, typeof written === "string" ? written : JSON.stringify(written));
  return loadCalendar({ is: "file", path });
}

test("laid over the exchange's, one day is added and the rest stays", () => {
  const loaded = load({ extends: "exchange", source: "circular 1", lastDate: "2026-12-31", days: [MONDAY_CLOSED] });
  if (!loaded.ok) throw new Error(loaded.sentences.join());
  expect(loaded.calendar.phase("NSE_FNO", at("2026-11-23 11:00"))).toBe("closed");
  expect(loaded.calendar.phase("BSE_FNO", at("2026-11-23 11:00"))).toBe("open");
  expect(loaded.calendar.phase("NSE_FNO", at("2026-11-24 11:00"))).toBe("closed");
});

test("in place of the exchange's, nothing else is known", () => {
  const loaded = load({
    source: "mine",
    lastDate: "2027-12-31",
    timetables: [{ segments: ["NSE_FNO"], from: "2026-01-01", phases: [{ phase: "open", from: "10:00", to: "12:00" }] }],
  });
  if (!loaded.ok) throw new Error(loaded.sentences.join());
  expect(loaded.calendar.phase("NSE_FNO", at("2026-11-24 11:00"))).toBe("open");
  expect(loaded.calendar.phase("NSE_FNO", at("2026-11-24 13:00"))).toBe("closed");
  expect(loaded.calendar.lastDate).toBe("2027-12-31");
});

test.each([
  ["{", /is no JSON; see docs\/calendar.md/],
  [{ source: "mine" }, /lastDate: expected a date such as 2026-11-24/],
  [{ source: "mine", lastDate: "2026-02-30" }, /lastDate: expected a date/],
  [{ source: "mine", lastDate: "2026-12-31", days: [{ ...MONDAY_CLOSED, segments: ["NSEFNO"] }] }, /days\[0\]\.segments\[0\]: expected/],
  [{ source: "mine", lastDate: "2026-12-31", days: [{ ...MONDAY_CLOSED, phases: [{ phase: "open", from: "12:00", to: "11:00" }] }] }, /ends after it begins/],
])("%j is refused, with its file and key", (written, sentence) => {
  const loaded = load(written);
  expect(loaded.ok ? "" : loaded.sentences.join("\n")).toMatch(sentence);
});

test("a file that is not there is named", () => {
  expect(loadCalendar({ is: "file", path: "/nowhere/calendar.json" })).toEqual({
    ok: false,
    sentences: ["/nowhere/calendar.json: the calendar cannot be read (ENOENT); see docs/calendar.md for its form"],
  });
});
