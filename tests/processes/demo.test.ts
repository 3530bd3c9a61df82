/** The demonstration as people start it: what it promises. When each line comes is measured by `npm run bench:demo`. */

import { once } from "node:events";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { lockstep, startLockstep } from "./support/lockstep.ts";
import { until } from "./support/until.ts";

const NEXT = /npx lockstep explain (?<order>\d+) --config (?<configuration>\S+)/;

/** What is to be tried next, as the demonstration says it. Its folder goes with the test. */
function nextOf(out: string): { readonly order: string; readonly configuration: string; [Symbol.dispose](): void } {
  const { order = "", configuration = "" } = NEXT.exec(out)?.groups ?? {};
  const folder = dirname(configuration);
  return { order, configuration, [Symbol.dispose]: () => folder.startsWith(tmpdir()) && rmSync(folder, { recursive: true, force: true }) };
}

test("the fixed session: sixty orders, a cut, a crash, and the brokers' books as the tables have them", { timeout: 110_000 }, async () => {
  const { exitCode, out, err } = await lockstep(["demo", "--once"]);
  using next = nextOf(out);
  expect(err).toBe("");
  expect(out).toContain("All money here is simulated");
  expect(out).toMatch(/meera +cut off/);
  expect(out).toMatch(/the copier is dropped: sockets destroyed, nothing flushed, [1-9]\d* requests in flight/);
  expect(out).toMatch(/a new copier is built from the journal file alone: \d+ records/);
  expect(out.match(/^ {2}X .*$/gm)).toBeNull();
  const [, orders, agreeing, all] = /(\d+) orders of the leader\. (\d+) of (\d+) rows agree; 0 requests were over the limit/.exec(out) ?? [];
  expect(Number(orders)).toBeGreaterThanOrEqual(40);
  expect(agreeing).toBe(all);
  expect(exitCode).toBe(0);

  const story = await lockstep(["explain", next.order, "--config", next.configuration]);
  expect(story).toMatchObject({ exitCode: 0, err: "" });
  for (const copy of ["meera-arjun", "meera-kabir", "meera-zoya"]) expect(story.out).toContain(copy);
});

test("the endless one: each promised line, until Ctrl-C, which sums up and says what to try next", { timeout: 120_000 }, async () => {
  const program = startLockstep(["demo"]);
  let out = "";
  let err = "";
  program.stdout.on("data", (text: string) => {
    out += text;
  });
  program.stderr.on("data", (text: string) => {
    err += text;
  });
  const closed = once(program, "close");
  const comes = (what: string, pattern: RegExp): Promise<true> => until(what, () => pattern.test(out) || undefined, { withinMs: 60_000 });

  await comes("that the money is simulated", /All money here is simulated/);
  await comes("the leader's first order", /meera +buys +8 lots/);
  await comes("the size of arjun", /arjun +buys +4 lots +[\d.]+ ms/);
  await comes("the size of kabir", /kabir +buys +2 lots +[\d.]+ ms/);
  await comes("the size of zoya", /zoya +buys +1 lot +[\d.]+ ms/);
  await comes("a refusal with its reason", /zoya +refused .*insufficient funds/);
  await comes("a change", /arjun +changes +4 lots +[\d.]+ ms +limit 118\.50/);
  await comes("a partial fill", /filled +1 of 4 lots|filled +[23] of 4 lots/);
  await comes("a cancel", /arjun +cancels +[\d.]+ ms/);
  await comes("the lag of each follower", /arjun +lag: .*\n.*kabir +lag: .*\n.*zoya +lag: /);
  await comes("that it goes on", /And so on, until Ctrl-C\n.*\n.*meera +buys/);
  expect(out).not.toContain("\u001b[");

  program.kill("SIGINT");
  const [exitCode] = await closed;
  using next = nextOf(out);
  expect(err).toBe("");
  expect(exitCode).toBe(0);
  expect(out).toMatch(/\d+ orders of the leader, \d+ copies sent, \d+ changed, \d+ cancelled, \d+ fills at the followers, \d+ refusals/);
  expect(await lockstep(["explain", next.order, "--config", next.configuration])).toMatchObject({ exitCode: 0, err: "" });
});
