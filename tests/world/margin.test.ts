/** What an account can pay (R22, `margin: check`), judged from what reached the broker and from the journal. */
import { describe, expect, test } from "vitest";
import { CALL, FOLLOWER, LEADER, type PolicyChanges, policyOf, tokenOf, type World, type WorldOptions, world } from "./world.ts";

/** NIFTY 29 DEC 23000 PUT, beside the CALL. */
const PUT = { exchangeSegment: "NSE_FNO", securityId: "37810" } as const;
const SECOND_LEADER = "1000000003";

/** One follower with so many rupees, whose money is checked. At a ratio of one half, 150 at 120.50 cost him 9,037.50. */
function withRupees(rupees: number, policy: PolicyChanges = {}, options: WorldOptions = {}): Promise<World> {
  const copies = options.copies ?? [policyOf("copy", { margin: "check", ...policy })];
  const clients = [...new Set(copies.flatMap(({ leader, follower }) => [leader, follower]))];
  const accounts = clients.map((id) => ({ clientId: id, token: tokenOf(id), ...(id === FOLLOWER ? { funds: rupees } : {}) }));
  return world({ ...options, copies, simulator: { ...options.simulator, accounts } });
}

function short(w: World): readonly Record<string, unknown>[] {
  return w.records().flatMap((record) => (record.type === "verdict-given" && record.verdict.code === "FUNDS_SHORT" ? [record.verdict.numbers] : []));
}

function fillAll(w: World, id: string): void {
  for (const { orderId, orderStatus } of w.orders(id))
    if (orderStatus === "PENDING" || orderStatus === "PART_TRADED") w.admin("fill", { clientId: id, orderId });
}

async function bothHold(w: World): Promise<void> {
  w.leader({});
  await w.time.pass(500);
  fillAll(w, LEADER);
  fillAll(w, FOLLOWER);
  await w.time.pass(2_500);
}

/** The orders that were sent, without the questions to the calculators, which go by POST as well. */
function sent(w: World): readonly string[] {
  return w.calls().flatMap(({ method, path, body }) => (path.includes("/orders") ? [`${method} ${String(body["transactionType"] ?? "")}`.trim()] : []));
}

function asked(w: World): readonly string[] {
  return w.calls().flatMap(({ path }) => (path.includes("margincalculator") ? [path.replace("/v2/", "")] : []));
}

describe("a bought option costs its premium", () => {
  test("an entry that the money covers goes, to the rupee", async () => {
    const w = await withRupees(9_037.5);
    w.leader({});
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST BUY"]);
    expect(asked(w)).toEqual([]);
    fillAll(w, FOLLOWER);
    await w.time.pass(500);
    expect(asked(w)).toEqual(["margincalculator"]); // what selling more than it holds would need
  });

  test("one that it does not cover is refused with need and have, and is not sent when money comes, until the leader changes it", async () => {
    const w = await withRupees(9_037);
    const order = w.leader({});
    await w.time.pass(500);
    expect(sent(w)).toEqual([]);
    expect(short(w)).toEqual([{ needPaise: 903_750, havePaise: 903_700, availablePaise: 903_700, reservedPaise: 0 }]);
    w.admin("funds", { clientId: FOLLOWER, rupees: 100_000 });
    await w.time.pass(60_000);
    expect(sent(w)).toEqual([]);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 119 });
    await w.time.pass(1_000);
    expect(sent(w)).toEqual(["POST BUY"]);
  });

  test("orders of the same moment do not spend the same rupees", async () => {
    const w = await withRupees(20_000);
    for (let order = 0; order < 4; order += 1) w.leader({});
    await w.time.pass(3_000);
    expect(sent(w)).toEqual(["POST BUY", "POST BUY"]);
    expect(w.verdicts().filter((code) => code === "FUNDS_SHORT")).toHaveLength(2);
    expect(w.orders(FOLLOWER).every(({ orderStatus }) => orderStatus === "PENDING")).toBe(true);
  });

  test("what an order had is free at once when it ends without a fill", async () => {
    const w = await withRupees(10_000);
    const first = w.leader({});
    await w.time.pass(500);
    w.admin("cancel", { clientId: LEADER, orderId: first });
    await w.time.pass(500);
    w.leader({});
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST BUY", "DELETE", "POST BUY"]);
  });

  test("a re-entry that lives by what an exit of a moment ago has freed is sent: money is short by a fresh reading only", async () => {
    const w = await withRupees(10_000);
    await bothHold(w);
    // The background reading of this moment shows the money spent.
    await w.time.pass(15_000);
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    fillAll(w, LEADER);
    fillAll(w, FOLLOWER);
    await w.time.pass(300);
    w.leader({});
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST BUY", "POST SELL", "POST BUY"]);
  });

  test("at the market the price that the leader's frame told counts", async () => {
    const w = await withRupees(9_037);
    w.admin("price", { ...CALL, price: 120.5 });
    w.leader({ orderType: "MARKET", price: 0 });
    await w.time.pass(1_000);
    expect(short(w)).toMatchObject([{ needPaise: 903_750 }]);
    expect(sent(w)).toEqual([]);
  });

  test("the broker's refusal frees what was promised", async () => {
    const w = await withRupees(10_000);
    w.leader({});
    await w.time.pass(300);
    w.admin("reject", { clientId: FOLLOWER, orderId: String(w.orders(FOLLOWER)[0]?.orderId), reason: "Price out of range" });
    // Confirmed by a read of the order first (R5).
    await w.time.pass(1_500);
    w.leader({});
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST BUY", "POST BUY"]);
  });
});

