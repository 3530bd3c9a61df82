/** The count that `.ci/run` prints last, over reports as Vitest writes them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const TALLY = fileURLToPath(new URL("../../scripts/tally.ts", import.meta.url));
const PASSED_FILE = { status: "passed", assertionResults: [{}] };

function tally(report: object | undefined) {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-tally-"));
  const path = join(folder, "vitest.json");
  if (report !== undefined) writeFileSync(path, JSON.stringify(report));
  const { status, stdout } = spawnSync(process.execPath, [TALLY, path], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return { exitCode: status, line: stdout.trim() };
}

test("passed, failed and skipped tests are counted, and tests left for later count as skipped", () => {
  const report = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1, testResults: [PASSED_FILE] };
  expect(tally(report)).toEqual({ exitCode: 0, line: "7 passed, 0 failed, 3 skipped" });
});

test("a test file that could not be loaded counts as a failure", () => {
  const report = {
    numPassedTests: 7,
    numFailedTests: 1,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [PASSED_FILE, { status: "failed", assertionResults: [] }],
  };
  expect(tally(report)).toEqual({ exitCode: 1, line: "7 passed, 2 failed, 0 skipped" });
});

test("a run without a report, or without a test that passed, has failed", () => {
  const nothing = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  expect(tally(undefined)).toEqual({ exitCode: 1, line: "0 passed, 0 failed, 0 skipped" });
  expect(tally(nothing)).toEqual({ exitCode: 1, line: "0 passed, 0 failed, 0 skipped" });
});
