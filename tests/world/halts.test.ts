/** A person halts entries: nothing is opened, everything else goes on (R23). Judged from the exchange's books and the journal. */
import { describe, expect, test } from "vitest";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import { ratio } from "../../src/domain/ratio.ts";
import { CALL, FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

const OTHER = "1000000003";
const ANOTHER_LEADER = "1000000004";

const follower = (w: World, index = 0): string | undefined => w.orders(FOLLOWER)[index]?.orderId;

/** The leader buys 300 and the follower 150; both are filled. */
async function hold(w: World): Promise<void> {
  const entry = w.leader({ quantity: 300 });
  await w.time.pass(500);
  w.admin("fill", { clientId: LEADER, orderId: entry });
  w.admin("fill", { clientId: FOLLOWER, orderId: follower(w) });
  await w.time.pass(1_500);
}

/** Why the entries were refused or kept, newest last. */
const said = (w: World): readonly string[] =>
  w.records().flatMap((record) => (record.type === "verdict-given" && record.verdict.code === "ENTRIES_HALTED" ? [record.verdict.sentence] : []));

describe("while entries are halted", () => {
  test("no entry is sent, and the verdict says what will become of it", async () => {
    const w = await world();
    w.command("halt");
    w.leader({});
    await w.time.pass(2_000);
    expect(w.calls()).toEqual([]);
    expect(said(w)).toEqual([
      "the operator halted the entries of all copies at 2026-11-20 10:15:00; this one is not sent when they are resumed either, until the leader changes his order after that",
    ]);
  });

  test("what another guard refuses is said to be refused by that", async () => {
    const w = await world();
    w.command("halt");
    w.leader({ exchangeSegment: "NSE_EQ", securityId: "2885", quantity: 10, price: 1_300 });
    await w.time.pass(1_000);
    expect(w.verdicts()).toEqual(["NOT_AN_OPTION"]);
  });

  test("an order that rests stays, follows the price, shrinks, is not let grow, and is cancelled", async () => {
    const w = await world();
    const order = w.leader({ quantity: 300 });
    await w.time.pass(2_000);
    w.command("halt");
    for (const change of [{ price: 121 }, { quantity: 600, price: 122 }, { quantity: 150 }]) {
      w.admin("modify", { clientId: LEADER, orderId: order, ...change });
      await w.time.pass(2_000);
    }
    expect(w.calls().map(({ method, body }) => [method, body["quantity"], body["price"]])).toEqual([
      ["POST", 150, 120.5],
      ["PUT", 150, 121],
      ["PUT", 150, 122],
      ["PUT", 75, 122],
    ]);
    expect(said(w)).toEqual([expect.stringContaining("stays at 150 units where 300 are wanted")]);
    w.admin("cancel", { clientId: LEADER, orderId: order });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER)).toMatchObject([{ orderStatus: "CANCELLED" }]);
  });

  test("an exit goes at its full size (R14)", async () => {
    const w = await world();
    await hold(w);
    w.command("halt");
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 300 });
    await w.time.pass(1_000);
    expect(w.calls().at(-1)?.body).toMatchObject({ transactionType: "SELL", quantity: 150 });
  });

  test("of a stop and reverse the exit part goes alone (R15)", async () => {
    const w = await world();
    await hold(w);
    w.command("halt");
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 600 });
    await w.time.pass(1_000);
    expect(w.calls().map(({ body }) => body["quantity"])).toEqual([150, 150]);
    w.command("resume");
    await w.time.pass(20_000);
    expect(w.calls()).toHaveLength(2);
  });

  test("the entry part of a stop and reverse that rests is not let grow, and shrinks", async () => {
    const w = await world();
    await hold(w);
    const order = w.leader({ transactionType: "SELL", price: 130, quantity: 450 });
    await w.time.pass(2_000);
    // The copy holds 150 of the leader's 300: 150 to exit and 75 to enter.
    expect(w.calls().at(-1)?.body).toMatchObject({ quantity: 225 });
    w.command("halt");
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 600, price: 131 });
    await w.time.pass(2_000);
    expect(w.calls().at(-1)?.body).toMatchObject({ quantity: 225, price: 131 });
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300 });
    await w.time.pass(2_000);
    expect(w.calls().at(-1)?.body).toMatchObject({ quantity: 150, price: 131 });
  });

  test("an entry that waits for the order budget is refused at once", async () => {
    const w = await world();
    for (let index = 0; index < 15; index += 1) w.leader({ price: 100 + index });
    await w.time.pass(100);
    expect(w.calls()).toHaveLength(10);
    w.command("halt");
    await w.time.pass(10);
    expect(said(w)).toHaveLength(5);
    await w.time.pass(5_000);
    expect(w.calls()).toHaveLength(10);
  });

  test("a placement that is in flight is not called back; one that was never received is not sent again", async () => {
    for (const when of ["after", "before"] as const) {
      const w = await world();
      w.admin("fault", { on: "request", call: "place", when, clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
      w.leader({});
      await w.time.pass(100);
      w.command("halt");
      await w.time.pass(30_000);
      expect(w.methods()).toBe("POST");
      expect(w.orders(FOLLOWER)).toHaveLength(when === "after" ? 1 : 0);
      expect(said(w)).toHaveLength(when === "after" ? 0 : 1);
    }
  });
});

