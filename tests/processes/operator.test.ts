/** A person at the running copier: `status`, `halt` and `resume` of the built program, over its control socket. */
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { statusDocument } from "../../src/faces/control/status-document.ts";
import { people } from "./support/broker.ts";
import { writeConfiguration } from "./support/configuration.ts";
import { lockstep, startLockstep } from "./support/lockstep.ts";
import { untilQuiet } from "./support/quiet.ts";
import { type Stage, setStage } from "./support/stage.ts";
import { untilStartSecondIsOver } from "./support/start-second.ts";
import { until } from "./support/until.ts";

const LIMIT = { timeout: 90_000 };
const NOWHERE = { rest: "http://127.0.0.1:9/v2", orderUpdates: "ws://127.0.0.1:9", people: people(2) };

const ask = ({ configuration }: Pick<Stage, "configuration">, ...words: readonly string[]) => lockstep([...words, "--config", configuration.path]);

test("status tells how the copier stands, to people and to programs; the socket is its owner's alone", LIMIT, async () => {
  await using stage = await setStage({ followers: 2 });
  const { configuration, copier, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  await copier.isReady();
  const order = await leader.places({ quantity: 150 });
  await until("it rests", async () => (await follower.orders())[0]?.orderStatus === "PENDING");
  await copier.tells({ code: "FOLLOWER_ORDER", account: "arjun" });

  expect(statSync(`${configuration.journal}-control`).mode & 0o777).toBe(0o600);
  const text = await ask(stage, "status");
  expect(text.exitCode).toBe(0);
  for (const words of ["Ready.", configuration.journal, "meera > arjun", "meera-kabir", "leader", "alive"]) expect(text.out).toContain(words);
  const { exitCode, out } = await ask(stage, "status", "--json");
  const status = statusDocument.strict().parse(JSON.parse(out));
  expect([exitCode, status.ready, status.journal.path]).toEqual([0, true, configuration.journal]);
  expect(status.accounts.map(({ account, role, stream, token }) => [account, role, stream.state, token.state])).toEqual([
    ["meera", "leader", "open", "alive"],
    ["arjun", "follower", "open", "alive"],
    ["kabir", "follower", "open", "alive"],
  ]);
  expect(status.copies[0]).toMatchObject({ copy: "meera-arjun", mirrors: { resting: 1, waiting: 0 } });
  expect(out + text.out).not.toContain("simulated-");
  await leader.cancels(order);

  await stage.broker.act("token", { clientId: leader.clientId });
  await copier.tells({ code: "TOKEN_DEAD", account: "meera" });
  const unready = await ask(stage, "status");
  expect(unready.exitCode).toBe(1);
  expect(unready.out).toContain("NOT READY:\n  meera: ");
  expect(unready.out).toContain("  meera: the access token is dead\n");
});

test("a halt holds over SIGKILL: entries are refused and exits go; resume lets entries go, and sends nothing itself", LIMIT, async () => {
  await using stage = await setStage();
  const { configuration, copier, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  const entry = await leader.places({ quantity: 300 });
  await until("it is copied", async () => (await follower.orders())[0]?.orderStatus === "PENDING");
  await leader.isFilled(entry);
  await follower.isFilled((await follower.orders())[0]?.orderId ?? "");
  await until("both are filled", async () => (await follower.net()) === 150);

  const halted = await ask(stage, "halt");
  expect(halted).toMatchObject({ exitCode: 0, err: "" });
  expect(halted.out).toContain("Halted, and opening nothing: every copy.");
  expect(halted.out).toContain("meera-arjun");
  expect((await ask(stage, "halt", "--copy", "meera-arjun")).out).toContain("Nothing changed");
  await copier.tells({ code: "HALTED", level: "warning" });
  await copier.kill();
  expect(existsSync(`${configuration.journal}-control`)).toBe(true);
  expect(await ask(stage, "status")).toMatchObject({ exitCode: 1, err: expect.stringContaining("no copier is running on journal") });

  const again = await stage.startAgain();
  await untilStartSecondIsOver(again);
  const refused = await leader.places({ quantity: 150, price: 119 });
  await again.tells({ code: "ENTRIES_HALTED", order: refused });
  expect((await ask(stage, "status")).out).toContain("HALTED: every copy opens nothing");
  await leader.places({ transactionType: "SELL", orderType: "MARKET", quantity: 150 });
  await until("half is sold", async () => (await follower.orderCalls()).at(-1)?.body["transactionType"] === "SELL");

  const resumed = await ask(stage, "resume");
  expect(resumed.out).toContain("meera-arjun opens again");
  expect(resumed.out).toContain("No copy is halted.");
  await again.tells({ code: "RESUMED" });
  await untilQuiet([follower], { forMs: 1_000 });
  expect((await follower.orderCalls()).map(({ body }) => [body["transactionType"], body["quantity"]])).toEqual([
    ["BUY", 150],
    ["SELL", 75],
  ]);
  await leader.places({ quantity: 150, price: 118 });
  await until("it is copied", async () => (await follower.orderCalls()).length === 3);
  expect(await again.stop()).toBe(0);
  expect(existsSync(`${configuration.journal}-control`)).toBe(false);
});

test("a name that nobody bears exits 2 with those that there are; two names are bad usage", LIMIT, async () => {
  await using stage = await setStage({ followers: 2 });
  const [copy, account, both] = await Promise.all([
    ask(stage, "halt", "--copy", "meera-ravi"),
    ask(stage, "resume", "--account", "ravi"),
    ask(stage, "halt", "--copy", "meera-arjun", "--account", "arjun"),
  ]);
  expect(copy).toMatchObject({ exitCode: 2, err: "no copy is called meera-ravi; there are meera-arjun, meera-kabir\n" });
  expect(account).toMatchObject({ exitCode: 2, err: "no account is called ravi; there are meera, arjun, kabir\n" });
  expect(both.exitCode).toBe(2);
});

test("where no copier runs each command exits 1 with one sentence", LIMIT, async () => {
  using configuration = writeConfiguration({ broker: NOWHERE });
  for (const words of [["status"], ["status", "--watch"], ["halt"], ["resume"]]) {
    const { exitCode, out, err } = await ask({ configuration }, ...words);
    expect([exitCode, out]).toEqual([1, ""]);
    expect(err).toBe(`no copier is running on journal ${configuration.journal}: nothing answers at ${configuration.journal}-control\n`);
  }
});

test("status --watch shows it again each second, also as lines of JSON, and ends with 0", LIMIT, async () => {
  await using stage = await setStage();
  const watching = startLockstep(["status", "--watch", "--json", "--config", stage.configuration.path]);
  let out = "";
  watching.stdout.on("data", (text: string) => {
    out += text;
  });
  const lines = await until("it is shown twice", () => {
    const whole = out.split("\n").slice(0, -1);
    return whole.length >= 2 && whole;
  });
  for (const line of lines) statusDocument.parse(JSON.parse(line));
  const closed = new Promise((resolve) => watching.once("close", resolve));
  watching.kill("SIGINT");
  expect(await closed).toBe(0);
});

test("a journal whose path is too long for a socket has it in a private folder; one that others may open is refused", LIMIT, async () => {
  const deep = `${"a-folder-with-a-rather-long-name/".repeat(4)}`;
  await using stage = await setStage({
    top: (folder) => {
      mkdirSync(join(folder, deep), { recursive: true });
      return { journal: `./${deep}lockstep.db` };
    },
  });
  const { configuration, copier } = stage;
  expect((await ask(stage, "halt")).exitCode).toBe(0);
  expect(existsSync(join(configuration.folder, deep, "lockstep.db-control"))).toBe(false);
  await copier.stop();

  const shared = join(configuration.folder, "tmp");
  mkdirSync(join(shared, `lockstep-${process.getuid?.()}`), { recursive: true });
  chmodSync(join(shared, `lockstep-${process.getuid?.()}`), 0o777);
  const refused = await lockstep(["status", "--config", configuration.path], { TMPDIR: shared });
  expect(refused.exitCode).toBe(1);
  expect(refused.err).toContain("is not a folder of this user alone");
});

test("what lies in the place of the socket and is none stops the start, and is left alone", LIMIT, async () => {
  await using stage = await setStage();
  const { configuration, copier } = stage;
  await copier.stop();
  writeFileSync(`${configuration.journal}-control`, "a file of the owner's");
  const { exitCode, err } = await lockstep(["run", "--config", configuration.path], configuration.env);
  expect(exitCode).toBe(1);
  expect(err).toContain("is in the way of the control socket");
  expect(existsSync(`${configuration.journal}-control`)).toBe(true);
});
