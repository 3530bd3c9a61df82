/**
 * A leader's order above the freeze quantity reaches his broker as several orders. Each is copied as it comes, and what rounding leaves of one goes to
 * the next of the same contract, side, price and second (R14; src/domain/sizing/residual.ts). Judged by the follower's book at the broker.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Rounding, Sizing } from "../../src/domain/policy.ts";
import { lotSize } from "../../src/domain/quantity.ts";
import { ratio } from "../../src/domain/ratio.ts";
import { fractionOf } from "../../src/domain/sizing/rounding.ts";
import { CALL, FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

const LOT = 75;
const SELL = { transactionType: "SELL", price: 119 } as const;

const sizing = (numerator: number, denominator: number, rounding: Rounding = "down", bounds = {}): Sizing => ({
  mode: "ratio",
  ratio: ratio(numerator, denominator),
  rounding,
  ...bounds,
});

async function started(how: Sizing = sizing(1, 4)): Promise<World> {
  const w = await world({ copies: [policyOf("copy", { sizing: how })] });
  await nextSecond(w);
  return w;
}

/** The broker's times are in whole seconds. */
async function nextSecond(w: World): Promise<void> {
  await w.time.pass(1_000 - (w.time.now() % 1_000));
}

/** One after another within a second; answers their numbers. */
async function sliced(w: World, lots: readonly number[], terms: Record<string, unknown> = {}): Promise<readonly string[]> {
  const orders: string[] = [];
  for (const count of lots) {
    orders.push(w.leader({ quantity: count * LOT, ...terms }));
    await w.time.pass(20);
  }
  await w.time.pass(200);
  return orders;
}

/** Lots that the follower's broker was asked for, order by order, `from` the first of these on. */
function placed(w: World, from = 0): readonly number[] {
  return w
    .orders(FOLLOWER)
    .slice(from)
    .map(({ quantity }) => quantity / LOT);
}

async function fillAll(w: World): Promise<void> {
  for (const id of [LEADER, FOLLOWER]) {
    for (const { orderId, orderStatus } of w.orders(id)) if (orderStatus === "PENDING") w.admin("fill", { clientId: id, orderId });
    await w.time.pass(200);
  }
}

function sizes(w: World): readonly string[] {
  return w.records().flatMap((record) => (record.type === "verdict-given" && /COPIED|BELOW/.test(record.verdict.code) ? [record.verdict.sentence] : []));
}

