/** Streams that are cut, go deaf or lose their token, and books that can't be read: what is known afterwards, and what is sent (S24, R6, R14, R20). */
import { describe, expect, test } from "vitest";
import { POLL_MS } from "../../src/engine/account-watch.ts";
import { bothHold } from "./both-hold.ts";
import { FOLLOWER, LEADER, policyOf, type World, world } from "./world.ts";

const OTHER = "1000000003";

const isOpen = ({ orderStatus }: { readonly orderStatus: string }): boolean => ["TRANSIT", "PENDING", "PART_TRADED"].includes(orderStatus);

/** The account's stream ends and can't be opened again before `lineIsBack`; with `reads`, its books can't be read either. */
function cutLine(w: World, id: string, { reads = true } = {}): void {
  w.admin("upgrades", { status: 503 });
  if (reads) w.admin("fault", { on: "request", call: "read", clientId: id, effect: { kind: "reset" } });
  w.admin("cut", { clientId: id });
}

function lineIsBack(w: World): void {
  w.admin("repair", {});
  w.admin("upgrades", {});
}

/** The leader has bought 150 units, and the copy 75. */
function account(w: World, id: string) {
  const found = w.watch.accounts().find(({ name }) => name === id);
  if (found === undefined) throw new Error(`nobody watches ${id}`);
  return found;
}

/** When the reads of the order book reached the broker from an account. */
function bookReads(w: World, id: string): readonly number[] {
  return w.reads(id).flatMap(({ path, at }) => (path === "/v2/orders" ? [at] : []));
}

