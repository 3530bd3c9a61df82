/** Legs that the leader orders together (`basket.window`), judged from the journal and from what reached the broker. */
import { describe, expect, test } from "vitest";
import { readInstruments } from "../../src/adapters/dhan/instruments.ts";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { ratio } from "../../src/domain/ratio.ts";
import type { Verdict } from "../../src/domain/verdict.ts";
import { DERIVATIVES } from "./market-hours.ts";
import { nextMorning } from "./overnight.ts";
import { FOLLOWER, LEADER, policyOf, tokenOf, type World, type WorldOptions, world } from "./world.ts";

const FILE = new URL("../fixtures/instruments/scrip-master-compact.csv", import.meta.url).pathname;
const OVER_A_NIGHT = { timeout: 60_000 };
/** NIFTY 29 DEC, beside the 23000 CALL. */
const PUT = { exchangeSegment: "NSE_FNO", securityId: "37810" } as const;
const WING = { exchangeSegment: "NSE_FNO", securityId: "71501" } as const;
/** NIFTY 25 JUN 2030 23000 PUT. */
const LATER_PUT = { exchangeSegment: "NSE_FNO", securityId: "60903" } as const;

function legs(w: World): readonly Verdict[] {
  return w.records().flatMap((record) => (record.type === "verdict-given" && ["UNHEDGED", "HEDGED"].includes(record.verdict.code) ? [record.verdict] : []));
}

function codes(w: World): readonly string[] {
  return legs(w).map(({ code }) => code);
}

function fill(w: World, id: string, side?: "BUY" | "SELL"): void {
  for (const { orderId, orderStatus, transactionType } of w.orders(id))
    if (orderStatus === "PENDING" && (side === undefined || transactionType === side)) w.admin("fill", { clientId: id, orderId });
}

/** What both have ordered last. */
function fillLast(w: World): void {
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: w.orders(id).at(-1)?.orderId });
}

/** The broker refuses the follower's newest order of that side, on his stream. */
async function refuse(w: World, side: "BUY" | "SELL", reason = "Price out of range"): Promise<void> {
  const order = w.orders(FOLLOWER).findLast(({ transactionType }) => transactionType === side);
  w.admin("reject", { clientId: FOLLOWER, orderId: order?.orderId, reason });
  // Confirmed by a read of the order first (R5).
  await w.time.pass(1_500);
}

/** The sides of the follower's placements, in order. */
function placed(w: World): string {
  return w
    .calls()
    .filter(({ method, path }) => method === "POST" && path.endsWith("/orders"))
    .map(({ body }) => String(body["transactionType"]))
    .join(" ");
}

/** He buys the put at 20, and sells the call at 120.50. */
const buysPut = (w: World, order: Record<string, unknown> = {}): string => w.leader({ ...PUT, price: 20, ...order });
const sellsCall = (w: World, order: Record<string, unknown> = {}): string => w.leader({ transactionType: "SELL", ...order });

interface Spread {
  readonly w: World;
  readonly bought: string;
  readonly sold: string;
}

/** The bought leg rests here, the sold one was refused by the broker. */
async function soldIsMissing(options: WorldOptions = {}): Promise<Spread> {
  const w = await world(options);
  const bought = buysPut(w);
  await w.time.pass(300);
  const sold = sellsCall(w);
  await w.time.pass(300);
  await refuse(w, "SELL");
  await w.time.pass(1_500);
  return { w, bought, sold };
}

