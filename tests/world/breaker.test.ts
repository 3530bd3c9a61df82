/** The breaker around an account's entries (R21, R22) with the whole engine, judged from the requests that reached the broker. */
import { describe, expect, test } from "vitest";
import { emptyBook } from "../../src/domain/book/book.ts";
import type { Breaker } from "../../src/domain/guards/breaker.ts";
import { clientId } from "../../src/domain/identity.ts";
import { fold } from "../../src/engine/recorder.ts";
import { bothHold } from "./both-hold.ts";
import { FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

const OTHER = "1000000003";

/** Both hold the contract: the leader 150 units, the follower 75. */
function breakerNotes(w: World): readonly string[] {
  return w.noted(FOLLOWER, "BREAKER_OPEN", "BREAKER_CLOSED");
}

/** The registered address is another, or this one again. */
function moveAddress(w: World, to: "elsewhere" | "here"): void {
  w.admin("address", { clientId: FOLLOWER, address: to === "here" ? "127.0.0.1" : "127.0.0.9" });
}

/** Placements are received and never answered, nor executed. */
function losePlacements(w: World): void {
  w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, effect: { kind: "silence" } });
}

const named = ({ method, body }: { readonly method: string; readonly body: Record<string, unknown> }): string =>
  method === "POST" ? `POST ${String(body["transactionType"])} ${String(body["price"])}` : method;

describe("an address that is not registered", () => {
  test("opens it with the first refusal; one try at a time serves all entries that wait, with growing pauses; then all go, in the leader's order", async () => {
    const w = await world();
    moveAddress(w, "elsewhere");
    for (let index = 0; index < 10; index += 1) {
      w.leader({ price: 100 + index });
      await w.time.pass(20);
    }
    await w.time.pass(60_000);
    const refused = w.calls();
    // After 1, 2, 4, 8 and then every 15 s, whatever waits: 240 an hour at most.
    expect(refused.length).toBeLessThanOrEqual(9);
    expect(new Set(refused.slice(-3).map(({ at }, index, all) => Math.round((at - (all[index - 1]?.at ?? at)) / 1_000)))).toEqual(new Set([0, 15]));
    expect(w.budget()).toMatchObject({ breaker: "open", waiting: 0 });
    expect(breakerNotes(w)).toEqual(["BREAKER_OPEN"]);
    expect(w.verdicts().filter((code) => code === "ENTRY_WAITS" || code === "ACCOUNT_UNABLE").length).toBeGreaterThanOrEqual(10);
    moveAddress(w, "here");
    await w.time.pass(17_000);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual(Array.from({ length: 10 }, (_, index) => 100 + index));
    expect(breakerNotes(w)).toEqual(["BREAKER_OPEN", "BREAKER_CLOSED"]);
    expect(w.budget().breaker).toBe("closed");
  });

  test("R14 an entry that waits, and of which the leader is out again by then, is not sent when the breaker closes (seed 12488)", async () => {
    const w = await world();
    moveAddress(w, "elsewhere");
    w.leader({ price: 90 });
    await w.time.pass(100);
    const waits = w.leader({ quantity: 150, price: 100 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: waits });
    await w.time.pass(50);
    expect(w.verdicts()).toContain("ENTRY_WAITS");
    const exit = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 150, price: 0 });
    await w.time.pass(50);
    w.admin("fill", { clientId: LEADER, orderId: exit });
    moveAddress(w, "here");
    await w.time.pass(30_000);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual([90]);
  });

  test("R14 an exit and a cancel are tried at once all the same, share the tries from then on, and go first", async () => {
    const w = await world();
    await bothHold(w, { filledAfterMs: 100 });
    const resting = w.leader({ price: 90 });
    await w.time.pass(1_000);
    moveAddress(w, "elsewhere");
    w.leader({ price: 100 });
    await w.time.pass(500);
    const sent = w.calls().length;
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
    w.admin("cancel", { clientId: LEADER, orderId: resting });
    await w.time.pass(300);
    expect(w.calls().slice(sent).map(named).sort()).toEqual(["DELETE", "POST SELL 0"]);
    await w.time.pass(3_600_000 - 300);
    expect(w.calls().slice(sent).length).toBeLessThanOrEqual(250);
    const waited = w.calls().length;
    moveAddress(w, "here");
    await w.time.pass(17_000);
    expect(w.calls().slice(waited).map(named)).toEqual(["DELETE", "POST SELL 0", "POST BUY 100"]);
    expect(w.verdicts()).toContain("ACCOUNT_UNABLE");
    expect(w.verdicts()).not.toContain("CANCEL_FAILED");
    expect(w.orders(FOLLOWER).map(({ orderStatus }) => orderStatus)).toEqual(["TRADED", "CANCELLED", "PENDING", "PENDING"]);
  });

  test("changes of what rests wait for the same try, and merge", async () => {
    const w = await world();
    const orders = Array.from({ length: 5 }, (_, index) => w.leader({ price: 100 + index }));
    await w.time.pass(2_000);
    moveAddress(w, "elsewhere");
    for (const round of [110, 120]) {
      for (const [index, orderId] of orders.entries()) w.admin("modify", { clientId: LEADER, orderId, price: round + index });
      await w.time.pass(30_000);
    }
    expect(w.calls().length).toBeLessThanOrEqual(5 + 5 + 8);
    moveAddress(w, "here");
    await w.time.pass(17_000);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual([120, 121, 122, 123, 124]);
  });

  test("R20 an entry is judged anew when it is tried: what the leader executed meanwhile is too old, and gives way to the next", async () => {
    const w = await world();
    moveAddress(w, "elsewhere");
    w.leader({ orderType: "MARKET", price: 0 });
    w.leader({ price: 101 });
    await w.time.pass(10_000);
    moveAddress(w, "here");
    await w.time.pass(17_000);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual([101]);
    expect(w.verdicts()).toContain("STALE");
  });

  test("R14 what the leader bought and sold again while it waited is never sent", async () => {
    const w = await world();
    moveAddress(w, "elsewhere");
    w.leader({ price: 100 });
    await w.time.pass(100);
    const bought = w.leader({ price: 120 });
    await w.time.pass(1_500);
    expect(w.verdicts()).toContain("ENTRY_WAITS");
    w.admin("fill", { clientId: LEADER, orderId: bought });
    await w.time.pass(100);
    const sold = w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: sold, price: 121 });
    moveAddress(w, "here");
    await w.time.pass(17_000);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual([100]);
  });

  test("what the leader withdraws while it waits is never sent", async () => {
    const w = await world();
    moveAddress(w, "elsewhere");
    w.leader({ price: 100 });
    await w.time.pass(100);
    const withdrawn = w.leader({ price: 101 });
    await w.time.pass(3_000);
    w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
    moveAddress(w, "here");
    await w.time.pass(17_000);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual([100]);
  });
});

