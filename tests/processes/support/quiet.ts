/** Waiting until nothing happens any more: how it is shown that something was not done. */
import { setTimeout as pause } from "node:timers/promises";
import type { Trader } from "./trader.ts";

const LOOK_EVERY_MS = 25;

/** Returns when no order call has reached the broker from these accounts for `forMs`. Fails when there is no such time within `withinMs`. */
export async function untilQuiet(
  traders: readonly Trader[],
  { forMs, withinMs = 20_000 }: { readonly forMs: number; readonly withinMs?: number },
): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  let seen = -1;
  let since = performance.now();
  while (performance.now() - since < forMs) {
    if (performance.now() > giveUpAt) throw new Error(`orders were sent all the time, for ${withinMs} ms`);
    const calls = await Promise.all(traders.map((trader) => trader.orderCalls()));
    const answered = calls.flat().filter(({ outcome }) => outcome !== undefined).length;
    if (answered !== seen) since = performance.now();
    seen = answered;
    await pause(LOOK_EVERY_MS);
  }
}
