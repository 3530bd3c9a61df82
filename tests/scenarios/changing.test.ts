/** S9 to S14 of docs/scenarios.md: the leader changes his order. */
import { describe, expect, test } from "vitest";
import type { OrderCall } from "../processes/support/trader.ts";
import { sharedStage } from "./support/scene.ts";

const LIMIT = { timeout: 90_000 };

function methods(calls: readonly OrderCall[]): readonly string[] {
  return calls.map(({ method }) => method);
}

describe("changing", () => {
  const scene = sharedStage();

  test("S9 more units of the leader's are one PUT with the new total, and every other field as it stands", LIMIT, async () => {
    const { leads, calls, copyIs, explains, leader, follower } = await scene();
    const order = await leads({ quantity: 150 });
    const copy = await copyIs("PENDING");
    await leader.changes(order, { quantity: 300 });
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "PUT"]);
    expect(sent[1]).toMatchObject({ path: `/v2/orders/${copy.orderId}`, outcome: 200 });
    expect(sent[1]?.body).toEqual({
      dhanClientId: follower.clientId,
      orderId: copy.orderId,
      orderType: "LIMIT",
      validity: "DAY",
      quantity: 150,
      disclosedQuantity: 0,
      price: 120.5,
      triggerPrice: 0,
    });
    expect(await copyIs("PENDING")).toMatchObject({ orderId: copy.orderId, quantity: 150, price: 120.5, filledQty: 0 });
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED"]);
    expect(told.copy.requests).toMatchObject([
      { request: "placement" },
      { request: "modification", terms: { quantity: 150 }, result: { outcome: "accepted" } },
    ]);
  });

  test("S10 fewer units of the leader's are one PUT with the new total", LIMIT, async () => {
    const { leads, calls, copyIs, explains, leader } = await scene();
    const order = await leads({ quantity: 300 });
    const copy = await copyIs("PENDING");
    await leader.changes(order, { quantity: 150 });
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "PUT"]);
    expect(sent[1]?.body).toMatchObject({ orderId: copy.orderId, orderType: "LIMIT", quantity: 75, price: 120.5 });
    expect(await copyIs("PENDING")).toMatchObject({ quantity: 75 });
    expect((await explains(order)).codes).toEqual(["COPIED"]);
  });

  test("S10 fewer units than the follower has filled are a DELETE of the rest, never a PUT", LIMIT, async () => {
    const { leads, calls, copyIs, copyIsKnown, explains, leader, follower, contract } = await scene();
    const order = await leads({ quantity: 300 });
    const { orderId } = await copyIs("PENDING");
    await follower.isFilled(orderId, { quantity: 75 });
    await copyIsKnown("PART_TRADED");
    await leader.changes(order, { quantity: 150 });
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "DELETE"]);
    expect(sent[1]?.path).toBe(`/v2/orders/${orderId}`);
    expect(await copyIs("CANCELLED")).toMatchObject({ orderId, filledQty: 75 });
    expect(await follower.net(contract)).toBe(75);
    const { copy, codes } = await explains(order);
    expect(copy.requests.map(({ request }) => request)).toEqual(["placement", "cancel"]);
    expect(copy.followerOrders).toMatchObject([{ orderId, state: "cancelled", filled: 75 }]);
    // The leader's order of 150 still rests: what the follower has is his share of it.
    expect(codes).toEqual(["COPIED"]);
  });

  test("S11 another price of the leader's is one PUT with that price and the quantity unchanged", LIMIT, async () => {
    const { leads, calls, copyIs, explains, leader } = await scene();
    const order = await leads({ price: 120.5 });
    const copy = await copyIs("PENDING");
    await leader.changes(order, { price: 125 });
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "PUT"]);
    expect(sent[1]?.body).toMatchObject({ orderId: copy.orderId, orderType: "LIMIT", validity: "DAY", quantity: 75, price: 125 });
    expect(await copyIs("PENDING")).toMatchObject({ orderId: copy.orderId, price: 125, quantity: 75 });
    expect((await explains(order)).copy.followerOrders).toMatchObject([{ terms: { price: 125, quantity: 75 } }]);
  });

  test("S12 another trigger of a stop is one PUT with that trigger", LIMIT, async () => {
    const { leads, calls, bothHold, copyIs, explains, leader } = await scene();
    await bothHold();
    const order = await leads({ transactionType: "SELL", orderType: "STOP_LOSS", triggerPrice: 110, price: 109 });
    const copy = await copyIs("PENDING");
    await leader.changes(order, { triggerPrice: 112 });
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "PUT"]);
    expect(sent[1]?.body).toMatchObject({ orderId: copy.orderId, orderType: "STOP_LOSS", validity: "DAY", quantity: 75, triggerPrice: 112, price: 109 });
    expect(await copyIs("PENDING")).toMatchObject({ orderType: "STOP_LOSS", triggerPrice: 112, price: 109 });
    expect((await explains(order)).codes).toEqual(["COPIED"]);
  });

  test("S13 a limit order that becomes a market order is one PUT: MARKET, price 0", LIMIT, async () => {
    const { leads, calls, copyIs, explains, leader } = await scene();
    const order = await leads({ price: 120.5 });
    const copy = await copyIs("PENDING");
    await leader.changes(order, { orderType: "MARKET" });
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "PUT"]);
    expect(sent[1]?.body).toMatchObject({ orderId: copy.orderId, orderType: "MARKET", quantity: 75, price: 0, triggerPrice: 0 });
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED"]);
    expect(told.copy.followerOrders).toMatchObject([{ orderId: copy.orderId, terms: { type: "MARKET", price: 0, quantity: 75 } }]);
  });

  test("S14 a change after the follower is filled is no call, and that it was executed is stored", LIMIT, async () => {
    const { leads, calls, copyIs, copyIsKnown, explains, copier, leader, follower, contract } = await scene();
    const order = await leads();
    const copy = await copyIs("PENDING");
    await follower.isFilled(copy.orderId);
    await copyIsKnown("TRADED");
    await leader.changes(order, { price: 125 });
    await copier.tells({ code: "ALREADY_EXECUTED", order });
    expect(methods(await calls())).toEqual(["POST"]);
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED", "ALREADY_EXECUTED"]);
    expect(told.copy.verdicts[1]?.sentence).toContain("after the follower's was executed");
    expect(told.copy.followerOrders).toMatchObject([{ state: "filled", filled: 75, terms: { price: 120.5 } }]);
    expect(await follower.net(contract)).toBe(75);
  });
});