describe("entries", () => {
  test.each([
    ["down", 6],
    ["nearest", 7],
    ["up", 7],
  ] as const)("26 lots at a quarter in slices of four, rounded %s, come to the %i lots of one order", async (rounding, whole) => {
    const one = await started(sizing(1, 4, rounding));
    await sliced(one, [26]);
    expect(placed(one)).toEqual([whole]);
    for (const slices of [
      [4, 4, 4, 4, 4, 4, 2],
      [3, 3, 3, 3, 3, 3, 3, 3, 2],
      [1, 2, 3, 5, 7, 8],
    ]) {
      const w = await started(sizing(1, 4, rounding));
      await sliced(w, slices);
      expect(placed(w).reduce((sum, lots) => sum + lots, 0)).toBe(whole);
    }
  });

  test("the size says what was left, and a slice below a lot leaves all that it is", async () => {
    const w = await started(sizing(1, 2));
    await sliced(w, [1, 1, 3, 2]);
    expect(placed(w)).toEqual([1, 1, 1]);
    expect(sizes(w)).toEqual([
      "1 lot x 0.5 = 0.5, down: 0 lots: below one lot",
      "1 lot x 0.5 = 0.5, with 0.5 left of the leader's slices before 1, down: 1 lot, 75 units, one slice",
      "3 lots x 0.5 = 1.5, down: 1 lot, 75 units, one slice",
      "2 lots x 0.5 = 1, with 0.5 left of the leader's slices before 1.5, down: 1 lot, 75 units, one slice",
    ]);
  });

  test("what fills between two of them changes nothing, nor does a crash", async () => {
    const w = await started(sizing(1, 2));
    const [first] = await sliced(w, [1]);
    w.admin("fill", { clientId: LEADER, orderId: first });
    await w.time.pass(50);
    await w.crash();
    w.leader({ quantity: LOT });
    await w.startEngine();
    await w.time.pass(10_000);
    expect(placed(w)).toEqual([1]);
  });

  test.each([
    ["another price", { price: 101 }, 0],
    ["another product", { productType: "MARGIN" }, 0],
    ["another contract", { securityId: "37810" }, 0],
    ["the next second", {}, 1_000],
  ])("%s is another order of his", async (_what, terms, later) => {
    const w = await started(sizing(1, 2));
    await sliced(w, [1]);
    await w.time.pass(later);
    await sliced(w, [1], terms);
    expect(placed(w)).toEqual([]);
    expect(sizes(w)).toHaveLength(2);
  });

  test("what a guard refused leaves nothing, and what maxLots cut off is not made up for", async () => {
    const w = await started(sizing(1, 2, "down", { maxLots: 1 }));
    w.command("halt");
    await sliced(w, [1, 3]);
    w.command("resume");
    await sliced(w, [1]);
    expect(placed(w)).toEqual([1]);
    await nextSecond(w);
    await sliced(w, [7, 1, 1]);
    expect(placed(w, 1)).toEqual([1, 1]);
  });

  test("a slice that the leader has cancelled, or his broker refused, leaves nothing", async () => {
    const w = await started(sizing(1, 2));
    const [first, second] = await sliced(w, [1, 2]);
    w.admin("cancel", { clientId: LEADER, orderId: first });
    w.admin("reject", { clientId: LEADER, orderId: second, reason: "Price out of range" });
    await w.time.pass(50);
    await sliced(w, [1]);
    expect(placed(w).slice(1)).toEqual([]);
  });

  test("nor does one that he has sold again, all within the second", async () => {
    const w = await started(sizing(1, 2));
    await sliced(w, [1]);
    await fillAll(w);
    const out = w.leader({ quantity: LOT, ...SELL });
    w.admin("fill", { clientId: LEADER, orderId: out });
    await w.time.pass(50);
    w.leader({ quantity: LOT });
    await w.time.pass(3_000);
    expect(w.net(LEADER, CALL)).toBe(0);
    expect(placed(w)).toEqual([]);
  });

  test("when he changes the size of one, it scales with what was left for it; the others stay", async () => {
    const w = await started(sizing(1, 2));
    const [, second] = await sliced(w, [1, 2, 1]);
    expect(placed(w)).toEqual([1, 1]);
    w.admin("modify", { clientId: LEADER, orderId: second, quantity: 3 * LOT });
    await w.time.pass(1_500);
    expect(placed(w)).toEqual([2, 1]);
  });
});

describe("exits of a part", () => {
  async function holding(lots: number, how: Sizing): Promise<World> {
    const w = await started(how);
    await sliced(w, [lots]);
    await fillAll(w);
    await nextSecond(w);
    return w;
  }

  test.each([
    ["down", 3],
    ["nearest", 4],
    ["up", 4],
  ] as const)("14 of 24 lots in slices of two, rounded %s, come to the %i of the copy's six that one order would", async (rounding, whole) => {
    const one = await holding(24, sizing(1, 4, rounding));
    await sliced(one, [14], SELL);
    expect(placed(one, 1)).toEqual([whole]);
    const w = await holding(24, sizing(1, 4, rounding));
    await sliced(w, [2, 2, 2, 2, 2, 2, 2], SELL);
    expect(placed(w, 1).reduce((sum, lots) => sum + lots, 0)).toBe(whole);
    await fillAll(w);
    expect(w.net(FOLLOWER, CALL)).toBe((6 - whole) * LOT);
  });

  test("they do so too when each has filled before the next is seen, and the size says so", async () => {
    const w = await holding(8, sizing(1, 4));
    for (let slice = 0; slice < 4; slice += 1) {
      const [order] = await sliced(w, [1], SELL);
      w.admin("fill", { clientId: LEADER, orderId: order });
      await w.time.pass(10);
    }
    await fillAll(w);
    expect(w.net(FOLLOWER, CALL)).toBe(LOT);
    expect(sizes(w).slice(1, 5)).toEqual([
      "exit of 75 of the leader's 600 units, 0.125: the copy's 2 lots x 0.125 = 0.25, down: 0 lots: below one lot; what the copy has goes with a later exit",
      "exit of 75 of the leader's 600 units, 0.125: the copy's 2 lots x 0.125 = 0.25, with 0.25 left of the leader's slices before 0.5, down: 0 lots: below one lot; what the copy has goes with a later exit",
      "exit of 75 of the leader's 600 units, 0.125: the copy's 2 lots x 0.125 = 0.25, with 0.5 left of the leader's slices before 0.75, down: 0 lots: below one lot; what the copy has goes with a later exit",
      "exit of 75 of the leader's 600 units, 0.125: the copy's 2 lots x 0.125 = 0.25, with 0.75 left of the leader's slices before 1, down: 1 lot, 75 units, one slice",
    ]);
  });

  test("the last of them takes all that the copy has when it takes the leader out", async () => {
    const w = await holding(10, sizing(1, 4, "up"));
    await sliced(w, [4, 4, 2], SELL);
    await fillAll(w);
    expect(w.net(LEADER, CALL)).toBe(0);
    expect(w.net(FOLLOWER, CALL)).toBe(0);
    expect(w.orders(FOLLOWER).every(({ orderStatus }) => orderStatus === "TRADED")).toBe(true);
  });

  test("R16 together more than he holds they are alternatives, each a fraction by itself", async () => {
    const w = await holding(8, sizing(1, 2));
    await sliced(w, [6, 6], { ...SELL, price: 140 });
    expect(placed(w, 1)).toEqual([3, 3]);
  });

  test("R15 where the owner has sold a part of it in between, the next is a fraction of what is left", async () => {
    const w = await holding(16, sizing(1, 2));
    await sliced(w, [4], SELL);
    w.admin("place", { clientId: FOLLOWER, ...CALL, ...SELL, productType: "INTRADAY", orderType: "LIMIT", validity: "DAY", quantity: 2 * LOT });
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId });
    await w.time.pass(50);
    await sliced(w, [4], SELL);
    expect(placed(w, 1)).toEqual([2, 2, 1]);
  });

  test("where the leader has bought in between what is not copied, the next is a fraction of what he has by then", async () => {
    const w = await holding(8, sizing(1, 2));
    await sliced(w, [3], SELL);
    w.command("halt");
    const [more] = await sliced(w, [8]);
    w.admin("fill", { clientId: LEADER, orderId: more });
    await w.time.pass(50);
    await sliced(w, [3], SELL);
    expect(placed(w, 1)).toEqual([1]);
  });
});

