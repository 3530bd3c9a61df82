/** The built program as people run it: one order through it, and its ways of ending. */
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tradingDay, unixMs } from "../../src/domain/time.ts";
import { startBroker } from "./support/broker.ts";
import { writeConfiguration } from "./support/configuration.ts";
import { explain, startCopierProcess } from "./support/copier-process.ts";
import { lockstep } from "./support/lockstep.ts";
import { setStage } from "./support/stage.ts";
import { until } from "./support/until.ts";

const LIMIT = { timeout: 90_000 };
const DAY_MS = 86_400_000;

test("an order that the leader places, and then cancels, lives and ends at the follower, and explain tells why", LIMIT, async () => {
  await using stage = await setStage();
  const { leader, follower, copier, configuration } = stage;
  if (process.platform === "linux")
    expect(openFilesOf(copier.pid).filter((file) => file.includes("-shelf"))).toEqual([expect.stringMatching(/db-shelf \(deleted\)$/)]);
  const order = await leader.places({ quantity: 150, price: 120.5 });
  const copy = await until("the follower has a pending order", async () => (await follower.orders()).find((row) => row.orderStatus === "PENDING"));
  expect(copy).toMatchObject({ transactionType: "BUY", quantity: 75, price: 120.5, securityId: "37806" });

  await leader.cancels(order);
  await until("the follower's order is cancelled", async () => (await follower.order(copy.orderId))?.orderStatus === "CANCELLED");
  expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "DELETE"]);
  await copier.tells({ code: "WITHDRAWN", order });

  const story = await copier.explains(order);
  const [told] = story.copies;
  expect(story).toMatchObject({ order, leader: "meera" });
  expect(told?.verdicts.map(({ code }) => code)).toEqual(["COPIED", "WITHDRAWN"]);
  expect(told?.requests.map(({ request, result }) => [request, result?.outcome])).toEqual([
    ["placement", "accepted"],
    ["cancel", "accepted"],
  ]);
  expect(told?.followerOrders).toMatchObject([{ orderId: copy.orderId, state: "cancelled", terms: { quantity: 75, price: 120.5 } }]);
  expect(await copier.explains(copy.orderId)).toEqual(story);
  expect(await copier.stop()).toBe(0);
  expect(readdirSync(configuration.folder).filter((name) => name.includes("-shelf"))).toEqual([]);
});

function openFilesOf(pid: number | undefined): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      return []; // closed meanwhile
    }
  });
}

test("where no file can be made for what is over in the day the start says so, and copies all the same", LIMIT, async () => {
  await using broker = await startBroker({ accounts: 2 });
  using configuration = writeConfiguration({ broker });
  mkdirSync(`${configuration.journal}-shelf`);
  await using copier = await startCopierProcess({ configuration });
  const { message } = await copier.tells({ code: "SHELF_UNMADE", level: "warning" });
  expect(message).toContain("stays in memory");
  expect(await copier.stop()).toBe(0);
});

test("/healthz answers at once; /readyz answers 503 with the reasons, and 200 when the stream has stayed open for 2 s", LIMIT, async () => {
  await using broker = await startBroker({ accounts: 2 });
  using configuration = writeConfiguration({ broker });
  await using copier = await startCopierProcess({ configuration, wait: "nothing" });
  const origin = await copier.origin();
  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: "alive" });
  const before = await copier.readiness();
  expect(before).toMatchObject({ status: 503, body: { ready: false, dead: [], inDoubt: [] } });
  expect(before.body.reasons.join("\n")).toContain("meera: the order stream");
  await copier.isReady();
  expect(await copier.readiness()).toEqual({ status: 200, body: { ready: true, reasons: [], dead: [], inDoubt: [] } });
});

test("a request that is in flight when SIGTERM comes is waited for, and its answer is in the journal", LIMIT, async () => {
  await using stage = await setStage();
  const { broker, copier, leader, follower, configuration } = stage;
  await broker.act("fault", { on: "request", call: "place", clientId: follower.clientId, when: "after", effect: { kind: "delay", ms: 600 } });
  const order = await leader.places({ quantity: 150 });
  await until("the placement has reached the broker", async () => (await follower.orderCalls()).length === 1);
  expect(await copier.stop()).toBe(0);
  const { copies } = await explain(configuration, order);
  expect(copies[0]?.requests).toMatchObject([{ request: "placement", result: { outcome: "accepted" } }]);
});

test("a second signal ends the process where it stands, with 1", LIMIT, async () => {
  await using stage = await setStage({ dhan: { requestTimeout: "30s" } });
  const { broker, copier, leader, follower } = stage;
  await broker.act("fault", { on: "request", call: "place", clientId: follower.clientId, effect: { kind: "silence" } });
  await leader.places({ quantity: 150 });
  await until("the placement has reached the broker", async () => (await follower.orderCalls()).length === 1);
  const ended = copier.stop();
  await copier.tells({ code: "STOPPING" });
  expect(await Promise.all([ended, copier.stop()])).toEqual([1, 1]);
});

