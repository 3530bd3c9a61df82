/** Which orders of a leader's the auditor takes for slices of one: what the copier may have been told as alike and of one second (I4). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_ORDER } from "./auditor/example.ts";
import type { OrderVersion } from "./auditor/observed.ts";

const CREATED = Date.parse("2026-12-23T10:15:00+05:30");

/** An order of 75 units at 120, as it stands after a change. */
function order(orderId: string, orderedAt: number, is: Partial<OrderVersion> = {}): OrderVersion {
  const [account, holding, createdAt] = ["1000000001", "NSE_FNO:37806:2026-12-29:INTRADAY", orderedAt];
  return { ...PLAIN_ORDER, account, orderId, holding, createdAt, orderedAt, ...is };
}

/** How many the second is one of, after what had become of the first by then that nobody had been told of. */
function siblings(becomes: Partial<OrderVersion>): number {
  const evidence = new Evidence([]);
  evidence.change(order("1", CREATED), 0);
  evidence.change(order("1", CREATED, becomes), 2_000);
  return evidence.siblingsOf(evidence.change(order("2", CREATED + 2_000), 2_000).kept).length;
}

test("one that is changed in the second in which another is ordered may be taken for a slice beside it: a frame tells its latest time", () => {
  expect(siblings({ price: 1_210_000, orderedAt: CREATED + 2_000 })).toBe(1);
});

test("one that fills then is not: a fill leaves the time of the order as it is (seed 80658)", () => {
  expect(siblings({ filled: 75, status: "TRADED" })).toBe(0);
});
