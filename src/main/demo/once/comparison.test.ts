/** The comparison must be able to fail: each way in which a book can differ from the table is planted here. */
import { describe, expect, test } from "vitest";
import { CALL_23000 } from "../contracts.ts";
import type { Holding } from "./books.ts";
import type { ExpectedOrder } from "./chapter.ts";
import { agrees, compareOrders, comparePositions, exitCodeOf } from "./comparison.ts";
import { comparisonText } from "./comparison-text.ts";
import type { ExpectedPosition } from "./positions.ts";

const ROW: ExpectedOrder = ["limit", "arjun", "BUY", "STOP_LOSS", 150, 120.5, 119, "TRADED", 150];
const plain = (_: unknown, text: string): string => text;

const disagreeing = (expected: readonly ExpectedOrder[], booked: readonly ExpectedOrder[]) => compareOrders(expected, booked).filter((row) => !agrees(row));

describe("orders", () => {
  test("the same row on both sides agrees", () => {
    expect(compareOrders([ROW], [[...ROW]]).every(agrees)).toBe(true);
  });

  test.each<[string, ExpectedOrder]>([
    ["side", ["limit", "arjun", "SELL", "STOP_LOSS", 150, 120.5, 119, "TRADED", 150]],
    ["type", ["limit", "arjun", "BUY", "LIMIT", 150, 120.5, 119, "TRADED", 150]],
    ["quantity", ["limit", "arjun", "BUY", "STOP_LOSS", 75, 120.5, 119, "TRADED", 150]],
    ["price", ["limit", "arjun", "BUY", "STOP_LOSS", 150, 120.55, 119, "TRADED", 150]],
    ["trigger", ["limit", "arjun", "BUY", "STOP_LOSS", 150, 120.5, 119.05, "TRADED", 150]],
    ["status", ["limit", "arjun", "BUY", "STOP_LOSS", 150, 120.5, 119, "CANCELLED", 150]],
    ["filled", ["limit", "arjun", "BUY", "STOP_LOSS", 150, 120.5, 119, "TRADED", 75]],
    ["whatever else shapes it", ["limit", "arjun", "BUY", "STOP_LOSS", 150, 120.5, 119, "TRADED", 150, "IOC"]],
  ])("another %s is a difference", (_, booked) => {
    expect(disagreeing([ROW], [booked])).toHaveLength(1);
  });

  test("an order that is missing is a difference, and so is one that belongs to another follower", () => {
    expect(disagreeing([ROW], [])).toMatchObject([{ name: "limit", follower: "arjun", found: undefined }]);
    const kabirs: ExpectedOrder = ["limit", "kabir", "BUY", "STOP_LOSS", 150, 120.5, 119, "TRADED", 150];
    expect(disagreeing([ROW], [kabirs])).toMatchObject([
      { follower: "arjun", found: undefined },
      { follower: "kabir", expected: undefined },
    ]);
  });

  test("a second order for the same leader's order is a difference", () => {
    expect(disagreeing([ROW], [ROW, [...ROW]])).toMatchObject([
      { name: "limit", expected: undefined, found: "BUY 150 STOP_LOSS 120.50 trigger 119.00, TRADED 150" },
    ]);
  });
});

describe("positions", () => {
  const expected: readonly ExpectedPosition[] = [["NIFTY 23000 call", CALL_23000, "INTRADAY", 150, 75, 0]];
  const holding = (changes: Partial<Holding>): Holding => ({
    follower: "arjun",
    segment: CALL_23000.segment,
    securityId: CALL_23000.securityId,
    product: "INTRADAY",
    symbol: "NIFTY 29 DEC 23000 CALL",
    net: 150,
    ...changes,
  });
  const kabirs = holding({ follower: "kabir", net: 75 });

  test("the same units on both sides agree, and nothing is as good as flat", () => {
    expect(comparePositions(expected, [holding({}), kabirs]).every(agrees)).toBe(true);
  });

  test.each<[string, readonly Holding[]]>([
    ["too much", [holding({ net: 225 }), kabirs]],
    ["the other way round", [holding({ net: -150 }), kabirs]],
    ["nothing where something should be", [kabirs]],
  ])("%s is a difference", (_, held) => {
    expect(comparePositions(expected, held).filter((row) => !agrees(row))).toHaveLength(1);
  });

  test("a holding in another product, or in a contract that nobody expects, is a difference", () => {
    const overnight = holding({ product: "MARGIN" });
    expect(comparePositions(expected, [holding({}), kabirs, overnight]).filter((row) => !agrees(row))).toMatchObject([
      { name: "NIFTY 29 DEC 23000 CALL", expected: undefined },
    ]);
    expect(comparePositions([], [kabirs]).filter((row) => !agrees(row))).toHaveLength(1);
  });
});

test.each<[string, readonly ExpectedOrder[], number, number]>([
  ["all agrees and nothing was over the limit", [ROW], 0, 0],
  ["an order is missing", [], 0, 1],
  ["one request was over the limit", [ROW], 1, 1],
])("when %s, the demonstration ends accordingly", (_, booked, overLimit, code) => {
  expect(exitCodeOf(compareOrders([ROW], booked), { overLimit })).toBe(code);
});

test("a reader sees an agreement once, and both sides of a difference", () => {
  const booked: ExpectedOrder = ["limit", "arjun", "BUY", "STOP_LOSS", 75, 120.5, 119, "TRADED", 75];
  expect(comparisonText("Orders", [...compareOrders([ROW], [ROW]), ...compareOrders([ROW], [booked])], plain)).toBe(
    [
      "Orders",
      "  = limit  arjun  BUY 150 STOP_LOSS 120.50 trigger 119.00, TRADED 150",
      "  X limit  arjun  expected BUY 150 STOP_LOSS 120.50 trigger 119.00, TRADED 150",
      "                  found    BUY 75 STOP_LOSS 120.50 trigger 119.00, TRADED 75",
    ].join("\n"),
  );
});
