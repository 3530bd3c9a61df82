/** A follower's order that still rests when the leader's has filled: left, chased or given up (design 3, `onLeaderFilled`; R14, R20 to R22). */
import { describe, expect, test } from "vitest";
import type { OnLeaderFilled } from "../../src/domain/policy.ts";
import { CALL, FOLLOWER, LEADER, type PolicyChanges, policyOf, type World, type WorldOptions, world } from "./world.ts";

const CHASE: OnLeaderFilled = { action: "chase", afterMs: 2_000, maxSlippage: { percent: 200 } };
const CANCEL: OnLeaderFilled = { action: "cancel", afterMs: 2_000 };

function following(onLeaderFilled: OnLeaderFilled, changes: PolicyChanges = {}, options: WorldOptions = {}): Promise<World> {
  return world({ ...options, copies: [policyOf("copy", { onLeaderFilled, ...changes })] });
}

/** The market is at 120: the leader's and the follower's orders rest until they are filled by hand. */
async function entered(w: World, order: Record<string, unknown> = { orderType: "MARKET", price: 0 }): Promise<string> {
  w.admin("price", { ...CALL, price: 120 });
  const id = w.leader({ quantity: 300, ...order });
  await w.time.pass(500);
  return id;
}

/** A position of 150 at the follower and 300 at the leader, from some time ago. */
async function holding(w: World): Promise<void> {
  const entry = await entered(w, { price: 120 });
  w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId });
  w.admin("fill", { clientId: LEADER, orderId: entry, price: 120 });
  await w.time.pass(2_000);
}

function last(w: World) {
  const row = w.orders(FOLLOWER).at(-1);
  if (row === undefined) throw new Error("the follower has no order");
  return row;
}

const prices = (w: World): readonly unknown[] => w.calls().flatMap(({ method, body }) => (method === "PUT" ? [body["price"]] : []));
const said = (w: World, code: string) =>
  w.records().flatMap((record) => (record.type === "verdict-given" && record.verdict.code === code ? [record.verdict] : []));
const without = (w: World, ...codes: readonly string[]) => w.verdicts().filter((code) => !codes.includes(code));

