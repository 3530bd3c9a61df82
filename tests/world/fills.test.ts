/** Both sides' executions: as the trade books tell them, each once, whatever was lost on the way (S20 to S23, and the gap of S24). */
import { expect, test } from "vitest";
import type { Execution } from "../../src/domain/fills/execution.ts";
import { clientId } from "../../src/domain/identity.ts";
import { priceToRupees } from "../../src/domain/money.ts";
import { kolkataText } from "../../src/domain/time.ts";
import { type Story, storyOf } from "../../src/engine/views/story.ts";
import { FOLLOWER, LEADER, type TradeRow, type World, world } from "./world.ts";

function explained(w: World, order: string): Story {
  const result = storyOf(w.disk.reader(), order);
  return result.found === "story" ? result.story : expect.fail(`no story of ${order}`);
}

function plain(executions: readonly Execution[] | undefined): readonly unknown[] {
  return (executions ?? []).map(({ tradeId, quantity, price, at }) => [tradeId, quantity, priceToRupees(price), kolkataText(at)]);
}

/** What the broker's own trade book says of an account. */
function booked(rows: readonly TradeRow[]): readonly unknown[] {
  return rows.map((row) => [row.exchangeTradeId, row.tradedQuantity, row.tradedPrice, row.exchangeTime]);
}

function tradeRecords(w: World): readonly string[] {
  return w.records().flatMap(({ type }) => (type === "leader-trades-read" || type === "follower-trades-read" ? [type] : []));
}

/** The leader's order for 300 and its copy for 150, both at the exchange. */
async function copied(w: World): Promise<{ readonly order: string; readonly copy: string }> {
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  const copy = w.orders(FOLLOWER)[0]?.orderId ?? expect.fail("no copy");
  return { order, copy };
}

test("S20 S22 the trade book tells each execution of both sides once the orders have ended, read once for each", async () => {
  const w = await world();
  const { order, copy } = await copied(w);
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 75, price: 120.4 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: FOLLOWER, orderId: copy, quantity: 75, price: 120.5 });
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 225, price: 120.5 });
  await w.time.pass(2_000);
  // The follower's order is open and the stream has told its fill.
  expect(explained(w, order).copies[0]?.orders[0]?.fills.executions).toMatchObject([{ learnt: "stream", quantity: 75 }]);
  w.admin("fill", { clientId: FOLLOWER, orderId: copy, quantity: 75, price: 121 });
  await w.time.pass(60_000);
  const { fills, copies } = explained(w, order);
  expect(plain(fills.executions)).toEqual(booked(w.trades(LEADER)));
  expect(plain(copies[0]?.orders[0]?.fills.executions)).toEqual(booked(w.trades(FOLLOWER)));
  expect([fills.untold, copies[0]?.orders[0]?.fills.untold]).toEqual([0, 0]);
  // 120.475 for the leader, 120.75 for the follower: 0.275 a unit, 150 units.
  expect(copies[0]?.comparison).toMatchObject({ firstLagMs: 1_000, lastLagMs: 2_000, slippage: { perUnit: 2_750, hundredths: 23, inAll: 412_500 } });
  expect([w.tradeReads(LEADER).length, w.tradeReads(FOLLOWER).length]).toEqual([1, 1]);
  expect(w.tradeReads(LEADER)[0]?.path).toBe(`/v2/trades/${order}`);
  expect([...tradeRecords(w)].sort()).toEqual(["follower-trades-read", "leader-trades-read"]);
});

test("S24 fills of both sides in a gap are told as they were; further polls, cuts and restarts tell the same and record nothing new", async () => {
  const w = await world();
  const { order, copy } = await copied(w);
  w.admin("upgrades", { status: 503 });
  w.admin("cut", {});
  for (const [index, price] of [120.4, 120.45, 120.5].entries()) {
    await w.time.pass(2_000);
    w.admin("fill", { clientId: LEADER, orderId: order, quantity: 75, price });
    if (index < 2) w.admin("fill", { clientId: FOLLOWER, orderId: copy, quantity: 75, price: price + 0.1 });
  }
  await w.time.pass(1_000);
  w.admin("upgrades", {});
  await w.time.pass(30_000);
  // The leader's order is still open: a part of its fills was told by the order book alone, so its trades are read all the same.
  const after = explained(w, order);
  expect(after.known?.end).toBeUndefined();
  expect(plain(after.fills.executions)).toEqual(booked(w.trades(LEADER)));
  expect(plain(after.copies[0]?.orders[0]?.fills.executions)).toEqual(booked(w.trades(FOLLOWER)));
  expect(w.trades(LEADER).length + w.trades(FOLLOWER).length).toBe(5);

  const records = tradeRecords(w).length;
  w.admin("cut", {});
  await w.time.pass(60_000);
  await w.crash();
  await w.startEngine();
  await w.time.pass(60_000);
  expect(tradeRecords(w)).toHaveLength(records);
  const again = explained(w, order);
  expect([again.fills, again.copies[0]?.orders[0]?.fills, again.copies[0]?.comparison]).toEqual([
    after.fills,
    after.copies[0]?.orders[0]?.fills,
    after.copies[0]?.comparison,
  ]);
});