test("a start can be halted before the books are read: what they tell is not opened", async () => {
  const w = await world();
  await w.crash();
  w.leader({});
  w.admin("fault", { on: "request", call: "orders", when: "before", clientId: LEADER, times: 5, effect: { kind: "answer", status: 500 } });
  await w.startEngine();
  expect(w.command("halt")).toMatchObject({ result: "done", changed: true });
  await w.time.pass(60_000);
  expect(w.calls()).toEqual([]);
  expect(said(w)).toHaveLength(1);
});

test("where the journal can't be written a halt is not promised", async () => {
  const w = await world({ disk: new MemoryDisk({ capacity: 10_000 }) });
  for (let index = 0; index < 10; index += 1) w.leader({ price: 100 + index });
  await w.time.pass(2_000);
  expect(w.notes.map(({ code }) => code)).toContain("JOURNAL_BROKEN");
  expect(w.command("halt")).toMatchObject({ result: "failed", why: expect.stringContaining("the halt holds in this process, and is not promised") });
});

describe("a halt is kept", () => {
  test("over a crash: the next process opens nothing, and exits", async () => {
    const w = await world();
    await hold(w);
    w.command("halt", { of: "account", name: FOLLOWER });
    await w.crash();
    w.leader({ price: 119 });
    await w.startEngine();
    await w.time.pass(20_000);
    w.leader({ price: 118 });
    await w.time.pass(1_000);
    expect(w.methods()).toBe("POST");
    expect(said(w)).toHaveLength(2);
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0, quantity: 300 });
    await w.time.pass(1_000);
    expect(w.net(FOLLOWER)).toBe(150);
    expect(w.calls().at(-1)?.body).toMatchObject({ transactionType: "SELL", quantity: 150 });
  });

  test("when the copy has another name, because it is kept under client ids (R9)", async () => {
    const w = await world();
    w.command("halt", { of: "copy", name: "copy" });
    await w.crash();
    const renamed = Object.assign(w, { copies: [policyOf("another")] });
    await renamed.startEngine();
    await renamed.time.pass(20_000);
    renamed.leader({});
    await renamed.time.pass(1_000);
    expect(renamed.calls()).toEqual([]);
    expect(renamed.command("resume", { of: "copy", name: "another" })).toMatchObject({ result: "done", changed: true });
  });

  test("before it is answered: it is in the journal when the command returns", async () => {
    const w = await world();
    expect(w.command("halt")).toMatchObject({ result: "done", changed: true });
    expect(w.records().at(-1)).toMatchObject({ type: "operator-halted", over: { of: "all" } });
    expect(w.command("halt")).toMatchObject({ result: "done", changed: false });
    expect(w.records().filter(({ type }) => type === "operator-halted")).toHaveLength(1);
  });
});

