/** S15 to S19 of docs/scenarios.md: the leader cancels his order. */
import { describe, expect, test } from "vitest";
import type { OrderCall } from "../processes/support/trader.ts";
import { until } from "../processes/support/until.ts";
import { sharedStage } from "./support/scene.ts";

const LIMIT = { timeout: 90_000 };

function methods(calls: readonly OrderCall[]): readonly string[] {
  return calls.map(({ method }) => method);
}

describe("cancelling", () => {
  const scene = sharedStage();

  test("S15 a cancel while the follower's order is in TRANSIT is one DELETE, and that order ends cancelled", LIMIT, async () => {
    const { leads, calls, copyIs, explains, copier, broker, leader, follower } = await scene();
    await broker.act("transit", { clientId: follower.clientId, state: "hold" });
    const order = await leads();
    const copy = await copyIs("TRANSIT");
    await leader.cancels(order);
    await copier.tells({ code: "WITHDRAWN", order });
    await broker.act("transit", { clientId: follower.clientId, state: "release" });
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "DELETE"]);
    expect(sent[1]?.path).toBe(`/v2/orders/${copy.orderId}`);
    expect(await copyIs("CANCELLED")).toMatchObject({ orderId: copy.orderId, filledQty: 0 });
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED", "WITHDRAWN"]);
    expect(told.copy.followerOrders).toMatchObject([{ orderId: copy.orderId, state: "cancelled" }]);
    // It was cancelled without ever having been at the exchange.
    expect(told.copy.followerOrders[0]?.reports.map(({ status }) => status)).not.toContain("PENDING");
  });

  test("S16 a cancel while the follower's order is at the exchange is one DELETE", LIMIT, async () => {
    const { leads, calls, copyIs, explains, leader } = await scene();
    const order = await leads();
    const copy = await copyIs("PENDING");
    await leader.cancels(order);
    await copyIs("CANCELLED");
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "DELETE"]);
    expect(sent[1]).toMatchObject({ path: `/v2/orders/${copy.orderId}`, outcome: 200 });
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED", "WITHDRAWN"]);
    expect(told.copy.requests.map(({ request, result }) => [request, result?.outcome])).toEqual([
      ["placement", "accepted"],
      ["cancel", "accepted"],
    ]);
  });

  test("S17 a cancel after a part is filled is one DELETE of the rest; what the leader did not fill is kept and reported as an orphan", LIMIT, async () => {
    const { leads, calls, copyIs, copyIsKnown, explains, leader, follower, contract } = await scene();
    const order = await leads({ quantity: 300 });
    const copy = await copyIs("PENDING");
    await follower.isFilled(copy.orderId, { quantity: 75 });
    await copyIsKnown("PART_TRADED");
    await leader.cancels(order);
    const ended = await copyIs("CANCELLED");
    expect(ended).toMatchObject({ orderId: copy.orderId, quantity: 150, filledQty: 75 });
    expect(methods(await calls())).toEqual(["POST", "DELETE"]);
    expect(await follower.net(contract)).toBe(75);
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED", "ORPHAN"]);
    expect(told.copy.verdicts[1]?.numbers).toEqual({ excess: 75, had: 75, share: 0 });
    expect(told.copy.followerOrders).toMatchObject([{ state: "cancelled", filled: 75, averagePrice: 120.5 }]);
  });

  test("S17 the same with the leader's part filled too: one DELETE, and no orphan", LIMIT, async () => {
    const { leads, calls, copyIs, copyIsKnown, explains, leader, follower, contract } = await scene();
    const order = await leads({ quantity: 300 });
    const copy = await copyIs("PENDING");
    await leader.isFilled(order, { quantity: 150 });
    await follower.isFilled(copy.orderId, { quantity: 75 });
    await copyIsKnown("PART_TRADED");
    await leader.cancels(order);
    await copyIs("CANCELLED");
    expect(methods(await calls())).toEqual(["POST", "DELETE"]);
    expect(await follower.net(contract)).toBe(75);
    expect((await explains(order)).codes).toEqual(["COPIED", "FILLED"]);
  });

  test("S18 a cancel after the follower is filled is no DELETE; the orphan is reported", LIMIT, async () => {
    const { leads, calls, copyIs, copyIsKnown, explains, copier, leader, follower, contract } = await scene();
    const order = await leads();
    const copy = await copyIs("PENDING");
    await follower.isFilled(copy.orderId);
    await copyIsKnown("TRADED");
    await leader.cancels(order);
    const alert = await copier.tells({ code: "ORPHAN", order });
    expect(alert).toMatchObject({ level: "warning", alert: true, account: "arjun", copy: "meera-arjun" });
    expect(methods(await calls())).toEqual(["POST"]);
    expect(await follower.net(contract)).toBe(75);
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED", "ORPHAN"]);
    expect(told.copy.verdicts[1]?.numbers).toMatchObject({ excess: 75, had: 75, share: 0 });
  });

  test("S18 a fill that the stream does not tell of makes the DELETE a refused one: understood, not repeated, the orphan reported", LIMIT, async () => {
    const { leads, calls, copyIsKnown, explains, copier, broker, leader, follower } = await scene();
    const order = await leads();
    const copy = await copyIsKnown("PENDING");
    await broker.act("fault", { on: "stream", clientId: follower.clientId, times: 1, effect: { kind: "drop" } });
    await follower.isFilled(copy.orderId);
    await leader.cancels(order);
    await copier.tells({ code: "ORPHAN", order });
    const sent = await calls();
    expect(methods(sent)).toEqual(["POST", "DELETE"]);
    expect(sent[1]?.outcome).toBe(400);
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED", "ORPHAN"]);
    expect(told.copy.requests[1]).toMatchObject({ request: "cancel", result: { outcome: "refused" } });
    expect(told.copy.followerOrders).toMatchObject([{ state: "filled", filled: 75 }]);
  });

  test("S19 a cancel of an order that was refused for the follower is no call", LIMIT, async () => {
    const { leads, calls, copyIs, explains, copier, broker, leader, follower } = await scene();
    await broker.act("funds", { clientId: follower.clientId, rupees: 1 });
    const order = await leads();
    await copyIs("REJECTED");
    await copier.tells({ code: "BROKER_REFUSED", order });
    await broker.act("funds", { clientId: follower.clientId, rupees: 10_000_000 });
    await leader.cancels(order);
    expect(methods(await calls())).toEqual(["POST"]);
    const told = await explains(order);
    expect(told.codes[1]).toBe("BROKER_REFUSED");
    expect(told.copy.requests.map(({ request }) => request)).toEqual(["placement"]);
  });
});

describe("cancelling, with one order call a second", () => {
  const scene = sharedStage({ accounts: { arjun: { rateLimits: { perSecond: 1 } } } });

  test("S19 a cancel before anything left is no call, then or ever (R4)", LIMIT, async () => {
    const { leads, calls, explains, copier, leader, follower, contract } = await scene();
    const first = await leads({ price: 119 });
    await until("the second's one call has reached the broker", async () => (await follower.orderCalls()).length === 1);
    const order = await leads({ price: 118 });
    await copier.tells({ code: "LEADER_ORDER", order });
    await leader.cancels(order);
    await copier.tells({ code: "ENDED_BEFORE_COPY", order });
    const sent = await calls();
    expect(sent).toMatchObject([{ method: "POST", body: { securityId: contract, price: 119 } }]);
    expect((await explains(first)).codes).toEqual(["COPIED"]);
    const { copy, codes } = await explains(order);
    expect(codes).toEqual(["ENDED_BEFORE_COPY"]);
    expect([copy.requests, copy.followerOrders]).toEqual([[], []]);
  });
});
