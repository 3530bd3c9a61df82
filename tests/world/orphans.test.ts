/** What the follower has filled too much of an order that the leader ended (R18): said and kept, or exited as well. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import type { VerdictCode } from "../../src/domain/verdict.ts";
import { nextMorning } from "./overnight.ts";
import { isOpen, leaderGoesFlat, run, session, shareOf } from "./session.ts";
import { type BookRow, CALL, FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

const EXIT = { copies: [policyOf("copy", { orphan: "exit" })] };
const LATER_MS = 5_000; // lookupGrace

/** The leader holds 300, the follower 150. */
async function bothHold(w: World): Promise<void> {
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order });
  fill(w, "BUY");
  await w.time.pass(1_000);
}

/** The leader's order for 300 is cancelled with `leaders` filled, of the follower's 150 `followers` are. */
async function orphaned(w: World, { leaders = 0, followers = 75 } = {}): Promise<string> {
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  if (leaders > 0) w.admin("fill", { clientId: LEADER, orderId: order, quantity: leaders });
  fill(w, "BUY", followers);
  await w.time.pass(1_000);
  w.admin("cancel", { clientId: LEADER, orderId: order });
  await w.time.pass(1_000);
  return order;
}

function resting(w: World, side: "BUY" | "SELL"): readonly BookRow[] {
  return w.orders(FOLLOWER).filter((row) => isOpen(row) && row.transactionType === side);
}

/** The exchange fills so much of the follower's one order of this side that rests; all of it unless told otherwise. */
function fill(w: World, side: "BUY" | "SELL", quantity?: number): void {
  const [row, ...others] = resting(w, side);
  if (row === undefined || others.length > 0) throw new Error(`${resting(w, side).length} orders to ${side} rest`);
  w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId, ...(quantity === undefined ? {} : { quantity }) });
}

function sales(w: World): readonly unknown[] {
  return w.calls().flatMap(({ method, body }) => (method === "POST" && body["transactionType"] === "SELL" ? [[body["orderType"], body["quantity"]]] : []));
}

function sentences(w: World, code: VerdictCode): readonly string[] {
  return w.records().flatMap((record) => (record.type === "verdict-given" && record.verdict.code === code ? [record.verdict.sentence] : []));
}

test("R14 an order of our own that rests longer than slippage.after is told once, critical, and stays", async () => {
  const w = await world(EXIT);
  await orphaned(w);
  await w.time.pass(LATER_MS + 4_000);
  expect(sentences(w, "EXIT_RESTS")).toEqual([]);
  await w.time.pass(60_000);
  expect(sentences(w, "EXIT_RESTS")).toEqual([expect.stringContaining("75 units")]);
  expect(resting(w, "SELL")).toHaveLength(1);
});

test("S17 orphan: exit sells what is too much, once, a grace after the leader's end, at the market", async () => {
  const w = await world(EXIT);
  await orphaned(w);
  expect(sales(w)).toEqual([]);
  await w.time.pass(LATER_MS);
  expect(sales(w)).toEqual([["MARKET", 75]]);
  fill(w, "SELL");
  await w.time.pass(60_000);
  expect(w.net(FOLLOWER)).toBe(0);
  expect(sales(w)).toHaveLength(1);
  expect(w.verdicts()).toEqual(["COPIED", "ORPHAN", "COPIED", "ENDED"]);
  expect(sentences(w, "ORPHAN")).toEqual(["the follower has 75 units, the leader's fills give 0: 75 units are exited"]);
});

test("of a leader's order with fills only the excess goes", async () => {
  const w = await world(EXIT);
  await orphaned(w, { leaders: 150, followers: 150 });
  await w.time.pass(LATER_MS);
  expect(sales(w)).toEqual([["MARKET", 75]]);
  fill(w, "SELL");
  await w.time.pass(60_000);
  expect(w.net(FOLLOWER)).toBe(75);
});

