/** Waiting for what becomes true, with a bound. */
import type { Clock, Timers } from "../../domain/time.ts";
import { ScriptFault } from "./script-fault.ts";

export const LOOK_EVERY_MS = 6;

export interface Time {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Looks again and again until it is true. Rejects with `ScriptFault`. */
export async function until(isTrue: () => boolean, what: string, withinMs: number, { clock, timers }: Time): Promise<void> {
  const giveUpAt = clock.elapsed() + withinMs;
  while (!isTrue()) {
    if (clock.elapsed() >= giveUpAt) throw new ScriptFault(`waited ${withinMs} ms, and it did not come true: ${what}`);
    await pass(LOOK_EVERY_MS, timers);
  }
}

export function pass(ms: number, timers: Timers): Promise<void> {
  return new Promise((resolve) => timers.after(ms, resolve));
}
