/** Housekeeping of the journal waits for a quiet moment. */
import { expect, test } from "vitest";
import type { Clock, Timers } from "../../domain/time.ts";
import { unixMs } from "../../domain/time.ts";
import { carryOverOffPeak } from "./off-peak.ts";

function virtual(): Clock & Timers & { pass(ms: number): void } {
  let elapsed = 0;
  let waiting: { at: number; fire: () => void }[] = [];
  return {
    now: () => unixMs(elapsed),
    elapsed: () => elapsed,
    after(delayMs, fire) {
      const entry = { at: elapsed + delayMs, fire };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    pass(ms) {
      for (const until = elapsed + ms; elapsed < until; ) {
        elapsed += 1;
        const due = waiting.filter(({ at }) => at <= elapsed);
        waiting = waiting.filter(({ at }) => at > elapsed);
        for (const { fire } of due) fire();
      }
    },
  };
}

test("the log is carried over once after a burst, when nothing has been appended for a moment, and not again until something is", () => {
  const time = virtual();
  let carried = 0;
  const offPeak = carryOverOffPeak({ journal: { carryOver: () => (carried += 1) }, clock: time, timers: time });
  for (let index = 0; index < 20; index += 1) {
    offPeak.appended();
    time.pass(5);
  }
  expect(carried).toBe(0);
  time.pass(60);
  expect(carried).toBe(1);
  time.pass(1_000);
  expect(carried).toBe(1);
  offPeak.appended();
  offPeak.stop();
  time.pass(1_000);
  expect(carried).toBe(1);
});
