import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSettings } from "./load.ts";
import { problemText } from "./problem.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-settings-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("paths in the file are relative to the file, not to where the program was started", () => {
  const path = join(folder, "lockstep.yaml");
  writeFileSync(
    path,
    `accounts:
  - { id: a, clientId: "1", token: { file: a.token } }
  - { id: b, clientId: "2", token: { env: B } }
copies:
  - { id: ab, leader: a, follower: b, sizing: { mode: lots, lots: 1 } }
`,
  );
  const result = loadSettings(path);
  expect(result).toMatchObject({ ok: true, settings: { journal: join(folder, "lockstep.db"), accounts: [{ token: { path: join(folder, "a.token") } }, {}] } });
});

test("a file that is not there is a problem like any other", () => {
  const result = loadSettings(join(folder, "lockstep.yaml"));
  expect(result.ok ? [] : result.problems.map((problem) => problemText("lockstep.yaml", problem))).toEqual([
    "lockstep.yaml: expected a readable configuration file, found none (ENOENT)",
  ]);
});
