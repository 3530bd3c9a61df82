/** The turn of the trading day (R24): books hold one day, so what they do not show any more is no evidence of anything. */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { DERIVATIVES } from "./market-hours.ts";
import { nextMorning } from "./overnight.ts";
import { CALL, FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

const AFTERNOON = "2026-11-19 15:20:00";
/** The owner of the follower's account buys it by himself. */
const PUT = "37810";
/** A night of polls passes in a second, on a quiet machine. */
const OVER_A_NIGHT = { timeout: 60_000 };

test("R24 an order that rested over the close is over the next day, at both: nothing is sent for it", OVER_A_NIGHT, async () => {
  const w = await world({ start: AFTERNOON });
  w.leader({ quantity: 150 });
  await w.time.pass(1_000);
  await nextMorning(w);
  // His expiry at the close withdraws the copy, whose own comes a moment later; after that nothing.
  expect(w.methods()).toBe("POST DELETE");
  expect(w.records().filter(({ type }) => type === "day-turned")).toHaveLength(1);
});

test(
  "R24 what one reading just after midnight still shows of the day before is in the positions, and is not held twice (seed 95022)",
  OVER_A_NIGHT,
  async () => {
    const { w, entry } = await entered();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    await w.time.pass(10 * 60_000);
    w.admin("session", { state: "closed" });
    await w.time.pass(Date.parse("2026-11-20T00:00:00+05:30") - w.time.now());
    // Between the two readings of the orders, for which the positions are read.
    w.admin("fault", { on: "request", call: "positions", when: "before", clientId: FOLLOWER, effect: { kind: "delay", ms: 500 } });
    await w.time.pass(2_400);
    w.admin("session", { state: "next-day" });
    w.admin("repair", {});
    await w.time.pass(60_000);
    const read = w.records().flatMap((record) => (record.type === "follower-positions-read" ? [record.positions.map(({ net }) => net)] : []));
    expect(read.at(-1)).toEqual([75]);
  },
);

test.each([
  { title: "", enters: "SELL", exits: "BUY", byHand: 0 },
  { title: ", and what he has sold by hand besides is", enters: "BUY", exits: "SELL", byHand: 75 },
])(
  "R11 R15 with the journal lost, what another leader's copy had of the day before, and has sold, is nothing that the owner traded against this one (seed 102059)$title",
  OVER_A_NIGHT,
  async ({ enters, exits, byHand }) => {
    const other = "1000000003";
    const w = await world({ start: AFTERNOON, copies: [policyOf("one"), policyOf("two", { leader: other })] });
    const trades = async (clientId: string, transactionType: string, quantity = 300): Promise<void> => {
      const order = w.admin("place", { clientId, transactionType, ...CALL, productType: "MARGIN", quantity, price: 120.5 });
      await w.time.pass(1_000);
      w.admin("fill", { clientId, orderId: order["orderId"] });
      fillFollower(w);
      await w.time.pass(3_000);
    };
    await trades(other, "BUY");
    await nextMorning(w);
    w.renewToken(other);
    await w.time.pass(20_000);
    await trades(LEADER, enters);
    await trades(other, "SELL");
    expect(w.net(FOLLOWER)).toBe(enters === "SELL" ? -150 : 150);
    if (byHand > 0) await trades(FOLLOWER, "SELL", byHand);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(20_000);
    await trades(LEADER, exits);
    expect(w.net(FOLLOWER)).toBe(0);
  },
);

describe("the process is down over the close, and its journal ends in the middle of the day", () => {
  test("R24 yesterday's orders that it never saw end are over: nothing is placed, changed or cancelled for them", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON });
    w.leader({ quantity: 150 });
    w.admin("token", { clientId: FOLLOWER });
    await w.time.pass(1_000);
    w.leader({ quantity: 300, price: 100 });
    await w.time.pass(1_000);
    const sent = w.calls().length;
    await w.crash();
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    expect(w.calls()).toHaveLength(sent);
    expect(w.orders(FOLLOWER)).toEqual([]);
  });

  test(
    "R20 R24 what the leader had filled of one that never left is as old as that fill, and not as the new day: it is not entered (seed 64137)",
    OVER_A_NIGHT,
    async () => {
      const w = await world({ start: AFTERNOON });
      await w.crash();
      w.admin("fill", { clientId: LEADER, orderId: w.leader({ quantity: 300 }), quantity: 150 });
      await w.startEngine();
      await w.time.pass(1_000);
      await w.crash();
      expect(w.records().some(({ type }) => type === "mirror-opened")).toBe(true);
      await nextMorning(w);
      await w.startEngine();
      await w.time.pass(60_000);
      expect(w.orders(FOLLOWER)).toEqual([]);
      expect(w.verdicts()).toContain("STALE");
    },
  );

  test("R24 a placement in doubt from yesterday is not sent again although today's book lacks it, and a person is told", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON });
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.leader({ quantity: 150 });
    await w.time.pass(1_000);
    await w.crash();
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER)).toEqual([]);
    expect(w.verdicts()).toContain("OUTCOME_UNKNOWN");
  });

  test("R24 an exit in doubt from yesterday that was filled is seen in the positions: it is not sold twice", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(2_000);
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 9, effect: { kind: "drop" } });
    const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
    await w.time.pass(100);
    await w.crash();
    w.admin("fill", { clientId: LEADER, orderId: exit });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(120_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.orders(FOLLOWER)).toEqual([]);
  });
});

