/** Who goes first when not all can go: cancels, then exits, then entries; within a rank the leader's order (R21). */
import { describe, expect, test } from "vitest";
import { clientId, orderId } from "../domain/identity.ts";
import { mirrorKey } from "../domain/mirror/mirror.ts";
import { RateBudget } from "./budget.ts";
import { UNDER_WAY_MS } from "./departures.ts";
import { Outbox } from "./outbox.ts";

const key = (name: string) => mirrorKey({ leader: clientId("1000000001"), follower: clientId("1000000002"), cause: orderId(name) });
const [A, B, C, D] = [key("1"), key("2"), key("3"), key("4")];
const CANCEL = { rank: 0, isPlacement: false } as const;
const EXIT = { rank: 1, isPlacement: false } as const;
const ENTRY = { rank: 2, isPlacement: false } as const;
const EXIT_PLACED = { rank: 1, isPlacement: true } as const;
const ENTRY_PLACED = { rank: 2, isPlacement: true } as const;

function outbox(perSecond = 10): Outbox {
  return new Outbox(new RateBudget({ perSecond, perMinute: 250, perHour: 1_000, perDay: 7_000 }));
}

/** All that waits, in the order in which it is let go. */
function order(box: Outbox): unknown[] {
  const keys: unknown[] = [];
  for (let next = box.next(); next !== undefined; next = box.next()) {
    keys.push(next);
    box.leave(next);
  }
  return keys;
}

test("nothing waits: whoever comes takes a slot", () => {
  const box = outbox();
  expect(box.waiting).toBe(0);
  expect(box.next()).toBeUndefined();
  expect([box.takeSlot(A, ENTRY, 0), box.takeSlot(B, EXIT, 0), box.takeSlot(C, CANCEL, 0)]).toEqual([true, true, true]);
  expect(box.budget.inFlight).toBe(3);
});

test("cancels leave before exits, exits before entries, and equals in the order in which they came", () => {
  const box = outbox();
  box.wait(A, ENTRY);
  box.wait(B, EXIT);
  box.wait(C, ENTRY);
  box.wait(D, CANCEL);
  expect(box.waiting).toBe(4);
  expect(order(box)).toEqual([D, B, A, C]);
  expect(box.waiting).toBe(0);
});

describe("an entry that goes before others that wait", () => {
  test("changes places with them, and with nobody else", () => {
    const box = outbox();
    for (const one of [A, B, C, D]) box.wait(one, ENTRY_PLACED);
    box.goBefore(D, [A, C]);
    expect(order(box)).toEqual([D, B, A, C]);
  });

  test("leaves those be that come after it already, that change an order, that go first of all, or that do not wait", () => {
    const box = outbox();
    box.wait(A, ENTRY);
    box.wait(B, ENTRY_PLACED);
    box.wait(C, ENTRY_PLACED);
    box.wait(D, EXIT_PLACED);
    box.goBefore(B, [A, C, D, key("5")]);
    box.goBefore(key("5"), [B]);
    expect(order(box)).toEqual([D, A, B, C]);
  });

  test("keeps its new place when it waits again", () => {
    const box = outbox();
    for (const one of [A, B]) box.wait(one, ENTRY_PLACED);
    box.goBefore(B, [A]);
    box.wait(A, ENTRY_PLACED);
    box.wait(B, ENTRY_PLACED);
    expect(order(box)).toEqual([B, A]);
  });
});

describe("while others wait", () => {
  test("no entry passes a waiting cancel or exit, and no exit a waiting cancel", () => {
    const box = outbox();
    box.wait(A, EXIT);
    expect(box.takeSlot(B, ENTRY, 0)).toBe(false);
    expect(box.takeSlot(B, CANCEL, 0)).toBe(true);
    box.wait(C, CANCEL);
    expect(box.takeSlot(A, EXIT, 0)).toBe(false);
    expect(box.budget.inFlight).toBe(1);
  });

  test("no entry passes an earlier entry, and the earliest goes", () => {
    const box = outbox();
    box.wait(A, ENTRY);
    box.wait(B, ENTRY);
    expect(box.takeSlot(C, ENTRY, 0)).toBe(false);
    expect(box.takeSlot(B, ENTRY, 0)).toBe(false);
    expect(box.takeSlot(A, ENTRY, 0)).toBe(true);
  });

  test("a mirror does not wait for itself, whatever it needed before", () => {
    const box = outbox();
    box.wait(A, CANCEL);
    expect(box.takeSlot(A, ENTRY, 0)).toBe(true);
    const other = outbox();
    other.wait(A, ENTRY);
    other.wait(B, ENTRY);
    expect(other.takeSlot(B, CANCEL, 0)).toBe(true);
  });
});

test("a mirror that waits for something else now waits once, at its new rank", () => {
  const box = outbox();
  box.wait(A, ENTRY);
  box.wait(B, ENTRY);
  box.wait(B, CANCEL);
  expect(box.waiting).toBe(2);
  expect(order(box)).toEqual([B, A]);
});

test("waiting again at the same rank keeps the place", () => {
  const box = outbox();
  box.wait(A, ENTRY);
  box.wait(B, ENTRY);
  box.wait(A, ENTRY);
  expect(order(box)).toEqual([A, B]);
});

test("who needs nothing any more leaves, and stands in nobody's way", () => {
  const box = outbox();
  box.wait(A, CANCEL);
  box.leave(A);
  expect(box.takeSlot(B, ENTRY, 0)).toBe(true);
});

