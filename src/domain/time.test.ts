/** Dhan and the exchanges write Asia/Kolkata without naming it; the machine that Lockstep runs on may be anywhere. */
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { kolkataText, kolkataTimeOfDay, parseKolkata, tradingDay, unixMs } from "./time.ts";

const ZONES = [
  { zone: "UTC", offset: 0 },
  { zone: "Asia/Kolkata", offset: -330 },
  { zone: "America/New_York", offset: 240 },
  { zone: "Pacific/Kiritimati", offset: -840 },
] as const;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(ZONES)("on a machine in $zone", ({ zone, offset }) => {
  test("an instant is written as the exchange's time and read back to its second", () => {
    vi.stubEnv("TZ", zone);
    expect(new Date("2026-07-01T00:00:00Z").getTimezoneOffset()).toBe(offset);
    const seconds = fc.integer({ min: Date.UTC(2000) / 1_000, max: Date.UTC(2100) / 1_000 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 999 }), (at, ms) => {
        const text = kolkataText(unixMs(at * 1_000 + ms));
        expect(text).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
        expect(parseKolkata(text)).toBe(at * 1_000);
        expect(text.startsWith(tradingDay(unixMs(at * 1_000)))).toBe(true);
        expect(text.slice(11, 16)).toBe(kolkataTimeOfDay(unixMs(at * 1_000)));
      }),
    );
  });

  test("a quarter past nine at the exchange is a quarter to four in UTC", () => {
    vi.stubEnv("TZ", zone);
    expect(parseKolkata("2026-11-20 09:15:00")).toBe(Date.UTC(2026, 10, 20, 3, 45));
  });
});

test("the trading day turns at midnight in Kolkata", () => {
  expect(tradingDay(unixMs(Date.UTC(2026, 10, 20, 18, 29, 59)))).toBe("2026-11-20");
  expect(tradingDay(unixMs(Date.UTC(2026, 10, 20, 18, 30)))).toBe("2026-11-21");
});

test.each(["2026-11-20T09:15:00", "2026-11-20 09:15:00.123", " 2026-11-20 09:15:00 "])("%j is tolerated", (text) => {
  expect(parseKolkata(text)).toBe(Date.UTC(2026, 10, 20, 3, 45));
});

test.each([
  "",
  "NA",
  "0001-01-01 00:00:00",
  "2026-02-30 10:00:00",
  "2026-13-01 10:00:00",
  "2026-11-20 24:00:00",
  "2026-11-20 10:60:00",
  "2026-11-20",
  "20-11-2026 10:00:00",
  "2026-11-20 10:00:00Z",
  "1795149000",
])("%j is no time", (text) => {
  expect(parseKolkata(text)).toBeUndefined();
});
