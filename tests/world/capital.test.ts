/** Sizing by capital (design 3, Modes): the follower's total funds over the leader's, as they were read before the order. */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import type { CapitalSizing } from "../../src/domain/policy.ts";
import { ratio } from "../../src/domain/ratio.ts";
import { entryOf, legOf } from "./super-orders.ts";
import { FOLLOWER, LEADER, policyOf, tokenOf, type World, world } from "./world.ts";

const LAKH = 100_000;
const MINUTE_MS = 60_000;
const BY_CAPITAL: CapitalSizing = { mode: "capital", multiplier: ratio(1, 1), maxRatio: ratio(1, 1), rounding: "down" };

interface Funds {
  readonly leader?: number;
  readonly follower?: number;
}

/** The leader has 48 lakh rupees and the follower 12, unless told otherwise. */
function started(changes: Partial<CapitalSizing> = {}, { leader = 48 * LAKH, follower = 12 * LAKH }: Funds = {}): Promise<World> {
  return world({
    copies: [policyOf("copy", { sizing: { ...BY_CAPITAL, ...changes } })],
    simulator: {
      accounts: [
        { clientId: LEADER, token: tokenOf(LEADER), funds: leader },
        { clientId: FOLLOWER, token: tokenOf(FOLLOWER), funds: follower },
      ],
    },
  });
}

/** The leader buys 8 lots, or so many units, which rest; what the follower's broker got of it. */
async function entered(w: World, quantity = 600): Promise<number | undefined> {
  const before = w.orders(FOLLOWER).length;
  w.leader({ quantity, price: 12.5 });
  await w.time.pass(100);
  return w.orders(FOLLOWER)[before]?.quantity;
}

async function bought(w: World): Promise<void> {
  const order = w.leader({ quantity: 600, price: 12.5 });
  await w.time.pass(100);
  for (const [id, one] of [
    [LEADER, order],
    [FOLLOWER, w.orders(FOLLOWER).at(-1)?.orderId],
  ] as const)
    w.admin("fill", { clientId: id, orderId: one });
  await w.time.pass(100);
}

function said(w: World, code: string): readonly string[] {
  return w.records().flatMap((record) => (record.type === "verdict-given" && record.verdict.code === code ? [record.verdict.sentence] : []));
}

const unreadable = (w: World, id: string): unknown =>
  w.admin("fault", { on: "request", call: "funds", when: "before", clientId: id, effect: { kind: "reset" } });

describe("the ratio", () => {
  test("is the follower's total funds over the leader's, and the size says from which readings it came", async () => {
    const w = await started();
    await w.time.pass(40_000 - 50);
    expect(await entered(w)).toBe(150);
    expect(said(w, "COPIED")).toEqual([
      expect.stringMatching(/^12,00,000 of 48,00,000 rupees x 1 = 0.25, read (?:40|[0-9]) s before; 8 lots x 0.25 = 2, down: 2 lots, 150 units, one slice$/),
    ]);
  });

  test.each([
    ["times the multiplier", { multiplier: ratio(2, 1) }, {}, 300],
    ["never above maxRatio", { multiplier: ratio(4, 1), maxRatio: ratio(1, 2) }, {}, 300],
    ["with maxRatio 1, never more than the leader's size, however rich the follower is", {}, { leader: LAKH, follower: 90 * LAKH }, 600],
    ["of amounts that make no round fraction", {}, { leader: 48 * LAKH, follower: 12 * LAKH - 1 }, 75],
  ] as const)("%s", async (_, changes, funds, units) => {
    const w = await started(changes, funds);
    expect(await entered(w)).toBe(units);
  });

  test("counts what is utilised as well: an account that holds a position has no less", async () => {
    const w = await started();
    await bought(w);
    await w.time.pass(2 * MINUTE_MS);
    expect(await entered(w)).toBe(150);
  });

  test("goes by the funds as they were read last, and stays with the order: a change of it scales as its placement did", async () => {
    const w = await started();
    const order = w.leader({ quantity: 600, price: 12.5 });
    await w.time.pass(100);
    w.admin("funds", { clientId: FOLLOWER, rupees: 48 * LAKH });
    await w.time.pass(2 * MINUTE_MS);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 1_200 });
    await w.time.pass(100);
    expect(w.orders(FOLLOWER).map(({ quantity }) => quantity)).toEqual([300]);
    await w.crash();
    await w.startEngine();
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 1_800 });
    await w.time.pass(8_000);
    expect(w.orders(FOLLOWER).map(({ quantity }) => quantity)).toEqual([450]);
    expect(await entered(w)).toBe(600);
  });

  test("is never waited for: the funds are read once a minute, whatever the leader does, and no order is held up by a slow reading", async () => {
    const w = await started();
    w.admin("fault", { on: "request", call: "funds", when: "before", clientId: FOLLOWER, effect: { kind: "delay", ms: 2_500 } });
    for (let minute = 0; minute < 4; minute += 1) {
      for (let order = 0; order < 3; order += 1) expect(await entered(w)).toBe(150);
      await w.time.pass(MINUTE_MS - 300);
    }
    for (const id of [LEADER, FOLLOWER]) expect(w.reads(id).filter(({ path }) => path.endsWith("/fundlimit")).length).toBeLessThanOrEqual(6);
  });
});

