/** What shapes an order: sizes, products, validity, disclosed quantity, after-market, families, filters, several copies. */
import { describe, expect, test } from "vitest";
import { ratio } from "../../src/domain/ratio.ts";
import { bothHold } from "./both-hold.ts";
import { CALL, FOLLOWER, LEADER, policyOf, world } from "./world.ts";

describe("what is carried (R19)", () => {
  test("S7 the disclosed quantity is scaled and legal", async () => {
    const w = await world();
    w.leader({ quantity: 1_500, disclosedQuantity: 500 });
    await w.time.pass(200);
    expect(w.calls()[0]?.body).toMatchObject({ quantity: 750, disclosedQuantity: 300 });
  });

  test("R19 where no legal part is smaller than the order, all is shown, and that is said", async () => {
    const w = await world();
    w.leader({ quantity: 300, disclosedQuantity: 150, price: 120 });
    w.leader({ quantity: 150, disclosedQuantity: 75, price: 119 });
    await w.time.pass(200);
    expect(w.calls().map(({ body }) => [body["quantity"], body["disclosedQuantity"]])).toEqual([
      [150, 75],
      [75, 0],
    ]);
    const said = w.records().flatMap((one) => (one.type === "verdict-given" && one.verdict.code === "COPIED" ? [one.verdict.sentence] : []));
    expect(said[0]).not.toContain("shown");
    expect(said[1]).toContain("the leader shows 75 of 150; all is shown here, no legal part in whole lots is smaller than 75");
  });

  test("an after-market order goes out as one, at the configured time", async () => {
    const w = await world({ copies: [policyOf("copy", { amoTime: "OPEN_30" })] });
    w.admin("session", { state: "closed" });
    w.leader({ afterMarketOrder: true, amoTime: "OPEN" });
    await w.time.pass(200);
    expect(w.calls()[0]?.body).toMatchObject({ afterMarketOrder: true, amoTime: "OPEN_30", quantity: 75 });
  });

  test("S5 an IOC first seen traded is an IOC at the leader's limit; one without a fill is nothing", async () => {
    const w = await world();
    w.admin("matching", { mode: "market" });
    w.admin("price", { ...CALL, price: 120 });
    w.leader({ validity: "IOC", price: 120.5 });
    await w.time.pass(200);
    w.admin("fault", { on: "stream", clientId: LEADER, times: 1, effect: { kind: "drop" } });
    w.leader({ validity: "IOC", price: 110 });
    await w.time.pass(5_000);
    expect(w.calls().map((call) => call.body)).toMatchObject([{ validity: "IOC", orderType: "LIMIT", price: 120.5, quantity: 75 }]);
    expect(w.verdicts()).toContain("ENDED_BEFORE_COPY");
  });

  test.each([
    ["cancel", {}],
    ["modify", { price: 121 }],
  ] as const)("R17 an IOC copy ends by itself: the leader's %s sends nothing after it", async (command, change) => {
    const w = await world();
    const order = w.leader({ validity: "IOC" });
    await w.time.pass(1_000);
    w.admin(command, { clientId: LEADER, orderId: order, ...change });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST");
  });

  test("S8 an equity and a future are not options", async () => {
    const w = await world();
    w.leader({ exchangeSegment: "NSE_EQ", securityId: "2885", quantity: 10, price: 1_300 });
    await w.time.pass(200);
    expect(w.calls()).toEqual([]);
    expect(w.verdicts()).toEqual(["NOT_AN_OPTION"]);
  });
});

describe("sizes", () => {
  test("lots: the same lots whatever the leader's size, and a change scales as the placement did", async () => {
    const w = await world({ copies: [policyOf("copy", { sizing: { mode: "lots", lots: 2, rounding: "down" } })] });
    const order = w.leader({ quantity: 300 });
    await w.time.pass(1_500);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 600 });
    await w.time.pass(1_500);
    expect(w.calls().map((call) => call.body["quantity"])).toEqual([150, 300]);
  });

  test("maxLots caps an entry, minLots refuses one", async () => {
    const w = await world({ copies: [policyOf("copy", { sizing: { mode: "ratio", ratio: ratio(1, 2), rounding: "down", minLots: 2, maxLots: 3 } })] });
    w.leader({ quantity: 1_500 });
    w.leader({ quantity: 150 });
    await w.time.pass(500);
    expect(w.calls().map((call) => call.body["quantity"])).toEqual([225]);
    expect(w.verdicts()).toEqual(expect.arrayContaining(["COPIED", "BELOW_MIN_LOTS"]));
  });
});

