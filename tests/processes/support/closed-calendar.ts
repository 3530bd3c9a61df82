/** Calendars of the user's own that set today closed, or open, whatever the real weekday and hour are. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SEGMENTS } from "../../../src/domain/instrument.ts";
import { kolkataTimeOfDay, tradingDay, unixMs } from "../../../src/domain/time.ts";

export type Today = "closed all day" | "closed by now" | "open";

const DAY_MS = 86_400_000;

/** Writes `calendar.json` into the folder of a configuration; answers what to write in the file. */
export function calendarWith(today: Today, folder: string): { readonly file: string } {
  const now = unixMs(Date.now());
  const days = [now, unixMs(now + DAY_MS)].map((at, index) => ({
    segments: SEGMENTS,
    date: tradingDay(at),
    name: "set by a test",
    phases: phasesOf(today, index === 0 ? kolkataTimeOfDay(now) : undefined),
  }));
  writeFileSync(join(folder, "calendar.json"), JSON.stringify({ source: "a test", lastDate: "2099-12-31", days }));
  return { file: "./calendar.json" };
}

function phasesOf(today: Today, time: string | undefined) {
  if (today === "open") return [{ phase: "open", from: "00:00", to: "23:59" }];
  // In the first minute of a day no session can be over yet; it is closed all day then.
  if (today === "closed all day" || time === undefined || time === "00:00") return [];
  return [{ phase: "open", from: "00:00", to: time }];
}
