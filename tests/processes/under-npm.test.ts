/** The built program behind a shell of npm's, which hands no signal on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const SHELL = '"$0" bin/lockstep.js sim --port 0; :';

test("whoever ends npx ends what it has started, a second later at most", { timeout: 30_000 }, async () => {
  const shell = spawn("sh", ["-c", SHELL, process.execPath], { env: { ...process.env, npm_command: "exec" }, stdio: ["ignore", "pipe", "inherit"] });
  await once(shell.stdout, "data");
  // The simulator holds the other end: it is closed with it, and not with the shell.
  const isOver = once(shell.stdout.resume(), "close");
  shell.kill("SIGKILL");
  await isOver;
  expect(shell.signalCode).toBe("SIGKILL");
});