const slices = fc.array(fc.record({ lots: fc.integer({ min: 1, max: 9 }), fills: fc.boolean() }), { minLength: 1, maxLength: 9 });
const sum = (all: readonly number[]): number => all.reduce((total, lots) => total + lots, 0);

/** One after another; some fill at the leader, and here, before the next is sent. */
async function traded(w: World, all: readonly { readonly lots: number; readonly fills: boolean }[], terms: Record<string, unknown>): Promise<void> {
  await nextSecond(w);
  for (const { lots, fills } of all) {
    const order = w.leader({ quantity: lots * LOT, ...terms });
    await w.time.pass(20);
    if (!fills) continue;
    w.admin("fill", { clientId: LEADER, orderId: order });
    await w.time.pass(20);
    for (const { orderId, orderStatus } of w.orders(FOLLOWER)) if (orderStatus === "PENDING") w.admin("fill", { clientId: FOLLOWER, orderId });
    await w.time.pass(20);
  }
  await w.time.pass(200);
  await fillAll(w);
}

test("however he divides what he buys and what he sells of it, and whatever fills meanwhile, the copy holds what one order for each would give", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      slices,
      slices,
      fc.constantFrom([1, 4], [1, 3], [7, 10], [3, 2]),
      fc.constantFrom<Rounding>("down", "nearest", "up"),
      async (entries, exits, [numerator = 1, denominator = 1], rounding) => {
        const w = await started(sizing(numerator, denominator, rounding));
        await traded(w, entries, {});
        const [his, held] = [w.net(LEADER, CALL), w.net(FOLLOWER, CALL)];
        expect(his).toBe(sum(entries.map(({ lots }) => lots)) * LOT);
        expect(held).toBe(fractionOf(his, ratio(numerator, denominator), rounding, lotSize(LOT)));
        const sold = sum(exits.map(({ lots }) => lots)) * LOT;
        if (sold > his) return;
        await traded(w, exits, SELL);
        expect(w.net(LEADER, CALL)).toBe(his - sold);
        expect(w.net(FOLLOWER, CALL)).toBe(held - fractionOf(held, ratio(sold, his), rounding, lotSize(LOT)));
      },
    ),
    { numRuns: 40 },
  );
});

test("a journal in which nothing stands of slices folds as before: a mirror that is alone has no residual", async () => {
  const w = await started();
  await sliced(w, [8]);
  const opened = w.records().find((record) => record.type === "mirror-opened");
  expect(JSON.stringify(opened)).not.toContain("residual");
});