describe("a leg that is missing beside one that stands", () => {
  test("is told once, with the lots, the rupees and what stands alone", async () => {
    const { w, bought } = await soldIsMissing();
    expect(legs(w)).toMatchObject([
      {
        code: "UNHEDGED",
        numbers: { unhedged: 75, unhedgedLots: 1, missing: 75, missingPaise: 75 * 12_050, leaderPrice: 1_205_000, beside: `${bought}:75/75` },
      },
    ]);
    expect(legs(w)[0]?.sentence).toBe(
      `the leg is missing here: SELL 75 NIFTY 29 DEC 23000 CALL, 9,037.50 rupees at the leader's 120.50; BUY 75 NIFTY 29 DEC 23000 PUT (the leader's ${bought}) stands without it: 75 units, 1 lot, are unhedged`,
    );
    await w.time.pass(600_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
  });

  test("the sold one came first and was refused before the bought one was there", async () => {
    const w = await world();
    sellsCall(w);
    await w.time.pass(200);
    await refuse(w, "SELL");
    expect(codes(w)).toEqual([]);
    buysPut(w);
    await w.time.pass(4_000);
    expect(legs(w)).toMatchObject([{ code: "UNHEDGED", numbers: { unhedged: 75, missing: 75 } }]);
    expect(w.time.now()).toBeLessThan(Date.parse("2026-11-20T10:15:10+05:30"));
  });

  test("the bought one was refused for money: what is sold stands naked", async () => {
    const accounts = [LEADER, FOLLOWER].map((id) => ({ clientId: id, token: tokenOf(id), ...(id === FOLLOWER ? { funds: 10_000 } : {}) }));
    const w = await world({ copies: [policyOf("copy", { margin: "check" })], simulator: { accounts } });
    sellsCall(w);
    await w.time.pass(700);
    buysPut(w);
    await w.time.pass(3_000);
    expect(w.verdicts()).toContain("FUNDS_SHORT");
    expect(legs(w)).toMatchObject([{ code: "UNHEDGED", numbers: { unhedged: 75, missing: 75, missingPaise: 75 * 2_000 } }]);
  });

  test("R2 a stop that waits at the exchange is a leg that rests there: refused, it is missing at once, because nothing is sent when the leader's triggers", async () => {
    const w = await world();
    buysPut(w, { orderType: "STOP_LOSS", price: 20, triggerPrice: 19 });
    await w.time.pass(300);
    sellsCall(w);
    await w.time.pass(300);
    await refuse(w, "BUY");
    expect(legs(w)).toMatchObject([{ code: "UNHEDGED", numbers: { missing: 75, leaderPrice: 200_000 } }]);
    w.admin("trigger", { clientId: LEADER, orderId: w.orders(LEADER)[0]?.orderId });
    fill(w, LEADER);
    await w.time.pass(3_000);
    expect(placed(w)).toBe("BUY SELL");
    expect(codes(w)).toEqual(["UNHEDGED"]);
  });

  test("it would have traded with an order of the owner's own", async () => {
    const w = await world();
    w.admin("place", { clientId: FOLLOWER, transactionType: "BUY", exchangeSegment: "NSE_FNO", securityId: "37806", quantity: 75, price: 121 });
    await w.time.pass(500);
    buysPut(w);
    sellsCall(w);
    await w.time.pass(3_000);
    expect(w.verdicts()).toContain("SELF_TRADE");
    expect(codes(w)).toEqual(["UNHEDGED"]);
  });

  test("R22 the copy's filter leaves it out", async () => {
    const w = await world({ copies: [policyOf("copy", { filter: { kinds: ["option"], segments: [], products: [], sides: ["SELL"], underlyings: [] } })] });
    buysPut(w);
    sellsCall(w);
    await w.time.pass(3_000);
    expect(w.verdicts()).toContain("SIDE_FILTERED");
    expect(codes(w)).toEqual(["UNHEDGED"]);
  });

  test("R23 the copy was halted between the two", async () => {
    const w = await world();
    buysPut(w);
    await w.time.pass(300);
    w.command("halt");
    sellsCall(w);
    await w.time.pass(3_000);
    expect(w.verdicts()).toContain("ENTRIES_HALTED");
    expect(codes(w)).toEqual(["UNHEDGED"]);
  });

  test("R23 of a copy that was halted before both none is told: nothing stands", async () => {
    const w = await world();
    w.command("halt");
    buysPut(w);
    sellsCall(w);
    await w.time.pass(90_000);
    expect(codes(w)).toEqual([]);
  });

  test("the rupees go by what the leader paid, once he has", async () => {
    const w = await world();
    sellsCall(w);
    await w.time.pass(300);
    const bought = buysPut(w, { orderType: "MARKET", price: 0 });
    w.admin("fill", { clientId: LEADER, orderId: bought, price: 22 });
    await w.time.pass(2_000);
    expect(w.verdicts()).toContain("PRICE_TOO_FAR");
    expect(legs(w)).toMatchObject([{ numbers: { missing: 75, missingPaise: 75 * 2_200, leaderPrice: 220_000 } }]);
  });

  test("the share of it is less than a lot: the leader has a leg there, and the copy none", async () => {
    const w = await world();
    sellsCall(w);
    await w.time.pass(300);
    buysPut(w, { quantity: 75 });
    await w.time.pass(3_000);
    expect(w.verdicts()).toContain("BELOW_ONE_LOT");
    expect(legs(w)).toMatchObject([{ code: "UNHEDGED", numbers: { unhedged: 75, missing: 75 } }]);
  });

  test("but not where it is a slice of his whose share the next one has", async () => {
    const w = await world();
    sellsCall(w);
    buysPut(w, { quantity: 75 });
    buysPut(w, { quantity: 75 });
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER)).toHaveLength(2);
    expect(codes(w)).toEqual([]);
  });

  test("by capital, after a restart that could not read the funds: nobody knows its share, and it is missing whatever rests in the contract by another order (seed 62557)", async () => {
    const w = await world({ copies: [policyOf("copy", { sizing: { mode: "capital", multiplier: ratio(1, 1), maxRatio: ratio(1, 2), rounding: "down" } })] });
    await w.time.pass(1_000);
    sellsCall(w);
    await w.time.pass(5_000);
    buysPut(w);
    await w.time.pass(300);
    await w.crash();
    sellsCall(w);
    w.admin("fault", { on: "request", call: "funds", when: "before", clientId: FOLLOWER, effect: { kind: "reset" } });
    await w.startEngine();
    await w.time.pass(20_000);
    expect(w.verdicts()).toContain("FUNDS_UNREAD");
    expect(legs(w)).toMatchObject([{ code: "UNHEDGED", numbers: { unhedged: 75, missing: 75 } }]);
    expect(legs(w)[0]?.sentence).toContain("the leg is missing here: SELL at least 75 NIFTY");
  });

  test("no more lots are unhedged than stand: of 3 that are missing beside 1 it is 1", async () => {
    const w = await world();
    buysPut(w);
    await w.time.pass(300);
    sellsCall(w, { quantity: 450 });
    await w.time.pass(300);
    await refuse(w, "SELL");
    await w.time.pass(1_500);
    expect(legs(w)).toMatchObject([{ numbers: { missing: 225, unhedged: 75, unhedgedLots: 1, missingPaise: 225 * 12_050 } }]);
  });

  test("of three legs the wing is missing: what stands on the other side is unhedged, and each is named", async () => {
    const w = await world();
    const [call, put] = [sellsCall(w), w.leader({ ...PUT, transactionType: "SELL", price: 90 })];
    await w.time.pass(300);
    w.leader({ ...WING, price: 60, quantity: 450 });
    await w.time.pass(300);
    await refuse(w, "BUY");
    await w.time.pass(1_500);
    expect(legs(w)).toMatchObject([{ numbers: { missing: 225, unhedged: 150, beside: `${call}:75/75 ${put}:75/75` } }]);
    expect(legs(w)[0]?.sentence).toMatch(/SELL 75 NIFTY 29 DEC 23000 CALL .* and SELL 75 NIFTY 29 DEC 23000 PUT .* stand without it/);
  });

  test("of a straddle, both of one side, one is missing: the other has nothing against it", async () => {
    const w = await world();
    sellsCall(w);
    await w.time.pass(300);
    w.leader({ ...PUT, transactionType: "SELL", price: 90 });
    await w.time.pass(300);
    await refuse(w, "SELL");
    await w.time.pass(1_500);
    expect(legs(w)).toMatchObject([{ numbers: { missing: 75, unhedged: 75 } }]);
  });
});

