/** What a person is told of the whole engine's day: one alert for each cause, and one when it is over (design 6). */
import { describe, expect, test } from "vitest";
import type { Book } from "../../src/domain/book/book.ts";
import { accountId, clientId } from "../../src/domain/identity.ts";
import { TOKEN_WARNING_MS } from "../../src/engine/account-watch.ts";
import { afterSending } from "../../src/faces/after-sending.ts";
import { Alerts } from "../../src/faces/alerts/alerts.ts";
import { alertWatcher } from "../../src/faces/alerts/watcher.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { FOLLOWER, LEADER, policyOf, type World, type WorldOptions, world } from "./world.ts";

interface Watched {
  readonly w: World;
  /** `raised TOKEN_DEAD 1000000002`, in order. */
  readonly told: string[];
  /** The sentences of what was raised. */
  readonly said: string[];
  readonly open: () => readonly string[];
}

async function watched(options: WorldOptions = {}): Promise<Watched> {
  const told: string[] = [];
  const said: string[] = [];
  let alerts: Alerts | undefined;
  const observer = (book: Book, time: VirtualTime) => {
    // What a dead process would still have said is said by nobody.
    const own = new Alerts({
      clock: time,
      timers: time,
      told: ({ state, alert }) => {
        if (own !== alerts) return;
        if (state === "raised") said.push(alert.message);
        told.push([state, alert.code, alert.account ?? "", alert.count > 1 ? `x${alert.count}` : ""].join(" ").trim());
      },
    });
    alerts = own;
    const accounts = new Map([LEADER, FOLLOWER].map((id) => [clientId(id), accountId(id)]));
    const watcher = alertWatcher({ alerts: own, names: { accounts, book } });
    watcher.begin();
    return afterSending([watcher], time);
  };
  const w = await world({ ...options, observer });
  return { w, told, said, open: () => (alerts?.open() ?? []).map(({ code }) => code) };
}

/** The leader has placed 150 units, and the follower's 75 rest. */
async function bothRest(w: World, order: Record<string, unknown> = {}): Promise<{ readonly leaders: string; readonly followers: string }> {
  const leaders = w.leader(order);
  await w.time.pass(1_000);
  return { leaders, followers: String(w.orders(FOLLOWER).at(-1)?.orderId) };
}

test("a day on which everything goes well raises none", async () => {
  const { w, told } = await watched();
  const { leaders, followers } = await bothRest(w);
  w.admin("modify", { clientId: LEADER, orderId: leaders, price: 121 });
  await w.time.pass(1_000);
  w.admin("fill", { clientId: LEADER, orderId: leaders });
  w.admin("fill", { clientId: FOLLOWER, orderId: followers });
  await w.time.pass(1_000);
  w.admin("cut", { clientId: LEADER });
  await w.time.pass(3_600_000);
  expect(told).toEqual([]);
});

