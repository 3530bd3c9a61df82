/** What a copy that carries may have of a leader's position, as the auditor judges it (I4). */
import { expect, test } from "vitest";
import { auditCarried } from "./auditor/carried.ts";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import type { OrderVersion } from "./auditor/observed.ts";

const [LEADER, FOLLOWER, HOLDING] = ["1000000001", "1000000002", "NSE_FNO:37806:2026-12-29:INTRADAY"];
const CREATED = Date.parse("2026-12-23T10:15:00+05:30");

type Order = Pick<OrderVersion, "orderId" | "side" | "quantity"> & Partial<OrderVersion>;

function tell(evidence: Evidence, is: Order & Pick<OrderVersion, "account">, at: number): void {
  const version = { ...PLAIN_ORDER, holding: HOLDING, createdAt: CREATED, orderedAt: CREATED, ...is };
  evidence.change(version, at);
  const { account, orderId, correlationId, quantity, price, trigger, filled } = version;
  evidence.tell(account, { orderId, correlationId, quantity, price, trigger, filled, withdrawn: false, inTransit: false, atExchange: true }, at);
}

/** He bought 900, and the copy a third. Then each of his exits, with what the copy's of it has filled, and what rests of that. Answers what is broken. */
function brokenAfter(exits: readonly { readonly his: Order; readonly copied?: number; readonly rests?: number }[]): readonly string[] {
  const evidence = new Evidence([{ ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER, denominator: 3, rounding: "carry" }]);
  const bought = { his: { orderId: "1", side: "BUY", quantity: 900, filled: 900, status: "TRADED" } as const, copied: 300, rests: 0 };
  for (const [index, { his, copied, rests = 0 }] of [bought, ...exits].entries()) {
    const at = 60_000 * (index + 1);
    tell(evidence, { ...his, filled: 0, status: "PENDING", account: LEADER }, at);
    tell(evidence, { ...his, account: LEADER }, at + 100);
    if (copied === undefined) continue;
    const correlationId = `${stemFor(LEADER, his.orderId, CREATED, FOLLOWER)}000000`;
    const filled = { quantity: copied + rests, filled: copied, status: rests === 0 ? "TRADED" : "PENDING", correlationId } as const;
    tell(evidence, { ...his, ...filled, account: FOLLOWER, orderId: `9${his.orderId}` }, at + 200);
  }
  const broken: string[] = [];
  expect(auditCarried(evidence, (invariant) => broken.push(invariant))).toBe(1);
  return broken;
}

const STOP: Order = { orderId: "2", side: "SELL", quantity: 900, type: "STOP_LOSS", price: 990_000, trigger: 1_000_000 };
const SOLD: Order = { orderId: "3", side: "SELL", quantity: 750, type: "MARKET", price: 0, filled: 750, status: "TRADED" };

test("one whose stop has filled whole, of which the leader's has filled a part, lacks what he still holds", () => {
  expect(brokenAfter([{ his: { ...STOP, filled: 75 }, copied: 300 }])).toEqual([]);
});

test("what it has exited ahead meets another exit of his, and is no excess (seed 157158)", () => {
  expect(brokenAfter([{ his: { ...STOP, filled: 75 }, copied: 300 }, { his: SOLD }])).toEqual([]);
});

test("one that keeps what he has sold has too much, and one that sells what he keeps too little", () => {
  expect(brokenAfter([{ his: STOP }, { his: SOLD }])).toEqual(["I4"]);
  expect(brokenAfter([{ his: { ...SOLD, quantity: 75, filled: 75 }, copied: 300 }])).toEqual(["I4"]);
});

test("what rests yet of its share of what his exit has filled is no excess, and no more than that (seed 112428)", () => {
  const sold: Order = { ...STOP, filled: 225 };
  expect(brokenAfter([{ his: sold, copied: 0, rests: 300 }])).toEqual([]);
  expect(brokenAfter([{ his: sold, copied: 75, rests: 225 }])).toEqual([]);
  expect(brokenAfter([{ his: { ...sold, filled: 450 }, copied: 0, rests: 75 }])).toEqual(["I4"]);
  expect(brokenAfter([{ his: sold, copied: 0, rests: 300 }, { his: { ...SOLD, quantity: 300, filled: 300 } }])).toEqual(["I4"]);
});