describe("several copies", () => {
  const other = "1000000003";

  test("two followers of one leader get their own sizes", async () => {
    const w = await world({
      copies: [policyOf("half"), policyOf("whole", { follower: other, sizing: { mode: "ratio", ratio: ratio(1, 1), rounding: "down" } })],
    });
    w.leader({ quantity: 150 });
    await w.time.pass(200);
    expect(w.calls(FOLLOWER).map((call) => call.body["quantity"])).toEqual([75]);
    expect(w.calls(other).map((call) => call.body["quantity"])).toEqual([150]);
  });

  test("S29 two leaders into one follower keep separate books and one budget", async () => {
    const w = await world({ copies: [policyOf("first"), policyOf("second", { leader: other })] });
    for (let index = 0; index < 10; index += 1) {
      w.leader({ price: 100 + index });
      w.leader({ clientId: other, price: 200 + index });
      await w.time.pass(20);
    }
    await w.time.pass(5_000);
    expect(w.calls()).toHaveLength(20);
    const times = w.calls().map((call) => call.at);
    for (const at of times) expect(times.filter((one) => one >= at && one < at + 1_000).length).toBeLessThanOrEqual(10);
    w.admin("fill", { clientId: LEADER, orderId: w.orders(LEADER)[0]?.orderId });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(1_000);
    w.leader({ clientId: other, transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
    await w.time.pass(1_000);
    // The second leader holds nothing: his sale is an entry of its own and does not touch the first one's copy.
    expect(w.verdicts("second")).toContain("COPIED");
    expect(w.net(FOLLOWER)).toBe(75);
  });

  test("R9 a copy under another name is the same copy: its orders and its positions are followed, and nothing is sent twice", async () => {
    const w = await world();
    const held = w.leader({});
    const resting = w.leader({ price: 119 });
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: held });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(1_000);
    await w.crash();
    const renamed = Object.assign(w, { copies: [policyOf("another")] });
    await renamed.startEngine();
    await renamed.time.pass(20_000);
    renamed.admin("cancel", { clientId: LEADER, orderId: resting });
    renamed.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 150 });
    await renamed.time.pass(2_000);
    expect(renamed.methods()).toBe("POST POST DELETE POST");
    expect(renamed.calls().at(-1)?.body).toMatchObject({ transactionType: "SELL", quantity: 75 });
  });

  test("open orders of a copy that is no longer configured are named at the next start, and left alone", async () => {
    const w = await world({ copies: [policyOf("first"), policyOf("second", { leader: other })] });
    const order = w.leader({});
    await w.time.pass(1_000);
    await w.crash();
    const fewer = Object.assign(w, { copies: [policyOf("second", { leader: other })] });
    await fewer.startEngine();
    expect(fewer.notes.map((note) => note.code)).toContain("ORDER_ABANDONED");
    fewer.admin("cancel", { clientId: LEADER, orderId: order });
    await fewer.time.pass(2_000);
    expect(fewer.methods()).toBe("POST");
  });

  test("R7 what the copier itself places at an account that leads another is not copied on", async () => {
    const w = await world({ copies: [policyOf("first"), policyOf("second", { leader: FOLLOWER, follower: other })] });
    w.leader({ quantity: 300 });
    await w.time.pass(20_000);
    expect(w.calls(FOLLOWER)).toHaveLength(1);
    expect(w.calls(other)).toEqual([]);
  });
});

describe("an exit stop (design 5)", () => {
  test("that triggered and did not fill in time is re-priced by exitSlippage", async () => {
    const w = await world();
    await bothHold(w, { filledAfterMs: 500, heardAfterMs: 1_500 });
    w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 109, triggerPrice: 110 });
    await w.time.pass(1_500);
    w.admin("trigger", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    await w.time.pass(1_900);
    expect(w.methods()).toBe("POST POST");
    await w.time.pass(300);
    expect(w.methods()).toBe("POST POST PUT");
    expect(w.calls()[2]?.body).toMatchObject({ orderType: "LIMIT", price: 99, quantity: 75 });
  });

  test("R2 whose new price is by chance that of an earlier stop of the leader's is priced from the one that triggered, once (seed 160561)", async () => {
    const w = await world();
    await bothHold(w, { filledAfterMs: 500, heardAfterMs: 1_500 });
    const stop = w.leader({ transactionType: "SELL", orderType: "STOP_LOSS", quantity: 150, price: 99, triggerPrice: 100 });
    await w.time.pass(1_500);
    w.admin("modify", { clientId: LEADER, orderId: stop, price: 109, triggerPrice: 110 });
    await w.time.pass(1_500);
    w.admin("trigger", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST POST PUT PUT");
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ orderType: "LIMIT", price: 99, quantity: 75 });
  });
});
