/** Above the freeze quantity an order goes out in slices, which are one order to everything else (docs/slices.md). Here at most two lots pass at once. */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { ratio } from "../../src/domain/ratio.ts";
import { type BookRow, FOLLOWER, LEADER, type PolicyChanges, policyOf, type World, type WorldOptions, world } from "./world.ts";

const SELL = { transactionType: "SELL" } as const;
const AT_MARKET = { ...SELL, orderType: "MARKET", price: 0 } as const;

/** The copy takes what the leader does, one for one. */
const frozen = (options: WorldOptions = {}, changes: PolicyChanges = {}): Promise<World> =>
  world({ freezeLots: 2, copies: [policyOf("copy", { sizing: { mode: "ratio", ratio: ratio(1, 1), rounding: "down" }, ...changes })], ...options });

/** Units of what rests at the follower, in the order of placement. */
const resting = (w: World): readonly number[] => of(w, "PENDING", "PART_TRADED", "TRANSIT").map(({ quantity }) => quantity);
const of = (w: World, ...statuses: readonly string[]): readonly BookRow[] => w.orders(FOLLOWER).filter(({ orderStatus }) => statuses.includes(orderStatus));
const sliceOf = ({ correlationId }: BookRow): string => correlationId.slice(19, 21);
const placed = (w: World): readonly unknown[] => w.calls().flatMap(({ method, body }) => (method === "POST" ? [body["quantity"]] : []));
const said = (w: World, code: string): readonly string[] =>
  w.records().flatMap((one) => (one.type === "verdict-given" && one.verdict.code === code ? [one.verdict.sentence] : []));

async function entered(w: World, quantity: number, order: Record<string, unknown> = {}): Promise<string> {
  const id = w.leader({ quantity, price: 120, ...order });
  await w.time.pass(1_500);
  return id;
}

async function fillAll(w: World, leaders: string): Promise<void> {
  w.admin("fill", { clientId: LEADER, orderId: leaders });
  for (const { orderId } of of(w, "PENDING", "PART_TRADED")) w.admin("fill", { clientId: FOLLOWER, orderId });
  await w.time.pass(2_000);
}

/** The leader's order has filled, and he gets out of it at once: within the same second. */
async function inAndOut(w: World, entry: string, quantity: number): Promise<void> {
  w.admin("fill", { clientId: LEADER, orderId: entry });
  await w.time.pass(50);
  const exit = w.leader({ ...AT_MARKET, quantity });
  await w.time.pass(50);
  w.admin("fill", { clientId: LEADER, orderId: exit });
  await w.time.pass(10_000);
}

async function holding(quantity: number, options: WorldOptions = {}): Promise<World> {
  const w = await frozen(options);
  await fillAll(w, await entered(w, quantity));
  expect(w.net(FOLLOWER)).toBe(quantity);
  return w;
}