const CARRIED = "CARRIED_UNEXPLAINED";

function saidOf(w: World): readonly string[] {
  return w.notes.flatMap(({ code, message }) => (code === CARRIED ? [message] : []));
}

/** What rests at the follower, of which so many units are filled; all of it, unless told otherwise. */
function fillFollower(w: World, quantity?: number): void {
  const part = quantity === undefined ? {} : { quantity };
  for (const { orderId, orderStatus } of w.orders(FOLLOWER))
    if (orderStatus === "PENDING" || orderStatus === "PART_TRADED") w.admin("fill", { clientId: FOLLOWER, orderId, ...part });
}

/** In the afternoon the leader has entered, and been copied; both orders rest. */
async function entered(): Promise<{ readonly w: World; readonly entry: string }> {
  const w = await world({ start: AFTERNOON });
  const entry = w.leader({ quantity: 150, productType: "MARGIN" });
  await w.time.pass(1_000);
  return { w, entry };
}

/** All that rests is filled while the process is down; it starts the next morning. */
async function filledOverNight(w: World, entry: string): Promise<void> {
  await w.crash();
  w.admin("fill", { clientId: LEADER, orderId: entry });
  fillFollower(w);
  await nextMorning(w);
  await w.startEngine();
  await w.time.pass(60_000);
}

/** The broker cannot tell what was traded on earlier days. */
function withoutHistory(w: World): void {
  w.admin("fault", { on: "request", call: "trade-history", clientId: FOLLOWER, effect: { kind: "answer", status: 500 } });
}

