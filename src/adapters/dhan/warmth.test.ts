import { expect, test } from "vitest";
import { VirtualTime } from "./virtual-time.ts";
import { keepWarm, WARM_EVERY_MS } from "./warmth.ts";

test("the reads of a small round leave at once, and one that hangs holds up no other", async () => {
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

test("a round of a hundred leaves in handfuls, so that what arrives meanwhile is taken between two; and none is left out", async () => {
  const time = new VirtualTime();
  const stop = new AbortController();
  const left: { readonly read: number; readonly at: number }[] = [];
  const reads = Array.from({ length: 100 }, (_, read) => async (): Promise<void> => void left.push({ read, at: time.elapsed() }));
  const running = keepWarm(reads, time, stop.signal);
  await time.pass(WARM_EVERY_MS - 1);
  expect(left.map(({ read }) => read)).toEqual(Array.from({ length: 100 }, (_, read) => read));
  for (const handful of Map.groupBy(left, ({ at }) => at).values()) expect(handful.length).toBeLessThanOrEqual(8);
  expect(left.at(-1)?.at).toBeLessThan(30);
  stop.abort();
  await running;
});
