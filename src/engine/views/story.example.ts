/** One order's journal for tests to begin from: the leader buys 150, the follower's 75 are placed, answered, shown, and then cancelled. */
import { type CorrelationCause, correlationFor, correlationStem } from "../../domain/correlation.ts";
import { clientId, copyId, orderId } from "../../domain/identity.ts";
import { mirrorKey } from "../../domain/mirror/mirror.ts";
import { price } from "../../domain/money.ts";
import { BUY, CONTRACT, frame, LIMIT, OPTION, row, second } from "../../domain/order/example.ts";
import { quantity } from "../../domain/quantity.ts";
import { ratio } from "../../domain/ratio.ts";
import { type BookRecord, type MirrorOpened, type PlacementIntended, streamOf } from "../../domain/records.ts";
import { tradingDay } from "../../domain/time.ts";
import { verdict } from "../../domain/verdict.ts";
import type { Journal } from "../ports/journal.ts";

export const LEADER = clientId("1000000001");
export const FOLLOWER = clientId("1000000002");
export const ORDER = orderId("112611200001");
export const COPY = copyId("meera-arjun");
const MIRROR = mirrorKey({ leader: LEADER, follower: FOLLOWER, cause: ORDER });
const CAUSE: CorrelationCause = { leader: LEADER, cause: ORDER, day: tradingDay(second(0)), follower: FOLLOWER };
const STEM = correlationStem(CAUSE);
export const HALF = { ...LIMIT, quantity: quantity(75) };
export const FIRST = correlationFor(STEM, { slice: 0, attempt: 0 });
const SECOND = correlationFor(STEM, { slice: 0, attempt: 1 });
export const ABOUT = { follower: FOLLOWER, mirror: MIRROR };

const STAGES = { decidedMs: 0.2, journalledMs: 0.3, wireMs: 0.1, answeredMs: 40 };

export const SEEN: BookRecord = { type: "leader-order-reported", at: second(1), leader: LEADER, report: frame(1) };
export const OPENED: MirrorOpened = {
  type: "mirror-opened",
  at: second(1),
  ...ABOUT,
  copy: COPY,
  leader: LEADER,
  cause: ORDER,
  stem: STEM,
  instrument: OPTION,
  contracted: BUY,
  contract: CONTRACT,
  contradiction: undefined,
  scale: { ratio: ratio(1, 2), rounding: "down", minLots: undefined, maxLots: undefined },
  role: { role: "entry" },
  late: false,
};

export function placing(attempt: 0 | 1, at: number): PlacementIntended {
  return {
    type: "placement-intended",
    at: second(at),
    ...ABOUT,
    attempt,
    correlationId: attempt === 0 ? FIRST : SECOND,
    executing: false,
    afterMarket: false,
    terms: HALF,
    follows: LIMIT,
  };
}

export function answered(at: number, answer: Pick<Extract<BookRecord, { type: "request-answered" }>, "attempt" | "request" | "result">): BookRecord {
  return { type: "request-answered", at: second(at), ...ABOUT, stages: STAGES, ...answer };
}

export function atFollower(at: number, part: Parameters<typeof frame>[1]): BookRecord {
  const report = frame(at, { clientId: FOLLOWER, orderId: orderId("75001"), correlationId: FIRST, terms: HALF, ...part });
  return { type: "follower-order-reported", at: second(at), follower: FOLLOWER, report };
}

/** The same order in his book, which names no contract. */
export function inBook(at: number): BookRecord {
  const report = row(at, at, { clientId: FOLLOWER, orderId: orderId("75001"), correlationId: FIRST, terms: HALF, contract: undefined });
  return { type: "follower-order-reported", at: second(at), follower: FOLLOWER, report };
}

/** Readings of the trade book: of the leader's order, or of the follower's 75001. */
export function traded(
  at: number,
  of: "leader" | "follower",
  fills: readonly (readonly [at: number, units: number, paid: number, tradeId: string])[],
): BookRecord {
  const [client, order] = of === "leader" ? [LEADER, ORDER] : [FOLLOWER, orderId("75001")];
  const trades = fills.map(([tradedAt, units, paid, tradeId]) => ({
    clientId: client,
    orderId: order,
    tradeId,
    quantity: quantity(units),
    price: price(paid),
    at: second(tradedAt),
  }));
  const about = { at: second(at), order, trades };
  return of === "leader" ? { type: "leader-trades-read", leader: LEADER, ...about } : { type: "follower-trades-read", follower: FOLLOWER, ...about };
}

/** The same copy, filled: the leader's 150 in two executions of which one frame told, the follower's 75 in one. */
export const FILLED: readonly BookRecord[] = [
  SEEN,
  OPENED,
  placing(0, 1),
  answered(2, { attempt: 0, request: "placement", result: { outcome: "accepted", orderId: orderId("75001") } }),
  atFollower(2, {}),
  {
    type: "leader-order-reported",
    at: second(4),
    leader: LEADER,
    report: frame(4, { status: "TRADED", filled: quantity(150), averagePrice: price(1_204_500) }),
  },
  atFollower(6, { status: "TRADED", filled: quantity(75), averagePrice: price(1_205_000) }),
  traded(8, "leader", [
    [3, 75, 1_204_000, "310220417"],
    [4, 75, 1_205_000, "310220418"],
  ]),
];

export function journal(records: readonly BookRecord[]): Pick<Journal, "read"> {
  const stored = records.map((record, index) => ({ position: index + 1, stream: streamOf(record), sequence: index + 1, record: { ...record }, hash: "" }));
  return { read: () => stored };
}

export const WHOLE: readonly BookRecord[] = [
  SEEN,
  OPENED,
  placing(0, 1),
  { type: "verdict-given", at: second(1), ...ABOUT, verdict: verdict("COPIED", "2 lots x 0.5 = 1, down: 1 lot, 75 units", { units: 75 }), refuses: undefined },
  answered(2, { attempt: 0, request: "placement", result: { outcome: "accepted", orderId: orderId("75001") } }),
  atFollower(2, {}),
  { type: "cancel-intended", at: second(3), ...ABOUT, attempt: 0, orderId: orderId("75001") },
  answered(4, { attempt: 0, request: "cancel", result: { outcome: "accepted", orderId: orderId("75001") } }),
  atFollower(4, { status: "CANCELLED" }),
];