describe("R24 what a copy's order filled on an earlier day with nobody to hear it is settled from the trade history, before the day turns", () => {
  function historyAsked(w: World): number {
    return w.simulator.log.entries().filter(({ path }) => path.startsWith("/v2/trades/2026")).length;
  }

  /** The leader gets out. */
  async function out(w: World): Promise<void> {
    w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
    await w.time.pass(5_000);
  }

  test.each(["MARGIN", "MTF"])("an entry in %s: it is the copy's, and the leader's exit takes it", OVER_A_NIGHT, async (productType) => {
    const w = await world({ start: AFTERNOON });
    const entry = w.leader({ quantity: 150, productType });
    await w.time.pass(1_000);
    await filledOverNight(w, entry);
    expect([saidOf(w), w.verdicts()]).toEqual([[], ["COPIED", "FILLED"]]);
    w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType });
    await w.time.pass(5_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 75, orderStatus: "PENDING" }]);
    fillFollower(w);
    await w.time.pass(5_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.notes.map(({ code }) => code)).not.toContain("TRADES_DISAGREE");
  });

  test("an entry of which a part was heard, and a part never filled: the exit takes what there is", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON });
    const entry = w.leader({ quantity: 450, productType: "MARGIN" });
    await w.time.pass(1_000);
    // The first part is told by a book, and its trade by the trade book.
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "drop" } });
    fillFollower(w, 75);
    await w.time.pass(40_000);
    await w.crash();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w, 75);
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(180_000);
    // Each trade is on record once, and the trade book of the new day is not asked for any.
    const trades = w.records().flatMap((record) => (record.type === "follower-trades-read" ? record.trades : []));
    expect(trades.map(({ quantity }) => quantity)).toEqual([75, 75]);
    w.leader({ transactionType: "SELL", quantity: 450, price: 110, productType: "MARGIN" });
    await w.time.pass(5_000);
    expect(w.net(FOLLOWER)).toBe(150);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 150 }]);
    expect([saidOf(w), w.notes.map(({ code }) => code).includes("TRADES_DISAGREE")]).toEqual([[], false]);
  });

  test("an exit: nothing is sold again, and nothing of it is told as the owner's", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    await w.time.pass(2_000);
    const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
    await w.time.pass(1_000);
    await filledOverNight(w, exit);
    expect([w.net(FOLLOWER), w.orders(FOLLOWER), saidOf(w)]).toEqual([0, [], []]);
    // What he buys next is the copy's alone.
    const again = w.leader({ quantity: 150, productType: "MARGIN" });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: again });
    fillFollower(w);
    await w.time.pass(2_000);
    await out(w);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 75 });
  });

  test("R16 two exits beside one another that both filled: what is too much is closed in the morning, and no more", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    await w.time.pass(2_000);
    w.leader({ transactionType: "SELL", quantity: 150, price: 140, productType: "MARGIN" });
    const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 130, productType: "MARGIN" });
    await w.time.pass(1_000);
    await filledOverNight(w, exit);
    expect(w.net(FOLLOWER)).toBe(-75);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "BUY", quantity: 75 }]);
    fillFollower(w);
    await w.time.pass(10_000);
    expect([w.net(FOLLOWER), w.orders(FOLLOWER).length]).toEqual([0, 1]);
  });

  test.each([
    ["of both", ["leader", "follower"], []],
    ["of the copy, with the leader's told before", ["follower"], ["leader"]],
    ["of the leader's, with the copy's told before", ["leader"], ["follower"]],
  ] as const)("the fills %s: their prices are told in the morning, once", OVER_A_NIGHT, async (_of, unheard, heard) => {
    const { w, entry } = await entered();
    const fills = { leader: () => w.admin("fill", { clientId: LEADER, orderId: entry, price: 121 }), follower: () => fillFollower(w) };
    for (const one of heard) fills[one]();
    await w.time.pass(2_000);
    await w.crash();
    for (const one of unheard) fills[one]();
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    await w.crash();
    await w.startEngine();
    await w.time.pass(60_000);
    const filled = w.records().flatMap((one) => (one.type === "verdict-given" && one.verdict.code === "FILLED" ? [one.verdict.sentence] : []));
    expect(filled).toEqual([expect.stringMatching(/^leader 150 at 121.00, follower 75 at /)]);
    await out(w);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 75 }]);
  });

  test("an account whose token is dead delays nobody: it is not asked again and again", OVER_A_NIGHT, async () => {
    const { w } = await entered();
    await w.crash();
    fillFollower(w);
    await nextMorning(w);
    w.admin("token", { clientId: FOLLOWER });
    const asked = historyAsked(w);
    await w.startEngine();
    await w.time.pass(500);
    expect(w.notes.map(({ code }) => code)).toContain("HISTORY_UNREADABLE");
    expect(w.records().filter(({ type }) => type === "day-turned")).toHaveLength(1);
    expect(historyAsked(w) - asked).toBeLessThanOrEqual(3);
  });

  test("the leader's exit, and not its copy: the copy gets out in the morning", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    await w.time.pass(2_000);
    const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
    await w.time.pass(1_000);
    await w.crash();
    w.admin("fill", { clientId: LEADER, orderId: exit });
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 75 }]);
  });

  test(
    "the leader's exit and its copy, of which the history cannot be read: what the owner holds by himself is not sold in its place",
    OVER_A_NIGHT,
    async () => {
      const w = await world({ start: AFTERNOON });
      withoutHistory(w);
      const byHand = { clientId: FOLLOWER, transactionType: "BUY", ...CALL, productType: "MARGIN", quantity: 75, price: 100 };
      w.admin("fill", { clientId: FOLLOWER, orderId: w.admin("place", byHand)["orderId"] });
      const entry = w.leader({ quantity: 150, productType: "MARGIN" });
      await w.time.pass(1_000);
      w.admin("fill", { clientId: LEADER, orderId: entry });
      fillFollower(w);
      await w.time.pass(2_000);
      const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
      await w.time.pass(1_000);
      await filledOverNight(w, exit);
      expect([w.net(FOLLOWER), w.orders(FOLLOWER)]).toEqual([75, []]);
    },
  );

  test("the copy and not the leader's entry: it is an orphan", OVER_A_NIGHT, async () => {
    const { w } = await entered();
    await w.crash();
    fillFollower(w);
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    expect([saidOf(w), w.verdicts()]).toEqual([[], ["COPIED", "ORPHAN"]]);
  });

  test("what the owner has sold of it by hand since is not sold again", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    await w.crash();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    const byHand = { clientId: FOLLOWER, transactionType: "SELL", ...CALL, productType: "MARGIN", quantity: 75, price: 100 };
    w.admin("fill", { clientId: FOLLOWER, orderId: w.admin("place", byHand)["orderId"] });
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    await out(w);
    expect([w.net(FOLLOWER), w.orders(FOLLOWER)]).toEqual([0, []]);
  });

  test("an answered placement of which no frame or book has told", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 9, effect: { kind: "drop" } });
    const entry = w.leader({ quantity: 150, productType: "MARGIN" });
    await w.time.pass(100);
    await filledOverNight(w, entry);
    await out(w);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 75 }]);
  });

  test.each([
    ["before the books are read", 2],
    ["after the first decision", 60_000],
  ])("the process dies again %s: nothing is counted twice", OVER_A_NIGHT, async (_when, afterMs) => {
    const { w, entry } = await entered();
    await w.crash();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    await nextMorning(w);
    const started = w.startEngine();
    await w.time.pass(afterMs);
    await started;
    await w.crash();
    await w.startEngine();
    await w.time.pass(60_000);
    await out(w);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 75 }]);
    expect(saidOf(w)).toEqual([]);
  });

  test("the history fails for a moment, and is asked again", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON });
    w.admin("fault", { on: "request", call: "trade-history", times: 3, effect: { kind: "answer", status: 500 } });
    const entry = w.leader({ quantity: 150, productType: "MARGIN" });
    await w.time.pass(1_000);
    await filledOverNight(w, entry);
    expect(saidOf(w)).toEqual([]);
    await out(w);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 75 }]);
  });

  test("a copier that runs over midnight asks where it has not been told, before the day turns", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    w.admin("fault", { on: "request", call: "orders", clientId: FOLLOWER, effect: { kind: "answer", status: 500 } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, effect: { kind: "drop" } });
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    await nextMorning(w);
    w.admin("repair", {});
    await w.time.pass(60_000);
    expect(saidOf(w)).toEqual([]);
    await out(w);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 75 }]);
  });

  test("INTRADAY is not held over a night, and is not asked for", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON });
    const entry = w.leader({ quantity: 150, productType: "INTRADAY" });
    await w.time.pass(1_000);
    await filledOverNight(w, entry);
    expect(historyAsked(w)).toBe(0);
  });

  test("nobody asks where all was told", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    await w.time.pass(2_000);
    await w.crash();
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    expect(historyAsked(w)).toBe(0);
  });
});

