/** Several exits of one position, and one that executes beside them (R14, R16). */
import { describe, expect, test } from "vitest";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

/** The leader has 300, the copy 150. */
async function holding(): Promise<World> {
  const w = await world();
  const entry = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
  await w.time.pass(1_500);
  expect(w.net(FOLLOWER)).toBe(150);
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
});
