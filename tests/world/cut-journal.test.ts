/** A journal that lost its end (decision 11): the start goes on as with a lost one, whatever stood in the part that is gone (R11). */
import { expect, test } from "vitest";
import type { BookRecord } from "../../src/domain/records.ts";
import { bothHold } from "./both-hold.ts";
import { expectFoldOf } from "./folded.ts";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

/** The process dies, and of its journal only what stands before the first such record is left. */
async function cutBefore(w: World, isFirst: (record: BookRecord) => boolean): Promise<void> {
  await w.crash();
  const position = w.records().findIndex(isFirst);
  expect(position).toBeGreaterThan(0);
  w.disk.cutAfter(position, w.time.now());
}

const placed = (record: BookRecord): boolean => record.type === "placement-intended";
const opened = (record: BookRecord): boolean => record.type === "mirror-opened";
const answered = (record: BookRecord): boolean => record.type === "request-answered";
const seen = (record: BookRecord): boolean => record.type === "leader-order-reported";

test.each([
  ["the leader's order", seen],
  ["what was decided of it", opened],
  ["the intent", placed],
  ["the answer", answered],
] as const)("R11 an order that was placed is not placed again when the journal has lost %s and all after it", async (_what, isFirst) => {
  const w = await world();
  const order = w.leader({ quantity: 150 });
  await w.time.pass(2_000);
  await cutBefore(w, isFirst);
  await w.startEngine();
  await w.time.pass(30_000);
  expect(w.methods()).toBe("POST");
  w.admin("cancel", { clientId: LEADER, orderId: order });
  await w.time.pass(2_000);
  expect(w.methods()).toBe("POST DELETE");
  expectFoldOf(w);
});

test("R11 with books that lag, an order of which the journal lost the intent is looked for twice, a grace apart, before it would be placed", async () => {
  const w = await world();
  w.leader({ quantity: 150 });
  await w.time.pass(30);
  await cutBefore(w, placed);
  w.admin("lag", { clientId: FOLLOWER, booksMs: 4_000, correlationMs: 4_000 });
  await w.startEngine();
  await w.time.pass(30_000);
  expect(w.methods()).toBe("POST");
});

test("R11 what had not been placed is placed after the proof, if the leader's order still rests", async () => {
  const w = await world();
  w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "reset" } });
  w.leader({ quantity: 150 });
  await w.time.pass(30);
  await cutBefore(w, placed);
  await w.startEngine();
  await w.time.pass(4_000);
  expect(w.orders(FOLLOWER)).toHaveLength(0);
  await w.time.pass(10_000);
  expect(w.orders(FOLLOWER)).toHaveLength(1);
});

test.each([0, 4_000])(
  "R2 a change that the journal lost is known from the book, also from one that lags by %i ms, and undone when the leader has taken his back",
  async (lagMs) => {
    const w = await world();
    const order = w.leader({ quantity: 300 });
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 150, price: 118 });
    await w.time.pass(lagMs === 0 ? 2_000 : 500);
    await cutBefore(w, (record) => record.type === "leader-order-reported" && record.report.terms.quantity === 150);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300, price: 120.5 });
    w.admin("lag", { clientId: FOLLOWER, booksMs: lagMs, correlationMs: lagMs });
    await w.startEngine();
    await w.time.pass(40_000);
    expect(w.methods()).toBe("POST PUT PUT");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "PENDING", quantity: 150, price: 120.5 }]);
  },
);

test("R14 a copied position whose fill the journal lost is known from the book, and its exit follows", async () => {
  const w = await world();
  await bothHold(w, { heardAfterMs: 3_000 });
  await cutBefore(w, answered);
  await w.startEngine();
  await w.time.pass(10_000);
  w.leader({ transactionType: "SELL", quantity: 150, price: 110 });
  await w.time.pass(2_000);
  expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => [transactionType, quantity])).toEqual([
    ["BUY", 75],
    ["SELL", 75],
  ]);
});
