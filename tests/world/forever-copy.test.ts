/** `forever: copy`: single forever orders at the follower's broker as well (R19, docs/forever.md). */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { CALL, FOLLOWER, LEADER, type PolicyChanges, policyOf, type World, type WorldOptions, world, worldWithLists } from "./world.ts";

/** A reading of each list, and a moment. */
const A_READING_MS = 15_100;
/** Until what a list lacks is gone. */
const GONE_MS = 32_000;

const copied = (changes: PolicyChanges = {}, options: WorldOptions = {}): Promise<World> =>
  worldWithLists({ ...options, copies: [policyOf("copy", { forever: "copy", ...changes })] });

interface ForeverRow {
  readonly orderId: string;
  readonly orderStatus: string;
  readonly quantity: number;
  readonly price: number;
  readonly triggerPrice: number;
}

/** What waits, or has lately ended, at the follower's broker. */
function standing(w: World, id: string = FOLLOWER): readonly ForeverRow[] {
  return w.simulator.foreverOrders.of(id).map(({ orderId, legs }) => {
    const [leg] = legs;
    if (leg === undefined) throw new Error("an order without a leg");
    return { orderId, orderStatus: leg.status, quantity: leg.quantity, price: leg.price / 10_000, triggerPrice: leg.triggerPrice / 10_000 };
  });
}

const waiting = (w: World, id: string = FOLLOWER): readonly ForeverRow[] => standing(w, id).filter(({ orderStatus }) => orderStatus === "CONFIRM");
const calls = (w: World): readonly string[] => w.calls().map(({ method, path }) => `${method} ${path.replace("/v2", "").replace(/\d{6,}/, "N")}`);
const fire = (w: World, clientId: string, orderId: string): string => String(w.admin("forever-fire", { clientId, orderId })["orderId"]);
function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1);
  const [one] = list;
  if (one === undefined) throw new Error("nothing there");
  return one;
}

/** Meera holds 150 in MARGIN, and Arjun his 75. */
async function bothHold(w: World): Promise<void> {
  const entry = w.leader({ productType: "MARGIN" });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId });
  await w.time.pass(1_000);
}

/** The leader's waits and so does the follower's. */
async function bothWait(w: World, order: Record<string, unknown> = {}): Promise<{ readonly leaders: string; readonly ours: string }> {
  const leaders = w.leaderForever(order);
  await w.time.pass(A_READING_MS + 1_000);
  return { leaders, ours: only(waiting(w)).orderId };
}

