/** `forever: copy`: OCO orders at the follower's broker as well (R19, docs/forever.md). */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { CALL, FOLLOWER, LEADER, type PolicyChanges, policyOf, type World, type WorldOptions, worldWithLists } from "./world.ts";

/** A reading of each list, and a moment. */
const A_READING_MS = 15_100;
/** Until what a list lacks is gone. */
const GONE_MS = 32_000;

const STOP = { quantity: 150, price: 109, triggerPrice: 110 } as const;
const TARGET = { quantity1: 150, price1: 134, triggerPrice1: 135 } as const;

const copied = (changes: PolicyChanges = {}, options: WorldOptions = {}): Promise<World> =>
  worldWithLists({ ...options, copies: [policyOf("copy", { forever: "copy", ...changes })] });

interface Waiting {
  readonly orderId: string;
  /** `75 at 109 from 110`, the lower trigger first. */
  readonly asks: readonly string[];
}

/** What waits at an account's broker. */
function waiting(w: World, id: string = FOLLOWER): readonly Waiting[] {
  const orders = w.simulator.foreverOrders.of(id).filter(({ legs }) => legs.some(({ status }) => status === "CONFIRM"));
  return orders.map(({ orderId, legs }) => {
    const sorted = legs.toSorted((a, b) => a.triggerPrice - b.triggerPrice);
    return { orderId, asks: sorted.map(({ quantity, price, triggerPrice }) => `${quantity} at ${price / 10_000} from ${triggerPrice / 10_000}`) };
  });
}

const calls = (w: World): readonly string[] => w.calls().map(({ method, path }) => `${method} ${path.replace("/v2", "").replace(/\d{6,}/, "N")}`);
const sent = (w: World): readonly string[] => w.orders(FOLLOWER).map(({ transactionType, quantity }) => `${transactionType} ${quantity}`);

function only<T>(list: readonly T[]): T {
  expect(list).toHaveLength(1);
  const [one] = list;
  if (one === undefined) throw new Error("nothing there");
  return one;
}

/** The market reaches the lower or the upper of its triggers, whatever the list calls them. */
function fire(w: World, clientId: string, orderId: string, which: "lower" | "upper"): string {
  const legs = w.simulator.foreverOrders.of(clientId).find((order) => order.orderId === orderId)?.legs ?? [];
  const sorted = legs.toSorted((a, b) => a.triggerPrice - b.triggerPrice);
  const legName = (which === "lower" ? sorted[0] : sorted.at(-1))?.name === "second" ? "STOP_LOSS_LEG" : "TARGET_LEG";
  return String(w.admin("forever-fire", { clientId, orderId, legName })["orderId"]);
}

function change(w: World, orderId: string, which: "lower" | "upper", to: Record<string, unknown>): void {
  const legs = w.simulator.foreverOrders.of(LEADER).find((order) => order.orderId === orderId)?.legs ?? [];
  const sorted = legs.toSorted((a, b) => a.triggerPrice - b.triggerPrice);
  const legName = (which === "lower" ? sorted[0] : sorted.at(-1))?.name === "second" ? "STOP_LOSS_LEG" : "TARGET_LEG";
  w.admin("forever-modify", { clientId: LEADER, orderId, legName, ...to });
}

/** Meera holds 150 in MARGIN, and Arjun his 75. */
async function bothHold(w: World): Promise<void> {
  const entry = w.leader({ productType: "MARGIN" });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId });
  await w.time.pass(1_000);
}

/** Both hold, and the stop and the target of both wait. */
async function bothWait(w: World, order: Record<string, unknown> = {}): Promise<{ readonly leaders: string; readonly ours: string }> {
  await bothHold(w);
  const leaders = w.leaderForever({ transactionType: "SELL", ...STOP, ...TARGET, ...order });
  await w.time.pass(A_READING_MS + 1_000);
  return { leaders, ours: only(waiting(w)).orderId };
}