describe("a halt is narrowed", () => {
  const followedTwice = () =>
    world({
      copies: [
        policyOf("one"),
        policyOf("two", { follower: OTHER, sizing: { mode: "ratio", ratio: ratio(1, 1), rounding: "down" } }),
        policyOf("three", { leader: ANOTHER_LEADER }),
      ],
    });
  /** Both leaders buy; how many orders reached each follower. */
  const reached = async (w: World): Promise<readonly number[]> => {
    const before = [FOLLOWER, OTHER].map((id) => w.calls(id).length);
    w.leader({});
    w.leader({ clientId: ANOTHER_LEADER });
    await w.time.pass(1_500);
    return [FOLLOWER, OTHER].map((id, index) => w.calls(id).length - (before[index] ?? 0));
  };

  test("to a copy, a follower's account, a leader's account; and neither is all", async () => {
    const w = await followedTwice();
    expect(await reached(w)).toEqual([2, 1]);
    for (const [over, expected] of [
      [{ of: "copy", name: "one" }, [1, 1]],
      [{ of: "account", name: FOLLOWER }, [0, 1]],
      [{ of: "account", name: LEADER }, [1, 0]],
      [{ of: "all" }, [0, 0]],
    ] as const) {
      w.command("halt", over);
      expect([over, await reached(w)]).toEqual([over, expected]);
      w.command("resume", over);
    }
    expect(await reached(w)).toEqual([2, 1]);
  });
});

describe("when entries are resumed", () => {
  test("nothing is sent by that: neither what still rests at the leader nor what he has executed meanwhile", async () => {
    const w = await world();
    w.command("halt");
    w.leader({});
    const executed = w.leader({ price: 119 });
    w.leader({ orderType: "MARKET", price: 0 });
    await w.time.pass(500);
    w.admin("fill", { clientId: LEADER, orderId: executed });
    await w.time.pass(1_000);
    w.command("resume");
    await w.time.pass(30_000);
    expect(w.calls()).toEqual([]);
    w.leader({ price: 118 });
    await w.time.pass(1_000);
    expect(w.calls().map(({ body }) => body["price"])).toEqual([118]);
  });

  test("a change of the leader's order after that is decided anew; one during the halt is not", async () => {
    const w = await world();
    w.command("halt");
    const order = w.leader({});
    await w.time.pass(2_000);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 121 });
    await w.time.pass(2_000);
    w.command("resume");
    await w.time.pass(20_000);
    expect(w.calls()).toEqual([]);
    w.admin("modify", { clientId: LEADER, orderId: order, price: 122 });
    await w.time.pass(2_000);
    expect(w.calls().map(({ body }) => [body["price"], body["quantity"]])).toEqual([[122, 75]]);
  });

  test("an order that was not let grow stays at its size, over a crash too, until the leader changes his again", async () => {
    const w = await world();
    const order = w.leader({});
    await w.time.pass(2_000);
    w.command("halt");
    w.admin("modify", { clientId: LEADER, orderId: order, quantity: 300 });
    await w.time.pass(2_000);
    w.command("resume");
    await w.time.pass(2_000);
    await w.crash();
    await w.startEngine();
    await w.time.pass(20_000);
    expect(w.methods()).toBe("POST");
    w.admin("modify", { clientId: LEADER, orderId: order, price: 121 });
    await w.time.pass(2_000);
    expect(w.calls().at(-1)?.body).toMatchObject({ quantity: 150, price: 121 });
  });

  test("what a stranger's order halted is lifted, and the next stranger halts anew (R12)", async () => {
    const w = await world();
    await w.time.pass(20_000);
    const stranger = (index: number) =>
      w.admin("place", { clientId: FOLLOWER, correlationId: `lks0123456789abcdef00000${index}`, transactionType: "BUY", ...CALL, quantity: 75, price: 100 });
    stranger(0);
    stranger(1);
    await w.time.pass(1_000);
    expect(w.noted(FOLLOWER, "STRANGER_WITH_OUR_MARK")).toHaveLength(1);
    expect(w.command("resume")).toMatchObject({ before: [{ halt: { by: "stranger" } }], after: [{ halt: undefined }] });
    w.leader({});
    await w.time.pass(1_000);
    expect(w.calls().filter(({ body }) => body["price"] === 120.5)).toHaveLength(1);
    stranger(2);
    await w.time.pass(1_000);
    expect(w.noted(FOLLOWER, "STRANGER_WITH_OUR_MARK")).toHaveLength(2);
  });
});
