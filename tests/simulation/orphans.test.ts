/** What filled of orders that the leader had withdrawn while he was out: all of it is exited, or said to be the follower's own (R18, I5). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import type { OrderVersion } from "./auditor/observed.ts";
import { auditFlat } from "./auditor/rest.ts";

const [LEADER, FOLLOWER, HOLDING] = ["1000000001", "1000000011", "NSE_FNO:71501:2026-12-29:INTRADAY"];
const CREATED = Date.parse("2026-12-23T10:15:00+05:30");
const STEM = stemFor(LEADER, "1", CREATED, FOLLOWER);
const [CLOSED_AT, WITHDRAWN_AT] = [2_000, 3_000];

/** The copy's order for 225 has filled after the leader had withdrawn his, and of so many units it is said that they are the follower's own. */
function saidAtTheEnd(kept: number): readonly string[] {
  const evidence = new Evidence([{ ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER }]);
  const of = { ...PLAIN_ORDER, holding: HOLDING, side: "SELL", quantity: 225, createdAt: CREATED, orderedAt: CREATED } as const;
  const his: OrderVersion = { ...of, account: LEADER, orderId: "1" };
  const ours: OrderVersion = { ...of, account: FOLLOWER, orderId: "2", correlationId: `${STEM}000000` };
  for (const version of [his, ours]) evidence.change(version, 1_000);
  evidence.journal(
    [{ type: "mirror-opened", at: CREATED, leader: LEADER, cause: "1", stem: STEM, mirror: "1", copy: "copy", contract: {}, role: { role: "entry" } }],
    1_000,
  );
  evidence.change({ ...his, status: "CANCELLED" }, WITHDRAWN_AT);
  evidence.change({ ...ours, filled: 225, status: "TRADED" }, WITHDRAWN_AT + 60_000);
  const sentence = `the follower has 225 units, the leader's fills give 0: ${225 - kept} units are exited, ${kept} units are the follower's own now, because exits may have taken them`;
  evidence.journal([{ type: "verdict-given", at: CREATED, mirror: "1", verdict: { code: "ORPHAN", sentence } }], WITHDRAWN_AT + 60_000);
  const said: string[] = [];
  auditFlat({ evidence, at: CLOSED_AT, dayFrom: 0, breaks: (invariant) => said.push(invariant) });
  return said;
}

test("what is left of them is what was said to be left (seed 141045, 500 orders)", () => {
  expect(saidAtTheEnd(225)).toEqual([]);
  expect(saidAtTheEnd(150)).toEqual(["I5"]);
});