test("where the budget has no slot, nobody takes one, cancels neither", () => {
  const box = outbox(1);
  expect(box.takeSlot(A, ENTRY, 0)).toBe(true);
  expect(box.takeSlot(B, CANCEL, 0)).toBe(false);
  box.settle(A, 0);
  expect(box.takeSlot(B, CANCEL, 1_100)).toBe(true);
});

describe("placements of one account reach the broker in the leader's order (R21)", () => {
  test("one waits until the one before it is answered", () => {
    const box = outbox();
    expect(box.takeSlot(A, ENTRY_PLACED, 0)).toBe(true);
    expect(box.takeSlot(B, ENTRY_PLACED, 1)).toBe(false);
    box.wait(B, ENTRY_PLACED);
    box.settle(A, 30);
    expect(box.waitMs(30)).toBe(0);
    expect(box.takeSlot(B, ENTRY_PLACED, 30)).toBe(true);
  });

  test("the slices of one order keep its place, also before what came between them", () => {
    const box = outbox();
    box.takeSlot(A, ENTRY_PLACED, 0);
    box.wait(A, ENTRY_PLACED);
    box.wait(B, ENTRY_PLACED);
    box.settle(A, 30);
    expect(box.takeSlot(A, ENTRY_PLACED, 30)).toBe(true);
    box.leave(A);
    box.wait(A, ENTRY_PLACED);
    expect(order(box)).toEqual([A, B]);
  });

  test("what is to be changed of an order that is under way has its place by when that came", () => {
    const box = outbox();
    box.takeSlot(A, ENTRY, 0);
    box.wait(B, ENTRY);
    box.wait(A, ENTRY);
    expect(order(box)).toEqual([B, A]);
  });

  test("or has been under way for so long that it must have arrived", () => {
    const box = outbox();
    box.takeSlot(A, ENTRY_PLACED, 0);
    box.wait(B, ENTRY_PLACED);
    expect(box.waitMs(10)).toBe(UNDER_WAY_MS - 10);
    expect(box.takeSlot(B, ENTRY_PLACED, UNDER_WAY_MS - 1)).toBe(false);
    expect(box.takeSlot(B, ENTRY_PLACED, UNDER_WAY_MS)).toBe(true);
  });

  test("or turned out never to have been written", () => {
    const box = outbox();
    box.takeSlot(A, ENTRY_PLACED, 0);
    box.release(A);
    expect(box.takeSlot(B, ENTRY_PLACED, 1)).toBe(true);
  });

  test("an exit waits for an exit under way, and for no entry; an entry waits for both", () => {
    const box = outbox();
    box.takeSlot(A, ENTRY_PLACED, 0);
    expect(box.takeSlot(B, EXIT_PLACED, 1)).toBe(true);
    expect(box.takeSlot(C, EXIT_PLACED, 2)).toBe(false);
    box.settle(A, 3);
    expect(box.takeSlot(D, ENTRY_PLACED, 4)).toBe(false);
    box.settle(B, 5);
    expect(box.takeSlot(D, ENTRY_PLACED, 6)).toBe(true);
  });

  test("cancels and changes name an order that the broker has, and wait for no placement", () => {
    const box = outbox();
    box.takeSlot(A, ENTRY_PLACED, 0);
    expect([box.takeSlot(B, CANCEL, 1), box.takeSlot(C, EXIT, 1), box.takeSlot(D, ENTRY, 1)]).toEqual([true, true, true]);
  });
});

describe("what the broker sent back with 429 (R21)", () => {
  test("keeps its place before those that came after it, each in the order in which it had left", () => {
    const box = outbox();
    for (const one of [A, B]) box.takeSlot(one, ENTRY, 0);
    box.wait(C, ENTRY);
    box.sendBack(B, 10);
    box.wait(B, ENTRY);
    box.sendBack(A, 11);
    box.wait(A, ENTRY);
    box.wait(D, ENTRY);
    expect(order(box)).toEqual([A, B, C, D]);
  });

  test("and gives way to what is more urgent", () => {
    const box = outbox();
    box.takeSlot(A, ENTRY, 0);
    box.sendBack(A, 10);
    box.wait(A, ENTRY);
    box.wait(B, EXIT);
    expect(order(box)).toEqual([B, A]);
  });

  test("one that needs nothing any more has no place to keep", () => {
    const box = outbox();
    box.takeSlot(A, ENTRY, 0);
    box.sendBack(A, 10);
    box.leave(A);
    box.wait(B, ENTRY);
    box.wait(A, ENTRY);
    expect(order(box)).toEqual([B, A]);
  });
});

test("R21 the last part of the minute is for cancels and exits, also where an entry came first and waits for it", () => {
  const box = new Outbox(new RateBudget({ perSecond: 10, perMinute: 5, perHour: 1_000, perDay: 7_000 }));
  for (const one of [A, B, C, D]) expect(box.takeSlot(one, ENTRY, 0)).toBe(true);
  const late = key("5");
  expect(box.takeSlot(late, ENTRY, 0)).toBe(false);
  box.wait(late, ENTRY);
  for (const one of [A, B, C, D]) box.settle(one, 0);
  expect([box.waitMs(0), box.lastLeavesInMs(0)]).toEqual([60_002, 60_002]);
  expect(box.takeSlot(key("6"), EXIT, 0)).toBe(true);
});

test("a cancel that makes room waits for two slots, one that is to be gone for one", () => {
  const box = outbox(2);
  box.takeSlot(A, ENTRY, 0);
  expect(box.takeSlot(B, { ...EXIT, needs: 2 }, 0)).toBe(false);
  box.wait(B, { ...EXIT, needs: 2 });
  box.settle(A, 0);
  expect(box.waitMs(0)).toBe(1_002);
  expect(box.takeSlot(C, CANCEL, 0)).toBe(true);
});
