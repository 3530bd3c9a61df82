/** Forever and conditional orders of a leader: reported, never copied; what they fire is copied like any order (R19, docs/families.md). */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { clientId } from "../../src/domain/identity.ts";
import type { BookRecord } from "../../src/domain/records.ts";
import { standingStoryOf } from "../../src/engine/views/standing-story.ts";
import { storyOf } from "../../src/engine/views/story.ts";
import { standingText } from "../../src/faces/cli/standing-text.ts";
import { recordLine } from "../../src/faces/log/record-line.ts";
import { CALL, FOLLOWER, LEADER, type World, world } from "./world.ts";

/** A reading of each list, and a moment. */
const A_READING_MS = 15_100;

/** As the documentation shows one. */
function rowOfForever(orderId: string, orderStatus: string): Record<string, unknown> {
  const about = { transactionType: "BUY", ...CALL, productType: "MARGIN", orderType: "SINGLE", legName: "ENTRY_LEG" };
  return { dhanClientId: LEADER, orderId, orderStatus, ...about, tradingSymbol: "NIFTY-Dec2026-23000-CE", quantity: 150, price: 120.5, triggerPrice: 120 };
}

/** The log lines about what waits at the leader's broker. */
function told(w: World, records: readonly BookRecord[] = w.records()): readonly string[] {
  const names = { accounts: new Map([[clientId(LEADER), "meera"]]), book: w.book };
  return records.flatMap((record) => {
    if (record.type !== "leader-standing-reported" && record.type !== "leader-standing-gone") return [];
    const line = recordLine(record, names);
    return line === undefined ? [] : [`${line.level} ${line.code} ${line.order}: ${line.message}`];
  });
}

function explained(w: World, order: string): string {
  const result = storyOf(w.disk.reader(), order);
  if (result.found !== "standing") throw new Error(`found ${result.found}`);
  return standingText(result.story, (client) => (client === LEADER ? "meera" : client));
}

/** Meera holds 150 in MARGIN, and Arjun his 75. */
async function bothHold(): Promise<World> {
  const w = await world();
  const entry = w.leader({ productType: "MARGIN" });
  await w.time.pass(100);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  for (const { orderId } of w.orders(FOLLOWER)) w.admin("fill", { clientId: FOLLOWER, orderId });
  await w.time.pass(1_000);
  return w;
}

