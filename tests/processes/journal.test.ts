/** The built program and a journal that can't be written, or is not whole (decisions 10 and 11). A full disk is tried by hand: docs/runbook/journal.md. */
import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { lockstep } from "./support/lockstep.ts";
import { setStage } from "./support/stage.ts";
import { until } from "./support/until.ts";

const LIMIT = { timeout: 90_000 };

/** Somebody with a shell begins a transaction and goes for tea: no append gets through until he ends it. */
function heldBy(journal: string): Disposable & { let(): void } {
  const person = new DatabaseSync(journal);
  person.exec("BEGIN IMMEDIATE");
  const end = (): void => {
    if (person.isOpen) person.close();
  };
  return { let: end, [Symbol.dispose]: end };
}

function sql(journal: string, statements: string): void {
  const db = new DatabaseSync(journal);
  db.exec(`DROP TRIGGER records_are_never_changed; DROP TRIGGER records_are_never_deleted; ${statements}`);
  db.close();
}

test(
  "R8 while the journal can't be written nothing is placed, a known order is cancelled, /readyz says so; then what still rests is placed",
  LIMIT,
  async () => {
    await using stage = await setStage();
    const { copier, leader, follower, configuration } = stage;
    const known = await leader.places({ quantity: 150 });
    await until("the copy rests", async () => (await follower.orderCalls()).length === 1);
    await copier.tells({ code: "FOLLOWER_ORDER", account: "arjun" });
    await copier.isReady();
    {
      using person = heldBy(configuration.journal);
      await leader.places({ quantity: 300, price: 110 });
      await copier.tells({ code: "JOURNAL_BROKEN", level: "critical" });
      await leader.cancels(known);
      await until("the copy is cancelled", async () => (await follower.orderCalls()).length === 2);
      const { status, body } = await copier.readiness();
      expect([status, body.reasons.some((reason) => reason.startsWith("the journal is broken"))]).toEqual([503, true]);
      expect((await fetch(`${await copier.origin()}/healthz`)).status).toBe(200);
      person.let();
    }
    await copier.tells({ code: "JOURNAL_WRITTEN" });
    await until("the other is placed", async () => (await follower.orderCalls()).length === 3);
    expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "DELETE", "POST"]);
    await copier.isReady();
    expect(await copier.stop()).toBe(0);
    const verified = await lockstep(["journal", "verify", "--config", configuration.path]);
    expect(verified.exitCode).toBe(0);
  },
);

test("an end while the journal can't be written exits 1 and says how much is not in it", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, leader, configuration } = stage;
  using _person = heldBy(configuration.journal);
  await leader.places({ quantity: 150 });
  await copier.tells({ code: "JOURNAL_BROKEN" });
  expect(await copier.stop()).toBe(1);
  expect(copier.lines({ code: "STOPPED" })).toMatchObject([{ level: "critical", message: expect.stringMatching(/^\d+ records are not in the journal/) }]);
});

test("R11 a damaged end is cut off, kept and told; nothing is placed twice, and the leader's cancel is mirrored", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, leader, follower, configuration } = stage;
  const order = await leader.places({ quantity: 150 });
  await until("the copy rests", async () => (await follower.orderCalls()).length === 1);
  await copier.tells({ code: "FOLLOWER_ORDER", account: "arjun" });
  await copier.kill();
  sql(
    configuration.journal,
    "UPDATE records SET text = 'rubbish' WHERE position >= (SELECT min(position) FROM records WHERE text LIKE '%placement-intended%')",
  );
  const again = await stage.startAgain();
  const { message } = await again.tells({ code: "JOURNAL_CUT", level: "critical" });
  expect(message).toContain("is cut off after record");
  const kept = readdirSync(configuration.folder).filter((name) => /-cut-.*\.jsonl$|-damaged-/.test(name));
  expect(kept).toHaveLength(2);
  await again.isReady();
  await leader.cancels(order);
  await until("the copy is cancelled", async () => (await follower.orderCalls()).length === 2);
  expect((await follower.orderCalls()).map(({ method }) => method)).toEqual(["POST", "DELETE"]);
});

test("damage in the middle stops the start with 1 and a sentence on what to do, and the file is as it was", LIMIT, async () => {
  await using stage = await setStage();
  const { copier, leader, configuration } = stage;
  await leader.places({ quantity: 150 });
  await copier.tells({ code: "PLACE" });
  expect(await copier.stop()).toBe(0);
  sql(configuration.journal, "UPDATE records SET text = replace(text, 'engine-started', 'engine-Started') WHERE position = 1");
  const { exitCode, err } = await lockstep(["run", "--config", configuration.path], configuration.env);
  expect(exitCode).toBe(1);
  expect(err).toMatch(/damaged from its first record on.*\n.*move this one and its -wal and -shm away/);
});