describe("requests that have no answer", () => {
  test("three in a row open it, one entry is tried after the pause, and its success closes it", async () => {
    const w = await world();
    losePlacements(w);
    for (let index = 0; index < 3; index += 1) w.leader({ price: 100 + index });
    await w.time.pass(5_000);
    expect(breakerNotes(w)).toEqual(["BREAKER_OPEN"]);
    for (let index = 3; index < 8; index += 1) w.leader({ price: 100 + index });
    const opened = w.calls().length;
    await w.time.pass(8_000);
    // The try has had no answer either: the pause is twice as long.
    expect(w.calls()).toHaveLength(opened + 1);
    expect(w.budget().breaker).toBe("open");
    w.admin("repair", {});
    await w.time.pass(60_000);
    expect(
      w
        .orders(FOLLOWER)
        .map(({ price }) => price)
        .sort(),
    ).toEqual([100, 101, 102, 103, 104, 105, 106, 107]);
    expect(breakerNotes(w)).toEqual(["BREAKER_OPEN", "BREAKER_CLOSED"]);
  });

  test("R14 exits, cancels and changes go on as if it were closed; a resting entry is made smaller and not larger", async () => {
    const w = await world();
    await bothHold(w, { filledAfterMs: 100 });
    const [large, small] = [450, 150].map((quantity, index) => w.leader({ price: 90 + index, quantity }));
    await w.time.pass(1_000);
    losePlacements(w);
    for (let index = 0; index < 3; index += 1) w.leader({ price: 100 + index });
    await w.time.pass(4_500);
    expect(w.budget().breaker).toBe("open");
    const sent = w.calls().length;
    w.admin("modify", { clientId: LEADER, orderId: large, quantity: 150 });
    w.admin("modify", { clientId: LEADER, orderId: small, quantity: 450, price: 91.5 });
    w.leader({ transactionType: "SELL", orderType: "MARKET", price: 0 });
    await w.time.pass(1_000);
    const calls = w.calls().slice(sent);
    expect(calls.map(({ method, body }) => `${method} ${String(body["quantity"])}`).sort()).toEqual(["POST 75", "PUT 75", "PUT 75"]);
    w.admin("repair", {});
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER).find(({ price }) => price === 91.5)).toMatchObject({ quantity: 225 });
  });

  test("a refusal for the order's own sake is an answer, and opens nothing", async () => {
    const w = await world();
    const reply = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-906", errorMessage: "Insufficient funds" });
    w.admin("fault", { on: "request", call: "place", clientId: FOLLOWER, effect: { kind: "answer", status: 400, body: reply } });
    for (let index = 0; index < 12; index += 1) {
      w.leader({ price: 100 + index });
      await w.time.pass(500);
    }
    expect(w.calls()).toHaveLength(12);
    expect(breakerNotes(w)).toEqual([]);
  });

  test("one segment without access does not open it for the others, and three such orders in a row do not keep the others for long", async () => {
    const w = await world();
    const reply = JSON.stringify({ errorType: "Order_Error", errorCode: "DH-903", errorMessage: "Segment not active" });
    w.admin("fault", { on: "request", call: "place", clientId: FOLLOWER, times: 6, effect: { kind: "answer", status: 400, body: reply } });
    w.leader({ price: 100 });
    await w.time.pass(20_000);
    expect(breakerNotes(w)).toEqual([]);
    expect(w.calls()).toHaveLength(6);
    w.admin("fault", { on: "request", call: "place", clientId: FOLLOWER, times: 2, effect: { kind: "answer", status: 400, body: reply } });
    for (const price of [101, 102]) {
      w.leader({ price });
      await w.time.pass(50);
    }
    await w.time.pass(1_000);
    expect(w.budget().breaker).toBe("open");
    w.leader({ price: 110 });
    await w.time.pass(4_500);
    expect(w.orders(FOLLOWER)[0]).toMatchObject({ price: 110 });
    expect(breakerNotes(w)).toEqual(["BREAKER_OPEN", "BREAKER_CLOSED"]);
  });

  test("server errors open it as well", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", clientId: FOLLOWER, effect: { kind: "answer", status: 502 } });
    for (let index = 0; index < 6; index += 1) {
      w.leader({ price: 100 + index });
      await w.time.pass(300);
    }
    expect(w.calls()).toHaveLength(3);
    expect(breakerNotes(w)).toEqual(["BREAKER_OPEN"]);
  });

  test("R8 a restart remembers that it is open, says it no second time, and sends no entry before the pause is over", async () => {
    const w = await world();
    losePlacements(w);
    for (let index = 0; index < 3; index += 1) w.leader({ price: 100 + index });
    await w.time.pass(4_000);
    expect(w.budget().breaker).toBe("open");
    await w.crash();
    w.leader({ price: 110 });
    await w.startEngine();
    expect(w.budget().breaker).toBe("open");
    const sent = w.calls().length;
    await w.time.pass(2_000);
    expect(w.calls()).toHaveLength(sent);
    w.admin("repair", {});
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER)).toHaveLength(4);
    expect(breakerNotes(w)).toEqual(["BREAKER_OPEN", "BREAKER_CLOSED"]);
  });

  test("one account's breaker is nothing to another", async () => {
    const w = await world({ copies: [policyOf("copy"), policyOf("second", { follower: OTHER })] });
    losePlacements(w);
    for (let index = 0; index < 3; index += 1) w.leader({ price: 100 + index });
    await w.time.pass(4_000);
    w.leader({ price: 110 });
    await w.time.pass(500);
    expect([w.budget().breaker, w.budget(OTHER).breaker]).toEqual(["open", "closed"]);
    expect(w.orders(OTHER).map(({ price }) => price)).toEqual([100, 101, 102, 110]);
  });

  test("R8 the journal replayed gives the breaker that was in memory, open and closed again", async () => {
    const w = await world();
    const replayed = (): Breaker | undefined => {
      const book = emptyBook();
      fold(book, w.disk.reader());
      return book.followers.get(clientId(FOLLOWER))?.breaker;
    };
    losePlacements(w);
    for (let index = 0; index < 4; index += 1) w.leader({ price: 100 + index });
    await w.time.pass(12_000);
    expect(replayed()).toEqual(w.book.followers.get(clientId(FOLLOWER))?.breaker);
    expect(replayed()).toMatchObject({ state: "open", failedTries: 1 });
    w.admin("repair", {});
    await w.time.pass(60_000);
    expect(replayed()).toEqual({ state: "closed", failed: new Set() });
  });
});

test("a leader's account sends nothing, and has an empty budget to show", async () => {
  const w = await world();
  expect(w.budget(LEADER)).toEqual({
    windows: [
      { window: "second", limit: 10, used: 0, kept: 0 },
      { window: "minute", limit: 250, used: 0, kept: 50 },
      { window: "hour", limit: 1_000, used: 0, kept: 200 },
      { window: "day", limit: 7_000, used: 0, kept: 1_400 },
    ],
    waiting: 0,
    lastLeavesInMs: undefined,
    pausedForMs: 0,
    rateLimited: 0,
    breaker: "closed",
  });
});
