import { expect, test } from "vitest";
import { VirtualTime } from "./virtual-time.ts";
import { keepWarm, WARM_EVERY_MS } from "./warmth.ts";

test("all reads of a round leave at once, and one that hangs holds up no other", async () => {
  const time = new VirtualTime();
  const stop = new AbortController();
  const counts = { hangs: 0, answers: 0 };
  let release = (): void => {};
  const hangs = (): Promise<void> => {
    counts.hangs++;
    return new Promise((resolve) => {
      release = resolve;
    });
  };
  const answers = async (): Promise<void> => {
    counts.answers++;
  };
  const running = keepWarm([hangs, answers], time, stop.signal);
  expect(counts).toEqual({ hangs: 1, answers: 1 });
  await time.pass(3 * WARM_EVERY_MS);
  expect(counts).toEqual({ hangs: 1, answers: 4 });
  stop.abort();
  release();
  await running;
});