describe("a gap (S24)", () => {
  test("is over when the books are read after the next opening, and not before: the copier says that it is behind until then", async () => {
    const w = await world();
    await w.time.pass(5_000);
    expect(w.watch.notReady()).toEqual([]);
    expect(account(w, LEADER)).toMatchObject({ role: "leader", stream: { state: "open" }, isBehind: false, token: "alive" });
    w.admin("fault", { on: "request", call: "orders", clientId: LEADER, effect: { kind: "answer", status: 503 } });
    w.admin("cut", { clientId: LEADER });
    await w.time.pass(10);
    expect(w.watch.notReady()).toContain(`${LEADER}: the order stream is not open`);
    w.leader({});
    await w.time.pass(5_000);
    expect(account(w, LEADER)).toMatchObject({ stream: { state: "open" }, isBehind: true });
    expect(w.watch.notReady()).toEqual([`${LEADER}: the books are not read since the order stream opened`]);
    await w.time.pass(60_000);
    expect(w.noted(LEADER, "BOOKS_UNREADABLE", "BOOKS_READ")).toEqual(["BOOKS_UNREADABLE"]);
    w.admin("repair", {});
    await w.time.pass(15_000);
    expect(w.noted(LEADER, "BOOKS_UNREADABLE", "BOOKS_READ")).toEqual(["BOOKS_UNREADABLE", "BOOKS_READ"]);
    expect(account(w, LEADER)).toMatchObject({ isBehind: false });
    expect(w.watch.notReady()).toEqual([]);
    expect(w.methods()).toBe("POST");
  });

  test("begins in the middle of a placement, and the leader cancels in it: one POST, and one DELETE after it", async () => {
    for (const at of [20, 21, 22, 23, 25, 60]) {
      const w = await world();
      await w.time.pass(5_000);
      w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "delay", ms: 1_500 } });
      const order = w.leader({});
      await w.time.pass(at);
      cutLine(w, LEADER);
      await w.time.pass(500);
      w.admin("cancel", { clientId: LEADER, orderId: order });
      await w.time.pass(20_000);
      lineIsBack(w);
      await w.time.pass(60_000);
      expect(w.methods(), `cut after ${at} ms`).toBe(w.orders(FOLLOWER).length === 0 ? "" : "POST DELETE");
      expect(w.orders(FOLLOWER).filter(isOpen)).toEqual([]);
    }
  });

  test("of leader and follower at once: fills, an end and a placement on both sides are all found, and nothing is placed twice", async () => {
    const w = await world();
    const filled = w.leader({ price: 121 });
    const withdrawn = w.leader({ price: 120 });
    await w.time.pass(2_000);
    const [first, second] = w.orders(FOLLOWER);
    cutLine(w, LEADER);
    cutLine(w, FOLLOWER);
    await w.time.pass(1_000);
    w.admin("fill", { clientId: LEADER, orderId: filled });
    w.admin("fill", { clientId: FOLLOWER, orderId: first?.orderId });
    w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
    w.leader({ price: 119 });
    await w.time.pass(29_000);
    expect(w.methods()).toBe("POST POST");
    lineIsBack(w);
    await w.time.pass(60_000);
    expect(w.orders(FOLLOWER).map(({ price, orderStatus }) => [price, orderStatus])).toEqual([
      [121, "TRADED"],
      [120, "CANCELLED"],
      [119, "PENDING"],
    ]);
    // A cancel may be repeated until the stream or a look has shown the end (R3).
    expect(w.calls().filter(({ method }) => method === "POST")).toHaveLength(3);
    expect(w.calls().filter(({ method }) => method === "PUT")).toEqual([]);
    for (const { method, path } of w.calls()) if (method === "DELETE") expect(path).toBe(`/v2/orders/${second?.orderId}`);
    expect(w.verdicts()).toContain("FILLED");
  });

  test("in which the leader sold what he held: the exit is sent whatever its age (R14)", async () => {
    for (const order of [{ orderType: "MARKET", price: 0 }, { price: 118 }]) {
      const w = await world();
      await bothHold(w);
      cutLine(w, LEADER);
      await w.time.pass(1_000);
      const exit = w.leader({ transactionType: "SELL", ...order });
      await w.time.pass(100);
      w.admin("fill", { clientId: LEADER, orderId: exit, price: 118 });
      await w.time.pass(29_000);
      lineIsBack(w);
      await w.time.pass(20_000);
      const exits = w.orders(FOLLOWER).filter(({ transactionType }) => transactionType === "SELL");
      expect(exits, JSON.stringify(order)).toMatchObject([{ quantity: 75 }]);
    }
  });

  test("in which he bought more and sold a part: his position afterwards is the true one, and the next exit takes its fraction of it (R14)", async () => {
    const w = await world();
    await bothHold(w);
    cutLine(w, LEADER);
    await w.time.pass(1_000);
    const more = w.leader({ quantity: 450, price: 122 });
    const part = w.leader({ transactionType: "SELL", quantity: 300, price: 118 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: more });
    w.admin("fill", { clientId: LEADER, orderId: part });
    await w.time.pass(29_000);
    lineIsBack(w);
    await w.time.pass(30_000);
    // 150, then 600 of which the copy has what it had of 150; half of the 600 is sold, and half of 75 is less than a lot.
    expect(w.net(LEADER)).toBe(300);
    expect(w.orders(FOLLOWER).filter(({ transactionType }) => transactionType === "SELL")).toEqual([]);
    w.leader({ transactionType: "SELL", quantity: 300, price: 117 });
    await w.time.pass(2_000);
    expect(w.orders(FOLLOWER).filter(({ transactionType }) => transactionType === "SELL")).toMatchObject([{ quantity: 75, price: 117 }]);
  });

  test("after gap after gap: each change is copied once, each order once", async () => {
    const w = await world();
    const order = w.leader({ price: 100 });
    await w.time.pass(2_000);
    for (let gap = 1; gap <= 5; gap += 1) {
      w.admin("cut", { clientId: gap % 2 === 0 ? LEADER : FOLLOWER });
      w.admin("cut", { clientId: LEADER });
      w.admin("modify", { clientId: LEADER, orderId: order, price: 100 + gap });
      w.leader({ price: 110 + gap });
      await w.time.pass(5_000);
    }
    expect(
      w
        .calls()
        .map(({ method, body }) => `${method} ${body["price"]}`)
        .sort(),
    ).toEqual(["POST 100", ...[1, 2, 3, 4, 5].map((gap) => `POST ${110 + gap}`), ...[1, 2, 3, 4, 5].map((gap) => `PUT ${100 + gap}`)]);
  });

  test("a stream that can't be opened is said once, however often it is dialled", async () => {
    const w = await world();
    await w.time.pass(5_000);
    cutLine(w, LEADER);
    await w.time.pass(10 * 60_000);
    // The close, and then why it can't be opened.
    expect(w.noted(LEADER, "STREAM_CLOSED")).toHaveLength(2);
    lineIsBack(w);
    await w.time.pass(31_000);
    expect(w.noted(LEADER, "STREAM_OPEN", "STREAM_CLOSED")).toEqual(["STREAM_OPEN", "STREAM_CLOSED", "STREAM_CLOSED", "STREAM_OPEN"]);
  });
});