describe("what is no missing leg", () => {
  test("both stand, or fill", async () => {
    const w = await world();
    buysPut(w);
    sellsCall(w);
    await w.time.pass(3_000);
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(120_000);
    expect(codes(w)).toEqual([]);
  });

  test.each([
    { why: "the leader took longer than the window", windowMs: 2_000, pauseMs: 3_100, put: PUT },
    { why: "another expiry", windowMs: 2_000, pauseMs: 300, put: LATER_PUT },
    { why: "a window of 0s", windowMs: 0, pauseMs: 300, put: PUT },
  ])("nothing is linked: $why", async ({ windowMs, pauseMs, put }) => {
    const w = await world({ copies: [policyOf("copy", { basketWindowMs: windowMs })] });
    w.leader({ ...put, price: 20 });
    await w.time.pass(pauseMs);
    sellsCall(w);
    await w.time.pass(300);
    await refuse(w, "SELL");
    await w.time.pass(90_000);
    expect(codes(w)).toEqual([]);
  });

  test("a wider window links what a wider window holds", async () => {
    const w = await world({ copies: [policyOf("copy", { basketWindowMs: 600_000 })] });
    buysPut(w);
    await w.time.pass(1_000);
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    // By then a filled one would have been put away.
    await w.time.pass(300_000);
    sellsCall(w);
    await w.time.pass(300);
    await refuse(w, "SELL");
    expect(codes(w)).toEqual(["UNHEDGED"]);
  });

  test("R19 a cover order and its stop, beside a plain entry: that they are not copied is said of each", async () => {
    const w = await world();
    buysPut(w);
    await w.time.pass(300);
    w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "drop" } });
    w.admin("lag", { clientId: LEADER, booksMs: 600_000 });
    const [entry, stop] = [sellsCall(w), w.leader({ orderType: "STOP_LOSS", triggerPrice: 130, price: 131 })];
    await w.time.pass(100);
    w.admin("frame", { clientId: LEADER, orderId: entry, members: { product: "V" } });
    w.admin("frame", { clientId: LEADER, orderId: stop, members: { product: "V", legNo: 2, algoOrdNo: entry } });
    await w.time.pass(30_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ transactionType: "BUY", orderStatus: "PENDING" }]);
    expect(w.verdicts().filter((code) => code === "FAMILY_NOT_COPIED")).toHaveLength(2);
    expect(codes(w)).toEqual([]);
  });

  test("exits: a stop for what is held, refused beside a fresh entry in another contract", async () => {
    const w = await world();
    w.leader({});
    await w.time.pass(1_000);
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(10_000);
    buysPut(w);
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", price: 109, triggerPrice: 110 });
    await w.time.pass(300);
    await refuse(w, "SELL");
    await w.time.pass(10_000);
    expect(codes(w)).toEqual([]);
  });
});

