/** S33, S34, S38 and S39 of docs/scenarios.md: frames that cannot be understood, come twice, or come late. */
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { until } from "../processes/support/until.ts";
import { framesAbout, frameWith, sendFrame } from "./support/frames.ts";
import { journalRecords } from "./support/journal-records.ts";
import { type Scene, sharedStage } from "./support/scene.ts";

const LIMIT = { timeout: 90_000 };

/** A frame of a fresh, larger order: copied at once if it were understood. */
async function strangeFrame({ leads, copyIs, broker, leader, contract }: Scene, members: Readonly<Record<string, string | number | null>>): Promise<string> {
  await leads();
  await copyIs("PENDING");
  const [first = ""] = await framesAbout(broker, leader, contract);
  return frameWith(first, { orderNo: "9000000001", exchOrderNo: "1100000000000001", quantity: 600, remainingQuantity: 600, ...members });
}

describe("frames that cannot be understood, come twice, or come late", () => {
  const scene = sharedStage();

  /** No call but that of the understood order, an alert with the count, one record with the whole frame, and the same stream as ever. */
  async function expectRefused(row: Scene, frame: string, code: string): Promise<void> {
    const { calls, copier, configuration, broker, leader, contract } = row;
    await sendFrame(broker, leader, frame);
    expect(await copier.tells({ code })).toMatchObject({ account: "meera", level: "warning", alert: true });
    // The order by which `calls` knows that all is quiet came on the stream later: it lives.
    expect(await calls()).toMatchObject([{ method: "POST", body: { securityId: contract, quantity: 75 } }]);
    expect(copier.lines({ code: "STREAM_OPEN", account: "meera" })).toHaveLength(1);
    const all = await journalRecords(configuration, "leader-frame-refused");
    expect(copier.lines({ code }).map(({ message }) => message)).toContainEqual(expect.stringContaining(`(${all.length} so far)`));
    const kept = all.filter((record) => record["code"] === code);
    expect(kept).toHaveLength(1);
    expect(JSON.parse(String(kept[0]?.["raw"]))).toEqual(JSON.parse(frame));
  }

  test("S33 a frame without order number is no call, counted and kept for diagnosis, and the stream lives", LIMIT, async () => {
    const row = await scene();
    await expectRefused(row, await strangeFrame(row, { orderNo: null }), "NO_ORDER_NUMBER");
  });

  test("S34 a frame without security id is no call, counted and kept for diagnosis, and the stream lives", LIMIT, async () => {
    const row = await scene();
    await expectRefused(row, await strangeFrame(row, { orderNo: "9000000034", securityId: null }), "NO_SECURITY_ID");
    expect(await row.copier.explains("9000000034")).toMatchObject({ leader: "meera", seen: [{ what: "refused", code: "NO_SECURITY_ID" }], copies: [] });
  });

  test("S39 an order type that nobody knows is no call, refused aloud, and the stream lives", LIMIT, async () => {
    const row = await scene();
    await expectRefused(row, await strangeFrame(row, { orderNo: "9000000039", orderType: "ICEBERG" }), "UNKNOWN_ORDER_TYPE");
    const story = await row.copier.explains("9000000039");
    expect(story).toMatchObject({ leader: "meera", seen: [{ what: "refused", code: "UNKNOWN_ORDER_TYPE" }], copies: [] });
    expect(story.seen[0]).toMatchObject({ sentence: expect.stringContaining("ICEBERG") });
  });

  /** Times on the wire have one second: what happens in different seconds has an order of its own, however it arrives (R1). */
  async function nextSecond(): Promise<void> {
    await pause(1_005 - (Date.now() % 1_000));
  }

  interface Life {
    readonly calls: readonly (readonly unknown[])[];
    readonly codes: readonly string[];
    readonly filled: number | undefined;
  }

  /** Placed, changed, filled in part on both sides, cancelled; after each step the stream does what `then` does. */
  async function life(row: Scene, then: () => Promise<void>): Promise<Life> {
    const { leads, calls, copyIs, explains, leader, follower } = row;
    const order = await leads({ quantity: 300 });
    const { orderId } = await copyIs("PENDING");
    await then();
    await nextSecond();
    await leader.changes(order, { price: 125 });
    await until("the follower's price is 125", async () => (await follower.order(orderId))?.price === 125);
    await then();
    await nextSecond();
    await leader.isFilled(order, { quantity: 150 });
    await follower.isFilled(orderId, { quantity: 75 });
    await then();
    await nextSecond();
    await leader.cancels(order);
    await copyIs("CANCELLED");
    await then();
    const sent = await calls();
    const { copy, codes } = await explains(order);
    return { calls: sent.map(({ method, body }) => [method, body["quantity"], body["price"]]), codes, filled: copy.followerOrders[0]?.filled };
  }

  test("S38 every frame twice, and again after the later ones, newest first: the same calls and verdicts as once", LIMIT, async () => {
    const once = await life(await scene(), async () => {});
    expect(once).toEqual({
      calls: [
        ["POST", 150, 120.5],
        ["PUT", 150, 125],
        ["DELETE", undefined, undefined],
      ],
      codes: ["COPIED", "FILLED"],
      filled: 75,
    });

    const row = await scene();
    const { broker, leader, follower, contract } = row;
    for (const { clientId } of [leader, follower]) await broker.act("fault", { on: "stream", clientId, effect: { kind: "duplicate" } });
    const again = await life(row, async () => {
      for (const trader of [leader, follower]) {
        const texts = [...new Set(await framesAbout(broker, trader, contract))];
        for (const text of texts.reverse()) await sendFrame(broker, trader, text);
      }
    });
    await broker.act("repair", {});
    expect(again).toEqual(once);
  });

  test("S38 pending frames that come after the fills they should precede: one call, as in order", LIMIT, async () => {
    const { leads, calls, copyIs, explains, copier, broker, leader, follower, contract } = await scene();
    for (const { clientId } of [leader, follower]) await broker.act("fault", { on: "stream", clientId, times: 1, effect: { kind: "drop" } });
    await broker.act("price", { exchangeSegment: "NSE_FNO", securityId: contract, price: 120.5 });
    const order = await leads({ orderType: "MARKET" });
    await until("the leader's order is at the exchange", async () => (await leader.order(order))?.orderStatus === "PENDING");
    await leader.isFilled(order, { price: 120.5 });
    const { orderId } = await copyIs("PENDING");
    await follower.isFilled(orderId, { price: 120.5 });
    await copier.tells({ code: "FILLED", order });
    for (const trader of [leader, follower]) {
      const [filled = ""] = await framesAbout(broker, trader, contract);
      await sendFrame(broker, trader, frameWith(filled, { status: "Pending", tradedQty: null, tradedPrice: null, avgTradedPrice: null }));
    }
    // Heard of when the leader has filled, it goes out within maxSlippage of what he got.
    expect(await calls()).toMatchObject([{ method: "POST", body: { orderType: "LIMIT", price: 122.9, quantity: 75 } }]);
    const { story, copy, codes } = await explains(order);
    expect(story.seen[0]).toMatchObject({ status: "TRADED", filled: 150 });
    expect(codes).toEqual(["COPIED", "FILLED"]);
    expect(copy.followerOrders).toMatchObject([{ state: "filled", filled: 75 }]);
  });
});