describe("a forever order of the leader's is reported", () => {
  test("once, with what it asks for; each change and its end once more; and nothing is sent for it", async () => {
    const w = await world();
    const id = w.leaderForever({ transactionType: "SELL", price: 109, triggerPrice: 110 });
    await w.time.pass(3 * A_READING_MS);
    const waiting = `SELL NIFTY-Dec2026-23000-CE MARGIN: 150 at 109.00 when 110.00 is reached, waits (CONFIRM)`;
    const then = "; it is not copied, the order that it fires is";
    expect(told(w)).toEqual([`warning FOREVER_ORDER ${id}: ${waiting}${then}`]);
    w.admin("forever-modify", { clientId: LEADER, orderId: id, triggerPrice: 112, quantity: 75 });
    await w.time.pass(2 * A_READING_MS);
    w.admin("forever-cancel", { clientId: LEADER, orderId: id });
    await w.time.pass(2 * A_READING_MS);
    const lines = told(w);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain("75 at 109.00 when 112.00 is reached, waits");
    expect(lines[2]).toMatch(/^info FOREVER_ORDER .* is over \(CANCELLED\)$/);
    expect([w.calls(), w.verdicts()]).toEqual([[], []]);
  });

  test("an OCO order as one, with both of its orders; at the market where it has no price", async () => {
    const w = await world();
    const prices = { price: 135, triggerPrice: 134, quantity1: 150, price1: 109, triggerPrice1: 110 };
    const oco = w.leaderForever({ transactionType: "SELL", ...prices });
    w.leaderForever({ orderType: "MARKET", price: 0, triggerPrice: 119 });
    await w.time.pass(A_READING_MS);
    const [first, second, ...more] = told(w);
    expect(first).toContain(`${oco}: SELL NIFTY-Dec2026-23000-CE MARGIN: 150 at 135.00 when 134.00 is reached, waits (CONFIRM), or 150 at 109.00 when 110.00`);
    expect(second).toContain("150 at the market when 119.00 is reached");
    expect(more).toEqual([]);
    w.admin("forever-fire", { clientId: LEADER, orderId: oco, legName: "STOP_LOSS_LEG" });
    await w.time.pass(A_READING_MS);
    expect(told(w).at(-1)).toMatch(/134\.00 is reached, is over \(CANCELLED\), or 150 at 109\.00 when 110\.00 is reached, has fired \(TRADED\)$/);
  });

  test("explain tells its story, and which orders of his ask for the same", async () => {
    const w = await bothHold();
    const id = w.leaderForever({ transactionType: "SELL", price: 109, triggerPrice: 110 });
    await w.time.pass(A_READING_MS);
    expect(explained(w, id)).toContain("No order of the leader's asks for the same since then.");
    const { orderId: fired } = w.admin("forever-fire", { clientId: LEADER, orderId: id });
    await w.time.pass(A_READING_MS);
    const text = explained(w, id);
    expect(text).toMatch(new RegExp(`^Forever order ${id} of meera: SELL NIFTY-Dec2026-23000-CE MARGIN: 150 at 109\\.00 .* has fired \\(TRADED\\)`));
    expect(text.match(/^ {2}2026-11-20 {2}10:15:\d\d.*$/gm)).toHaveLength(2);
    expect(text).toContain(`which explain tells by their numbers: ${String(fired)}.`);
    expect(standingStoryOf(w.book, w.records(), "42")).toBeUndefined();
    expect(storyOf(w.disk.reader(), "42")).toEqual({ found: "nothing" });
  });

  test("not again after a restart; with the journal lost, once", async () => {
    const w = await world();
    w.leaderForever({});
    await w.time.pass(A_READING_MS);
    await w.crash();
    await w.startEngine();
    await w.time.pass(2 * A_READING_MS);
    expect(told(w)).toHaveLength(1);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(2 * A_READING_MS);
    expect(told(w)).toHaveLength(1);
  });

  test("what changed while nobody ran is told at the next start", async () => {
    const w = await world();
    const id = w.leaderForever({});
    await w.time.pass(A_READING_MS);
    await w.crash();
    w.admin("forever-cancel", { clientId: LEADER, orderId: id });
    await w.startEngine();
    await w.time.pass(A_READING_MS);
    expect(told(w).map((line) => /waits|is over/.exec(line)?.[0])).toEqual(["waits", "is over"]);
  });

  test("one that had ended before anybody had heard of it is not; one that is listed no more is, after two readings", async () => {
    const w = await world();
    const id = w.leaderForever({});
    await w.time.pass(A_READING_MS);
    w.admin("forever-cancel", { clientId: LEADER, orderId: w.leaderForever({}) });
    await w.time.pass(2 * A_READING_MS);
    expect(told(w)).toHaveLength(1);
    w.admin("fault", { on: "request", call: "forever-orders", clientId: LEADER, effect: { kind: "answer", status: 200, body: "[]" } });
    await w.time.pass(A_READING_MS);
    expect(told(w)).toHaveLength(1);
    await w.time.pass(A_READING_MS);
    expect(told(w)).toHaveLength(2);
    expect(told(w).at(-1)).toBe(`info FOREVER_ORDER ${id}: it is listed no more: it has fired, was deleted, or has expired`);
  });
});

