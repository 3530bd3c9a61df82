/** `lockstep sim` as a process: any client can use it, and the configuration that it prints is one that `run` takes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockstep, startLockstep } from "./support/lockstep.ts";
import { until } from "./support/until.ts";

const LIMIT = { timeout: 90_000 };

test("the simulator says where it listens and that nothing is real, serves a client, and ends by Ctrl-C with 0", LIMIT, async () => {
  const child = startLockstep(["sim", "--port", "0", "--accounts", "4"]);
  let out = "";
  child.stdout.on("data", (text: string) => {
    out += text;
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const rest = await until("it says where it listens", () => /REST +(\S+)/.exec(out)?.[1]);
  expect(out).toContain("Nothing here is real");
  expect(out).toContain("simulated-account4");
  const book = await fetch(`${rest}/orders`, { headers: { "access-token": "simulated-arjun" } });
  expect([book.status, await book.json()]).toEqual([200, []]);
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

test("the configuration that the simulator prints is taken by run, which copies from the first account to the second", LIMIT, async () => {
  const child = startLockstep(["sim", "--port", "0", "--accounts", "2"]);
  let out = "";
  child.stdout.on("data", (text: string) => {
    out += text;
  });
  const origin = await until("it says where it listens", () => /REST +(http:\S+)\/v2/.exec(out)?.[1]);
  const printed = await lockstep(["sim", "--print-config", "--accounts", "2", "--port", new URL(origin).port]);
  const folder = mkdtempSync(join(tmpdir(), "lockstep-sim-"));
  const path = join(folder, "lockstep.yaml");
  writeFileSync(path, `server: { port: 0 }\n${printed.out}`);
  const copier = startLockstep(["run", "--config", path], { MEERA_TOKEN: "simulated-meera", ARJUN_TOKEN: "simulated-arjun" });
  try {
    let log = "";
    copier.stderr.on("data", (text: string) => {
      log += text;
    });
    await until("the copier acts", () => log.includes("BOOKS_READ"));
    const order = { clientId: "1000000001", transactionType: "BUY", exchangeSegment: "NSE_FNO", securityId: "37806", quantity: 150, price: 120.5 };
    await fetch(`${origin}/admin/place`, { method: "POST", body: JSON.stringify(order) });
    await until("the order is copied", () => log.includes('"COPIED"'));
  } finally {
    copier.kill("SIGKILL");
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what the simulator cannot do is said: a port out of range, a file that is not there, an example without a follower", LIMIT, async () => {
  const [port, file, lonely] = await Promise.all([
    lockstep(["sim", "--port", "70000"]),
    lockstep(["sim", "--port", "0", "--instruments", "/nowhere/rows.csv"]),
    lockstep(["sim", "--print-config", "--accounts", "1"]),
  ]);
  expect([port.exitCode, file.exitCode, lonely.exitCode]).toEqual([2, 2, 2]);
  expect(port.err).toContain("0 to 65535");
  expect(file.err).toBe("there is no instrument file /nowhere/rows.csv\n");
  expect(lonely.err).toContain("--accounts 2");
});