describe("orders", () => {
  test("a leg that is missing is told when it lasts, and is over when the other one is gone; what goes again at once is not told", async () => {
    const { w, told, open } = await watched();
    const legs = (): readonly string[] => told.filter((word) => word.includes("UNHEDGED"));
    const spread = async (reason: string): Promise<string> => {
      const bought = w.leader({ securityId: "37810", price: 20 });
      await w.time.pass(300);
      w.leader({ transactionType: "SELL" });
      await w.time.pass(300);
      w.admin("reject", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER).at(-1)?.orderId, reason });
      await w.time.pass(1_500);
      return bought;
    };
    await spread("You have insufficient funds");
    w.admin("fill", { clientId: FOLLOWER, orderId: w.orders(FOLLOWER)[0]?.orderId });
    await w.time.pass(10_000);
    expect(w.verdicts()).toContain("HEDGED");
    expect([legs(), open()]).toEqual([[], expect.not.arrayContaining(["UNHEDGED"])]);
    const bought = await spread("Price out of range");
    await w.time.pass(120_000);
    expect([legs(), open()]).toEqual([[`raised UNHEDGED ${FOLLOWER}`], expect.arrayContaining(["UNHEDGED"])]);
    w.admin("cancel", { clientId: LEADER, orderId: bought });
    await w.time.pass(5_000);
    expect(legs()).toEqual([`raised UNHEDGED ${FOLLOWER}`, `over UNHEDGED ${FOLLOWER}`]);
  });

  test("a refused copy is told, and is over when the leader changes his order and it stands", async () => {
    const { w, told } = await watched();
    w.admin("funds", { clientId: FOLLOWER, rupees: 0 });
    const order = w.leader({});
    await w.time.pass(10_000);
    expect(told).toEqual([`raised BROKER_REFUSED ${FOLLOWER}`]);
    w.admin("funds", { clientId: FOLLOWER, rupees: 10_000_000 });
    w.admin("modify", { clientId: LEADER, orderId: order, price: 119 });
    await w.time.pass(10_000);
    expect(told.slice(1)).toEqual([`over BROKER_REFUSED ${FOLLOWER}`]);
  });

  test("R5 a copy that is refused after it had rested is told, and is not over because it once stood", async () => {
    const { w, told } = await watched();
    const { leaders, followers } = await bothRest(w);
    w.admin("reject", { clientId: FOLLOWER, orderId: followers, reason: "RMS: not allowed" });
    await w.time.pass(30_000);
    w.admin("cancel", { clientId: LEADER, orderId: leaders });
    await w.time.pass(30_000);
    expect(told).toEqual([`raised BROKER_REFUSED ${FOLLOWER}`]);
  });

  test("an outcome in doubt is told after the grace, and is over when it is known", async () => {
    const { w, told, open } = await watched();
    w.admin("fault", { on: "request", call: "place", when: "after", clientId: FOLLOWER, times: 1, effect: { kind: "silence" } });
    w.admin("fault", { on: "stream", clientId: FOLLOWER, times: 9, effect: { kind: "drop" } });
    w.admin("fault", { on: "request", call: "read", clientId: FOLLOWER, effect: { kind: "reset" } });
    w.leader({});
    await w.time.pass(7_900); // the request's time-out of 3 s, and most of the grace of 5 s
    expect(told).toEqual([]);
    await w.time.pass(1_000);
    expect(told).toEqual([`raised IN_DOUBT ${FOLLOWER}`]);
    expect(open()).toEqual(["IN_DOUBT"]);
    w.admin("repair", {});
    await w.time.pass(30_000);
    expect(told.filter((said) => said.includes("IN_DOUBT")).slice(1)).toEqual([`over IN_DOUBT ${FOLLOWER}`]);
    expect(w.methods()).toBe("POST");
  });

  test("S23 a late follower is told, and is over when his order is", async () => {
    const { w, told } = await watched();
    const { leaders, followers } = await bothRest(w);
    w.admin("fill", { clientId: LEADER, orderId: leaders });
    await w.time.pass(10_000);
    expect(told).toEqual([`raised FOLLOWER_LATE ${FOLLOWER}`]);
    w.admin("fill", { clientId: FOLLOWER, orderId: followers });
    await w.time.pass(1_000);
    expect(told.slice(1)).toEqual([`over FOLLOWER_LATE ${FOLLOWER}`]);
  });

  test("an orphan, and an order that somebody else ended or changed, are told and have nothing to be over", async () => {
    const { w, told, open } = await watched();
    const orphan = await bothRest(w);
    w.admin("fill", { clientId: FOLLOWER, orderId: orphan.followers });
    await w.time.pass(500);
    w.admin("cancel", { clientId: LEADER, orderId: orphan.leaders });
    await w.time.pass(10_000);
    const ended = await bothRest(w, { price: 110 });
    w.admin("cancel", { clientId: FOLLOWER, orderId: ended.followers });
    const changed = await bothRest(w, { price: 111 });
    w.admin("modify", { clientId: FOLLOWER, orderId: changed.followers, price: 99 });
    await w.time.pass(10_000);
    expect(told).toEqual(expect.arrayContaining(["ORPHAN", "ENDED_BY_OTHERS", "CHANGED_BY_OTHERS"].map((code) => `raised ${code} ${FOLLOWER}`)));
    expect(open()).toEqual(expect.arrayContaining(["ORPHAN", "ENDED_BY_OTHERS", "CHANGED_BY_OTHERS"]));
    expect(told.filter((said) => said.startsWith("over"))).toEqual([]);
  });
});

