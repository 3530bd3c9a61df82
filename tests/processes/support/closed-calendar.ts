/** Calendars of the user's own that set today closed, or open, whatever the real weekday and hour are. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { SEGMENTS } from "../../../src/domain/instrument.ts";
import { kolkataTimeOfDay, tradingDay, unixMs } from "../../../src/domain/time.ts";

export type Today = "closed all day" | "closed by now" | "open";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const LAST_MINUTE = "23:59";

/** No session lasts through the last minute of a day: whoever needs one that is open waits for the next. */
export async function pastTheLastMinute(): Promise<void> {
  const time = kolkataTimeOfDay(unixMs(Date.now()));
  if (time === LAST_MINUTE) await setTimeout(MINUTE_MS);
}

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
  if (today === "open") return [{ phase: "open", from: "00:00", to: LAST_MINUTE }];
  // In the first minute of a day no session can be over yet; it is closed all day then.
  if (today === "closed all day" || time === undefined || time === "00:00") return [];
  return [{ phase: "open", from: "00:00", to: time }];
}
