import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SEGMENTS, type Segment } from "../instrument.ts";
import { type LotSize, lotSize, quantity } from "../quantity.ts";
import { type Disclosing, type DisclosingOrder, disclosedDropped, disclosedShare } from "./disclosed.ts";

const LOT = lotSize(75);
const lots = fc.constantFrom(1, 25, 65, 75).map((size) => lotSize(size));
const leaderShows = (disclosed: number, of: number): Disclosing => ({ quantity: quantity(of), disclosed: quantity(disclosed), validity: "DAY" });
const order = (units: number, lot: LotSize, segment: Segment = "NSE_FNO"): DisclosingOrder => ({ units: quantity(units), lot, segment });

describe("the disclosed quantity (R19, S7)", () => {
  test("S7 of 1500 disclosing 500, 750 disclose 300: in proportion, in whole lots, more than 30 %", () => {
    expect(disclosedShare(leaderShows(500, 1_500), order(750, LOT))).toBe(300);
  });

  test("what a leader does not hide is not hidden", () => {
    expect(disclosedShare(leaderShows(0, 1_500), order(750, LOT))).toBe(0);
    expect(disclosedShare(leaderShows(1_500, 1_500), order(750, LOT))).toBe(0);
    expect(disclosedShare(leaderShows(500, 1_500), order(0, LOT))).toBe(0);
    expect(disclosedShare(leaderShows(75, 0), order(750, LOT))).toBe(0);
  });

  test("where no legal part is smaller than the whole, all is shown", () => {
    expect(disclosedShare(leaderShows(500, 1_500), order(75, LOT))).toBe(0);
  });

  test("it is nothing, or in whole lots, more than 30 % and less than the quantity; and not below the leader's proportion", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 400 }),
        lots,
        fc.constantFrom(...SEGMENTS),
        (leaderLots, shownLots, followerLots, lot, segment) => {
          const leader = leaderShows(shownLots * lot, leaderLots * lot);
          const shown = disclosedShare(leader, { units: quantity(followerLots * lot), lot, segment });
          if (shown === 0) return;
          expect(shown % lot).toBe(0);
          expect(shown * 100).toBeGreaterThan(followerLots * lot * 30);
          expect(shown).toBeLessThan(followerLots * lot);
          expect(shown * leader.quantity).toBeGreaterThanOrEqual(leader.disclosed * followerLots * lot);
        },
      ),
    );
  });

  test("a part just above 30 % is as small as is legal", () => {
    expect(disclosedShare(leaderShows(100, 1_000), order(100, lotSize(1)))).toBe(31);
    expect(disclosedShare(leaderShows(310, 1_000), order(100, lotSize(1)))).toBe(31);
    expect(disclosedShare(leaderShows(311, 1_000), order(100, lotSize(1)))).toBe(32);
  });

  test("an IOC order hides nothing: it does not rest", () => {
    expect(disclosedShare({ ...leaderShows(500, 1_500), validity: "IOC" }, order(750, LOT))).toBe(0);
  });

  test("in each segment a part is above what Dhan and its exchange ask for", () => {
    for (const segment of SEGMENTS) expect(disclosedShare(leaderShows(10, 1_000), order(1_000, lotSize(1), segment))).toBe(301);
  });

  test("what is left out is said, with the numbers; what is carried or was never hidden is not", () => {
    expect(disclosedDropped(leaderShows(75, 300), order(75, LOT))).toBe(
      "the leader shows 75 of 300; all is shown here, no legal part in whole lots is smaller than 75",
    );
    expect(disclosedDropped({ ...leaderShows(75, 300), validity: "IOC" }, order(150, LOT))).toContain("an IOC order does not rest");
    expect(disclosedDropped(leaderShows(500, 1_500), order(750, LOT))).toBeUndefined();
    expect(disclosedDropped(leaderShows(0, 1_500), order(75, LOT))).toBeUndefined();
  });
});
