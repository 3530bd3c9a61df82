import { describe, expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

describe("spans of time", () => {
  test.each([
    ["1ms", 1],
    ["500ms", 500],
    ["3s", 3000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["1d", 86_400_000],
    ["7d", 604_800_000],
  ])("%s is %i milliseconds", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(["0s", "3", "s", "1.5s", "-3s", "3 s", "3S", "3sec", "8d", "999999999d", ""])(
    "%j is none: no unit, no whole number, nothing, or more than a week",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test("0s is one where there may be none", () => {
    expect([parseDuration("0s", "none"), parseDuration("2s", "none"), parseDuration("8d", "none")]).toEqual([0, 2_000, undefined]);
  });
});