describe("a stream that says nothing", () => {
  test("half open: what the leader does is copied within a poll, and the stream is opened anew within half a minute", async () => {
    const w = await world();
    await w.time.pass(5_000);
    w.admin("fault", { on: "stream", clientId: LEADER, effect: { kind: "half-open" } });
    w.leader({});
    await w.time.pass(POLL_MS + 100);
    expect(w.methods()).toBe("POST");
    await w.time.pass(30_000 - POLL_MS);
    expect(w.noted(LEADER, "STREAM_CLOSED")).toEqual(["STREAM_CLOSED"]);
    w.admin("repair", {});
    await w.time.pass(35_000);
    expect(account(w, LEADER)).toMatchObject({ stream: { state: "open" }, isBehind: false });
    w.leader({ price: 119 });
    await w.time.pass(100);
    expect(w.methods()).toBe("POST POST");
  });

  test("idle and alive, for two hours: it is left alone", async () => {
    const w = await world();
    await w.time.pass(2 * 3_600_000);
    expect(w.noted(LEADER, "STREAM_OPEN", "STREAM_CLOSED")).toEqual(["STREAM_OPEN"]);
    expect(w.noted(FOLLOWER, "STREAM_OPEN", "STREAM_CLOSED")).toEqual(["STREAM_OPEN"]);
    expect(account(w, LEADER)).toMatchObject({ lastFrameAt: undefined, unreadable: 0 });
  });
});

describe("the audits behind the streams (R6)", () => {
  test("a lost frame heals within the bound, and the audits of several accounts do not come together", async () => {
    const others = Array.from({ length: 4 }, (_, index) => String(1_000_000_003 + index));
    const w = await world({ copies: [FOLLOWER, ...others].map((follower) => policyOf(`to-${follower}`, { follower })) });
    const order = w.leader({});
    await w.time.pass(20_000);
    w.admin("fault", { on: "stream", clientId: LEADER, times: 1, effect: { kind: "drop" } });
    w.admin("cancel", { clientId: LEADER, orderId: order });
    const from = w.simulator.stamp();
    await w.time.pass(POLL_MS + 100);
    for (const follower of [FOLLOWER, ...others]) expect(w.orders(follower).filter(isOpen)).toEqual([]);
    await w.time.pass(10 * POLL_MS);
    const audits = [LEADER, FOLLOWER, ...others].flatMap((id) => bookReads(w, id).filter((at) => at > from + POLL_MS));
    const sorted = audits.toSorted((a, b) => a - b);
    const apart = sorted.slice(1).map((at, index) => at - (sorted[index] ?? 0));
    expect(Math.min(...apart)).toBeGreaterThan(POLL_MS / 6 - 100);
    expect(sorted.length).toBeGreaterThanOrEqual(6 * 9);
  });

  test("many outcomes in doubt at once ask no more than the broker lets: no read is refused for its rate, and each order lives once", async () => {
    const w = await world();
    w.admin("lag", { clientId: FOLLOWER, booksMs: 4_000, correlationMs: 4_000 });
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, effect: { kind: "drop" } });
    for (let index = 0; index < 10; index += 1) w.leader({ price: 100 + index });
    // None has timed out yet: the breaker is closed, and lets all of them go.
    await w.time.pass(2_900);
    await w.crash();
    await w.time.pass(100);
    expect(w.calls()).toHaveLength(10);
    await w.startEngine();
    w.admin("repair", {});
    await w.time.pass(60_000);
    const inDoubt = new Set(w.records().flatMap((record) => (record.type === "look-answered" ? [record.mirror] : [])));
    expect(inDoubt.size).toBe(10);
    expect(w.reads(FOLLOWER).filter(({ status }) => status === 429)).toEqual([]);
    expect(w.orders(FOLLOWER).map(({ price }) => price)).toEqual(Array.from({ length: 10 }, (_, index) => 100 + index));
  });
});

