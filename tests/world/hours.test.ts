/** The market closes: entries by `marketClosed`, exits at the next opening (R14, R22). */
import { describe, expect, test } from "vitest";
import { bothHold } from "./both-hold.ts";
import { DERIVATIVES } from "./market-hours.ts";
import { CALL, FOLLOWER, LEADER, policyOf, world } from "./world.ts";

/** Days of polls pass in seconds, on a quiet machine. */
const OVER_DAYS = { timeout: 60_000 };
const FRIDAY_EVENING = "2026-11-20 16:10:00";

describe("an exit that the broker refuses because the market is closed", () => {
  test("R14 is tried again at the next opening, uncounted, and not before", OVER_DAYS, async () => {
    const w = await world({ calendar: DERIVATIVES, start: "2026-11-20 15:30:00" });
    const entry = w.leader({ quantity: 150 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(15 * 60_000);
    const exit = w.leader({ transactionType: "SELL", quantity: 150, price: 110 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, reason: "Market is Closed. Place an After Market Order" });
    await w.time.pass(30 * 60_000);
    expect(w.methods()).toBe("POST POST");
    // To 09:14:59 on Monday, with tokens of that day, and over the opening.
    const opening = Date.parse("2026-11-23T09:15:00+05:30");
    await w.time.pass(opening - 1_000 - w.time.now());
    for (const id of [LEADER, FOLLOWER]) w.renewToken(id);
    expect(w.methods()).toBe("POST POST");
    await w.time.pass(3_000);
    expect(w.methods()).toBe("POST POST POST");
    expect(w.calls()[2]?.body).toMatchObject({ transactionType: "SELL", quantity: 75, securityId: CALL.securityId });
  });
});

describe("an entry of a leader on a Friday evening (S30, S31)", () => {
  test.each([
    ["warn", "POST", false],
    ["amo", "POST", true],
    ["refuse", "", undefined],
  ] as const)("marketClosed: %s", async (marketClosed, methods, afterMarket) => {
    const w = await world({ calendar: DERIVATIVES, start: FRIDAY_EVENING, copies: [policyOf("copy", { marketClosed })] });
    w.leader({ quantity: 150 });
    await w.time.pass(5_000);
    expect(w.methods()).toBe(methods);
    expect(w.calls()[0]?.body["afterMarketOrder"] ?? (methods === "" ? undefined : false)).toBe(afterMarket);
  });

  test("his own after-market order is meant for it: it goes as one, without a warning", async () => {
    const w = await world({ calendar: DERIVATIVES, start: FRIDAY_EVENING, copies: [policyOf("copy", { marketClosed: "refuse" })] });
    w.leader({ quantity: 150, afterMarketOrder: true });
    await w.time.pass(5_000);
    expect(w.calls()[0]?.body).toMatchObject({ afterMarketOrder: true, amoTime: "OPEN" });
    expect(w.verdicts()).toEqual(["COPIED"]);
  });
});

test("R19 his after-market order that has gone out at the open is copied for this session too, by a copier that was down until then", async () => {
  const w = await world({ calendar: DERIVATIVES, start: "2026-11-20 09:14:00" });
  w.admin("session", { state: "closed" });
  await w.crash();
  w.leader({ quantity: 150, afterMarketOrder: true });
  await w.time.pass(60_000);
  w.admin("session", { state: "open" });
  await w.time.pass(10_000);
  await w.startEngine();
  await w.time.pass(30_000);
  expect(w.calls().map(({ body }) => body["afterMarketOrder"])).toEqual([false]);
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
  expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "TRADED", filledQty: 75 }]);
});

test("R16 R19 two alternatives that were placed before the open and fill together are closed at once, and not in the next session", async () => {
  const w = await world();
  await bothHold(w);
  w.admin("session", { state: "closed" });
  for (const order of [
    { orderType: "STOP_LOSS", price: 109, triggerPrice: 110 },
    { orderType: "LIMIT", price: 140 },
  ])
    w.leader({ transactionType: "SELL", quantity: 150, afterMarketOrder: true, ...order });
  await w.time.pass(2_000);
  w.admin("session", { state: "open" });
  await w.time.pass(2_000);
  for (const { orderId } of w.orders(FOLLOWER).slice(1)) w.admin("fill", { clientId: FOLLOWER, orderId });
  await w.time.pass(2_000);
  expect(w.calls().map(({ body }) => [body["transactionType"], body["afterMarketOrder"]])).toEqual([
    ["BUY", false],
    ["SELL", true],
    ["SELL", true],
    ["BUY", false],
  ]);
});

test("R14 R19 what an after-market entry fills at the open is exited in this session, also where it is told before the leader's exit has gone out", async () => {
  const w = await world({ calendar: DERIVATIVES, start: "2026-11-20 09:14:00" });
  w.admin("session", { state: "closed" });
  const entry = w.leader({ quantity: 150, afterMarketOrder: true });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  await w.time.pass(1_000);
  w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150, afterMarketOrder: true });
  await w.time.pass(58_000);
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
  await w.time.pass(500);
  w.admin("session", { state: "open" });
  await w.time.pass(5_000);
  expect(w.calls().map(({ body }) => [body["transactionType"], body["quantity"], body["afterMarketOrder"]])).toEqual([
    ["BUY", 75, true],
    ["SELL", 75, false],
  ]);
});
