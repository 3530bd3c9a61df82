/** A leader's order lives its whole life at a follower: the scenarios that need no fault, told in the virtual world. */

import { describe, expect, test } from "vitest";
import { clientId } from "../../src/domain/identity.ts";
import { bothHold } from "./both-hold.ts";
import { CALL, FOLLOWER, LEADER, policyOf, world } from "./world.ts";

describe("an entry", () => {
  test("S2 a limit order is copied at the follower's size, price for price", async () => {
    const w = await world();
    w.leader({ quantity: 150, price: 120.5 });
    await w.time.pass(200);
    expect(w.calls()).toHaveLength(1);
    expect(w.calls()[0]?.body).toMatchObject({
      orderType: "LIMIT",
      quantity: 75,
      price: 120.5,
      transactionType: "BUY",
      securityId: CALL.securityId,
      validity: "DAY",
    });
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "PENDING", quantity: 75 }]);
    expect(w.verdicts()).toEqual(["COPIED"]);
  });

  test("S1 a market order goes out as MARKET with no price", async () => {
    const w = await world();
    w.leader({ orderType: "MARKET", price: 0 });
    await w.time.pass(200);
    expect(w.calls().map((call) => call.body)).toMatchObject([{ orderType: "MARKET", price: 0, quantity: 75 }]);
  });

  test("S9 S10 S11 quantity and price changes are each one modification with the full state", async () => {
    const w = await world();
    const order = w.leader({ quantity: 150 });
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300 });
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 125 });
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 150 });
    await w.time.pass(2_000);
    expect(w.methods()).toBe("POST PUT PUT PUT");
    expect(
      w
        .calls()
        .slice(1)
        .map((call) => call.body),
    ).toMatchObject([
      { quantity: 150, price: 120.5 },
      { quantity: 150, price: 125 },
      { quantity: 75, price: 125 },
    ]);
    expect(w.calls()[1]?.body).not.toHaveProperty("legName");
  });

  test("S13 LIMIT to MARKET is one modification to MARKET without a price", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, orderType: "MARKET", price: 0 });
    await w.time.pass(2_000);
    expect(w.methods()).toBe("POST PUT");
    expect(w.calls()[1]?.body).toMatchObject({ orderType: "MARKET", price: 0, quantity: 75 });
  });

  test("S15 S16 a cancel ends the follower's order with one DELETE, in TRANSIT as well as at the exchange", async () => {
    for (const hold of [true, false]) {
      const w = await world();
      if (hold) w.admin("transit", { clientId: FOLLOWER, state: "hold" });
      const order = w.leader({});
      await w.time.pass(1_000);
      w.admin("cancel", { clientId: LEADER, orderId: order });
      await w.time.pass(500);
      if (hold) w.admin("transit", { clientId: FOLLOWER, state: "release" });
      await w.time.pass(20_000);
      expect(w.methods()).toBe("POST DELETE");
      expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
      expect(w.verdicts()).toEqual(["COPIED", "WITHDRAWN"]);
    }
  });

  test("S17 S18 what is filled when the leader cancels is kept and reported", async () => {
    const w = await world();
    const order = w.leader({ quantity: 300 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, quantity: 75 });
    await w.time.pass(1_000);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED", filledQty: 75 }]);
    expect(w.verdicts()).toContain("ORPHAN");
  });

  test("S14 a change after the follower is filled sends nothing and is on record", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(1_000);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(1_000);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 121 });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toContain("ALREADY_EXECUTED");
  });

  test("S35 less than a lot is refused with its arithmetic, and a later increase brings the order", async () => {
    const w = await world();
    const order = w.leader({ quantity: 75 });
    await w.time.pass(1_000);
    expect(w.calls()).toEqual([]);
    expect(w.verdicts()).toEqual(["BELOW_ONE_LOT"]);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300 });
    await w.time.pass(1_000);
    expect(w.calls().map((call) => call.body)).toMatchObject([{ quantity: 150 }]);
  });

  test("S23 a follower who is late is said once and left", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: order });
    await w.time.pass(30_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toEqual(["COPIED", "FOLLOWER_LATE"]);
  });

  test("S36 a refusal for margin is stored in the broker's words and not repeated", async () => {
    const w = await world();
    w.admin("funds", { clientId: FOLLOWER, rupees: 100 });
    const order = w.leader({});
    await w.time.pass(30_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toEqual(["COPIED", "BROKER_REFUSED"]);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST");
  });
});

