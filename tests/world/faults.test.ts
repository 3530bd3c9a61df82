/** The same life when something goes wrong: lost answers, doubled frames, crashes, a lost journal, the budget. */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { bothHold } from "./both-hold.ts";
import { CALL, FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

/** NIFTY 29 DEC 23000 PUT. */
const PUT = { securityId: "37810" } as const;

const live = (w: World): number =>
  w.orders(FOLLOWER).filter((row) => row.orderStatus === "PENDING" || row.orderStatus === "TRANSIT" || row.orderStatus === "PART_TRADED").length;

describe("an answer that does not come (R10, S37)", () => {
  test("accepted and never answered: the frame tells, nothing is sent again", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.leader({});
    await w.time.pass(60_000);
    expect(w.methods()).toBe("POST");
    expect(live(w)).toBe(1);
  });

  test("accepted, never answered and its frame lost: the look-up finds it", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "drop" } });
    const order = w.leader({});
    await w.time.pass(30_000);
    expect(w.methods()).toBe("POST");
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST DELETE");
    expect(live(w)).toBe(0);
  });

  test("never received: proved absent over the grace, then a resting entry is sent again", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.leader({});
    await w.time.pass(7_000);
    expect(w.orders(FOLLOWER)).toHaveLength(0);
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER)).toHaveLength(1);
    const looks = w.records().filter((record) => record.type === "look-answered");
    expect(looks.length).toBeGreaterThanOrEqual(3);
  });

  test("a market entry proved absent is too old to send again: it has failed, and says so", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.leader({ orderType: "MARKET", price: 0 });
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER)).toHaveLength(0);
    expect(w.verdicts()).toContain("FAILED");
  });

  test("R10 R18 an entry proved absent after the leader filled a part and cancelled the rest is short of that, and says so (I4, seed 130536)", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    const order = w.leader({ quantity: 300 });
    await w.time.pass(4_000);
    w.admin("fill", { clientId: LEADER, orderId: order, quantity: 150 });
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(60_000);
    expect(w.methods()).toBe("POST");
    expect(w.orders(FOLLOWER)).toHaveLength(0);
    expect(w.verdicts()).toEqual(["COPIED", "IN_DOUBT", "WITHDRAWN", "DRIFT"]);
  });

  test("R14 what an entry so lacks is nothing that the leader's exits take back: his next goes out, for its part of what the copy has (I4, seed 159698)", async () => {
    const w = await world();
    const fill = (clientId: string, orderId: string, quantity = 300): void => void w.admin("fill", { clientId, orderId, quantity });
    const newest = (): string => String(w.orders(FOLLOWER).at(-1)?.orderId);
    fill(LEADER, w.leader({ quantity: 300 }));
    await w.time.pass(1_000);
    fill(FOLLOWER, newest(), 150);
    await w.time.pass(1_000);
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    const cut = w.leader({ quantity: 600 });
    await w.time.pass(500);
    fill(LEADER, cut);
    w.admin("cancel", { clientId: LEADER, orderId: cut });
    await w.time.pass(15_000);
    expect(w.verdicts().at(-1)).toBe("DRIFT");
    // Half of his 600, of the 150 here.
    const out = w.leader({ quantity: 300, transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    fill(LEADER, out);
    await w.time.pass(5_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ filledQty: 150 }, { transactionType: "SELL", quantity: 75, orderStatus: "PENDING" }]);
    fill(FOLLOWER, newest(), 75);
    await w.time.pass(5_000);
    expect(w.verdicts()).toEqual(["COPIED", "FILLED", "COPIED", "IN_DOUBT", "WITHDRAWN", "DRIFT", "COPIED", "FILLED", "FOLLOWER_LATE"]);
  });

  test("R14 R18 what was so proved absent, turns up once the leader is out and fills all the same is got out of", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 14_000 } });
    const cut = w.leader({ quantity: 600 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: cut, quantity: 300 });
    w.admin("cancel", { clientId: LEADER, orderId: cut });
    await w.time.pass(11_000);
    expect(w.verdicts().at(-1)).toBe("DRIFT");
    const out = w.leader({ quantity: 300, transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: out, quantity: 300 });
    while (w.orders(FOLLOWER)[0]?.orderStatus !== "PENDING") await w.time.pass(1);
    w.admin("fill", { clientId: FOLLOWER, orderId: String(w.orders(FOLLOWER)[0]?.orderId), quantity: 150 });
    await w.time.pass(5_000);
    expect(w.verdicts().at(-1)).toBe("ORPHAN");
  });

  test("500 with and without acceptance: at most one order ever lives", async () => {
    for (const when of ["before", "after"] as const) {
      const w = await world();
      w.admin("fault", { on: "request", call: "place", when, clientId: FOLLOWER, times: 1, effect: { kind: "answer", status: 500 } });
      w.leader({});
      await w.time.pass(30_000);
      expect(w.orders(FOLLOWER)).toHaveLength(1);
    }
  });

  test("books that lag below the grace do not bring a second order", async () => {
    const w = await world();
    w.admin("lag", { clientId: FOLLOWER, booksMs: 4_000, correlationMs: 4_500 });
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 2, effect: { kind: "drop" } });
    w.leader({});
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER)).toHaveLength(1);
  });

  test("a modification that is not answered is settled by one look", async () => {
    for (const when of ["before", "after"] as const) {
      const w = await world();
      const order = w.leader({});
      await w.time.pass(2_000);
      w.admin("fault", { on: "request", call: "modify", when, clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
      w.admin("modify", { clientId: LEADER, orderId: order, price: 125 });
      await w.time.pass(30_000);
      expect(w.orders(FOLLOWER)).toMatchObject([{ price: 125, orderStatus: "PENDING" }]);
    }
  });

  test("R2 R3 a modification that is not answered and arrives after the next one was accepted is put right (I4, seed 113273)", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(2_000);
    w.admin("fault", { on: "request", call: "modify", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 3_500 } });
    w.admin("modify", { clientId: LEADER, orderId: order, price: 125 });
    await w.time.pass(500);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 123 });
    await w.time.pass(2_900);
    expect(w.orders(FOLLOWER)).toMatchObject([{ price: 123, orderStatus: "PENDING" }]);
    await w.time.pass(2_000);
    expect(w.methods()).toBe("POST PUT PUT PUT");
    expect(w.orders(FOLLOWER)).toMatchObject([{ price: 123, orderStatus: "PENDING" }]);
  });

  test("a cancel that is not answered is repeated until the order has ended", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(2_000);
    w.admin("fault", { on: "request", call: "cancel", when: "before", clientId: FOLLOWER, times: 2, effect: { kind: "silence" } });
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
    const deletes = w.calls().filter((call) => call.method === "DELETE").length;
    await w.time.pass(60_000);
    expect(w.calls().filter((call) => call.method === "DELETE")).toHaveLength(deletes);
  });
});