describe("an entry in slices is paid for as one order; here two lots pass at once", () => {
  const frozen = { freezeLots: 2 } as const;

  function placedUnits(w: World): readonly unknown[] {
    return w.calls().flatMap(({ method, path, body }) => (method === "POST" && path.endsWith("/orders") ? [body["quantity"]] : []));
  }

  test("money for one slice is not enough: none is sent, and need and have are of all", async () => {
    const w = await withRupees(20_000, {}, frozen);
    const order = w.leader({ quantity: 600 });
    await w.time.pass(20_000);
    expect(placedUnits(w)).toEqual([]);
    expect(short(w)).toEqual([{ needPaise: 3_615_000, havePaise: 2_000_000, availablePaise: 2_000_000, reservedPaise: 0 }]);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300 });
    await w.time.pass(2_000);
    expect(placedUnits(w)).toEqual([150]);
  });

  test("money for all, to the rupee, is", async () => {
    const w = await withRupees(36_150, {}, frozen);
    w.leader({ quantity: 600 });
    await w.time.pass(2_000);
    expect(placedUnits(w)).toEqual([150, 150]);
    expect(short(w)).toEqual([]);
  });

  test("R21 what the leader orders next neither leaves nor spends before its last slice has left", async () => {
    const w = await withRupees(60_000, {}, frozen);
    w.leader({ quantity: 900 });
    w.leader({ quantity: 150, price: 120 });
    await w.time.pass(20_000);
    expect(placedUnits(w)).toEqual([150, 150, 150]);
    expect(short(w)).toMatchObject([{ needPaise: 900_000 }]);
  });

  test("what the broker has refused in slices is paid for as one when the leader has changed his order", async () => {
    const w = await withRupees(40_000, {}, frozen);
    const order = w.leader({ quantity: 600 });
    await w.time.pass(300);
    for (const { orderId } of w.orders(FOLLOWER)) w.admin("reject", { clientId: FOLLOWER, orderId, reason: "Price out of range" });
    await w.time.pass(2_000);
    w.admin("funds", { clientId: FOLLOWER, rupees: 20_000 });
    await w.time.pass(16_000);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 120 });
    await w.time.pass(5_000);
    expect(placedUnits(w)).toEqual([150, 150]);
    expect(short(w)).toMatchObject([{ needPaise: 3_600_000, havePaise: 2_000_000 }]);
  });

  test.each([
    ["by further slices", 600, 1_200, 58_000, [150, 150], 3_615_000],
    ["by what its last slice lacks and a further one", 450, 900, 47_000, [150, 75], 2_711_250],
  ] as const)("it does not grow in part either: %s", async (_, from, to, rupees, stands, needPaise) => {
    const w = await withRupees(rupees, {}, frozen);
    const order = w.leader({ quantity: from });
    // By then the readings know what it has cost, and nothing is promised to it any more.
    await w.time.pass(60_000);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: to });
    await w.time.pass(20_000);
    expect(w.orders(FOLLOWER).map(({ quantity }) => quantity)).toEqual(stands);
    expect(new Set(short(w).map((numbers) => numbers["needPaise"]))).toEqual(new Set([needPaise]));
  });

  test("R15 nor is a stop and reverse entered in part: the exits go alone", async () => {
    const w = await withRupees(47_112.5, {}, frozen);
    w.leader({ quantity: 450 });
    await w.time.pass(500);
    fillAll(w, LEADER);
    fillAll(w, FOLLOWER);
    await w.time.pass(20_000);
    w.leader({ transactionType: "SELL", quantity: 900, orderType: "MARKET", price: 0 });
    await w.time.pass(5_000);
    expect(placedUnits(w)).toEqual([150, 75, 150, 75]);
  });
});

