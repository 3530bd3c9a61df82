import { describe, expect, test } from "vitest";
import { CONTRACT } from "../order/example.ts";
import { lotSize, quantity } from "../quantity.ts";
import type { TradingDay } from "../time.ts";
import { FREEZE_ROWS, largestOrder, withFreeze } from "./freeze.ts";

const TODAY = "2026-11-20" as TradingDay;

describe("the freeze quantity (design 3)", () => {
  test("the instrument file's counts where it has one", () => {
    expect(withFreeze({ ...CONTRACT, freeze: quantity(900) }, "NSE_FNO", TODAY).freeze).toBe(900);
  });

  test("else the latest row of its underlying that has begun, options and futures alike", () => {
    const bank = { ...CONTRACT, underlying: "BANKNIFTY" };
    expect(withFreeze(CONTRACT, "NSE_FNO", TODAY).freeze).toBe(1_756);
    expect(withFreeze(bank, "NSE_FNO", "2026-06-30" as TradingDay).freeze).toBe(900);
    expect(withFreeze({ ...bank, kind: "future" }, "NSE_FNO", "2026-07-01" as TradingDay).freeze).toBe(600);
  });

  test("none where nobody tells one: another underlying, another segment, a share, a day before all rows", () => {
    expect(withFreeze({ ...CONTRACT, underlying: "RELIANCE" }, "NSE_FNO", TODAY).freeze).toBeUndefined();
    expect(withFreeze(CONTRACT, "BSE_FNO", TODAY).freeze).toBeUndefined();
    expect(withFreeze({ ...CONTRACT, kind: "equity" }, "NSE_FNO", TODAY).freeze).toBeUndefined();
    expect(withFreeze(CONTRACT, "NSE_FNO", "2024-01-01" as TradingDay).freeze).toBeUndefined();
  });

  test("rows of one underlying follow one another, and each has a source", () => {
    for (const [index, row] of FREEZE_ROWS.entries()) {
      const before = FREEZE_ROWS.slice(0, index).findLast(({ underlying }) => underlying === row.underlying);
      expect((before?.from ?? "") < row.from && row.source !== "").toBe(true);
    }
  });

  test("the largest order is in whole lots and not above it; a figure below one lot makes no sense and is none", () => {
    expect(largestOrder({ freeze: quantity(1_756), lot: lotSize(65) })).toBe(1_755);
    expect(largestOrder({ freeze: quantity(600), lot: lotSize(30) })).toBe(600);
    expect(largestOrder({ freeze: quantity(20), lot: lotSize(65) })).toBeUndefined();
    expect(largestOrder({ lot: lotSize(65) })).toBeUndefined();
  });
});
