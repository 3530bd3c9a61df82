/** Which exit of the leader's an entry may not overtake, as the auditor judges it (I10). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import { PLAIN_COPY, PLAIN_ORDER } from "./auditor/example.ts";
import { stemFor } from "./auditor/mark.ts";
import type { CopyTerms, OrderVersion } from "./auditor/observed.ts";
import { WireAudit } from "./auditor/wire.ts";

const [LEADER, FOLLOWER, HOLDING, ELSEWHERE] = ["1000000001", "1000000002", "NSE_FNO:37806:2026-12-29:INTRADAY", "NSE_FNO:71502:2026-12-29:INTRADAY"];
const ORIGIN = Date.parse("2026-12-23T10:15:00+05:30");
const COPY: CopyTerms = { ...PLAIN_COPY, id: "copy", leader: LEADER, follower: FOLLOWER };
const WINDOWS = { perSecond: 10, perMinute: 250, perHour: 1_000 };

function told(evidence: Evidence, is: Pick<OrderVersion, "account" | "orderId"> & Partial<OrderVersion>, at: number): OrderVersion {
  const version = { ...PLAIN_ORDER, holding: HOLDING, createdAt: ORIGIN + at, orderedAt: ORIGIN + at, ...is };
  evidence.change(version, at);
  const { account, orderId, correlationId, quantity, price, trigger, filled } = version;
  evidence.tell(
    account,
    { orderId, correlationId, quantity, price, trigger, filled, withdrawn: version.status === "CANCELLED", inTransit: false, atExchange: true },
    at,
  );
  return version;
}

const markOf = ({ orderId, createdAt }: OrderVersion): string => `${stemFor(LEADER, orderId, createdAt, FOLLOWER)}000000`;

interface Beside {
  readonly aheadMs: number;
  /** Another order of his for all of it, which he has cancelled then. */
  readonly olderCancelledAt?: number;
  /** What the copy holds has a stop of its own, a leg of its super order. */
  readonly leg?: boolean;
}

/** The process began at 3,400 ms, on a clock that is so far ahead; the leader's way out came at 4,900 ms, and an entry is sent a tenth of a second later. */
function brokenBesideAnExit({ aheadMs, olderCancelledAt, leg = false }: Beside): readonly string[] {
  const evidence = new Evidence([COPY]);
  const bought = told(evidence, { account: LEADER, orderId: "1", filled: 75, status: "TRADED" }, 1_000);
  told(evidence, { account: FOLLOWER, orderId: "2", correlationId: markOf(bought), filled: 75, status: "TRADED" }, 1_000);
  if (leg) told(evidence, { account: FOLLOWER, orderId: "2-stop", side: "SELL", leg: { of: "2", name: "STOP_LOSS_LEG" } }, 1_000);
  evidence.journal([{ type: "engine-started", at: ORIGIN + 3_400 + aheadMs }], 3_400);
  const older = { account: LEADER, orderId: "5", side: "SELL", type: "MARKET", price: 0 } as const;
  if (olderCancelledAt !== undefined) told(evidence, older, 4_000);
  told(evidence, { account: LEADER, orderId: "3", side: "SELL", type: "MARKET", price: 0 }, 4_900);
  const entry = told(evidence, { account: LEADER, orderId: "4", holding: ELSEWHERE }, 4_950);
  if (olderCancelledAt !== undefined) told(evidence, { ...older, status: "CANCELLED" }, olderCancelledAt);
  const broken: string[] = [];
  const wire = new WireAudit(evidence, WINDOWS, (invariant) => broken.push(invariant));
  const mark = markOf(entry);
  wire.durable([{ type: "placement-intended", at: ORIGIN + 5_000, correlationId: mark, terms: { quantity: 75 } }]);
  wire.sent({ account: FOLLOWER, method: "POST", path: "/v2/orders", body: { correlationId: mark, quantity: 75 }, at: 5_000 }, false);
  return broken;
}

test("an entry does not leave before the leader's whole way out at the market, which was told", () => {
  expect(brokenBesideAnExit({ aheadMs: 0 })).toEqual(["I10"]);
});

test("R16 one beside which a leg of the copy's super order stands waits until that is gone (seed 154439)", () => {
  expect(brokenBesideAnExit({ aheadMs: 0, leg: true })).toEqual([]);
});

test("R11 one that looks older than the start, because the copier's clock was stepped, waits for the book to be proved (seed 113954)", () => {
  expect(brokenBesideAnExit({ aheadMs: 650 })).toEqual([]);
});

test("R16 an older one of his for all of it has the first claim, until its cancel has been told for a moment (seed 154155)", () => {
  expect(brokenBesideAnExit({ aheadMs: 0, olderCancelledAt: 4_990 })).toEqual([]);
  expect(brokenBesideAnExit({ aheadMs: 0, olderCancelledAt: 4_955 })).toEqual(["I10"]);
});