describe("a follower's token dies in mid-session", () => {
  async function killedWhile(act: (w: World) => void): Promise<World> {
    const w = await world();
    await bothHold(w);
    w.admin("token", { clientId: FOLLOWER });
    await w.time.pass(100);
    act(w);
    await w.time.pass(100);
    return w;
  }

  test("one alert, no login and no order call while it is dead; its exit goes within a second of the new one, and that is told once (R14)", async () => {
    const w = await killedWhile((world) => void world.leader({ transactionType: "SELL", price: 110 }));
    const sent = w.calls().length;
    const asked = w.reads(FOLLOWER).length;
    await w.time.pass(10 * 60_000);
    expect(w.noted(FOLLOWER, "TOKEN_DEAD", "TOKEN_ALIVE")).toEqual(["TOKEN_DEAD"]);
    expect(w.noted(FOLLOWER, "STREAM_OPEN", "STREAM_CLOSED")).toEqual(["STREAM_OPEN", "STREAM_CLOSED"]);
    expect(w.calls()).toHaveLength(sent);
    expect(w.reads(FOLLOWER).length - asked).toBeLessThan(10 * 4 + 5); // the question whether it lives, and nothing else
    expect(w.watch.dead()).toEqual([FOLLOWER]);
    expect(w.watch.notReady()).toEqual([]);
    w.renewToken(FOLLOWER);
    await w.time.pass(1_100);
    expect(w.orders(FOLLOWER).filter(({ transactionType }) => transactionType === "SELL")).toMatchObject([{ quantity: 75, orderStatus: "PENDING" }]);
    expect(w.noted(FOLLOWER, "TOKEN_DEAD", "TOKEN_ALIVE")).toEqual(["TOKEN_DEAD", "TOKEN_ALIVE"]);
    expect(account(w, FOLLOWER)).toMatchObject({ token: "alive", stream: { state: "open" } });
    expect(w.verdicts().filter((code) => code === "ACCOUNT_UNABLE")).toHaveLength(1);
  });

  test("a wrong token in the place of the dead one is the same trouble still: no second alert, and nothing is sent", async () => {
    const w = await killedWhile((world) => void world.leader({ transactionType: "SELL", price: 110 }));
    await w.time.pass(10_000);
    const sent = w.calls().length;
    w.writeToken(FOLLOWER, "mistyped");
    await w.time.pass(60_000);
    expect(w.noted(FOLLOWER, "TOKEN_DEAD", "TOKEN_ALIVE")).toEqual(["TOKEN_DEAD"]);
    expect(w.calls()).toHaveLength(sent);
    w.renewToken(FOLLOWER);
    await w.time.pass(1_100);
    expect(w.orders(FOLLOWER).filter(({ transactionType }) => transactionType === "SELL")).toHaveLength(1);
  });

  test("R20 an entry that is no longer fresh is refused when the new one comes, and one that rests at the leader is sent", async () => {
    let executed = "";
    const w = await killedWhile((world) => {
      world.leader({ price: 100 });
      executed = world.leader({ price: 101 });
    });
    w.admin("fill", { clientId: LEADER, orderId: executed });
    await w.time.pass(60_000);
    const before = w.orders(FOLLOWER).length;
    w.renewToken(FOLLOWER);
    await w.time.pass(1_100);
    expect(
      w
        .orders(FOLLOWER)
        .slice(before)
        .map(({ price }) => price),
    ).toEqual([100]);
    expect(w.verdicts()).toContain("STALE");
  });

  test("R20 within maxAge the executed one is sent as well", async () => {
    const w = await killedWhile((world) => void world.leader({ orderType: "MARKET", price: 0 }));
    const before = w.orders(FOLLOWER).length;
    w.renewToken(FOLLOWER);
    await w.time.pass(1_500);
    expect(w.orders(FOLLOWER)).toHaveLength(before + 1);
  });

  test("R14 what the leader bought and sold again while it was dead is not bought when there is a new one", async () => {
    let bought = "";
    const w = await killedWhile((world) => {
      bought = world.leader({ quantity: 150, price: 120 });
    });
    w.admin("fill", { clientId: LEADER, orderId: bought });
    await w.time.pass(300);
    const sold = w.leader({ transactionType: "SELL", orderType: "MARKET", quantity: 300, price: 0 });
    await w.time.pass(100);
    w.admin("fill", { clientId: LEADER, orderId: sold, price: 121 });
    await w.time.pass(500);
    w.renewToken(FOLLOWER);
    await w.time.pass(10_000);
    expect(
      w
        .orders(FOLLOWER)
        .slice(1)
        .map(({ transactionType, quantity }) => [transactionType, quantity]),
    ).toEqual([["SELL", 75]]);
  });

  test("a cancel and a change that could not be sent go as soon as there is a new one, with nothing counted against them", async () => {
    const w = await world();
    const [withdrawn, changed] = [w.leader({ price: 100 }), w.leader({ price: 101 })];
    await w.time.pass(3_000);
    w.admin("token", { clientId: FOLLOWER });
    w.admin("cancel", { clientId: LEADER, orderId: withdrawn });
    w.admin("modify", { clientId: LEADER, orderId: changed, price: 102 });
    await w.time.pass(30 * 60_000);
    expect(w.verdicts()).not.toContain("CANCEL_FAILED");
    expect(w.verdicts()).not.toContain("CHANGE_REFUSED");
    w.renewToken(FOLLOWER);
    await w.time.pass(1_500);
    expect(w.orders(FOLLOWER).map(({ price, orderStatus }) => [price, orderStatus])).toEqual([
      [100, "CANCELLED"],
      [102, "PENDING"],
    ]);
  });

  test("a placement in doubt is not counted as absent by looks that could not be answered", async () => {
    const w = await world();
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, effect: { kind: "drop" } });
    w.leader({});
    await w.time.pass(1_000);
    w.admin("token", { clientId: FOLLOWER });
    await w.time.pass(10 * 60_000);
    const looks = w.records().filter(({ type }) => type === "look-answered").length;
    expect(looks).toBeLessThan(5);
    w.admin("repair", {});
    w.renewToken(FOLLOWER);
    await w.time.pass(10_000);
    expect(w.orders(FOLLOWER)).toHaveLength(1);
    expect(w.methods()).toBe("POST");
  });

  test("that three of five are dead delays neither of the others (R21)", async () => {
    const others = Array.from({ length: 4 }, (_, index) => String(1_000_000_003 + index));
    const w = await world({ copies: [FOLLOWER, ...others].map((follower) => policyOf(`to-${follower}`, { follower })) });
    await w.time.pass(5_000);
    for (const id of others.slice(0, 3)) w.admin("token", { clientId: id });
    await w.time.pass(100);
    w.leader({});
    await w.time.pass(30);
    for (const id of [FOLLOWER, ...others.slice(3)]) expect(w.orders(id)).toHaveLength(1);
    for (const id of others.slice(0, 3)) expect(w.orders(id)).toEqual([]);
    for (const id of others.slice(0, 3)) w.renewToken(id);
    await w.time.pass(1_100);
    for (const id of others.slice(0, 3)) expect(w.orders(id)).toHaveLength(1);
  });

  test("it is dead at the start, and a new one comes: the account is taken up within a second", async () => {
    const w = await world({ copies: [policyOf("copy"), policyOf("dead", { follower: OTHER })] });
    await w.crash();
    w.admin("token", { clientId: OTHER });
    await w.startEngine();
    await w.time.pass(10 * 60_000);
    expect(w.noted(OTHER, "TOKEN_DEAD", "BOOKS_UNREADABLE")).toHaveLength(2);
    w.renewToken(OTHER);
    await w.time.pass(1_100);
    expect(w.noted(OTHER, "TOKEN_ALIVE", "BOOKS_READ", "FOLLOWER_READ").slice(-3)).toEqual(["TOKEN_ALIVE", "BOOKS_READ", "FOLLOWER_READ"]);
    w.leader({});
    await w.time.pass(100);
    expect(w.orders(OTHER)).toHaveLength(1);
  });
});