describe("it is over", () => {
  test("when the leader changes the missing leg and it stands after all", async () => {
    const { w, sold } = await soldIsMissing();
    w.admin("modify", { clientId: LEADER, orderId: sold, price: 119 });
    await w.time.pass(3_000);
    expect(legs(w).at(-1)).toMatchObject({ code: "HEDGED", sentence: "the leg stands after all, with 75 units" });
    await refuse(w, "SELL");
    await w.time.pass(1_500);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED", "UNHEDGED"]);
  });

  test("R2 when the sale that was refused for margin goes again because its hedge has filled", async () => {
    const w = await world();
    buysPut(w);
    await w.time.pass(300);
    sellsCall(w);
    await w.time.pass(300);
    await refuse(w, "SELL", "You have insufficient funds");
    expect(codes(w)).toEqual(["UNHEDGED"]);
    fill(w, FOLLOWER, "BUY");
    await w.time.pass(3_000);
    expect(placed(w)).toBe("BUY SELL SELL");
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test("when the leader withdraws the other leg", async () => {
    const { w, bought } = await soldIsMissing();
    w.admin("cancel", { clientId: LEADER, orderId: bought });
    await w.time.pass(3_000);
    expect(legs(w).at(-1)).toMatchObject({ code: "HEDGED", sentence: "none of the legs beside it stands any more" });
  });

  test("when the leader gets out of the other leg, long after it was filled; in between nothing more is said", OVER_A_NIGHT, async () => {
    const { w } = await soldIsMissing();
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    // By then it would have been put away.
    await w.time.pass(20 * 60_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    w.leader({ ...PUT, transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(3_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test.each([
    ["at once", 1_000],
    ["long after the window", 600_000],
  ])("R2 but it is told again when the other leg, refused as well, goes again because the leader has changed it, %s", async (_, afterMs) => {
    const w = await world();
    const sold = sellsCall(w);
    buysPut(w);
    await w.time.pass(300);
    await refuse(w, "BUY");
    expect(codes(w)).toEqual(["UNHEDGED"]);
    await refuse(w, "SELL");
    await w.time.pass(1_500);
    expect(legs(w).at(-1)).toMatchObject({ code: "HEDGED", numbers: { because: "gone", beside: `${sold}:0/0` } });
    await w.time.pass(afterMs);
    w.admin("modify", { clientId: LEADER, orderId: sold, price: 121 });
    await w.time.pass(40_000);
    expect(placed(w)).toBe("BUY SELL SELL");
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED", "UNHEDGED"]);
    expect(legs(w).at(-1)).toMatchObject({ numbers: { unhedged: 75, missing: 75, beside: `${sold}:75/75` } });
  });

  test("and stays so when other orders of his enter the contracts again", async () => {
    const { w } = await soldIsMissing();
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(5_000);
    w.leader({ ...PUT, transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(5_000);
    for (const again of [buysPut(w), sellsCall(w)]) expect(again).not.toBe("");
    await w.time.pass(500);
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(60_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test("and not by a narrower window in the configuration: what was told is told to its end", async () => {
    const copies = [policyOf("copy")];
    const { w, bought } = await soldIsMissing({ copies });
    await w.crash();
    copies[0] = policyOf("copy", { basketWindowMs: 0 });
    await w.startEngine();
    await w.time.pass(5_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    w.admin("cancel", { clientId: LEADER, orderId: bought });
    await w.time.pass(3_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test("in part where a part of the other is exited: the lots are told anew", async () => {
    const w = await world();
    const bought = buysPut(w, { quantity: 300 });
    await w.time.pass(300);
    sellsCall(w, { quantity: 300 });
    await w.time.pass(300);
    await refuse(w, "SELL");
    for (const id of [LEADER, FOLLOWER]) fill(w, id, "BUY");
    await w.time.pass(2_000);
    w.leader({ ...PUT, transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
    await w.time.pass(3_000);
    expect(legs(w)).toMatchObject([
      { code: "UNHEDGED", numbers: { unhedged: 150, missing: 150 } },
      { code: "UNHEDGED", numbers: { unhedged: 75, missing: 150, beside: `${bought}:75/150` } },
    ]);
  });

  test("and not because the other leg is converted to another product, here or at the leader", async () => {
    const { w } = await soldIsMissing();
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(5_000);
    for (const id of [FOLLOWER, LEADER]) {
      w.admin("convert", { clientId: id, ...PUT });
      await w.time.pass(20_000);
    }
    expect(w.noted(FOLLOWER, "POSITION_CONVERTED")).toHaveLength(1);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    w.leader({ ...PUT, transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(10_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test("and not told to be more again because another order of his enters the contract of a leg of which a part still rests", async () => {
    const w = await world();
    const bought = buysPut(w, { quantity: 600 });
    await w.time.pass(300);
    sellsCall(w, { quantity: 600 });
    await w.time.pass(300);
    await refuse(w, "SELL");
    for (const [id, quantity] of [
      [LEADER, 300],
      [FOLLOWER, 150],
    ] as const)
      w.admin("fill", { clientId: id, orderId: w.orders(id)[0]?.orderId, quantity });
    await w.time.pass(3_000);
    w.leader({ ...PUT, transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
    await w.time.pass(1_000);
    fillLast(w);
    await w.time.pass(3_000);
    buysPut(w);
    await w.time.pass(1_000);
    fillLast(w);
    await w.time.pass(30_000);
    expect(legs(w).map(({ code, numbers }) => [code, numbers["unhedged"], numbers["beside"]])).toEqual([
      ["UNHEDGED", 300, `${bought}:300/300`],
      ["UNHEDGED", 225, `${bought}:225/300`],
    ]);
  });

  test("when the owner gets out of the other leg by hand", async () => {
    const { w } = await soldIsMissing();
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(3_000);
    w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", ...PUT, quantity: 75, price: 10 });
    await w.time.pass(500);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
    await w.time.pass(3_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test("when the leader withdraws the missing leg unfilled: he is without it as well", async () => {
    const { w, sold } = await soldIsMissing();
    w.admin("cancel", { clientId: LEADER, orderId: sold });
    await w.time.pass(3_000);
    expect(legs(w).at(-1)).toMatchObject({ code: "HEDGED", sentence: "the leader is without this leg as well by now" });
  });

  test("when the leader has got out of the missing leg, which he had filled", async () => {
    const { w } = await soldIsMissing();
    fill(w, LEADER);
    await w.time.pass(5_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    w.leader({ orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    fill(w, LEADER);
    await w.time.pass(3_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test("of an entry that the owner cancelled by hand, with the other leg", async () => {
    const w = await world();
    buysPut(w);
    sellsCall(w);
    await w.time.pass(2_000);
    const [put, call] = w.orders(FOLLOWER).map(({ orderId }) => orderId);
    w.admin("cancel", { clientId: FOLLOWER, orderId: call });
    await w.time.pass(3_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    w.admin("cancel", { clientId: FOLLOWER, orderId: put });
    await w.time.pass(3_000);
    expect(w.verdicts()).toContain("ENDED_BY_OTHERS");
    // The two miss one another no more, and neither stands.
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test("when both have expired at the close nothing was missing", OVER_A_NIGHT, async () => {
    const w = await world();
    buysPut(w);
    sellsCall(w);
    await w.time.pass(2_000);
    await nextMorning(w);
    expect(codes(w)).toEqual([]);
  });

  test("R24 on a day to come, where the other leg is carried overnight", OVER_A_NIGHT, async () => {
    const { w } = await soldIsMissing({ calendar: DERIVATIVES, start: "2026-11-19 15:00:00" });
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(5_000);
    await nextMorning(w);
    await w.time.pass(30 * 60_000);
    await w.crash();
    await w.startEngine();
    await w.time.pass(10_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    w.leader({ ...PUT, transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    for (const id of [LEADER, FOLLOWER]) fill(w, id);
    await w.time.pass(3_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });
});

describe("R8 a restart", () => {
  test("says nothing twice, and goes on looking", async () => {
    const { w, bought } = await soldIsMissing();
    await w.crash();
    await w.startEngine();
    await w.time.pass(30_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    w.admin("cancel", { clientId: LEADER, orderId: bought });
    await w.time.pass(3_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });

  test("finds what became missing while the process was down", async () => {
    const w = await world();
    buysPut(w);
    sellsCall(w);
    await w.time.pass(2_000);
    await w.crash();
    await refuse(w, "SELL");
    await w.startEngine();
    await w.time.pass(10_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
  });

  test("R11 with the journal lost, where only frames had told of the contracts, it is told again as soon as they are found (seed 154553)", async () => {
    const { lookup } = await readInstruments(FILE);
    let isKnown = false;
    const w = (await soldIsMissing({ instruments: { find: (...about) => (isKnown ? lookup.find(...about) : undefined) } })).w;
    expect(codes(w)).toEqual(["UNHEDGED"]);
    fill(w, LEADER);
    await w.time.pass(1_000);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(180_000);
    expect(codes(w)).toEqual([]);
    isKnown = true;
    w.instrumentsFound("NSE_FNO");
    await w.time.pass(2_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
  });

  test("R11 with the journal lost tells it again, of legs that are linked by the broker's times", async () => {
    const { w, bought } = await soldIsMissing();
    fill(w, LEADER, "SELL");
    await w.time.pass(10_000);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(30_000);
    expect(codes(w)).toEqual(["UNHEDGED"]);
    w.admin("cancel", { clientId: LEADER, orderId: bought });
    await w.time.pass(10_000);
    expect(codes(w)).toEqual(["UNHEDGED", "HEDGED"]);
  });
});

describe("buys first, for margin", () => {
  /** Fills the budget of the second, so that whatever comes next waits. */
  async function busy(w: World): Promise<void> {
    for (let price = 100; price < 103; price += 1) w.leader({ ...LATER_PUT, price });
    await w.time.pass(100);
  }

  test("of legs that wait together the bought one leaves first, and the others keep their places", async () => {
    const w = await world({ rates: { perSecond: 3 } });
    await busy(w);
    sellsCall(w);
    // Its leader's book is read first (decision 4).
    await w.time.pass(20);
    w.leader({ ...LATER_PUT, price: 110 });
    buysPut(w);
    w.leader({ ...LATER_PUT, price: 111 });
    await w.time.pass(10_000);
    expect(pricesPlaced(w)).toEqual([100, 101, 102, 20, 110, 120.5, 111]);
  });

  test("one that is of another basket changes places with nobody", async () => {
    const w = await world({ rates: { perSecond: 3 }, copies: [policyOf("copy", { basketWindowMs: 0 })] });
    await busy(w);
    sellsCall(w);
    // Its leader's book is read first (decision 4).
    await w.time.pass(20);
    buysPut(w);
    await w.time.pass(10_000);
    expect(pricesPlaced(w)).toEqual([100, 101, 102, 120.5, 20]);
  });

  test("a sold one that comes alone waits for nobody", async () => {
    const w = await world();
    sellsCall(w);
    await w.time.pass(300);
    buysPut(w);
    await w.time.pass(1_000);
    expect(pricesPlaced(w)).toEqual([120.5, 20]);
  });

  test("of legs that are found together in the book after a gap the bought one takes the place of the first sold one", async () => {
    const w = await world();
    await w.crash();
    const ids = [sellsCall(w), w.leader({ ...WING, transactionType: "SELL", price: 60 }), w.leader({ ...LATER_PUT, price: 110 }), buysPut(w)];
    expect(ids).toHaveLength(4);
    await w.startEngine();
    await w.time.pass(20_000);
    expect(pricesPlaced(w)).toEqual([20, 120.5, 110, 60]);
  });
});

function pricesPlaced(w: World): readonly unknown[] {
  return w.calls().flatMap(({ method, body }) => (method === "POST" ? [body["price"]] : []));
}
