/** `modificationCap`: what becomes of an order that the broker lets nobody change again (R21; reference 2.3). Here that is the third change. */
import { describe, expect, test } from "vitest";
import { bothHold } from "./both-hold.ts";
import { type BookRow, FOLLOWER, LEADER, policyOf, type World, type WorldOptions, world } from "./world.ts";

const CAP = 2;

async function capped(options: WorldOptions = {}): Promise<World> {
  const w = await world({ modificationsPerOrder: CAP, ...options });
  w.admin("conduct", { maxModifications: CAP });
  return w;
}

/** The leader's own orders know no cap: he changes them at Dhan's web. */
async function change(w: World, orderId: string, terms: Record<string, unknown>, waitMs = 1_500): Promise<void> {
  w.admin("conduct", { maxModifications: 1_000 });
  w.admin("modify", { clientId: LEADER, orderId, ...terms });
  w.admin("conduct", { maxModifications: CAP });
  await w.time.pass(waitMs);
}

/** An entry of 300 (150 here), unless it says otherwise, whose copy has been changed as often as it may. */
async function entryAtCap(w: World, quantity = 300): Promise<string> {
  const order = w.leader({ quantity, price: 100 });
  await w.time.pass(1_500);
  for (let count = 1; count <= CAP; count += 1) await change(w, order, { price: 100 + count });
  return order;
}

/** The leader holds 150, the follower 75, and a stop rests whose copy has been changed as often as it may. */
async function stopAtCap(w: World): Promise<string> {
  await bothHold(w, { filledAfterMs: 500, heardAfterMs: 1_500 });
  const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", price: 89, triggerPrice: 90 });
  await w.time.pass(1_500);
  for (let count = 1; count <= CAP; count += 1) await change(w, stop, { price: 89 + count, triggerPrice: 90 + count });
  return stop;
}

const last = (w: World): BookRow => w.orders(FOLLOWER).at(-1) ?? expect.fail("the follower has no order");
const shown = (w: World): readonly string[] => w.orders(FOLLOWER).map((row) => `${row.orderStatus} ${row.filledQty}/${row.quantity} at ${row.price}`);
const sinceCap = (w: World): string =>
  w
    .methods()
    .split(" ")
    .slice(1 + CAP)
    .join(" ");

