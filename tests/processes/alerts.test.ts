/** Alerts and figures of the built program, at a receiver on a real socket, beside the simulator's own books (design 6). */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { type AlertReceiver, BOT_TOKEN, startAlertReceiver, WEBHOOK_SECRET } from "./support/alert-receiver.ts";
import { startBroker } from "./support/broker.ts";
import { writeConfiguration } from "./support/configuration.ts";
import { startCopierProcess } from "./support/copier-process.ts";
import { lockstep } from "./support/lockstep.ts";
import { untilQuiet } from "./support/quiet.ts";
import { setStage } from "./support/stage.ts";
import { untilStartSecondIsOver } from "./support/start-second.ts";
import { until } from "./support/until.ts";

const openAlerts = z.object({ alerts: z.array(z.object({ code: z.string(), account: z.string() })) });
const LIMIT = { timeout: 60_000 };

/** Both secrets in files of the folder. */
function channels({ origin }: AlertReceiver, folder: string) {
  writeFileSync(join(folder, "hook-secret"), `${WEBHOOK_SECRET}\n`);
  writeFileSync(join(folder, "bot-token"), BOT_TOKEN);
  return [
    { webhook: { url: `${origin}/hook`, secret: { file: "./hook-secret" } } },
    { telegram: { botToken: { file: "./bot-token" }, chatId: "1", api: origin } },
  ];
}

function told({ alerts }: AlertReceiver): readonly string[] {
  return alerts.map(({ state, code, account }) => `${state} ${code} ${account}`);
}

test("a dead token and a refused copy: one signed alert each, and one when the token lives again; no secret in the log or the journal", LIMIT, async () => {
  await using receiver = await startAlertReceiver();
  await using stage = await setStage({
    followers: 2,
    accounts: { arjun: { token: { file: "./arjun" } } },
    top: (folder) => {
      writeFileSync(join(folder, "arjun"), "simulated-arjun\n");
      return { alerts: channels(receiver, folder) };
    },
  });
  const { broker, copier, configuration, leader } = stage;
  const [arjun, kabir] = [broker.trader("arjun"), broker.trader("kabir")];
  await untilStartSecondIsOver(copier);
  await broker.act("token", { clientId: arjun.clientId });
  await until("the dead token is told", () => told(receiver).includes("raised TOKEN_DEAD arjun"));
  await broker.act("funds", { clientId: kabir.clientId, rupees: 0 });
  const refused = await leader.places({ quantity: 150 });
  await until("the refused copy is told", () => told(receiver).includes("raised BROKER_REFUSED kabir"));
  await untilQuiet([arjun, kabir], { forMs: 1_500 });
  const status = await lockstep(["status", "--json", "--config", configuration.path]);
  expect(openAlerts.parse(JSON.parse(status.out)).alerts.map(({ code, account }) => `${code} ${account}`)).toEqual([
    "TOKEN_DEAD arjun",
    "BROKER_REFUSED kabir",
  ]);
  const token = "another-of-arjun";
  await broker.act("token", { clientId: arjun.clientId, token });
  writeFileSync(join(configuration.folder, "new"), token);
  renameSync(join(configuration.folder, "new"), join(configuration.folder, "arjun"));
  await until("that it lives again is told", () => told(receiver).includes("over TOKEN_DEAD arjun"));
  await untilQuiet([arjun, kabir], { forMs: 500 });
  expect(told(receiver)).toEqual(["raised TOKEN_DEAD arjun", "raised BROKER_REFUSED kabir", "over TOKEN_DEAD arjun"]);
  expect(receiver.alerts[1]).toMatchObject({ severity: "warning", copy: "meera-kabir", order: refused, count: 1 });
  expect(receiver.alerts[1]?.message).toContain("the broker refused it: ");
  expect(receiver.unsigned).toEqual([]);
  await until("the chat has all of it", () =>
    receiver.messages
      .map(({ text }) => text)
      .join("\n")
      .includes("OVER: CRITICAL TOKEN_DEAD arjun"),
  );
  expect(receiver.messages.every(({ chat_id, path }) => chat_id === "1" && path === `/bot${BOT_TOKEN}/sendMessage`)).toBe(true);
  for (const code of ["ALERT_RAISED", "ALERT_OVER"] as const) expect(copier.lines({ code, account: "arjun" })).toHaveLength(1);
  expect(await copier.stop()).toBe(0);
  const journal = readFileSync(configuration.journal, "latin1");
  for (const secret of [WEBHOOK_SECRET, BOT_TOKEN]) {
    expect(copier.err).not.toContain(secret);
    expect(journal).not.toContain(secret);
  }
});

