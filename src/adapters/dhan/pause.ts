/** A wait on the injected timers that a signal ends early. */
import type { Timers } from "../../domain/time.ts";

/** Resolves after the delay, or when the signal is aborted; at once when it is already. */
export function pause(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = timers.after(delayMs, done);
    signal.addEventListener("abort", done, { once: true });
  });
}
