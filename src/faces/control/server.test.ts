/** The control socket as a file: whose it is, where it lies, and what is found in its place. */
import { existsSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askStatus, giveCommand } from "./client.ts";
import { openControl, type RunningControl } from "./server.ts";
import { controlSocketPath } from "./socket-path.ts";
import type { StatusDocument } from "./status-document.ts";

const STATUS: StatusDocument = {
  at: "2026-11-23T10:15:02.417+05:30",
  version: "0.1.0",
  startedAt: "2026-11-23T10:15:00.000+05:30",
  uptimeSeconds: 2,
  ready: true,
  reasons: [],
  journal: { path: "/lockstep.db", records: 1 },
  accounts: [],
  copies: [],
  inDoubt: [],
  waiting: [],
  alerts: [],
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), "ls-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function opened(path: string): Promise<RunningControl> {
  const control = await openControl({ path, status: () => STATUS, command: ({ command }) => ({ result: "failed", why: `${command} was heard` }) });
  if ("fault" in control) throw new Error(control.fault);
  return control;
}

/** A journal in the folder whose socket's path has so many bytes. */
function journalFor(bytes: number): string {
  const rest = bytes - Buffer.byteLength(`${folder}/-control`);
  return join(folder, "j".repeat(rest));
}

test("it answers a question and a command, and is nobody else's whatever the umask", async () => {
  const path = join(folder, "lockstep.db-control");
  const before = process.umask(0);
  const control = await opened(path);
  process.umask(before);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await askStatus(path)).toEqual({ asked: "answered", answer: STATUS });
  expect(await giveCommand(path, "halt", { copy: "meera-arjun" })).toEqual({ asked: "answered", answer: { result: "failed", why: "halt was heard" } });
  expect(await giveCommand(path, "resume", { copy: "meera-arjun", account: "arjun" })).toMatchObject({
    answer: { result: "failed", why: "a copy or an account, not both" },
  });
  await control.close();
  expect(existsSync(path)).toBe(false);
  expect(await askStatus(path)).toEqual({ asked: "absent" });
});

test("a path of 107 bytes is the longest beside the journal; a longer one is hashed, the same through a link", async () => {
  const longest = controlSocketPath(journalFor(107));
  expect(longest).toEqual({ path: `${journalFor(107)}-control` });
  const control = await opened("path" in longest ? longest.path : "");
  expect(await askStatus(`${journalFor(107)}-control`)).toMatchObject({ asked: "answered" });
  await control.close();

  const longer = controlSocketPath(journalFor(108));
  symlinkSync(folder, `${folder}-link`);
  expect(controlSocketPath(journalFor(108).replace(folder, `${folder}-link`))).toEqual(longer);
  rmSync(`${folder}-link`);
  expect(longer).toEqual({ path: expect.stringMatching(/\/lockstep-\d+\/[0-9a-f]{24}$/) });
  expect(controlSocketPath(journalFor(109))).not.toEqual(longer);
});

test("what a dead process has left is replaced, and a file that is no socket is not", async () => {
  const path = join(folder, "lockstep.db-control");
  const dead = createServer().listen(path);
  await new Promise((resolve) => dead.once("listening", resolve));
  const control = await opened(path);
  expect(await askStatus(path)).toMatchObject({ asked: "answered" });
  await control.close();
  dead.close();
  writeFileSync(path, "mine");
  expect(await openControl({ path, status: () => STATUS, command: () => ({ result: "failed", why: "" }) })).toEqual({
    fault: `${path} is in the way of the control socket, and is none: move it away`,
  });
});

test("an answer that is not understood is a fault, not an answer", async () => {
  const path = join(folder, "lockstep.db-control");
  const other = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")).listen(path);
  await new Promise((resolve) => other.once("listening", resolve));
  expect(await askStatus(path)).toMatchObject({ asked: "fault", why: expect.stringContaining("another version") });
  other.close();
});