test("a process that dies before the trades were read reads them after its next start", async () => {
  const w = await world();
  const { order, copy } = await copied(w);
  w.admin("fill", { clientId: LEADER, orderId: order });
  w.admin("fill", { clientId: FOLLOWER, orderId: copy, quantity: 75 });
  w.admin("fill", { clientId: FOLLOWER, orderId: copy, quantity: 75 });
  await w.time.pass(500);
  await w.crash();
  expect(tradeRecords(w)).toEqual([]);
  await w.startEngine();
  await w.time.pass(10_000);
  const { fills, copies } = explained(w, order);
  expect(plain(fills.executions)).toEqual(booked(w.trades(LEADER)));
  expect(plain(copies[0]?.orders[0]?.fills.executions)).toEqual(booked(w.trades(FOLLOWER)));
});

test("two fills of which the stream lost one frame look like one until the trade book is read", async () => {
  const w = await world();
  const { order } = await copied(w);
  // The books are read again after the stream's opening; the next poll is some seconds away.
  await w.time.pass(4_000);
  w.admin("fault", { on: "stream", clientId: LEADER, times: 1, effect: { kind: "drop" } });
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 75, price: 120 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 225, price: 120.4 });
  await w.time.pass(1_000);
  expect(plain(explained(w, order).fills.executions)).toEqual([[undefined, 300, 120.3, "2026-11-20 10:15:06"]]);
  await w.time.pass(5_000);
  expect(plain(explained(w, order).fills.executions)).toEqual(booked(w.trades(LEADER)));
});

test("a fill after the end of an order is read as well", async () => {
  const w = await world();
  const { order, copy } = await copied(w);
  w.admin("fill", { clientId: FOLLOWER, orderId: copy, quantity: 75 });
  await w.time.pass(1_000);
  w.admin("cancel", { clientId: LEADER, orderId: order });
  await w.time.pass(10_000);
  w.admin("fill", { clientId: FOLLOWER, orderId: copy, quantity: 75, late: true });
  await w.time.pass(30_000);
  expect(plain(explained(w, order).copies[0]?.orders[0]?.fills.executions)).toEqual(booked(w.trades(FOLLOWER)));
  expect(w.tradeReads(FOLLOWER)).toHaveLength(2);
});

test("a trade book that lags is asked again; one that keeps silent is said once, and the executions stay as the stream told them", async () => {
  const w = await world();
  const { order, copy } = await copied(w);
  w.admin("fault", { on: "request", call: "order-trades", clientId: LEADER, times: 2, effect: { kind: "answer", status: 200, body: "[]" } });
  w.admin("fault", { on: "request", call: "order-trades", clientId: FOLLOWER, effect: { kind: "answer", status: 500 } });
  w.admin("fill", { clientId: LEADER, orderId: order });
  w.admin("fill", { clientId: FOLLOWER, orderId: copy });
  await w.time.pass(300_000);
  const { fills, copies } = explained(w, order);
  expect(plain(fills.executions)).toEqual(booked(w.trades(LEADER)));
  expect(w.tradeReads(LEADER)).toHaveLength(3);
  expect(copies[0]?.orders[0]?.fills).toMatchObject({ executions: [{ learnt: "stream", quantity: 150 }], untold: 150 });
  expect(w.tradeReads(FOLLOWER)).toHaveLength(5);
  expect(w.notes.filter(({ code }) => code === "TRADES_UNREADABLE" || code === "TRADES_DISAGREE")).toMatchObject([
    { level: "warning", code: "TRADES_UNREADABLE", account: FOLLOWER },
  ]);
});

test("a trade book that contradicts the order is a note and no crash; both are shown", async () => {
  const w = await world();
  const { order } = await copied(w);
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 75 });
  w.admin("fill", { clientId: LEADER, orderId: order, quantity: 225 });
  await w.time.pass(500);
  const [row] = w.trades(LEADER);
  const more = [...w.trades(LEADER), { ...row, exchangeTradeId: "9999", tradedQuantity: 75 }];
  w.admin("fault", { on: "request", call: "order-trades", clientId: LEADER, effect: { kind: "answer", status: 200, body: JSON.stringify(more) } });
  await w.time.pass(300_000);
  expect(w.notes.filter(({ code }) => code === "TRADES_DISAGREE")).toMatchObject([
    { level: "warning", account: LEADER, message: `the trade book has 375 units of order ${order}, the order says 300` },
  ]);
  expect(explained(w, order).fills.untold).toBe(-75);
  expect(tradeRecords(w)).toEqual(["leader-trades-read"]);
});