describe("an entry", () => {
  test("goes out in as few orders as there can be, each with a mark of its own, and the size says how many", async () => {
    const w = await frozen();
    await entered(w, 375);
    expect(resting(w)).toEqual([150, 150, 75]);
    expect(w.orders(FOLLOWER).map(sliceOf)).toEqual(["00", "01", "02"]);
    expect(new Set(w.orders(FOLLOWER).map(({ correlationId }) => correlationId.slice(0, 19))).size).toBe(1);
    expect(said(w, "COPIED")).toEqual(["5 lots x 1 = 5, down: 5 lots, 375 units, 3 slices of 150 units at most"]);
  });

  test("without a freeze quantity that anybody tells, nothing is divided", async () => {
    const w = await frozen({ freezeLots: 100 });
    await entered(w, 375);
    expect(resting(w)).toEqual([375]);
    expect(said(w, "COPIED")[0]).toContain("375 units, one slice");
  });

  test("R1, S20 is filled when all of it is: one report, with the sum and the average over the slices", async () => {
    const w = await frozen();
    const order = await entered(w, 300);
    const [first, second] = w.orders(FOLLOWER);
    w.admin("fill", { clientId: LEADER, orderId: order, price: 120 });
    w.admin("fill", { clientId: FOLLOWER, orderId: first?.orderId, quantity: 75, price: 118 });
    w.admin("fill", { clientId: FOLLOWER, orderId: second?.orderId, price: 120 });
    await w.time.pass(2_000);
    expect(said(w, "FILLED")).toEqual([]);
    w.admin("fill", { clientId: FOLLOWER, orderId: first?.orderId, price: 118 });
    await w.time.pass(2_000);
    expect(said(w, "FILLED")).toEqual([expect.stringContaining("leader 300 at 120.00, follower 300 at 119.00")]);
    expect(w.methods()).toBe("POST POST");
  });

  test("S10 that is made smaller loses its last slices, and one is changed; made larger, the last is filled up and one is added", async () => {
    const w = await frozen();
    const order = await entered(w, 375);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 225 });
    await w.time.pass(1_500);
    expect(resting(w)).toEqual([150, 75]);
    expect(w.methods()).toBe("POST POST POST DELETE PUT");
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 450 });
    await w.time.pass(1_500);
    expect(resting(w)).toEqual([150, 150, 150]);
    expect(w.orders(FOLLOWER).map(sliceOf)).toEqual(["00", "01", "02", "02"]);
  });

  test("S10, R17 that is made smaller keeps what its last slice has filled, and gives way before it", async () => {
    const w = await frozen();
    const order = await entered(w, 375);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[2]?.orderId });
    await w.time.pass(1_500);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 150 });
    await w.time.pass(1_500);
    expect(resting(w)).toEqual([75]);
    expect(w.net(FOLLOWER)).toBe(75);
  });

  test("S11 changes its price in each slice; S15, S16 and a cancel ends them all", async () => {
    const w = await frozen();
    const order = await entered(w, 300);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 119 });
    await w.time.pass(1_500);
    expect(of(w, "PENDING").map(({ price }) => price)).toEqual([119, 119]);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(1_500);
    expect(resting(w)).toEqual([]);
    expect(w.methods()).toBe("POST POST PUT PUT DELETE DELETE");
    expect(said(w, "WITHDRAWN")).toHaveLength(1);
  });

  test.each([75, 150])("R17 that has filled here with %i units, one slice, is over: what the leader adds afterwards sends no other", async (units) => {
    const w = await frozen();
    const order = await entered(w, units);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(500);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 450 });
    await w.time.pass(5_000);
    expect(placed(w)).toEqual([units]);
    expect(said(w, "DRIFT")).toEqual([`the follower has ${units} units where the leader's order gives 450; nothing is sent to mend it`]);
  });

  test("R17 of which one slice has filled before the next could leave is not over: what the leader adds meanwhile is sent with it", async () => {
    const w = await frozen({ rates: { perSecond: 1 } });
    const order = w.leader({ quantity: 300, price: 120 });
    await w.time.pass(300);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 375 });
    await w.time.pass(5_000);
    expect(placed(w)).toEqual([150, 150, 75]);
  });

  test("R2, R6 a slice that is refused is refused alone: the others stay, and the leader's change tries it again", async () => {
    const w = await frozen();
    w.admin("transit", { clientId: FOLLOWER, state: "hold" });
    const order = await entered(w, 300);
    w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId, reason: "RMS:1:You have insufficient funds" });
    w.admin("transit", { clientId: FOLLOWER, state: "release" });
    await w.time.pass(10_000);
    expect(resting(w)).toEqual([150]);
    expect(placed(w)).toEqual([150, 150]);
    // What rests is less than his share, and may rest for the day: it says why now, and once.
    expect(said(w, "BROKER_REFUSED")).toEqual([expect.stringMatching(/^the broker refused a slice of 150 units: .*You have insufficient funds$/)]);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 119 });
    await w.time.pass(1_500);
    expect(of(w, "PENDING").map(({ quantity, price }) => [quantity, price])).toEqual([
      [150, 119],
      [150, 119],
    ]);
  });

  test("S23 a slice that the owner cancels by hand is left alone, and it is said while the others rest", async () => {
    const w = await frozen();
    await entered(w, 300);
    const [, second] = w.orders(FOLLOWER);
    w.admin("cancel", { clientId: FOLLOWER, orderId: second?.orderId });
    await w.time.pass(3_000);
    expect(resting(w)).toEqual([150]);
    expect(said(w, "ENDED_BY_OTHERS")).toEqual([`order ${second?.orderId} was cancelled without our request; it is left alone`]);
  });

  test("R20, R23 a slice that a guard refuses when its turn comes does not take back what stands", async () => {
    const w = await frozen({ rates: { perSecond: 1 } });
    w.leader({ quantity: 300, price: 120 });
    await w.time.pass(300);
    w.command("halt");
    await w.time.pass(3_000);
    expect(resting(w)).toEqual([150]);
    expect(said(w, "ENTRIES_HALTED")).toHaveLength(1);
    w.command("resume");
    await w.time.pass(3_000);
    expect(resting(w)).toEqual([150]);
    expect(w.methods()).toBe("POST");
  });

  test.each([
    {
      ends: "the owner cancels",
      code: "ENDED_BY_OTHERS",
      end: (w: World) => w.admin("cancel", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId }),
    },
    { ends: "is given up", code: "MISSED", end: (w: World) => w.admin("fill", { clientId: LEADER, orderId: w.orders(LEADER)[0]?.orderId }) },
  ])("R20, R23 a slice that was refused beside one that then $ends is not sent after it either (seed 341)", async ({ code, end }) => {
    const w = await frozen({ rates: { perSecond: 1 } }, { onLeaderFilled: { action: "cancel", afterMs: 1_000 } });
    w.leader({ quantity: 300, price: 120 });
    await w.time.pass(300);
    w.command("halt");
    await w.time.pass(3_000);
    w.command("resume");
    end(w);
    await w.time.pass(5_000);
    expect(placed(w)).toEqual([150]);
    expect(resting(w)).toEqual([]);
    expect(said(w, "ENTRIES_HALTED")).toHaveLength(1);
    expect(said(w, code)).toHaveLength(1);
  });

  test("R2 I11 a slice that would trade with an order of the owner's is refused beside one that rests, once, and not sent when that is gone (seed 65895)", async () => {
    const w = await frozen({ rates: { perSecond: 1 } });
    w.leader({ quantity: 300, price: 120 });
    await w.time.pass(300);
    const owners = w.admin("place", { clientId: FOLLOWER, ...SELL, exchangeSegment: "NSE_FNO", securityId: "37806", quantity: 75, price: 119 })["orderId"];
    await w.time.pass(3_000);
    w.admin("cancel", { clientId: FOLLOWER, orderId: owners });
    await w.time.pass(5_000);
    expect(placed(w)).toEqual([150]);
    expect(said(w, "SELF_TRADE")).toEqual([`BUY at 120.00 would trade with order ${owners}, a SELL at 119.00 that rests at the same account`]);
    w.admin("modify", { clientId: LEADER, orderId: w.orders(LEADER)[0]?.orderId, price: 121 });
    await w.time.pass(3_000);
    expect(resting(w)).toEqual([150, 150]);
  });

  test("R21 each slice is a request of the budget, and a cancel goes before the next", async () => {
    const w = await frozen({ rates: { perSecond: 2 } });
    const other = await entered(w, 75, { price: 110 });
    await w.time.pass(3_000);
    const from = w.calls().length;
    w.leader({ quantity: 450, price: 120 });
    await w.time.pass(20);
    w.admin("cancel", { clientId: LEADER, orderId: other });
    await w.time.pass(4_000);
    expect(
      w
        .calls()
        .slice(from)
        .map(({ method }) => method),
    ).toEqual(["POST", "POST", "DELETE", "POST"]);
    expect(resting(w)).toEqual([150, 150, 150]);
  });

  test("R21 at a start no slice that is still to be sent goes before the cancel of another order, whatever is given up of its own (seed 21175)", async () => {
    const w = await frozen({ rates: { perSecond: 3 } }, { onLeaderFilled: { action: "cancel", afterMs: 1_000 } });
    const order = await entered(w, 150);
    const other = await entered(w, 75, { price: 110 });
    // The fourth slice has no slot before the process dies.
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 600, orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: order });
    const [first, copyOfOther, second] = w.orders(FOLLOWER);
    for (const one of [first, second]) w.admin("fill", { clientId: FOLLOWER, orderId: one?.orderId });
    await w.time.pass(20);
    await w.crash();
    w.admin("cancel", { clientId: LEADER, orderId: other });
    await w.time.pass(2_000);
    const from = w.calls().length;
    await w.startEngine();
    await w.time.pass(5_000);
    const left = w.calls().slice(from);
    expect(left.map(({ method }) => method)).toEqual(["DELETE", "DELETE", "POST", "DELETE"]);
    expect(left[1]?.path).toContain(copyOfOther?.orderId);
  });

  test("R17 the last slice has filled and another rests: what the leader adds fills up that slice as well (seed 22519)", async () => {
    const w = await frozen();
    const order = await entered(w, 225);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[1]?.orderId });
    await w.time.pass(1_500);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 450 });
    await w.time.pass(3_000);
    expect(resting(w)).toEqual([150, 75, 150]);
    expect(w.net(FOLLOWER)).toBe(75);
  });

  test("R14 what waits for its turn while the slices that left have filled goes no more once the leader is out again", async () => {
    const w = await frozen({ rates: { perSecond: 1 } });
    const entry = w.leader({ quantity: 600, price: 120 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(100);
    const exit = w.leader({ ...AT_MARKET, quantity: 600 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit, price: 121 });
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => [transactionType, quantity])).toEqual([
      ["BUY", 150],
      ["SELL", 150],
    ]);
    expect(said(w, "WITHDRAWN")).toEqual(["the leader was out again: 450 units that had not filled here are withdrawn"]);
  });

  test("R21 the cap of modifications is each slice's own: one that is spent is replaced, the other changed", async () => {
    const w = await frozen({ modificationsPerOrder: 1 });
    const order = await entered(w, 225);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300 });
    await w.time.pass(1_500);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 119 });
    await w.time.pass(3_000);
    expect(of(w, "PENDING").map((row) => [sliceOf(row), row.quantity, row.price])).toEqual([
      ["00", 150, 119],
      ["01", 150, 119],
    ]);
    expect(w.methods()).toBe("POST POST PUT PUT DELETE POST");
  });
});

