import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MirrorKey } from "../mirror/mirror.ts";
import { unixMs } from "../time.ts";
import { fundsRead, noReservations, orderEnded, type Reservations, requestSettled, reserve, restarted } from "./reservations.ts";

const KEY = "1-2/3" as MirrorKey;
const FIRST = { attempt: 0, of: "placement", units: 150, paise: 10_001 } as const;

function promised(): Reservations {
  const reservations = noReservations();
  reserve(reservations, KEY, FIRST);
  return reservations;
}

function reading(knows: number, at = knows + 6_000) {
  return [{ asked: unixMs(knows + 5_000), knows: unixMs(knows), availablePaise: 0, utilisedPaise: 0 }, unixMs(at)] as const;
}

describe("what is promised to an order", () => {
  test("is counted until a reading knows it: not by one that was asked before the answer, nor within the time that the books may lag", () => {
    const reservations = promised();
    fundsRead(reservations, ...reading(500));
    expect(reservations.paise).toBe(10_001);
    requestSettled(reservations, KEY, { attempt: 0, of: "placement", at: unixMs(1_000), came: "to something" });
    fundsRead(reservations, ...reading(999));
    expect(reservations.paise).toBe(10_001);
    fundsRead(reservations, ...reading(1_000));
    expect(reservations.paise).toBe(0);
  });

  test("stays promised when it is filled: the money is spent, and no reading says so yet", () => {
    const reservations = promised();
    requestSettled(reservations, KEY, { attempt: 0, of: "placement", at: unixMs(1_000), came: "to something" });
    orderEnded(reservations, KEY, 0, 150);
    expect(reservations.paise).toBe(10_001);
  });

  test("is free when it ended without a fill, and in proportion, rounded up, when it filled a part", () => {
    const part = promised();
    orderEnded(part, KEY, 0, 75);
    expect(part.paise).toBe(5_001);
    const none = promised();
    orderEnded(none, KEY, 0, 0);
    expect(none.ofMirrors.size).toBe(0);
  });

  test("of a change that was refused is free, and that of the order it was to change is not", () => {
    const reservations = promised();
    reserve(reservations, KEY, { attempt: 0, of: "modification", units: 300, paise: 5_000 });
    requestSettled(reservations, KEY, { attempt: 0, of: "modification", at: unixMs(1), came: "to nothing" });
    expect(reservations.paise).toBe(10_001);
  });

  test("and was in flight when the process ended is free with the first reading that knows of the restart", () => {
    const reservations = promised();
    restarted(reservations, unixMs(2_000));
    fundsRead(reservations, ...reading(1_999));
    expect(reservations.paise).toBe(10_001);
    fundsRead(reservations, ...reading(2_000));
    expect(reservations.paise).toBe(0);
  });

  test("is not kept for an hour because the clock was set back by one", () => {
    const reservations = promised();
    requestSettled(reservations, KEY, { attempt: 0, of: "placement", at: unixMs(3_600_000), came: "to something" });
    fundsRead(reservations, ...reading(1_000, 7_000));
    fundsRead(reservations, ...reading(7_000, 13_000));
    expect(reservations.paise).toBe(0);
  });
});

test("no sequence of ends and readings ever promises more than was asked for, or less than nothing", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("end" as const), filled: fc.nat(300) }),
    fc.record({ do: fc.constant("answer" as const), at: fc.nat(10_000) }),
    fc.record({ do: fc.constant("read" as const), knows: fc.nat(10_000) }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const reservations = promised();
      let before = reservations.paise;
      for (const one of steps) {
        if (one.do === "end") orderEnded(reservations, KEY, 0, one.filled);
        if (one.do === "answer") requestSettled(reservations, KEY, { attempt: 0, of: "placement", at: unixMs(one.at), came: "to something" });
        if (one.do === "read") fundsRead(reservations, ...reading(one.knows));
        const now = reservations.paise;
        expect(now).toBeGreaterThanOrEqual(0);
        expect(now).toBeLessThanOrEqual(before);
        before = now;
      }
    }),
  );
});