test("the trade book is read in a budget of its own: one read at a time, four a second, some seconds after the burst", async () => {
  const w = await world();
  const orders = Array.from({ length: 20 }, (_, index) => w.leader({ quantity: 150, price: 100 + index }));
  await w.time.pass(5_000);
  const from = w.time.now();
  for (const order of orders) w.admin("fill", { clientId: LEADER, orderId: order });
  await w.time.pass(30_000);
  const reads = w.tradeReads(LEADER);
  expect(new Set(reads.map(({ path }) => path)).size).toBe(20);
  expect(reads).toHaveLength(20);
  expect(reads[0]?.at).toBeGreaterThanOrEqual(from + 2_000);
  for (const [index, { at }] of reads.entries()) expect(at - (reads[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(250);
});

test("of a backlog more is read, eight a second, until little of it is left", async () => {
  const w = await world();
  const orders = Array.from({ length: 60 }, (_, index) => w.leader({ quantity: 150, price: 100 + index / 10 }));
  await w.time.pass(10_000);
  for (const order of orders) w.admin("fill", { clientId: LEADER, orderId: order });
  await w.time.pass(60_000);
  const reads = w.tradeReads(LEADER);
  expect(reads).toHaveLength(60);
  const pauses = reads.slice(1).map(({ at }, index) => at - (reads[index]?.at ?? 0));
  for (const pauseMs of pauses.slice(0, 38)) expect(pauseMs).toBeGreaterThanOrEqual(120);
  expect(Math.max(...pauses.slice(0, 38))).toBeLessThan(250);
  for (const pauseMs of pauses.slice(40)) expect(pauseMs).toBeGreaterThanOrEqual(250);
});

test("S23 a follower who was filled too late while the process was down is late all the same, by the broker's times; a quick one is not", async () => {
  for (const { seconds, codes } of [
    { seconds: 10, codes: ["COPIED", "FILLED", "FOLLOWER_LATE"] },
    { seconds: 4, codes: ["COPIED", "FILLED"] },
  ]) {
    const w = await world();
    const { order, copy } = await copied(w);
    await w.crash();
    w.admin("fill", { clientId: LEADER, orderId: order });
    await w.time.pass(seconds * 1_000);
    w.admin("fill", { clientId: FOLLOWER, orderId: copy });
    await w.time.pass(5_000);
    await w.startEngine();
    await w.time.pass(30_000);
    expect(w.verdicts()).toEqual(codes);
    expect(numbersOf(w, "FILLED")["lagMs"]).toBe(seconds * 1_000);
  }
});

test("S23 a follower who was said to be late while he rested is not said to be late again when he is filled", async () => {
  const w = await world();
  const { order, copy } = await copied(w);
  w.admin("fill", { clientId: LEADER, orderId: order });
  await w.time.pass(10_000);
  w.admin("fill", { clientId: FOLLOWER, orderId: copy });
  await w.time.pass(30_000);
  expect(w.verdicts()).toEqual(["COPIED", "FOLLOWER_LATE", "FILLED"]);
  expect(numbersOf(w, "FILLED")["lagMs"]).toBeCloseTo(10_000, -2);
});

test("a price that is worse than the leader's by more than slippage.percent is one verdict, buying and selling; a better one is none", async () => {
  for (const [side, price, isDear] of [
    ["BUY", 123, true],
    ["BUY", 110, false],
    ["SELL", 118, true],
    ["SELL", 130, false],
  ] as const) {
    const w = await world();
    const order = w.leader({ quantity: 300, transactionType: side });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: order, price: 120.5 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, price });
    await w.time.pass(30_000);
    expect(w.verdicts(), `${side} at ${price}`).toEqual(["COPIED", "FILLED", ...(isDear ? ["SLIPPAGE"] : [])]);
    // 2.50 on 120.50 is 2.07 %.
    if (isDear) expect(numbersOf(w, "SLIPPAGE")).toEqual({ slippageHundredths: 207 });
  }
});

test("I8 a price that is better by next to nothing is told in memory as in the journal, with no sign (seed 80741)", async () => {
  const w = await world();
  const order = w.leader({ quantity: 300 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: order, price: 2_000 });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, price: 1_999.95 });
  await w.time.pass(30_000);
  const told = [...(w.book.followers.get(clientId(FOLLOWER))?.mirrors.values() ?? [])].flatMap(({ verdicts }) => verdicts);
  expect(told.find(({ code }) => code === "FILLED")?.numbers).toEqual(numbersOf(w, "FILLED"));
});

function numbersOf(w: World, code: string): Readonly<Record<string, number | string>> {
  const found = w.records().flatMap((record) => (record.type === "verdict-given" && record.verdict.code === code ? [record.verdict.numbers] : []));
  return found.at(-1) ?? expect.fail(`no ${code}`);
}