describe("R14 money never stops an exit, a cancel or a reduction", () => {
  test("with nothing in the account entries are refused, and exits follow", async () => {
    const w = await withRupees(10_000);
    await bothHold(w);
    // All of it is spent.
    w.admin("funds", { clientId: FOLLOWER, rupees: 9_037.5 });
    await w.time.pass(16_000);
    w.leader({ price: 100 });
    await w.time.pass(1_000);
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(1_000);
    expect(sent(w)).toEqual(["POST BUY", "POST SELL"]);
    expect(w.verdicts()).toContain("FUNDS_SHORT");
  });

  test("R15 of a stop and reverse that the money does not cover the exit goes alone", async () => {
    const w = await withRupees(10_000);
    await bothHold(w);
    w.leader({ transactionType: "SELL", quantity: 450, orderType: "MARKET", price: 0 });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 75 });
    expect(w.verdicts()).toContain("MARGIN_UNKNOWN");
  });

  test("R15 one that it covers is one order, which waits for no answer: what selling needs was asked when it was bought", async () => {
    const w = await withRupees(100_000);
    await bothHold(w);
    const from = w.time.now();
    w.leader({ transactionType: "SELL", quantity: 450, orderType: "MARKET", price: 0 });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 225 });
    expect(w.calls().filter(({ at }) => at >= from)).toHaveLength(1);
  });

  test("R15 while nobody knows what selling needs, the exit goes alone at once and says so", async () => {
    const w = await withRupees(100_000);
    w.admin("fault", { on: "request", call: "margin", effect: { kind: "answer", status: 502 } });
    await bothHold(w);
    w.leader({ transactionType: "SELL", quantity: 450, orderType: "MARKET", price: 0 });
    await w.time.pass(1_000);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ transactionType: "SELL", quantity: 75 });
    expect(w.verdicts()).toContain("MARGIN_UNKNOWN");
  });

  test("an order that rests is not made larger without money, and is made smaller", async () => {
    const w = await withRupees(20_000);
    const order = w.leader({ quantity: 300 });
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 600 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ quantity: 150, orderStatus: "PENDING" }]);
    expect(short(w)).toMatchObject([{ needPaise: 1_807_500, kept: 150, wanted: 300 }]);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 150 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ quantity: 75 }]);
  });
});

