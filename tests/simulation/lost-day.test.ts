/** What another copy in the account had of a day that no book shows any more counts as the owner's: the copier lets an exit leave that alone (R11, R15). */
import { expect, test } from "vitest";
import { surelyCopiedAgainst } from "./auditor/allowance.ts";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import type { CopyTerms, OrderVersion } from "./auditor/observed.ts";
import { auditFlat } from "./auditor/rest.ts";

const [ONE, OTHER, FOLLOWER, HOLDING] = ["1000000001", "1000000002", "1000000011", "NSE_FNO:71502:2026-12-29:INTRADAY"];
const CREATED = Date.parse("2026-12-23T10:15:00+05:30");
const copyOf = (leader: string): CopyTerms => ({ ...PLAIN_COPY, id: `of ${leader}`, leader, follower: FOLLOWER });
const [OF_ONE, OF_OTHER] = [copyOf(ONE), copyOf(OTHER)];

let ids = 0;

/** Filled to its end and told. `of`: it is the copy of that leader's order. */
function filled(
  evidence: Evidence,
  at: number,
  account: string,
  side: "BUY" | "SELL",
  units: number,
  of?: { readonly leader: string; readonly id: string },
): string {
  ids += 1;
  const orderId = String(ids);
  const terms = { side, type: "MARKET", quantity: units, price: 0, filled: units, status: "TRADED" } as const;
  const correlationId = of === undefined ? undefined : `${stemFor(of.leader, of.id, CREATED, FOLLOWER)}000000`;
  const version: OrderVersion = { ...PLAIN_ORDER, ...terms, account, orderId, holding: HOLDING, correlationId, createdAt: CREATED, orderedAt: CREATED };
  evidence.change(version, at);
  evidence.tell(account, { ...version, withdrawn: false, inTransit: false, atExchange: true }, at);
  return orderId;
}

/** The copy of the one had bought 75 on the day before; that of the other has sold 225 today, and 150 of that are bought back. */
function session(isLost: boolean): Evidence {
  const evidence = new Evidence([OF_ONE, OF_OTHER]);
  filled(evidence, 1_000, FOLLOWER, "BUY", 75, { leader: ONE, id: filled(evidence, 1_000, ONE, "BUY", 75) });
  evidence.dayFrom = 2_000;
  if (isLost) evidence.journalLost(2_500);
  filled(evidence, 3_000, FOLLOWER, "SELL", 225, { leader: OTHER, id: filled(evidence, 3_000, OTHER, "SELL", 225) });
  return evidence;
}

/** What is said when the other leader has bought back all of his, and the copy so much. */
function saidWithOut(evidence: Evidence, bought: number): readonly string[] {
  filled(evidence, 5_000, FOLLOWER, "BUY", bought, { leader: OTHER, id: filled(evidence, 5_000, OTHER, "BUY", 225) });
  const said: string[] = [];
  auditFlat({ evidence, at: 4_000, dayFrom: evidence.dayFrom, breaks: (invariant) => said.push(invariant) });
  return said;
}

const certain = (evidence: Evidence): number => surelyCopiedAgainst(evidence, OF_OTHER, { side: "BUY", holding: HOLDING }, 4_000, 4_500);

test("with the journal lost, the leader's way out leaves it standing (seed 80950)", () => {
  expect(certain(session(true))).toBe(150);
  expect(saidWithOut(session(true), 150)).toEqual([]);
});

test("no more than that may be left, and nothing where the journal is there", () => {
  expect(saidWithOut(session(true), 75)).toEqual(["I5"]);
  expect(certain(session(false))).toBe(225);
  expect(saidWithOut(session(false), 150)).toEqual(["I5"]);
});