describe("the stream (S38, R1)", () => {
  test("every frame twice: the same calls as once", async () => {
    const w = await world();
    w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "duplicate" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, effect: { kind: "duplicate" } });
    const order = w.leader({});
    await w.time.pass(1_500);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 121 });
    await w.time.pass(1_500);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST PUT DELETE");
  });

  test("a lost frame heals by the poll", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(2_000);
    w.admin("fault", { on: "stream", clientId: LEADER, times: 1, effect: { kind: "drop" } });
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(20_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
  });

  test("S24 a gap: placed once, nothing, refused as stale, modified once", async () => {
    const w = await world();
    const before = w.leader({ price: 119 });
    await w.time.pass(2_000);
    w.admin("upgrades", { status: 503 });
    w.admin("cut", { clientId: LEADER });
    await w.time.pass(1_000);
    w.leader({ price: 118 });
    const withdrawn = w.leader({ price: 117 });
    const executed = w.leader({ price: 116 });
    w.admin("modify", { clientId: LEADER, orderId: before, price: 119.5 });
    await w.time.pass(2_000);
    w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
    w.admin("fill", { clientId: LEADER, orderId: executed });
    await w.time.pass(27_000);
    w.admin("upgrades", {});
    await w.time.pass(60_000);
    expect(w.calls().map((call) => `${call.method} ${call.body["price"]}`)).toEqual(expect.arrayContaining(["POST 119", "POST 118", "PUT 119.5"]));
    expect(w.calls()).toHaveLength(3);
    expect(w.verdicts()).toEqual(expect.arrayContaining(["STALE", "ENDED_BEFORE_COPY"]));
  });

  test("R5 a refused modification that looks like a rejected order does not withdraw the copy; a real rejection does", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(2_000);
    w.admin("frame", { clientId: LEADER, orderId: order, members: { status: "Rejected", reasonDescription: "RMS:1:Price out of range" } });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST");
    w.admin("reject", { clientId: LEADER, orderId: order, reason: "Price out of range" });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST DELETE");
  });
});

