/** Several exits of one position, and one that executes beside them (R14, R16). */
import { describe, expect, test } from "vitest";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

/** The leader has 300, unless said otherwise, and the copy half of it. */
async function holding(units = 300): Promise<World> {
  const w = await world();
  const entry = w.leader({ quantity: units });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
  await w.time.pass(1_500);
  expect(w.net(FOLLOWER)).toBe(units / 2);
  return w;
}

const resting = (w: World) =>
  w
    .orders(FOLLOWER)
    .filter((row) => row.transactionType === "SELL" && (row.orderStatus === "PENDING" || row.orderStatus === "PART_TRADED"))
    .map((row) => [row.orderType, row.quantity - row.filledQty]);

describe("R16 a stop and a target for the whole position", () => {
  test("the leader sells half of it at the market: the copy sells half at once, and both go on with what is left", async () => {
    const w = await holding();
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
    w.leader({ transactionType: "SELL", quantity: 300, price: 140 });
    await w.time.pass(1_000);
    expect(resting(w)).toEqual([
      ["STOP_LOSS", 150],
      ["LIMIT", 150],
    ]);
    const half = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: half, price: 121 });
    await w.time.pass(1_000);
    const sale = w.orders(FOLLOWER).at(-1);
    expect(sale).toMatchObject({ transactionType: "SELL", quantity: 75 });
    w.admin("fill", { clientId: FOLLOWER, orderId: sale?.orderId, price: 121 });
    await w.time.pass(5_000);
    expect(w.net(FOLLOWER)).toBe(75);
    expect(resting(w)).toEqual([
      ["STOP_LOSS", 75],
      ["LIMIT", 75],
    ]);
    expect(w.verdicts()).not.toContain("EXIT_WAITS");
  });

  test("the leader's target fills, and he sells the rest at the market: the copy sells both, and the stop goes", async () => {
    const w = await holding();
    const target = w.leader({ transactionType: "SELL", quantity: 150, price: 140 });
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: target, price: 140 });
    await w.time.pass(1_500);
    // 75 are owed of the target, which rests here; the leader sells all that he has left.
    const rest = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: rest, price: 139 });
    await w.time.pass(2_000);
    const live = resting(w).reduce((sum, [, units]) => sum + Number(units), 0);
    expect(live).toBe(150);
    expect(resting(w).map(([type]) => type)).not.toContain("STOP_LOSS");
  });

  test("the leader's target has filled in part, and rests here; he sells a part at the market: the copy sells its part at once, and the stop goes on", async () => {
    const w = await holding(600);
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 600, price: 109, triggerPrice: 110 });
    const target = w.leader({ transactionType: "SELL", quantity: 600, price: 140 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: target, quantity: 300, price: 140 });
    await w.time.pass(1_500);
    // 150 are owed of the target; the leader sells half of the 300 that he has left.
    const half = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: half, price: 139 });
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 75 });
    expect(w.verdicts()).not.toContain("EXIT_WAITS");
    expect(resting(w).filter(([type]) => type === "STOP_LOSS")).toEqual([["STOP_LOSS", 225]]);
  });
});

test("R15 R16 a stop and reverse rests, and the leader sells a part at the market: the copy sells its part at once beside what the other is to enter", async () => {
  const w = await holding();
  w.leader({ transactionType: "SELL", quantity: 450, price: 140 });
  await w.time.pass(1_000);
  expect(resting(w)).toEqual([["LIMIT", 225]]);
  const half = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: half, price: 121 });
  await w.time.pass(10_000);
  expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 75 });
  expect(resting(w)[0]).toEqual(["LIMIT", 150]);
  expect(w.verdicts()).not.toContain("EXIT_WAITS");
});
