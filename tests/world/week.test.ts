/** Several days in one process (R24): what is over leaves memory, what it came to stays, and nothing of an earlier day is taken for new. */

import { expect, test } from "vitest";
import type { Book } from "../../src/domain/book/book.ts";
import { countOrdersPutAway } from "../../src/domain/book/leader-orders.ts";
import { countPutAway } from "../../src/domain/book/put-away.ts";
import { orderCount } from "../../src/domain/book/ways.ts";
import { clientId } from "../../src/domain/identity.ts";
import { storyOf } from "../../src/engine/views/story.ts";
import { expectFoldOf } from "./folded.ts";
import { nextMorning } from "./overnight.ts";
import { CALL, FOLLOWER, LEADER, type World, world } from "./world.ts";

const OVER_NIGHTS = { timeout: 120_000 };
const MARGIN = { productType: "MARGIN" };

/** How much of everything the book holds. */
function sizes(book: Book): Record<string, number> {
  const leader = book.leaders.get(clientId(LEADER));
  const follower = book.followers.get(clientId(FOLLOWER));
  const holdings = [...(follower?.byHolding.values() ?? [])].flatMap((byHolding) => [...byHolding.values()]);
  return {
    orders: leader?.orders.size ?? 0,
    ordersAway: leader === undefined ? 0 : countOrdersPutAway(leader),
    addresses: leader?.mirrors.size ?? 0,
    mirrors: follower?.mirrors.size ?? 0,
    mirrorsAway: follower === undefined ? 0 : countPutAway(follower),
    byOrder: follower === undefined ? 0 : orderCount(follower),
    byCorrelation: follower?.byCorrelation.size ?? 0,
    byStem: follower?.byStem.size ?? 0,
    byHolding: holdings.reduce((sum, keys) => sum + keys.length, 0),
    foreign: follower?.foreign.size ?? 0,
    refusedExits: follower?.refusedExits.size ?? 0,
  };
}

async function fillBoth(w: World, order: string): Promise<void> {
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order, price: 120 });
  for (const row of w.orders(FOLLOWER)) if (row.orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId: row.orderId, price: 120 });
  await w.time.pass(3_000);
}

/** In and out, a withdrawal, a refusal, two orders that rest over the close, a day's trade of the owner's own, and one lot more to carry. */
async function day(w: World): Promise<string> {
  const carried = w.leader({ quantity: 150, ...MARGIN });
  await fillBoth(w, carried);
  await fillBoth(w, w.leader({ quantity: 300 }));
  await fillBoth(w, w.leader({ transactionType: "SELL", quantity: 300, price: 110 }));
  const withdrawn = w.leader({ quantity: 150, price: 90 });
  await w.time.pass(1_000);
  w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
  w.leader({ quantity: 75, price: 91 });
  w.leader({ quantity: 150, price: 92 });
  const owners = w.admin("place", { clientId: FOLLOWER, transactionType: "BUY", ...CALL, quantity: 75, price: 93 })["orderId"];
  await w.time.pass(1_000);
  w.admin("fill", { clientId: FOLLOWER, orderId: owners });
  await w.time.pass(1_000);
  return carried;
}

test(
  "R24 R8 the fourth day weighs no more than the second, what is held is what the broker's books say, and nobody takes yesterday for news",
  OVER_NIGHTS,
  async () => {
    const w = await world({ start: "2026-11-23 15:10:00" });
    const mornings: Record<string, number>[] = [];
    const orders: string[] = [];
    for (let morning = 1; morning <= 3; morning += 1) {
      orders.push(await day(w));
      await nextMorning(w);
      const sent = w.calls().length;
      mornings.push(sizes(w.book));
      await w.time.pass(60_000);
      expect(w.calls()).toHaveLength(sent);
      // To the next afternoon, with the books polled meanwhile.
      await w.time.pass(6 * 3_600_000);
    }
    expect(mornings[2]).toEqual(mornings[0]);
    expect(w.net(LEADER)).toBe(450);
    const ledgers = [...(w.book.followers.get(clientId(FOLLOWER))?.ledgers.values() ?? [])].flatMap((byHolding) => [...byHolding.values()]);
    expect(ledgers.map(({ net }) => net)).toEqual([225]);
    // Of the contract that is held its facts are kept, should nobody tell them any more.
    expect([...(w.book.followers.get(clientId(FOLLOWER))?.contracts.values() ?? [])].map(({ lot }) => lot)).toEqual([75]);
    expect(w.notes.map(({ code }) => code)).not.toContain("STRANGER_WITH_OUR_MARK");
    expectFoldOf(w);
    // All that was carried leaves with the leader's exit, and not one unit of the owner's.
    const before = w.net(FOLLOWER);
    await fillBoth(w, w.leader({ transactionType: "SELL", quantity: 450, price: 110, ...MARGIN }));
    expect(before - w.net(FOLLOWER)).toBe(225);
    for (const order of orders) {
      const told = storyOf(w.disk.reader(), order);
      if (told.found !== "story") throw new Error(told.found);
      expect(told.story.copies.map(({ requests, orders: own }) => [requests.length, own[0]?.attempt.order?.end])).toEqual([[1, "filled"]]);
      expect(told.story.fills.executions).toHaveLength(1);
    }
  },
);

