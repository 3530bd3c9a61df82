/** What waits is taken in the order in which it was told, a few at a time, however much comes meanwhile. */
import { expect, test } from "vitest";
import { inTurns } from "./in-turns.ts";

const UNTIL_SENT_MS = 5;

function opened(atOnce: number) {
  const fires: { readonly delayMs: number; readonly fire: () => void }[] = [];
  const taken: number[] = [];
  const timers = {
    after: (delayMs: number, fire: () => void) => {
      fires.push({ delayMs, fire });
      return () => undefined;
    },
  };
  const turns = inTurns<number>({ timers, untilSentMs: UNTIL_SENT_MS, atOnce, take: (one) => taken.push(one) });
  return { turns, taken, fires, ring: () => fires.shift()?.fire() };
}

test("nothing is taken before the requests are on the wire, then a few at a time, and nothing is armed when all of it is", () => {
  const { turns, taken, fires, ring } = opened(2);
  turns.tell([1, 2, 3, 4, 5]);
  turns.tell([]);
  expect(taken).toEqual([]);
  expect(fires.map(({ delayMs }) => delayMs)).toEqual([UNTIL_SENT_MS]);
  ring();
  expect(taken).toEqual([1, 2]);
  ring();
  ring();
  expect(taken).toEqual([1, 2, 3, 4, 5]);
  expect(fires).toEqual([]);
});

test("what is told while others wait comes after them, none twice and none lost", () => {
  const { turns, taken, ring } = opened(3);
  for (let told = 0; told < 400; told += 4) {
    turns.tell([told, told + 1, told + 2, told + 3]);
    ring();
  }
  expect(taken.length).toBe(300);
  turns.flush();
  expect(taken).toEqual(Array.from({ length: 400 }, (_, at) => at));
  turns.flush();
  expect(taken.length).toBe(400);
});