describe("a single forever order", () => {
  test("goes out as one, at the follower's size and the leader's prices, once", async () => {
    const w = await copied();
    w.leaderForever({ price: 120.5, triggerPrice: 120 });
    w.leaderForever({ orderType: "MARKET", price: 0, triggerPrice: 119 });
    await w.time.pass(3 * A_READING_MS);
    expect(waiting(w).map(({ orderId: _, ...row }) => row)).toEqual([
      { orderStatus: "CONFIRM", quantity: 75, price: 120.5, triggerPrice: 120 },
      { orderStatus: "CONFIRM", quantity: 75, price: 0, triggerPrice: 119 },
    ]);
    expect(calls(w)).toEqual(["POST /forever/orders", "POST /forever/orders"]);
    expect(w.calls()[0]?.body).toMatchObject({ orderFlag: "SINGLE", orderType: "LIMIT", transactionType: "BUY", productType: "MARGIN", ...CALL });
    expect(w.orders(FOLLOWER)).toEqual([]);
  });

  test("is changed and deleted as the leader's is", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118, price: 118.5, quantity: 300 });
    await w.time.pass(A_READING_MS + 1_000);
    expect(only(waiting(w))).toMatchObject({ orderId: ours, quantity: 150, price: 118.5, triggerPrice: 118 });
    w.admin("forever-cancel", { clientId: LEADER, orderId: leaders });
    await w.time.pass(GONE_MS);
    expect(waiting(w)).toEqual([]);
    expect(calls(w)).toEqual(["POST /forever/orders", "PUT /forever/orders/N", "DELETE /forever/orders/N"]);
    expect(w.verdicts()).not.toContain("ORPHAN");
  });

  for (const firedNumbers of ["own", "forever"] as const) {
    test(`fires on both sides: the order is not copied as well, and what the leader does to it is followed (its number: ${firedNumbers})`, async () => {
      const w = await copied({}, { simulator: { conduct: { firedNumbers } } });
      const { leaders, ours } = await bothWait(w);
      const his = fire(w, LEADER, leaders);
      const its = fire(w, FOLLOWER, ours);
      await w.time.pass(8_000);
      expect(calls(w)).toEqual(["POST /forever/orders"]);
      w.admin("modify", { clientId: LEADER, orderId: his, price: 121 });
      await w.time.pass(1_000);
      expect(calls(w)).toEqual(["POST /forever/orders", "PUT /orders/N"]);
      expect(only(w.orders(FOLLOWER))).toMatchObject({ orderId: its, price: 121, quantity: 75, orderType: "LIMIT" });
      w.admin("fill", { clientId: LEADER, orderId: his });
      w.admin("fill", { clientId: FOLLOWER, orderId: its });
      await w.time.pass(A_READING_MS);
      expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
      expect(w.verdicts().filter((code) => code !== "COPIED")).toEqual(["FILLED"]);
      const exit = w.leader({ transactionType: "SELL", productType: "MARGIN", orderType: "MARKET", price: 0 });
      await w.time.pass(100);
      w.admin("fill", { clientId: LEADER, orderId: exit });
      expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => `${transactionType} ${quantity}`)).toEqual(["BUY 75", "SELL 75"]);
    });
  }

  test("fires on both sides, the follower's first, and is deleted by the leader while it rests here: the rest is cancelled", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    const its = fire(w, FOLLOWER, ours);
    await w.time.pass(A_READING_MS);
    expect(w.verdicts()).toContain("FOREVER_ALONE");
    w.admin("fill", { clientId: FOLLOWER, orderId: its, quantity: 25 });
    w.admin("forever-cancel", { clientId: LEADER, orderId: leaders });
    await w.time.pass(GONE_MS);
    expect(only(w.orders(FOLLOWER))).toMatchObject({ orderStatus: "CANCELLED", filledQty: 25 });
    expect(calls(w)).toEqual(["POST /forever/orders", "DELETE /orders/N"]);
    expect(w.verdicts()).toContain("ORPHAN");
  });

  test("fires at the follower alone: nothing is sent, and when the leader's fires later it is the same order", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    const its = fire(w, FOLLOWER, ours);
    w.admin("fill", { clientId: FOLLOWER, orderId: its });
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    const his = fire(w, LEADER, leaders);
    w.admin("fill", { clientId: LEADER, orderId: his });
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
  });

  test("fires at the leader alone: ours is deleted after a while, and his order goes out when it is gone", async () => {
    const w = await copied();
    const { leaders } = await bothWait(w);
    const his = fire(w, LEADER, leaders);
    await w.time.pass(1_500);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    await w.time.pass(5_000);
    expect(calls(w)).toEqual(["POST /forever/orders", "DELETE /forever/orders/N", "POST /orders"]);
    expect(only(w.orders(FOLLOWER))).toMatchObject({ orderType: "LIMIT", price: 120.5, quantity: 75, orderStatus: "PENDING" });
    expect(waiting(w)).toEqual([]);
    w.admin("fill", { clientId: LEADER, orderId: his });
    for (const { orderId } of w.orders(FOLLOWER)) w.admin("fill", { clientId: FOLLOWER, orderId });
    await w.time.pass(A_READING_MS);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
    expect(w.verdicts()).toContain("FOREVER_GONE");
    const replaced = w.records().flatMap((one) => (one.type === "verdict-given" && one.verdict.code === "REPLACED" ? [one.verdict.sentence] : []));
    expect(replaced).toEqual([expect.stringMatching(/^forever order \d+ is deleted, and what the leader's has fired is copied: 75 units are placed$/)]);
  });

  test("fires at the leader, and at the follower while its delete is on the way: that was the order", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    const his = fire(w, LEADER, leaders);
    w.admin("fill", { clientId: LEADER, orderId: his });
    w.admin("fault", { on: "request", call: "forever-cancel", clientId: FOLLOWER, effect: { kind: "delay", ms: 400 } });
    await w.time.pass(2_900);
    const its = fire(w, FOLLOWER, ours);
    w.admin("fill", { clientId: FOLLOWER, orderId: its });
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w).filter((call) => call === "POST /orders")).toEqual([]);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
  });

  test("R2 an order of the leader's that asks for the same while his waits is copied by itself, when the list has told that", async () => {
    const w = await copied();
    await bothWait(w);
    w.leader({ productType: "MARGIN" });
    await w.time.pass(4_000);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    await w.time.pass(3_000);
    expect(calls(w)).toEqual(["POST /forever/orders", "POST /orders"]);
    expect(waiting(w)).toHaveLength(1);
  });

  test("an order of the follower's owner that asks for the same is his own, and ours waits on", async () => {
    const w = await copied();
    const { leaders } = await bothWait(w);
    w.admin("place", { clientId: FOLLOWER, transactionType: "BUY", ...CALL, productType: "MARGIN", quantity: 75, price: 120.5 });
    await w.time.pass(A_READING_MS);
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118 });
    await w.time.pass(A_READING_MS);
    expect(only(waiting(w)).triggerPrice).toBe(118);
  });

  test("an order of the leader's that came before his fired is not what it has fired, though the list tells of that first (seed 101529)", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w, { orderType: "MARKET", price: 0 });
    const other = w.leader({ productType: "MARGIN" });
    await w.time.pass(100);
    w.admin("cancel", { clientId: LEADER, orderId: other });
    await w.time.pass(3_900);
    w.admin("fault", { on: "stream", clientId: LEADER, times: 1, effect: { kind: "delay", ms: 1_500 } });
    fire(w, LEADER, leaders);
    fire(w, FOLLOWER, ours);
    await w.time.pass(A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    expect(only(w.orders(FOLLOWER))).toMatchObject({ orderStatus: "PENDING", quantity: 75 });
    expect(w.verdicts()).not.toContain("WITHDRAWN");
  });

  describe("changed and fired at the leader before his list shows either, so that what it fired is copied by itself (seed 164454)", () => {
    async function copiedByItself(policy: PolicyChanges = {}): Promise<{ readonly w: World; readonly his: string; readonly ours: string }> {
      const w = await copied(policy);
      const { leaders, ours } = await bothWait(w);
      w.admin("lag", { clientId: LEADER, booksMs: 2_500 });
      w.admin("forever-modify", { clientId: LEADER, orderId: leaders, price: 118.5 });
      await w.time.pass(100);
      const his = fire(w, LEADER, leaders);
      await w.time.pass(100);
      expect(only(w.orders(FOLLOWER))).toMatchObject({ quantity: 75, price: 118.5 });
      return { w, his, ours };
    }

    test("ours is deleted as soon as the list tells, so that it does not fire beside that", async () => {
      const { w, his } = await copiedByItself();
      await w.time.pass(4_000);
      expect(waiting(w)).toEqual([]);
      w.admin("fill", { clientId: LEADER, orderId: his });
      w.admin("fill", { clientId: FOLLOWER, orderId: only(w.orders(FOLLOWER)).orderId });
      await w.time.pass(GONE_MS);
      expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
      expect(w.verdicts().filter((code) => code !== "COPIED")).toEqual(["WITHDRAWN", "FILLED"]);
    });

    test("so it is by a process that has started since", async () => {
      const { w } = await copiedByItself();
      await w.crash();
      await w.startEngine();
      await w.time.pass(A_READING_MS);
      expect(waiting(w)).toEqual([]);
    });

    test("where ours has fired before that, what it fills is an orphan, and no later order of his is taken for it", async () => {
      const { w, his, ours } = await copiedByItself();
      const its = fire(w, FOLLOWER, ours);
      w.admin("fill", { clientId: FOLLOWER, orderId: its });
      w.admin("fill", { clientId: LEADER, orderId: his });
      await w.time.pass(GONE_MS);
      expect(w.verdicts()).toContain("ORPHAN");
      const before = w.orders(FOLLOWER).length;
      w.leader({ productType: "MARGIN" });
      await w.time.pass(1_000);
      expect(w.orders(FOLLOWER)).toHaveLength(before + 1);
    });
  });

  test("changed and fired at the leader before his list shows either, where ours has fired long before: his order waits for the list, and is the same order", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    w.admin("fill", { clientId: FOLLOWER, orderId: fire(w, FOLLOWER, ours) });
    await w.time.pass(2 * A_READING_MS);
    w.admin("lag", { clientId: LEADER, booksMs: 2_500 });
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, price: 118.5 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: fire(w, LEADER, leaders) });
    await w.time.pass(GONE_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
    expect(w.verdicts()).not.toContain("ORPHAN");
  });

  test("an order of his in the same contract and direction, where ours has fired and his waits, is copied when no list can lag any more", async () => {
    const w = await copied();
    const { ours } = await bothWait(w);
    w.admin("fill", { clientId: FOLLOWER, orderId: fire(w, FOLLOWER, ours) });
    await w.time.pass(2 * A_READING_MS);
    w.leader({ productType: "MARGIN", price: 118.5 });
    await w.time.pass(2_000);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    await w.time.pass(5_000);
    expect(calls(w)).toEqual(["POST /forever/orders", "POST /orders"]);
  });

  for (const first of ["limit", "market"] as const) {
    test(`of two of ours that fire at once each has fired what asks for its price (placed first: ${first}; seed 101529)`, async () => {
      const w = await copied();
      const atMarket = { orderType: "MARKET", price: 0, triggerPrice: 119 };
      const leaders = first === "limit" ? [{}, atMarket] : [atMarket, {}];
      const limited = leaders.map((order) => w.leaderForever(order))[first === "limit" ? 0 : 1] ?? "";
      await w.time.pass(A_READING_MS + 1_000);
      for (const { orderId } of waiting(w).toReversed()) fire(w, FOLLOWER, orderId);
      await w.time.pass(A_READING_MS);
      w.admin("forever-cancel", { clientId: LEADER, orderId: limited });
      await w.time.pass(GONE_MS);
      const rows = w.orders(FOLLOWER).map(({ price, orderStatus }) => `${price} ${orderStatus}`);
      expect(rows.toSorted()).toEqual(["120.5 CANCELLED", "122.4 PENDING"]);
    });
  }
});