test("R24 a frame that comes after midnight and tells of an order that was over moves no position and is copied by nobody", OVER_NIGHTS, async () => {
  const w = await world({ start: "2026-11-23 15:10:00" });
  const entry = w.leader({ quantity: 150, ...MARGIN });
  await fillBoth(w, entry);
  for (const id of [LEADER, FOLLOWER]) w.admin("fault", { on: "stream", clientId: id, times: 1, effect: { kind: "delay", ms: 8 * 3_600_000 + 52 * 60_000 } });
  const exit = w.leader({ transactionType: "SELL", quantity: 75, price: 110, ...MARGIN });
  await w.time.pass(20_000);
  await fillBoth(w, exit);
  await w.time.pass(20_000);
  const owned = new Map(w.book.followers.get(clientId(FOLLOWER))?.owners);
  const sent = w.calls().length;
  await nextMorning(w);
  expect(w.records().findLastIndex(({ type }) => type === "day-turned")).toBeGreaterThan(0);
  expect(w.calls()).toHaveLength(sent);
  expect([...(w.book.leaders.get(clientId(LEADER))?.positions.values() ?? [])]).toEqual([75]);
  expect([...(w.book.followers.get(clientId(FOLLOWER))?.owners ?? [])].filter(([, units]) => units !== 0)).toEqual(
    [...owned].filter(([, units]) => units !== 0),
  );
  expect(sizes(w.book)).toMatchObject({ orders: 0, mirrors: 0, foreign: 0 });
});

test("R24 the trades of orders that the turn of the day has ended are asked for by no later process: no book shows them", OVER_NIGHTS, async () => {
  const w = await world({ start: "2026-11-23 15:10:00" });
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 150, price: 120 });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, quantity: 75, price: 120 });
  // Nobody tells of their end but the turn of the day, and they are put away.
  await w.time.pass(9 * 3_600_000);
  expect(sizes(w.book)).toMatchObject({ mirrors: 0, mirrorsAway: 1 });
  const reads = (): number => w.tradeReads(LEADER).length + w.tradeReads(FOLLOWER).length;
  const before = reads();
  await w.crash();
  await w.startEngine();
  await w.time.pass(120_000);
  expect(reads()).toBe(before);
  expect(w.notes.map(({ code }) => code)).not.toContain("TRADES_DISAGREE");
});

test("R24 the books of a start at night still show the day before: nothing of it is adopted, copied, or the owner's", OVER_NIGHTS, async () => {
  const w = await world({ start: "2026-11-23 15:10:00" });
  await day(w);
  await w.time.pass(8 * 3_600_000 + 55 * 60_000);
  await w.crash();
  const owned = w.net(FOLLOWER);
  await w.startEngine();
  await w.time.pass(60_000);
  const follower = w.book.followers.get(clientId(FOLLOWER));
  expect(w.book.halts).toEqual([]);
  const held = [...(follower?.owners.values() ?? [])].reduce((sum, units) => sum + units, 0);
  const copied = [...(follower?.ledgers.values() ?? [])].flatMap((byHolding) => [...byHolding.values()]).reduce((sum, { net }) => sum + net, 0);
  expect(held + copied).toBe(owned);
  expect(sizes(w.book)["foreign"]).toBe(0);
});
