/** An account that follows one and leads another: what is copied into it is no order of its owner's, and what he does by hand against it opens nothing (R7). */
import { expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

const LAST = "1000000003";
const IN_THE_MIDDLE = FOLLOWER;

/** Whatever rests there fills. */
async function fills(w: World, id: string): Promise<void> {
  await w.time.pass(50);
  for (const { orderId, orderStatus } of w.orders(id)) if (orderStatus === "PENDING") w.admin("fill", { clientId: id, orderId, price: 120 });
  await w.time.pass(1_000);
}

/** The last order there fills, within the second. */
async function fillsLast(w: World, id: string): Promise<void> {
  await w.time.pass(50);
  w.admin("fill", { clientId: id, orderId: w.orders(id).at(-1)?.orderId, price: 120 });
}

async function chained(): Promise<World> {
  return world({ copies: [policyOf("copy"), policyOf("on", { leader: IN_THE_MIDDLE, follower: LAST })] });
}

/** His sale rests against what was copied into his account; the leader gets out `laterMs` after that, the journal is lost, and the copier starts. */
async function soldAgainstCopies(laterMs: number): Promise<World> {
  const w = await chained();
  w.leader({ quantity: 300 });
  await fills(w, LEADER);
  await fills(w, IN_THE_MIDDLE);
  expect(w.net(IN_THE_MIDDLE)).toBe(150);
  await w.time.pass(1_000 - (w.time.now() % 1_000));
  w.leader({ clientId: IN_THE_MIDDLE, transactionType: "SELL", quantity: 150, price: 140 });
  await w.time.pass(laterMs);
  expect(w.verdicts("on")).toEqual(["NOTHING_TO_EXIT"]);
  // What had been copied is exited by the time that he rests his sale alone.
  w.leader({ transactionType: "SELL", quantity: 300 });
  await fillsLast(w, LEADER);
  await fillsLast(w, IN_THE_MIDDLE);
  await w.time.pass(1_000);
  expect(w.net(IN_THE_MIDDLE)).toBe(0);
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(20_000);
  return w;
}

test.each([
  ["seconds later", 2_000],
  ["in the same second (seed 111097)", 500],
])(
  "R7 R11 with the journal lost, his sale that rests is judged by what was copied into his account when he placed it, and enters nothing: the leader is out %s",
  async (_, laterMs) => {
    const w = await soldAgainstCopies(laterMs);
    expect(w.calls(LAST)).toEqual([]);
    expect(w.verdicts("on")).toEqual(["NOTHING_TO_EXIT"]);
  },
);

test("R7 R11 nor does his purchase exit anything beside what was copied in and out within its second (seed 153550)", async () => {
  const w = await chained();
  await w.time.pass(1_000 - (w.time.now() % 1_000));
  w.leader({ quantity: 300 });
  await fillsLast(w, LEADER);
  await fillsLast(w, IN_THE_MIDDLE);
  await w.time.pass(50);
  w.leader({ transactionType: "SELL", quantity: 300 });
  await fillsLast(w, LEADER);
  await fillsLast(w, IN_THE_MIDDLE);
  await w.time.pass(50);
  expect(w.net(IN_THE_MIDDLE)).toBe(0);
  w.leader({ clientId: IN_THE_MIDDLE, quantity: 300, price: 100 });
  await w.time.pass(500);
  expect(w.orders(LAST)).toMatchObject([{ transactionType: "BUY", quantity: 150, orderStatus: "PENDING" }]);
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(20_000);
  expect(w.orders(LAST)).toMatchObject([{ transactionType: "BUY", quantity: 150, orderStatus: "PENDING" }]);
});

test("R7 R14 a part of what he holds by his own is that part at those who follow him, whatever is copied beside it", async () => {
  const w = await chained();
  w.leader({ quantity: 300 });
  await fills(w, LEADER);
  await fills(w, IN_THE_MIDDLE);
  w.leader({ clientId: IN_THE_MIDDLE, quantity: 300 });
  await fills(w, IN_THE_MIDDLE);
  await fills(w, LAST);
  expect([w.net(IN_THE_MIDDLE), w.net(LAST)]).toEqual([450, 150]);
  w.leader({ clientId: IN_THE_MIDDLE, transactionType: "SELL", quantity: 150 });
  await fills(w, IN_THE_MIDDLE);
  await fills(w, LAST);
  expect([w.net(IN_THE_MIDDLE), w.net(LAST)]).toEqual([300, 75]);
});

test("R7 R11 with the journal lost, what closed two alternatives of a copy in his account is none of his own position (seed 153946)", async () => {
  const w = await chained();
  w.leader({ quantity: 300 });
  await fills(w, LEADER);
  await fills(w, IN_THE_MIDDLE);
  w.leader({ transactionType: "SELL", quantity: 300, price: 150 });
  w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
  await w.time.pass(1_000);
  for (const { orderId, orderStatus } of w.orders(IN_THE_MIDDLE)) if (orderStatus === "PENDING") w.admin("fill", { clientId: IN_THE_MIDDLE, orderId });
  await w.time.pass(1_000);
  await fills(w, IN_THE_MIDDLE);
  expect(w.verdicts("copy")).toContain("ALTERNATIVES_CLOSED");
  // By the books the second of them entered, once the first had filled: what closed it is told of by no excess.
  await fills(w, LEADER);
  w.leader({ clientId: IN_THE_MIDDLE, transactionType: "SELL", quantity: 300 });
  await fills(w, IN_THE_MIDDLE);
  await fills(w, LAST);
  expect([w.net(IN_THE_MIDDLE), w.net(LAST)]).toEqual([-300, -150]);
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(20_000);
  w.leader({ clientId: IN_THE_MIDDLE, quantity: 300 });
  await fills(w, IN_THE_MIDDLE);
  await fills(w, LAST);
  expect(w.net(LAST)).toBe(0);
});