describe("accounts", () => {
  test("R14 a dead token with orders that wait is one alert and one recovery", async () => {
    const { w, told, open } = await watched();
    await bothRest(w);
    w.admin("token", { clientId: FOLLOWER });
    await w.time.pass(100);
    for (let order = 0; order < 5; order += 1) w.leader({ price: 100 + order });
    await w.time.pass(10 * 60_000);
    expect(told).toEqual([`raised TOKEN_DEAD ${FOLLOWER}`]);
    expect(open()).toEqual(["TOKEN_DEAD"]);
    w.renewToken(FOLLOWER);
    await w.time.pass(60_000);
    expect(told.slice(1).map((said) => said.replace(/ x\d+$/, ""))).toEqual([`over TOKEN_DEAD ${FOLLOWER}`]);
    expect(open()).toEqual([]);
  });

  test("a refused address is one alert for all that it refuses, and is over when the broker takes a request", async () => {
    const { w, told } = await watched();
    w.admin("address", { clientId: FOLLOWER, address: "203.0.113.7" });
    for (let order = 0; order < 5; order += 1) w.leader({ price: 100 + order });
    await w.time.pass(30_000);
    expect(told).toEqual([`raised ADDRESS_NOT_ALLOWED ${FOLLOWER}`]);
    w.admin("address", { clientId: FOLLOWER, address: "127.0.0.1" });
    await w.time.pass(30_000);
    expect(told.slice(1).filter((said) => said.startsWith("over"))).toHaveLength(1);
  });

  test.each([
    ["report", "it is not copied, the order that it fires is"],
    ["copy", "it is copied where a copy asks for that"],
  ] as const)("R19 of a forever order that waits the alert says, as the log does, what becomes of it: forever %s", async (forever, then) => {
    const { w, said } = await watched({ copies: [policyOf("copy", { forever })] });
    w.leaderForever({});
    await w.time.pass(15_100);
    expect(said.filter((sentence) => sentence.includes("when 120.00 is reached"))).toEqual([expect.stringMatching(new RegExp(`; ${then}$`))]);
  });

  test("R21 a 429 is told once, and is over when the broker takes a request again", async () => {
    const { w, told } = await watched();
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, times: 3, effect: { kind: "answer", status: 429 } });
    w.leader({});
    await w.time.pass(30_000);
    expect(w.orders(FOLLOWER)).toHaveLength(1);
    expect([told[0], told.at(-1)?.replace(/ x\d+$/, "")]).toEqual([`raised RATE_LIMITED ${FOLLOWER}`, `over RATE_LIMITED ${FOLLOWER}`]);
    expect(told).toHaveLength(2);
  });

  test("R22 a breaker that opens is told, also by the next process, and is over when it closes; entries that wait for it are not told", async () => {
    const { w, told } = await watched();
    const breaker = (): readonly string[] => told.filter((said) => /BREAKER|ENTRY_WAITS/.test(said));
    w.admin("fault", { on: "request", call: "place", when: "before", clientId: FOLLOWER, effect: { kind: "silence" } });
    for (let order = 0; order < 12; order += 1) {
      w.leader({ price: 100 + order });
      await w.time.pass(5_000);
    }
    expect(breaker()).toEqual([`raised BREAKER_OPEN ${FOLLOWER}`]);
    await w.crash();
    await w.startEngine();
    await w.time.pass(6_000);
    expect(breaker().slice(1)).toEqual([`raised BREAKER_OPEN ${FOLLOWER}`]);
    w.admin("repair", {});
    await w.time.pass(5 * 60_000);
    expect(breaker().slice(2)).toEqual([`over BREAKER_OPEN ${FOLLOWER}`]);
  });

  test("R22 an entry that waits for the account's money is told when that lasts, and is over when it goes; one that goes within seconds is not told", async () => {
    const { w, told, open } = await watched({ copies: [policyOf("copy", { margin: "check" })] });
    const waits = (): readonly string[] => told.filter((said) => said.includes("ENTRY_WAITS"));
    const afterAnUnreadStart = async (price: number, ms: number): Promise<void> => {
      await w.crash();
      const { id } = w.admin("fault", { on: "request", call: "funds", effect: { kind: "answer", status: 502 } });
      w.leader({ price });
      await w.startEngine();
      await w.time.pass(ms);
      w.admin("repair", { id });
      await w.time.pass(30_000);
    };
    await afterAnUnreadStart(100, 5_000);
    expect(w.verdicts().filter((code) => code === "ENTRY_WAITS" || code === "COPIED")).toEqual(["ENTRY_WAITS", "COPIED"]);
    expect(waits()).toEqual([]);
    await afterAnUnreadStart(101, 15_000);
    expect(waits()).toEqual([`raised ENTRY_WAITS ${FOLLOWER}`, `over ENTRY_WAITS ${FOLLOWER}`]);
    expect(w.orders(FOLLOWER)).toHaveLength(2);
    expect(open()).toEqual([]);
  });

  test("a stream that stays closed for half a minute is told, a short cut is not", async () => {
    const { w, told } = await watched();
    await w.time.pass(5_000);
    w.admin("upgrades", { status: 503 });
    w.admin("cut", { clientId: LEADER });
    await w.time.pass(29_000);
    expect(told).toEqual([]);
    await w.time.pass(2_000);
    // Closed, and then not to be opened: two reasons, one trouble.
    expect(told).toEqual([`raised STREAM_CLOSED ${LEADER} x2`]);
    w.admin("upgrades", {});
    await w.time.pass(60_000);
    expect(told.slice(1)).toEqual([`over STREAM_CLOSED ${LEADER} x2`]);
  });

  test("R12 a stranger's order with our mark halts the account: one alert, entries that are refused for it are counted there, and a restart tells it again", async () => {
    const { w, told, open } = await watched();
    await bothRest(w);
    const [row] = w.orders(FOLLOWER);
    await w.time.pass(20_000);
    w.admin("place", {
      clientId: FOLLOWER,
      transactionType: "BUY",
      exchangeSegment: "NSE_FNO",
      securityId: "37806",
      quantity: 75,
      price: 90,
      correlationId: stranger(row?.correlationId),
    });
    await w.time.pass(1_000);
    expect(told).toEqual([`raised STRANGER_WITH_OUR_MARK ${FOLLOWER}`]);
    w.leader({ price: 101 });
    await w.time.pass(10 * 60_000);
    expect(told).toHaveLength(1);
    expect(open()).toEqual(["STRANGER_WITH_OUR_MARK"]);
    await w.crash();
    await w.startEngine();
    expect(told.slice(1)).toEqual([`raised HALTED ${FOLLOWER}`]);
    w.command("resume");
    await w.time.pass(1_000);
    expect(told.slice(2)).toEqual([`over HALTED ${FOLLOWER}`]);
  });
});