describe("an entry", () => {
  test("is cancelled, and placed anew when its end is known; the new one may be changed as often again", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    await change(w, order, { price: 103 });
    expect(shown(w)).toEqual(["CANCELLED 0/150 at 102", "PENDING 0/150 at 103"]);
    await change(w, order, { price: 104 });
    expect(sinceCap(w)).toBe("DELETE POST PUT");
    expect(w.verdicts()).toContain("REPLACED");
    expect(w.verdicts()).not.toContain("MODIFICATION_CAP");
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(2_000);
    expect(last(w)).toMatchObject({ orderStatus: "CANCELLED" });
  });

  test("R23 stays as it is while entries are halted: its successor would be refused", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.command("halt");
    await change(w, order, { price: 103 });
    expect(sinceCap(w)).toBe("");
    expect(shown(w)).toEqual(["PENDING 0/150 at 102"]);
    expect(w.verdicts()).toContain("MODIFICATION_CAP");
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(2_000);
    expect(last(w)).toMatchObject({ orderStatus: "CANCELLED" });
  });

  test("with a part filled: only what is missing is placed anew, by the leader's newest quantity", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId, quantity: 75 });
    await w.time.pass(500);
    await change(w, order, { price: 103, quantity: 600 });
    expect(shown(w)).toEqual(["CANCELLED 75/150 at 102", "PENDING 0/225 at 103"]);
  });

  test("R1 a fill that is told after the end reduces the new one", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    const [first] = w.orders(FOLLOWER);
    await change(w, order, { price: 103 });
    w.admin("fill", { clientId: FOLLOWER, orderId: first?.orderId, quantity: 75, late: true });
    await w.time.pass(2_000);
    expect(last(w)).toMatchObject({ orderStatus: "PENDING", quantity: 75, price: 103 });
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId });
    await w.time.pass(1_000);
    expect(w.net(FOLLOWER)).toBe(150);
  });

  test("R17 the fill wins the race against the cancel: nothing is placed anew", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.admin("fault", { on: "request", call: "cancel", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 300 } });
    await change(w, order, { price: 103 }, 100);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId });
    await w.time.pass(10_000);
    expect(shown(w)).toEqual(["TRADED 150/150 at 102"]);
    expect(w.verdicts()).toContain("ALREADY_EXECUTED");
  });

  test("R17 it fills beyond the leader's newest quantity before the cancel arrives: nothing is placed anew, and the drift is said", async () => {
    const w = await capped();
    const order = await entryAtCap(w, 600);
    w.admin("fault", { on: "request", call: "cancel", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 300 } });
    await change(w, order, { quantity: 150 }, 100);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId, quantity: 150 });
    await w.time.pass(10_000);
    expect(shown(w)).toEqual(["CANCELLED 150/300 at 102"]);
    expect(w.verdicts()).toContain("DRIFT");
  });

  test("R23 what a halt kept from growing grows by no successor either, until the leader changes his order after it", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.command("halt");
    await change(w, order, { price: 103, quantity: 600 });
    w.command("resume");
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId, quantity: 75 });
    await w.time.pass(3_000);
    expect(shown(w)).toEqual(["CANCELLED 75/150 at 102", "PENDING 0/75 at 103"]);
    await change(w, order, { price: 104 });
    expect(last(w)).toMatchObject({ quantity: 225, price: 104 });
  });

  test("the leader cancels before the end is known: nothing is placed anew", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 800 } });
    await change(w, order, { price: 103 }, 100);
    expect(sinceCap(w)).toBe("DELETE");
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(10_000);
    expect(sinceCap(w)).toBe("DELETE");
    expect(shown(w)).toEqual(["CANCELLED 0/150 at 102"]);
    expect(w.verdicts()).toContain("WITHDRAWN");
  });

  test("what the leader changes meanwhile is in the new one", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 800 } });
    await change(w, order, { price: 103 }, 100);
    await change(w, order, { price: 104, quantity: 450 }, 3_000);
    expect(shown(w)).toEqual(["CANCELLED 0/150 at 102", "PENDING 0/225 at 104"]);
    expect(sinceCap(w)).toBe("DELETE POST");
  });

  test.each([0, 2, 4, 6, 20, 40])("R8 R10 a crash %i ms after the change that is one too many: one order lives, at the newest terms", async (afterMs) => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId, quantity: 75 });
    await w.time.pass(500);
    await change(w, order, { price: 103 }, afterMs);
    await w.crash();
    await w.time.pass(2_000);
    await w.startEngine();
    await w.time.pass(40_000);
    expect(shown(w)).toEqual(["CANCELLED 75/150 at 102", "PENDING 0/75 at 103"]);
    expect(
      w
        .methods()
        .split(" ")
        .filter((method) => method === "POST"),
    ).toHaveLength(2);
  });

  test.each(["cancel", "place"] as const)("R10 the answer to the %s is lost: one order lives, and it is not placed twice", async (call) => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.admin("fault", { on: "request", call, when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    await change(w, order, { price: 103 }, 30_000);
    expect(shown(w)).toEqual(["CANCELLED 0/150 at 102", "PENDING 0/150 at 103"]);
    expect(w.calls().filter(({ method }) => method === "POST")).toHaveLength(2);
  });

  test("R14 the leader is out of what he had filled while nothing of it rests: that part is not placed anew", async () => {
    const w = await capped();
    const order = await entryAtCap(w);
    w.admin("fill", { clientId: LEADER, orderId: order, quantity: 150 });
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, effect: { kind: "silence" } });
    for (let index = 0; index < 3; index += 1) w.leader({ price: 60 + index });
    await w.time.pass(4_500);
    expect(w.budget().breaker).toBe("open");
    await change(w, order, { price: 103 }, 200);
    expect(shown(w)).toEqual(["CANCELLED 0/150 at 102"]);
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    w.admin("repair", {});
    await w.time.pass(40_000);
    expect(shown(w)).toContain("PENDING 0/75 at 103");
    expect(w.verdicts()).toContain("MET_BY_WITHDRAWAL");
  });

  test("the broker counts more than we do: his refusal is taken for the cap", async () => {
    const w = await capped({ modificationsPerOrder: 25 });
    const order = await entryAtCap(w);
    await change(w, order, { price: 103 }, 3_000);
    expect(sinceCap(w)).toBe("PUT DELETE POST");
    expect(last(w)).toMatchObject({ orderStatus: "PENDING", price: 103 });
  });

  test("modificationCap refuse leaves it as it is, and says so once", async () => {
    const w = await capped({ copies: [policyOf("copy", { modificationCap: "refuse" })] });
    const order = await entryAtCap(w);
    await change(w, order, { price: 103 });
    await change(w, order, { price: 104 });
    expect(sinceCap(w)).toBe("");
    expect(w.verdicts().filter((code) => code === "MODIFICATION_CAP")).toHaveLength(1);
  });
});