const BEFORE = ["POST /orders", "POST /forever/orders"] as const;

// What the placement calls the target and what the list and changes do is told in two ways (reference 3.2): whichever it is, the same comes of it.
for (const ocoTarget of ["price", "price1"] as const) {
  const conduct = { simulator: { conduct: { ocoTarget } } };

  describe(`an OCO order, whose target is its ${ocoTarget}`, () => {
    test("goes out as one, at the follower's size and the leader's prices, once", async () => {
      const w = await copied({}, conduct);
      await bothWait(w);
      await w.time.pass(3 * A_READING_MS);
      expect(only(waiting(w)).asks).toEqual(["75 at 109 from 110", "75 at 134 from 135"]);
      expect(calls(w)).toEqual(BEFORE);
      const about = { orderFlag: "OCO", orderType: "LIMIT", transactionType: "SELL", productType: "MARGIN", ...CALL };
      expect(w.calls()[1]?.body).toMatchObject({ ...about, quantity: 75, price: 109, triggerPrice: 110, quantity1: 75, price1: 134, triggerPrice1: 135 });
      expect(w.verdicts()).not.toContain("FOREVER_NOT_COPIED");
    });

    for (const which of ["lower", "upper"] as const) {
      const other = which === "lower" ? "upper" : "lower";

      test(`the ${which} of the two is changed as the leader's is, and the other stays`, async () => {
        const w = await copied({}, conduct);
        const { leaders, ours } = await bothWait(w);
        change(w, leaders, which, { price: 119, triggerPrice: 120 });
        await w.time.pass(2 * A_READING_MS);
        const changed = "75 at 119 from 120";
        expect(only(waiting(w))).toEqual({ orderId: ours, asks: which === "lower" ? [changed, "75 at 134 from 135"] : ["75 at 109 from 110", changed] });
        expect(calls(w)).toEqual([...BEFORE, "PUT /forever/orders/N"]);
      });

      test(`the ${which} fires on both sides: the order is not copied as well, and the other is over`, async () => {
        const w = await copied({}, conduct);
        const { leaders, ours } = await bothWait(w);
        const his = fire(w, LEADER, leaders, which);
        const its = fire(w, FOLLOWER, ours, which);
        await w.time.pass(2 * A_READING_MS);
        expect(calls(w)).toEqual(BEFORE);
        w.admin("modify", { clientId: LEADER, orderId: his, price: 121 });
        await w.time.pass(1_000);
        expect(calls(w)).toEqual([...BEFORE, "PUT /orders/N"]);
        expect(w.orders(FOLLOWER).find(({ orderId }) => orderId === its)).toMatchObject({ price: 121, quantity: 75, orderType: "LIMIT" });
        w.admin("fill", { clientId: LEADER, orderId: his });
        w.admin("fill", { clientId: FOLLOWER, orderId: its });
        await w.time.pass(A_READING_MS);
        expect([w.net(LEADER), w.net(FOLLOWER), sent(w), waiting(w)]).toEqual([0, 0, ["BUY 75", "SELL 75"], []]);
        expect(w.verdicts().filter((code) => code !== "COPIED" && code !== "FILLED")).toEqual([]);
      });

      test(`the ${which} fires at the leader and the ${other} at the follower: it is one order all the same, left at its price`, async () => {
        const w = await copied({}, conduct);
        const { leaders, ours } = await bothWait(w);
        const his = fire(w, LEADER, leaders, which);
        const its = fire(w, FOLLOWER, ours, other);
        await w.time.pass(2 * A_READING_MS);
        expect(calls(w)).toEqual(BEFORE);
        w.admin("fill", { clientId: LEADER, orderId: his });
        w.admin("fill", { clientId: FOLLOWER, orderId: its });
        await w.time.pass(2 * A_READING_MS);
        expect([w.net(LEADER), w.net(FOLLOWER), sent(w)]).toEqual([0, 0, ["BUY 75", "SELL 75"]]);
      });

      test(`the ${which} fires at the leader alone: ours is deleted after a while, and his order goes out when it is gone`, async () => {
        const w = await copied({}, conduct);
        const { leaders } = await bothWait(w);
        fire(w, LEADER, leaders, which);
        await w.time.pass(1_500);
        expect(calls(w)).toEqual(BEFORE);
        await w.time.pass(6_000);
        expect(calls(w)).toEqual([...BEFORE, "DELETE /forever/orders/N", "POST /orders"]);
        expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ orderType: "LIMIT", price: which === "lower" ? 109 : 134, quantity: 75, transactionType: "SELL" });
        expect(waiting(w)).toEqual([]);
      });

      test(`the ${which} fires at the follower alone: nothing is sent, and when the leader's fires later it is the same order`, async () => {
        const w = await copied({}, conduct);
        const { leaders, ours } = await bothWait(w);
        const its = fire(w, FOLLOWER, ours, which);
        w.admin("fill", { clientId: FOLLOWER, orderId: its });
        await w.time.pass(2 * A_READING_MS);
        expect(calls(w)).toEqual(BEFORE);
        expect(w.verdicts()).toContain("FOREVER_ALONE");
        const his = fire(w, LEADER, leaders, which);
        w.admin("fill", { clientId: LEADER, orderId: his });
        await w.time.pass(2 * A_READING_MS);
        expect(calls(w)).toEqual(BEFORE);
        expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
      });
    }

    test("both are changed in two calls, the second when the list has shown the first", async () => {
      const w = await copied({}, conduct);
      const { leaders, ours } = await bothWait(w);
      w.admin("lag", { clientId: FOLLOWER, booksMs: 2_500, correlationMs: 0 });
      change(w, leaders, "lower", { price: 139, triggerPrice: 140 });
      change(w, leaders, "lower", { price: 129, triggerPrice: 130 });
      await w.time.pass(2 * A_READING_MS);
      expect(only(waiting(w))).toEqual({ orderId: ours, asks: ["75 at 129 from 130", "75 at 139 from 140"] });
      expect(calls(w)).toEqual([...BEFORE, "PUT /forever/orders/N", "PUT /forever/orders/N"]);
    });

    test("the one past the other is changed by way of the other's terms, and the other stays", async () => {
      const w = await copied({}, conduct);
      const leaders = w.leaderForever({ quantity: 300, price: 101, triggerPrice: 108, quantity1: 300, price1: 101, triggerPrice1: 127 });
      await w.time.pass(A_READING_MS + 1_000);
      // Of the same trigger and price for a moment, and told apart by their sizes alone.
      change(w, leaders, "lower", { quantity: 150, triggerPrice: 136 });
      await w.time.pass(2 * A_READING_MS);
      expect(only(waiting(w)).asks).toEqual(["75 at 101 from 127", "75 at 101 from 136"]);
      expect(w.verdicts()).not.toContain("CHANGED_BY_OTHERS");
    });

    test("both grow and shrink, one after the other", async () => {
      const w = await copied({}, conduct);
      const leaders = w.leaderForever({ quantity: 150, price: 118, triggerPrice: 118, quantity1: 150, price1: 122, triggerPrice1: 122 });
      await w.time.pass(A_READING_MS + 1_000);
      change(w, leaders, "lower", { quantity: 450 });
      await w.time.pass(2 * A_READING_MS);
      expect(only(waiting(w)).asks).toEqual(["75 at 118 from 118", "75 at 122 from 122"]);
      change(w, leaders, "upper", { quantity: 450 });
      await w.time.pass(2 * A_READING_MS);
      expect(only(waiting(w)).asks).toEqual(["225 at 118 from 118", "225 at 122 from 122"]);
      change(w, leaders, "upper", { quantity: 150 });
      await w.time.pass(2 * A_READING_MS);
      expect(only(waiting(w)).asks).toEqual(["75 at 118 from 118", "75 at 122 from 122"]);
    });
  });
}