describe("an exit that comes before what it exits (decision 0004)", () => {
  test("every frame of the purchase is lost: the sale waits for the leader's book, and opens nothing", async () => {
    const w = await world();
    w.admin("fault", { on: "stream", clientId: LEADER, times: 2, effect: { kind: "drop" } });
    const entry = w.leader({});
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    await w.time.pass(100);
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
    await w.time.pass(20_000);
    expect(w.calls().filter((call) => call.body["transactionType"] === "SELL")).toEqual([]);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R14 the frames of two purchases and the first of a sale are lost: what the sale has filled is no position that they reduce (seed 61417)", async () => {
    const w = await world();
    // Too small to be copied; while it rests, what he buys might be an exit. The readings that follow a start are over then.
    w.leader({ transactionType: "SELL", quantity: 75, price: 200 });
    await w.time.pass(2_500);
    w.admin("fault", { on: "stream", clientId: LEADER, times: 5, effect: { kind: "drop" } });
    for (const orderId of [w.leader({ quantity: 300 }), w.leader({ quantity: 300 })]) {
      await w.time.pass(100);
      w.admin("fill", { clientId: LEADER, orderId });
    }
    await w.time.pass(2_000);
    const sale = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 300 });
    await w.time.pass(100);
    expect(w.verdicts()).toEqual(["BELOW_ONE_LOT"]);
    w.admin("fill", { clientId: LEADER, orderId: sale, price: 120 });
    await w.time.pass(5_000);
    const copied = w.orders(FOLLOWER).map((row) => [row.transactionType, row.quantity]);
    expect(copied).toEqual([["BUY", 150]]);
    expect(w.verdicts()).not.toContain("NOTHING_TO_EXIT");
  });

  test("a sale from flat is copied after one read", async () => {
    const w = await world();
    w.leader({ transactionType: "SELL", quantity: 150, price: 130 });
    await w.time.pass(100);
    expect(w.calls().map((call) => call.body)).toMatchObject([{ transactionType: "SELL", quantity: 75, price: 130 }]);
  });

  test("R14 what waits for its turn of an entry that the leader has filled waits for the reading too, once his sale has filled, and is withdrawn by it (seed 60332)", async () => {
    const w = await filledWhileItWaits({ bookMs: 3_000 });
    const reverse = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 300 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: reverse });
    await w.time.pass(2_500);
    expect(w.calls().map(({ body }) => body["securityId"])).toEqual([PUT.securityId]);
    expect(w.verdicts()).toContain("ENTRY_WAITS");
    await w.time.pass(5_000);
    expect(w.calls().map(({ body }) => [body["securityId"], body["transactionType"]])).toEqual([
      [PUT.securityId, "BUY"],
      [CALL.securityId, "SELL"],
    ]);
    expect(w.verdicts()).toContain("WITHDRAWN");
  });

  test("R14 R15 what he sells after that is no part of what this sale had reduced, however late it is judged (seed 90896)", async () => {
    const w = await filledWhileItWaits({ bookMs: 1_000 });
    for (const quantity of [300, 150]) {
      const orderId = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity });
      await w.time.pass(50);
      w.admin("fill", { clientId: LEADER, orderId, price: 120 });
      await w.time.pass(50);
    }
    await w.time.pass(10_000);
    expect(w.calls().map(({ body }) => [body["securityId"], body["transactionType"], body["quantity"]])).toEqual([
      [PUT.securityId, "BUY", 75],
      [CALL.securityId, "SELL", 75],
      [CALL.securityId, "SELL", 75],
    ]);
    expect(w.verdicts()).toContain("WITHDRAWN");
  });

  test("R14 R15 of two sales of one second that the book tells first, both over, the first is his way out: what rests of his purchase is withdrawn (seed 156352)", async () => {
    const w = await world();
    const purchase = w.leader({ quantity: 300 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: purchase });
    await w.time.pass(5_000);
    w.admin("fault", { on: "stream", clientId: LEADER, times: 4, effect: { kind: "drop" } });
    for (const orderId of [450, 300].map((quantity) => w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity }))) {
      await w.time.pass(100);
      w.admin("fill", { clientId: LEADER, orderId, price: 120 });
    }
    await w.time.pass(30_000);
    expect(w.orders(FOLLOWER).filter(({ transactionType }) => transactionType === "BUY")).toMatchObject([
      { orderStatus: "CANCELLED", quantity: 150, filledQty: 0 },
    ]);
    expect(w.verdicts()).toContain("WITHDRAWN");
    expect(w.net(FOLLOWER)).toBeLessThanOrEqual(0);
  });

  test("R14 a purchase that rests here is made no larger meanwhile", async () => {
    const w = await world({ rates: { perSecond: 1 } });
    const entry = w.leader({});
    await w.time.pass(100);
    w.admin("modify", { clientId: LEADER, orderId: entry, quantity: 300 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fault", { on: "request", call: "orders", clientId: LEADER, times: 1, effect: { kind: "delay", ms: 3_000 } });
    const reverse = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 600 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: reverse });
    await w.time.pass(10_000);
    expect(w.methods()).toBe("POST DELETE");
  });

  describe("of an order that was placed while nobody heard", () => {
    /** What he holds, and the stop that is to get him out of it, have come while the process was dead; the books of the start lag behind both. */
    async function stoppedOutUnheard(): Promise<{ readonly w: World; readonly stop: string }> {
      const w = await world();
      await w.time.pass(6_000);
      await w.crash();
      const purchase = w.leader({ quantity: 300 });
      await w.time.pass(100);
      w.admin("fill", { clientId: LEADER, orderId: purchase });
      const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 300, price: 117, triggerPrice: 118 });
      w.admin("lag", { clientId: LEADER, booksMs: 4_000 });
      await w.time.pass(1_500);
      await w.startEngine();
      await w.time.pass(500);
      return { w, stop };
    }

    const sales = (w: World): readonly unknown[] => w.calls().filter(({ body }) => body["transactionType"] === "SELL");

    test("R14 R15 a frame that tells it first as changed proves nothing until the book shows the order: it opens nothing (I5, seed 160276)", async () => {
      const { w, stop } = await stoppedOutUnheard();
      w.admin("modify", { clientId: LEADER, orderId: stop, price: 114, triggerPrice: 115 });
      await w.time.pass(20_000);
      expect(sales(w)).toEqual([]);
      expect(w.net(FOLLOWER)).toBe(0);
    });

    test("R14 R15 nor does one that tells that it has filled", async () => {
      const { w, stop } = await stoppedOutUnheard();
      w.admin("fill", { clientId: LEADER, orderId: stop, price: 117 });
      await w.time.pass(20_000);
      expect(sales(w)).toEqual([]);
    });

    test("a book that does not show it within the grace is waited for no longer", async () => {
      const { w, stop } = await stoppedOutUnheard();
      w.admin("lag", { clientId: LEADER, booksMs: 600_000 });
      w.admin("modify", { clientId: LEADER, orderId: stop, price: 114, triggerPrice: 115 });
      await w.time.pass(4_000);
      expect(sales(w)).toEqual([]);
      await w.time.pass(2_000);
      expect(sales(w)).toHaveLength(1);
    });
  });

  test("an older frame of the same second, with less filled, changes nothing", async () => {
    const w = await world();
    w.admin("fault", { on: "stream", clientId: LEADER, times: 1, effect: { kind: "delay", ms: 600 } });
    const order = w.leader({ quantity: 150 });
    await w.time.pass(200);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300 });
    await w.time.pass(5);
    w.admin("fill", { clientId: LEADER, orderId: order, quantity: 150 });
    await w.time.pass(5_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "PENDING", quantity: 150 }]);
  });
});