test("a late fill of the leader's within the grace makes it none", async () => {
  const w = await world(EXIT);
  const order = await orphaned(w);
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 150, late: true });
  await w.time.pass(60_000);
  expect(sales(w)).toEqual([]);
  expect(w.net(FOLLOWER)).toBe(75);
});

test("a late fill of the follower's is another cause, and sold as well; what he holds besides stays", async () => {
  const w = await world(EXIT);
  await bothHold(w);
  await orphaned(w);
  await w.time.pass(LATER_MS);
  fill(w, "SELL");
  await w.time.pass(5_000);
  const entry = w.orders(FOLLOWER).find((row) => row.orderStatus === "CANCELLED");
  w.admin("fill", { clientId: FOLLOWER, orderId: entry?.orderId, quantity: 75, late: true });
  await w.time.pass(60_000);
  expect(sales(w)).toEqual([
    ["MARKET", 75],
    ["MARKET", 75],
  ]);
  fill(w, "SELL");
  await w.time.pass(60_000);
  expect(w.net(FOLLOWER)).toBe(150);
});

test("R16 a stop that rests for the whole position gives room first; the two can never sell the same units", async () => {
  const w = await world(EXIT);
  await bothHold(w);
  w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 89, triggerPrice: 90 });
  await w.time.pass(1_000);
  await orphaned(w);
  expect(resting(w, "SELL")).toMatchObject([{ orderType: "STOP_LOSS", quantity: 225 }]);
  for (let step = 0; step < 400; step += 1) {
    await w.time.pass(50);
    const sum = resting(w, "SELL").reduce((units, row) => units + row.quantity - row.filledQty, 0);
    expect(sum).toBeLessThanOrEqual(w.net(FOLLOWER));
  }
  expect(resting(w, "SELL")).toMatchObject([
    { orderType: "STOP_LOSS", quantity: 150 },
    { orderType: "LIMIT", quantity: 75 }, // a market order, protected by the broker
  ]);
  w.admin("fill", { clientId: FOLLOWER, orderId: resting(w, "SELL")[1]?.orderId });
  await w.time.pass(30_000);
  expect(w.net(FOLLOWER)).toBe(150);
  expect(resting(w, "SELL")).toMatchObject([{ orderType: "STOP_LOSS", quantity: 150 }]);
});

test("R14 the leader's way out while it is on its way is shared: nothing is sold twice, and nothing is left", async () => {
  const w = await world(EXIT);
  await orphaned(w, { leaders: 150, followers: 150 });
  await w.time.pass(LATER_MS);
  expect(sales(w)).toEqual([["MARKET", 75]]);
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
  await w.time.pass(1_000);
  expect(resting(w, "SELL").reduce((units, row) => units + row.quantity, 0)).toBe(150);
  for (const row of resting(w, "SELL")) w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId, price: 120 });
  await w.time.pass(60_000);
  expect([w.net(FOLLOWER), resting(w, "SELL")]).toEqual([0, []]);
});

test("R15 what the owner has sold by hand is not sold again, and what is bought later is no substitute for it", async () => {
  const w = await world(EXIT);
  await orphaned(w);
  const own = w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", exchangeSegment: "NSE_FNO", securityId: "37806", quantity: 75, price: 119 });
  await w.time.pass(500);
  w.admin("fill", { clientId: FOLLOWER, orderId: String(own["orderId"]) });
  await w.time.pass(LATER_MS);
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order });
  fill(w, "BUY");
  await w.time.pass(60_000);
  expect(sales(w)).toEqual([]);
  expect(w.net(FOLLOWER)).toBe(150);
  expect(sentences(w, "ENDED")).toEqual(["0 of 75 units too much are exited; of the other 75, exits of the leader's or the owner have taken theirs"]);
});

