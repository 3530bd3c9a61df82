import { describe, expect, test } from "vitest";
import { correlationFor } from "../../domain/correlation.ts";
import { orderId } from "../../domain/identity.ts";
import { mirrorKey } from "../../domain/mirror/mirror.ts";
import { ownCause } from "../../domain/mirror/own-cause.ts";
import { frame, second } from "../../domain/order/example.ts";
import { quantity } from "../../domain/quantity.ts";
import type { BookRecord, MirrorOpened } from "../../domain/records.ts";
import {
  ABOUT,
  answered,
  atFollower,
  COPY,
  FILLED,
  FIRST,
  FOLLOWER,
  HALF,
  journal,
  LEADER,
  OPENED,
  ORDER,
  placing,
  SEEN,
  traded,
  WHOLE,
} from "./story.example.ts";
import { type Story, storyOf } from "./story.ts";

function story(records: readonly BookRecord[], wanted: string = ORDER): Story {
  const result = storyOf(journal(records), wanted);
  if (result.found !== "story") throw new Error(`found ${result.found}`);
  return result.story;
}

test("a story holds what was seen of the leader's order, and for each copy the requests with their answers and the order as it ended", () => {
  const { order, leader, known, seen, copies } = story(WHOLE);
  expect([order, leader, known?.end, seen.length, copies.length]).toEqual([ORDER, LEADER, undefined, 1, 1]);
  const [copy] = copies;
  expect(copy).toMatchObject({ copy: COPY, follower: FOLLOWER });
  expect(copy?.requests.map(({ intent, answer }) => [intent.type, answer?.result.outcome, answer?.stages?.answeredMs])).toEqual([
    ["placement-intended", "accepted", 40],
    ["cancel-intended", "accepted", 40],
  ]);
  expect(copy?.orders.map(({ attempt, adopted }) => [attempt.orderId, attempt.order?.end, adopted])).toEqual([["75001", "cancelled", false]]);
  expect(copy?.records).toHaveLength(WHOLE.length - 1);
});

test.each([
  ["the follower's order number", "75001"],
  ["the correlation id", FIRST],
])("%s leads to the same story", (_name, wanted) => {
  expect(story(WHOLE, wanted)).toEqual(story(WHOLE));
});

test("a request without an answer is told as one: it is in flight, or the process ended before", () => {
  const [copy] = story([SEEN, OPENED, placing(0, 1)]).copies;
  expect(copy?.requests).toMatchObject([{ intent: { type: "placement-intended" }, answer: undefined }]);
});

test("each attempt has its own answer (R10)", () => {
  const [copy] = story([
    SEEN,
    OPENED,
    placing(0, 1),
    answered(2, { attempt: 0, request: "placement", result: { outcome: "not-sent", cause: "ECONNREFUSED" } }),
    placing(1, 2),
    answered(3, { attempt: 1, request: "placement", result: { outcome: "accepted", orderId: orderId("75002") } }),
  ]).copies;
  expect(copy?.requests.map(({ intent, answer }) => [intent.attempt, answer?.result.outcome])).toEqual([
    [0, "not-sent"],
    [1, "accepted"],
  ]);
});

test("what belongs to other orders is left out", () => {
  const other = { ...SEEN, report: frame(9, { orderId: orderId("999") }) };
  const own = atFollower(9, { orderId: orderId("888"), correlationId: undefined });
  expect(story([...WHOLE, other, own])).toEqual(story(WHOLE));
});

test("a leader's order of which only frames came that nobody understands has a story of its refusals (S39)", () => {
  const refused: BookRecord = {
    type: "leader-frame-refused",
    at: second(1),
    leader: LEADER,
    code: "UNKNOWN_ORDER_TYPE",
    sentence: "ICEBERG",
    raw: "{}",
    order: ORDER,
  };
  const { known, seen, copies } = story([refused]);
  expect([known, seen, copies]).toEqual([undefined, [refused], []]);
});

