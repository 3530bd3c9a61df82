/** Orders that are more than one order, and orders of the broker's own: what is copied of them, and what is refused aloud (docs/families.md). */
import { describe, expect, test } from "vitest";
import { CALL, FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

describe("cover and bracket orders (R19)", () => {
  test.each([
    ["V", "cover"],
    ["B", "bracket"],
  ])("product %s: the entry and its legs are refused aloud, each, and nothing is sent", async (product, family) => {
    const w = await world();
    w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "drop" } });
    w.admin("lag", { clientId: LEADER, booksMs: 600_000 });
    const entry = w.leader({});
    const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", triggerPrice: 110, price: 109 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("frame", { clientId: LEADER, orderId: entry, members: { product } });
    w.admin("frame", { clientId: LEADER, orderId: stop, members: { product, legNo: 2, algoOrdNo: entry } });
    await w.time.pass(2_000);
    expect(w.calls()).toEqual([]);
    expect(w.verdicts()).toEqual(["FAMILY_NOT_COPIED", "FAMILY_NOT_COPIED"]);
    expect(sentences(w, "FAMILY_NOT_COPIED")[0]).toContain(`${family} orders`);
  });

  test("what a cover order holds is no position of plain orders: the leader's next plain sale is no exit of it", async () => {
    const w = await world();
    w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "drop" } });
    w.admin("lag", { clientId: LEADER, booksMs: 600_000 });
    const entry = w.leader({});
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("frame", { clientId: LEADER, orderId: entry, members: { product: "V" } });
    await w.time.pass(2_000);
    w.admin("repair", {});
    w.leader({ transactionType: "SELL", price: 130 });
    await w.time.pass(2_000);
    expect(w.calls().map(({ body }) => [body["transactionType"], body["quantity"]])).toEqual([["SELL", 75]]);
  });
});

describe("a square-off by the leader's broker", () => {
  async function squaredOff(squareOff: "report" | "exit", { freezeLots = 100, quantity = 150 } = {}): Promise<World> {
    const w = await world({ copies: [policyOf("copy", { squareOff })], freezeLots });
    const entry = w.leader({ quantity });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    for (const { orderId } of w.orders(FOLLOWER)) w.admin("fill", { clientId: FOLLOWER, orderId });
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", triggerPrice: 110, price: 109, quantity });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER).at(-1)?.orderType).toBe("STOP_LOSS");
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, correlationId: "SQROFF-1", quantity });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 118 });
    await w.time.pass(1_000);
    return w;
  }

  test("is not copied: the follower's own broker does the same, and the copied stop rests until then", async () => {
    const w = await squaredOff("report");
    expect(w.methods()).toBe("POST POST");
    expect(w.verdicts()).toContain("SQUARE_OFF_AWAITED");
    const own = w.admin("place", {
      clientId: FOLLOWER,
      transactionType: "SELL",
      ...CALL,
      quantity: 75,
      orderType: "MARKET",
      price: 0,
      correlationId: "SQROFF-2",
    });
    await w.time.pass(100);
    w.admin("fill", { clientId: FOLLOWER, orderId: own["orderId"], price: 118 });
    await w.time.pass(400_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(w.methods()).toBe("POST POST DELETE");
    expect(w.verdicts()).not.toContain("SQUARE_OFF_MISSED");
  });

  test("report: what is left five minutes later is a critical report, and nothing is sent", async () => {
    const w = await squaredOff("report");
    await w.time.pass(297_000);
    expect(w.verdicts()).not.toContain("SQUARE_OFF_MISSED");
    await w.time.pass(60_000);
    expect(w.verdicts()).toContain("SQUARE_OFF_MISSED");
    expect(w.methods()).toBe("POST POST");
  });

  test("exit: above the freeze quantity all of it is said once, and exited in slices", async () => {
    const w = await squaredOff("exit", { freezeLots: 1, quantity: 300 });
    await w.time.pass(310_000);
    expect(sentences(w, "SQUARE_OFF_MISSED")).toEqual([expect.stringContaining("150 copied units are open")]);
    const exits = w.calls().flatMap(({ method, body }) => (method === "POST" && body["orderType"] === "MARKET" ? [body["quantity"]] : []));
    expect(exits).toEqual([75, 75]);
  });

  test("exit: what is left five minutes later is exited, across a crash in between", async () => {
    const w = await squaredOff("exit");
    await w.crash();
    await w.startEngine();
    await w.time.pass(290_000);
    expect(w.methods()).toBe("POST POST");
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST POST DELETE POST");
    expect(w.calls().at(-1)?.body).toMatchObject({ transactionType: "SELL", quantity: 75, orderType: "MARKET" });
  });

  test("a square-off larger than what is known of the leader's position opens nothing", async () => {
    const w = await world();
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, correlationId: "1000000001-SQROFF" });
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 118 });
    await w.time.pass(400_000);
    expect(w.calls()).toEqual([]);
  });
});

function sentences(w: World, code: string): readonly string[] {
  return w.records().flatMap((record) => (record.type === "verdict-given" && record.verdict.code === code ? [record.verdict.sentence] : []));
}
