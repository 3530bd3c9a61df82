/** `forever: copy` is taken back to `report` while orders wait at both brokers: what stands is followed to its end, and nothing new is placed (docs/forever.md). */
import { expect, test } from "vitest";
import { FOLLOWER, LEADER, type PolicyChanges, policyOf, type World, world } from "./world.ts";

const A_READING_MS = 16_000;
const GONE_MS = 32_000;

const rows = (w: World, id: string) =>
  w.simulator.foreverOrders.of(id).map(({ orderId, legs: [leg] }) => ({ orderId, status: leg?.status, triggerPrice: (leg?.triggerPrice ?? 0) / 10_000 }));
const foreverOf = (w: World, id: string): string => rows(w, id)[0]?.orderId ?? "";
const fire = (w: World, id: string): string => String(w.admin("forever-fire", { clientId: id, orderId: foreverOf(w, id) })["orderId"]);
const placements = (w: World): number => w.calls().filter(({ method }) => method === "POST").length;

/** Both wait, and the next process finds another word in the configuration. */
async function switched(before?: (w: World) => Promise<void>): Promise<World> {
  const copies = [policyOf("copy", { forever: "copy" } satisfies PolicyChanges)];
  const w = await world({ copies });
  w.leaderForever({});
  await w.time.pass(A_READING_MS);
  await before?.(w);
  await w.crash();
  copies[0] = policyOf("copy", { forever: "report" });
  await w.startEngine();
  await w.time.pass(A_READING_MS);
  return w;
}

test("R2 what both fire is one order, and is not copied as well", async () => {
  const w = await switched();
  const [his, its] = [fire(w, LEADER), fire(w, FOLLOWER)];
  await w.time.pass(2_000);
  w.admin("fill", { clientId: LEADER, orderId: his });
  w.admin("fill", { clientId: FOLLOWER, orderId: its });
  await w.time.pass(2 * A_READING_MS);
  expect([placements(w), w.net(LEADER), w.net(FOLLOWER)]).toEqual([1, 150, 75]);
});

test("R2 where the follower's had fired alone before, and the leader's fires then, nothing is sent for that", async () => {
  const w = await switched(async (copied) => {
    copied.admin("fill", { clientId: FOLLOWER, orderId: fire(copied, FOLLOWER) });
    await copied.time.pass(A_READING_MS);
  });
  const his = fire(w, LEADER);
  w.admin("fill", { clientId: LEADER, orderId: his });
  await w.time.pass(2 * A_READING_MS);
  expect([placements(w), w.net(FOLLOWER)]).toEqual([1, 75]);
});

test("it is changed and deleted as the leader's is; his next is told of and not placed", async () => {
  const w = await switched();
  const leaders = foreverOf(w, LEADER);
  w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118 });
  await w.time.pass(A_READING_MS);
  expect(rows(w, FOLLOWER)).toMatchObject([{ status: "CONFIRM", triggerPrice: 118 }]);
  w.admin("forever-cancel", { clientId: LEADER, orderId: leaders });
  w.leaderForever({ triggerPrice: 122, price: 123 });
  await w.time.pass(GONE_MS);
  expect(rows(w, FOLLOWER)).toMatchObject([{ status: "CANCELLED" }]);
  expect(placements(w)).toBe(1);
});

test("one that the broker had refused is not placed when the leader changes his", async () => {
  const body = '{"errorType":"Input_Exception","errorCode":"DH-905","errorMessage":"no"}';
  const copies = [policyOf("copy", { forever: "copy" } satisfies PolicyChanges)];
  const w = await world({ copies });
  w.admin("fault", { on: "request", call: "forever-place", clientId: FOLLOWER, times: 1, effect: { kind: "answer", status: 400, body } });
  const leaders = w.leaderForever({});
  await w.time.pass(A_READING_MS);
  await w.crash();
  copies[0] = policyOf("copy", { forever: "report" });
  await w.startEngine();
  await w.time.pass(A_READING_MS);
  w.admin("forever-modify", { clientId: LEADER, orderId: leaders, triggerPrice: 118 });
  await w.time.pass(GONE_MS);
  expect([rows(w, FOLLOWER), w.verdicts()]).toEqual([[], expect.arrayContaining(["BROKER_REFUSED", "FOREVER_NOT_COPIED"])]);
});
