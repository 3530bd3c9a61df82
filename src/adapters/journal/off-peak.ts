/**
 * Carries the write-ahead log over into the file when nothing is being written, so that the append before a request seldom has
 * to. Whatever the moment, an append is durable before it returns; this only moves the housekeeping.
 */
import type { Clock, Timers } from "../../domain/time.ts";
import type { SqliteJournal } from "./sqlite.ts";

const LOOK_EVERY_MS = 25;
const QUIET_FOR_MS = 8;

export interface OffPeak {
  /** The journal was appended to. */
  appended(): void;
  stop(): void;
}

export function carryOverOffPeak({ journal, clock, timers }: { journal: Pick<SqliteJournal, "carryOver">; clock: Clock; timers: Timers }): OffPeak {
  let lastAppend = 0;
  let cancel: (() => void) | undefined;
  const look = (): void => {
    cancel = undefined;
    if (clock.elapsed() - lastAppend < QUIET_FOR_MS) arm();
    else journal.carryOver();
  };
  const arm = (): void => {
    cancel ??= timers.after(LOOK_EVERY_MS, look);
  };
  return {
    appended: () => {
      lastAppend = clock.elapsed();
      arm();
    },
    stop: () => cancel?.(),
  };
}