test("a request that is never answered does not hold up the end: exit 0 within ten seconds, and the next start asks what became of it", LIMIT, async () => {
  await using stage = await setStage({ dhan: { requestTimeout: "30s" } });
  const { broker, copier, leader, follower } = stage;
  await broker.act("fault", { on: "request", call: "place", clientId: follower.clientId, when: "after", effect: { kind: "silence" } });
  const order = await leader.places({ quantity: 150 });
  await until("the placement has reached the broker", async () => (await follower.orderCalls()).length === 1);
  const asked = performance.now();
  expect(await copier.stop()).toBe(0);
  expect(performance.now() - asked).toBeLessThan(10_000);
  expect(copier.lines({ code: "UNANSWERED" })).toHaveLength(1);
  const again = await stage.startAgain();
  await again.tells({ code: "FOLLOWER_ORDER", account: "arjun" });
  expect((await explain(stage.configuration, order)).copies[0]?.followerOrders).toMatchObject([{ state: "resting" }]);
  expect((await follower.orderCalls()).length).toBe(1);
});

test("a calendar that ends within 30 days is told of at the start, once", LIMIT, async () => {
  const lastDate = tradingDay(unixMs(Date.now() + 10 * DAY_MS));
  const calendarIn = (folder: string): { readonly file: string } => {
    writeFileSync(join(folder, "calendar.json"), JSON.stringify({ source: "a test", lastDate, days: [] }));
    return { file: "./calendar.json" };
  };
  await using stage = await setStage({ top: (folder) => ({ calendar: calendarIn(folder) }) });
  const { message } = await stage.copier.tells({ code: "CALENDAR_ENDS", level: "warning" });
  expect(message).toContain(`the calendar ends on ${lastDate}`);
  expect(stage.copier.lines({ code: "CALENDAR_ENDS" })).toHaveLength(1);
});

test("an account in no enabled copy is neither read nor waited for, and needs no token", LIMIT, async () => {
  await using broker = await startBroker({ accounts: 3 });
  const copy = { leader: "meera", sizing: { mode: "ratio", ratio: 1 } };
  const copies = [
    { ...copy, id: "one", follower: "arjun" },
    { ...copy, id: "two", follower: "kabir", enabled: false },
  ];
  using configuration = writeConfiguration({ broker, copies });
  const { KABIR_TOKEN: _, ...env } = configuration.env;
  await using copier = await startCopierProcess({ configuration: { ...configuration, env } });
  expect(copier.lines({ code: "NOT_USED" })).toMatchObject([{ account: "kabir" }]);
  expect(await broker.view(`requests?clientId=${broker.trader("kabir").clientId}`)).toEqual([]);
});

test("a second run on the same journal exits 1 and says who holds it (R12), and a run after the first has ended goes on", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, configuration } = stage;
  const second = await lockstep(["run", "--config", configuration.path], configuration.env);
  expect(second.exitCode).toBe(1);
  expect(second.err).toContain(`process ${copier.pid} on `);
  expect(await copier.stop("SIGINT")).toBe(0);
  const again = await stage.startAgain();
  expect(again.lines({ code: "STARTING" })[0]?.message).toContain("records remembered");
});

test("a port that is taken exits 1 with a sentence", LIMIT, async () => {
  await using broker = await startBroker({ accounts: 2 });
  const port = Number(new URL(broker.origin).port);
  using configuration = writeConfiguration({ broker, top: { server: { port } } });
  const { exitCode, err } = await lockstep(["run", "--config", configuration.path], configuration.env);
  expect(err).toBe(`cannot listen on 127.0.0.1:${port}: another program has that port; set server.port, or end it\n`);
  expect(exitCode).toBe(1);
});

test("the log is JSON lines with a level, a code and a time; an alert is marked; no token is in it", LIMIT, async () => {
  await using stage = await setStage();
  const { broker, copier, leader, follower, configuration } = stage;
  await broker.act("funds", { clientId: follower.clientId, rupees: 1 });
  const order = await leader.places({ quantity: 150 });
  const refused = await copier.tells({ code: "BROKER_REFUSED", order });
  expect(refused).toMatchObject({ level: "warning", alert: true, account: "arjun", copy: "meera-arjun" });
  expect(await copier.stop()).toBe(0);
  const lines = copier.err.trimEnd().split("\n");
  expect(copier.lines()).toHaveLength(lines.length);
  for (const token of Object.values(configuration.env)) expect(copier.err).not.toContain(token);
});
