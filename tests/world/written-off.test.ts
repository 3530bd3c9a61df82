/** What the owner has closed by hand of what a copy held is written off on both sides once the leader is out: what he buys after that is his (R15, R16, I5; decision 31). */
import { describe, expect, test } from "vitest";
import { bothHold } from "./both-hold.ts";
import { nextMorning } from "./overnight.ts";
import { CALL, FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

const OTHER = "1000000003";

function fillFollower(w: World): void {
  for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId });
}

/** A leader trades, and what rests of his copies fills with him. */
async function trades(w: World, clientId: string, transactionType: "BUY" | "SELL", quantity = 300): Promise<void> {
  const order = w.admin("place", { clientId, transactionType, ...CALL, quantity, price: 120.5 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId, orderId: order["orderId"] });
  fillFollower(w);
  await w.time.pass(3_000);
}

/** The owner of the follower's account trades for himself. */
async function byHand(w: World, transactionType: "BUY" | "SELL", quantity: number): Promise<void> {
  const order = w.admin("place", { clientId: FOLLOWER, transactionType, ...CALL, quantity, price: 120.5 });
  w.admin("fill", { clientId: FOLLOWER, orderId: order["orderId"] });
  await w.time.pass(1_000);
}

const stops = (w: World) =>
  w
    .orders(FOLLOWER)
    .filter(({ orderType, orderStatus }) => orderType === "STOP_LOSS" && orderStatus === "PENDING")
    .map(({ quantity }) => quantity);

async function restarted(w: World): Promise<void> {
  await w.crash();
  await w.startEngine();
  await w.time.pass(20_000);
}

describe("he sells what the copy holds, the leader gets out, and he buys for himself: the leader's next way out leaves him that", () => {
  test.each([
    { title: "all of it", sold: 150 },
    { title: "a part of it", sold: 75 },
    { title: "more than all of it", sold: 225 },
  ])("$title", async ({ sold }) => {
    const w = await world();
    await trades(w, LEADER, "BUY");
    await byHand(w, "SELL", sold);
    await trades(w, LEADER, "SELL");
    expect(w.net(FOLLOWER)).toBe(Math.min(0, 150 - sold));
    await byHand(w, "BUY", sold);
    const own = w.net(FOLLOWER);
    await trades(w, LEADER, "BUY");
    await trades(w, LEADER, "SELL");
    expect(w.net(FOLLOWER)).toBe(own);
  });

  test("through a restart before each step", async () => {
    const w = await world();
    await trades(w, LEADER, "BUY");
    await byHand(w, "SELL", 150);
    await trades(w, LEADER, "SELL");
    await restarted(w);
    await byHand(w, "BUY", 150);
    await restarted(w);
    await trades(w, LEADER, "BUY");
    await restarted(w);
    await trades(w, LEADER, "SELL");
    expect(w.net(FOLLOWER)).toBe(150);
  });

  test("also while an order of the leader's rests that has filled nothing", async () => {
    const w = await world();
    await trades(w, LEADER, "BUY");
    w.leader({ quantity: 300, price: 90 });
    w.leader({ transactionType: "SELL", quantity: 300, price: 140 });
    await byHand(w, "SELL", 150);
    const out = w.leader({ transactionType: "SELL", quantity: 300, price: 120.5 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: out });
    await w.time.pass(3_000);
    await byHand(w, "BUY", 150);
    const again = w.leader({ quantity: 300, price: 121 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: again });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
    await w.time.pass(3_000);
    expect(w.net(FOLLOWER)).toBe(300);
    const last = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: last });
    await w.time.pass(3_000);
    for (const { orderId, orderStatus, transactionType } of w.orders(FOLLOWER))
      if (orderStatus === "PENDING" && transactionType === "SELL") w.admin("fill", { clientId: FOLLOWER, orderId });
    await w.time.pass(3_000);
    expect(w.net(FOLLOWER)).toBe(150);
  });

  test("and overnight", { timeout: 60_000 }, async () => {
    const w = await world({ start: "2026-11-19 15:20:00" });
    await trades(w, LEADER, "BUY");
    await byHand(w, "SELL", 150);
    await nextMorning(w);
    await trades(w, LEADER, "SELL");
    await byHand(w, "BUY", 150);
    await trades(w, LEADER, "BUY");
    await trades(w, LEADER, "SELL");
    expect(w.net(FOLLOWER)).toBe(150);
  });
});