describe("halts (R23)", () => {
  test("of all copies are one alert; what is refused for it is counted there; a restart tells it again; a resume ends it", async () => {
    const { w, told, open } = await watched();
    w.command("halt");
    for (let order = 0; order < 5; order += 1) w.leader({ price: 100 + order });
    await w.time.pass(10 * 60_000);
    expect(told).toEqual(["raised HALTED"]);
    w.command("halt");
    await w.time.pass(60_000);
    expect(told).toHaveLength(1);
    await w.crash();
    await w.startEngine();
    expect(told.slice(1)).toEqual(["raised HALTED"]);
    await w.time.pass(60 * 60_000);
    expect(open()).toEqual(["HALTED"]);
    w.command("resume");
    await w.time.pass(1_000);
    expect(told.slice(2)).toEqual(["over HALTED"]);
    expect(open()).toEqual([]);
  });

  test("of one copy are over its follower's account, and end when it is resumed, or when all are halted in its place", async () => {
    const { w, told } = await watched();
    w.command("halt", { of: "copy", name: "copy" });
    await w.time.pass(1_000);
    w.command("halt");
    await w.time.pass(1_000);
    expect(told).toEqual([`raised HALTED ${FOLLOWER}`, "raised HALTED", `over HALTED ${FOLLOWER}`]);
  });
});

describe("a token that ends", () => {
  test("is told an hour before, once, and is over when another that lives longer is in use", { timeout: 60_000 }, async () => {
    const { w, told } = await watched();
    await w.time.pass(24 * 3_600_000 - TOKEN_WARNING_MS - 60_000);
    expect(told).toEqual([]);
    await w.time.pass(120_000);
    expect([...told].sort()).toEqual([LEADER, FOLLOWER].map((id) => `raised TOKEN_EXPIRES ${id}`));
    await w.time.pass(10 * 60_000);
    w.renewToken(FOLLOWER);
    await w.time.pass(5_000);
    expect(told.slice(2)).toEqual([`over TOKEN_EXPIRES ${FOLLOWER}`]);
    await w.time.pass(TOKEN_WARNING_MS);
    expect(told.slice(3)).toEqual([`raised TOKEN_DEAD ${LEADER}`]);
    w.renewToken(LEADER);
    await w.time.pass(5_000);
    expect([...told.slice(4)].sort()).toEqual(["TOKEN_DEAD", "TOKEN_EXPIRES"].map((code) => `over ${code} ${LEADER}`));
  });
});

/** Another attempt of the same order, as a second copier would send it. */
function stranger(correlationId: string | undefined): string {
  return `${correlationId?.slice(0, -1)}7`;
}