describe("crash and restart", () => {
  test("R8 R10 the process dies with the placement on its way: adopted from the books, nothing twice", async () => {
    const w = await world();
    w.leader({});
    await w.time.pass(22);
    await w.crash();
    await w.time.pass(1_000);
    await w.startEngine();
    await w.time.pass(30_000);
    expect(w.orders(FOLLOWER)).toHaveLength(1);
  });

  test("a crash at any moment of an order's life converges to the leader's last word", async () => {
    for (let at = 0; at < 60; at += 3) {
      const w = await world();
      const order = w.leader({});
      await w.time.pass(at);
      await w.crash();
      await w.time.pass(10);
      w.admin("modify", { clientId: LEADER, orderId: order, price: 121 });
      await w.time.pass(3_000);
      await w.startEngine();
      await w.time.pass(30_000);
      expect(w.orders(FOLLOWER), `crash after ${at} ms`).toMatchObject([{ orderStatus: "PENDING", price: 121, quantity: 75 }]);
    }
  });

  /** A copy rests, its journal is lost, and the leader's book lags behind the start. */
  async function startedWithoutJournal(): Promise<World> {
    const w = await world();
    await w.time.pass(6_000);
    w.leader({});
    while (w.orders(FOLLOWER).length === 0) await w.time.pass(1);
    await w.crash();
    w.disk = new MemoryDisk();
    w.admin("lag", { clientId: LEADER, booksMs: 4_000 });
    await w.startEngine();
    return w;
  }

  test("R11 the journal is lost and the leader's book lags: his order, told after the follower's book is proved, is the order that rests there, and no second one", async () => {
    const w = await startedWithoutJournal();
    await w.time.pass(30_000);
    expect(w.methods()).toBe("POST");
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "PENDING", quantity: 75 }]);
    w.admin("cancel", { clientId: LEADER, orderId: w.orders(LEADER)[0]?.orderId });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST DELETE");
  });

  test("R11 the same, with another crash before it is told: it is taken on once", async () => {
    const w = await startedWithoutJournal();
    await w.time.pass(3_000);
    await w.crash();
    w.admin("lag", { clientId: LEADER, booksMs: 0 });
    await w.startEngine();
    await w.time.pass(30_000);
    expect(w.records().filter(({ type }) => type === "order-adopted")).toHaveLength(1);
    w.admin("cancel", { clientId: LEADER, orderId: w.orders(LEADER)[0]?.orderId });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST DELETE");
  });

  test("R11 the journal is lost in mid-session: what was sent is adopted, what rests is placed once, what was executed is refused", async () => {
    const w = await world();
    const resting = w.leader({ price: 119 });
    const executed = w.leader({ price: 120 });
    await w.time.pass(2_000);
    w.admin("fill", { clientId: LEADER, orderId: executed });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    await w.time.pass(2_000);
    await w.crash();
    const missed = w.leader({ price: 118 });
    const gone = w.leader({ price: 117 });
    w.admin("modify", { clientId: LEADER, orderId: resting, price: 119.5 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: gone });
    await w.time.pass(20_000);
    const { time, simulator } = w;
    const again = Object.assign(w, { disk: new MemoryDisk() });
    expect([time, simulator, missed]).toBeDefined();
    await again.startEngine();
    await again.time.pass(30_000);
    expect(again.orders(FOLLOWER).map((row) => [row.price, row.orderStatus])).toEqual([
      [119.5, "PENDING"],
      [120, "TRADED"],
      [118, "PENDING"],
    ]);
    expect(again.verdicts()).toContain("STALE");
    const exit = again.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
    await again.time.pass(1_000);
    expect(exit).toBeDefined();
    expect(again.calls().at(-1)?.body).toMatchObject({ transactionType: "SELL", quantity: 75 });
  });

  test("S26 lateJoin ignore leaves resting orders alone", async () => {
    const w = await world({ copies: [policyOf("copy", { lateJoin: "ignore" })] });
    await w.crash();
    w.leader({});
    await w.time.pass(2_000);
    await w.startEngine();
    await w.time.pass(30_000);
    expect(w.calls()).toEqual([]);
    expect(w.verdicts()).toEqual(["LATE_JOIN_IGNORED"]);
  });
});

