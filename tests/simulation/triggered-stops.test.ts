/** An exit stop that triggered and did not fill is priced to execute: from the stop that it is, which may bring it to a price that the leader's order once had (I4). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import { NewestTermsAudit } from "./auditor/newest-terms.ts";
import type { CopyTerms, OrderVersion } from "./auditor/observed.ts";
import { PursuitAudit } from "./auditor/pursuit.ts";
import { ordersInFrame } from "./auditor/told.ts";

const [LEADER, FOLLOWER, PURCHASE, STOP, OURS] = ["1000000001", "1000000011", "1", "2", "3"];
const CREATED = Date.parse("2026-12-23T10:15:00+05:30");
const COPY: CopyTerms = { ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER };

function order(account: string, orderId: string, terms: Partial<OrderVersion>): OrderVersion {
  const correlationId = account === LEADER ? undefined : `${stemFor(LEADER, STOP, CREATED, FOLLOWER)}000000`;
  const holding = "NSE_FNO:71502:2026-12-29:INTRADAY";
  return { ...PLAIN_ORDER, account, orderId, correlationId, leg: undefined, holding, createdAt: CREATED, orderedAt: CREATED, ...terms };
}

function stopOf(account: string, trigger: number): OrderVersion {
  const terms = { side: "SELL", type: "STOP_LOSS", price: (trigger - 1) * 10_000, trigger: trigger * 10_000 } as const;
  return order(account, account === LEADER ? STOP : OURS, terms);
}

/** The leader's stop at 100, with a limit of 99, has gone to 111 and 110, which was told; the follower's was so at 22 s, and has triggered at 24 s if it is to. */
function said({ wanted, at, hasTriggered = true }: { readonly wanted: number; readonly at: number; readonly hasTriggered?: boolean }): readonly string[] {
  const broken: string[] = [];
  const evidence = new Evidence([COPY]);
  const audits = [new NewestTermsAudit(evidence, (invariant) => broken.push(invariant)), new PursuitAudit(evidence, [], (invariant) => broken.push(invariant))];
  const told = (account: string, orderNo: string, terms: object, when: number): void => {
    const frame = { Data: { orderNo, quantity: 75, status: "Pending", ...terms }, Type: "order_alert" };
    for (const one of ordersInFrame(JSON.stringify(frame))) evidence.tell(account, one, when);
  };
  const bought = order(LEADER, PURCHASE, { filled: 75, average: 1_200_000, status: "TRADED" });
  evidence.change(bought, 1_000);
  told(LEADER, PURCHASE, { price: 120, tradedQty: 75, status: "Traded" }, 1_100);
  evidence.change(stopOf(LEADER, 100), 20_000);
  told(LEADER, STOP, { price: 99, triggerPrice: 100 }, 20_010);
  evidence.change(stopOf(FOLLOWER, 100), 20_100);
  evidence.change(stopOf(LEADER, 111), 21_000);
  told(LEADER, STOP, { price: 110, triggerPrice: 111, status: "Modified" }, 21_010);
  evidence.change(stopOf(FOLLOWER, 111), 22_000);
  const triggered = { ...stopOf(FOLLOWER, 111), type: "LIMIT", trigger: 0, last: 1_100_000 } as const;
  if (hasTriggered) evidence.change(triggered, 24_000);
  const body = { orderType: "LIMIT", quantity: 75, price: wanted, triggerPrice: 0 };
  for (const audit of audits) audit.sent({ account: FOLLOWER, method: "PUT", path: `/v2/orders/${OURS}`, body, at });
  return broken;
}

test("by chance it comes to a price that the leader has left (seed 160561)", () => {
  expect(said({ wanted: 99, at: 26_100 })).toEqual([]);
});

test("it does not before it has rested for as long as the copy waits, nor where it has not triggered", () => {
  expect(said({ wanted: 99, at: 25_000 })).toEqual(["I4"]);
  expect(said({ wanted: 99, at: 26_100, hasTriggered: false })).toEqual(["I4"]);
});

test("nor is it priced from a trigger that he has left (seed 160561)", () => {
  expect(said({ wanted: 90, at: 26_100 })).toEqual(["I4"]);
});
