/** For whoever only counts or watches: what the engine tells, one thing after the other, when the requests that it tells of are sent. */
import type { BookRecord } from "../domain/records.ts";
import type { Timers } from "../domain/time.ts";
import type { Note, Observer } from "../engine/parties.ts";
import { inTurns } from "./in-turns.ts";

/** As for the log: the requests are on the wire by then. */
const UNTIL_SENT_MS = 20;
const AT_ONCE = 64;

export interface Listener {
  recorded(record: BookRecord): void;
  noted(note: Note): void;
}

export interface LateObserver extends Observer {
  /** Hands over at once what still waits. */
  flush(): void;
}

export function afterSending(listeners: readonly Listener[], timers: Timers): LateObserver {
  const take = (one: BookRecord | Note): void => {
    for (const listener of listeners) {
      if ("type" in one) listener.recorded(one);
      else listener.noted(one);
    }
  };
  const { tell, flush } = inTurns({ timers, untilSentMs: UNTIL_SENT_MS, atOnce: AT_ONCE, take });
  return { recorded: tell, noted: (note) => tell([note]), flush };
}