test("R14 he sells what an exit of the copy's was to sell: that takes nothing of what is entered next", async () => {
  const w = await world();
  await bothHold(w, { quantity: 300 });
  const out = w.leader({ transactionType: "SELL", quantity: 300, price: 122 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: out });
  await w.time.pass(1_000);
  await byHand(w, "SELL", 150);
  await w.time.pass(5_000);
  expect(w.net(FOLLOWER)).toBe(0);
  await bothHold(w, { quantity: 300, heardAfterMs: 20_000 });
  expect(w.net(FOLLOWER)).toBe(150);
  expect(w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING")).toEqual([]);
});

test("of two copies in his account that one's is written off whose leader is out, and the other's is sold with its leader", async () => {
  const w = await world({ copies: [policyOf("one"), policyOf("two", { leader: OTHER })] });
  await trades(w, LEADER, "BUY");
  await trades(w, OTHER, "BUY");
  await byHand(w, "SELL", 150);
  await trades(w, LEADER, "SELL");
  expect(w.net(FOLLOWER)).toBe(150);
  await byHand(w, "BUY", 75);
  await trades(w, OTHER, "SELL");
  expect(w.net(FOLLOWER)).toBe(75);
});

test("R14 what is written off of one copy in his account the other holds again, and its stop stands for it at once (seed 166122)", async () => {
  const w = await world({ copies: [policyOf("one"), policyOf("two", { leader: OTHER })] });
  await trades(w, LEADER, "BUY");
  await trades(w, OTHER, "BUY");
  w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
  await w.time.pass(1_000);
  await byHand(w, "SELL", 150);
  await w.time.pass(3_000);
  expect(stops(w)).toEqual([]);
  // The other's way out finds nothing: what the owner has sold was of his copy.
  await trades(w, OTHER, "SELL");
  expect([w.net(FOLLOWER), stops(w)]).toEqual([150, [150]]);
});

describe("he sells a part of what two copies hold while the process is down, and both leaders get out: nothing tells of which, and what is left of them together is sold once", () => {
  test.each([
    { title: "the first copy's leader is out first", leaders: [LEADER, OTHER] },
    { title: "the second copy's leader is out first", leaders: [OTHER, LEADER] },
    { title: "and he is short of it by now", leaders: [LEADER, LEADER, OTHER] },
  ])("$title", async ({ leaders }) => {
    const w = await world({ copies: [policyOf("one"), policyOf("two", { leader: OTHER })] });
    await trades(w, LEADER, "BUY");
    await trades(w, OTHER, "BUY");
    await w.crash();
    await byHand(w, "SELL", 150);
    for (const clientId of leaders) {
      const { orderId } = w.admin("place", { clientId, transactionType: "SELL", ...CALL, quantity: 300, price: 120.5 });
      w.admin("fill", { clientId, orderId });
      await w.time.pass(2_000);
    }
    await w.startEngine();
    await w.time.pass(20_000);
    fillFollower(w);
    await w.time.pass(20_000);
    expect(w.net(FOLLOWER)).toBe(0);
    await byHand(w, "BUY", 150);
    await trades(w, OTHER, "BUY");
    await trades(w, OTHER, "SELL");
    expect(w.net(FOLLOWER)).toBe(150);
  });
});

test("R1 R16 what an exit that had ended turns out to have filled all the same was sold of what is written off since: it is no flip, and nothing is bought", async () => {
  const w = await world();
  await bothHold(w, { quantity: 300 });
  w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
  await w.time.pass(1_000);
  const stop = w.orders(FOLLOWER).at(-1)?.orderId;
  await byHand(w, "SELL", 150);
  await w.time.pass(1_000);
  await trades(w, LEADER, "SELL");
  expect(w.orders(FOLLOWER).find(({ orderId }) => orderId === stop)).toMatchObject({ orderStatus: "CANCELLED", filledQty: 0 });
  w.admin("fill", { clientId: FOLLOWER, orderId: stop, quantity: 75, price: 109, late: true });
  await w.time.pass(20_000);
  expect([w.net(FOLLOWER), w.verdicts().includes("ALTERNATIVES_CLOSED")]).toEqual([-75, false]);
  await byHand(w, "BUY", 225);
  await trades(w, LEADER, "BUY");
  await trades(w, LEADER, "SELL");
  expect(w.net(FOLLOWER)).toBe(150);
});

test("what he held before the copy was entered, and against it, has closed nothing of that: what the next entry makes good is not sold", async () => {
  const w = await world();
  await byHand(w, "BUY", 300);
  await trades(w, LEADER, "SELL");
  await trades(w, LEADER, "BUY");
  expect(w.net(FOLLOWER)).toBe(150);
  await trades(w, LEADER, "BUY");
  await trades(w, LEADER, "SELL");
  expect(w.net(FOLLOWER)).toBe(300);
});

test("R16 two alternatives that filled together, and that he has closed by hand: what is entered after that is exited", async () => {
  const w = await world();
  await bothHold(w, { quantity: 300 });
  const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 109, triggerPrice: 110 });
  const target = w.leader({ transactionType: "SELL", quantity: 300, price: 140 });
  await w.time.pass(1_000);
  await w.crash();
  fillFollower(w);
  w.admin("fill", { clientId: LEADER, orderId: stop, price: 109 });
  w.admin("cancel", { clientId: LEADER, orderId: target });
  await byHand(w, "BUY", 150);
  await w.startEngine();
  await w.time.pass(20_000);
  expect(w.net(FOLLOWER)).toBe(0);
  await trades(w, LEADER, "BUY");
  expect(w.net(FOLLOWER)).toBe(150);
  await trades(w, LEADER, "SELL");
  expect(w.net(FOLLOWER)).toBe(0);
});

test("R18 an older orphan that he has sold by hand is not sold out of what is entered after it is written off", async () => {
  const w = await world({ copies: [policyOf("copy", { orphan: "exit" })] });
  const given = w.leader({});
  await w.time.pass(1_000);
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
  await w.time.pass(500);
  await byHand(w, "SELL", 75);
  w.admin("cancel", { clientId: LEADER, orderId: given });
  await w.time.pass(500);
  const again = w.leader({});
  await w.time.pass(500);
  w.admin("fill", { clientId: LEADER, orderId: again });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
  await w.time.pass(10_000);
  fillFollower(w);
  await w.time.pass(60_000);
  expect(w.net(FOLLOWER)).toBe(75);
});