describe("the budget (R21, S27, S28)", () => {
  test("25 leader orders in a second at ten a second: all mirrored, in order, no 429", async () => {
    const w = await world();
    for (let index = 0; index < 25; index += 1) {
      w.leader({ price: 100 + index });
      await w.time.pass(40);
    }
    await w.time.pass(10_000);
    const calls = w.calls();
    expect(calls.map((call) => call.body["price"])).toEqual(Array.from({ length: 25 }, (_, index) => 100 + index));
    for (const call of calls) expect(calls.filter((other) => other.at >= call.at && other.at < call.at + 1_000).length).toBeLessThanOrEqual(10);
    expect(w.orders(FOLLOWER)).toHaveLength(25);
  });

  test("R21 a restart does not send into the second that the process before it has filled", async () => {
    const w = await world();
    for (let index = 0; index < 10; index += 1) w.leader({ price: 100 + index });
    await w.time.pass(100);
    await w.crash();
    for (let index = 0; index < 10; index += 1) w.leader({ price: 110 + index });
    await w.time.pass(50);
    await w.startEngine();
    await w.time.pass(20_000);
    expect(w.calls()).toHaveLength(20);
    expect(w.calls().map((call) => call.status)).not.toContain(429);
  });

  test("R3 R4 changes that arrive while the placement is stalled merge, and a cancel needs nothing", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 2_000 } });
    const order = w.leader({});
    for (const price of [121, 122, 123]) {
      await w.time.pass(300);
      w.admin("modify", { clientId: LEADER, orderId: order, price });
    }
    await w.time.pass(5_000);
    expect(w.calls().map((call) => `${call.method} ${call.body["price"]}`)).toEqual(["POST 120.5", "PUT 123"]);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(3_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
  });
});

