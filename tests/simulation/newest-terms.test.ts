/** What a leg of a leader's super order asks for only the list of super orders tells: a frame of it is a reason to read that (docs/families.md). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import { NewestTermsAudit } from "./auditor/newest-terms.ts";
import type { CopyTerms, OrderVersion } from "./auditor/observed.ts";
import { legsInAnswer, ordersInFrame } from "./auditor/told.ts";

const [LEADER, FOLLOWER, ENTRY, STOP, OURS] = ["1000000001", "1000000011", "1", "2", "3"];
const CREATED = Date.parse("2026-12-23T10:15:00+05:30");
const COPY: CopyTerms = { ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER };

function stopAt(account: string, orderId: string, trigger: number): OrderVersion {
  const stop = { type: "STOP_LOSS", price: 0, trigger: trigger * 10_000 } as const;
  const isLeaders = account === LEADER;
  const leg = isLeaders ? { of: ENTRY, name: "STOP_LOSS_LEG" } : undefined;
  const correlationId = isLeaders ? undefined : `${stemFor(LEADER, `${ENTRY}-STOP_LOSS_LEG`, CREATED, FOLLOWER)}000000`;
  return {
    ...PLAIN_ORDER,
    ...stop,
    account,
    orderId,
    leg,
    correlationId,
    holding: "NSE_FNO:71502:2026-12-29:INTRADAY",
    createdAt: CREATED,
    orderedAt: CREATED,
  };
}

/** The leader's trail moves his stop to 130, to 128 and to 125; the copy of it, at 132, is changed to 128 when `told` has told of 125. */
function said(told: "by a frame" | "by the list"): readonly string[] {
  const broken: string[] = [];
  const evidence = new Evidence([COPY]);
  const audit = new NewestTermsAudit(evidence, (invariant) => broken.push(invariant));
  for (const [at, trigger] of [132, 130, 128, 125].entries()) evidence.change(stopAt(LEADER, STOP, trigger), 20_000 + at * 2_000);
  evidence.change(stopAt(FOLLOWER, OURS, 132), 21_000);
  const frame = { Data: { orderNo: STOP, quantity: 75, status: "Modified", triggerPrice: 125 }, Type: "order_alert" };
  const row = { orderId: ENTRY, legDetails: [{ orderId: ENTRY, legName: "STOP_LOSS_LEG", price: 125, orderStatus: "PENDING" }] };
  if (told === "by a frame") for (const one of ordersInFrame(JSON.stringify(frame))) evidence.tell(LEADER, one, 26_001);
  else for (const one of legsInAnswer(JSON.stringify([row]))) evidence.tellLeg(LEADER, one, 26_001);
  const body = { orderType: "STOP_LOSS", quantity: 75, price: 0, triggerPrice: 128 };
  audit.sent({ account: FOLLOWER, method: "PUT", path: `/v2/orders/${OURS}`, body, at: 26_200 });
  return broken;
}

test("the copy of a leg follows what the list of super orders told last, and no frame (I4, seed 111810)", () => {
  expect(said("by a frame")).toEqual([]);
  expect(said("by the list")).toEqual(["I4"]);
});