describe("the list of what waits", () => {
  test("a lagging list takes nothing back, and what is newer is told when it shows", async () => {
    const w = await world();
    const id = w.leaderForever({});
    await w.time.pass(A_READING_MS);
    w.admin("lag", { clientId: LEADER, booksMs: 20_000, correlationMs: 0 });
    await w.time.pass(2_000);
    w.admin("forever-modify", { clientId: LEADER, orderId: id, triggerPrice: 118 });
    await w.time.pass(4 * A_READING_MS);
    const triggers = (): readonly unknown[] => told(w).map((line) => /when ([\d.]+) is/.exec(line)?.[1]);
    expect(triggers()).toEqual(["120.00", "118.00"]);
    w.admin("lag", { clientId: LEADER, booksMs: 85_000, correlationMs: 0 });
    await w.time.pass(6 * A_READING_MS);
    expect(triggers()).toEqual(["120.00", "118.00"]);
  });

  test("a row that cannot be read takes nothing back either", async () => {
    const w = await world();
    w.leaderForever({});
    await w.time.pass(A_READING_MS);
    w.admin("fault", {
      on: "request",
      call: "forever-orders",
      effect: { kind: "answer", status: 200, body: '[{"orderId":"112611200001","orderStatus":"CONFIRM"}]' },
    });
    await w.time.pass(4 * A_READING_MS);
    expect(told(w)).toHaveLength(1);
  });

  test("a word for its state that nobody knows is told as it came, and so is a list of one row that is no list", async () => {
    const w = await world();
    const body = JSON.stringify(rowOfForever("112611200055", "HALF_WAY"));
    w.admin("fault", { on: "request", call: "forever-orders", effect: { kind: "answer", status: 200, body } });
    await w.time.pass(2 * A_READING_MS);
    expect(told(w)).toEqual([expect.stringMatching(/^warning FOREVER_ORDER 112611200055: .* is in a state that is not known \(HALF_WAY\); it is not copied/)]);
  });

  test("under the path of the documentation's own example it is found as well", async () => {
    const w = await world({ simulator: { dialect: { foreverList: "all" } } });
    w.leaderForever({});
    await w.time.pass(A_READING_MS);
    expect(told(w)).toHaveLength(1);
  });

  test("a broker who has neither list is asked once an hour, and nothing is said", async () => {
    const w = await world({ simulator: { dialect: { foreverList: "none" } } });
    w.leaderForever({});
    await w.time.pass(10 * A_READING_MS);
    expect(
      w
        .reads(LEADER)
        .filter(({ path }) => /forever|alerts/.test(path))
        .map(({ path }) => path),
    ).toEqual(["/v2/forever/orders", "/v2/forever/all", "/v2/alerts/orders"]);
    expect([told(w), w.noted(LEADER, "STANDING_UNREADABLE")]).toEqual([[], []]);
    await w.time.pass(3_600_000);
    expect(w.reads(LEADER).filter(({ path }) => path === "/v2/forever/orders")).toHaveLength(2);
  });

  test("one that can't be read is said once, and once that it can again; meanwhile everything is copied", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "forever-orders", effect: { kind: "answer", status: 500 } });
    await w.time.pass(4 * A_READING_MS);
    const id = w.leaderForever({});
    w.admin("forever-fire", { clientId: LEADER, orderId: id });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST");
    w.admin("repair", {});
    await w.time.pass(2 * A_READING_MS);
    expect(w.noted(LEADER, "STANDING_UNREADABLE", "STANDING_READ")).toEqual(["STANDING_UNREADABLE", "STANDING_READ"]);
  });

  test("is read of leaders alone, four times a minute each", async () => {
    const w = await world();
    await w.time.pass(60_000);
    const read = (id: string, path: string): number => w.reads(id).filter((one) => one.path === path).length;
    expect([read(LEADER, "/v2/forever/orders"), read(LEADER, "/v2/alerts/orders")]).toEqual([4, 4]);
    expect([read(FOLLOWER, "/v2/forever/orders"), read(FOLLOWER, "/v2/alerts/orders")]).toEqual([0, 0]);
  });

  test("with a dead token it is not asked for", async () => {
    const w = await world();
    w.admin("token", { clientId: LEADER });
    await w.time.pass(5 * A_READING_MS);
    expect(w.reads(LEADER).filter(({ path, status }) => path.includes("forever") && status === 401).length).toBeLessThanOrEqual(1);
    expect(w.noted(LEADER, "STANDING_UNREADABLE")).toEqual([]);
  });
});