describe("R14 R16 exits", () => {
  test("a sale that waits is of the part that the leader's is, and shrinks with what is exited beside it", async () => {
    const w = await copied();
    await bothHold(w);
    await bothWait(w, { transactionType: "SELL", price: 109, triggerPrice: 110 });
    expect(only(waiting(w))).toMatchObject({ quantity: 75, triggerPrice: 110 });
    const out = w.leader({ transactionType: "SELL", productType: "MARGIN", orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: out });
    await w.time.pass(3_000);
    for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId });
    await w.time.pass(A_READING_MS);
    expect([waiting(w), w.net(FOLLOWER)]).toEqual([[], 0]);
  });

  test("two alternatives, of which one fires and fills: the other is deleted", async () => {
    const w = await copied();
    await bothHold(w);
    const stop = w.leaderForever({ transactionType: "SELL", price: 109, triggerPrice: 110 });
    const target = w.leaderForever({ transactionType: "SELL", price: 134, triggerPrice: 135 });
    await w.time.pass(A_READING_MS + 1_000);
    const ours = waiting(w).find(({ triggerPrice }) => triggerPrice === 135);
    expect(waiting(w)).toHaveLength(2);
    const his = fire(w, LEADER, target);
    const its = fire(w, FOLLOWER, ours?.orderId ?? "");
    w.admin("fill", { clientId: LEADER, orderId: his });
    w.admin("fill", { clientId: FOLLOWER, orderId: its });
    w.admin("forever-cancel", { clientId: LEADER, orderId: stop });
    await w.time.pass(GONE_MS);
    expect([waiting(w), w.net(LEADER), w.net(FOLLOWER)]).toEqual([[], 0, 0]);
    expect(w.orders(FOLLOWER)).toHaveLength(2);
    expect(w.verdicts()).not.toContain("ALTERNATIVES_CLOSED");
  });

  test("the leader's exit fires alone: ours is deleted, and then all of the copy exits", async () => {
    const w = await copied();
    await bothHold(w);
    const { leaders } = await bothWait(w, { transactionType: "SELL", orderType: "MARKET", price: 0, triggerPrice: 110 });
    const his = fire(w, LEADER, leaders);
    w.admin("fill", { clientId: LEADER, orderId: his });
    await w.time.pass(8_000);
    expect(waiting(w)).toEqual([]);
    const exit = w.orders(FOLLOWER).find(({ transactionType }) => transactionType === "SELL");
    expect(exit).toMatchObject({ quantity: 75 });
    expect(calls(w).filter((call) => call.startsWith("POST"))).toEqual(["POST /orders", "POST /forever/orders", "POST /orders"]);
  });
});

