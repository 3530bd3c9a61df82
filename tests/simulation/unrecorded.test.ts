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

/** A cancel leaves while the journal is full, and the process dies; then as many changes of other orders as a second has room for. `again`: the next process cancels it as well. */
function brokenAfterADeath({ again }: { readonly again: boolean }): readonly string[] {
  const evidence = new Evidence([{ ...PLAIN_COPY, id: "copy", leader: "1000000001", follower: FOLLOWER }]);
  const stood = { ...PLAIN_ORDER, account: FOLLOWER, orderId: ORDER, holding: "NSE_FNO:37806:2026-12-29:INTRADAY", createdAt: 0, orderedAt: 0 };
  evidence.change(stood, 0);
  const broken: string[] = [];
  const wire = new WireAudit(evidence, WINDOWS, (invariant) => broken.push(invariant));
  const cancel = { account: FOLLOWER, method: "DELETE", path: `/v2/orders/${ORDER}`, body: {} };
  const send = (request: typeof cancel, at: number, isFull: boolean) => {
    wire.durable([{ type: "cancel-intended", at, orderId: request.path.split("/").at(-1) }]);
    wire.sent({ ...request, at }, isFull);
    wire.arrived(FOLLOWER, { method: request.method, path: request.path, writtenAt: at, at: at + 1 });
  };
  send(cancel, 1_000, true);
  evidence.diedAt = 1_010;
  if (again) send(cancel, 1_020, false);
  evidence.change({ ...stood, status: "CANCELLED" }, 1_030);
  evidence.tell(
    FOLLOWER,
    { orderId: ORDER, correlationId: undefined, quantity: 75, price: 1_200_000, trigger: 0, filled: 0, withdrawn: true, inTransit: false, atExchange: true },
    1_040,
  );
  for (let other = again ? 1 : 0; other < WINDOWS.perSecond; other += 1) send({ ...cancel, path: `/v2/orders/other-${other}` }, 1_100 + other, false);
  return broken;
}

test("I6 a cancel of before a death counts where the book tells it, and not where the next process has sent the same (seed 16143)", () => {
  expect(brokenAfterADeath({ again: false })).toEqual(["I6"]);
  expect(brokenAfterADeath({ again: true })).toEqual([]);
});
