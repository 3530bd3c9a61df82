import { expect, test } from "vitest";
import { second } from "../../domain/order/example.ts";
import type { BookRecord } from "../../domain/records.ts";
import { ABOUT, FILLED, FOLLOWER, inBook, journal, LEADER, OPENED, ORDER, placing, SEEN, traded, WHOLE } from "../../engine/views/story.example.ts";
import { storyOf } from "../../engine/views/story.ts";
import { storyJson } from "./story-json.ts";
import { storyText } from "./story-text.ts";

const NAMES = new Map([
  [LEADER, "meera"],
  [FOLLOWER, "arjun"],
]);

function whole(records: readonly BookRecord[] = WHOLE) {
  const result = storyOf(journal(records), ORDER);
  if (result.found !== "story") throw new Error(`found ${result.found}`);
  return result.story;
}

test("a story reads in order of time: seen, taken up, sent, decided with its arithmetic, answered, and how it ended", () => {
  expect(
    storyText(whole(), (client) => NAMES.get(client) ?? client),
  ).toBe(`Order 112611200001 of meera: BUY 150 LIMIT 120.50 NIFTY 24 NOV 26000 CALL MARGIN, resting
Times are India's.

Seen at the leader, meera
  2026-11-20
    10:00:01.000  stream     PENDING, BUY 150 LIMIT 120.50 NIFTY 24 NOV 26000 CALL MARGIN

Copy meera-arjun, follower arjun
  2026-11-20
    10:00:01.000  taken up   BUY NIFTY 24 NOV 26000 CALL MARGIN, an entry, at ratio 0.5, rounding down
    10:00:01.000  sending    a placement, 75 LIMIT 120.50, correlation id ${whole().copies[0]?.orders[0]?.attempt.correlationId}
    10:00:01.000  decided    COPIED: 2 lots x 0.5 = 1, down: 1 lot, 75 units
    10:00:02.000  answered   placement accepted as order 75001 (decided 0.2 ms, journalled 0.3 ms, on the wire 0.1 ms, answered 40.0 ms)
    10:00:02.000  stream     PENDING, BUY 75 LIMIT 120.50 NIFTY 24 NOV 26000 CALL MARGIN
    10:00:03.000  sending    a cancel of order 75001
    10:00:04.000  answered   cancel accepted (decided 0.2 ms, journalled 0.3 ms, on the wire 0.1 ms, answered 40.0 ms)
    10:00:04.000  stream     CANCELLED, BUY 75 LIMIT 120.50 NIFTY 24 NOV 26000 CALL MARGIN
  In the end: order 75001, 75 LIMIT 120.50: cancelled
`);
});

test("a row of a book, which has no name of the contract, is told with the one that is known", () => {
  expect(storyText(whole([...WHOLE, inBook(5)]), (client) => NAMES.get(client) ?? client)).toContain(
    "book       PENDING, BUY 75 LIMIT 120.50 NIFTY 24 NOV 26000 CALL MARGIN\n",
  );
});

test.each([
  ["by its correlation id and in the book", {}],
  ["in the account's list of forever orders", { forever: true } as const],
])("an order in doubt was looked for %s", (where, forever) => {
  const look = { type: "look-answered", at: second(6), ...ABOUT, attempt: 0, asked: second(6), answer: "absent", graceMs: 5_000 } as const;
  const text = storyText(whole([SEEN, OPENED, { ...placing(0, 1), ...forever }, look]), (client) => NAMES.get(client) ?? client);
  expect(text).toContain(`looked     for the order in doubt, ${where}: absent\n`);
});

test("for programs, prices are rupees and times carry their offset", () => {
  expect(storyJson(whole(), (client) => NAMES.get(client) ?? client)).toMatchObject({
    order: "112611200001",
    leader: "meera",
    seen: [{ what: "report", at: "2026-11-20T10:00:01.000+05:30", status: "PENDING", terms: { type: "LIMIT", quantity: 150, price: 120.5 } }],
    copies: [
      {
        copy: "meera-arjun",
        follower: "arjun",
        verdicts: [{ code: "COPIED", severity: "info", numbers: { units: 75 } }],
        requests: [
          {
            request: "placement",
            attempt: 0,
            orderId: "75001",
            terms: { quantity: 75, price: 120.5 },
            result: { outcome: "accepted" },
            stages: { answeredMs: 40 },
          },
          { request: "cancel", attempt: 0, orderId: "75001", result: { outcome: "accepted" } },
        ],
        followerOrders: [
          { orderId: "75001", adopted: false, state: "cancelled", filled: 0, averagePrice: 0, reports: [{ status: "PENDING" }, { status: "CANCELLED" }] },
        ],
      },
    ],
  });
});

test("the executions of both sides stand under their orders, and the copy's against the leader's under the copy (S20)", () => {
  const text = storyText(whole(FILLED), (client) => NAMES.get(client) ?? client);
  expect(text).toContain(`
    10:00:08.000  trades     order 112611200001 in the trade book, 2 trades: 75 at 120.40, 75 at 120.50
  filled 10:00:03  75 at 120.40, trade 310220417
  filled 10:00:04  75 at 120.50, trade 310220418
`);
  expect(text).toContain(`
  In the end: order 75001, 75 LIMIT 120.50: filled, 75 of 75 filled at 120.50
    filled 10:00:06  75 at 120.50, by the order stream
  Against the leader: first fill 3 s later, last fill 2 s later; 0.05 a unit worse (0.04 %), 3.75 rupees in all
`);
});

test("a follower who was filled at a better price, and earlier, is told so; and a trade book that contradicts the order", () => {
  const trades = traded(9, "follower", [
    [2, 75, 1_204_000, "1"],
    [4, 75, 1_204_000, ""],
  ]);
  const text = storyText(whole([...FILLED, trades]), (client) => NAMES.get(client) ?? client);
  expect(text).toContain(`
    filled 10:00:02  75 at 120.40, trade 1
    filled 10:00:04  75 at 120.40, a trade without a number
    the trade book tells 75 units more than the order
  Against the leader: first fill 1 s earlier, last fill in the same second; 0.05 a unit better (0.04 %), 7.50 rupees in all
`);
});

test("for programs, executions carry the exchange's number where it is known, and slippage its sign", () => {
  expect(storyJson(whole(FILLED), (client) => NAMES.get(client) ?? client)).toMatchObject({
    fills: [
      { at: "2026-11-20T10:00:03.000+05:30", quantity: 75, price: 120.4, source: "trade", tradeId: "310220417" },
      { at: "2026-11-20T10:00:04.000+05:30", quantity: 75, price: 120.5, source: "trade", tradeId: "310220418" },
    ],
    copies: [
      {
        followerOrders: [{ fills: [{ at: "2026-11-20T10:00:06.000+05:30", quantity: 75, price: 120.5, source: "frame" }] }],
        comparison: {
          leader: { filled: 150, averagePrice: 120.45, first: "2026-11-20T10:00:03.000+05:30", last: "2026-11-20T10:00:04.000+05:30" },
          follower: { filled: 75, averagePrice: 120.5 },
          firstLagMs: 3_000,
          lastLagMs: 2_000,
          slippage: { perUnit: 0.05, percent: 0.04, rupees: 3.75 },
        },
      },
    ],
  });
});
