/** Waiting for something to become true, without guessing how long it takes. */
import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 10;
// Long, because the machine may be busy with more than this test: what must be quick is measured by the benchmarks.
const WITHIN_MS = 25_000;

/** The first answer that is neither undefined nor false. Fails with the sentence when none came in time. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { withinMs = WITHIN_MS }: { readonly withinMs?: number } = {},
): Promise<T> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(LOOK_EVERY_MS);
  }
}