test("R15 what the owner has sold by hand counts as the orphan's first, so that what is the leader's stays", async () => {
  const w = await world(EXIT);
  await orphaned(w, { leaders: 150, followers: 150 });
  const own = w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", exchangeSegment: "NSE_FNO", securityId: "37806", quantity: 75, price: 119 });
  await w.time.pass(500);
  w.admin("fill", { clientId: FOLLOWER, orderId: String(own["orderId"]) });
  await w.time.pass(60_000);
  expect(sales(w)).toEqual([]);
  expect(w.net(FOLLOWER)).toBe(75);
});

test("R14 a partial exit of the leader's goes by what is his, and not by what is on its way out beside it", async () => {
  const w = await world(EXIT);
  await bothHold(w);
  await orphaned(w, { followers: 150 });
  await w.time.pass(LATER_MS);
  expect(sales(w)).toEqual([["MARKET", 150]]);
  w.leader({ transactionType: "SELL", quantity: 150, price: 130 });
  await w.time.pass(1_000);
  expect(sales(w)).toEqual([
    ["MARKET", 150],
    ["LIMIT", 75],
  ]);
});

test("R15 an orphan's exit that the owner has overtaken is reduced, and a later purchase does not bring it back", async () => {
  const w = await world(EXIT);
  await orphaned(w, { followers: 150 });
  await w.time.pass(LATER_MS);
  expect(sales(w)).toEqual([["MARKET", 150]]);
  const own = w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", exchangeSegment: "NSE_FNO", securityId: "37806", quantity: 75, price: 119 });
  await w.time.pass(500);
  w.admin("fill", { clientId: FOLLOWER, orderId: String(own["orderId"]) });
  await w.time.pass(2_000);
  expect(resting(w, "SELL")).toMatchObject([{ quantity: 75 }]);
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order });
  fill(w, "BUY");
  await w.time.pass(5_000);
  expect(resting(w, "SELL")).toMatchObject([{ quantity: 75 }]);
  fill(w, "SELL");
  await w.time.pass(60_000);
  expect(w.net(FOLLOWER)).toBe(150);
});

test("what an exit of the leader's may have taken in between is kept, with the reason", async () => {
  const w = await world(EXIT);
  const before = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: before });
  fill(w, "BUY");
  const order = w.leader({ quantity: 300, price: 110 });
  await w.time.pass(1_000);
  fill(w, "BUY");
  await w.time.pass(1_000);
  // Half of the leader's position: of the 150 that the copy has of it half, and nothing of what his resting order was to become.
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
  fill(w, "SELL");
  await w.time.pass(1_000);
  expect(w.net(FOLLOWER)).toBe(225);
  w.admin("cancel", { clientId: LEADER, orderId: order });
  await w.time.pass(60_000);
  expect(sales(w)).toEqual([
    ["MARKET", 75],
    ["MARKET", 75],
  ]);
  expect(sentences(w, "ORPHAN")).toEqual([
    "the follower has 150 units, the leader's fills give 0: 75 units are exited, 75 units are the follower's own now, because exits of the leader's, or the owner, may have taken them",
  ]);
});

describe("a crash", () => {
  test.each([
    ["before the grace is over", 0, 0],
    ["while the placement is on its way", LATER_MS - 1_000 + 7, 1],
    ["after it", LATER_MS, 1],
  ])("%s leaves it sold once", async (_when, afterMs, sold) => {
    const w = await world(EXIT);
    await orphaned(w);
    await w.time.pass(afterMs);
    await w.crash();
    await w.time.pass(2_000);
    await w.startEngine();
    await w.time.pass(500);
    expect(sales(w)).toHaveLength(sold);
    await w.time.pass(60_000);
    expect(sales(w)).toEqual([["MARKET", 75]]);
    fill(w, "SELL");
    await w.time.pass(60_000);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R9 R11 with the journal lost nothing of it is sent: what was exited before is known by its mark, of the rest it is not known", async () => {
    for (const before of [1_000, LATER_MS + 1_000]) {
      const first = await world(EXIT);
      await orphaned(first);
      await first.time.pass(before);
      const sold = sales(first).length;
      if (sold > 0) fill(first, "SELL");
      await first.time.pass(100);
      await first.crash();
      Object.assign(first, { disk: new MemoryDisk() });
      await first.startEngine();
      await first.time.pass(60_000);
      expect(sales(first)).toHaveLength(sold);
      const became = sold > 0 ? "75 units were exited before the journal was lost" : "75 units are the follower's own now, because the journal was lost";
      expect(sentences(first, "ORPHAN")).toEqual([expect.stringContaining(became)]);
    }
  });
});

