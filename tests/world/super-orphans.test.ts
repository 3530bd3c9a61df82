/** What a super order of the follower's has filled too much, under `orphan: exit` (R16, R18): its legs give way to the order that exits it. */
import { expect, test } from "vitest";
import { entryOf, last, sent } from "./super-orders.ts";
import { FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

/** Of a leader's super order for 300, of which the follower's 150 has filled, he cancels all that there is. */
async function orphan(w: World, nth: number): Promise<void> {
  w.admin("fill", { clientId: FOLLOWER, orderId: entryOf(w, FOLLOWER, nth), price: 120.5 });
  await w.time.pass(1_000);
  w.admin("super-cancel", { clientId: LEADER, orderId: entryOf(w, LEADER, nth), legName: "ENTRY_LEG" });
}

function fillSale(w: World): void {
  const [sale] = w.orders(FOLLOWER).filter(({ transactionType, legName }) => transactionType === "SELL" && (legName ?? "NA") === "NA");
  w.admin("fill", { clientId: FOLLOWER, orderId: sale?.orderId });
}

const waitingLegs = (w: World): readonly string[] =>
  w
    .orders(FOLLOWER)
    .flatMap(({ legName, orderStatus, quantity }) => (orderStatus === "PENDING" && legName?.endsWith("_LEG") ? [`${legName} ${quantity}`] : []));

const EXIT = { copies: [policyOf("copy", { orphan: "exit" })] };
const LEGS_END = ["DELETE /super/orders/#/STOP_LOSS_LEG", "DELETE /super/orders/#/TARGET_LEG"];

test("its legs, which take the same units, stand until it is exited, and are ended then (seed 90012)", async () => {
  const w = await world(EXIT);
  w.leaderSuper({ quantity: 300 });
  await w.time.pass(1_500);
  await orphan(w, 0);
  await w.time.pass(4_000);
  expect(sent(w)).toEqual(["POST /super/orders"]);
  await w.time.pass(3_000);
  expect(sent(w).slice(1)).toEqual([...LEGS_END, "POST /orders"]);
  expect(last(w)).toMatchObject({ transactionType: "SELL", orderType: "MARKET", quantity: 150 });
  fillSale(w);
  await w.time.pass(60_000);
  expect([w.net(FOLLOWER), w.verdicts().includes("EXIT_WAITS")]).toEqual([0, false]);
});

test.each([0, 1])("beside another that both hold, of which the legs stay: the orphan is number %s", async (nth) => {
  const w = await world(EXIT);
  for (const one of [0, 1]) w.leaderSuper({ quantity: one === nth ? 300 : 150 });
  await w.time.pass(1_500);
  for (const id of [LEADER, FOLLOWER]) w.admin("fill", { clientId: id, orderId: entryOf(w, id, 1 - nth), price: 120.5 });
  await w.time.pass(1_500);
  await orphan(w, nth);
  await w.time.pass(8_000);
  expect(sent(w).slice(2)).toEqual([...LEGS_END, "POST /orders"]);
  fillSale(w);
  await w.time.pass(60_000);
  expect([w.net(LEADER), w.net(FOLLOWER), waitingLegs(w)]).toEqual([150, 75, ["STOP_LOSS_LEG 75", "TARGET_LEG 75"]]);
});
