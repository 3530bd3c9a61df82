/** `lockstep check` by the built program against the simulator: what it says, how it exits, and that it only reads. */
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { type Clock, unixMs } from "../../src/domain/time.ts";
import { startBroker } from "./support/broker.ts";
import { type Configuration, type ConfigurationOptions, writeConfiguration } from "./support/configuration.ts";
import { lockstep } from "./support/lockstep.ts";
import { setStage } from "./support/stage.ts";

const LIMIT = { timeout: 90_000 };

const report = z.object({
  ok: z.boolean(),
  rows: z.array(
    z.object({ check: z.string(), account: z.string().optional(), state: z.enum(["ok", "warning", "failed"]), said: z.string(), todo: z.string().optional() }),
  ),
});
type Report = z.infer<typeof report>;

async function check({ path, env }: Configuration, changes: Readonly<Record<string, string>> = {}): Promise<Report & { readonly exitCode: number | null }> {
  const { exitCode, out, err } = await lockstep(["check", "--json", "--config", path], { ...env, ...changes });
  expect(err).toBe("");
  return { exitCode, ...report.parse(JSON.parse(out)) };
}

/** The rows that are not ok, e.g. `failed token arjun`. */
const troubles = ({ rows }: Report): readonly string[] =>
  rows.flatMap(({ check, account, state }) => (state === "ok" ? [] : [[state, check, account].filter((word) => word !== undefined).join(" ")]));

