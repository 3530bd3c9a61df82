import { expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";
import { systemTimers } from "./timers.ts";

test("a timer never fires before its delay has passed by the elapsed clock (R21 counts on it)", async () => {
  const early = await Promise.all(
    Array.from({ length: 40 }, (_, i) => {
      const delay = 1 + (i % 8);
      const begun = systemClock.elapsed();
      return new Promise<number>((resolve) => systemTimers.after(delay, () => resolve(systemClock.elapsed() - begun - delay)));
    }),
  );
  expect(Math.min(...early)).toBeGreaterThanOrEqual(0);
});

test("a cancelled timer does not fire, and cancelling twice is harmless", async () => {
  const fired = vi.fn();
  const cancel = systemTimers.after(1, fired);
  cancel();
  cancel();
  await new Promise<void>((resolve) => systemTimers.after(5, resolve));
  expect(fired).not.toHaveBeenCalled();
});

test("a delay of months does not fire at once", async () => {
  const fired = vi.fn();
  const cancel = systemTimers.after(2 ** 31 + 5, fired);
  await new Promise<void>((resolve) => systemTimers.after(5, resolve));
  expect(fired).not.toHaveBeenCalled();
  cancel();
});
