import { describe, expect, test } from "vitest";
import { unixMs } from "../../domain/time.ts";
import type { ClockReading } from "../../engine/ports/account-facts.ts";
import { clockFinding, offsetOf } from "./clock.ts";

const NOON = Date.parse("2026-11-24T12:00:00Z");
/** Asked and answered so many ms after noon by our clock; the broker was in the second that began `toldMs` after noon. */
const reading = (askedMs: number, answeredMs: number, toldMs: number): ClockReading => ({
  askedAt: unixMs(NOON + askedMs),
  answeredAt: unixMs(NOON + answeredMs),
  told: unixMs(NOON + toldMs),
});

describe("the offset that the Date headers prove", () => {
  test("one reading leaves a second and the time of the request open", () => {
    expect(offsetOf([reading(300, 340, 0)])).toEqual({ leastMs: -700, mostMs: 340 });
  });

  test("further readings narrow it", () => {
    expect(offsetOf([reading(300, 340, 0), reading(900, 940, 0), reading(1_000, 1_010, 1_000)])).toEqual({ leastMs: -100, mostMs: 10 });
  });

  test("readings that cannot all be true are a contradiction, and none is none", () => {
    expect(offsetOf([reading(0, 10, 0), reading(20, 30, 5_000)])).toBe("contradiction");
    expect(offsetOf([])).toBe("none");
  });
});

describe("what it means (R20)", () => {
  const MAX_AGE_MS = 5_000;
  /** Our clock is ahead of the broker's by so much. */
  const ahead = (ms: number) => clockFinding([reading(ms, ms, 0)], MAX_AGE_MS);

  test.each([
    [0, "ok"],
    [-900, "ok"],
    [1_900, "ok"],
    [2_100, "warning"],
    [-1_100, "warning"],
    [5_900, "warning"],
    [6_000, "failed"],
    [-5_000, "failed"],
  ] as const)("%i ms ahead, of which a second is not certain: %s", (ms, state) => {
    expect(ahead(ms)).toMatchObject({ state });
  });

  test("the sentence says which way, how much, and that the header tells whole seconds", () => {
    expect(ahead(4_000)?.said).toBe("3 to 4 s ahead of the broker's clock (its answers tell whole seconds)");
    expect(ahead(-9_000)?.said).toContain("9 to 10 s behind the broker's clock");
    expect(ahead(9_000)?.said).toContain("refused as stale");
    expect(ahead(-9_000)?.said).toContain("long after maxAge");
  });

  test("half a minute is a failure whatever maxAge says", () => {
    expect(clockFinding([reading(32_000, 32_000, 0)], 3_600_000)).toMatchObject({ state: "failed" });
  });

  test("without an answer, and with answers of several clocks, it is not known", () => {
    expect(clockFinding([], MAX_AGE_MS)).toMatchObject({ state: "warning" });
    expect(clockFinding([reading(0, 10, 0), reading(20, 30, 9_000)], MAX_AGE_MS)).toMatchObject({ state: "warning" });
  });
});