describe("an OCO order", () => {
  test("is deleted as the leader's is", async () => {
    const w = await copied();
    const { leaders } = await bothWait(w);
    w.admin("forever-cancel", { clientId: LEADER, orderId: leaders });
    await w.time.pass(GONE_MS);
    expect(waiting(w)).toEqual([]);
    expect(calls(w)).toEqual([...BEFORE, "DELETE /forever/orders/N"]);
  });

  test("R14 is deleted where the copy has got out beside it", async () => {
    const w = await copied();
    await bothWait(w);
    const out = w.leader({ transactionType: "SELL", productType: "MARGIN", orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: out });
    await w.time.pass(3_000);
    for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId });
    await w.time.pass(A_READING_MS);
    expect([waiting(w), w.net(FOLLOWER)]).toEqual([[], 0]);
  });

  test("that buys enters once, whichever fires", async () => {
    const w = await copied();
    const leaders = w.leaderForever({ orderType: "MARKET", price: 0, triggerPrice: 118, quantity1: 150, triggerPrice1: 122 });
    await w.time.pass(A_READING_MS + 1_000);
    const { orderId, asks } = only(waiting(w));
    expect(asks).toEqual(["75 at 0 from 118", "75 at 0 from 122"]);
    const his = fire(w, LEADER, leaders, "upper");
    const its = fire(w, FOLLOWER, orderId, "upper");
    w.admin("fill", { clientId: LEADER, orderId: his });
    w.admin("fill", { clientId: FOLLOWER, orderId: its });
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders"]);
    expect([w.net(LEADER), w.net(FOLLOWER), sent(w)]).toEqual([150, 75, ["BUY 75"]]);
  });

  test("R17 of two sizes goes out at the smaller; when the larger fires on both sides, the rest follows", async () => {
    const w = await copied();
    const leaders = w.leaderForever({ quantity: 150, price: 118, triggerPrice: 118, quantity1: 450, price1: 122, triggerPrice1: 122 });
    await w.time.pass(A_READING_MS + 1_000);
    const { orderId, asks } = only(waiting(w));
    expect(asks).toEqual(["75 at 118 from 118", "75 at 122 from 122"]);
    const its = fire(w, FOLLOWER, orderId, "upper");
    fire(w, LEADER, leaders, "upper");
    await w.time.pass(A_READING_MS);
    expect(w.orders(FOLLOWER).find((order) => order.orderId === its)).toMatchObject({ quantity: 225, price: 122 });
    expect(sent(w)).toEqual(["BUY 225"]);
    // It has triggered: as a stop once more it would wait for its trigger again.
    expect(w.calls().at(-1)?.body).toMatchObject({ orderType: "LIMIT", quantity: 225, price: 122 });
  });

  test("R2 a change that comes while the list lags behind the last one waits for it, and is made of the right one", async () => {
    const w = await copied();
    const leaders = w.leaderForever({ price: 118, triggerPrice: 118, quantity1: 150, price1: 122, triggerPrice1: 122 });
    await w.time.pass(A_READING_MS + 1_000);
    w.admin("lag", { clientId: FOLLOWER, booksMs: 4_000, correlationMs: 0 });
    // Past the other: the two change places.
    change(w, leaders, "lower", { price: 125, triggerPrice: 125 });
    while (!calls(w).includes("PUT /forever/orders/N")) await w.time.pass(50);
    change(w, leaders, "upper", { price: 128, triggerPrice: 128 });
    // His list is read at once for what may have been fired.
    w.leader({ productType: "MARGIN", quantity: 300, price: 100 });
    await w.time.pass(A_READING_MS);
    expect(only(waiting(w)).asks).toEqual(["75 at 122 from 122", "75 at 128 from 128"]);
    expect(calls(w).filter((call) => call === "PUT /forever/orders/N")).toHaveLength(2);
  });

  test("of which the upper fires on both sides while the lists lag: the order is not copied as well", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    for (const clientId of [LEADER, FOLLOWER]) w.admin("lag", { clientId, booksMs: 4_000, correlationMs: 0 });
    fire(w, LEADER, leaders, "upper");
    fire(w, FOLLOWER, ours, "upper");
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(BEFORE);
  });

  test("of which one fires beside an order of the leader's at the terms of the other: that is copied by itself", async () => {
    const w = await copied();
    const leaders = w.leaderForever({ price: 118, triggerPrice: 118, quantity1: 150, price1: 122, triggerPrice1: 122 });
    await w.time.pass(A_READING_MS + 1_000);
    w.leader({ productType: "MARGIN", price: 118 });
    fire(w, LEADER, leaders, "upper");
    fire(w, FOLLOWER, only(waiting(w)).orderId, "upper");
    await w.time.pass(A_READING_MS);
    expect(calls(w)).toEqual(["POST /forever/orders", "POST /orders"]);
    expect(w.orders(FOLLOWER).map(({ price, quantity }) => `${quantity} at ${price}`)).toEqual(["75 at 122", "75 at 118"]);
  });

  test("R10 whose placement was not answered is found in the list by what both ask for, and is not sent again", async () => {
    const w = await copied();
    w.admin("fault", { on: "request", call: "forever-place", clientId: FOLLOWER, when: "after", effect: { kind: "silence" }, times: 1 });
    const { leaders } = await bothWait(w);
    await w.time.pass(3 * A_READING_MS);
    expect(calls(w)).toEqual(BEFORE);
    w.admin("forever-cancel", { clientId: LEADER, orderId: leaders });
    await w.time.pass(GONE_MS);
    expect([waiting(w), calls(w)]).toEqual([[], [...BEFORE, "DELETE /forever/orders/N"]]);
    expect(w.verdicts()).not.toContain("FOREVER_IN_DOUBT");
  });

  test("R10 that the list does not tell of is never placed again, and neither is what the leader's fires", async () => {
    const w = await copied();
    await bothHold(w);
    w.admin("fault", { on: "request", call: "forever-place", clientId: FOLLOWER, when: "before", effect: { kind: "silence" }, times: 1 });
    const leaders = w.leaderForever({ transactionType: "SELL", ...STOP, ...TARGET });
    await w.time.pass(3 * A_READING_MS);
    expect(w.verdicts()).toContain("FOREVER_IN_DOUBT");
    change(w, leaders, "upper", { triggerPrice: 133 });
    await w.time.pass(A_READING_MS);
    const his = fire(w, LEADER, leaders, "upper");
    w.admin("fill", { clientId: LEADER, orderId: his });
    await w.time.pass(A_READING_MS);
    await w.crash();
    await w.startEngine();
    await w.time.pass(A_READING_MS);
    expect(calls(w)).toEqual(BEFORE);
  });

  test("R3 of which a change did not arrive: it is settled by the row, and repeated", async () => {
    const w = await copied();
    const { leaders } = await bothWait(w);
    w.admin("fault", { on: "request", call: "forever-modify", clientId: FOLLOWER, when: "before", times: 1, effect: { kind: "silence" } });
    change(w, leaders, "upper", { triggerPrice: 136 });
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual([...BEFORE, "PUT /forever/orders/N", "PUT /forever/orders/N"]);
    expect(only(waiting(w)).asks).toEqual(["75 at 109 from 110", "75 at 134 from 136"]);
  });

  test("R11 goes on after a restart, and what the leader did meanwhile is followed", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    await w.crash();
    change(w, leaders, "lower", { price: 111, triggerPrice: 112 });
    await w.startEngine();
    await w.time.pass(2 * A_READING_MS);
    expect(only(waiting(w))).toEqual({ orderId: ours, asks: ["75 at 111 from 112", "75 at 134 from 135"] });
    expect(calls(w)).toEqual([...BEFORE, "PUT /forever/orders/N"]);
  });

  test("R11 that fired on both sides while nobody ran is no order by itself", async () => {
    const w = await copied();
    const { leaders, ours } = await bothWait(w);
    await w.crash();
    const his = fire(w, LEADER, leaders, "upper");
    const its = fire(w, FOLLOWER, ours, "upper");
    w.admin("fill", { clientId: LEADER, orderId: his });
    w.admin("fill", { clientId: FOLLOWER, orderId: its });
    await w.startEngine();
    await w.time.pass(2 * A_READING_MS);
    expect(calls(w)).toEqual(BEFORE);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
  });

  test("R11 with the journal lost none is placed beside one that may be ours, and a person is asked", async () => {
    const w = await copied();
    await bothWait(w);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(3 * A_READING_MS);
    expect(waiting(w)).toHaveLength(1);
    expect(w.verdicts()).toContain("FOREVER_UNCLAIMED");
    expect(calls(w)).toEqual(BEFORE);
  });
});

