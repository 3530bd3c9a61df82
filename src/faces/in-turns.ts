/**
 * What is told between the durable intent and the request waits until the requests are on the wire, and is then taken a few at a time: an
 * answer, or the leader's next order, never waits for a hundred of them.
 */
import type { Timers } from "../domain/time.ts";

export interface InTurnsOptions<Told> {
  readonly timers: Timers;
  readonly untilSentMs: number;
  readonly atOnce: number;
  readonly take: (one: Told) => void;
}

export interface InTurns<Told> {
  tell(told: readonly Told[]): void;
  /** Takes at once what still waits. */
  flush(): void;
}

export function inTurns<Told>({ timers, untilSentMs, atOnce, take }: InTurnsOptions<Told>): InTurns<Told> {
  let waiting: Told[] = [];
  let taken = 0;
  let isArmed = false;
  const takeNext = (count: number): void => {
    const told = waiting.slice(taken, taken + count);
    taken += told.length;
    if (taken * 2 >= waiting.length) {
      waiting = waiting.slice(taken);
      taken = 0;
    }
    for (const one of told) take(one);
  };
  const arm = (afterMs: number): void => {
    if (isArmed || waiting.length === 0) return;
    isArmed = true;
    timers.after(afterMs, () => {
      isArmed = false;
      takeNext(atOnce);
      arm(0);
    });
  };
  return {
    tell: (told) => {
      waiting.push(...told);
      arm(untilSentMs);
    },
    flush: () => takeNext(waiting.length),
  };
}
