/** S1 to S8 of docs/scenarios.md: what a new order of the leader's becomes at the follower's broker. */
import { describe, expect, test } from "vitest";
import { lockstep } from "../processes/support/lockstep.ts";
import { sharedStage } from "./support/scene.ts";

const LIMIT = { timeout: 90_000 };

describe("placing", () => {
  const scene = sharedStage();

  test("S1 a market order is one POST: MARKET, price 0, same side, segment, security and product, at the follower's size", LIMIT, async () => {
    const { leads, calls, explains, follower, contract } = await scene();
    const order = await leads({ orderType: "MARKET", productType: "MARGIN" });
    const sent = await calls();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method: "POST", path: "/v2/orders", outcome: 200 });
    expect(sent[0]?.body).toMatchObject({
      dhanClientId: follower.clientId,
      transactionType: "BUY",
      exchangeSegment: "NSE_FNO",
      productType: "MARGIN",
      orderType: "MARKET",
      validity: "DAY",
      securityId: contract,
      quantity: 75,
      disclosedQuantity: 0,
      price: 0,
      triggerPrice: 0,
      afterMarketOrder: false,
    });
    // It shows as a protected limit from now on (reference 2.2), and that is nobody's change (R2).
    const { copy, codes } = await explains(order);
    expect(codes).toEqual(["COPIED"]);
    expect(copy.verdicts[0]?.sentence).toContain("2 lots x 0.5 = 1, down: 1 lot, 75 units");
    expect(copy.requests).toMatchObject([{ request: "placement", terms: { type: "MARKET", quantity: 75, price: 0 }, result: { outcome: "accepted" } }]);
    expect(copy.followerOrders).toHaveLength(1);
    expect(copy.followerOrders[0]?.correlationId).toBe(sent[0]?.correlationId);
    expect(await follower.order(copy.followerOrders[0]?.orderId ?? "")).toMatchObject({ orderStatus: "PENDING", quantity: 75, productType: "MARGIN" });
  });

  test("S2 a limit order is one POST at the leader's price, and explain tells it in words", LIMIT, async () => {
    const { leads, calls, copyIs, contract, configuration } = await scene();
    const order = await leads({ price: 120.5 });
    const sent = await calls();
    expect(sent.map(({ method }) => method)).toEqual(["POST"]);
    expect(sent[0]?.body).toMatchObject({ transactionType: "BUY", securityId: contract, orderType: "LIMIT", quantity: 75, price: 120.5, triggerPrice: 0 });
    const copy = await copyIs("PENDING");
    expect(copy).toMatchObject({ orderType: "LIMIT", quantity: 75, price: 120.5 });

    const told = await lockstep(["explain", order, "--config", configuration.path]);
    expect(told.exitCode).toBe(0);
    expect(told.out).toContain(`Order ${order} of meera`);
    expect(told.out).toContain("Copy meera-arjun, follower arjun");
    expect(told.out).toMatch(/decided {4}COPIED: 2 lots x 0\.5 = 1, down: 1 lot, 75 units/);
    expect(told.out).toMatch(new RegExp(`sending {4}a placement, 75 LIMIT 120\\.50, correlation id ${copy.correlationId}`));
    expect(told.out).toMatch(
      new RegExp(`answered {3}placement accepted as order ${copy.orderId} \\(decided .* ms, journalled .* ms, on the wire .* ms, answered .* ms\\)`),
    );
    expect(told.out).toContain(`In the end: order ${copy.orderId}, 75 LIMIT 120.50: resting`);
  });

  test("S3 a stop of the leader's is one POST: STOP_LOSS with his trigger and price, for what the copy holds", LIMIT, async () => {
    const { leads, calls, bothHold, explains, follower, contract } = await scene();
    await bothHold();
    const order = await leads({ transactionType: "SELL", orderType: "STOP_LOSS", triggerPrice: 110, price: 109 });
    const sent = await calls();
    expect(sent.map(({ method }) => method)).toEqual(["POST"]);
    expect(sent[0]?.body).toMatchObject({ transactionType: "SELL", securityId: contract, orderType: "STOP_LOSS", quantity: 75, triggerPrice: 110, price: 109 });
    const { copy, codes } = await explains(order);
    expect(codes).toEqual(["COPIED"]);
    expect(copy.followerOrders).toMatchObject([{ state: "resting", terms: { type: "STOP_LOSS", quantity: 75, triggerPrice: 110, price: 109 } }]);
    expect(await follower.net(contract)).toBe(75);
  });

  test("S4 a stop-market order is one POST: STOP_LOSS with the trigger, and a limit below it by the buffer", LIMIT, async () => {
    const { leads, calls, bothHold, explains, contract } = await scene();
    await bothHold();
    const order = await leads({ transactionType: "SELL", orderType: "STOP_LOSS_MARKET", triggerPrice: 110 });
    const sent = await calls();
    expect(sent.map(({ method }) => method)).toEqual(["POST"]);
    expect(sent[0]?.body).toMatchObject({ transactionType: "SELL", securityId: contract, orderType: "STOP_LOSS", quantity: 75, triggerPrice: 110, price: 99 });
    const { copy, codes } = await explains(order);
    expect(codes).toEqual(["COPIED"]);
    expect(copy.followerOrders).toMatchObject([{ state: "resting", terms: { type: "STOP_LOSS", triggerPrice: 110, price: 99 } }]);
  });

  test("S4 the limit lies on the tick where the buffer does not: 10 % below 110.55 is 99.495, sent as 99.50", LIMIT, async () => {
    const { leads, calls, bothHold, copyIs, explains } = await scene();
    await bothHold();
    const order = await leads({ transactionType: "SELL", orderType: "STOP_LOSS_MARKET", triggerPrice: 110.55 });
    const sent = await calls();
    expect(sent).toMatchObject([{ method: "POST", body: { orderType: "STOP_LOSS", triggerPrice: 110.55, price: 99.5 } }]);
    // The broker's own risk check would refuse a price off the tick.
    await copyIs("PENDING");
    expect((await explains(order)).codes).toEqual(["COPIED"]);
  });

  test("S5 an IOC order that is first seen traded is one POST with IOC at the leader's limit", LIMIT, async () => {
    const { leads, calls, copyIs, explains, broker, leader, follower, contract } = await scene();
    await broker.act("transit", { clientId: leader.clientId, state: "hold" });
    const order = await leads({ validity: "IOC", price: 121.5 });
    await leader.isFilled(order, { price: 121 });
    await broker.act("transit", { clientId: leader.clientId, state: "release" });
    const copy = await copyIs("PENDING");
    await follower.isFilled(copy.orderId, { price: 121.2 });
    const sent = await calls();
    expect(sent.map(({ method }) => method)).toEqual(["POST"]);
    expect(sent[0]?.body).toMatchObject({ securityId: contract, orderType: "LIMIT", validity: "IOC", quantity: 75, price: 121.5 });
    const { story, codes } = await explains(order);
    expect(story.seen[0]).toMatchObject({ what: "report", status: "TRADED", filled: 150 });
    expect(codes).toEqual(["COPIED", "FILLED"]);
  });

  test("S5 an IOC order that is first seen cancelled without a fill is not sent, and the reason is stored", LIMIT, async () => {
    const { leads, calls, explains, copier, broker, leader } = await scene();
    await broker.act("transit", { clientId: leader.clientId, state: "hold" });
    const order = await leads({ validity: "IOC" });
    await leader.cancels(order);
    await copier.tells({ code: "ENDED_BEFORE_COPY", order });
    await broker.act("transit", { clientId: leader.clientId, state: "release" });
    expect(await calls()).toEqual([]);
    const { story, copy, codes } = await explains(order);
    expect(story.seen).toMatchObject([{ what: "report", status: "CANCELLED", filled: 0, terms: { validity: "IOC" } }]);
    expect(codes).toEqual(["ENDED_BEFORE_COPY"]);
    expect(copy.verdicts[0]?.sentence).toBe("the leader's order was cancelled without a fill before anything was sent");
    expect(copy.followerOrders).toEqual([]);
  });

  test("S6 a DAY order is one POST with DAY", LIMIT, async () => {
    const { leads, calls, copyIs, explains } = await scene();
    const order = await leads({ validity: "DAY" });
    expect(await calls()).toMatchObject([{ method: "POST", body: { orderType: "LIMIT", validity: "DAY", quantity: 75 } }]);
    expect(await copyIs("PENDING")).toMatchObject({ validity: "DAY" });
    expect((await explains(order)).codes).toEqual(["COPIED"]);
  });

  test("S7 the disclosed quantity goes out in proportion, in whole lots, and legal", LIMIT, async () => {
    const { leads, calls, copyIs, explains } = await scene();
    const order = await leads({ quantity: 1500, disclosedQuantity: 500 });
    // Half of 500 is 250: 300 is the next whole lot, and more than 30 % of 750.
    expect(await calls()).toMatchObject([{ method: "POST", body: { quantity: 750, disclosedQuantity: 300 } }]);
    expect(await copyIs("PENDING")).toMatchObject({ quantity: 750, disclosedQuantity: 300 });
    expect((await explains(order)).copy.followerOrders).toMatchObject([{ terms: { quantity: 750, disclosed: 300 } }]);
  });

  test("S8 an equity and a future are not sent; both verdicts say that they are no options", LIMIT, async () => {
    const { leads, calls, explains, copier, follower } = await scene();
    const equity = await leads({ exchangeSegment: "NSE_EQ", securityId: "10666", quantity: 100, price: 410 });
    await copier.tells({ code: "NOT_AN_OPTION", order: equity });
    const future = await leads({ securityId: "52168", quantity: 150, price: 25_000 });
    await copier.tells({ code: "NOT_AN_OPTION", order: future });
    expect(await calls()).toEqual([]);
    for (const [order, kind] of [
      [equity, "equity"],
      [future, "future"],
    ] as const) {
      const { copy, codes } = await explains(order);
      expect(codes).toEqual(["NOT_AN_OPTION"]);
      expect(copy.verdicts[0]?.sentence).toContain("not an option");
      expect(copy.verdicts[0]?.numbers).toEqual({ kind });
      expect([copy.requests, copy.followerOrders]).toEqual([[], []]);
    }
    expect((await follower.orders()).map(({ securityId }) => securityId)).not.toContain("52168");
  });
});

