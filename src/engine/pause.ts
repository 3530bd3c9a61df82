/** A wait on the injected timers that signals end early. */
import type { Timers } from "../domain/time.ts";

/** Resolves after the delay, or when one of the signals is aborted; at once when one is already. */
export function pause(timers: Timers, delayMs: number, ...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = timers.after(delayMs, done);
    for (const signal of signals) signal.addEventListener("abort", done, { once: true });
  });
}
