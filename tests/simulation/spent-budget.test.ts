/** A session comes to rest when nothing waits for the budget any more: what entries may take of a window's slots is not all the broker allows (I12, R21). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { WireAudit } from "./auditor/wire.ts";

const [FOLLOWER, OTHER] = ["1000000002", "1000000003"];
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** Whether the budget is spent at that moment, after so many requests, which arrived at a distance of `everyMs` from the first minute on. */
function isSpent({ requests, everyMs }: { readonly requests: number; readonly everyMs: number }, at: number): boolean {
  const wire = new WireAudit(new Evidence([]), { perSecond: 10, perMinute: 250, perHour: 1_000 }, (invariant, sentence) => {
    throw new Error(`${invariant}: ${sentence}`);
  });
  wire.arrived(OTHER, { method: "POST", path: "/v2/orders", writtenAt: 0, at: 0 });
  for (let sent = 0; sent < requests; sent += 1) {
    const arrivesAt = MINUTE_MS + sent * everyMs;
    wire.arrived(FOLLOWER, { method: "POST", path: "/v2/orders", writtenAt: arrivesAt, at: arrivesAt });
  }
  return wire.isSpent(at);
}

test("of a day's orders in slices what waits for the hour goes on when that has room again (seed 141012, 500 orders)", () => {
  const day = { requests: 800, everyMs: 1_000 };
  expect(isSpent(day, 2 * MINUTE_MS + 800_000)).toBe(true);
  expect(isSpent({ ...day, requests: 799 }, 2 * MINUTE_MS + 800_000)).toBe(false);
  // The oldest may have been answered some seconds after it arrived, and holds its slot from then.
  expect(isSpent(day, MINUTE_MS + HOUR_MS + 5_000)).toBe(true);
  expect(isSpent(day, MINUTE_MS + HOUR_MS + 15_000)).toBe(false);
});

test("so does what waits for the minute", () => {
  const burst = { requests: 200, everyMs: 100 };
  expect(isSpent(burst, MINUTE_MS + 40_000)).toBe(true);
  expect(isSpent({ ...burst, requests: 199 }, MINUTE_MS + 40_000)).toBe(false);
  expect(isSpent(burst, MINUTE_MS + 75_000)).toBe(false);
});
