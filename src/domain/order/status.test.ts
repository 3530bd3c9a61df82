/** The transition table, held against what it must say whatever its rows are. */
import { describe, expect, test } from "vitest";
import type { ReportedStatus } from "./report.ts";
import { type OrderState, stateOf, TRANSITIONS } from "./status.ts";

const STATES: readonly OrderState[] = ["accepted", "resting", "part-filled", "filled", "cancelled", "rejected", "expired"];
const WORDS: readonly ReportedStatus[] = ["TRANSIT", "PENDING", "MODIFIED", "PART_TRADED", "TRADED", "CANCELLED", "REJECTED", "EXPIRED"];
const ENDS: readonly OrderState[] = ["filled", "cancelled", "rejected", "expired"];
const OPEN: readonly OrderState[] = ["accepted", "resting", "part-filled"];

test("every state has an answer to every word", () => {
  for (const state of STATES) expect(Object.keys(TRANSITIONS[state]).sort()).toEqual([...WORDS].sort());
  expect(Object.keys(TRANSITIONS).sort()).toEqual([...STATES].sort());
});

test.each(ENDS)("nothing leaves %s but a late fill", (end) => {
  for (const word of WORDS) expect(["=", "fills"]).toContain(TRANSITIONS[end][word]);
});

test.each(OPEN)("an order that is %s ends by a cancel and by expiry, and a word of trading is decided by quantities", (state) => {
  expect(TRANSITIONS[state]).toMatchObject({ CANCELLED: "cancelled", EXPIRED: "expired", TRADED: "fills", PART_TRADED: "fills" });
});

test("R5 only an order that never reached the exchange is rejected without a read", () => {
  expect(STATES.filter((state) => TRANSITIONS[state].REJECTED === "rejected")).toEqual(["accepted"]);
  expect(STATES.filter((state) => TRANSITIONS[state].REJECTED === "read")).toEqual(["resting", "part-filled"]);
});

test("no word opens an order again that had ended, and none sends it back to the broker's desk", () => {
  for (const state of STATES) for (const word of WORDS) expect(TRANSITIONS[state][word]).not.toBe("accepted");
});

describe("the state an order is in", () => {
  test.each([
    [{ end: undefined, filled: 0, reached: false }, "accepted"],
    [{ end: undefined, filled: 0, reached: true }, "resting"],
    [{ end: undefined, filled: 75, reached: false }, "part-filled"],
    [{ end: undefined, filled: 75, reached: true }, "part-filled"],
    [{ end: "cancelled", filled: 75, reached: true }, "cancelled"],
  ] as const)("%j is %s", (order, state) => {
    expect(stateOf(order)).toBe(state);
  });
});
