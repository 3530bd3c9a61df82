/** The leaves of copies and of accounts: what each changes for one follower of `session.ts`, against a follower without it. */
import { expect } from "vitest";
import { NOTED_LATE_MS } from "../support/noted-late.ts";
import { type Changes, type Chapter, type Follower, IN_NO_COPY, type Session, windowElsewhere } from "./session.ts";

export interface ShownInSession extends Changes {
  /** What the leaf decides, in words. */
  readonly shows: string;
  /** What stands in the other follower's place of the file; nothing of it when left out. */
  readonly against?: Changes;
  /** Leaves that cannot stay as they are when this one changes. */
  readonly alongside?: readonly string[];
  /** His limits keep him from having every order. */
  readonly isHurried?: true;
  readonly proof: (changed: Follower, other: Follower, session: Session) => void | Promise<void>;
}

const BY_RATIO = { mode: "ratio", ratio: 0.5 };
/** All accounts of the session have the same funds. */
const BY_CAPITAL = { mode: "capital", rounding: "nearest" };
const KINDS = { kinds: ["option", "equity"] };
const BELOW_ALL_CALLS = 3;

/** Quantities of the placements of one chapter. */
function sizes(follower: Follower, chapter: Chapter): readonly unknown[] {
  return placements(follower, chapter).map(({ body }) => body["quantity"]);
}

function placements(follower: Follower, chapter: Chapter): Follower["calls"] {
  return follower.callsFor(chapter).filter(({ method }) => method === "POST");
}

function placedStop(follower: Follower): Readonly<Record<string, unknown>> | undefined {
  return placements(follower, "stop").find(({ body }) => body["transactionType"] === "SELL")?.body;
}

function repricing(follower: Follower): Follower["calls"][number] | undefined {
  return follower.callsFor("stop").find(({ method }) => method === "PUT");
}

/** An entry that the other follower has is refused with a code. */
function isRefused(code: string): ShownInSession["proof"] {
  return (changed, other) => {
    expect(sizes(other, "entry")).toEqual([75]);
    expect(changed.callsFor("entry")).toEqual([]);
    expect(changed.told(code, "entry").length).toBeGreaterThan(0);
    expect(other.told(code)).toEqual([]);
  };
}

const CHASE = { action: "chase", after: "500ms" };

/** The entry that rests after the leader's fill is re-priced, to so many rupees at most. */
function isChased(changedTo: number, otherTo: number): ShownInSession["proof"] {
  return (changed, other) => {
    for (const [follower, furthest] of [
      [changed, changedTo],
      [other, otherTo],
    ] as const) {
      expect(follower.callsFor("late").some(({ method, body }) => method === "PUT" && Number(body["price"]) <= furthest)).toBe(true);
      expect(follower.told("CHASED", "late").map(({ message }) => message)).toEqual([expect.stringContaining(`to ${furthest.toFixed(2)} at most`)]);
    }
  };
}

function aQuarter(changed: Follower, other: Follower): void {
  expect(sizes(changed, "entry")).toEqual([75]);
  expect(sizes(other, "entry")).toEqual([225]);
}

function capsCalls(changed: Follower, other: Follower): void {
  expect(changed.calls).toHaveLength(BELOW_ALL_CALLS - 1); // one is kept for cancels and exits
  expect(other.calls.length).toBeGreaterThan(2 * BELOW_ALL_CALLS);
}

