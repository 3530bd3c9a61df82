/** What is told of a cause, and when: once, then counted for a cool-down, then with the count, and once when it is over (design 6). */
import { describe, expect, test } from "vitest";
import type { Notice } from "../../src/faces/alerts/alert.ts";
import { Alerts, COOL_DOWN_MS, type Happening, LISTED_MS } from "../../src/faces/alerts/alerts.ts";
import type { RaisedRow } from "../../src/faces/alerts/rules.ts";
import { VirtualTime } from "../world/virtual-time.ts";

const REFUSED: RaisedRow = { severity: "warning", per: "copy", over: "standing" };
const DEAD: RaisedRow = { severity: "critical", per: "account", over: "told" };
const CLOSED: RaisedRow = { severity: "warning", per: "account", over: "told", afterMs: 30_000, under: ["TOKEN_DEAD"] };
const HALTED: RaisedRow = { severity: "critical", per: "account", over: "none", under: ["STRANGER_WITH_OUR_MARK"] };

function desk() {
  const time = new VirtualTime("2026-11-20 10:15:00");
  const told: Notice[] = [];
  const alerts = new Alerts({ clock: time, timers: time, told: (notice) => told.push(notice) });
  const raise = (rule: RaisedRow, code: string, changes: Partial<Happening> = {}) =>
    alerts.raise({
      rule,
      code,
      account: "arjun",
      copy: rule.per === "copy" ? "meera-arjun" : undefined,
      order: undefined,
      message: `${code} happened`,
      ...changes,
    });
  const words = () => told.map(({ state, alert }) => `${state} ${alert.code} ${alert.count}`);
  return { time, told, alerts, raise, words };
}

describe("one word for each cause and cool-down", () => {
  test("three hundred refusals at one copy are two messages: the first, and one with the count and the orders", async () => {
    const { time, told, raise, words } = desk();
    for (let order = 1; order <= 300; order += 1) raise(REFUSED, "BROKER_REFUSED", { order: String(order) });
    expect(words()).toEqual(["raised BROKER_REFUSED 1"]);
    await time.pass(COOL_DOWN_MS.warning - 1);
    expect(told).toHaveLength(1);
    await time.pass(1);
    expect(words()).toEqual(["raised BROKER_REFUSED 1", "repeated BROKER_REFUSED 300"]);
    expect(told[1]?.alert.message).toBe(
      "BROKER_REFUSED happened (299 more, orders 291, 292, 293, 294, 295, 296, 297, 298, 299, 300 and 289 others since 2026-11-20 10:15:00)",
    );
    await time.pass(10 * COOL_DOWN_MS.warning);
    expect(told).toHaveLength(2);
  });

  test("another copy, another account and another code are other causes", () => {
    const { raise, told } = desk();
    raise(REFUSED, "BROKER_REFUSED");
    raise(REFUSED, "BROKER_REFUSED", { copy: "meera-kabir", account: "kabir" });
    raise(REFUSED, "EXIT_RETRIED");
    raise(REFUSED, "BROKER_REFUSED");
    expect(told.map(({ alert }) => `${alert.code} ${alert.copy}`)).toEqual([
      "BROKER_REFUSED meera-arjun",
      "BROKER_REFUSED meera-kabir",
      "EXIT_RETRIED meera-arjun",
    ]);
  });

  test("what happens again after the cool-down is told at once", async () => {
    const { time, raise, words } = desk();
    raise(DEAD, "TOKEN_DEAD");
    await time.pass(COOL_DOWN_MS.critical);
    raise(DEAD, "TOKEN_DEAD");
    expect(words()).toEqual(["raised TOKEN_DEAD 1", "repeated TOKEN_DEAD 2"]);
  });
});

