/**
 * The engine tells what is durable between the intent and the request. Whoever only counts or watches hears of it later, a handful at a
 * time, so that an order never waits for a statistic.
 */
import type { BookRecord } from "../domain/records.ts";
import type { Timers } from "../domain/time.ts";
import type { Note, Observer } from "../engine/parties.ts";

/** As for the log: the requests are on the wire by then. */
const UNTIL_SENT_MS = 20;
const AT_ONCE = 64;

/** Hears what the engine tells, one thing after the other. */
export interface Listener {
  recorded(record: BookRecord): void;
  noted(note: Note): void;
}

export interface LateObserver extends Observer {
  /** Hands over at once what still waits. */
  flush(): void;
}

export function afterSending(listeners: readonly Listener[], timers: Timers): LateObserver {
  let waiting: (BookRecord | Note)[] = [];
  let isArmed = false;
  const handOver = (count: number): void => {
    const told = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const one of told) {
      for (const listener of listeners) {
        if ("type" in one) listener.recorded(one);
        else listener.noted(one);
      }
    }
  };
  const arm = (afterMs: number): void => {
    if (isArmed || waiting.length === 0) return;
    isArmed = true;
    timers.after(afterMs, () => {
      isArmed = false;
      handOver(AT_ONCE);
      arm(0);
    });
  };
  const tell = (told: readonly (BookRecord | Note)[]): void => {
    waiting.push(...told);
    arm(UNTIL_SENT_MS);
  };
  return { recorded: tell, noted: (note) => tell([note]), flush: () => handOver(waiting.length) };
}
