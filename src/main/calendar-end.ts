/**
 * The calendar's end, told before a closed market is taken for an open one. A copier runs for weeks, so the start is not the only moment
 * to look: each new trading day is one too. What was told is told again only when it has become something else.
 */
import { type Calendar, endingOf } from "../domain/calendar/calendar.ts";
import type { Observer } from "../engine/parties.ts";

/** Hears the engine's records, and tells at most twice in a run of the calendar: that it ends soon, and that it has ended. */
export function calendarEnd(calendar: Calendar, tell: (ending: string) => void): Observer["recorded"] {
  let told: string | undefined;
  return (records) => {
    for (const { type, at } of records) {
      if (type !== "engine-started" && type !== "day-turned") continue;
      const ending = endingOf(calendar, at);
      if (ending === undefined || ending === told) continue;
      told = ending;
      tell(ending);
    }
  };
}
