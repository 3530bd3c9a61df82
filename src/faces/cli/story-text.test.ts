import { expect, test } from "vitest";
import { FOLLOWER, journal, LEADER, ORDER, WHOLE } from "../../engine/views/story.example.ts";
import { storyOf } from "../../engine/views/story.ts";
import { storyJson } from "./story-json.ts";
import { storyText } from "./story-text.ts";

const NAMES = new Map([
  [LEADER, "meera"],
  [FOLLOWER, "arjun"],
]);

function whole() {
  const result = storyOf(journal(WHOLE), ORDER);
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
