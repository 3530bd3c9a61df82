/** What exits took through zero, and the account's owner has closed by hand: what is entered after that is held, and is exited (R15, R16). */
import { expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { bothHold } from "./both-hold.ts";
import { nextMorning } from "./overnight.ts";
import { CALL, FOLLOWER, LEADER, type World, world } from "./world.ts";

/** The leader trades 300 at the market; the follower's 150 fill as well. */
async function trades(w: World, transactionType: "BUY" | "SELL"): Promise<void> {
  const order = w.admin("place", { clientId: LEADER, transactionType, ...CALL, productType: "MARGIN", quantity: 300, price: 120.5 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order["orderId"] });
  fillFollower(w);
  await w.time.pass(3_000);
}

function fillFollower(w: World): void {
  for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId });
}

test("with the journal lost, what was carried overnight and is sold already: what he buys after that is sold with him", { timeout: 60_000 }, async () => {
  const w = await world({ start: "2026-11-19 15:20:00" });
  await trades(w, "BUY");
  await nextMorning(w);
  await trades(w, "SELL");
  expect(w.net(FOLLOWER)).toBe(0);
  await w.crash();
  w.disk = new MemoryDisk();
  await w.startEngine();
  await w.time.pass(20_000);
  await trades(w, "BUY");
  expect(w.net(FOLLOWER)).toBe(150);
  await trades(w, "SELL");
  expect(w.net(FOLLOWER)).toBe(0);
  await trades(w, "BUY");
  await trades(w, "SELL");
  expect(w.net(FOLLOWER)).toBe(0);
  expect(w.verdicts()).not.toContain("ALTERNATIVES_CLOSED");
});

test("two alternatives that filled together and the owner has closed by hand: what he buys after that is sold with him", async () => {
  const w = await world();
  await bothHold(w, { quantity: 300, heardAfterMs: 1_500 });
  const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
  const target = w.leader({ transactionType: "SELL", quantity: 300, price: 140 });
  await w.time.pass(1_000);
  await w.crash();
  fillFollower(w);
  w.admin("fill", { clientId: LEADER, orderId: stop, price: 109 });
  w.admin("cancel", { clientId: LEADER, orderId: target });
  const hand = w.admin("place", { clientId: FOLLOWER, transactionType: "BUY", ...CALL, quantity: 150, price: 130 });
  await w.time.pass(100);
  w.admin("fill", { clientId: FOLLOWER, orderId: hand["orderId"] });
  await w.startEngine();
  await w.time.pass(20_000);
  expect(w.net(FOLLOWER)).toBe(0);
  await bothHold(w, { quantity: 300, heardAfterMs: 1_500 });
  expect(w.net(FOLLOWER)).toBe(150);
  const out = w.leader({ transactionType: "SELL", quantity: 300, price: 119 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: out });
  fillFollower(w);
  await w.time.pass(5_000);
  expect(w.net(FOLLOWER)).toBe(0);
});