describe("a stop (R14)", () => {
  test("is missed for less than a tenth of a second, and no two sell the same units", async () => {
    const w = await capped();
    const stop = await stopAtCap(w);
    const sent = w.calls().length;
    await change(w, stop, { price: 94, triggerPrice: 95 });
    const [cancelled, placed] = w.calls().slice(sent);
    expect([cancelled?.method, placed?.method]).toEqual(["DELETE", "POST"]);
    expect((placed?.at ?? 0) - (cancelled?.at ?? 0)).toBeLessThan(100);
    expect(last(w)).toMatchObject({ transactionType: "SELL", orderType: "STOP_LOSS", orderStatus: "PENDING", quantity: 75, triggerPrice: 95 });
  });

  test("is not cancelled while the budget has no room for its successor", async () => {
    const w = await capped({ rates: { perMinute: 6 } });
    const stop = await stopAtCap(w);
    await w.time.pass(60_000);
    for (let index = 0; index < 5; index += 1) w.leader({ price: 80 + index });
    await w.time.pass(1_000);
    const sent = w.calls().length;
    await change(w, stop, { price: 94, triggerPrice: 95 }, 20_000);
    expect(w.calls()).toHaveLength(sent);
    await w.time.pass(60_000);
    const [cancelled, placed] = w.calls().slice(sent);
    expect([cancelled?.method, placed?.method]).toEqual(["DELETE", "POST"]);
    expect((placed?.at ?? 0) - (cancelled?.at ?? 0)).toBeLessThan(100);
  });

  test("stays where it is while the account's breaker is open, and is replaced when that has closed", async () => {
    const w = await capped();
    const stop = await stopAtCap(w);
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, effect: { kind: "silence" } });
    for (let index = 0; index < 3; index += 1) w.leader({ price: 60 + index });
    await w.time.pass(4_500);
    const sent = w.calls().length;
    await change(w, stop, { price: 94, triggerPrice: 95 }, 1_000);
    expect(
      w
        .calls()
        .slice(sent)
        .map(({ method }) => method),
    ).not.toContain("DELETE");
    expect(w.verdicts()).toContain("MODIFICATION_CAP");
    w.admin("repair", {});
    await w.time.pass(60_000);
    const stops = w.orders(FOLLOWER).filter(({ transactionType }) => transactionType === "SELL");
    expect(stops.map(({ orderStatus, triggerPrice }) => `${orderStatus} ${triggerPrice}`)).toEqual(["CANCELLED 92", "PENDING 95"]);
  });

  test("triggers before the cancel arrives and fills: the position is out, and nothing is placed anew", async () => {
    const w = await capped();
    const stop = await stopAtCap(w);
    w.admin("fault", { on: "request", call: "cancel", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 300 } });
    await change(w, stop, { price: 94, triggerPrice: 95 }, 100);
    w.admin("fill", { clientId: FOLLOWER, orderId: last(w).orderId });
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER)).toHaveLength(2);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("the leader's stop executes while nothing rests here: the exit goes out at once, at a price that executes", async () => {
    const w = await capped();
    const stop = await stopAtCap(w);
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 600 } });
    await change(w, stop, { price: 94, triggerPrice: 95 }, 50);
    w.admin("fill", { clientId: LEADER, orderId: stop, price: 94 });
    await w.time.pass(3_000);
    expect(last(w)).toMatchObject({ transactionType: "SELL", orderType: "LIMIT", quantity: 75 });
    expect(last(w).price).toBeLessThan(94);
  });

  test("that has triggered and does not fill goes out again as a limit that should execute", async () => {
    const w = await capped();
    await stopAtCap(w);
    w.admin("trigger", { clientId: FOLLOWER, orderId: last(w).orderId });
    await w.time.pass(5_000);
    expect(sinceCap(w).split(" ").slice(-2)).toEqual(["DELETE", "POST"]);
    expect(last(w)).toMatchObject({ transactionType: "SELL", orderType: "LIMIT", orderStatus: "PENDING", quantity: 75 });
    expect(last(w).price).toBeLessThan(92);
  });

  test("its successor is refused: it is tried again, as any exit", async () => {
    const w = await capped();
    const stop = await stopAtCap(w);
    const reply = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-906", errorMessage: "RMS: try later" });
    w.admin("fault", { on: "request", call: "place", clientId: FOLLOWER, times: 1, effect: { kind: "answer", status: 400, body: reply } });
    await change(w, stop, { price: 94, triggerPrice: 95 }, 3_000);
    expect(last(w)).toMatchObject({ transactionType: "SELL", orderStatus: "PENDING", quantity: 75 });
    expect(w.verdicts()).toContain("EXIT_RETRIED");
  });
});

test("R15 a stop and reverse at its cap goes out again whole", async () => {
  const w = await capped();
  await bothHold(w, { filledAfterMs: 500, heardAfterMs: 1_500 });
  const reverse = w.leader({ transactionType: "SELL", price: 130, quantity: 450 });
  await w.time.pass(1_500);
  for (let count = 1; count <= CAP + 1; count += 1) await change(w, reverse, { price: 130 + count });
  expect(last(w)).toMatchObject({ transactionType: "SELL", orderStatus: "PENDING", quantity: 225, price: 133 });
  expect(sinceCap(w).split(" ").slice(-2)).toEqual(["DELETE", "POST"]);
});