test("a leg that the broker refused is told with its lots and rupees, again after a kill, and is over when the other one is gone", LIMIT, async () => {
  await using receiver = await startAlertReceiver();
  await using stage = await setStage({
    copy: { basket: { window: "10m" }, margin: "trust" },
    top: (folder) => ({ alerts: channels(receiver, folder).slice(0, 1) }),
  });
  const { copier, leader, follower } = stage;
  const ofLegs = (): readonly string[] => told(receiver).filter((word) => word.includes("UNHEDGED"));
  await untilStartSecondIsOver(copier);
  const bought = await leader.places({ securityId: "37810", quantity: 150, price: 20 });
  await until("the bought leg stands", async () => (await follower.orders())[0]?.orderStatus === "PENDING");
  const sold = await leader.places({ transactionType: "SELL", quantity: 150, price: 120.5 });
  await until("the sold leg stands", async () => (await follower.orders()).filter(({ orderStatus }) => orderStatus === "PENDING").length === 2);
  const refused = (await follower.orders()).find(({ transactionType }) => transactionType === "SELL");
  await follower.isRejected(refused?.orderId ?? "", "Price out of range");
  await until("the missing leg is told", () => ofLegs().includes("raised UNHEDGED arjun"));
  expect(receiver.alerts.find(({ code }) => code === "UNHEDGED")).toMatchObject({ severity: "critical", copy: "meera-arjun", order: sold });
  expect(receiver.alerts.find(({ code }) => code === "UNHEDGED")?.message).toMatch(/9,037\.50 rupees .* 75 units, 1 lot, are unhedged$/);
  await copier.kill();
  await using again = await stage.startAgain();
  await until("it is told again", () => ofLegs().length === 2);
  expect(again.lines({ code: "UNHEDGED" })).toEqual([]);
  await leader.cancels(bought);
  await until("it is told to be over", () => ofLegs().at(-1) === "over UNHEDGED arjun");
  expect(ofLegs()).toEqual(["raised UNHEDGED arjun", "raised UNHEDGED arjun", "over UNHEDGED arjun"]);
  const story = await lockstep(["explain", sold, "--config", stage.configuration.path]);
  expect([story.out.includes("UNHEDGED"), /\bHEDGED/.test(story.out)]).toEqual([true, true]);
});