describe("what is not known of one slice (R10, R11)", () => {
  test("a slice whose answer does not come is looked for, and holds up no other", async () => {
    const w = await frozen();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.leader({ quantity: 375, price: 120 });
    await w.time.pass(2_000);
    expect(resting(w)).toEqual([150, 75]);
    await w.time.pass(15_000);
    expect(resting(w)).toEqual([150, 75, 150]);
    expect(w.orders(FOLLOWER).map(({ correlationId }) => correlationId.slice(19))).toEqual(["010001", "020002", "000003"]);
  });

  test("two slices in doubt are each proved", async () => {
    const w = await frozen();
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 1, effect: { kind: "drop" } });
    const order = w.leader({ quantity: 300, price: 120 });
    await w.time.pass(30_000);
    expect(resting(w)).toEqual([150, 150]);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(3_000);
    expect(resting(w)).toEqual([]);
  });

  test("a crash between two slices: the second is sent after the start, and the first not again", async () => {
    const w = await frozen({ rates: { perSecond: 1 } });
    w.leader({ quantity: 300, price: 120 });
    await w.time.pass(100);
    await w.crash();
    expect(resting(w)).toEqual([150]);
    await w.time.pass(5_000);
    await w.startEngine();
    await w.time.pass(15_000);
    expect(resting(w)).toEqual([150, 150]);
    expect(w.orders(FOLLOWER).map(sliceOf)).toEqual(["00", "01"]);
  });

  test("with the journal lost each order is adopted into its slice, and one that was missing is sent", async () => {
    const w = await frozen();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    const order = w.leader({ quantity: 375, price: 120 });
    await w.time.pass(2_000);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(30_000);
    expect(resting(w)).toEqual([150, 75, 150]);
    expect(w.orders(FOLLOWER).map(sliceOf)).toEqual(["01", "02", "00"]);
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 150 });
    await w.time.pass(2_000);
    expect(resting(w)).toEqual([150]);
  });
});