test("an OCO order of ours that does not stand as it was sent is said and left alone, until the leader deletes his", async () => {
  const w = await copied();
  const { leaders, ours } = await bothWait(w);
  change(w, leaders, "lower", { triggerPrice: 111 });
  await w.time.pass(A_READING_MS);
  // As if the broker had made the change of the other, or by hand.
  w.admin("forever-modify", { clientId: FOLLOWER, orderId: ours, legName: "STOP_LOSS_LEG", triggerPrice: 112 });
  await w.time.pass(2 * A_READING_MS);
  expect(w.verdicts()).toContain("CHANGED_BY_OTHERS");
  change(w, leaders, "lower", { triggerPrice: 105 });
  await w.time.pass(2 * A_READING_MS);
  expect(calls(w)).toEqual([...BEFORE, "PUT /forever/orders/N"]);
  w.admin("forever-cancel", { clientId: LEADER, orderId: leaders });
  await w.time.pass(GONE_MS);
  expect(waiting(w)).toEqual([]);
});

describe("what of an OCO order is refused aloud", () => {
  test("one at the market and one with a limit, which no call places: what fires is copied", async () => {
    const w = await copied();
    await bothHold(w);
    const leaders = w.leaderForever({ transactionType: "SELL", ...STOP, ...TARGET });
    change(w, leaders, "lower", { orderType: "MARKET", price: 0 });
    await w.time.pass(A_READING_MS);
    expect([calls(w), w.verdicts()]).toEqual([["POST /orders"], expect.arrayContaining(["FOREVER_NOT_COPIED"])]);
    fire(w, LEADER, leaders, "upper");
    await w.time.pass(2_000);
    expect(calls(w)).toEqual(["POST /orders", "POST /orders"]);
  });

  test("a change, where the list does not tell which of the two is which: ours stays as it was", async () => {
    const w = await copied();
    await bothHold(w);
    const leaders = w.leaderForever({ transactionType: "SELL", ...STOP, ...TARGET });
    while (waiting(w).length === 0) await w.time.pass(50);
    const about = { orderStatus: "CONFIRM", transactionType: "SELL", ...CALL, productType: "MARGIN", orderType: "OCO", quantity: 75, legName: "ENTRY_LEG" };
    const rows = [STOP, { price: TARGET.price1, triggerPrice: TARGET.triggerPrice1 }].map((one) => ({
      ...about,
      orderId: only(waiting(w)).orderId,
      ...one,
      quantity: 75,
    }));
    w.admin("fault", { on: "request", call: "forever-orders", clientId: FOLLOWER, effect: { kind: "answer", status: 200, body: JSON.stringify(rows) } });
    change(w, leaders, "upper", { triggerPrice: 136 });
    await w.time.pass(3 * A_READING_MS);
    expect([calls(w), only(waiting(w)).asks]).toEqual([BEFORE, ["75 at 109 from 110", "75 at 134 from 135"]]);
    expect(w.verdicts()).toContain("CHANGE_REFUSED");
  });
});