describe("over", () => {
  test("is told once, with what ended it and how long it lasted, and it is listed no more", async () => {
    const { time, told, alerts, raise } = desk();
    raise(DEAD, "TOKEN_DEAD");
    raise(DEAD, "TOKEN_DEAD", { account: "kabir" });
    await time.pass(200_000);
    alerts.end(["TOKEN_DEAD"], "arjun", "the access token is accepted again");
    alerts.end(["TOKEN_DEAD"], "arjun", "the access token is accepted again");
    expect(told.slice(2)).toMatchObject([
      {
        state: "over",
        alert: { code: "TOKEN_DEAD", account: "arjun", message: "the access token is accepted again; it lasted 3 min. It was: TOKEN_DEAD happened" },
      },
    ]);
    expect(alerts.open().map(({ account }) => account)).toEqual(["kabir"]);
  });

  test("comes when the last of its orders is over, and not before", () => {
    const { told, alerts, raise, words } = desk();
    const place = { account: "arjun", copy: "meera-arjun" };
    raise(REFUSED, "BROKER_REFUSED", { order: "1" });
    raise(REFUSED, "BROKER_REFUSED", { order: "2" });
    alerts.endMembers("BROKER_REFUSED", place, (order) => order === "1", "it stands");
    expect(told).toHaveLength(1);
    alerts.endMembers("BROKER_REFUSED", place, (order) => order === "2", "it stands");
    expect(words()).toEqual(["raised BROKER_REFUSED 1", "over BROKER_REFUSED 2"]);
    expect(alerts.membersOf("BROKER_REFUSED", "arjun", "meera-arjun").size).toBe(0);
  });

  test("and back within the cool-down: not told again until that has passed, and not at all if it is over by then", async () => {
    const { time, alerts, raise, words } = desk();
    raise(DEAD, "TOKEN_DEAD");
    for (let flap = 0; flap < 3; flap += 1) {
      alerts.end(["TOKEN_DEAD"], "arjun", "alive");
      raise(DEAD, "TOKEN_DEAD");
      await time.pass(5_000);
    }
    expect(words()).toEqual(["raised TOKEN_DEAD 1", "over TOKEN_DEAD 1"]);
    expect(alerts.open()).toHaveLength(1);
    await time.pass(COOL_DOWN_MS.critical);
    expect(words().slice(2)).toEqual(["raised TOKEN_DEAD 1"]);
  });

  test("what has nothing to be over is listed for its time after it last happened, and goes without a word", async () => {
    const { time, told, alerts, raise } = desk();
    raise({ ...REFUSED, over: "none" }, "ORPHAN");
    await time.pass(LISTED_MS.warning - 1);
    expect(alerts.open()).toMatchObject([{ code: "ORPHAN", severity: "warning", copy: "meera-arjun", count: 1 }]);
    await time.pass(1);
    expect(alerts.open()).toEqual([]);
    expect(told).toHaveLength(1);
  });

  test("what ends by itself is listed until it does", async () => {
    const { time, alerts, raise } = desk();
    raise(DEAD, "TOKEN_DEAD");
    await time.pass(10 * LISTED_MS.critical);
    expect(alerts.open()).toHaveLength(1);
  });
});

describe("what mostly mends itself", () => {
  test("is told only when it lasts", async () => {
    const { time, told, alerts, raise } = desk();
    raise(CLOSED, "STREAM_CLOSED");
    await time.pass(29_999);
    expect([told.length, alerts.open().length]).toEqual([0, 0]);
    alerts.end(["STREAM_CLOSED"], "arjun", "open");
    await time.pass(60_000);
    expect(told).toEqual([]);
    raise(CLOSED, "STREAM_CLOSED");
    await time.pass(30_000);
    expect(told).toMatchObject([{ state: "raised", alert: { code: "STREAM_CLOSED", count: 1 } }]);
  });

  test("is not told while what it comes of is open, and is told when it outlasts that", async () => {
    const { time, alerts, raise, words } = desk();
    raise(DEAD, "TOKEN_DEAD");
    raise(CLOSED, "STREAM_CLOSED");
    await time.pass(600_000);
    expect(words()).toEqual(["raised TOKEN_DEAD 1"]);
    alerts.end(["TOKEN_DEAD"], "arjun", "alive");
    await time.pass(30_000);
    expect(words().slice(1)).toEqual(["over TOKEN_DEAD 1", "raised STREAM_CLOSED 1"]);
  });

  test("and has nothing to be over is counted where it comes of, and not told afterwards", async () => {
    const { time, alerts, raise, words } = desk();
    raise({ ...REFUSED, over: "none", afterMs: 5_000, under: ["BREAKER_OPEN"] }, "ENTRY_WAITS");
    raise(DEAD, "BREAKER_OPEN");
    await time.pass(60_000);
    alerts.end(["BREAKER_OPEN"], "arjun", "closed");
    await time.pass(600_000);
    expect(words()).toEqual(["raised BREAKER_OPEN 1", "over BREAKER_OPEN 2"]);
    expect(alerts.open()).toEqual([]);
  });

  test("and flaps is told once in a cool-down", async () => {
    const { time, alerts, raise, words } = desk();
    for (let flap = 0; flap < 4; flap += 1) {
      raise(CLOSED, "STREAM_CLOSED");
      await time.pass(31_000);
      alerts.end(["STREAM_CLOSED"], "arjun", "open");
    }
    expect(words()).toEqual(["raised STREAM_CLOSED 1", "over STREAM_CLOSED 1"]);
  });
});

test("what another open alert of the account explains is counted there, without a word", async () => {
  const { time, alerts, raise, words } = desk();
  raise({ ...HALTED, under: [] }, "STRANGER_WITH_OUR_MARK");
  raise(HALTED, "HALTED");
  raise(HALTED, "HALTED", { account: "kabir" });
  await time.pass(LISTED_MS.warning);
  expect(words()).toEqual(["raised STRANGER_WITH_OUR_MARK 1", "raised HALTED 1"]);
  expect(alerts.open()).toMatchObject([
    { code: "STRANGER_WITH_OUR_MARK", count: 2 },
    { code: "HALTED", account: "kabir" },
  ]);
});

test("a storm of causes is bounded: the oldest that have nothing to be over are let go of, and a dead token stays", () => {
  const { alerts, raise } = desk();
  raise(DEAD, "TOKEN_DEAD");
  for (let copy = 0; copy < 1_500; copy += 1) raise({ ...REFUSED, over: "none" }, "STALE", { copy: `copy-${copy}` });
  const open = alerts.open();
  expect(open).toHaveLength(1_000);
  expect(open.some((alert) => alert.copy === "copy-1499")).toBe(true);
  expect(open.filter(({ code }) => code === "TOKEN_DEAD")).toHaveLength(1);
});