describe("what has fired is left as it is, but for the leader's will", () => {
  test("R2 R16 one that rests after it has fired is made smaller as the limit that it is, and waits for no trigger again (seed 71085)", async () => {
    const w = await copied();
    await bothHold(w);
    await bothHold(w);
    const { leaders, ours } = await bothWait(w, { transactionType: "SELL", quantity: 300, price: 139, triggerPrice: 128 });
    await w.time.pass(A_READING_MS);
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 135, price: 139 });
    while (only(waiting(w)).triggerPrice !== 135) await w.time.pass(100);
    await w.time.pass(100);
    // No list has shown the change yet, and what it fires is told of first.
    fire(w, LEADER, leaders);
    const its = fire(w, FOLLOWER, ours);
    await w.time.pass(3_000);
    const half = w.leader({ transactionType: "SELL", productType: "MARGIN", orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: half });
    await w.time.pass(3_000);
    const rests = w.orders(FOLLOWER).find(({ orderId }) => orderId === its);
    expect(rests).toMatchObject({ orderType: "LIMIT", quantity: 75, price: 139, triggerPrice: 0 });
    expect(w.verdicts()).not.toContain("CHANGE_REFUSED");
  });

  test("R2 an exit with a limit that both have fired rests where it is", async () => {
    const w = await copied();
    await bothHold(w);
    const { leaders, ours } = await bothWait(w, { transactionType: "SELL", price: 134, triggerPrice: 135 });
    fire(w, LEADER, leaders);
    fire(w, FOLLOWER, ours);
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /orders", "POST /forever/orders"]);
  });

  test("what the leader makes of his that waits is not done to what ours has fired", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    fire(w, FOLLOWER, ours);
    await w.time.pass(1_000);
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118, price: 118.5 });
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
  });

  test("R15 an exit that ours has fired, told as the owner's at first, is no trade of his", async () => {
    const w = await copied();
    await bothHold(w);
    const { leaders, ours } = await bothWait(w, { transactionType: "SELL", price: 109, triggerPrice: 110 });
    const its = fire(w, FOLLOWER, ours);
    w.admin("fill", { clientId: FOLLOWER, orderId: its });
    const his = fire(w, LEADER, leaders);
    w.admin("fill", { clientId: LEADER, orderId: his });
    await w.time.pass(A_READING_MS);
    await bothHold(w);
    w.leader({ transactionType: "SELL", productType: "MARGIN", orderType: "MARKET", price: 0 });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => `${transactionType} ${quantity}`)).toEqual(["BUY 75", "SELL 75", "BUY 75", "SELL 75"]);
  });

  test("one that the leader's list has no more is deleted here", async () => {
    const w = await copied();
    await bothWait(w);
    w.admin("fault", { on: "request", call: "forever-orders", clientId: LEADER, effect: { kind: "answer", status: 200, body: "[]" } });
    await w.time.pass(GONE_MS);
    expect(waiting(w)).toEqual([]);
  });
});

describe("R10 doubt", () => {
  const unanswered = { on: "request", call: "forever-place", clientId: FOLLOWER, when: "after", effect: { kind: "silence" } } as const;

  test("a placement that was not answered is found in the list by its terms, and is not sent again", async () => {
    const w = await copied();
    w.admin("fault", { ...unanswered, times: 1 });
    const leaders = w.leaderForever({});
    await w.time.pass(3 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    w.admin("forever-cancel", { clientId: LEADER, orderId: leaders });
    await w.time.pass(GONE_MS);
    expect(waiting(w)).toEqual([]);
    expect(w.verdicts()).not.toContain("FOREVER_IN_DOUBT");
  });

  test("one that the list does not tell of is never placed again, whatever the leader does, and a person is told", async () => {
    const w = await copied();
    w.admin("fault", { ...unanswered, when: "before", times: 1 });
    const leaders = w.leaderForever({});
    await w.time.pass(3 * A_READING_MS);
    expect(w.verdicts()).toEqual(["COPIED", "IN_DOUBT", "FOREVER_IN_DOUBT"]);
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118 });
    await w.time.pass(A_READING_MS);
    fire(w, LEADER, leaders);
    await w.time.pass(A_READING_MS);
    await w.crash();
    await w.startEngine();
    await w.time.pass(A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
  });

  test("nor is what it would exit sold by another order when the leader's has fired", async () => {
    const w = await copied();
    await bothHold(w);
    w.admin("fault", { ...unanswered, when: "before", times: 1 });
    const leaders = w.leaderForever({ transactionType: "SELL", price: 109, triggerPrice: 110 });
    await w.time.pass(3 * A_READING_MS);
    const his = fire(w, LEADER, leaders);
    w.admin("fill", { clientId: LEADER, orderId: his });
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /orders", "POST /forever/orders"]);
  });

  test("a change that did not arrive is settled by the row, and repeated", async () => {
    const w = await copied();
    const { leaders } = await bothWait(w, { orderType: "MARKET", price: 0 });
    w.admin("fault", { on: "request", call: "forever-modify", clientId: FOLLOWER, when: "before", times: 1, effect: { kind: "silence" } });
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118 });
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders", "PUT /forever/orders/N", "PUT /forever/orders/N"]);
    expect(only(waiting(w)).triggerPrice).toBe(118);
  });

  test("of two rows that may be it neither is taken", async () => {
    const w = await copied();
    w.admin("fault", { ...unanswered, times: 1 });
    w.leaderForever({});
    await w.time.pass(A_READING_MS - 200);
    w.admin("forever", { clientId: FOLLOWER, transactionType: "BUY", ...CALL, productType: "MARGIN", quantity: 75, price: 120.5, triggerPrice: 120 });
    await w.time.pass(3 * A_READING_MS);
    expect(standing(w).length).toBeGreaterThanOrEqual(1);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
  });
});