async function scene(options: Partial<ConfigurationOptions> & { readonly broker?: never; readonly clock?: Clock } = {}) {
  const { clock, ...configured } = options;
  const stack = new AsyncDisposableStack();
  const broker = stack.use(await startBroker({ accounts: 2, ...(clock === undefined ? {} : { clock }) }));
  const configuration = stack.use(writeConfiguration({ broker, ...configured }));
  return { broker, configuration, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test(
  "nothing is wrong: every row is ok, it exits 0, and the broker has seen three reads of a follower, two of the leader, and no order call",
  LIMIT,
  async () => {
    await using stage = await scene();
    const { broker, configuration } = stage;
    // A checkout may be older than the last trading day; a calendar that never closes makes every day one.
    writeFileSync(join(configuration.folder, "rows.csv"), await (await fetch(`${broker.origin}/api-scrip-master.csv`)).text());
    configuration.rewrite({ dhan: { instruments: "./rows.csv" } });
    const found = await check(configuration);
    expect(troubles(found)).toEqual([]);
    expect([found.exitCode, found.ok]).toEqual([0, true]);
    expect(found.rows.map(({ check: row, account }) => (account === undefined ? row : `${row} ${account}`))).toEqual([
      "file",
      ...["token meera", "funds meera", "token arjun", "segments arjun", "address arjun", "funds arjun"],
      ...["clock", "calendar", "instruments", "journal", "disk", "server"],
    ]);
    const reads = async (name: string) => (await broker.trader(name).reads()).map(({ path }) => path).sort();
    expect(await reads("arjun")).toEqual(["/v2/fundlimit", "/v2/ip/getIP", "/v2/profile"]);
    expect(await reads("meera")).toEqual(["/v2/fundlimit", "/v2/profile"]);
    for (const name of ["meera", "arjun"]) expect(await broker.trader(name).orderCalls()).toEqual([]);

    const { exitCode, out } = await lockstep(["check", "--config", configuration.path], configuration.env);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^ok {7}token {8}arjun: the token works, until /m);
    expect(out).toMatch(/13 ok, 0 to know, 0 failed\n$/);
    for (const { token } of broker.people) expect(out).not.toContain(token);
  },
);

test("an instrument file at an address is fetched, as the first start would; one that is not there has failed, and is named", LIMIT, async () => {
  await using stage = await scene();
  const { broker, configuration } = stage;
  const row = ({ rows }: Report) => rows.find(({ check: of }) => of === "instruments");
  configuration.rewrite({ dhan: { instruments: `${broker.origin}/nothing.csv` } });
  expect(row(await check(configuration))).toMatchObject({ state: "failed", todo: expect.stringContaining(`${broker.origin}/nothing.csv`) });
  configuration.rewrite({ dhan: { instruments: `${broker.origin}/api-scrip-master.csv` } });
  expect(row(await check(configuration))).toMatchObject({ state: "ok", said: expect.stringMatching(/^[1-9]\d* rows/) });
});

test("a dead token, another's token and no token each fail their account and no other, and say where the new one goes", LIMIT, async () => {
  await using stage = await scene();
  const { broker, configuration } = stage;
  const missing = await check(configuration, { ARJUN_TOKEN: "" });
  const swapped = await check(configuration, { ARJUN_TOKEN: "simulated-meera" });
  await broker.act("token", { clientId: "1000000002" });
  const dead = await check(configuration);
  for (const found of [missing, swapped, dead]) {
    expect(found.exitCode).toBe(1);
    expect(troubles(found)).toContain("failed token arjun");
    expect(troubles(found)).not.toContain("failed token meera");
    expect(found.rows.find(({ state }) => state === "failed")?.todo).toContain("ARJUN_TOKEN");
  }
  expect(dead.rows.find(({ state }) => state === "failed")?.said).toContain("DH-901");
});

test("orders of a follower leave from an address that is not registered: failed, without an order having tried", LIMIT, async () => {
  await using stage = await scene();
  await stage.broker.act("address", { clientId: "1000000002", address: "203.0.113.7" });
  const found = await check(stage.configuration);
  expect(found.exitCode).toBe(1);
  expect(found.rows.find(({ check: row }) => row === "address")).toMatchObject({
    account: "arjun",
    state: "failed",
    said: "Dhan would refuse orders from here: registered is 203.0.113.7; Dhan sees this machine as 127.0.0.1",
  });
});

test.each([
  ["3 s slow", 3_000, "warning clock", 0],
  ["a minute fast", -60_000, "failed clock", 1],
])("the machine's clock is %s by the Date header of the broker's answers", LIMIT, async (_, brokerAheadMs, trouble, exitCode) => {
  const clock: Clock = { now: () => unixMs(Date.now() + brokerAheadMs), elapsed: () => performance.now() };
  await using stage = await scene({ clock });
  const found = await check(stage.configuration);
  expect(troubles(found)).toContain(trouble);
  expect(found.exitCode).toBe(exitCode);
});

test("a calendar that has ended is a warning; one that cannot be read, no instruments and a damaged journal fail, all in one run", LIMIT, async () => {
  await using stage = await scene({ top: { calendar: { file: "./calendar.json" } }, dhan: { instruments: "./none.csv" } });
  const { configuration } = stage;
  const calendar = join(configuration.folder, "calendar.json");
  writeFileSync(calendar, JSON.stringify({ source: "a test", lastDate: "2020-12-31", days: [] }));
  writeFileSync(configuration.journal, "this is no journal, and it is longer than a header of a hundred bytes, so that SQLite has something to look at");
  chmodSync(configuration.journal, 0o600);
  const ended = await check(configuration);
  expect(troubles(ended)).toEqual(["warning calendar", "failed instruments", "failed journal"]);
  expect(ended.exitCode).toBe(1);
  writeFileSync(calendar, "{}");
  expect(troubles(await check(configuration))).toContain("failed calendar");
  rmSync(configuration.journal);
  expect(troubles(await check(configuration))).not.toContain("failed journal");
});

test("beside a running copier: its journal and its port are no trouble, and it is not disturbed; a journal that others can read is", LIMIT, async () => {
  await using stage = await setStage({ top: { server: { port: await freePort() } } });
  const { configuration, copier, leader, follower } = stage;
  await leader.places({ quantity: 150 });
  await copier.tells({ code: "COPIED" });
  await copier.isReady();
  const held = await check(configuration);
  expect(held.rows.find(({ check: row }) => row === "journal")).toMatchObject({
    state: "ok",
    said: expect.stringContaining(`a copier is running: process ${copier.pid}`),
  });
  expect(held.rows.find(({ check: row }) => row === "server")).toMatchObject({ state: "ok", said: expect.stringContaining("and is ready") });
  expect(held.exitCode).toBe(0);
  expect(await follower.orderCalls()).toHaveLength(1);
  chmodSync(configuration.journal, 0o644);
  expect(troubles(await check(configuration))).toContain("warning journal");
  expect(await copier.stop()).toBe(0);
  expect((await check(configuration)).rows.find(({ check: row }) => row === "journal")?.said).toContain("nobody has it open");
});

test("the broker cannot be reached, and another program has the port: each is said, within the deadline", LIMIT, async () => {
  const stranger = createServer((_, response) => response.end("hello"));
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  const address = stranger.address();
  await using stage = await scene({ top: { server: { port: typeof address === "object" ? address?.port : 0 } } });
  await stage.broker[Symbol.asyncDispose]();
  const found = await check(stage.configuration);
  expect(troubles(found)).toEqual(expect.arrayContaining(["failed token meera", "failed token arjun", "warning clock", "failed server"]));
  expect(found.rows.find(({ check: row }) => row === "token")?.said).toContain("ECONNREFUSED");
  expect(found.exitCode).toBe(1);
  stranger.close();
});

test("a configuration that is not valid exits 2 with its line and key, and so does a word that nobody knows", LIMIT, async () => {
  await using stage = await scene({ copy: { folower: "arjun" } });
  const wrong = await lockstep(["check", "--json", "--config", stage.configuration.path], stage.configuration.env);
  expect([wrong.exitCode, wrong.out]).toEqual([2, ""]);
  expect(wrong.err).toContain("copies[0].folower");
  expect((await lockstep(["check", "--fast"])).exitCode).toBe(2);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : expect.fail("no port");
}