describe("R14 without a reading there is no entry, and exits go on", () => {
  test.each([
    ["the leader's", LEADER],
    ["the follower's", FOLLOWER],
  ])("%s funds can't be read for more than five minutes", async (whose, id) => {
    const w = await started();
    await bought(w);
    unreadable(w, id);
    await w.time.pass(4 * MINUTE_MS - 2_000);
    expect(await entered(w)).toBe(150);
    await w.time.pass(2 * MINUTE_MS);
    expect(await entered(w)).toBeUndefined();
    expect(said(w, "FUNDS_UNREAD")).toEqual([
      expect.stringMatching(new RegExp(`^${whose} funds were read \\d+ s before, more than 5 min: there is no ratio by capital$`)),
    ]);
    expect(w.noted(id, "FUNDS_UNREADABLE")).toHaveLength(1);
    w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 600, price: 0 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 150 });
    w.admin("repair", {});
    await w.time.pass(20_000);
    expect(w.noted(id, "FUNDS_UNREADABLE", "FUNDS_READ")).toEqual(["FUNDS_UNREADABLE", "FUNDS_READ"]);
  });

  test("they were never read: what was seen until then stays refused, and what comes when they are is copied", async () => {
    const w = await started();
    await w.crash();
    unreadable(w, FOLLOWER);
    await w.startEngine();
    await w.time.pass(8_000);
    expect(await entered(w)).toBeUndefined();
    expect(said(w, "FUNDS_UNREAD")).toEqual(["the follower's funds have not been read: there is no ratio by capital"]);
    w.admin("repair", {});
    await w.time.pass(20_000);
    expect(w.orders(FOLLOWER)).toEqual([]);
    expect(await entered(w)).toBe(150);
  });

  test.each([
    ["leader's", LEADER],
    ["follower's", FOLLOWER],
  ])("the %s account has nothing", async (whose, id) => {
    const w = await started();
    await bought(w);
    w.admin("funds", { clientId: id, rupees: -LAKH });
    await w.time.pass(2 * MINUTE_MS);
    // The broker would take no order of a leader who has nothing; what was read is what counts.
    w.admin("funds", { clientId: id, rupees: 48 * LAKH });
    expect(await entered(w)).toBeUndefined();
    expect(said(w, "FUNDS_ZERO")).toEqual([expect.stringContaining(`the ${whose} total funds are -1,00,000`)]);
    w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 600, price: 0 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 150 });
  });

  test("R15 of a stop and reverse the exit part goes", async () => {
    const w = await started();
    await bought(w);
    unreadable(w, LEADER);
    await w.time.pass(6 * MINUTE_MS);
    w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 1_200, price: 0 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 150 });
  });
});

