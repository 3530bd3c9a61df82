/** S20 to S23 of docs/scenarios.md: what is filled, on both sides. */
import { describe, expect, test } from "vitest";
import { explain } from "../processes/support/copier-process.ts";
import { setStage } from "../processes/support/stage.ts";
import type { TradeRow } from "../processes/support/trader.ts";
import { until } from "../processes/support/until.ts";
import { journalRecords } from "./support/journal-records.ts";
import { sharedStage } from "./support/scene.ts";

const LIMIT = { timeout: 90_000 };

describe("fills", () => {
  const scene = sharedStage();

  test("S20 both fully filled: quantity, average price and time of both, lag and slippage, and no call", LIMIT, async () => {
    const { leads, calls, copyIs, explains, copier, leader, follower, contract } = await scene();
    const order = await leads({ price: 121 });
    const { orderId } = await copyIs("PENDING");
    const from = Date.now();
    await leader.isFilled(order, { price: 120.5 });
    await copier.tells({ code: "LEADER_ORDER", order });
    await follower.isFilled(orderId, { price: 120.75 });
    await copier.tells({ code: "FILLED", order });
    const to = Date.now();
    expect((await calls()).map(({ method }) => method)).toEqual(["POST"]);
    expect(await follower.net(contract)).toBe(75);

    const { story, copy, codes } = await explains(order);
    const [leaders, followers] = [story.seen.at(-1), copy.followerOrders[0]?.reports.at(-1)];
    expect(leaders).toMatchObject({ what: "report", status: "TRADED", filled: 150, averagePrice: 120.5 });
    expect(followers).toMatchObject({ status: "TRADED", filled: 75, averagePrice: 120.75 });
    for (const report of [leaders, followers]) {
      expect(Date.parse(report?.at ?? "")).toBeGreaterThanOrEqual(from);
      expect(Date.parse(report?.at ?? "")).toBeLessThanOrEqual(to);
    }
    expect(copy.followerOrders).toMatchObject([{ orderId, state: "filled", filled: 75, averagePrice: 120.75 }]);
    expect(codes).toEqual(["COPIED", "FILLED"]);
    const numbers = copy.verdicts[1]?.numbers;
    // Prices in 1/10000 rupee; 0.25 on 120.50 is 0.2075 %, in hundredths of a percent.
    expect(numbers).toMatchObject({ leaderFilled: 150, leaderAverage: 1_205_000, filled: 75, average: 1_207_500, slippageHundredths: 21 });
    expect(numbers?.["lagMs"]).toBe(Date.parse(followers?.at ?? "") - Date.parse(leaders?.at ?? ""));
    expect(copy.verdicts[1]?.sentence).toContain("slippage 0.21 %");
  });

  test("S21 partly filled: stored on both sides as they happen, and no call", LIMIT, async () => {
    const { leads, calls, copyIs, explains, copier, leader, follower, contract } = await scene();
    const order = await leads({ quantity: 300 });
    const { orderId } = await copyIs("PENDING");
    await leader.isFilled(order, { quantity: 150, price: 120.4 });
    await follower.isFilled(orderId, { quantity: 75, price: 120.45 });
    await copyIs("PART_TRADED");
    const sent = await calls();
    expect(sent.map(({ method }) => method)).toEqual(["POST"]);
    const { story, copy, codes } = await explains(order);
    expect(story.seen.at(-1)).toMatchObject({ what: "report", filled: 150, averagePrice: 120.4, terms: { quantity: 300 } });
    expect(copy.followerOrders).toMatchObject([{ state: "part-filled", filled: 75, averagePrice: 120.45, terms: { quantity: 150 } }]);
    expect(codes).toEqual(["COPIED"]);
    expect(copier.lines({ code: "FOLLOWER_LATE" })).toEqual([]);

    await leader.isFilled(order, { quantity: 75, price: 120.5 });
    await follower.isFilled(orderId, { quantity: 75, price: 120.5 });
    await copyIs("TRADED");
    expect(await calls()).toEqual(sent);
    const after = await explains(order);
    expect(after.story.seen.flatMap((seen) => (seen.what === "report" ? [seen.filled] : []))).toEqual([0, 150, 225]);
    expect(after.copy.followerOrders[0]?.reports.map(({ filled }) => filled)).toEqual([0, 75, 150]);
    expect(await follower.net(contract)).toBe(150);
  });

  test("S22 three fills of the follower's are stored with their sum and their weighted average", LIMIT, async () => {
    const { leads, calls, copyIs, explains, copier, leader, follower, contract } = await scene();
    const order = await leads({ quantity: 1500 });
    const { orderId } = await copyIs("PENDING");
    await leader.isFilled(order);
    await follower.isFilled(orderId, { quantity: 225, price: 120.4 });
    await follower.isFilled(orderId, { quantity: 300, price: 120.5 });
    await follower.isFilled(orderId, { quantity: 225, price: 120.45 });
    await copier.tells({ code: "FILLED", order });
    expect((await calls()).map(({ method, body }) => [method, body["quantity"]])).toEqual([["POST", 750]]);
    expect(await follower.net(contract)).toBe(750);
    const { copy, codes } = await explains(order);
    expect(codes).toEqual(["COPIED", "FILLED"]);
    expect(copy.followerOrders[0]?.reports.map(({ filled, averagePrice }) => [filled, averagePrice])).toEqual([
      [0, 0],
      [225, 120.4],
      [525, expect.closeTo(120.4571, 3)],
      [750, 120.455],
    ]);
    expect(copy.followerOrders).toMatchObject([{ state: "filled", filled: 750, averagePrice: 120.455 }]);
    expect(copy.verdicts[1]?.numbers).toMatchObject({ filled: 750, average: 1_204_550 });
  });
});

