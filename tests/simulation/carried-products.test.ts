/** What the auditor expects of a copy that carries what rounding leaves over, in a contract of which positions are converted (I4). */
import { expect, test } from "vitest";
import { auditCarried } from "./auditor/carried.ts";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import type { CopyTerms, JournalLine, OrderVersion } from "./auditor/observed.ts";

const [LEADER, FOLLOWER, HOLDING] = ["1000000002", "1000000011", "NSE_FNO:39651:2030-06-25"];
const CREATED = Date.parse("2026-12-23T10:15:00+05:30");
const COPY: CopyTerms = { ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER, numerator: 3, denominator: 4, rounding: "carry" };
const CONVERTED: JournalLine = { type: "leader-positions-read", at: 0, leader: LEADER, converted: [{ from: "INTRADAY", to: "MARGIN", units: 450 }] };

/** The leader buys 450 in INTRADAY (4.5 lots here), and 375 in `product` (3.75); the copy has 4 lots and 3. He has converted, which is told at `toldAt`. */
function said(product: string, toldAt: number): readonly string[] {
  const broken: string[] = [];
  const evidence = new Evidence([COPY]);
  const filled = (is: Partial<OrderVersion>, units: number, at: number): void => {
    const order = { ...PLAIN_ORDER, account: LEADER, orderId: "", holding: HOLDING, quantity: units, createdAt: CREATED, orderedAt: CREATED, ...is };
    for (const version of [order, { ...order, filled: units, status: "TRADED" }]) {
      const toldAt = at + (version.filled === 0 ? 0 : 100);
      evidence.change(version, toldAt);
      evidence.tell(version.account, { ...version, withdrawn: false, inTransit: false, atExchange: true }, toldAt);
    }
  };
  const bought = (orderId: string, its: string, units: number, copied: number, at: number): void => {
    const stem = stemFor(LEADER, orderId, CREATED, FOLLOWER);
    filled({ orderId, product: its }, units, at);
    evidence.journal(
      [{ type: "mirror-opened", at, leader: LEADER, cause: orderId, stem, mirror: orderId, copy: COPY.id, role: { role: "entry" }, contract: {} }],
      at,
    );
    filled({ account: FOLLOWER, orderId: `9${orderId}`, correlationId: `${stem}000000`, product: its }, copied, at);
  };
  bought("1", "INTRADAY", 450, 300, 1_000);
  if (toldAt < 10_000) evidence.journal([CONVERTED], toldAt);
  bought("2", product, 375, 225, 10_000);
  if (toldAt >= 10_000) evidence.journal([CONVERTED], toldAt);
  auditCarried(evidence, (invariant) => broken.push(invariant));
  return broken;
}

test("what was bought in two products before it was told that one is converted is rounded in each (seed 154676)", () => {
  expect(said("MARGIN", 20_000)).toEqual([]);
});

test("in one product, or once that is told, what the first has left over goes to the second", () => {
  expect(said("INTRADAY", 20_000)).toEqual(["I4"]);
  expect(said("MARGIN", 5_000)).toEqual(["I4"]);
});
