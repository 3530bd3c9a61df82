/**
 * R21 as the broker sees it. The broker of these tests counts on its own: a request arrives somewhere between the moment it is
 * written and the moment it is answered, or given up; nobody knows where.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RateBudget, type RateLimits } from "./budget.ts";

const DHAN: RateLimits = { perSecond: 10, perMinute: 250, perHour: 1_000, perDay: 7_000 };

interface Wanted {
  /** When somebody wants to send it. */
  readonly at: number;
  /** From the first byte to the answer, or to giving up. */
  readonly answerMs: number;
  /** Where in between it arrives: 0 as it is written, 1 as it is answered. */
  readonly arrives: number;
  /** It fails before its first byte. */
  readonly isUnsent: boolean;
}

/** Sends each request as soon as the budget lets it, first come first served; answers when each arrived at the broker. */
function arrivalsOf(wanted: readonly Wanted[], limits: RateLimits): { readonly sent: number[]; readonly arrived: number[] } {
  const budget = new RateBudget(limits);
  const queue = wanted.toSorted((a, b) => a.at - b.at);
  const answers: { readonly at: number; readonly isUnsent: boolean }[] = [];
  const sent: number[] = [];
  const arrived: number[] = [];
  let now = 0;
  for (const request of queue) {
    now = Math.max(now, request.at);
    for (;;) {
      settleUntil(now);
      if (budget.take(now)) break;
      const wait = budget.waitMs(now);
      const next = Math.min(...answers.map(({ at }) => at));
      now = wait === undefined ? next : Math.min(now + Math.max(1, wait), Math.max(next, now + 1));
    }
    sent.push(now);
    if (!request.isUnsent) arrived.push(now + request.arrives * request.answerMs);
    answers.push({ at: now + request.answerMs, isUnsent: request.isUnsent });
  }
  return { sent, arrived: arrived.toSorted((a, b) => a - b) };

  function settleUntil(moment: number): void {
    for (const answer of answers.toSorted((a, b) => a.at - b.at)) {
      if (answer.at > moment) continue;
      answers.splice(answers.indexOf(answer), 1);
      if (answer.isUnsent) budget.release();
      else budget.settle(answer.at);
    }
  }
}

/** The most that arrived within any window of this length. */
function most(arrived: readonly number[], windowMs: number): number {
  let first = 0;
  let found = 0;
  for (const [index, at] of arrived.entries()) {
    while ((arrived[first] ?? at) <= at - windowMs) first += 1;
    found = Math.max(found, index - first + 1);
  }
  return found;
}

function requests(maxAt: number, maxAnswerMs: number): fc.Arbitrary<Wanted[]> {
  const answerMs = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: maxAnswerMs }));
  return fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: maxAt }),
      answerMs,
      arrives: fc.double({ min: 0, max: 1, noNaN: true }),
      isUnsent: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    {
      minLength: 20,
      maxLength: 60,
    },
  );
}

test("R21 the broker never counts more than the limit within a second, wherever between writing and answer a request arrives", () => {
  fc.assert(
    fc.property(requests(2_500, 3_000), fc.integer({ min: 1, max: 10 }), (wanted, perSecond) => {
      const { arrived } = arrivalsOf(wanted, { ...DHAN, perSecond });
      expect(most(arrived, 1_000)).toBeLessThanOrEqual(perSecond);
    }),
    { numRuns: 300 },
  );
});