describe("R24 units that a copy's order bought on an earlier day, and that no history tells of, count as the owner's, and a person is told in the morning", () => {
  test("the entry was in doubt when the process went down", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON });
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 9, effect: { kind: "drop" } });
    const entry = w.leader({ quantity: 150, productType: "MARGIN" });
    await w.time.pass(100);
    await filledOverNight(w, entry);
    expect(w.net(FOLLOWER)).toBe(75);
    expect(w.verdicts()).toContain("OUTCOME_UNKNOWN");
    expect(saidOf(w)).toEqual([expect.stringMatching(/has 75 units of NIFTY .* in MARGIN; its copies know of 0, and 0 are known as the owner's/)]);
  });

  test(
    "it was known, and rested, and the history cannot be read; once, also over a second start, and the leader's exit does not take them",
    OVER_A_NIGHT,
    async () => {
      const w = await world({ start: AFTERNOON });
      withoutHistory(w);
      const entry = w.leader({ quantity: 150, productType: "MARGIN" });
      await w.time.pass(1_000);
      await filledOverNight(w, entry);
      await w.crash();
      await w.startEngine();
      w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
      await w.time.pass(60_000);
      expect(w.orders(FOLLOWER)).toEqual([]);
      expect(w.verdicts()).toContain("NOTHING_TO_EXIT");
      expect(saidOf(w)).toHaveLength(1);
      expect(w.notes.filter(({ code }) => code === "HISTORY_UNREADABLE")).toHaveLength(1);
    },
  );

  test("the process lives, and the account's token is dead from before the fill to the morning", OVER_A_NIGHT, async () => {
    const { w } = await entered();
    w.admin("token", { clientId: FOLLOWER });
    await w.time.pass(1_000);
    fillFollower(w);
    await nextMorning(w);
    await w.time.pass(60_000);
    expect(saidOf(w)).toHaveLength(1);
  });

  test("the journal has lost the second of two entries: what the copy knows of is said as well", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON });
    const first = w.leader({ quantity: 150, productType: "MARGIN" });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: first });
    fillFollower(w);
    await w.time.pass(2_000);
    const heard = w.records().length;
    const second = w.leader({ quantity: 300, productType: "MARGIN" });
    await w.time.pass(1_000);
    await w.crash();
    w.disk.cutAfter(heard, w.time.now());
    await filledOverNight(w, second);
    expect(w.net(FOLLOWER)).toBe(225);
    expect(saidOf(w)).toEqual([expect.stringMatching(/has 225 units .* know of 75, and 0 are/)]);
  });

  test("of what the copy knows nothing is said, nor of what the owner bought by himself where no copy's end was unheard", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    await w.time.pass(2_000);
    const rests = w.leader({ quantity: 150, productType: "MARGIN", price: 90 });
    await w.time.pass(1_000);
    await w.crash();
    for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("cancel", { clientId: FOLLOWER, orderId });
    w.admin("cancel", { clientId: LEADER, orderId: rests });
    const byHand = { clientId: FOLLOWER, transactionType: "BUY", ...CALL, securityId: PUT, productType: "MARGIN", quantity: 75, price: 100 };
    w.admin("fill", { clientId: FOLLOWER, orderId: w.admin("place", byHand)["orderId"] });
    await nextMorning(w);
    await w.startEngine();
    await w.time.pass(60_000);
    expect([w.net(FOLLOWER), w.net(FOLLOWER, { securityId: PUT })]).toEqual([75, 75]);
    expect(saidOf(w)).toEqual([]);
  });

  test("nor where a book that still shows the old day at night has told of the fill: it is the copy's", OVER_A_NIGHT, async () => {
    const { w, entry } = await entered();
    await w.crash();
    w.admin("fill", { clientId: LEADER, orderId: entry });
    fillFollower(w);
    w.admin("session", { state: "closed" });
    await w.time.pass(8 * 3_600_000 + 40 * 60_000 + 10_000);
    await w.startEngine();
    await w.time.pass(60_000);
    expect(w.records().some(({ type }) => type === "day-turned")).toBe(true);
    expect(saidOf(w)).toEqual([]);
  });
});