describe("an exit", () => {
  /** Leader 150 and follower 75 bought and filled. */
  async function holding(options: Parameters<typeof world>[0] = {}) {
    const w = await world(options);
    await bothHold(w);
    expect(w.net(FOLLOWER)).toBe(75);
    return w;
  }

  test("S3 a stop is copied up to what the copy holds", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST POST");
    expect(w.calls()[1]?.body).toMatchObject({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 75, price: 109, triggerPrice: 110 });
  });

  test("S4 a stop-market goes out as a stop with a limit beyond the trigger", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS_MARKET", quantity: 150, price: 0, triggerPrice: 110 });
    await w.time.pass(1_000);
    expect(w.calls()[1]?.body).toMatchObject({ orderType: "STOP_LOSS", quantity: 75, price: 99, triggerPrice: 110 });
  });

  test("R14 an exit is a part of what earlier exits leave, whether these have filled here or not", async () => {
    const w = await world();
    const entry = w.leader({ quantity: 1_200 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(2_000);
    for (let exits = 1; exits <= 8; exits += 1) {
      const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
      await w.time.pass(20);
      w.admin("fill", { clientId: LEADER, orderId: exit, price: 121 });
      await w.time.pass(20);
    }
    await w.time.pass(5_000);
    expect(
      w
        .calls()
        .slice(1)
        .map((call) => call.body["quantity"]),
    ).toEqual(Array.from({ length: 8 }, () => 75));
    for (const row of w.orders(FOLLOWER).slice(1)) w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId, price: 121 });
    await w.time.pass(1_000);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R14 what the follower has filled before the leader is the copy of what still rests there: a part of the leader's position takes nothing of it", async () => {
    const w = await world();
    await bothHold(w, { quantity: 300 });
    const more = w.leader({ quantity: 300, price: 110 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    await w.time.pass(1_500);
    const half = w.leader({ transactionType: "SELL", quantity: 150, orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: half, price: 120 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[2]?.orderId, price: 120 });
    await w.time.pass(1_500);
    expect(w.net(FOLLOWER)).toBe(225);
    w.admin("fill", { clientId: LEADER, orderId: more });
    await w.time.pass(1_500);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([450, 225]);
    const rest = w.leader({ transactionType: "SELL", quantity: 450, orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: rest, price: 120 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[3]?.orderId, price: 120 });
    await w.time.pass(1_500);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R14 what the follower had filled before the leader has left with his whole way out: a part of what he buys later is of all that the copy holds then (seed 62779)", async () => {
    const w = await world();
    const sellOut = async (quantity: number): Promise<void> => {
      const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity, price: 0 });
      await w.time.pass(100);
      w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
      await w.time.pass(3_000);
      w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 120 });
      await w.time.pass(3_000);
    };
    const buy = async (order: Record<string, unknown>): Promise<void> => {
      const bought = w.leader(order);
      await w.time.pass(1_500);
      w.admin("fill", { clientId: LEADER, orderId: bought });
      w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
      await w.time.pass(3_000);
    };
    w.leader({ quantity: 300, price: 118 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await buy({});
    await sellOut(150);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
    await buy({ quantity: 300 });
    await sellOut(150);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
  });

  test("R14 a full market exit leaves zero", async () => {
    const w = await holding();
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 121 });
    await w.time.pass(100);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, price: 121 });
    await w.time.pass(10_000);
    expect(w.methods()).toBe("POST POST");
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.verdicts().filter((code) => code === "FILLED")).toHaveLength(2);
  });

  test("R14 the leader exits while the follower's entry rests: the rest is withdrawn, and a late fill of it is exited at once", async () => {
    const w = await world();
    const entry = w.leader({ quantity: 150 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    await w.time.pass(2_000);
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(20);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 121 });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, late: true });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST DELETE POST");
    expect(w.calls()[2]?.body).toMatchObject({ transactionType: "SELL", quantity: 75 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, price: 121 });
    await w.time.pass(1_000);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R16 stop and target on one position: when one fills, the other goes without waiting for the leader", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    w.leader({ transactionType: "SELL", quantity: 150, price: 140 });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER).map((row) => row.quantity)).toEqual([75, 75, 75]);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[2]?.orderId });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST POST POST DELETE");
    expect(w.orders(FOLLOWER).map((row) => row.orderStatus)).toEqual(["TRADED", "CANCELLED", "TRADED"]);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R16 two alternatives that fill together are closed and reported", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    w.leader({ transactionType: "SELL", quantity: 150, price: 140 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[2]?.orderId });
    await w.time.pass(1_000);
    expect(w.net(FOLLOWER)).toBe(-75);
    expect(w.calls().at(-1)?.body).toMatchObject({ transactionType: "BUY", orderType: "MARKET", quantity: 75 });
    expect(w.verdicts()).toContain("ALTERNATIVES_CLOSED");
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 120 });
    await w.time.pass(5_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.methods()).toBe("POST POST POST POST");
  });

  test("R16 what was to close them and rests is withdrawn when a later entry has closed them and the leader is out, and stays so when he comes back", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    w.leader({ transactionType: "SELL", quantity: 150, price: 140 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[2]?.orderId });
    await w.time.pass(1_000);
    const closing = w.orders(FOLLOWER).at(-1)?.orderId;
    await bothHold(w, { heardAfterMs: 1_000 });
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.orders(FOLLOWER).find(({ orderId }) => orderId === closing)?.orderStatus).toBe("PENDING");
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 300 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 120 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER).find(({ orderId }) => orderId === closing)?.orderStatus).toBe("CANCELLED");
    expect(w.net(FOLLOWER)).toBe(0);
    const back = w.leader({});
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: back });
    await w.time.pass(2_000);
    for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId });
    await w.time.pass(2_000);
    expect(w.net(FOLLOWER)).toBe(75);
  });

  test("R16 each further excess of the same order is closed as well", async () => {
    const w = await world();
    await bothHold(w, { quantity: 300, heardAfterMs: 1_500 });
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
    w.leader({ transactionType: "SELL", quantity: 300, price: 140 });
    await w.time.pass(1_500);
    const [, stop, target] = w.orders(FOLLOWER);
    w.admin("fill", { clientId: FOLLOWER, orderId: target?.orderId });
    w.admin("fill", { clientId: FOLLOWER, orderId: stop?.orderId, quantity: 75 });
    await w.time.pass(500);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 120 });
    await w.time.pass(500);
    w.admin("fill", { clientId: FOLLOWER, orderId: stop?.orderId, quantity: 75, late: true });
    await w.time.pass(500);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, price: 120 });
    await w.time.pass(5_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.calls().filter((call) => call.method === "POST")).toHaveLength(5);
  });

  test("R16 a market exit takes the place of a resting stop: cancelled first, then sent", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(1_000);
    w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST POST DELETE POST");
    expect(w.calls()[3]?.body).toMatchObject({ orderType: "MARKET", quantity: 75, transactionType: "SELL" });
  });

  test("R15 stop and reverse is one order: the exit of what is copied, and the entry for the rest", async () => {
    const w = await holding();
    const reverse = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: reverse, price: 121 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, price: 121 });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST POST");
    expect(w.calls()[1]?.body).toMatchObject({ quantity: 150, transactionType: "SELL" });
    expect(w.net(FOLLOWER)).toBe(-75);
  });

  test("R15 stop and reverse whose entry a guard refuses is the exit alone", async () => {
    const copies = [policyOf("copy", { filter: { kinds: ["option"], segments: [], products: [], sides: ["BUY"], underlyings: [] } })];
    const w = await holding({ copies });
    const reverse = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: reverse, price: 121 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, price: 121 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST POST");
    expect(w.calls()[1]?.body).toMatchObject({ quantity: 75, transactionType: "SELL" });
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R15 a stop and reverse that the broker did not take (429) goes again as a whole", async () => {
    const w = await holding();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "answer", status: 429 } });
    w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
    await w.time.pass(3_000);
    expect(
      w
        .calls()
        .slice(1)
        .map((call) => call.body["quantity"]),
    ).toEqual([150, 150]);
    expect(w.orders(FOLLOWER)).toHaveLength(2);
  });

  test("R14 an exit outside the band comes nearer with each try", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(100);
    for (const tries of [1, 2]) {
      w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[tries]?.orderId, reason: "RMS:1:Price is out of the circuit band" });
      await w.time.pass(3_000);
    }
    expect(
      w
        .calls()
        .slice(2)
        .map((call) => call.body["price"]),
    ).toEqual([104.5, 107.25]);
  });

  test("R14 an exit outside the band that the instrument file tells is clamped to it, and comes nearer when that band is not the broker's", async () => {
    const w = await holding({ band: { lower: 106.02, upper: 150 } });
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(100);
    for (const tries of [1, 2]) {
      w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[tries]?.orderId, reason: "RMS:1:Price is out of the circuit band" });
      await w.time.pass(3_000);
    }
    expect(
      w
        .calls()
        .slice(2)
        .map((call) => call.body["price"]),
    ).toEqual([106.05, 104.5]);
  });

  test("R14 a refused exit is tried again in a legal form", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(100);
    w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, reason: "RMS:1:Trigger price has been crossed" });
    await w.time.pass(10_000);
    expect(w.methods()).toBe("POST POST POST");
    expect(w.calls()[2]?.body).toMatchObject({ orderType: "LIMIT", price: 99, quantity: 75 });
  });

  test("R14 while a refused exit is not through, entries of the account wait and say so: new ones, and the growth of one that rests", async () => {
    const w = await holding();
    const resting = w.leader({ price: 90 });
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(1_100);
    w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[2]?.orderId, reason: "RMS:1:Trigger price has been crossed" });
    while (w.book.followers.get(clientId(FOLLOWER))?.refusedExits.size === 0) await w.time.pass(10); // a rejection is read before it is believed (R5)
    w.leader({ price: 91 });
    w.admin("modify", { clientId: LEADER, orderId: resting, quantity: 300 });
    await w.time.pass(300);
    expect(w.methods()).toBe("POST POST POST");
    expect(w.verdicts()).toContain("ENTRY_WAITS");
    await w.time.pass(3_000);
    expect(w.methods()).toBe("POST POST POST POST PUT POST");
    expect(w.calls().map(({ body }) => [body["transactionType"], body["quantity"], body["price"]])).toEqual([
      ["BUY", 75, 120.5],
      ["BUY", 75, 90],
      ["SELL", 75, 109],
      ["SELL", 75, 99],
      [undefined, 150, 90],
      ["BUY", 75, 91],
    ]);
  });

  test("R14 what the leader held before has nothing to exit here, and the verdict says so", async () => {
    const w = await world({ copies: [policyOf("copy")] });
    await w.crash();
    w.admin("position", { clientId: LEADER, ...CALL, productType: "INTRADAY", net: 150, averagePrice: 100 });
    await w.startEngine();
    w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(5_000);
    expect(w.calls()).toEqual([]);
    expect(w.verdicts()).toEqual(["NOTHING_TO_EXIT"]);
  });

  test("I11 nor is it said again of his stop that has filled, whose change is told after that (seed 154804)", async () => {
    const w = await world({ copies: [policyOf("copy")] });
    await w.crash();
    w.admin("position", { clientId: LEADER, ...CALL, productType: "INTRADAY", net: 150, averagePrice: 100 });
    await w.startEngine();
    const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(3_000);
    w.admin("fault", { on: "stream", clientId: LEADER, times: 1, effect: { kind: "delay", ms: 4_000 } });
    w.admin("modify", { clientId: LEADER, orderId: stop });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: LEADER, orderId: stop, price: 109 });
    await w.time.pass(10_000);
    expect(w.calls()).toEqual([]);
    expect(w.verdicts()).toEqual(["NOTHING_TO_EXIT"]);
  });
});
