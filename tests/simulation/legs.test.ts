/** Which legs the auditor takes for certain to stand beside one that is missing (I16). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { auditLegs } from "./auditor/legs.ts";
import { stemFor } from "./auditor/mark.ts";
import type { CopyTerms, OrderVersion } from "./auditor/observed.ts";

const [LEADER, FOLLOWER] = ["1000000001", "1000000002"];
const [PUT, CALL] = ["NSE_FNO:60903:2030-06-25:INTRADAY", "NSE_FNO:60902:2030-06-25:INTRADAY"];
const CREATED = Date.parse("2026-12-30T10:15:00+05:30");
const COPY: CopyTerms = { ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER };

function traded(account: string, orderId: string, holding: string, is: Partial<OrderVersion>): OrderVersion {
  const done = { quantity: 75, filled: 75, status: "TRADED" } as const;
  return { ...PLAIN_ORDER, account, orderId, holding, createdAt: CREATED, orderedAt: CREATED, ...done, ...is };
}

/** The leader has bought a put and sold a call; the follower has the put alone, and nothing was said. `contracts`: what the copier knows of those. */
function broken(byHand: readonly ("BUY" | "SELL")[], contracts: { readonly put?: object; readonly call?: object } = { put: {}, call: {} }): readonly string[] {
  const evidence = new Evidence([COPY]);
  const [put, call] = [stemFor(LEADER, "1", CREATED, FOLLOWER), stemFor(LEADER, "2", CREATED, FOLLOWER)];
  evidence.change(traded(LEADER, "1", PUT, {}), 1_000);
  evidence.change(traded(LEADER, "2", CALL, { side: "SELL" }), 1_000);
  const opened = (stem: string, cause: string, contract: object | undefined) => ({
    type: "mirror-opened",
    at: CREATED,
    leader: LEADER,
    cause,
    stem,
    mirror: cause,
    copy: "copy",
    contract,
  });
  evidence.journal(
    [
      { ...opened(put, "1", contracts.put), role: { role: "entry" } },
      { ...opened(call, "2", contracts.call), role: { role: "entry" } },
    ],
    1_100,
  );
  evidence.change(traded(FOLLOWER, "3", PUT, { correlationId: `${put}000000` }), 1_200);
  for (const [index, side] of byHand.entries()) evidence.change(traded(FOLLOWER, `${4 + index}`, PUT, { side }), 2_000 + index * 1_000);
  const found: string[] = [];
  auditLegs({ evidence, breaks: (_, sentence) => found.push(sentence), at: 60_000, dayFrom: 0 });
  return found;
}

test("what the copy has filled and kept stands, and the other leg is to be told", () => {
  expect(broken([])).toEqual(["75 units of the leader's 2 are missing beside 1, and nothing says so"]);
});

test("what its owner has sold by hand and bought back does not come back (seed 152404)", () => {
  expect(broken(["SELL", "BUY"])).toEqual([]);
});

test("a contract of which nobody knows the underlying, because what the frames had told is lost with the journal, is linked with nothing (seed 154553)", () => {
  expect(broken([], { put: {} })).toEqual([]);
  expect(broken([], { call: {} })).toEqual([]);
});