test("R24 after-market orders of the evening are for the session to come: they stay, and their cancel is mirrored", OVER_A_NIGHT, async () => {
  const w = await world({ start: "2026-11-19 18:00:00" });
  const order = w.leader({ quantity: 150, afterMarketOrder: true });
  await w.time.pass(1_000);
  expect(w.methods()).toBe("POST");
  await w.time.pass(8 * 3_600_000);
  w.admin("cancel", { clientId: LEADER, orderId: order });
  await w.time.pass(2_000);
  expect(w.methods()).toBe("POST DELETE");
});

describe("after-market orders of the evening that could not be sent by midnight", () => {
  async function evening(): Promise<{ readonly w: World; readonly withdrawn: string }> {
    const w = await world({ start: "2026-11-19 18:00:00" });
    w.admin("token", { clientId: FOLLOWER });
    const [withdrawn = ""] = [110, 111].map((price) => w.leader({ quantity: 150, price, afterMarketOrder: true }));
    await w.time.pass(2_000);
    return { w, withdrawn };
  }

  async function midnight(w: World): Promise<void> {
    await w.time.pass(6 * 3_600_000);
    w.admin("session", { state: "next-day" });
    await w.time.pass(60_000);
    for (const id of [LEADER, FOLLOWER]) w.renewToken(id);
  }

  test(
    "R24 what he withdrew while the process was down, of which no book of the new day tells, is not sent: what his book shows is",
    OVER_A_NIGHT,
    async () => {
      const { w, withdrawn } = await evening();
      await w.crash();
      w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
      await midnight(w);
      await w.startEngine();
      await w.time.pass(60_000);
      expect(w.orders(FOLLOWER).map(({ price, afterMarketOrder }) => [price, afterMarketOrder])).toEqual([[111, true]]);
      expect(w.verdicts()).toContain("ENTRY_WAITS");
    },
  );

  test("R24 a process that lives sends them when it can, as soon as his book has told of them again in the words of yesterday", OVER_A_NIGHT, async () => {
    const { w } = await evening();
    await midnight(w);
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual([110, 111]);
  });
});

