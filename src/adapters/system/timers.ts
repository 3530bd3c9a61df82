/**
 * Real timers that keep the port's promise to the letter. Node's own may fire a fraction of a millisecond early, which matters
 * to a budget of requests per second (R21), and fire at once for delays above 2^31-1 ms; both are put right here.
 */
import type { Timers } from "../../domain/time.ts";

const LONGEST_MS = 2 ** 31 - 1;

export const systemTimers: Timers = {
  after(delayMs, fire) {
    const due = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      timer = setTimeout(ring, Math.min(LONGEST_MS, Math.max(0, Math.ceil(due - performance.now()))));
    };
    const ring = (): void => {
      if (performance.now() < due) arm();
      else fire();
    };
    arm();
    return () => clearTimeout(timer);
  },
};