describe("what has to be known first", () => {
  test("while the money cannot be read entries wait and exits do not; what still rests goes when it is read, what was executed is stale", async () => {
    const w = await withRupees(100_000);
    await bothHold(w);
    await w.crash();
    w.admin("fault", { on: "request", call: "funds", effect: { kind: "answer", status: 502 } });
    await w.startEngine();
    w.leader({ price: 100 });
    w.leader({ orderType: "MARKET", price: 0 });
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(10_000);
    expect(sent(w)).toEqual(["POST BUY", "POST SELL"]);
    expect(w.verdicts()).toContain("ENTRY_WAITS");
    expect(w.verdicts()).toContain("STALE");
    expect(w.noted(FOLLOWER, "FUNDS_UNREADABLE")).toEqual(["FUNDS_UNREADABLE"]);
    w.admin("repair", {});
    await w.time.pass(10_000);
    expect(sent(w)).toEqual(["POST BUY", "POST SELL", "POST BUY"]);
  });

  test("the broker's calculator is asked before the first sale of a contract, and not before the next", async () => {
    const w = await withRupees(100_000);
    w.leader({ transactionType: "SELL" });
    await w.time.pass(1_000);
    w.leader({ transactionType: "SELL", quantity: 450 });
    await w.time.pass(1_000);
    expect(asked(w)).toEqual(["margincalculator"]);
    expect(sent(w)).toEqual(["POST SELL", "POST SELL"]);
  });

  test("an answer scales with the lots: three times what one needs is not there", async () => {
    const w = await withRupees(20_000);
    w.leader({ transactionType: "SELL" });
    await w.time.pass(1_000);
    w.leader({ transactionType: "SELL", quantity: 450 });
    await w.time.pass(10_000);
    expect(sent(w)).toEqual(["POST SELL"]);
    expect(short(w)).toMatchObject([{ needPaise: 2_711_250 }]);
  });
});

describe("a sale and its hedge", () => {
  test("R2 refused by the broker for margin, it is tried once more when the bought leg fills within maxAge, and only once", async () => {
    const w = await withRupees(1_000_000, { margin: "trust" });
    w.leader({ transactionType: "SELL" });
    await w.time.pass(300);
    const refuse = (): unknown =>
      w.admin("reject", {
        clientId: FOLLOWER,
        orderId: String(w.orders(FOLLOWER).findLast(({ transactionType }) => transactionType === "SELL")?.orderId),
        reason: "You have insufficient funds",
      });
    refuse();
    await w.time.pass(300);
    w.leader({ ...PUT, price: 20 });
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST SELL", "POST BUY"]);
    fillAll(w, FOLLOWER);
    await w.time.pass(1_000);
    expect(sent(w)).toEqual(["POST SELL", "POST BUY", "POST SELL"]);
    refuse();
    await w.time.pass(300);
    w.leader({ ...PUT, price: 20 });
    await w.time.pass(300);
    fillAll(w, FOLLOWER);
    await w.time.pass(10_000);
    expect(sent(w).filter((call) => call === "POST SELL")).toHaveLength(2);
  });

  test("R14 nor does it bring back what the leader has bought back since", async () => {
    const w = await withRupees(1_000_000, { margin: "trust" });
    w.leader({ transactionType: "SELL" });
    await w.time.pass(300);
    w.admin("reject", { clientId: FOLLOWER, orderId: String(w.orders(FOLLOWER)[0]?.orderId), reason: "You have insufficient funds" });
    await w.time.pass(1_500);
    w.leader({ ...PUT, price: 20 });
    await w.time.pass(300);
    fillAll(w, LEADER);
    w.leader({ orderType: "MARKET", price: 0 });
    await w.time.pass(300);
    fillAll(w, LEADER);
    await w.time.pass(300);
    fillAll(w, FOLLOWER);
    await w.time.pass(10_000);
    expect(sent(w)).toEqual(["POST SELL", "POST BUY"]);
  });

  test("R2 a hedge that fills later than maxAge brings nothing back", async () => {
    const w = await withRupees(1_000_000, { margin: "trust" });
    w.leader({ transactionType: "SELL" });
    await w.time.pass(300);
    w.admin("reject", { clientId: FOLLOWER, orderId: String(w.orders(FOLLOWER)[0]?.orderId), reason: "You have insufficient funds" });
    w.leader({ ...PUT, price: 20 });
    await w.time.pass(6_000);
    fillAll(w, FOLLOWER);
    await w.time.pass(10_000);
    expect(sent(w)).toEqual(["POST SELL", "POST BUY"]);
  });

  test("beside a bought option of the same underlying and expiry a sale costs what the calculator for several says", async () => {
    const w = await withRupees(7_000);
    w.leader({ ...PUT, price: 10 });
    await w.time.pass(300);
    fillAll(w, LEADER);
    fillAll(w, FOLLOWER);
    await w.time.pass(20_000);
    w.admin("price", { ...PUT, price: 10 });
    w.leader({ transactionType: "SELL" });
    await w.time.pass(1_000);
    expect(asked(w).slice(1)).toEqual(["margincalculator", "margincalculator/multi"]); // the first was for a reverse of the bought one
    expect(sent(w)).toEqual(["POST BUY", "POST SELL"]);
    expect(w.orders(FOLLOWER).at(-1)).toMatchObject({ orderStatus: "PENDING" });
  });

  test("a sale that is short waits for the hedge that may still fill, and goes when it has", async () => {
    const w = await withRupees(7_000);
    w.admin("price", { ...PUT, price: 10 });
    w.leader({ transactionType: "SELL" });
    w.leader({ ...PUT, price: 10 });
    await w.time.pass(1_000);
    expect(sent(w)).toEqual(["POST BUY"]);
    fillAll(w, FOLLOWER);
    await w.time.pass(3_000);
    expect(sent(w)).toEqual(["POST BUY", "POST SELL"]);
  });

  test("and is refused when none has filled within maxAge", async () => {
    const w = await withRupees(7_000);
    w.leader({ transactionType: "SELL" });
    await w.time.pass(10_000);
    expect(sent(w)).toEqual([]);
    expect(short(w)).toMatchObject([{ needPaise: 903_750, havePaise: 700_000 }]);
  });
});