describe("the leader's token", () => {
  test("dies in mid-session: a state, one alert and not ready; with the new one all that he did meanwhile is found", async () => {
    const w = await world();
    const before = w.leader({ price: 119 });
    await w.time.pass(5_000);
    w.admin("token", { clientId: LEADER });
    await w.time.pass(1_000);
    expect(account(w, LEADER)).toMatchObject({ token: "dead", stream: { state: "closed" }, isBehind: true });
    expect(w.watch.notReady()).toEqual([`${LEADER}: the order stream is not open`, `${LEADER}: the access token is dead`]);
    w.leader({ price: 118 });
    w.admin("modify", { clientId: LEADER, orderId: before, price: 119.5 });
    await w.time.pass(5 * 60_000);
    expect(w.methods()).toBe("POST");
    expect(w.noted(LEADER, "TOKEN_DEAD")).toHaveLength(1);
    w.renewToken(LEADER);
    await w.time.pass(4_000);
    expect(w.watch.notReady()).toEqual([]);
    expect(w.noted(LEADER, "TOKEN_ALIVE")).toHaveLength(1);
    expect(w.calls().map(({ method, body }) => `${method} ${body["price"]}`)).toEqual(["POST 119", "PUT 119.5", "POST 118"]);
  });

  test("is renewed while it lives: the stream logs in with the new one, nothing is alerted and nothing is missed", async () => {
    const w = await world();
    await w.time.pass(5_000);
    // The broker lets the stream of the old one be.
    w.renewToken(LEADER, { streams: "keep" });
    w.leader({ price: 119 });
    await w.time.pass(POLL_MS + 1_000);
    expect(w.noted(LEADER, "STREAM_OPEN", "STREAM_CLOSED", "TOKEN_DEAD")).toEqual(["STREAM_OPEN", "STREAM_CLOSED", "STREAM_OPEN"]);
    expect(w.notes.filter(({ code, level }) => code === "STREAM_CLOSED" && level !== "info")).toEqual([]);
    w.leader({ price: 118 });
    await w.time.pass(100);
    expect(w.calls().map(({ body }) => body["price"])).toEqual([119, 118]);
  });
});

describe("the first start (S26)", () => {
  test("takes nothing of an earlier day from books that still show it, but the after-market orders that are for today", async () => {
    const w = await world({ start: "2026-11-19 15:00:00" });
    await w.crash();
    w.leader({ price: 119 });
    await w.time.pass(3 * 3_600_000);
    w.leader({ price: 118, afterMarketOrder: true });
    await w.time.pass(6 * 3_600_000 + 10 * 60_000);
    expect(w.orders(LEADER).filter(isOpen)).toHaveLength(2);
    await w.startEngine();
    await w.time.pass(60_000);
    expect(w.calls().map(({ body }) => body["price"])).toEqual([118]);
  });
});
