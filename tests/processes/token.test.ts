/** The built program while access tokens die and are replaced in their files, on real sockets. */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { untilQuiet } from "./support/quiet.ts";
import { type Stage, setStage } from "./support/stage.ts";
import { untilStartSecondIsOver } from "./support/start-second.ts";
import { until } from "./support/until.ts";

const NAMES = ["meera", "arjun", "kabir"] as const;
/** From the new file to the login with it: a look each second, a question to the broker, and a busy machine. */
const RENEWED_WITHIN_MS = 4_000;

type Name = (typeof NAMES)[number];

/** Everybody's token stands in a file of his own. */
async function stageWithFiles(): Promise<Stage> {
  const write = (folder: string): undefined => {
    for (const name of NAMES) writeFileSync(join(folder, name), `simulated-${name}\n`);
  };
  return setStage({ followers: 2, top: write, accounts: Object.fromEntries(NAMES.map((name) => [name, { token: { file: `./${name}` } }])) });
}

async function tokenDies({ broker }: Stage, name: Name): Promise<void> {
  await broker.act("token", { clientId: broker.trader(name).clientId });
}

/** As a careful person does it: the new token at the broker, and its file in one piece in the place of the old. */
async function tokenIsReplaced({ broker, configuration }: Stage, name: Name): Promise<void> {
  await broker.act("token", { clientId: broker.trader(name).clientId, token: `another-of-${name}` });
  writeFileSync(join(configuration.folder, "new"), `another-of-${name}\n`);
  renameSync(join(configuration.folder, "new"), join(configuration.folder, name));
}

test("a follower's token dies: one alert, the other follower is copied as ever; replaced in its file, what waited is sent", { timeout: 90_000 }, async () => {
  await using stage = await stageWithFiles();
  const { broker, copier, leader } = stage;
  const [arjun, kabir] = [broker.trader("arjun"), broker.trader("kabir")];
  await untilStartSecondIsOver(copier);
  const entry = await leader.places({ quantity: 150 });
  for (const follower of [arjun, kabir]) await until("it is copied", async () => (await follower.orders())[0]?.orderStatus === "PENDING");
  await tokenDies(stage, "arjun");
  await copier.tells({ code: "TOKEN_DEAD", account: "arjun", level: "critical" });
  await leader.cancels(entry);
  await leader.places({ quantity: 150, price: 119 });
  await until("the other is copied", async () => (await kabir.orders()).map(({ orderStatus }) => orderStatus).join() === "CANCELLED,PENDING");
  await untilQuiet([arjun], { forMs: 2_000 });
  expect((await arjun.orders()).map(({ orderStatus }) => orderStatus)).toEqual(["PENDING"]);
  const { status, body } = await copier.readiness();
  expect([status, body.dead]).toEqual([200, ["arjun"]]);
  await tokenIsReplaced(stage, "arjun");
  await until("what waited is sent", async () => (await arjun.orders()).map(({ orderStatus }) => orderStatus).join() === "CANCELLED,PENDING", {
    withinMs: RENEWED_WITHIN_MS,
  });
  await copier.tells({ code: "TOKEN_ALIVE", account: "arjun" });
  expect(copier.lines({ code: "TOKEN_DEAD" })).toHaveLength(1);
  for (const token of ["simulated-arjun", "another-of-arjun"]) expect(copier.err).not.toContain(token);
});

test("the leader's token dies: 503 with the reason, no further login; replaced, all that he did meanwhile is found", { timeout: 90_000 }, async () => {
  await using stage = await stageWithFiles();
  const { copier, leader, follower } = stage;
  await untilStartSecondIsOver(copier);
  const before = await leader.places({ quantity: 150, price: 118 });
  await until("it is copied", async () => (await follower.orders())[0]?.orderStatus === "PENDING");
  await copier.isReady();
  await tokenDies(stage, "meera");
  await copier.tells({ code: "TOKEN_DEAD", account: "meera", level: "critical" });
  const { status, body } = await copier.readiness();
  expect(status).toBe(503);
  expect(body.reasons).toEqual(expect.arrayContaining(["meera: the access token is dead", "meera: the order stream is not open"]));
  await leader.changes(before, { price: 118.5 });
  await leader.places({ quantity: 150, price: 117 });
  await untilQuiet([follower], { forMs: 3_000 });
  expect(await follower.orderCalls()).toHaveLength(1);
  // The one that raised the question.
  expect(copier.lines({ code: "STREAM_OPEN", account: "meera" }).length).toBeLessThanOrEqual(2);
  await tokenIsReplaced(stage, "meera");
  await until("what he did is found", async () => (await follower.orders()).map(({ price }) => price).join() === "118.5,117", { withinMs: RENEWED_WITHIN_MS });
  await copier.isReady();
});