describe("an exit", () => {
  test("R14 of all that the copy has goes out in slices, and the copy is flat", async () => {
    const w = await holding(375);
    await fillAll(w, await entered(w, 375, AT_MARKET));
    expect(placed(w).slice(3)).toEqual([150, 150, 75]);
    expect(w.net(FOLLOWER)).toBe(0);
  });

  test("R14 a slice of it that is refused is tried again, the others are not", async () => {
    const w = await holding(300);
    w.admin("transit", { clientId: FOLLOWER, state: "hold" });
    const exit = await entered(w, 300, AT_MARKET);
    w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[3]?.orderId, reason: "RMS:1:Price is out of the circuit band" });
    w.admin("transit", { clientId: FOLLOWER, state: "release" });
    await w.time.pass(3_000);
    await fillAll(w, exit);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(placed(w).slice(2)).toEqual([150, 150, 150]);
  });

  test("R16 a stop and a target for all of it: what fills of one slice is taken from the other order, its last slices first", async () => {
    const w = await holding(300);
    await entered(w, 300, { ...SELL, price: 130 });
    await entered(w, 300, { ...SELL, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
    const target = of(w, "PENDING").filter(({ price }) => price === 130);
    expect(resting(w)).toEqual([150, 150, 150, 150]);
    w.admin("fill", { clientId: FOLLOWER, orderId: target[0]?.orderId });
    w.admin("fill", { clientId: FOLLOWER, orderId: target[1]?.orderId, quantity: 75 });
    await w.time.pass(2_000);
    expect(of(w, "PENDING").map(({ orderType, quantity }) => [orderType, quantity])).toEqual([["STOP_LOSS", 75]]);
  });

  test("R16 an exit at the market takes the place of a resting one, slice for slice, and never sells the same units twice", async () => {
    const w = await holding(300);
    await entered(w, 300, { ...SELL, orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
    await fillAll(w, await entered(w, 300, AT_MARKET));
    expect(w.net(FOLLOWER)).toBe(0);
    expect(resting(w)).toEqual([]);
    expect(w.methods()).toBe("POST POST POST POST DELETE DELETE POST POST");
  });

  test("R14 slices of an entry that wait for their turn, when those before them have filled, are not sent once the leader is out (seed 12258)", async () => {
    const w = await frozen({ rates: { perSecond: 2 } });
    const entry = w.leader({ quantity: 600, price: 120 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    for (const { orderId } of of(w, "PENDING")) w.admin("fill", { clientId: FOLLOWER, orderId });
    await w.time.pass(100);
    expect(placed(w)).toEqual([150, 150]);
    const exit = w.leader({ ...AT_MARKET, quantity: 600 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => [transactionType, quantity])).toEqual([
      ["BUY", 150],
      ["BUY", 150],
      ["SELL", 150],
      ["SELL", 150],
    ]);
  });

  test("R2 R14 what the broker refused, and waits to be sent for what the leader changed, is not sent once he is out (seed 188)", async () => {
    const w = await frozen({ rates: { perSecond: 1 } });
    const entry = await entered(w, 150);
    w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId, reason: "RMS:1:You have insufficient funds" });
    await w.time.pass(5_000);
    w.leader({ quantity: 75, price: 100 });
    await w.time.pass(100);
    w.admin("modify", { clientId: LEADER, orderId: entry, price: 119 });
    await w.time.pass(50);
    await inAndOut(w, entry, 150);
    expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => [transactionType, quantity])).toEqual([
      ["BUY", 150],
      ["BUY", 75],
    ]);
  });

  test("R14 R23 slices of what a halt refused, and the leader changed after it, are not sent once he is out (seed 20225)", async () => {
    const w = await frozen({ rates: { perSecond: 1 } });
    w.command("halt");
    const entry = await entered(w, 300);
    w.command("resume");
    w.admin("modify", { clientId: LEADER, orderId: entry, price: 119 });
    await w.time.pass(100);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(50);
    expect(placed(w)).toEqual([150]);
    await inAndOut(w, entry, 300);
    expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => [transactionType, quantity])).toEqual([
      ["BUY", 150],
      ["SELL", 150],
    ]);
  });

  test("R14 R23 nor is any of it when none had left, because another order had the second's one slot", async () => {
    const w = await frozen({ rates: { perSecond: 1 } });
    w.command("halt");
    const entry = await entered(w, 300);
    w.command("resume");
    w.leader({ quantity: 75, price: 100 });
    await w.time.pass(100);
    w.admin("modify", { clientId: LEADER, orderId: entry, price: 119 });
    await w.time.pass(50);
    await inAndOut(w, entry, 300);
    expect(w.orders(FOLLOWER).map(({ transactionType, quantity }) => [transactionType, quantity])).toEqual([["BUY", 75]]);
  });

  test("R11 R14 with the journal lost, and a slice adopted that has ended before one that rests: what rests goes with the leader's exit (seed 12090)", async () => {
    const w = await frozen();
    const entry = await entered(w, 300);
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    w.admin("fill", { clientId: LEADER, orderId: entry });
    await w.time.pass(1_000);
    await w.crash();
    w.disk = new MemoryDisk();
    await w.startEngine();
    await w.time.pass(20_000);
    const exit = w.leader({ ...AT_MARKET, quantity: 300 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    await w.time.pass(2_000);
    expect(of(w, "CANCELLED").map(sliceOf)).toEqual(["01"]);
    expect(resting(w)).toEqual([150]);
  });

  test("R14 what an exit takes back from an entry that rests goes from its last slices", async () => {
    const w = await frozen();
    const entry = await entered(w, 300);
    w.admin("fill", { clientId: LEADER, orderId: entry });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(1_000);
    const exit = await entered(w, 300, AT_MARKET);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    await w.time.pass(2_000);
    for (const { orderId } of of(w, "PENDING")) w.admin("fill", { clientId: FOLLOWER, orderId });
    await w.time.pass(2_000);
    expect(w.net(FOLLOWER)).toBe(0);
    expect(resting(w)).toEqual([]);
  });

  test("R15 a stop and reverse: the exit part goes first, and alone where the entry is halted", async () => {
    const w = await holding(225);
    await fillAll(w, await entered(w, 600, AT_MARKET));
    expect(placed(w).slice(2)).toEqual([150, 150, 150, 150]);
    expect(w.net(FOLLOWER)).toBe(-375);
    const halted = await holding(225);
    halted.command("halt");
    await fillAll(halted, await entered(halted, 600, AT_MARKET));
    expect(placed(halted).slice(2)).toEqual([150, 75]);
    expect(halted.net(FOLLOWER)).toBe(0);
  });

  test("R15 a slice of the entry that leaves after the leader's limit has filled is priced as an entry, and not to get out at any price", async () => {
    const w = await holding(150, { rates: { perSecond: 1 } });
    const reverse = w.leader({ ...SELL, quantity: 300, price: 119 });
    await w.time.pass(300);
    w.admin("fill", { clientId: LEADER, orderId: reverse });
    await w.time.pass(3_000);
    expect(
      w
        .calls()
        .slice(1)
        .map(({ method, body }) => [method, body["quantity"], body["price"]]),
    ).toEqual([
      ["POST", 150, 119],
      ["POST", 150, 119],
    ]);
  });
});