test("R21 nor more than the limit of a minute, an hour or a day", () => {
  fc.assert(
    fc.property(requests(60_000, 3_000), fc.integer({ min: 3, max: 8 }), (wanted, limit) => {
      expect(most(arrivalsOf(wanted, { ...DHAN, perMinute: limit }).arrived, 60_000)).toBeLessThanOrEqual(limit);
      expect(most(arrivalsOf(wanted, { ...DHAN, perHour: limit }).arrived, 3_600_000)).toBeLessThanOrEqual(limit);
      expect(most(arrivalsOf(wanted, { ...DHAN, perDay: limit }).arrived, 86_400_000)).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 30 },
  );
});

test("S28 of fifteen requests ten go at once, and five a second after the answers", () => {
  const burst = Array.from({ length: 15 }, () => ({ at: 0, answerMs: 30, arrives: 0.5, isUnsent: false }));
  const { sent } = arrivalsOf(burst, DHAN);
  expect(sent.slice(0, 10)).toEqual(Array(10).fill(0));
  for (const at of sent.slice(10)) {
    expect(at).toBeGreaterThanOrEqual(1_030);
    expect(at).toBeLessThanOrEqual(1_040);
  }
});

test("S27 requests that leave room for each other never wait", () => {
  const calm = Array.from({ length: 100 }, (_, index) => ({ at: index * 120, answerMs: 30, arrives: 0.5, isUnsent: false }));
  expect(arrivalsOf(calm, DHAN).sent).toEqual(calm.map(({ at }) => at));
});

describe("a slot", () => {
  const one: RateLimits = { ...DHAN, perSecond: 1 };

  test("that is not answered is taken for as long as it is not given up", () => {
    const budget = new RateBudget(one);
    expect(budget.take(0)).toBe(true);
    expect(budget.inFlight).toBe(1);
    expect(budget.take(600_000)).toBe(false);
    expect(budget.waitMs(600_000)).toBeUndefined();
  });

  test("is free again a second after the answer, and not before", () => {
    const budget = new RateBudget(one);
    budget.take(0);
    budget.settle(400);
    expect(budget.inFlight).toBe(0);
    expect(budget.take(1_400)).toBe(false);
    const waitMs = budget.waitMs(1_000);
    expect(waitMs).toBeGreaterThanOrEqual(400);
    expect(waitMs).toBeLessThanOrEqual(410);
    expect(budget.take(1_000 + (waitMs ?? 0))).toBe(true);
  });

  test("of a request that was never written is free at once", () => {
    const budget = new RateBudget(one);
    budget.take(0);
    budget.release();
    expect(budget.waitMs(0)).toBe(0);
    expect(budget.take(0)).toBe(true);
  });

  test("waits as long as the budget says, and then there is one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 4, max: 9 }),
        (settled, perSecond, perMinute) => {
          const budget = new RateBudget({ ...DHAN, perSecond, perMinute });
          for (const at of settled) if (budget.take(at * 100_000)) budget.settle(at * 100_000 + (at % 7));
          const now = Math.max(...settled) * 100_000 + 7;
          const waitMs = budget.waitMs(now) ?? -1;
          if (waitMs > 0) expect(budget.take(now + waitMs - 1)).toBe(false);
          expect(budget.take(now + waitMs)).toBe(true);
        },
      ),
    );
  });

  test("that nobody took cannot be given back", () => {
    expect(() => new RateBudget(one).settle(0)).toThrow("nobody took");
    expect(() => new RateBudget(one).release()).toThrow("nobody took");
  });

  test("answers that are told out of order are counted by their times", () => {
    const budget = new RateBudget({ ...DHAN, perSecond: 2 });
    budget.take(0);
    budget.take(0);
    budget.settle(900);
    budget.settle(100);
    expect(budget.take(1_200)).toBe(true);
    expect(budget.take(1_200)).toBe(false);
  });
});

describe("what the process before this one has sent", () => {
  test("fills the windows as if this one had sent it", () => {
    const budget = new RateBudget({ ...DHAN, perSecond: 2 }, [-600, -100]);
    expect(budget.take(0)).toBe(false);
    expect(budget.waitMs(0)).toBe(402);
    expect(budget.take(402)).toBe(true);
  });

  test("may be more than a limit that was lowered since: the wait is for all of the excess", () => {
    const budget = new RateBudget({ ...DHAN, perSecond: 2 }, [-800, -500, -300, -100]);
    expect(budget.waitMs(0)).toBe(702);
    expect(budget.take(701)).toBe(false);
    expect(budget.take(702)).toBe(true);
  });
});