describe("R11 restarts", () => {
  test("it goes on where it was; what the leader did meanwhile is followed", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    await w.crash();
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118 });
    await w.startEngine();
    await w.time.pass(2 * A_READING_MS);
    expect(only(waiting(w))).toMatchObject({ orderId: ours, triggerPrice: 118 });
    expect(calls(w)).toEqual(["POST /forever/orders", "PUT /forever/orders/N"]);
  });

  test("one that was seen, and not proved when the process died, goes out all the same", async () => {
    const w = await copied();
    await bothHold(w);
    // Beside a sale that rests, his book has to tell what a purchase would be.
    w.leader({ transactionType: "SELL", productType: "MARGIN", price: 134 });
    await w.time.pass(1_000);
    w.admin("fault", { on: "request", call: "orders", clientId: LEADER, effect: { kind: "silence" } });
    w.leaderForever({});
    await w.time.pass(A_READING_MS);
    expect(waiting(w)).toEqual([]);
    await w.crash();
    w.admin("repair", {});
    await w.startEngine();
    await w.time.pass(2 * A_READING_MS);
    expect(waiting(w)).toHaveLength(1);
    expect(calls(w)).toEqual(["POST /orders", "POST /orders", "POST /forever/orders"]);
  });

  test("what fired on both sides while nobody ran is no order by itself", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    await w.crash();
    const his = fire(w, LEADER, leaders);
    const its = fire(w, FOLLOWER, ours);
    w.admin("fill", { clientId: LEADER, orderId: his });
    w.admin("fill", { clientId: FOLLOWER, orderId: its });
    await w.startEngine();
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    const out = w.leader({ transactionType: "SELL", productType: "MARGIN", orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: out });
    await w.time.pass(500);
    expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => `${transactionType} ${quantity}`)).toEqual(["BUY 75", "SELL 75"]);
  });

  test("with the journal lost none is placed beside one that may be ours, and a person is asked", async () => {
    const w = await copied();
    await bothWait(w);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(3 * A_READING_MS);
    expect(waiting(w)).toHaveLength(1);
    expect(w.verdicts()).toContain("FOREVER_UNCLAIMED");
    expect(calls(w)).toEqual(["POST /forever/orders"]);
  });

  test("R11 with the journal lost what a person must look at is what waits, and not a sale that is over (seed 151344)", async () => {
    const w = await copied();
    await bothHold(w);
    await bothHold(w);
    const { ours } = await bothWait(w, { transactionType: "SELL", quantity: 300, price: 111, triggerPrice: 137 });
    const sale = w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", productType: "MARGIN", quantity: 75, price: 119, ...CALL });
    w.admin("fill", { clientId: FOLLOWER, orderId: sale["orderId"] });
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(3 * A_READING_MS);
    const named = w
      .records()
      .flatMap((one) => (one.type === "verdict-given" && one.verdict.code === "FOREVER_UNCLAIMED" ? [one.verdict.numbers["order"]] : []));
    expect(named).toEqual([ours]);
  });

  test("with the journal lost what his has fired alone, and was placed for, is not placed again under its own number", async () => {
    const w = await copied();
    const { leaders } = await bothWait(w);
    fire(w, LEADER, leaders);
    await w.time.pass(8_000);
    const before = ["POST /forever/orders", "DELETE /forever/orders/N", "POST /orders"];
    expect(calls(w)).toEqual(before);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(3 * A_READING_MS);
    expect([calls(w), w.verdicts()]).toEqual([before, ["FOREVER_UNCLAIMED"]]);
  });

  test("with the journal lost what his fires under its own number is not placed beside ours", async () => {
    const w = await copied({}, { simulator: { conduct: { firedNumbers: "forever" } } });
    const { leaders } = await bothWait(w);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    // His list has been read, and the follower's books prove nothing yet.
    while (!w.records().some(({ type }) => type === "mirror-opened")) await w.time.pass(100);
    fire(w, LEADER, leaders);
    await w.time.pass(2 * A_READING_MS);
    expect([calls(w), w.verdicts()]).toEqual([["POST /forever/orders"], ["ENTRY_WAITS", "FOREVER_UNCLAIMED"]]);
  });

  test.each(["own", "forever"] as const)(
    "with the journal lost what his fires before his list has been read, under %s number, is not placed beside ours (seed 90339)",
    async (firedNumbers) => {
      const w = await copied({}, { simulator: { conduct: { firedNumbers } } });
      const { leaders, ours } = await bothWait(w);
      await w.crash();
      w.disk = new MemoryDisk();
      await w.startEngine();
      await w.time.pass(1_500);
      fire(w, LEADER, leaders);
      await w.time.pass(3 * A_READING_MS);
      expect([calls(w), w.verdicts()]).toEqual([["POST /forever/orders"], ["ENTRY_WAITS", "FOREVER_UNCLAIMED"]]);
      expect(only(waiting(w)).orderId).toBe(ours);
    },
  );

  test("with the journal lost what his had fired before the start is not placed beside ours, which no list has shown yet", async () => {
    const w = await copied();
    const { leaders } = await bothWait(w);
    await w.crash();
    fire(w, LEADER, leaders);
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(3 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    expect(w.verdicts()).toContain("FOREVER_UNCLAIMED");
  });

  test("with a new journal an entry waits until both lists have been read, and goes out then", async () => {
    const w = await world({ copies: [policyOf("copy", { forever: "copy" })] });
    w.leader({ productType: "MARGIN" });
    await w.time.pass(4_000);
    expect([calls(w), w.verdicts()]).toEqual([[], ["ENTRY_WAITS"]]);
    await w.time.pass(4_000);
    expect(calls(w)).toEqual(["POST /orders"]);
    w.leader({ productType: "MARGIN" });
    await w.time.pass(500);
    expect(calls(w)).toEqual(["POST /orders", "POST /orders"]);
  });

  test("R15 with the journal lost a stop and reverse exits at once, and enters nothing before the lists are read", async () => {
    const w = await copied();
    await bothHold(w);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(1_500);
    w.leader({ transactionType: "SELL", productType: "MARGIN", quantity: 450, price: 120 });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => `${transactionType} ${quantity}`)).toEqual(["BUY 75", "SELL 75"]);
    expect(w.verdicts()).toContain("FOREVER_UNCLAIMED");
  });

  describe.each(["own", "forever"] as const)(
    "with the journal lost, what ours has fired under %s number rests at the price of the leader's",
    (firedNumbers) => {
      /** Both hold, both have fired what gets out of that, and neither has filled. */
      async function bothFired(): Promise<{ readonly w: World; readonly his: string; readonly its: string }> {
        const w = await copied({}, { simulator: { conduct: { firedNumbers } } });
        await bothHold(w);
        const { leaders, ours } = await bothWait(w, { transactionType: "SELL", quantity: 150, price: 111, triggerPrice: 137 });
        const [his, its] = [fire(w, LEADER, leaders), fire(w, FOLLOWER, ours)];
        await w.time.pass(1_000);
        await w.crash();
        w.disk = new MemoryDisk();
        await w.startEngine();
        await w.time.pass(2 * A_READING_MS);
        expect(w.orders(FOLLOWER).map(({ transactionType, orderStatus }) => `${transactionType} ${orderStatus}`)).toEqual(["BUY TRADED", "SELL PENDING"]);
        expect(w.verdicts()).toContain("EXIT_WAITS");
        return { w, his, its };
      }

      test("R11 R14 the exit is not sent beside it, and what it sells is not sold again (seed 110367)", async () => {
        const { w, his, its } = await bothFired();
        w.admin("fill", { clientId: LEADER, orderId: his });
        await w.time.pass(1_000);
        w.admin("fill", { clientId: FOLLOWER, orderId: its });
        await w.time.pass(2 * A_READING_MS);
        expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
        expect(w.orders(FOLLOWER)).toHaveLength(2);
      });

      test("R14 the exit goes out once a person has cancelled it, whatever price the leader asks for before that", async () => {
        const { w, his, its } = await bothFired();
        w.admin("modify", { clientId: LEADER, orderId: his, price: 132 });
        await w.time.pass(1_000);
        expect(w.orders(FOLLOWER)).toHaveLength(2);
        w.admin("cancel", { clientId: FOLLOWER, orderId: its });
        await w.time.pass(1_000);
        expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", orderStatus: "PENDING", price: 132, quantity: 75 });
        expect(w.orders(FOLLOWER)).toHaveLength(3);
      });
    },
  );

  describe("with the journal lost, what ours alone has fired rests at the price of the leader's, who withdraws his and gets out at the market", () => {
    /** Of what the copy holds that order may sell all. The leader's exit is filled. */
    async function bothMaySell(byHand?: number): Promise<{ readonly w: World; readonly its: string }> {
      const w = await copied();
      await bothHold(w);
      const { leaders, ours } = await bothWait(w, { transactionType: "SELL", quantity: 150, price: 111, triggerPrice: 137 });
      if (byHand !== undefined) await buysByHand(w, byHand);
      const its = fire(w, FOLLOWER, ours);
      await w.time.pass(1_000);
      await w.crash();
      w.disk = new MemoryDisk();
      await w.startEngine();
      await w.time.pass(2 * A_READING_MS);
      expect(w.verdicts()).toContain("FOREVER_UNCLAIMED");
      w.admin("forever-cancel", { clientId: LEADER, orderId: leaders });
      await w.time.pass(60_000);
      const exit = w.leader({ transactionType: "SELL", productType: "MARGIN", orderType: "MARKET", price: 0 });
      await w.time.pass(100);
      w.admin("fill", { clientId: LEADER, orderId: exit });
      await w.time.pass(A_READING_MS);
      return { w, its };
    }

    async function buysByHand(w: World, quantity: number): Promise<void> {
      const { orderId } = w.admin("place", { clientId: FOLLOWER, ...CALL, transactionType: "BUY", productType: "MARGIN", quantity, price: 120 });
      await w.time.pass(100);
      w.admin("fill", { clientId: FOLLOWER, orderId });
      await w.time.pass(1_000);
    }

    const sales = (w: World): readonly string[] =>
      w.orders(FOLLOWER).flatMap(({ transactionType, orderStatus }) => (transactionType === "SELL" ? [orderStatus] : []));

    test("R11 R15 his exit waits, aloud, and what that order sells is not sold again (seed 112830)", async () => {
      const { w, its } = await bothMaySell();
      expect(sales(w)).toEqual(["PENDING"]);
      expect(w.verdicts()).toContain("EXIT_WAITS");
      w.admin("fill", { clientId: FOLLOWER, orderId: its });
      await w.time.pass(2 * A_READING_MS);
      expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
      expect(sales(w)).toEqual(["TRADED"]);
    });

    test("R14 his exit goes out once a person has cancelled that order", async () => {
      const { w, its } = await bothMaySell();
      w.admin("cancel", { clientId: FOLLOWER, orderId: its });
      await w.time.pass(1_000);
      expect(sales(w)).toEqual(["CANCELLED", "PENDING"]);
    });

    test("R14 his exit goes out at once where the owner holds himself what that order sells", async () => {
      const { w } = await bothMaySell(75);
      expect(sales(w)).toEqual(["PENDING", "PENDING"]);
      expect(w.verdicts()).not.toContain("EXIT_WAITS");
    });
  });

  for (const firedNumbers of ["own", "forever"] as const) {
    describe(`with the journal lost, each fires another of its two before a list is read, and the leader withdraws his (its number: ${firedNumbers})`, () => {
      /** What ours has fired may sell 75 of the 150 that the copy holds later, when the leader's exit of all rests. */
      async function oursRests(): Promise<{ readonly w: World; readonly its: string; readonly exit: string }> {
        const w = await copied({}, { simulator: { conduct: { firedNumbers } } });
        await bothHold(w);
        const two = { price: 102, triggerPrice: 137, quantity1: 150, price1: 124, triggerPrice1: 104 };
        const { leaders, ours } = await bothWait(w, { transactionType: "SELL", quantity: 150, ...two });
        await w.crash();
        w.disk = new MemoryDisk();
        await w.startEngine();
        await w.time.pass(2_000);
        const his = w.admin("forever-fire", { clientId: LEADER, orderId: leaders, legName: "TARGET_LEG" })["orderId"];
        await w.time.pass(2_200);
        const its = String(w.admin("forever-fire", { clientId: FOLLOWER, orderId: ours, legName: "TARGET_LEG" })["orderId"]);
        await w.time.pass(1_000);
        w.admin("cancel", { clientId: LEADER, orderId: his });
        await w.time.pass(2 * A_READING_MS);
        await bothBuy(w);
        const exit = w.leader({ transactionType: "SELL", productType: "MARGIN", quantity: 300, price: 128 });
        await w.time.pass(100);
        return { w, its, exit };
      }

      async function bothBuy(w: World): Promise<void> {
        const entry = w.leader({ productType: "MARGIN", price: 101 });
        await w.time.pass(100);
        w.admin("fill", { clientId: LEADER, orderId: entry });
        w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).findLast(({ transactionType }) => transactionType === "BUY")?.orderId });
        await w.time.pass(1_000);
      }

      const sales = (w: World): readonly string[] =>
        w
          .orders(FOLLOWER)
          .flatMap(({ transactionType, quantity, price, orderStatus }) => (transactionType === "SELL" ? [`${quantity} at ${price} ${orderStatus}`] : []));
      const withdrawn = "75 at 102 CANCELLED";

      test("R11 R15 an exit that rests leaves what that order may sell, of which the rest waits aloud, and none is sold twice (seed 120456)", async () => {
        const { w, its, exit } = await oursRests();
        expect(sales(w)).toEqual([withdrawn, "75 at 124 PENDING", "75 at 128 PENDING"]);
        for (const [clientId, orderId] of [[LEADER, exit] as const, [FOLLOWER, w.orders(FOLLOWER).at(-1)?.orderId] as const])
          w.admin("fill", { clientId, orderId });
        await w.time.pass(A_READING_MS);
        expect(w.verdicts()).toContain("EXIT_WAITS");
        w.admin("fill", { clientId: FOLLOWER, orderId: its });
        await w.time.pass(A_READING_MS);
        expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
        await bothBuy(w);
        await w.time.pass(A_READING_MS);
        expect(sales(w)).toEqual([withdrawn, "75 at 124 TRADED", "75 at 128 TRADED"]);
      });

      test("R14 it is for all of it once a person has cancelled that order", async () => {
        const { w, its } = await oursRests();
        w.admin("cancel", { clientId: FOLLOWER, orderId: its });
        await w.time.pass(1_000);
        expect(sales(w)).toEqual([withdrawn, "75 at 124 CANCELLED", "150 at 128 PENDING"]);
      });
    });
  }

  describe("with the journal lost, an exit rests that had been sent for what his had fired alone, under a number that nobody knows any more", () => {
    /** It may sell the 75 that the copy holds; his rests as well. */
    async function oursRests(): Promise<{ readonly w: World; readonly his: string; readonly its: string }> {
      const w = await copied({}, { simulator: { conduct: { firedNumbers: "own" } } });
      await bothHold(w);
      const { leaders } = await bothWait(w, { transactionType: "SELL", quantity: 150, price: 111, triggerPrice: 137 });
      const his = fire(w, LEADER, leaders);
      await w.time.pass(8_000);
      const its = String(w.orders(FOLLOWER).at(-1)?.orderId);
      await w.crash();
      w.disk = new MemoryDisk();
      await w.startEngine();
      await w.time.pass(3 * A_READING_MS);
      return { w, his, its };
    }

    const sales = (w: World): readonly string[] =>
      w
        .orders(FOLLOWER)
        .flatMap(({ transactionType, quantity, price, orderStatus }) => (transactionType === "SELL" ? [`${quantity} at ${price} ${orderStatus}`] : []));

    /** The leader withdraws his, buys as much again, and gets out of all with an order that rests. */
    async function bothExit(w: World, his: string): Promise<string> {
      w.admin("cancel", { clientId: LEADER, orderId: his });
      await w.time.pass(1_000);
      const entry = w.leader({ productType: "MARGIN", price: 101 });
      await w.time.pass(100);
      w.admin("fill", { clientId: LEADER, orderId: entry });
      w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).findLast(({ transactionType }) => transactionType === "BUY")?.orderId });
      await w.time.pass(1_000);
      const exit = w.leader({ transactionType: "SELL", productType: "MARGIN", quantity: 300, price: 128 });
      await w.time.pass(1_000);
      return exit;
    }

    test("R11 R15 none is placed beside it, and it is said", async () => {
      const { w, his, its } = await oursRests();
      expect(sales(w)).toEqual(["75 at 111 PENDING"]);
      expect(w.verdicts()).toContain("EXIT_WAITS");
      for (const [clientId, orderId] of [[LEADER, his] as const, [FOLLOWER, its] as const]) w.admin("fill", { clientId, orderId });
      await w.time.pass(A_READING_MS);
      expect(sales(w)).toEqual(["75 at 111 TRADED"]);
      expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
    });

    test("R11 R15 his next exit that rests leaves what it may sell, and none is sold twice (seed 157548)", async () => {
      const { w, his, its } = await oursRests();
      const exit = await bothExit(w, his);
      expect(sales(w)).toEqual(["75 at 111 PENDING", "75 at 128 PENDING"]);
      for (const [clientId, orderId] of [[LEADER, exit] as const, [FOLLOWER, w.orders(FOLLOWER).at(-1)?.orderId] as const, [FOLLOWER, its] as const])
        w.admin("fill", { clientId, orderId });
      await w.time.pass(A_READING_MS);
      expect(sales(w)).toEqual(["75 at 111 TRADED", "75 at 128 TRADED"]);
      expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
    });

    test("R14 that is for all of it once a person has cancelled what rests", async () => {
      const { w, his, its } = await oursRests();
      await bothExit(w, his);
      w.admin("cancel", { clientId: FOLLOWER, orderId: its });
      await w.time.pass(1_000);
      expect(sales(w)).toEqual(["75 at 111 CANCELLED", "150 at 128 PENDING"]);
    });
  });

  test("R24 it outlives the day, and so do its change and its firing", async () => {
    const w = await copied({}, { start: "2026-11-20 23:50:00" });
    const { leaders, ours } = await bothWait(w);
    await w.time.pass(20 * 60_000);
    expect(only(waiting(w))).toMatchObject({ orderId: ours });
    w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118 });
    await w.time.pass(A_READING_MS + 1_000);
    expect(only(waiting(w))).toMatchObject({ triggerPrice: 118 });
    const his = fire(w, LEADER, leaders);
    const its = fire(w, FOLLOWER, ours);
    w.admin("fill", { clientId: LEADER, orderId: his });
    w.admin("fill", { clientId: FOLLOWER, orderId: its });
    await w.time.pass(A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders", "PUT /forever/orders/N"]);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
  });
});

describe("what is not copied as one", () => {
  test("one that the follower's broker refuses: what the leader's fires is copied", async () => {
    const w = await copied();
    const body = '{"errorType":"Input_Exception","errorCode":"DH-905","errorMessage":"no"}';
    w.admin("fault", { on: "request", call: "forever-place", clientId: FOLLOWER, effect: { kind: "answer", status: 400, body } });
    const leaders = w.leaderForever({});
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    fire(w, LEADER, leaders);
    await w.time.pass(2_000);
    expect(calls(w)).toEqual(["POST /forever/orders", "POST /orders"]);
    expect(only(w.orders(FOLLOWER))).toMatchObject({ orderType: "LIMIT", price: 120.5 });
  });

  test("R21 above the freeze quantity it is not sliced", async () => {
    const w = await copied({}, { freezeLots: 2 });
    const leaders = w.leaderForever({ quantity: 450 });
    await w.time.pass(2 * A_READING_MS);
    expect([calls(w), w.verdicts()]).toEqual([[], ["FOREVER_NOT_COPIED"]]);
    fire(w, LEADER, leaders);
    await w.time.pass(2_000);
    expect(calls(w).length).toBeGreaterThan(0);
  });
});