test("an adopted order is told as one (R11)", () => {
  const adopted: BookRecord = {
    type: "order-adopted",
    at: second(2),
    ...ABOUT,
    report: frame(2, { clientId: FOLLOWER, orderId: orderId("75001"), correlationId: FIRST, terms: HALF }),
  };
  expect(story([SEEN, OPENED, adopted]).copies[0]?.orders).toMatchObject([{ adopted: true, attempt: { orderId: "75001" } }]);
});

test("an order that the owner of a follower's account placed himself is known as his", () => {
  expect(storyOf(journal([...WHOLE, atFollower(9, { orderId: orderId("888"), correlationId: undefined })]), "888")).toEqual({
    found: "owners-order",
    account: FOLLOWER,
  });
});

test("of an order that nobody has seen there is nothing to tell", () => {
  expect(storyOf(journal(WHOLE), "42")).toEqual({ found: "nothing" });
});

test.each([
  ["closed an excess (R16)", "closing", { role: "closing", units: quantity(75) }],
  ["exited an orphan (R18)", "orphan", { role: "orphan", of: ABOUT.mirror, excess: quantity(75), units: quantity(75) }],
] as const)("an order of our own that %s belongs to the story of the copy that caused it", (_what, kind, role) => {
  const cause = ownCause(kind, orderId("75001"), quantity(75));
  const closing = { follower: FOLLOWER, mirror: mirrorKey({ leader: LEADER, follower: FOLLOWER, cause }) };
  const opened: MirrorOpened = {
    ...OPENED,
    ...closing,
    at: second(5),
    cause,
    stem: `${OPENED.stem.slice(0, -1)}z`,
    role,
  };
  const mark = correlationFor(opened.stem, { slice: 0, attempt: 0 });
  const placed: BookRecord = { ...placing(0, 5), ...closing, correlationId: mark };
  const records = [...WHOLE, opened, placed];
  const { copies } = story(records);
  expect(copies).toHaveLength(1);
  expect(copies[0]?.records.slice(-2)).toEqual([opened, placed]);
  expect(copies[0]?.orders).toHaveLength(2);
  expect(story(records, mark)).toEqual(story(records));
});

describe("fills", () => {
  test("are those of the trade book where it was read, and derived from the reports where it was not", () => {
    const { fills, seen, copies } = story(FILLED);
    expect(fills.executions.map(({ tradeId, learnt }) => [tradeId, learnt])).toEqual([
      ["310220417", "trade-book"],
      ["310220418", "trade-book"],
    ]);
    expect(seen.at(-1)?.type).toBe("leader-trades-read");
    expect(copies[0]?.orders[0]?.fills).toMatchObject({ executions: [{ learnt: "stream", quantity: 75, at: second(6) }], untold: 75 });
    expect(copies[0]?.comparison).toMatchObject({ firstLagMs: 3_000, lastLagMs: 2_000, slippage: { perUnit: 500, hundredths: 4, inAll: 37_500 } });
  });

  test("the trade book of the follower's order replaces what was derived, however often and in however many readings it is read", () => {
    const reading = traded(9, "follower", [
      [5, 25, 1_204_500, "1"],
      [6, 50, 1_205_250, "2"],
    ]);
    const partly = traded(8, "follower", [[5, 25, 1_204_500, "1"]]);
    const once = story([...FILLED, reading]);
    expect(once.copies[0]?.orders[0]?.fills.executions.map(({ tradeId, at }) => [tradeId, at])).toEqual([
      ["1", second(5)],
      ["2", second(6)],
    ]);
    const often = story([...FILLED, partly, reading, reading, partly]);
    expect([often.copies[0]?.orders[0]?.fills, often.copies[0]?.comparison]).toEqual([once.copies[0]?.orders[0]?.fills, once.copies[0]?.comparison]);
  });

  test("there is nothing to compare while the follower has no fill", () => {
    expect(story(WHOLE).copies[0]?.comparison).toBeUndefined();
    expect(story(FILLED.filter((record) => record.type !== "follower-order-reported" || record.report.filled === 0)).copies[0]?.comparison).toBeUndefined();
  });
});