describe("after a 429", () => {
  test("nothing goes until the pause is over, then one request at a time, until one is taken", () => {
    const budget = new RateBudget(DHAN);
    budget.take(0);
    budget.settle(10);
    expect(budget.pause.refused({ writtenAt: 0, answeredAt: 10 })).toBe(true);
    expect([budget.take(1_009), budget.waitMs(410), budget.pause.leftMs(410)]).toEqual([false, 600, 600]);
    expect([budget.take(1_010), budget.take(1_010), budget.waitMs(1_010)]).toEqual([true, false, undefined]);
    budget.settle(1_020);
    expect(budget.pause.taken({ writtenAt: 1_010 })).toBe(true);
    expect([budget.take(1_020), budget.take(1_020), budget.pause.count]).toEqual([true, true, 1]);
  });

  test("the pauses grow to sixteen seconds, each from its answer", () => {
    const budget = new RateBudget(DHAN);
    const pauses: number[] = [];
    for (let round = 0, now = 0; round < 7; round += 1, now += pauses.at(-1) ?? 0) {
      budget.pause.refused({ writtenAt: now, answeredAt: now });
      pauses.push(budget.pause.leftMs(now));
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
  });

  test("those that were under way together are one round and one episode, whatever comes in between; each is counted", () => {
    const budget = new RateBudget(DHAN);
    expect(budget.pause.refused({ writtenAt: 0, answeredAt: 10 })).toBe(true);
    expect(budget.pause.taken({ writtenAt: 1 })).toBe(false);
    expect(budget.pause.refused({ writtenAt: 5, answeredAt: 12 })).toBe(false);
    expect([budget.pause.leftMs(12), budget.pause.count]).toEqual([998, 2]);
  });
});

describe("what is kept for cancels and exits (R21)", () => {
  const limits: RateLimits = { perSecond: 100, perMinute: 10, perHour: 1_000, perDay: 7_000 };

  test("a fifth of the minute, the hour and the day, at least one slot, nothing of the second; never all of a window", () => {
    const kept = (of: Partial<RateLimits>) => new RateBudget({ ...DHAN, ...of }).view(0).map((window) => window.kept);
    expect(kept({})).toEqual([0, 50, 200, 1_400]);
    expect(kept({ perMinute: 1, perHour: 2, perDay: 9 })).toEqual([0, 0, 1, 1]);
  });

  test("entries stop short of it, and what has the right to it may take it all", () => {
    const budget = new RateBudget(limits);
    for (let count = 0; count < 8; count += 1) expect(budget.take(0, "unkept")).toBe(true);
    expect(budget.take(0, "unkept")).toBe(false);
    expect([budget.take(0), budget.take(0), budget.take(0)]).toEqual([true, true, false]);
  });

  test("an entry waits until the window has passed for as many as the exits took of what was its own", () => {
    const budget = new RateBudget(limits);
    for (let count = 0; count < 10; count += 1) {
      budget.take(count);
      budget.settle(count);
    }
    expect([budget.waitMs(10), budget.waitMs(10, "unkept")]).toEqual([59_992, 59_994]);
  });

  test("what needs a second request after it leaves only when there is room for both", () => {
    const budget = new RateBudget({ ...limits, perSecond: 2 });
    budget.take(0);
    expect(budget.take(0, "any", 2)).toBe(false);
    budget.settle(0);
    expect(budget.waitMs(0, "any", 2)).toBe(1_002);
    expect(budget.take(1_002, "any", 2)).toBe(true);
  });
});

describe("for the eye", () => {
  test("each window tells how full it is; what is not answered counts in all", () => {
    const budget = new RateBudget(DHAN, [-30_000, -500]);
    budget.take(0);
    expect(budget.view(0).map(({ window, limit, used }) => [window, limit, used])).toEqual([
      ["second", 10, 2],
      ["minute", 250, 3],
      ["hour", 1_000, 3],
      ["day", 7_000, 3],
    ]);
  });

  test("the estimate for the last that waits goes by every window, and by what is kept", () => {
    const limits: RateLimits = { perSecond: 2, perMinute: 5, perHour: 1_000, perDay: 7_000 };
    const waiting = (count: number, share: "any" | "unkept" = "any") => Array.from({ length: count }, () => share);
    const budget = new RateBudget(limits);
    expect([0, 2, 3, 5, 6].map((count) => budget.lastLeavesInMs(0, waiting(count)))).toEqual([0, 0, 1_002, 2_004, 60_002]);
    expect(budget.lastLeavesInMs(0, waiting(5, "unkept"))).toBe(60_002);
    budget.pause.refused({ writtenAt: 0, answeredAt: 0 });
    expect(budget.lastLeavesInMs(0, waiting(1))).toBe(1_000);
  });
});

test("a day that is over is forgotten, one that is not is kept", () => {
  const hours = 3_600_000;
  const budget = new RateBudget({ ...DHAN, perDay: 2 });
  budget.take(0);
  budget.settle(0);
  budget.take(20 * hours);
  budget.settle(20 * hours);
  expect(budget.take(23 * hours)).toBe(false);
  expect(budget.take(25 * hours)).toBe(true);
  budget.settle(25 * hours);
  expect(budget.take(43 * hours)).toBe(false);
  expect(budget.take(45 * hours)).toBe(true);
});