describe("fills, with slippage.after 300 ms", () => {
  const scene = sharedStage({ copy: { slippage: { after: "300ms" } } });

  test("S23 a follower who still rests after slippage.after is one alert and one verdict with the lag; his order is left as it is", LIMIT, async () => {
    const { leads, calls, copyIs, explains, copier, leader } = await scene();
    const order = await leads();
    const before = await copyIs("PENDING");
    await leader.isFilled(order);
    const alert = await copier.tells({ code: "FOLLOWER_LATE", order });
    expect(alert).toMatchObject({ level: "warning", alert: true, account: "arjun", copy: "meera-arjun" });
    expect((await calls()).map(({ method }) => method)).toEqual(["POST"]);
    expect(await copyIs("PENDING")).toEqual(before);
    expect(copier.lines({ code: "FOLLOWER_LATE", order })).toHaveLength(1);
    const { copy, codes } = await explains(order);
    expect(codes).toEqual(["COPIED", "FOLLOWER_LATE"]);
    expect(copy.verdicts[1]?.numbers["filled"]).toBe(0);
    expect(copy.verdicts[1]?.numbers["lagMs"]).toBeGreaterThanOrEqual(300);
  });
});

test("S22 S24 fills of both sides while the streams were cut are told as the trade book has them, and a restart tells the same", LIMIT, async () => {
  await using stage = await setStage();
  const { broker, configuration, copier, leader, follower } = stage;
  const order = await leader.places({ quantity: 300 });
  const copy = await until("the copy rests", async () => (await follower.orders()).find(({ orderStatus }) => orderStatus === "PENDING"));
  await broker.act("upgrades", { status: 503 });
  await broker.act("cut", {});
  for (const account of ["meera", "arjun"]) await copier.tells({ code: "STREAM_CLOSED", account });
  await leader.isFilled(order, { quantity: 75, price: 120.4 });
  await leader.isFilled(order, { quantity: 225, price: 120.5 });
  await follower.isFilled(copy.orderId, { quantity: 75, price: 120.5 });
  await follower.isFilled(copy.orderId, { quantity: 75, price: 120.7 });
  await broker.act("upgrades", {});
  for (const account of ["meera", "arjun"]) await copier.tells({ code: "TRADES_READ", account }, { withinMs: 20_000 });

  const story = await copier.explains(order);
  const [told] = story.copies;
  expect(story.fills).toEqual((await leader.trades(order)).map(asTold));
  expect(told?.followerOrders[0]?.fills).toEqual((await follower.trades(copy.orderId)).map(asTold));
  expect([story.fills.length, told?.followerOrders[0]?.fills.length]).toEqual([2, 2]);
  // 120.60 against 120.475: 0.125 on each of 150 units.
  expect(told?.comparison).toMatchObject({
    leader: { filled: 300, averagePrice: 120.475 },
    follower: { filled: 150, averagePrice: 120.6 },
    slippage: { perUnit: 0.125, percent: 0.1, rupees: 18.75 },
  });
  expect(await copier.explains(order)).toEqual(story);

  await copier.stop();
  const again = await stage.startAgain();
  const after = await again.explains(order);
  expect([after.fills, after.copies[0]?.followerOrders[0]?.fills, after.copies[0]?.comparison]).toEqual([
    story.fills,
    told?.followerOrders[0]?.fills,
    told?.comparison,
  ]);
  await again.stop();
  expect(await explain(configuration, order)).toMatchObject({ fills: story.fills });
  for (const type of ["leader-trades-read", "follower-trades-read"]) expect(await journalRecords(configuration, type)).toHaveLength(1);
});

function asTold({ exchangeTradeId, tradedQuantity, tradedPrice, exchangeTime }: TradeRow) {
  return { at: `${exchangeTime.replace(" ", "T")}.000+05:30`, quantity: tradedQuantity, price: tradedPrice, source: "trade", tradeId: exchangeTradeId };
}