describe("R11 with the journal lost, and funds that can't be read, what was taken on stays as it was sized when it was sent", () => {
  /** Half of a super order of the leader's for eight lots has filled, and half of its copy for two; then the journal is lost, and only books tell what happens `meanwhile`. */
  async function lost(meanwhile: (w: World, leaders: string) => void = () => {}): Promise<{ readonly w: World; readonly leaders: string }> {
    const w = await started();
    const leaders = w.leaderSuper({ quantity: 600 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: LEADER, orderId: leaders, quantity: 300, price: 120.5 });
    w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER), quantity: 75, price: 120.5 });
    await w.time.pass(1_500);
    await w.crash();
    w.disk = new MemoryDisk();
    meanwhile(w, leaders);
    unreadable(w, FOLLOWER);
    await w.startEngine();
    await w.time.pass(8_000);
    return { w, leaders };
  }
  const rests = (w: World) => w.orders(FOLLOWER).find(({ orderId }) => orderId === entryOf(w, FOLLOWER));
  const stopRests = (w: World) => w.orders(FOLLOWER).find(({ orderId }) => orderId === legOf(w, FOLLOWER, "STOP_LOSS_LEG"))?.orderStatus;

  test("R16 it rests, what it has filled keeps its stop, and that is said (seed 50485)", async () => {
    const { w } = await lost((world, leaders) =>
      world.admin("super-modify", { clientId: LEADER, orderId: leaders, legName: "STOP_LOSS_LEG", stopLossPrice: 112 }),
    );
    expect(rests(w)).toMatchObject({ orderStatus: "PART_TRADED", quantity: 150, filledQty: 75 });
    expect(stopRests(w)).toBe("PENDING");
    expect(w.calls().at(-1)).toMatchObject({ method: "PUT", body: { legName: "ENTRY_LEG", quantity: 150, stopLossPrice: 112 } });
    expect(said(w, "FUNDS_UNREAD")).toEqual([
      `the follower's funds have not been read: there is no ratio by capital; order ${entryOf(w, FOLLOWER)} stays as it is until there is one and the leader's order is told anew`,
    ]);
    expect(w.verdicts()).not.toContain("DRIFT");
  });

  test("once they are read, it follows the leader to another size", async () => {
    const { w, leaders } = await lost();
    w.admin("super-modify", { clientId: LEADER, orderId: leaders, legName: "ENTRY_LEG", quantity: 1_200 });
    await w.time.pass(2_000);
    expect(rests(w)).toMatchObject({ quantity: 150 });
    w.admin("repair", {});
    await w.time.pass(20_000);
    w.admin("super-modify", { clientId: LEADER, orderId: leaders, legName: "ENTRY_LEG", quantity: 900 });
    await w.time.pass(2_000);
    expect(rests(w)).toMatchObject({ quantity: 225, filledQty: 75 });
  });

  test("R18 it goes with the leader's, and what it had filled is no orphan", async () => {
    const { w, leaders } = await lost();
    w.admin("super-cancel", { clientId: LEADER, orderId: leaders, legName: "ENTRY_LEG" });
    await w.time.pass(10_000);
    expect(rests(w)).toMatchObject({ orderStatus: "CANCELLED", filledQty: 75 });
    expect(w.verdicts()).not.toContain("ORPHAN");
  });

  test("R14 a part of the leader's way out takes its part of it", async () => {
    const { w } = await lost();
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
    await w.time.pass(5_000);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 121 });
    await w.time.pass(5_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 75 });
  });

  test("R17 what was not sent before is refused, for good", async () => {
    const w = await started();
    await w.crash();
    w.disk = new MemoryDisk();
    const order = w.leader({ quantity: 600, price: 12.5 });
    unreadable(w, FOLLOWER);
    await w.startEngine();
    await w.time.pass(8_000);
    w.admin("repair", {});
    await w.time.pass(20_000);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 1_200 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER)).toEqual([]);
  });
});