test("R3 a cancel does not wait for the answer to a change", async () => {
  const w = await world();
  const order = w.leader({});
  await w.time.pass(1_500);
  w.admin("fault", { on: "request", call: "modify", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 2_500 } });
  w.admin("modify", { clientId: LEADER, orderId: order, price: 121 });
  await w.time.pass(200);
  w.admin("cancel", { clientId: LEADER, orderId: order });
  await w.time.pass(500);
  expect(w.methods()).toBe("POST PUT DELETE");
  expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
});

describe("whose order it is", () => {
  test("R12 a young order with our mark that this journal did not send stops the account's entries, and its exits go on", async () => {
    const w = await world();
    await bothHold(w, { filledAfterMs: 500, heardAfterMs: 20_000 });
    w.admin("place", { clientId: FOLLOWER, correlationId: "lks0123456789abcdef000000", transactionType: "BUY", ...CALL, quantity: 75, price: 100 });
    await w.time.pass(1_000);
    expect(w.notes.map((note) => note.code)).toContain("STRANGER_WITH_OUR_MARK");
    w.leader({ price: 121 });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toContain("ENTRIES_HALTED");
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
    await w.time.pass(1_000);
    expect(w.calls().at(-1)?.body).toMatchObject({ transactionType: "SELL", quantity: 75 });
  });

  test("R12 a copier with another journal gives the leader's order the same mark: what it sent stops the entries, and each order keeps its own number", async () => {
    const w = await world();
    await w.time.pass(500);
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, skip: 1, times: 1, effect: { kind: "delay", ms: 400 } });
    const theirs: string[] = [];
    for (const price of [100, 101]) {
      const order = w.leader({ price });
      await w.time.pass(200);
      const [mark] = w
        .records()
        .flatMap((record) => (record.type === "placement-intended" && record.terms.price === price * 10_000 ? [record.correlationId] : []));
      const [sent] = w
        .orders(FOLLOWER)
        .filter((row) => row.price === price)
        .map(({ orderId }) => orderId);
      // The second one's is shown before ours has arrived at the broker.
      expect(sent === undefined).toBe(price === 101);
      theirs.push(String(w.admin("place", { clientId: FOLLOWER, correlationId: mark, transactionType: "BUY", ...CALL, quantity: 75, price })["orderId"]));
      await w.time.pass(16_000); // a reading of the book
      expect(w.noted(FOLLOWER, "STRANGER_WITH_OUR_MARK")).toHaveLength(price - 99);
      expect(w.command("resume")).toMatchObject({ before: [{ halt: { by: "stranger" } }] });
      w.admin("cancel", { clientId: LEADER, orderId: order });
      await w.time.pass(1_000);
    }
    const open = w.orders(FOLLOWER).flatMap(({ orderId, orderStatus }) => (orderStatus === "PENDING" ? [orderId] : []));
    expect([w.methods(), open.sort()]).toEqual(["POST DELETE POST DELETE", theirs.sort()]);
  });

  test("R12 with the journal lost one of two orders under one mark is adopted, and the other stops the entries", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(1_000);
    const [row] = w.orders(FOLLOWER);
    w.admin("place", { clientId: FOLLOWER, correlationId: row?.correlationId, transactionType: "BUY", ...CALL, quantity: 75, price: 120.5 });
    await w.time.pass(1_000);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(20_000);
    expect(
      w
        .records()
        .filter(({ type }) => type === "order-adopted" || type === "entries-halted")
        .map(({ type }) => type)
        .sort(),
    ).toEqual(["entries-halted", "order-adopted"]);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(2_000);
    expect(w.methods()).toBe("POST DELETE");
  });

  test("interference: an order cancelled by hand is left alone", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(2_000);
    w.admin("cancel", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 121 });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toContain("ENDED_BY_OTHERS");
  });

  test("R14 R16 interference: what an exit that was cancelled by hand lacks goes with the leader's way out (seed 101291)", async () => {
    const w = await world();
    await bothHold(w, { quantity: 300, heardAfterMs: 1_500 });
    const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(1_500);
    w.admin("cancel", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: LEADER, orderId: stop, price: 109 });
    await w.time.pass(10_000);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([150, 150]);
    const out = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: out, price: 108 });
    await w.time.pass(1_500);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[2]?.orderId, price: 108 });
    await w.time.pass(1_500);
    expect([w.net(LEADER), w.net(FOLLOWER), w.methods()]).toEqual([0, 0, "POST POST POST"]);
  });

  test("R5 interference: an order changed by hand is left alone", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(2_000);
    w.admin("modify", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, price: 99 });
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 121 });
    await w.time.pass(5_000);
    expect(w.methods()).toBe("POST");
    expect(w.verdicts()).toContain("CHANGED_BY_OTHERS");
  });

  test("R15 what the owner sells by hand is no longer ours to exit", async () => {
    const w = await world();
    await bothHold(w, { quantity: 300, heardAfterMs: 1_000 });
    const hand = String(w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", ...CALL, quantity: 75, price: 100 })["orderId"]);
    await w.time.pass(100);
    w.admin("fill", { clientId: FOLLOWER, orderId: hand });
    await w.time.pass(1_000);
    w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
    await w.time.pass(1_000);
    expect(w.calls().at(-1)?.body).toMatchObject({ transactionType: "SELL", quantity: 75 });
  });

  test("R15 nor is it owed by an exit of which the leader is out, and which rests: what is bought after that is kept", async () => {
    const w = await world();
    await bothHold(w, { quantity: 300, heardAfterMs: 1_000 });
    const exit = w.leader({ transactionType: "SELL", quantity: 300, price: 128 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    await w.time.pass(1_000);
    const hand = String(w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", ...CALL, quantity: 75, price: 100 })["orderId"]);
    await w.time.pass(100);
    w.admin("fill", { clientId: FOLLOWER, orderId: hand });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER)[1]).toMatchObject({ transactionType: "SELL", orderStatus: "PENDING", quantity: 75 });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    await w.time.pass(1_000);
    await bothHold(w, { quantity: 300, heardAfterMs: 1_000 });
    await w.time.pass(5_000);
    expect([w.net(LEADER), w.net(FOLLOWER)]).toEqual([300, 150]);
    expect(w.orders(FOLLOWER).map(({ transactionType }) => transactionType)).toEqual(["BUY", "SELL", "SELL", "BUY"]);
  });
});

/** The first entry takes the only slot of its second; the leader's next one has filled while its copy waits for a slot, and the next reading of his book takes so long. */
async function filledWhileItWaits({ bookMs }: { readonly bookMs: number }): Promise<World> {
  const w = await world({ rates: { perSecond: 1 } });
  w.leader(PUT);
  const entry = w.leader({});
  await w.time.pass(50);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  await w.time.pass(50);
  w.admin("fault", { on: "request", call: "orders", clientId: LEADER, times: 1, effect: { kind: "delay", ms: bookMs } });
  return w;
}
