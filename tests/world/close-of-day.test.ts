/** The close: DAY orders expire at both accounts, each told in its own moment (R17, R18, R24). */
import { describe, expect, test } from "vitest";
import { DERIVATIVES } from "./market-hours.ts";
import { nextMorning } from "./overnight.ts";
import { FOLLOWER, LEADER, type World, world } from "./world.ts";

/** A Thursday, twenty minutes before the close. */
const BEFORE_THE_CLOSE = "2026-11-19 15:20:00";
const TO_THE_CLOSE_MS = 20 * 60_000;
const OVER_A_NIGHT = { timeout: 60_000 };

const afternoon = () => world({ calendar: DERIVATIVES, start: BEFORE_THE_CLOSE });
const toTheClose = (w: World) => w.time.pass(Date.parse("2026-11-19T15:40:01+05:30") - w.time.now());
const late = (clientId: string) => ({ on: "stream", clientId, times: 1, effect: { kind: "delay", ms: 4_000 } });

/** Both hold: the leader 150, the copy 75. */
async function holding(w: World): Promise<void> {
  const entry = w.leader({ quantity: 150 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
  await w.time.pass(1_000);
}

describe.each([
  ["at once, one after the other", undefined],
  ["the leader's first", FOLLOWER],
  ["the follower's first", LEADER],
])("both expiries are told %s", (_, delayed) => {
  test("R17 an entry that rests at both: no order call, no drift, no orphan, nothing ended by others", OVER_A_NIGHT, async () => {
    const w = await afternoon();
    w.leader({ quantity: 150 });
    await toTheClose(w);
    if (delayed !== undefined) w.admin("fault", late(delayed));
    w.admin("session", { state: "closed" });
    await w.time.pass(30 * 60_000);
    expect(w.methods()).toBe("POST");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "EXPIRED" }]);
    expect(w.verdicts()).toEqual(["COPIED", "WITHDRAWN"]);
  });

  test("R14 a stop that rests at both over a copied position: it is not placed again into a closed market", OVER_A_NIGHT, async () => {
    const w = await afternoon();
    await holding(w);
    w.leader({ transactionType: "SELL", quantity: 150, orderType: "STOP_LOSS", triggerPrice: 90, price: 89 });
    await toTheClose(w);
    if (delayed !== undefined) w.admin("fault", late(delayed));
    w.admin("session", { state: "closed" });
    await w.time.pass(30 * 60_000);
    expect(w.methods()).toBe("POST POST");
    expect(w.verdicts().filter((code) => !["COPIED", "FILLED", "WITHDRAWN"].includes(code))).toEqual([]);
  });

  test("R18 what was filled unequally by then is said once: the follower has less, which is drift", OVER_A_NIGHT, async () => {
    const w = await afternoon();
    const order = w.leader({ quantity: 300 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: order, quantity: 150 });
    await toTheClose(w);
    if (delayed !== undefined) w.admin("fault", late(delayed));
    w.admin("session", { state: "closed" });
    await w.time.pass(30 * 60_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toEqual(["COPIED", "WITHDRAWN", "DRIFT"]);
  });

  test("R18 the follower has more, which is an orphan", OVER_A_NIGHT, async () => {
    const w = await afternoon();
    w.leader({ quantity: 300 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, quantity: 75 });
    await toTheClose(w);
    if (delayed !== undefined) w.admin("fault", late(delayed));
    w.admin("session", { state: "closed" });
    await w.time.pass(30 * 60_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts().filter((code) => code === "ORPHAN")).toHaveLength(1);
    expect(w.verdicts()).not.toContain("DRIFT");
  });
});

describe("an expiry that is not the close's", () => {
  test("R17 of the leader, while the market is open: the follower's order is withdrawn at once", async () => {
    const w = await afternoon();
    const order = w.leader({ quantity: 150 });
    await w.time.pass(1_000);
    w.admin("end", { clientId: LEADER, orderId: order, as: "expired" });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
  });

  test("of the follower, while the market is open: it is said that he lacks it", async () => {
    const w = await afternoon();
    w.leader({ quantity: 150 });
    await w.time.pass(1_000);
    w.admin("end", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, as: "expired" });
    await w.time.pass(1_000);
    expect(w.verdicts()).toEqual(["COPIED", "DRIFT"]);
  });

  test("R14 of the follower's stop, while the market is open: the position is covered again at once", async () => {
    const w = await afternoon();
    await holding(w);
    w.leader({ transactionType: "SELL", quantity: 150, orderType: "STOP_LOSS", triggerPrice: 90, price: 89 });
    await w.time.pass(1_000);
    w.admin("end", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, as: "expired" });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST POST POST");
  });

  test("of the leader's after-market order, in the evening: the follower's would not expire, and is cancelled at once", async () => {
    const w = await world({ calendar: DERIVATIVES, start: "2026-11-19 18:00:00" });
    const order = w.leader({ quantity: 150, afterMarketOrder: true });
    await w.time.pass(1_000);
    w.admin("end", { clientId: LEADER, orderId: order, as: "expired" });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST DELETE");
  });
});

describe("after the close one of the two is still open", () => {
  test("R3 it is cancelled a minute after the leader's expiry, because the calendar may be wrong", async () => {
    const w = await afternoon();
    const order = w.leader({ quantity: 150 });
    await toTheClose(w);
    w.admin("end", { clientId: LEADER, orderId: order, as: "expired" });
    await w.time.pass(59_000);
    expect(w.methods()).toBe("POST");
    await w.time.pass(3_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
  });

  test("R14 a stop that expired, while the leader's is still open a minute later, is placed again: the calendar may be wrong", async () => {
    const w = await afternoon();
    await holding(w);
    w.leader({ transactionType: "SELL", quantity: 150, orderType: "STOP_LOSS", triggerPrice: 90, price: 89 });
    await toTheClose(w);
    w.admin("end", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, as: "expired" });
    await w.time.pass(59_000);
    expect(w.methods()).toBe("POST POST");
    await w.time.pass(3_000);
    expect(w.methods()).toBe("POST POST POST");
  });

  test(
    "a cancel that the broker refuses because the market is closed is not repeated before the opening, and calls nobody; the expiry ends it",
    OVER_A_NIGHT,
    async () => {
      const w = await afternoon();
      const order = w.leader({ quantity: 150 });
      await toTheClose(w);
      const body = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-906", errorMessage: "Market is Closed! You cannot modify/cancel an order now." });
      w.admin("fault", { on: "request", call: "cancel", effect: { kind: "answer", status: 400, body } });
      w.admin("end", { clientId: LEADER, orderId: order, as: "expired" });
      await w.time.pass(3 * 3_600_000);
      expect(w.methods()).toBe("POST DELETE");
      w.admin("end", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, as: "expired" });
      await w.time.pass(60_000);
      expect(w.verdicts()).toEqual(["COPIED", "WITHDRAWN"]);
    },
  );

  test("R3 a leader's cancel in a market that only the calendar calls closed goes out at once", async () => {
    const w = await world({ calendar: DERIVATIVES, start: "2026-11-21 11:00:00" });
    const order = w.leader({ quantity: 150 });
    await w.time.pass(1_000);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
  });
});

test("R24 the morning after nothing is sent for what expired", OVER_A_NIGHT, async () => {
  const w = await afternoon();
  w.leader({ quantity: 150 });
  await w.time.pass(TO_THE_CLOSE_MS - 9 * 60_000);
  await nextMorning(w);
  expect(w.methods()).toBe("POST");
  expect(w.verdicts()).toEqual(["COPIED", "WITHDRAWN"]);
});