export const SHOWN_IN_SESSION: Readonly<Record<string, ShownInSession>> = {
  "accounts[].clientId": {
    shows: "whose account it is: what another's token opens is not taken for it, and nothing is sent",
    account: { clientId: "1999999999" },
    proof: (changed, other) => {
      expect(changed.calls).toEqual([]);
      expect(other.calls.length).toBeGreaterThan(0);
    },
  },
  "accounts[].token.env": {
    shows: "the token with which the broker is asked",
    account: { token: { env: "TOKEN_OF_NOBODY" } },
    proof: (changed, other) => {
      expect(changed.calls).toEqual([]);
      expect(other.orders.length).toBeGreaterThan(0);
    },
  },
  "accounts[].rateLimits.perSecond": {
    shows: "how many orders reach the broker in a second",
    account: { rateLimits: { perSecond: 1 } },
    isHurried: true,
    proof: (changed, other) => {
      const arrivals = changed.calls.map(({ arrivedAt }) => arrivedAt);
      expect(arrivals.length).toBeGreaterThan(2);
      for (const [index, at] of arrivals.slice(1).entries()) expect(at - (arrivals[index] ?? 0)).toBeGreaterThanOrEqual(1_000);
      expect(other.calls.some(({ arrivedAt }, index) => arrivedAt - (other.calls[index - 1]?.arrivedAt ?? 0) < 1_000)).toBe(true);
    },
  },
  "accounts[].rateLimits.perMinute": {
    shows: "how many orders reach the broker in a minute",
    account: { rateLimits: { perMinute: BELOW_ALL_CALLS } },
    isHurried: true,
    proof: capsCalls,
  },
  "accounts[].rateLimits.perHour": {
    shows: "how many orders reach the broker in an hour",
    account: { rateLimits: { perHour: BELOW_ALL_CALLS } },
    isHurried: true,
    proof: capsCalls,
  },
  "accounts[].rateLimits.perDay": {
    shows: "how many orders reach the broker in a day",
    account: { rateLimits: { perDay: BELOW_ALL_CALLS } },
    isHurried: true,
    proof: capsCalls,
  },
  "accounts[].rateLimits.modificationsPerOrder": {
    shows: "how often an order is changed",
    account: { rateLimits: { modificationsPerOrder: 1 } },
    proof: (changed, other) => {
      expect(changed.callsFor("entry").map(({ method }) => method)).toEqual(["POST", "PUT", "DELETE", "POST"]);
      expect(changed.told("REPLACED", "entry")).toHaveLength(1);
      expect(other.callsFor("entry").map(({ method }) => method)).toEqual(["POST", "PUT", "PUT"]);
    },
  },
  "copies[].margin": {
    shows: "whether an entry that the account cannot pay is sent",
    copy: { margin: "trust" },
    rupees: 100,
    against: { rupees: 100 },
    proof: (changed, other) => {
      // Each change of the leader's is tried.
      expect(new Set(sizes(changed, "entry"))).toEqual(new Set([75]));
      expect(changed.told("FUNDS_SHORT")).toEqual([]);
      expect(other.callsFor("entry")).toEqual([]);
      expect(other.told("FUNDS_SHORT", "entry").length).toBeGreaterThan(0);
    },
  },
  "copies[].id": {
    shows: "the name by which the copy is told of",
    copy: { id: "another-name" },
    proof: async (changed, _, { copier, leaderOrders }) => {
      const { copies } = await copier.explains(leaderOrders.get("entry") ?? "");
      expect(copies.map(({ copy }) => copy)).toContain("another-name");
      expect(copier.lines({ copy: "another-name", code: "COPIED" }).length).toBeGreaterThan(0);
      expect(changed.told("COPIED")).toEqual([]);
    },
  },
  "copies[].leader": {
    shows: "whose orders are copied",
    copy: { leader: "rival" },
    proof: (changed, other) => {
      expect(changed.calls.map(({ body }) => body["quantity"])).toEqual([150]);
      expect(sizes(changed, "rivals")).toEqual([150]);
      expect(other.calls.length).toBeGreaterThan(1);
      expect(sizes(other, "rivals")).toEqual([]);
    },
  },
  "copies[].follower": {
    shows: "which account has the orders",
    proof: (changed, other, { follower }) => {
      expect(changed.calls.map(({ method, body }) => [method, body["quantity"], body["price"]])).toEqual(
        other.calls.map(({ method, body }) => [method, body["quantity"], body["price"]]),
      );
      expect(changed.orders.some(({ orderId }) => other.orders.some((row) => row.orderId === orderId))).toBe(false);
      expect(follower(IN_NO_COPY).calls).toEqual([]);
    },
  },
  "copies[].enabled": {
    shows: "whether anything is copied",
    copy: { enabled: false },
    proof: (changed, other) => {
      expect(changed.calls).toEqual([]);
      expect(other.calls.length).toBeGreaterThan(0);
    },
  },
  "copies[].sizing.mode": {
    shows: "a share of the leader's size, or always the same lots",
    copy: { sizing: { mode: "lots", lots: 3 } },
    alongside: ["copies[].sizing.ratio", "copies[].sizing.lots"],
    proof: (changed, other) => {
      expect([sizes(changed, "entry"), sizes(changed, "large")]).toEqual([[225], [225]]);
      expect([sizes(other, "entry"), sizes(other, "large")]).toEqual([[75], [300]]);
    },
  },
  "copies[].sizing.lots": {
    shows: "the lots of each entry",
    copy: { sizing: { mode: "lots", lots: 2 } },
    against: { copy: { sizing: { mode: "lots", lots: 1 } } },
    proof: (changed, other) => {
      expect(sizes(changed, "large")).toEqual([150]);
      expect(sizes(other, "large")).toEqual([75]);
    },
  },
  "copies[].sizing.ratio": {
    shows: "the share of the leader's size",
    copy: { sizing: { ...BY_RATIO, ratio: 1 } },
    proof: (changed, other) => {
      expect(sizes(changed, "entry")).toEqual([225]);
      expect(sizes(other, "entry")).toEqual([75]);
    },
  },
  "copies[].sizing.multiplier": {
    shows: "by how much the follower's funds count beside the leader's",
    copy: { sizing: { ...BY_CAPITAL, multiplier: 0.25 } },
    against: { copy: { sizing: BY_CAPITAL } },
    proof: aQuarter,
  },
  "copies[].sizing.maxRatio": {
    shows: "the ratio above which no funds lift an entry",
    copy: { sizing: { ...BY_CAPITAL, maxRatio: 0.25 } },
    against: { copy: { sizing: BY_CAPITAL } },
    proof: aQuarter,
  },
  "copies[].sizing.rounding": {
    shows: "which whole lot a share becomes",
    copy: { sizing: { ...BY_RATIO, rounding: "up" } },
    proof: (changed, other) => {
      expect(sizes(changed, "entry")).toEqual([150]);
      expect(sizes(other, "entry")).toEqual([75]);
    },
  },
  "copies[].sizing.minLots": {
    shows: "below what size an entry is refused",
    copy: { sizing: { ...BY_RATIO, minLots: 2 } },
    proof: isRefused("BELOW_MIN_LOTS"),
  },
  "copies[].sizing.maxLots": {
    shows: "the size to which an entry is cut",
    copy: { sizing: { ...BY_RATIO, maxLots: 2 } },
    proof: (changed, other) => {
      expect([sizes(changed, "entry"), sizes(changed, "large")]).toEqual([[75], [150]]);
      expect(sizes(other, "large")).toEqual([300]);
    },
  },
  "copies[].filter.kinds": {
    shows: "which kinds of instrument are copied",
    copy: { filter: { kinds: ["future"] } },
    proof: (changed, other) => {
      expect(sizes(changed, "future")).toEqual([65]);
      expect(changed.told("NOT_AN_OPTION", "entry").length).toBeGreaterThan(0);
      expect(sizes(other, "future")).toEqual([]);
      expect(other.told("NOT_AN_OPTION", "future")).toHaveLength(1);
    },
  },
  "copies[].filter.segments": {
    shows: "which segments are copied",
    copy: { filter: { ...KINDS, segments: ["BSE_FNO"] } },
    proof: isRefused("SEGMENT_FILTERED"),
  },
  "copies[].filter.products": {
    shows: "which products are copied",
    copy: { filter: { ...KINDS, products: ["MARGIN"] } },
    proof: isRefused("PRODUCT_FILTERED"),
  },
  "copies[].filter.sides": { shows: "which sides are copied", copy: { filter: { ...KINDS, sides: ["SELL"] } }, proof: isRefused("SIDE_FILTERED") },
  "copies[].filter.underlyings": {
    shows: "which underlyings are copied",
    copy: { filter: { ...KINDS, underlyings: ["BANKNIFTY"] } },
    proof: isRefused("UNDERLYING_FILTERED"),
  },
  "copies[].filter.window": {
    shows: "at which time of day entries are copied",
    copy: { filter: { ...KINDS, window: windowElsewhere() } },
    proof: isRefused("OUTSIDE_WINDOW"),
  },
  "copies[].maxAge": {
    shows: "how old an executed order of the leader's may be",
    copy: { maxAge: "1ms" },
    proof: (changed, other) => {
      expect(changed.callsFor("executed")).toEqual([]);
      expect(changed.told("STALE", "executed")).toHaveLength(1);
      expect(sizes(other, "executed")).toEqual([150]);
    },
  },
  "copies[].maxSlippage.percent": {
    shows: "how far from the leader's price an entry may be priced, in percent",
    copy: { maxSlippage: { percent: 4 }, onLeaderFilled: CHASE },
    against: { copy: { onLeaderFilled: CHASE } },
    proof: isChased(125.3, 122.9),
  },
  "copies[].maxSlippage.rupees": {
    shows: "how far from the leader's price an entry may be priced, in rupees",
    copy: { maxSlippage: { rupees: 3 }, onLeaderFilled: CHASE },
    against: { copy: { onLeaderFilled: CHASE } },
    proof: isChased(123.5, 122.9),
  },
  "copies[].onLeaderFilled.action": {
    shows: "what becomes of an order that rests when the leader's has filled",
    copy: { onLeaderFilled: { action: "cancel" } },
    proof: (changed, other) => {
      expect(changed.callsFor("late").map(({ method }) => method)).toEqual(["POST", "DELETE"]);
      expect(changed.told("MISSED", "late")).toMatchObject([{ level: "warning", alert: true }]);
      expect(other.callsFor("late").map(({ method }) => method)).toEqual(["POST"]);
    },
  },
  "copies[].onLeaderFilled.after": {
    shows: "how long it is left to rest",
    copy: { onLeaderFilled: { action: "cancel", after: "500ms" } },
    against: { copy: { onLeaderFilled: { action: "cancel" } } },
    proof: (changed, other) => {
      const [sooner, later] = [changed, other].map((follower) => follower.callsFor("late").find(({ method }) => method === "DELETE")?.arrivedAt);
      expect(sooner).toBeDefined();
      expect(later).toBeGreaterThan(sooner ?? Number.NaN);
    },
  },
  "copies[].onLeaderFilled.maxSlippage.percent": {
    shows: "how far an entry is chased, in percent",
    copy: { onLeaderFilled: { ...CHASE, maxSlippage: { percent: 3 } } },
    against: { copy: { onLeaderFilled: CHASE } },
    proof: isChased(124.1, 122.9),
  },
  "copies[].onLeaderFilled.maxSlippage.rupees": {
    shows: "how far an entry is chased, in rupees",
    copy: { onLeaderFilled: { ...CHASE, maxSlippage: { rupees: 4 } } },
    against: { copy: { onLeaderFilled: CHASE } },
    proof: isChased(124.5, 122.9),
  },
  "copies[].exitSlippage.percent": {
    shows: "how far from the market an exit is priced, in percent",
    copy: { exitSlippage: { percent: 20 } },
    proof: (changed, other) => {
      expect(repricing(changed)?.body).toMatchObject({ orderType: "LIMIT", price: 80 });
      expect(repricing(other)?.body).toMatchObject({ orderType: "LIMIT", price: 90 });
    },
  },
  "copies[].exitSlippage.rupees": {
    shows: "how far from the market an exit is priced, in rupees",
    copy: { exitSlippage: { rupees: 3 } },
    proof: (changed, other) => {
      expect(repricing(changed)?.body).toMatchObject({ orderType: "LIMIT", price: 97 });
      expect(repricing(other)?.body).toMatchObject({ orderType: "LIMIT", price: 90 });
    },
  },
  "copies[].stopMarket.as": {
    shows: "whether a stop-loss market order goes out as one",
    copy: { stopMarket: { as: "pass" } },
    proof: (changed, other) => {
      expect(placedStop(changed)).toMatchObject({ orderType: "STOP_LOSS_MARKET", triggerPrice: 100 });
      expect(placedStop(other)).toMatchObject({ orderType: "STOP_LOSS", triggerPrice: 100, price: 90 });
    },
  },
  "copies[].stopMarket.buffer.options": {
    shows: "the limit beyond the trigger, for an option",
    copy: { stopMarket: { buffer: { options: 5 } } },
    proof: (changed, other) => {
      expect(placedStop(changed)).toMatchObject({ price: 95 });
      expect(placedStop(other)).toMatchObject({ price: 90 });
    },
  },
  "copies[].stopMarket.buffer.others": {
    shows: "the limit beyond the trigger, for everything else",
    copy: { stopMarket: { buffer: { others: 2 } } },
    proof: (changed, other) => {
      expect(placements(changed, "stock")[0]?.body).toMatchObject({ orderType: "STOP_LOSS", price: 1_020 });
      expect(placements(other, "stock")[0]?.body).toMatchObject({ orderType: "STOP_LOSS", price: 1_010 });
    },
  },
  "copies[].stopMarket.after": {
    shows: "when a triggered exit stop is re-priced",
    copy: { stopMarket: { after: "3500ms" } },
    proof: (changed, other, { triggeredAt }) => {
      expect((repricing(changed)?.arrivedAt ?? 0) - triggeredAt).toBeGreaterThanOrEqual(3_500 - NOTED_LATE_MS);
      expect((repricing(other)?.arrivedAt ?? 0) - triggeredAt).toBeGreaterThanOrEqual(2_000 - NOTED_LATE_MS);
      expect((repricing(changed)?.arrivedAt ?? 0) - (repricing(other)?.arrivedAt ?? 0)).toBeGreaterThan(500);
    },
  },
  "copies[].amoTime": {
    shows: "when an after-market order goes to the exchange",
    copy: { amoTime: "PRE_OPEN" },
    proof: (changed, other) => {
      expect(placements(changed, "afterMarket")[0]?.body).toMatchObject({ afterMarketOrder: true, amoTime: "PRE_OPEN" });
      expect(placements(other, "afterMarket")[0]?.body).toMatchObject({ afterMarketOrder: true, amoTime: "OPEN" });
    },
  },
  "copies[].slippage.percent": {
    shows: "how much worse a price must be for an alert",
    copy: { slippage: { after: "1h", percent: 0.5 } },
    proof: (changed, other) => {
      expect(changed.told("SLIPPAGE", "dear")).toMatchObject([{ level: "warning", alert: true }]);
      expect(other.told("SLIPPAGE", "dear")).toEqual([]);
      expect(other.told("FILLED", "dear")).toHaveLength(1);
    },
  },
  "copies[].slippage.after": {
    shows: "how late a fill must be for an alert",
    copy: { slippage: { after: "200ms" } },
    proof: (changed, other) => {
      expect(changed.told("FOLLOWER_LATE", "late")).toMatchObject([{ level: "warning", alert: true }]);
      expect(other.told("FOLLOWER_LATE")).toEqual([]);
    },
  },
  "copies[].orphan": {
    shows: "what becomes of fills of a copy whose leader's order was cancelled without one",
    copy: { orphan: "exit" },
    proof: (changed, other) => {
      expect(placements(changed, "orphan").map(({ body }) => [body["transactionType"], body["quantity"]])).toEqual([
        ["BUY", 150],
        ["SELL", 150],
      ]);
      expect(sizes(other, "orphan")).toEqual([150]);
      expect(other.told("ORPHAN", "orphan")).toMatchObject([{ level: "warning", alert: true }]);
    },
  },
  "copies[].squareOff": {
    shows: "what is to become of a position that the leader's broker squared off and the follower's does not",
    copy: { squareOff: "exit" },
    proof: (changed, other) => {
      // It would take five minutes; tests/world/families.test.ts goes through them.
      expect(changed.told("SQUARE_OFF_AWAITED", "squareOff")).toMatchObject([{ message: expect.stringMatching(/after 5 minutes is exited/) }]);
      expect(other.told("SQUARE_OFF_AWAITED", "squareOff")).toMatchObject([{ message: expect.stringMatching(/after 5 minutes is reported/) }]);
      expect(sizes(changed, "squareOff")).toEqual([150]);
    },
  },
  "copies[].basket.window": {
    shows: "which entries are legs of one another, so that one that is missing beside others is told",
    copy: { sizing: { ...BY_RATIO, minLots: 2 }, basket: { window: "1h" } },
    against: { copy: { sizing: { ...BY_RATIO, minLots: 2 }, basket: { window: "0s" } } },
    proof: (changed, other) => {
      expect(changed.told("UNHEDGED", "entry")[0]).toMatchObject({ level: "critical", alert: true });
      expect(other.told("BELOW_MIN_LOTS", "entry")).toHaveLength(1);
      expect(other.told("UNHEDGED")).toEqual([]);
    },
  },
  "copies[].modificationCap": {
    shows: "what becomes of an order that may not be changed again",
    account: { rateLimits: { modificationsPerOrder: 1 } },
    copy: { modificationCap: "refuse" },
    against: { account: { rateLimits: { modificationsPerOrder: 1 } } },
    proof: (changed, other) => {
      expect(changed.callsFor("entry").map(({ method }) => method)).toEqual(["POST", "PUT"]);
      expect(changed.told("MODIFICATION_CAP", "entry")).toHaveLength(1);
      expect(other.callsFor("entry").map(({ method }) => method)).toEqual(["POST", "PUT", "DELETE", "POST"]);
    },
  },
  "copies[].lateJoin": {
    shows: "whether orders that rested before the start are copied",
    copy: { lateJoin: "ignore" },
    proof: (changed, other) => {
      expect(changed.callsFor("resting")).toEqual([]);
      expect(changed.told("LATE_JOIN_IGNORED", "resting")).toHaveLength(1);
      expect(sizes(other, "resting")).toEqual([150]);
    },
  },
};