test("what was said to be kept stays kept under another policy", async () => {
  const w = await world();
  await orphaned(w);
  await w.crash();
  Object.assign(w, EXIT);
  await w.startEngine();
  await w.time.pass(60_000);
  expect(sales(w)).toEqual([]);
});

test("an exit that the follower has filled and the leader has not is said, and nothing is entered again", async () => {
  const w = await world(EXIT);
  await bothHold(w);
  const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 130 });
  await w.time.pass(1_000);
  fill(w, "SELL");
  await w.time.pass(1_000);
  w.admin("cancel", { clientId: LEADER, orderId: exit });
  await w.time.pass(60_000);
  expect(w.methods()).toBe("POST POST");
  expect(sentences(w, "ORPHAN")).toEqual([
    "the follower has exited 75 units by this order, the leader's fills give 0: 75 units more, and nothing is entered again",
  ]);
});

test("R14 units that the leader's exit had taken back before they filled are that exit's, and no orphan", async () => {
  const w = await world(EXIT);
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 150 });
  await w.time.pass(1_000);
  // The follower fills faster than the change that takes 75 back.
  w.admin("fault", { on: "request", call: "modify", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 500 } });
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
  await w.time.pass(10);
  w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
  await w.time.pass(50);
  fill(w, "BUY");
  await w.time.pass(2_000);
  fill(w, "SELL");
  await w.time.pass(1_000);
  w.admin("cancel", { clientId: LEADER, orderId: order });
  await w.time.pass(60_000);
  expect(w.net(FOLLOWER)).toBe(75);
  expect(sentences(w, "ORPHAN")).toEqual([
    "the follower has 150 units, the leader's fills give 0: 75 units are the follower's own now, because exits of the leader's, or the owner, may have taken them",
  ]);
});

test("R24 what is found out after its day is kept: what became of the position overnight is not known", { timeout: 60_000 }, async () => {
  const w = await world({ ...EXIT, start: "2026-11-19 15:20:00" });
  w.leader({ quantity: 300, productType: "MARGIN" });
  await w.time.pass(1_000);
  fill(w, "BUY", 75);
  await w.time.pass(1_000);
  await w.crash();
  await nextMorning(w);
  await w.startEngine();
  await w.time.pass(60_000);
  expect(sales(w)).toEqual([]);
  expect(sentences(w, "ORPHAN")).toEqual([
    "the follower has 75 units, the leader's fills give 0: 75 units are the follower's own now, because their day is over",
  ]);
});

test("R11 R16 the exit of an orphan that rests while a damaged journal has lost its cause is known by its mark: the leader's exit takes what it leaves", async () => {
  const w = await world(EXIT);
  await orphaned(w, { leaders: 150, followers: 150 });
  const before = w.records().findIndex((record) => record.type === "verdict-given" && record.verdict.code === "ORPHAN");
  await w.time.pass(LATER_MS + 1_000);
  expect(resting(w, "SELL")).toMatchObject([{ quantity: 75 }]);
  await w.crash();
  w.disk.cutAfter(before, w.time.now());
  await w.startEngine();
  await w.time.pass(20_000);
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: exit });
  await w.time.pass(20_000);
  for (const row of resting(w, "SELL")) w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId });
  await w.time.pass(5_000);
  expect(sales(w)).toEqual([
    ["MARKET", 75],
    ["MARKET", 75],
  ]);
  expect(w.net(FOLLOWER)).toBe(0);
});

