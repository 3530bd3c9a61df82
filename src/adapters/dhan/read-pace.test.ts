import { expect, test } from "vitest";
import { ReadPace } from "./read-pace.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Half of what the broker allows. */
const READS_PER_SECOND = 10;
/** Answers after this long. */
const ANSWER_MS = 40;

test("a hundred reads at once leave in order, never more than ten within a second of an answer (reference 10.3)", async () => {
  const time = new VirtualTime();
  const pace = new ReadPace({ clock: time, timers: time, life: new AbortController().signal });
  const left: { readonly number: number; readonly at: number }[] = [];
  const reads = Array.from({ length: 100 }, (_, number) =>
    pace.run(() => {
      left.push({ number, at: time.elapsed() });
      return new Promise<number>((resolve) => void time.after(ANSWER_MS, () => resolve(number)));
    }),
  );
  await time.pass(60_000);
  expect(await Promise.all(reads)).toEqual(Array.from({ length: 100 }, (_, number) => number));
  expect(left.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, number) => number));
  for (const { at } of left) expect(left.filter((other) => other.at >= at && other.at < at + ANSWER_MS + 1_000).length).toBeLessThanOrEqual(READS_PER_SECOND);
  expect(left.at(-1)?.at).toBeLessThan(9.5 * (1_000 + ANSWER_MS + 2));
});

test("reads that are not answered keep their slots, and the others wait for them", async () => {
  const time = new VirtualTime();
  const pace = new ReadPace({ clock: time, timers: time, life: new AbortController().signal });
  let answer = (): void => {};
  let left = 0;
  const slow = (): Promise<void> => {
    left += 1;
    return new Promise((resolve) => {
      answer = resolve;
    });
  };
  for (let number = 0; number < READS_PER_SECOND + 1; number += 1) void pace.run(slow);
  await time.pass(10_000);
  expect(left).toBe(READS_PER_SECOND);
  answer();
  await time.pass(1_001);
  expect(left).toBe(READS_PER_SECOND);
  await time.pass(1);
  expect(left).toBe(READS_PER_SECOND + 1);
});

test("when the copier stops what waits for its turn has it at once, and is told that it is over: the end waits for no queue", async () => {
  const time = new VirtualTime();
  const life = new AbortController();
  const pace = new ReadPace({ clock: time, timers: time, life: life.signal });
  const asked: boolean[] = [];
  const reads = Array.from({ length: 100 }, () =>
    pace.run(async () => {
      asked.push(!pace.isOver);
    }),
  );
  await time.pass(1);
  life.abort();
  await Promise.all(reads);
  expect(time.elapsed()).toBe(1);
  expect(asked.filter((one) => one)).toHaveLength(READS_PER_SECOND);
});
