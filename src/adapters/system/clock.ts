/** The machine's own time: with `timers.ts`, the only place that may ask for it. */
import { type Clock, unixMs } from "../../domain/time.ts";

export const systemClock: Clock = {
  now: () => unixMs(Date.now()),
  elapsed: () => performance.now(),
};
