/**
 * What the engine tells, into the log. The engine tells it between the durable intent and the request, so nothing is formatted
 * there: records wait until the requests are on the wire, and are then written a few at a time, so that an answer, or the
 * leader's next order, never waits for a hundred lines.
 */
import type { BookRecord } from "../../domain/records.ts";
import type { Clock, Timers } from "../../domain/time.ts";
import type { Observer } from "../../engine/parties.ts";
import { inTurns } from "../in-turns.ts";
import type { LogLine } from "./line.ts";
import type { Log } from "./log.ts";
import { type Names, recordLine } from "./record-line.ts";

export interface LoggingObserver extends Observer {
  /** A line of the program's own: of its start, its end, its surroundings. */
  say(line: Omit<LogLine, "at">): void;
  /** Writes at once what still waits. */
  flush(): void;
}

/** How long lines wait for the requests that they tell of. */
const UNTIL_SENT_MS = 15;
const LINES_AT_ONCE = 16;

export function loggingObserver({ log, names, clock, timers }: { log: Log; names: Names; clock: Clock; timers: Timers }): LoggingObserver {
  const take = (one: LogLine | BookRecord): void => {
    const line = "type" in one ? recordLine(one, names) : one;
    if (line !== undefined) log.write(line);
  };
  const { tell, flush } = inTurns({ timers, untilSentMs: UNTIL_SENT_MS, atOnce: LINES_AT_ONCE, take });
  return {
    recorded: tell,
    noted: ({ level, code, account, message }) => tell([{ at: clock.now(), level, code, ...(account === undefined ? {} : { account }), message }]),
    say: (line) => tell([{ at: clock.now(), ...line }]),
    flush: () => {
      flush();
      log.flush();
    },
  };
}