describe("one that waits is never taken for a plain order (R19)", () => {
  /** As a row of the order book would show it, if the broker showed it there (reference 2.6). */
  function rowOf(w: World, status: string): string {
    const shown = w.orders(LEADER).at(-1);
    return JSON.stringify([{ ...shown, orderId: "112611200077", exchangeOrderId: "0", orderStatus: status, price: 119.5, filledQty: 0 }]);
  }

  test("as a row of the order book it is refused aloud, and copied when it has fired", async () => {
    const w = await world();
    w.admin("cancel", { clientId: LEADER, orderId: w.leader({ price: 100 }) });
    await w.time.pass(1_000);
    const before = w.calls().length;
    w.admin("fault", { on: "request", call: "orders", clientId: LEADER, effect: { kind: "answer", status: 200, body: rowOf(w, "CONFIRM") } });
    await w.time.pass(2 * A_READING_MS);
    expect(w.calls()).toHaveLength(before);
    w.admin("repair", {});
    w.admin("fault", { on: "request", call: "orders", clientId: LEADER, effect: { kind: "answer", status: 200, body: rowOf(w, "PENDING") } });
    await w.time.pass(2 * A_READING_MS);
    expect(
      w
        .calls()
        .slice(before)
        .map(({ method, body }) => [method, body["price"]]),
    ).toEqual([["POST", 119.5]]);
  });

  test("as a frame it is refused aloud", async () => {
    const w = await world();
    const orderId = w.leader({ afterMarketOrder: true });
    await w.time.pass(1_000);
    const before = w.calls().length;
    w.admin("frame", { clientId: LEADER, orderId, members: { orderNo: "112611200077", status: "Confirm" } });
    await w.time.pass(1_000);
    expect(w.calls()).toHaveLength(before);
    expect(w.noted(LEADER, "UNKNOWN_STATUS")).toEqual(["UNKNOWN_STATUS"]);
  });
});

describe("what a forever order fires is copied like any order", () => {
  test("an entry, at the follower's size and the leader's price, once", async () => {
    const w = await world();
    w.admin("matching", { mode: "market" });
    w.admin("price", { ...CALL, price: 125 });
    const id = w.leaderForever({ price: 120.5, triggerPrice: 120 });
    await w.time.pass(A_READING_MS);
    expect(w.calls()).toEqual([]);
    w.admin("price", { ...CALL, price: 120 });
    await w.time.pass(2 * A_READING_MS);
    expect(w.calls().map(({ method, path, body }) => [method, path, body["quantity"], body["price"], body["productType"]])).toEqual([
      ["POST", "/v2/orders", 75, 120.5, "MARGIN"],
    ]);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 75]);
    expect(told(w).at(-1)).toContain(`${id}: BUY NIFTY-Dec2026-23000-CE MARGIN: 150 at 120.50 when 120.00 is reached, has fired`);
  });

  test("an exit, as the part of the position that it is, whatever its age (R14)", async () => {
    const w = await bothHold();
    const id = w.leaderForever({ transactionType: "SELL", orderType: "MARKET", price: 0, triggerPrice: 110 });
    await w.time.pass(A_READING_MS);
    const { orderId } = w.admin("forever-fire", { clientId: LEADER, orderId: id });
    w.admin("fill", { clientId: LEADER, orderId, price: 109.5 });
    await w.time.pass(1_000);
    for (const order of w.orders(FOLLOWER)) if (order.orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId: order.orderId });
    expect(w.methods()).toBe("POST POST");
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([0, 0]);
  });

  test("of an OCO order the one that fires, and what is changed and withdrawn of that follows", async () => {
    const w = await bothHold();
    const oco = { transactionType: "SELL", price: 135, triggerPrice: 134, quantity1: 150, price1: 109, triggerPrice1: 110 };
    const { orderId } = w.admin("forever-fire", { clientId: LEADER, orderId: w.leaderForever(oco), legName: "TARGET_LEG" });
    await w.time.pass(1_000);
    w.admin("modify", { clientId: LEADER, orderId, price: 133 });
    await w.time.pass(1_000);
    w.admin("cancel", { clientId: LEADER, orderId });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST POST PUT DELETE");
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 75, price: 133, orderStatus: "CANCELLED" });
  });

  test("on a later day, under a number of its own or the forever order's", async () => {
    const w = await world({ start: "2026-11-20 23:50:00", simulator: { conduct: { firedNumbers: "forever" } } });
    const id = w.leaderForever({});
    await w.time.pass(A_READING_MS);
    await w.time.pass(20 * 60_000);
    w.admin("session", { state: "next-day" });
    await w.time.pass(2 * A_READING_MS);
    const { orderId } = w.admin("forever-fire", { clientId: LEADER, orderId: id });
    expect(orderId).toBe(id);
    await w.time.pass(1_000);
    expect(w.calls().map(({ method, body }) => [method, body["quantity"]])).toEqual([["POST", 75]]);
    expect(storyOf(w.disk.reader(), id)).toMatchObject({ found: "story", story: { order: id } });
  });

  test("one that fires while nobody runs is as late as any order is (R20)", async () => {
    const w = await world();
    const id = w.leaderForever({});
    await w.time.pass(A_READING_MS);
    await w.crash();
    const { orderId } = w.admin("forever-fire", { clientId: LEADER, orderId: id });
    w.admin("fill", { clientId: LEADER, orderId });
    await w.time.pass(30_000);
    await w.startEngine();
    await w.time.pass(A_READING_MS);
    expect([w.calls(), w.verdicts()]).toEqual([[], ["STALE"]]);
  });
});