test("R11 the second try of an orphan's exit, lost with the end of the journal that has the first, is taken on and not sent again", async () => {
  const w = await world(EXIT);
  await orphaned(w, { leaders: 150, followers: 150 });
  await w.time.pass(LATER_MS + 100);
  w.admin("reject", { clientId: FOLLOWER, orderId: resting(w, "SELL")[0]?.orderId, reason: "RMS: try again" });
  await w.time.pass(100);
  const refused = w.records().findLastIndex((record) => record.type === "follower-order-reported" && record.report.status === "REJECTED");
  await w.time.pass(5_000);
  expect(resting(w, "SELL")).toHaveLength(1);
  await w.crash();
  w.disk.cutAfter(refused + 1, w.time.now());
  await w.startEngine();
  await w.time.pass(20_000);
  fill(w, "SELL");
  await w.time.pass(20_000);
  expect(sales(w)).toHaveLength(2);
  expect(w.net(FOLLOWER)).toBe(75);
});

test("R11 R16 an order to sell that bears our mark, and that nobody explains with the journal lost: the leader's exit waits for it", async () => {
  const w = await world(EXIT);
  await bothHold(w);
  w.admin("place", { clientId: FOLLOWER, correlationId: "lks0123456789abcdef000000", transactionType: "SELL", ...CALL, quantity: 75, price: 130 });
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(20_000);
  const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: exit });
  await w.time.pass(20_000);
  expect(resting(w, "SELL")).toHaveLength(1);
  expect(w.verdicts()).toContain("EXIT_WAITS");
  fill(w, "SELL");
  await w.time.pass(5_000);
  expect(resting(w, "SELL")).toMatchObject([{ quantity: 75 }]);
});

const RUNS = Number(process.env["LOCKSTEP_RUNS"] ?? 150);

test("R18 whatever happens, with orphan: exit the books end as they must, and a full exit leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(session, async (steps) => {
      const w = await run(
        steps.filter(([one]) => one.do !== "reject-follower"),
        EXIT,
      );
      await leaderGoesFlat(w);
    }),
    { numRuns: RUNS, endOnFailure: false },
  );
}, 240_000);

test("R18 where the leader only enters, the follower ends with his share of what the leader has filled, or less where he filled less", async () => {
  await fc.assert(
    fc.asyncProperty(session, async (steps) => {
      const w = await run(
        // An orphan of which the journal may have lost the exit is kept, and said (R9, R11).
        steps.filter(([one]) => one.do !== "exit" && one.do !== "reject-follower" && one.do !== "cut-journal"),
        EXIT,
      );
      for (const row of w.orders(LEADER).filter(isOpen)) w.admin("cancel", { clientId: LEADER, orderId: row.orderId });
      for (let round = 0; round < 6; round += 1) {
        await w.time.pass(10_000);
        for (const row of resting(w, "SELL")) w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId, price: 120 });
      }
      await w.time.pass(10_000);
      expect(w.net(FOLLOWER)).toBe(shareOfFills(w));
    }),
    { numRuns: RUNS, endOnFailure: false },
  );
}, 240_000);

/** Order by order: half of what the leader has filled in whole lots, or what the follower has, where that is less. */
function shareOfFills(w: World): number {
  const mirrors = new Map(w.records().flatMap((record) => (record.type === "mirror-opened" ? [[record.mirror, record] as const] : [])));
  const had = new Map<string, number>();
  for (const record of w.records()) {
    if (record.type !== "placement-intended") continue;
    const row = w.orders(FOLLOWER).find(({ correlationId }) => correlationId === record.correlationId);
    had.set(record.mirror, (had.get(record.mirror) ?? 0) + (row?.filledQty ?? 0));
  }
  const filled = new Map(w.orders(LEADER).map((row) => [row.orderId, row.filledQty]));
  return [...mirrors.values()].reduce((sum, opened) => sum + Math.min(had.get(opened.mirror) ?? 0, shareOf(opened, filled.get(opened.cause) ?? 0)), 0);
}