test("a webhook that is silent delays no order, and what it missed comes when it answers", LIMIT, async () => {
  await using receiver = await startAlertReceiver();
  receiver.answer(503);
  await using stage = await setStage({ top: (folder) => ({ alerts: channels(receiver, folder).slice(0, 1) }) });
  const { broker, copier, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  await broker.act("funds", { clientId: follower.clientId, rupees: 0 });
  await leader.places({ quantity: 150 });
  await copier.tells({ code: "ALERTS_UNDELIVERED" });
  receiver.answer("silence");
  await broker.act("funds", { clientId: follower.clientId, rupees: 10_000_000 });
  for (let order = 1; order <= 5; order += 1) await leader.places({ quantity: 150, price: 100 + order });
  await until("all are copied", async () => (await follower.orders()).filter(({ orderStatus }) => orderStatus === "PENDING").length === 5);
  expect(receiver.alerts).toEqual([]);
  receiver.answer(204);
  await until("what it missed has come", () => told(receiver).includes("raised BROKER_REFUSED arjun"), { withinMs: 30_000 });
  await copier.tells({ code: "ALERTS_DELIVERED" });
  expect(copier.lines({ code: "ALERTS_UNDELIVERED" })).toHaveLength(1);
});

test("a bug ends the program with 1: a person is told, and nothing is sent any more", LIMIT, async () => {
  await using receiver = await startAlertReceiver();
  await using broker = await startBroker({ accounts: 2 });
  using configuration = writeConfiguration({ broker });
  configuration.rewrite({ top: { alerts: channels(receiver, configuration.folder) } });
  receiver.answer("silence"); // the webhook: so the process stays for as long as it may
  const bug = 'process.on("SIGUSR2", () => { throw new Error("planted"); })';
  const planted = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bug)}` };
  await using copier = await startCopierProcess({ configuration: { ...configuration, env: { ...configuration.env, ...planted } } });
  await untilStartSecondIsOver(copier);
  if (copier.pid !== undefined) process.kill(copier.pid, "SIGUSR2");
  await copier.tells({ code: "BROKEN", level: "critical" });
  await broker.trader("meera").places({ quantity: 150 });
  expect(await copier.ended()).toBe(1);
  expect(await broker.trader("arjun").orderCalls()).toEqual([]);
  expect(receiver.messages.map(({ text }) => text.split(" (")[0])).toEqual(["CRITICAL BROKEN"]);
});

test("/metrics counts what the simulator's books hold", LIMIT, async () => {
  await using stage = await setStage({ followers: 2 });
  const { broker, copier, leader } = stage;
  const [arjun, kabir] = [broker.trader("arjun"), broker.trader("kabir")];
  await untilStartSecondIsOver(copier);
  await broker.act("funds", { clientId: kabir.clientId, rupees: 0 });
  const first = await leader.places({ quantity: 150 });
  await until("it is copied", async () => (await arjun.orders())[0]?.orderStatus === "PENDING");
  await copier.tells({ code: "BROKER_REFUSED", copy: "meera-kabir" }); // before the changed order makes it old news
  await leader.changes(first, { price: 119 });
  await untilQuiet([arjun, kabir], { forMs: 500 });
  await leader.cancels(first);
  await leader.places({ quantity: 150, price: 118 });
  await untilQuiet([arjun, kabir], { forMs: 500 });
  const response = await fetch(`${await copier.origin()}/metrics`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  const text = await response.text();
  const figure = (series: string): number | undefined => {
    const line = text.split("\n").find((each) => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  };
  const REQUESTS = { POST: "placement", PUT: "modification", DELETE: "cancel" } as const;
  for (const [name, trader] of [
    ["arjun", arjun],
    ["kabir", kabir],
  ] as const) {
    const calls = await trader.orderCalls();
    expect(calls.length).toBeGreaterThan(0);
    for (const method of ["POST", "PUT", "DELETE"] as const) {
      const sent = calls.filter((call) => call.method === method).length;
      const counted = figure(`lockstep_requests_total{account="${name}",request="${REQUESTS[method]}",outcome="accepted",code=""}`);
      expect([name, method, counted]).toEqual([name, method, sent === 0 ? undefined : sent]);
    }
    expect(figure(`lockstep_stage_seconds_count{account="${name}",stage="answered"}`)).toBe(calls.length);
    expect(figure(`lockstep_budget_used{account="${name}",window="day"}`)).toBe(calls.length);
    expect(figure(`lockstep_breaker_state{account="${name}",state="closed"}`)).toBe(1);
    expect(figure(`lockstep_stream_open{account="${name}"}`)).toBe(1);
    expect(figure(`lockstep_token_state{account="${name}",state="alive"}`)).toBe(1);
    expect(figure(`lockstep_token_expiry_seconds{account="${name}"}`)).toBeGreaterThan(23 * 3_600);
  }
  // The first order, the same at its changed price, and the second.
  expect((await kabir.orders()).map(({ orderStatus }) => orderStatus)).toEqual(["REJECTED", "REJECTED", "REJECTED"]);
  expect(figure('lockstep_verdicts_total{copy="meera-kabir",code="BROKER_REFUSED"}')).toBe(3);
  expect([figure('lockstep_alerts_open{severity="warning"}'), figure("lockstep_journal_broken")]).toEqual([1, 0]);
  expect(figure("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  for (const { token } of broker.people) expect(text).not.toContain(token);
});

test("lockstep alerts test says of each channel whether it was taken, and exits 1 when one was not or there is none", LIMIT, async () => {
  await using receiver = await startAlertReceiver();
  const broker = { rest: "http://127.0.0.1:9/v2", orderUpdates: "ws://127.0.0.1:9", people: [] };
  using configuration = writeConfiguration({ broker });
  const people = [
    { name: "meera", clientId: "1000000001", token: "" },
    { name: "arjun", clientId: "1000000002", token: "" },
  ];
  const run = async (alerts: readonly object[]) => {
    using written = writeConfiguration({ broker: { ...broker, people }, top: { alerts } });
    channels(receiver, written.folder);
    return await lockstep(["alerts", "test", "--config", written.path]);
  };
  const both = channels(receiver, configuration.folder);
  const fine = await run(both);
  expect([fine.exitCode, fine.err]).toEqual([0, ""]);
  expect(fine.out.replaceAll(/\d+ ms/g, "n ms")).toBe(`webhook ${new URL(receiver.origin).host}: taken (HTTP 204, n ms)\ntelegram 1: taken (HTTP 200, n ms)\n`);
  expect(receiver.alerts).toMatchObject([{ code: "TEST", state: "test" }]);
  receiver.answer(500);
  const failing = await run(both);
  expect([failing.exitCode, failing.out]).toEqual([1, expect.stringContaining("not taken (HTTP 500, ")]);
  expect(failing.out).toContain("telegram 1: taken");
  for (const { out, err } of [fine, failing]) for (const secret of [WEBHOOK_SECRET, BOT_TOKEN]) expect(out + err).not.toContain(secret);
  expect((await run([])).exitCode).toBe(1);
});