test("R24 what was copied is kept over the night, and its exit follows the next day", OVER_A_NIGHT, async () => {
  const { w, entry } = await entered();
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
  await nextMorning(w);
  w.leader({ transactionType: "SELL", quantity: 150, price: 110, productType: "MARGIN" });
  await w.time.pass(2_000);
  expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "SELL", quantity: 75 }]);
  expect(w.net(FOLLOWER, CALL)).toBe(75);
});

describe("R24 what is made between midnight and the first record of the new day is of the new day", () => {
  const AFTER_MIDNIGHT = { start: "2026-11-19 23:59:59" };

  test("a leader's order is open still, and his cancel is mirrored", async () => {
    const w = await world(AFTER_MIDNIGHT);
    await w.time.pass(1_500);
    const order = w.leader({ quantity: 150 });
    await w.time.pass(10_000);
    expect(w.records().filter(({ type }) => type === "day-turned")).toHaveLength(1);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST DELETE");
  });

  test("an exit that the broker has taken and not shown yet goes once (seed 10321)", async () => {
    const w = await world({ start: "2026-11-19 23:59:55" });
    const entry = w.leader({ quantity: 150, productType: "MARGIN" });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(5_500);
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 9, effect: { kind: "drop" } });
    const exit = w.leader({ transactionType: "SELL", quantity: 150, productType: "MARGIN" });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER).filter(({ transactionType }) => transactionType === "SELL")).toMatchObject([{ quantity: 75 }]);
  });
});

describe("R24 an after-market order ends in the evening while the process is down, and no book of the new day tells of it", () => {
  /** The process is down from the evening to shortly before the open. */
  async function night(w: World): Promise<void> {
    await w.time.pass(7 * 3_600_000);
    w.admin("session", { state: "next-day" });
    for (const id of [LEADER, FOLLOWER]) w.renewToken(id);
    await w.time.pass(8 * 3_600_000);
    await w.startEngine();
    await w.time.pass(10 * 60_000);
  }

  test("the leader's: what rests of its copy is cancelled once the market is open", OVER_A_NIGHT, async () => {
    const w = await world({ start: "2026-11-19 18:00:00", calendar: DERIVATIVES });
    const order = w.leader({ quantity: 150, afterMarketOrder: true });
    await w.time.pass(1_000);
    await w.crash();
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await night(w);
    expect(w.methods()).toBe("POST");
    await w.time.pass(5 * 60_000);
    w.admin("session", { state: "open" });
    await w.time.pass(30_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
  });

  test("the follower's exit: the leader's way out does not wait for it (seed 10190)", OVER_A_NIGHT, async () => {
    const w = await world({ start: AFTERNOON, calendar: DERIVATIVES });
    const entry = w.leader({ quantity: 150, productType: "MARGIN" });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(2_000);
    w.admin("session", { state: "closed" });
    await w.time.pass(3 * 3_600_000);
    w.leader({ transactionType: "SELL", quantity: 150, price: 140, productType: "MARGIN", afterMarketOrder: true });
    await w.time.pass(1_000);
    await w.crash();
    w.admin("cancel", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
    await night(w);
    await w.time.pass(5 * 60_000);
    w.admin("session", { state: "open" });
    await w.time.pass(30_000);
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150, productType: "MARGIN" });
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING")).toMatchObject([{ transactionType: "SELL", quantity: 75 }]);
    expect(w.orders(FOLLOWER).at(-1)?.price).toBeLessThan(120);
    expect(w.verdicts()).not.toContain("EXIT_WAITS");
  });
});
