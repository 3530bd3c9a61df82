/** What may leave while the journal takes nothing, as the auditor judges it (I7, decision 19). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { WireAudit } from "./auditor/wire.ts";

const [FOLLOWER, ORDER] = ["1000000002", "2"];
const CHANGE = { account: FOLLOWER, method: "PUT", path: `/v2/orders/${ORDER}` };
const WINDOWS = { perSecond: 10, perMinute: 250, perHour: 1_000 };

/** An order of 75 is changed to 225; before that has come to the exchange the journal is full, and it is changed to `units`. */
function brokenBy({ units, status }: { readonly units: number; readonly status: number }): readonly string[] {
  const evidence = new Evidence([{ ...PLAIN_COPY, id: "copy", leader: "1000000001", follower: FOLLOWER }]);
  evidence.change({ ...PLAIN_ORDER, account: FOLLOWER, orderId: ORDER, holding: "NSE_FNO:37806:2026-12-29:INTRADAY", createdAt: 0, orderedAt: 0 }, 0);
  const broken: string[] = [];
  const wire = new WireAudit(evidence, WINDOWS, (invariant) => broken.push(invariant));
  wire.durable([{ type: "modification-intended", at: 0, orderId: ORDER, terms: { quantity: 225 } }]);
  wire.sent({ ...CHANGE, body: { quantity: 225 }, at: 1_000 }, false);
  wire.answered(CHANGE.account, CHANGE.method, CHANGE.path, { status, body: "", mark: undefined });
  wire.sent({ ...CHANGE, body: { quantity: units }, at: 1_002 }, true);
  return broken;
}

test("R8 a change that makes an order smaller than what the broker has just said yes to (seed 389)", () => {
  expect(brokenBy({ units: 150, status: 200 })).toEqual([]);
});

test("none that makes it larger, or larger than it stayed", () => {
  expect(brokenBy({ units: 300, status: 200 })).toEqual(["I7"]);
  expect(brokenBy({ units: 150, status: 400 })).toEqual(["I7"]);
});