describe("conditional orders", () => {
  const condition = {
    ...{ comparisonType: "PRICE_WITH_VALUE", exchangeSegment: "IDX_I", securityId: "13", timeFrame: "DAY", operator: "GREATER_THAN", comparingValue: 26_000 },
    ...{ expDate: "2027-01-31", frequency: "ONCE", userNote: "x" },
  };
  const order = {
    transactionType: "BUY",
    ...CALL,
    productType: "INTRADAY",
    orderType: "LIMIT",
    quantity: 150,
    validity: "DAY",
    price: "120.5",
    triggerPrice: "0",
  };

  test("the alert is reported, and what it fires is copied like any order", async () => {
    const w = await world();
    const { orderId: alertId } = w.admin("alert", { clientId: LEADER, condition, orders: [order] });
    await w.time.pass(2 * A_READING_MS);
    const waiting = "when PRICE_WITH_VALUE of IDX_I 13 GREATER_THAN 26000: BUY 150 LIMIT at 120.50 NSE_FNO 37806 INTRADAY, waits (ACTIVE)";
    expect(told(w)).toEqual([`warning CONDITIONAL_ORDER ${String(alertId)}: ${waiting}; it is not copied, the order that it fires is`]);
    w.admin("alert-fire", { clientId: LEADER, alertId });
    await w.time.pass(2 * A_READING_MS);
    expect(w.calls().map(({ method, body }) => [method, body["quantity"], body["price"]])).toEqual([["POST", 75, 120.5]]);
    expect(told(w).at(-1)).toMatch(/has fired \(TRIGGERED\)$/);
    expect(explained(w, String(alertId))).toMatch(/^Conditional order \d+ of meera: when PRICE_WITH_VALUE[\s\S]*explain tells by their numbers: \d+\./);
  });

  test("a basket of orders: each is copied", async () => {
    const w = await world();
    const { orderId: alertId } = w.admin("alert", { clientId: LEADER, condition, orders: [order, { ...order, securityId: "37810", price: "80" }] });
    w.admin("alert-fire", { clientId: LEADER, alertId });
    await w.time.pass(1_000);
    expect(w.calls().map(({ body }) => [body["securityId"], body["quantity"]])).toEqual([
      ["37806", 75],
      ["37810", 75],
    ]);
  });
});
