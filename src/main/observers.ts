/** Who hears what the engine and the program tell: the log, the alerts and the figures. */
import { systemClock } from "../adapters/system/clock.ts";
import { systemTimers } from "../adapters/system/timers.ts";
import type { Book } from "../domain/book/book.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { Observer } from "../engine/parties.ts";
import { afterSending } from "../faces/after-sending.ts";
import type { ProgramWarning } from "../faces/alerts/rules.ts";
import type { LogLine } from "../faces/log/line.ts";
import { openLog } from "../faces/log/log.ts";
import { loggingObserver } from "../faces/log/observer.ts";
import { type Metrics, openMetrics } from "../faces/metrics/metrics.ts";
import type { Settings } from "../settings/settings.ts";
import { type Alerting, openAlerting } from "./alerting.ts";
import { calendarEnd } from "./calendar-end.ts";
import { namesOf } from "./cast.ts";
import type { Environment } from "./tokens.ts";

/** A line of the program's own. A warning has a row in the table of alerts. */
export type ProgramLine = Omit<LogLine, "at" | "level" | "code"> &
  ({ readonly level: "info"; readonly code: string } | { readonly level: "warning" | "critical"; readonly code: ProgramWarning });

/** The engine's observer, and the program's voice. */
export interface RunObserver extends Observer {
  say(line: ProgramLine): void;
  /** Writes and counts at once what still waits. */
  flush(): void;
}

export interface Observers {
  readonly observer: RunObserver;
  readonly alerting: Alerting;
  readonly metrics: Metrics;
}

export interface ObserversOptions {
  readonly settings: Settings;
  readonly calendar: Calendar;
  readonly book: Book;
  readonly env: Environment;
  readonly isTerminal: boolean;
  readonly version: string;
}

export async function openObservers({ settings, calendar, book, env, isTerminal, version }: ObserversOptions): Promise<Observers> {
  const [clock, timers] = [systemClock, systemTimers];
  const names = { accounts: namesOf(settings), book };
  const log = loggingObserver({ log: await openLog(isTerminal ? "terminal" : "json"), names, clock, timers });
  const alerting = openAlerting({ channels: settings.alerts, env, names, clock, timers, log: (line) => log.say(line) });
  const metrics = openMetrics({ names, version });
  const late = afterSending([alerting.watcher, metrics], timers);
  const say = (line: ProgramLine): void => {
    log.say(line);
    if (line.level !== "info") alerting.watcher.said(line);
  };
  const ofCalendar = calendarEnd(calendar, (message) => say({ level: "warning", code: "CALENDAR_ENDS", message }));
  const observer: RunObserver = {
    recorded: (records) => {
      log.recorded(records);
      late.recorded(records);
      ofCalendar(records);
    },
    noted: (note) => {
      log.noted(note);
      late.noted(note);
    },
    say,
    flush: () => {
      late.flush();
      log.flush();
    },
  };
  return { observer, alerting, metrics };
}