describe("a copied MARKET entry that rests", () => {
  test("chase: it is re-priced in four steps up to maxSlippage from the leader's price, then cancelled, and what it missed is said in rupees", async () => {
    const w = await following(CHASE);
    const order = await entered(w);
    expect(last(w)).toMatchObject({ orderType: "LIMIT", price: 122.4, quantity: 150 });
    // Dhan's own protection reaches 122.40; the leader gets a better price, so that is further than his 2 % allow.
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(1_900);
    expect(w.methods()).toBe("POST");
    await w.time.pass(200);
    expect(prices(w)).toEqual([120.35]);
    await w.time.pass(3_800);
    expect(w.methods()).toBe("POST PUT");
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST PUT DELETE");
    expect(last(w)).toMatchObject({ orderStatus: "CANCELLED", filledQty: 0 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST PUT DELETE");
    expect(said(w, "MISSED")).toMatchObject([{ numbers: { missed: 150, had: 0, share: 150, exposurePaise: 150 * 118 * 100 } }]);
    expect(said(w, "MISSED")[0]?.sentence).toContain("17,700.00 rupees");
    expect(without(w, "FOLLOWER_LATE")).toEqual(["COPIED", "CHASED", "MISSED"]);
  });

  test("chase: a step that fills ends it", async () => {
    const w = await following(CHASE);
    const order = await entered(w, { price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(2_100 + 2_000);
    expect(prices(w)).toEqual([118.55, 119.15, 119.75]);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST PUT PUT PUT");
    expect(w.net(FOLLOWER)).toBe(150);
    expect(w.verdicts()).toEqual(expect.arrayContaining(["CHASED", "FILLED"]));
    expect(w.verdicts()).not.toContain("MISSED");
  });

  test("chase in rupees: the steps are parts of the rupees, on the tick", async () => {
    const w = await following({ ...CHASE, maxSlippage: { price: 10_000 as never } });
    const order = await entered(w, { price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(prices(w)).toEqual([118.25, 118.5, 118.75, 119]);
  });

  test("chase: never beyond the day's price band", async () => {
    const w = await following(CHASE, {}, { band: { lower: 90, upper: 119.22 } });
    const order = await entered(w, { price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(prices(w)).toEqual([118.55, 119.15, 119.2]);
    expect(last(w).orderStatus).toBe("CANCELLED");
  });

  test("cancel: after `after` the rest is cancelled, what had filled is kept, and what was missed is said", async () => {
    const w = await following(CANCEL);
    const order = await entered(w);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId, quantity: 75 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 120 });
    await w.time.pass(1_900);
    expect(w.methods()).toBe("POST");
    await w.time.pass(10_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(w.net(FOLLOWER)).toBe(75);
    expect(said(w, "MISSED")).toMatchObject([{ numbers: { missed: 75, had: 75, share: 150, exposurePaise: 75 * 120 * 100 } }]);
    expect(w.verdicts()).not.toContain("DRIFT");
  });

  test("a fill that wins against the cancel is counted, and only the rest is missed", async () => {
    const w = await following(CANCEL, {}, { simulator: { conduct: { exchangeDelayMs: 500 } } });
    const order = await entered(w, { price: 118 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(2_100);
    expect(w.methods()).toBe("POST DELETE");
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId, quantity: 75 });
    await w.time.pass(20_000);
    expect(said(w, "MISSED")).toMatchObject([{ numbers: { missed: 75, had: 75 } }]);
    expect(w.net(FOLLOWER)).toBe(75);
  });

  test("S23 leave: it rests", async () => {
    const w = await following({ action: "leave" });
    const order = await entered(w);
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(60_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toEqual(["COPIED", "FOLLOWER_LATE"]);
  });

  test("while the leader's own order rests, in part or whole, nothing is chased", async () => {
    const w = await following(CHASE);
    const order = await entered(w, { price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, quantity: 75, price: 118 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST");
  });

  test("R17 an IOC is left to end by itself", async () => {
    const w = await following(CANCEL);
    const order = await entered(w, { price: 118, validity: "IOC" });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST");
  });

  test("what the owner has changed by hand is left to him", async () => {
    const w = await following(CANCEL);
    const order = await entered(w, { price: 118 });
    await w.time.pass(1_500);
    w.admin("modify", { clientId: FOLLOWER, orderId: last(w).orderId, price: 117 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toContain("CHANGED_BY_OTHERS");
  });
});

describe("a chase meets trouble", () => {
  test("R21 at the cap of changes an entry rests where it is until its time is over, and is not placed anew", async () => {
    const w = await following(CHASE, {}, { modificationsPerOrder: 2 });
    const order = await entered(w, { price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST PUT PUT DELETE");
    expect(w.verdicts()).toContain("MISSED");
  });

  test("R8 a restart in the middle goes on where time is, and ends as without it", async () => {
    const w = await following(CHASE);
    const order = await entered(w, { price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(2_100);
    expect(prices(w)).toEqual([118.55]);
    await w.crash();
    await w.time.pass(1_500);
    await w.startEngine();
    await w.time.pass(1_000);
    expect(prices(w).at(-1)).toBeGreaterThan(119.1);
    await w.time.pass(20_000);
    expect(last(w).orderStatus).toBe("CANCELLED");
    expect(
      w
        .methods()
        .split(" ")
        .filter((method) => method === "POST"),
    ).toHaveLength(1);
    expect(said(w, "MISSED")).toHaveLength(1);
  });

  test("R20 a fill that was heard of a minute late is chased no more: its price says nothing by now", async () => {
    const w = await following(CHASE);
    const order = await entered(w, { price: 118 });
    await w.crash();
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(60_000);
    await w.startEngine();
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(said(w, "MISSED")).toHaveLength(1);
  });

  test.each(["before", "after"] as const)("R10 a step that was not answered, and %s it was received, is looked at and the next follows", async (when) => {
    const w = await following(CHASE);
    const order = await entered(w, { price: 118 });
    w.admin("fault", { on: "request", call: "modify", clientId: FOLLOWER, times: 1, when, effect: { kind: "reset" } });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(prices(w).at(-1)).toBe(120.35);
    expect(last(w).orderStatus).toBe("CANCELLED");
    expect(
      w
        .methods()
        .split(" ")
        .filter((method) => method === "POST"),
    ).toHaveLength(1);
  });

  test("a step that the broker refuses leaves the order where it is, and it is given up in time", async () => {
    const w = await following(CHASE);
    const order = await entered(w, { price: 118 });
    const body = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-906", errorMessage: "Price is outside the circuit limit range" });
    w.admin("fault", { on: "request", call: "modify", clientId: FOLLOWER, times: 9, effect: { kind: "answer", status: 400, body } });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST PUT PUT PUT PUT DELETE");
    expect(w.verdicts()).toEqual(expect.arrayContaining(["CHANGE_REFUSED", "MISSED"]));
  });

  test("R23 during a halt an entry comes no closer to a fill, and is given up all the same", async () => {
    const w = await following(CHASE);
    const order = await entered(w, { price: 118 });
    w.command("halt");
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(said(w, "MISSED")).toHaveLength(1);
  });

  test("R14 the leader is out again: what rests is withdrawn at once, and nothing is missed", async () => {
    const w = await following(CHASE);
    const order = await entered(w, { price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(2_500);
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 300 });
    await w.time.pass(200);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 118 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST PUT DELETE");
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.verdicts()).not.toContain("MISSED");
    expect(w.verdicts()).toContain("WITHDRAWN");
  });

  test("R21 with the budget used up the step is passed over, and the cancel leaves before any entry", async () => {
    const w = await following(CHASE, {}, { rates: { perMinute: 2 } });
    const order = await entered(w, { price: 118 });
    w.admin("fill", { clientId: LEADER, orderId: order, price: 118 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST DELETE");
  });
});

describe("an exit that rests", () => {
  const sell = { transactionType: "SELL", orderType: "MARKET", price: 0 };

  test("chase: up to the wider exitSlippage, and there it stays with a critical word", async () => {
    const w = await following(CHASE, { exitSlippage: { percent: 1_000 } });
    await holding(w);
    const exit = w.leader({ ...sell, quantity: 300 });
    await w.time.pass(500);
    expect(last(w)).toMatchObject({ orderType: "LIMIT", price: 117.6 });
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 119 });
    await w.time.pass(10_000);
    // 10 % of 119 in four steps; the first that reaches further than Dhan's own protection is 116.05.
    expect(prices(w)).toEqual([116.05, 113.05, 110.1, 107.1]);
    expect(said(w, "EXIT_RESTS")).toMatchObject([{ numbers: { rests: 150 } }]);
    await w.time.pass(60_000);
    expect(last(w)).toMatchObject({ orderStatus: "PENDING", price: 107.1 });
    expect(said(w, "EXIT_RESTS")).toHaveLength(1);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId });
    await w.time.pass(5_000);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("chase: where the broker does not show how far his protection reaches, it is not taken back and goes all the way at once", async () => {
    const w = await following(CHASE);
    w.admin("conduct", { marketOrders: "market" });
    await holding(w);
    const exit = w.leader({ ...sell, quantity: 300 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 119 });
    await w.time.pass(10_000);
    expect(prices(w)).toEqual([107.1]);
  });

  test("cancel: an exit is never given up, and a person is called", async () => {
    const w = await following(CANCEL);
    await holding(w);
    const exit = w.leader({ ...sell, quantity: 300 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 119 });
    await w.time.pass(60_000);
    expect(w.methods()).toBe("POST POST");
    expect(last(w).orderStatus).toBe("PENDING");
    expect(said(w, "EXIT_RESTS")).toHaveLength(1);
  });

  test("R21 at the cap of changes the exit is placed anew at the furthest price", async () => {
    const w = await following(CHASE, {}, { modificationsPerOrder: 2 });
    await holding(w);
    const exit = w.leader({ transactionType: "SELL", price: 119, quantity: 300 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 119 });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST POST PUT PUT DELETE POST");
    expect(last(w)).toMatchObject({ transactionType: "SELL", orderStatus: "PENDING", price: 107.1, quantity: 150 });
  });

  test("R23 a halt keeps no exit from being chased", async () => {
    const w = await following(CHASE);
    await holding(w);
    w.command("halt");
    const exit = w.leader({ ...sell, quantity: 300 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 119 });
    await w.time.pass(10_000);
    expect(prices(w).at(-1)).toBe(107.1);
  });

  test("R16 the exit that is chased has the place of its alternative, which is withdrawn", async () => {
    const w = await following(CHASE);
    await holding(w);
    const target = w.leader({ transactionType: "SELL", price: 125, quantity: 300 });
    await w.time.pass(300);
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", price: 109, triggerPrice: 110, quantity: 300 });
    await w.time.pass(1_000);
    const [, first, stop] = w.orders(FOLLOWER);
    w.admin("fill", { clientId: LEADER, orderId: target, price: 125 });
    await w.time.pass(2_700);
    expect(prices(w).length).toBeGreaterThan(0);
    expect(w.orders(FOLLOWER).find(({ orderId }) => orderId === stop?.orderId)).toMatchObject({ orderStatus: "CANCELLED", filledQty: 0 });
    w.admin("fill", { clientId: FOLLOWER, orderId: first?.orderId });
    await w.time.pass(5_000);
    expect(w.orders(FOLLOWER).filter(({ orderStatus }) => orderStatus === "PENDING")).toEqual([]);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R15 a stop and reverse: the exit is chased, and what rests of the entry is given up once that is through", async () => {
    const w = await following(CHASE);
    await holding(w);
    const reverse = w.leader({ transactionType: "SELL", price: 119, quantity: 600 });
    await w.time.pass(500);
    expect(last(w)).toMatchObject({ quantity: 300 });
    w.admin("fill", { clientId: LEADER, orderId: reverse, price: 119 });
    await w.time.pass(2_700);
    expect(prices(w).length).toBeGreaterThan(0);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId, quantity: 225 });
    await w.time.pass(20_000);
    expect(w.net(FOLLOWER)).toBe(-75);
    expect(last(w)).toMatchObject({ orderStatus: "CANCELLED", filledQty: 225 });
    expect(said(w, "MISSED")).toMatchObject([{ numbers: { missed: 75, share: 150, had: 75 } }]);
  });
});

describe("R22 what an entry at the market may pay once the leader has filled", () => {
  /** His MARKET order is first heard of when it has filled. */
  async function filledUnheard(w: World, { at, market }: { readonly at: number; readonly market: number }): Promise<void> {
    w.admin("price", { ...CALL, price: 120 });
    w.admin("fault", { on: "stream", clientId: LEADER, times: 1, effect: { kind: "drop" } });
    const order = w.leader({ orderType: "MARKET", price: 0 });
    await w.time.pass(5);
    w.admin("price", { ...CALL, price: market });
    w.admin("fill", { clientId: LEADER, orderId: order, price: at });
    await w.time.pass(500);
  }

  test("it goes out as a limit at his price and maxSlippage", async () => {
    const w = await following({ action: "leave" });
    await filledUnheard(w, { at: 118, market: 119 });
    expect(w.calls().map(({ body }) => body)).toMatchObject([{ orderType: "LIMIT", price: 120.35, quantity: 75 }]);
  });

  test("S1 before his first fill it goes out as he sent it", async () => {
    const w = await following({ action: "leave" });
    await entered(w);
    expect(w.calls()[0]?.body).toMatchObject({ orderType: "MARKET", price: 0 });
  });

  test("it is refused where the market is further away than that", async () => {
    const w = await following({ action: "leave" });
    await filledUnheard(w, { at: 118, market: 121 });
    expect(w.calls()).toEqual([]);
    expect(w.verdicts()).toEqual(["PRICE_TOO_FAR"]);
  });

  test("a market that is further away to the better side refuses nothing", async () => {
    const w = await following({ action: "leave" });
    await filledUnheard(w, { at: 118, market: 100 });
    expect(w.methods()).toBe("POST");
  });
});

describe("stops (design 5)", () => {
  test("pass: a stop-loss market order that the broker does not take rests as a stop with a limit, and nothing is sold at once", async () => {
    const w = await following({ action: "leave" }, { stopMarket: { as: "pass", buffer: { options: 1_000, others: 100 }, afterMs: 2_000 } });
    w.admin("conduct", { stopMarket: "refuse" });
    await holding(w);
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS_MARKET", price: 0, triggerPrice: 110, quantity: 300 });
    await w.time.pass(5_000);
    expect(
      w
        .calls()
        .slice(1)
        .map(({ body }) => body),
    ).toMatchObject([
      { orderType: "STOP_LOSS_MARKET", triggerPrice: 110 },
      { orderType: "STOP_LOSS", triggerPrice: 110, price: 99, quantity: 150 },
    ]);
    expect(last(w).orderStatus).toBe("PENDING");
  });

  test("a market that jumps through trigger and limit: the stop is re-priced from the price that its own frame told", async () => {
    const w = await following({ action: "leave" });
    await holding(w);
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS_MARKET", price: 0, triggerPrice: 110, quantity: 300 });
    await w.time.pass(1_500);
    expect(last(w)).toMatchObject({ orderType: "STOP_LOSS", price: 99 });
    w.admin("price", { ...CALL, price: 95 });
    w.admin("trigger", { clientId: FOLLOWER, orderId: last(w).orderId });
    await w.time.pass(10_000);
    expect(prices(w)).toEqual([85.5]);
  });

  test("an exit stop that triggered, did not fill and was re-priced is chased on from there when the leader is out", async () => {
    const w = await following(CHASE, { exitSlippage: { percent: 1_000 } });
    await holding(w);
    const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", price: 109, triggerPrice: 110, quantity: 300 });
    await w.time.pass(1_500);
    w.admin("trigger", { clientId: FOLLOWER, orderId: last(w).orderId });
    w.admin("trigger", { clientId: LEADER, orderId: stop });
    await w.time.pass(2_500);
    expect(prices(w)).toEqual([99]);
    w.admin("fill", { clientId: LEADER, orderId: stop, price: 107 });
    await w.time.pass(10_000);
    expect(prices(w)).toEqual([99, 96.3]);
    expect(w.verdicts()).toContain("EXIT_RESTS");
  });
});
