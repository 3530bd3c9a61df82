/** S35, S36, S37 and S40 of docs/scenarios.md: what is not copied, or not taken, or no longer stands. */
import { describe, expect, test } from "vitest";
import { NOTED_LATE_MS } from "../processes/support/noted-late.ts";
import { until } from "../processes/support/until.ts";
import { sharedStage } from "./support/scene.ts";

const LIMIT = { timeout: 90_000 };

describe("refusals", () => {
  const scene = sharedStage();

  test("S35 less than one lot is no call, with the arithmetic; a later change to 300 brings an order for 150", LIMIT, async () => {
    const { leads, calls, copyIs, explains, leader } = await scene();
    const order = await leads({ quantity: 75 });
    expect(await calls()).toEqual([]);
    const refused = await explains(order);
    expect(refused.codes).toEqual(["BELOW_ONE_LOT"]);
    expect(refused.copy.verdicts[0]?.sentence).toContain("1 lot x 0.5 = 0.5, down: 0 lots: below one lot");
    expect([refused.copy.requests, refused.copy.followerOrders]).toEqual([[], []]);

    await leader.changes(order, { quantity: 300 });
    await copyIs("PENDING");
    expect(await calls()).toMatchObject([{ method: "POST", body: { orderType: "LIMIT", quantity: 150, price: 120.5 } }]);
    const copied = await explains(order);
    expect(copied.codes).toEqual(["BELOW_ONE_LOT", "COPIED"]);
    expect(copied.copy.followerOrders).toMatchObject([{ terms: { quantity: 150 } }]);
  });

  test(
    "S36 a refusal for margin after TRANSIT is stored in the broker's words, alerted, and not tried again while the leader's order is unchanged",
    LIMIT,
    async () => {
      const { leads, calls, copyIs, explains, copier, broker, leader, follower } = await scene();
      await broker.act("funds", { clientId: follower.clientId, rupees: 100 });
      const order = await leads();
      await copyIs("REJECTED");
      const alert = await copier.tells({ code: "BROKER_REFUSED", order });
      expect(alert).toMatchObject({ level: "warning", alert: true, account: "arjun", copy: "meera-arjun" });
      // Neither the money's return nor the leader's fill of a part changes what he asked for.
      await broker.act("funds", { clientId: follower.clientId, rupees: 10_000_000 });
      await leader.isFilled(order, { quantity: 75 });
      const sent = await calls();
      expect(sent).toMatchObject([{ method: "POST", outcome: 200, body: { quantity: 75 } }]);
      const { copy, codes } = await explains(order);
      expect(codes).toEqual(["COPIED", "BROKER_REFUSED"]);
      expect(copy.verdicts[1]?.sentence).toContain("You have insufficient funds. Please add Rs.");
      expect(copy.requests).toMatchObject([{ request: "placement", result: { outcome: "accepted" } }]);
      expect(copy.followerOrders).toMatchObject([{ state: "rejected", filled: 0 }]);
      expect(copy.followerOrders[0]?.reports.at(-1)?.reason).toMatch(/^RMS:\d+:You have insufficient funds/);
    },
  );

  test("S37 answered 500 and not accepted: looked for until proved absent, then placed again, and one order lives", LIMIT, async () => {
    const { leads, calls, copyIs, explains, broker, follower, contract } = await scene();
    await broker.act("fault", { on: "request", call: "place", when: "before", clientId: follower.clientId, times: 1, effect: { kind: "answer", status: 500 } });
    const order = await leads();
    const copy = await copyIs("PENDING");
    const [first, second, ...more] = await calls();
    expect([first, second]).toMatchObject([
      { method: "POST", outcome: 500, body: { quantity: 75 } },
      { method: "POST", outcome: 200, body: { quantity: 75 } },
    ]);
    expect(more).toEqual([]);
    expect(second?.correlationId).not.toBe(first?.correlationId);
    // Three looks at least, spread over `lookupGrace` (1 s here), all between the two placements (R10).
    const looks = (await follower.reads()).filter(({ path }) => path === `/v2/orders/external/${first?.correlationId}`);
    expect(looks.length).toBeGreaterThanOrEqual(3);
    for (const { arrivedAt } of looks)
      expect([arrivedAt > (first?.arrivedAt ?? Number.POSITIVE_INFINITY), arrivedAt < (second?.arrivedAt ?? 0)]).toEqual([true, true]);
    expect((second?.arrivedAt ?? 0) - (first?.arrivedAt ?? 0)).toBeGreaterThanOrEqual(1_000 - NOTED_LATE_MS);
    expect((await follower.orders()).filter(({ securityId }) => securityId === contract)).toHaveLength(1);
    const told = await explains(order);
    expect(told.codes).toContain("COPIED");
    expect(told.copy.requests.map(({ result }) => result?.outcome)).toEqual(["unknown", "accepted"]);
    expect(told.copy.looks.every(({ answer }) => answer === "absent")).toBe(true);
    expect(told.copy.followerOrders.at(-1)).toMatchObject({ orderId: copy.orderId, state: "resting" });
  });

  test("S37 accepted, and then answered 500: looked for and found, and not placed again", LIMIT, async () => {
    const { leads, calls, copyIs, explains, broker, follower, contract } = await scene();
    // Its frame is lost as well: only a look can tell.
    await broker.act("fault", { on: "stream", clientId: follower.clientId, times: 1, effect: { kind: "drop" } });
    await broker.act("fault", { on: "request", call: "place", when: "after", clientId: follower.clientId, times: 1, effect: { kind: "answer", status: 500 } });
    const order = await leads();
    const copy = await copyIs("PENDING");
    await until("a look has found it", async () => (await explains(order)).copy.looks.some(({ answer }) => answer === "found"));
    expect(await calls()).toMatchObject([{ method: "POST", outcome: 500 }]);
    expect((await follower.orders()).filter(({ securityId }) => securityId === contract)).toHaveLength(1);
    const told = await explains(order);
    expect(told.codes).toEqual(["COPIED"]);
    expect(told.copy.requests).toMatchObject([{ request: "placement", result: { outcome: "unknown" } }]);
    expect(told.copy.followerOrders).toMatchObject([{ orderId: copy.orderId, state: "resting" }]);
  });

  test("S40 an order of the leader's that is rejected before it was copied is no call", LIMIT, async () => {
    const { leads, calls, explains, broker, leader } = await scene();
    await broker.act("transit", { clientId: leader.clientId, state: "hold" });
    const order = await leads();
    await leader.isRejected(order, "Quantity is above the freeze limit");
    await broker.act("transit", { clientId: leader.clientId, state: "release" });
    expect(await calls()).toEqual([]);
    const { story, copy, codes } = await explains(order);
    expect(story.seen).toMatchObject([{ what: "report", status: "REJECTED" }]);
    expect(codes).toEqual(["LEADER_REJECTED"]);
    expect(copy.verdicts[0]?.sentence).toContain("Quantity is above the freeze limit");
    expect(copy.requests).toEqual([]);
  });

  test("S40 an order of the leader's that is rejected after it was copied is withdrawn with one DELETE, and the reason is stored", LIMIT, async () => {
    const { leads, calls, copyIs, explains, leader } = await scene();
    const order = await leads();
    const { orderId } = await copyIs("PENDING");
    await leader.isRejected(order, "Price is outside the circuit limit");
    // A refused modification may look the same on the stream: the order is read first (R5).
    await copyIs("CANCELLED");
    const sent = await calls();
    expect(sent.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
    expect(sent[1]?.path).toBe(`/v2/orders/${orderId}`);
    const { story, copy, codes } = await explains(order);
    expect(story.seen.some((seen) => seen.what === "report" && seen.status === "REJECTED" && seen.reason.includes("outside the circuit limit"))).toBe(true);
    expect(codes).toEqual(["COPIED", "WITHDRAWN"]);
    expect(copy.verdicts[1]?.sentence).toContain("rejected");
    expect(copy.followerOrders).toMatchObject([{ orderId, state: "cancelled", filled: 0 }]);
  });
});
