/** A session is judged when what has to go out has gone out, and what may not be sent any more is seen (I12). */
import { expect, test } from "vitest";
import { converge, passUntilThrough, QUIET_MS } from "./convergence.ts";

/** For how long nothing has been sent when a session is judged in which requests leave at these moments, counted from the last fault. */
async function quietAfter(sentAt: readonly number[]): Promise<number> {
  let now = 0;
  const lastWriteAt = (): number => Math.max(Number.NEGATIVE_INFINITY, ...sentAt.filter((at) => at <= now));
  await converge({
    now: () => now,
    lastWriteAt,
    isSpent: () => false,
    pass: async (ms) => {
      now += ms;
    },
  });
  return now - lastWriteAt();
}

/** Three requests a second. */
const slicesUntil = (endMs: number): readonly number[] => Array.from({ length: Math.floor((endMs * 3) / 1_000) }, (_, sent) => Math.floor((sent * 1_000) / 3));

test("slices that are through within the two minutes, or after them, are no request too late (seed 157834)", async () => {
  for (const endMs of [90_000, 99_000, 112_000, 119_000, 200_000]) expect(await quietAfter(slicesUntil(endMs)), `${endMs}`).toBeGreaterThanOrEqual(QUIET_MS);
});

test("what is sent after a pause is", async () => {
  expect(await quietAfter([1_000, 112_000])).toBeLessThan(QUIET_MS);
  expect(await quietAfter([...slicesUntil(99_000), 115_000])).toBeLessThan(QUIET_MS);
  expect(await quietAfter(Array.from({ length: 100 }, (_, sent) => sent * 19_000))).toBeLessThan(QUIET_MS);
  expect(await quietAfter(slicesUntil(2_000_000))).toBeLessThan(QUIET_MS);
});

test("nor is it left before what waits for the hour is through (seed 141045, 500 orders)", async () => {
  let now = 0;
  const hour = 3_600_000;
  const pass = async (ms: number): Promise<void> => {
    now += ms;
  };
  await passUntilThrough({ now: () => now, lastWriteAt: () => 0, isSpent: () => now < hour, pass }, 120_000);
  expect(now).toBeGreaterThanOrEqual(hour);
});
