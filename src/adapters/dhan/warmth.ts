/**
 * Keeps connections open between orders, so that an order never waits for a new one, and never meets one that has silently died
 * (toolchain: idle keep-alive connections). Each round sends all its reads at once, because one read opens only one connection,
 * and a pool gives the first free ones out first.
 */
import type { Timers } from "../../domain/time.ts";
import { pause } from "../../engine/pause.ts";

/** Shorter than the time after which the pool retires an idle connection to a server that closes after 5 s. */
export const WARM_EVERY_MS = 2_500;

/**
 * So many leave together. A round of a hundred would hold up the leader's next frame for as long as it takes to write a hundred
 * requests; between two handfuls whatever has arrived is taken. They follow one another faster than a broker answers, so that they
 * are under way together all the same.
 */
const HANDFUL = 8;
const HANDFUL_EVERY_MS = 2;

/**
 * Runs until the signal. `reads` are harmless and of those calls that have no part in the order budget, e.g. one `/profile` per
 * account, which is two in five seconds of the twenty a second that are allowed (reference 10.3). One that has not come back is
 * left out of a round and holds up no other.
 */
export async function keepWarm(reads: readonly (() => Promise<unknown>)[], timers: Timers, signal: AbortSignal): Promise<void> {
  const running = new Map<() => Promise<unknown>, Promise<void>>();
  const begin = async (read: () => Promise<unknown>): Promise<void> => {
    await read();
    running.delete(read);
  };
  while (!signal.aborted) {
    const due = reads.filter((read) => !running.has(read));
    for (let next = 0; next < due.length; next += HANDFUL) {
      if (next > 0) await pause(timers, HANDFUL_EVERY_MS, signal);
      if (signal.aborted) break;
      for (const read of due.slice(next, next + HANDFUL)) running.set(read, begin(read));
    }
    await pause(timers, WARM_EVERY_MS, signal);
  }
  await Promise.all(running.values());
}
