/**
 * What the engine tells, into the log. The engine tells it between the durable intent and the request, so nothing is formatted
 * there: records wait until the next turn, when the requests are on the wire.
 */
import type { BookRecord } from "../../domain/records.ts";
import type { Clock, Timers } from "../../domain/time.ts";
import type { Observer } from "../../engine/parties.ts";
import type { LogLine } from "./line.ts";
import type { Log } from "./log.ts";
import { type Names, recordLine } from "./record-line.ts";

export interface LoggingObserver extends Observer {
  /** A line of the program's own: of its start, its end, its surroundings. */
  say(line: Omit<LogLine, "at">): void;
  /** Writes at once what still waits. */
  flush(): void;
}

export function loggingObserver({ log, names, clock, timers }: { log: Log; names: Names; clock: Clock; timers: Timers }): LoggingObserver {
  let waiting: (LogLine | BookRecord)[] = [];
  const drain = (): void => {
    const told = waiting;
    waiting = [];
    for (const one of told) {
      const line = "type" in one ? recordLine(one, names) : one;
      if (line !== undefined) log.write(line);
    }
  };
  const tell = (told: readonly (LogLine | BookRecord)[]): void => {
    if (waiting.length === 0 && told.length > 0) timers.after(0, drain);
    waiting.push(...told);
  };
  return {
    recorded: tell,
    noted: ({ level, code, account, message }) => tell([{ at: clock.now(), level, code, ...(account === undefined ? {} : { account }), message }]),
    say: (line) => tell([{ at: clock.now(), ...line }]),
    flush: () => {
      drain();
      log.flush();
    },
  };
}
