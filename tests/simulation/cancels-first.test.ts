/** Which cancel an entry may not overtake, as the auditor judges it (I10). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import type { OrderVersion } from "./auditor/observed.ts";
import { WireAudit } from "./auditor/wire.ts";

const [LEADER, FOLLOWER, HOLDING] = ["1000000001", "1000000002", "NSE_FNO:37806:2026-12-29:INTRADAY"];
const CREATED = Date.parse("2026-12-23T10:15:00+05:30");
const mark = (cause: string): string => `${stemFor(LEADER, cause, CREATED, FOLLOWER)}000000`;

/** The leader's first order, of which the copy rests, was told at 2,000 ms to be cancelled; at `enteredAt` the copy of his second leaves. `startedAt`: the process had died of it. */
function broken({ startedAt, enteredAt }: { readonly startedAt?: number; readonly enteredAt: number }): readonly string[] {
  const evidence = new Evidence([{ ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER }]);
  const tell = (is: Pick<OrderVersion, "account" | "orderId"> & Partial<OrderVersion>, at: number): void => {
    const version = { ...PLAIN_ORDER, holding: HOLDING, createdAt: CREATED, orderedAt: CREATED, ...is };
    evidence.change(version, at);
    evidence.tell(version.account, { ...version, withdrawn: version.status === "CANCELLED", inTransit: false, atExchange: true }, at);
  };
  evidence.journal([{ type: "engine-started", at: CREATED }], 500);
  tell({ account: LEADER, orderId: "1" }, 1_000);
  tell({ account: FOLLOWER, orderId: "9", correlationId: mark("1") }, 1_100);
  evidence.journal([], 1_200);
  tell({ account: LEADER, orderId: "1", status: "CANCELLED" }, 2_000);
  if (startedAt !== undefined) evidence.journal([{ type: "engine-started", at: CREATED + startedAt }], startedAt);
  tell({ account: LEADER, orderId: "2" }, enteredAt - 500);
  const found: string[] = [];
  const wire = new WireAudit(evidence, { perSecond: 10, perMinute: 250, perHour: 1_000 }, (invariant) => found.push(invariant));
  wire.durable([{ type: "placement-intended", at: CREATED + enteredAt, correlationId: mark("2"), terms: { quantity: 75 } }]);
  wire.sent({ account: FOLLOWER, method: "POST", path: "/v2/orders", body: { correlationId: mark("2"), quantity: 75 }, at: enteredAt }, false);
  return found;
}

test("an entry does not leave before the cancel of what the leader was told to have cancelled", () => {
  expect(broken({ enteredAt: 3_000 })).toEqual(["I10"]);
});

test("what a process was told that died before it was stored, the next one hears from a book that may lag (seed 158863)", () => {
  expect(broken({ startedAt: 2_500, enteredAt: 3_100 })).toEqual([]);
  expect(broken({ startedAt: 2_500, enteredAt: 20_000 })).toEqual(["I10"]);
});
