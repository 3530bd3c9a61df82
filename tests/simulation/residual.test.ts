/** What the slices of an exit are a fraction of (I4): what the copy holds, as far as the copier can know of it. */
import { expect, test } from "vitest";
import { Evidence, type Kept } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import type { CopyTerms, OrderVersion } from "./auditor/observed.ts";
import { auditSliced } from "./auditor/residual.ts";

const [LEADER, FOLLOWER, HOLDING] = ["1000000001", "1000000014", "NSE_FNO:37806:2026-12-29:INTRADAY"];
const CREATED = Date.parse("2026-11-20T10:15:00+05:30");
const COPY: CopyTerms = { ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER };
/** When the second day begins, whose first process starts at once. */
const [DAY_FROM, SLICED_AT] = [100_000, 200_000];

function fill(evidence: Evidence, at: number, is: Pick<OrderVersion, "account" | "orderId" | "side" | "quantity" | "filled"> & Partial<OrderVersion>): Kept {
  const order: OrderVersion = { ...PLAIN_ORDER, type: "MARKET", price: 0, holding: HOLDING, createdAt: CREATED, orderedAt: CREATED, ...is };
  const { kept } = evidence.change(order, at);
  evidence.tell(order.account, { ...order, withdrawn: false, inTransit: false, atExchange: true }, at);
  return kept;
}

/**
 * The leader has sold 1800, and the copy 150 of that, in two halves; `storedUntil` is when the journal took its last record of that day. The next day he buys
 * back 1200 in two slices, and the copier counts the first half alone: two thirds of 75 are below one lot.
 */
function said(storedUntil: number): readonly string[] {
  const evidence = new Evidence([COPY]);
  const opened = (orderId: string, role: string) => ({
    ...{ type: "mirror-opened", at: 0, leader: LEADER, cause: orderId, stem: stemFor(LEADER, orderId, CREATED, FOLLOWER), mirror: orderId },
    ...{ copy: "copy", role: { role }, contract: {} },
  });
  fill(evidence, 1_000, { account: LEADER, orderId: "1", side: "SELL", quantity: 1_800, filled: 1_800, status: "TRADED" });
  evidence.journal([opened("1", "entry")], 1_000);
  const copied = { account: FOLLOWER, orderId: "2", side: "SELL", quantity: 150, correlationId: `${stemFor(LEADER, "1", CREATED, FOLLOWER)}000000` } as const;
  fill(evidence, 2_000, { ...copied, filled: 75 });
  fill(evidence, 3_000, { ...copied, filled: 150, status: "TRADED" });
  evidence.journal([], storedUntil);
  evidence.dayFrom = DAY_FROM;
  evidence.journal([{ type: "engine-started", at: DAY_FROM }], DAY_FROM);
  for (const orderId of ["3", "4"]) {
    fill(evidence, SLICED_AT, { account: LEADER, orderId, side: "BUY", quantity: 600, filled: 0 });
    evidence.journal([opened(orderId, "exit")], SLICED_AT);
  }
  for (const orderId of ["3", "4"]) fill(evidence, SLICED_AT + 100, { account: LEADER, orderId, side: "BUY", quantity: 600, filled: 600, status: "TRADED" });
  const sentences: string[] = [];
  auditSliced(evidence, (_, sentence) => sentences.push(sentence));
  return sentences;
}

test("slices of an exit are a fraction of all that the copy holds", () => {
  expect(said(4_000)).toEqual(["copy rounds down: the leader's slices 3, 4 are 1200 together, which is 75 here, and the copy has 0"]);
});

test("but for what filled on an earlier day while the journal took nothing: no book shows it any more (R24; seed 155538)", () => {
  expect(said(2_000)).toEqual([]);
});