describe("two leaders into one follower", () => {
  const copies = [policyOf("first"), policyOf("second", { leader: SECOND_LEADER })];

  function secondLeader(w: World, order: Record<string, unknown>): string {
    return w.leader({ clientId: SECOND_LEADER, ...order });
  }

  test("an entry that would trade with the other copy's order is refused, and says with which", async () => {
    const w = await world({ copies });
    w.leader({ price: 120 });
    await w.time.pass(500);
    secondLeader(w, { transactionType: "SELL", price: 119 });
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST BUY"]);
    expect(w.verdicts("second")).toEqual(["SELF_TRADE"]);
    secondLeader(w, { transactionType: "SELL", price: 120.05 });
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST BUY", "POST SELL"]);
  });

  test("R14 an exit is never refused for it", async () => {
    const w = await world({ copies });
    await bothHold(w);
    secondLeader(w, { price: 115 });
    await w.time.pass(500);
    w.leader({ transactionType: "SELL", price: 114 });
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST BUY", "POST BUY", "POST SELL"]);
  });

  test("an entry that rests is not moved to where it would trade with the other's; it may become smaller", async () => {
    const w = await world({ copies });
    const order = w.leader({ price: 110, quantity: 300 });
    secondLeader(w, { transactionType: "SELL", price: 120 });
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 121, quantity: 150 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER)[0]).toMatchObject({ price: 110, quantity: 75 });
    expect(w.verdicts("first")).toContain("SELF_TRADE");
  });

  test("I11 one that stands as it is wanted is no order that would trade with what comes to rest beside it later: nothing is said", async () => {
    const w = await world({ copies });
    w.leader({ price: 110, quantity: 300 });
    await w.time.pass(500);
    w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", exchangeSegment: "NSE_FNO", securityId: "37806", quantity: 75, price: 109 });
    await w.time.pass(500);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, quantity: 75 });
    await w.time.pass(2_000);
    expect(w.verdicts("first")).toEqual(["COPIED"]);
  });

  test("nor does an entry trade with an order that the owner has resting himself; with his stop it may", async () => {
    const w = await world();
    const own = (order: Record<string, unknown>): void => {
      w.admin("place", { clientId: FOLLOWER, transactionType: "SELL", exchangeSegment: "NSE_FNO", securityId: "37806", quantity: 75, ...order });
    };
    own({ orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
    await w.time.pass(500);
    w.leader({ price: 110 });
    await w.time.pass(500);
    expect(sent(w)).toEqual(["POST BUY"]);
    own({ price: 115 });
    await w.time.pass(500);
    w.leader({ price: 116 });
    await w.time.pass(500);
    expect(w.verdicts()).toEqual(["COPIED", "SELF_TRADE"]);
  });
});