describe("placing, with stop-market orders passed on", () => {
  // Nothing fills by itself here, so it is re-priced only when somebody asks for that.
  const scene = sharedStage({ copy: { stopMarket: { as: "pass", after: "1h" } } });

  test("S4 with stopMarket { as: pass } the POST is STOP_LOSS_MARKET with the trigger", LIMIT, async () => {
    const { leads, calls, bothHold, copyIs, explains, follower, contract } = await scene();
    await bothHold();
    const order = await leads({ transactionType: "SELL", orderType: "STOP_LOSS_MARKET", triggerPrice: 110 });
    const sent = await calls();
    expect(sent.map(({ method }) => method)).toEqual(["POST"]);
    expect(sent[0]?.body).toMatchObject({
      transactionType: "SELL",
      securityId: contract,
      orderType: "STOP_LOSS_MARKET",
      quantity: 75,
      triggerPrice: 110,
      price: 0,
    });
    const { copy, codes } = await explains(order);
    expect(codes).toEqual(["COPIED"]);
    expect(copy.followerOrders).toMatchObject([{ terms: { type: "STOP_LOSS_MARKET", triggerPrice: 110 } }]);
    // The API makes an instant limit of it (reference 2.2): not answered by a change, and filled at once by any real market.
    const instant = await copyIs("PENDING");
    expect(instant).toMatchObject({ orderType: "LIMIT", price: 104.5 });
    await follower.isFilled(instant.orderId, { price: 120 });
  });
});
