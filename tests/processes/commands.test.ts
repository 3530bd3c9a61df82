/** What the program says, and the exit code with which it ends, when it is asked for what it cannot do; and the commands that only read. */
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { people } from "./support/broker.ts";
import { writeConfiguration } from "./support/configuration.ts";
import { explain } from "./support/copier-process.ts";
import { lockstep, startLockstep } from "./support/lockstep.ts";
import { setStage } from "./support/stage.ts";

const LIMIT = { timeout: 90_000 };
/** Nobody listens there: what is tested here ends before anything is connected. */
const NOWHERE = { rest: "http://127.0.0.1:9/v2", orderUpdates: "ws://127.0.0.1:9", people: people(2) };

test("a command that does not exist is bad usage, and help is not", LIMIT, async () => {
  const [unknown, option, missing, help] = await Promise.all([
    lockstep(["flatten"]),
    lockstep(["run", "--quickly"]),
    lockstep(["explain"]),
    lockstep(["--help"]),
  ]);
  expect([unknown.exitCode, option.exitCode, missing.exitCode, help.exitCode]).toEqual([2, 2, 2, 0]);
  expect(unknown.err).toContain("unknown command 'flatten'");
  expect(option.err).toContain("unknown option '--quickly'");
  for (const command of ["run", "status", "halt", "resume", "sim", "explain", "journal"]) expect(help.out).toContain(command);
});

test("each problem of the configuration is a line of its own with file, line and key, and exits 2", LIMIT, async () => {
  using configuration = writeConfiguration({ broker: NOWHERE, copy: { folower: "arjun", maxAge: "soon" } });
  const { exitCode, err, out } = await lockstep(["run", "--config", configuration.path], configuration.env);
  expect(exitCode).toBe(2);
  expect(out).toBe("");
  const lines = err.trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toMatch(new RegExp(`^${configuration.path}:\\d+: copies\\[0\\]\\.(folower|maxAge): `));
});

test("a command whose reader has gone, as with `| head`, ends without a word", LIMIT, async () => {
  using configuration = writeConfiguration({ broker: NOWHERE });
  const child = startLockstep(["check", "--config", configuration.path], configuration.env);
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (text: string) => {
    err += text;
  });
  await once(child, "close");
  expect([child.exitCode, err]).toEqual([1, ""]);
});

test("a configuration that is not there exits 2", LIMIT, async () => {
  const { exitCode, err } = await lockstep(["run", "--config", "/nowhere/lockstep.yaml"]);
  expect(err).toContain("/nowhere/lockstep.yaml: expected a readable configuration file");
  expect(exitCode).toBe(2);
});

test("an account without a token exits 2 and names the variable", LIMIT, async () => {
  using configuration = writeConfiguration({ broker: NOWHERE });
  const { exitCode, err } = await lockstep(["run", "--config", configuration.path], { MEERA_TOKEN: "one", ARJUN_TOKEN: "" });
  expect(err).toBe("account arjun: the environment variable ARJUN_TOKEN is not set, and it should hold the access token\n");
  expect(exitCode).toBe(2);
});

test("an instrument file that is missing, or lacks a column, exits 2 and says where to get one", LIMIT, async () => {
  using configuration = writeConfiguration({ broker: NOWHERE, dhan: { instruments: "./rows.csv" } });
  const run = () => lockstep(["run", "--config", configuration.path], configuration.env);
  const missing = await run();
  writeFileSync(join(configuration.folder, "rows.csv"), "SECURITY_ID,LOT_SIZE\n37806,75\n");
  const columns = await run();
  expect([missing.exitCode, columns.exitCode]).toEqual([2, 2]);
  expect(missing.err).toContain(`${join(configuration.folder, "rows.csv")} is not there`);
  expect(missing.err).toContain("https://images.dhan.co/");
  expect(columns.err).toContain("has no column");
});

test("the journal is exported and verified beside its owner and after him; a record that was altered exits 1", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, configuration, leader } = stage;
  const order = await leader.places({ quantity: 150 });
  await copier.tells({ code: "COPIED", order });
  const config = ["--config", configuration.path];

  const exported = await lockstep(["journal", "export", ...config]);
  const lines = exported.out.trimEnd().split("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ format: "lockstep-journal" });
  const types = lines.slice(1, -1).map((line) => z.object({ record: z.object({ type: z.string() }) }).parse(JSON.parse(line)).record.type);
  expect(types).toEqual(expect.arrayContaining(["leader-order-reported", "mirror-opened", "placement-intended"]));
  const verified = await lockstep(["journal", "verify", ...config]);
  expect([exported.exitCode, verified.exitCode]).toEqual([0, 0]);
  expect(verified.out).toContain("every record is there");

  await copier.stop();
  const bytes = readFileSync(configuration.journal);
  // Every occurrence: a page of the database that was split may hold a stale copy of what it once held.
  for (let at = bytes.indexOf('"quantity":75'); at >= 0; at = bytes.indexOf('"quantity":75', at + 1)) bytes.write('"quantity":76', at);
  writeFileSync(configuration.journal, bytes);
  const altered = await lockstep(["journal", "verify", ...config]);
  expect(altered.exitCode).toBe(1);
  expect(altered.out).toMatch(/follower:1000000002/);
  const refused = await lockstep(["run", ...config], configuration.env);
  expect([refused.exitCode, refused.err]).toEqual([1, expect.stringContaining("damaged")]);
});

test("explain tells what it does not know: an unknown order, the owner's own, no journal", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, configuration, follower } = stage;
  const own = await follower.places({ price: 100 });
  await copier.tells({ code: "OWNERS_ORDER" });
  const ask = (order: string) => lockstep(["explain", order, "--config", configuration.path]);
  const [unknown, owners] = await Promise.all([ask("42"), ask(own)]);
  expect([unknown.exitCode, owners.exitCode]).toEqual([1, 1]);
  expect(unknown.err).toContain("knows nothing of an order 42");
  expect(owners.err).toBe(`order ${own} at arjun was not placed by Lockstep: it is the owner's own\n`);
  await copier.stop();
  for (const file of ["", "-lock", "-wal", "-shm"]) rmSync(`${configuration.journal}${file}`, { force: true });
  const none = await ask("42");
  expect([none.exitCode, none.err]).toEqual([1, expect.stringContaining("there is no journal")]);
});

test("explain tells of a leader's order that nobody could understand (S39)", LIMIT, async () => {
  await using stage = await setStage();
  const { broker, copier, configuration, leader } = stage;
  await broker.act("fault", { on: "stream", clientId: leader.clientId, effect: { kind: "drop" } });
  const order = await leader.places({ quantity: 150 });
  await broker.act("repair", {});
  await broker.act("frame", { clientId: leader.clientId, orderId: order, members: { orderType: "ICEBERG" } });
  const line = await copier.tells({ account: "meera", order, level: "warning" });
  const { seen } = await explain(configuration, order);
  expect(seen.filter(({ what }) => what === "refused")).toMatchObject([{ code: line.code }]);
});

test("the version is the package's", LIMIT, async () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")));
  expect(await lockstep(["--version"])).toEqual({ exitCode: 0, out: `${version}\n`, err: "" });
});
