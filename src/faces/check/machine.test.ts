import { expect, test } from "vitest";
import { unixMs } from "../../domain/time.ts";
import { diskFinding, type JournalFacts, journalFinding, serverFinding } from "./machine.ts";

const WHOLE: JournalFacts = { path: "/d/lockstep.db", is: "whole", records: 1_500, followed: 1_000, openToOthers: [], owner: undefined };
const OWNER = { pid: 42, host: "here", since: unixMs(Date.parse("2026-11-24T03:40:00Z")) };

test("a journal that is whole is ok, held by a running copier or not", () => {
  expect(journalFinding(WHOLE)).toEqual({
    check: "journal",
    state: "ok",
    said: "/d/lockstep.db: 1500 records, the last 1000 are as they were written; nobody has it open",
  });
  expect(journalFinding({ ...WHOLE, owner: { ...OWNER, isAlive: true } })).toMatchObject({
    state: "ok",
    said: expect.stringContaining("a copier is running: process 42, which opened it at 2026-11-24 09:10:00 in India"),
  });
  expect(journalFinding({ ...WHOLE, owner: { ...OWNER, isAlive: false } })?.said).toContain("nobody has it open");
  expect(journalFinding({ ...WHOLE, owner: { ...OWNER, isAlive: undefined } })?.said).toContain("last opened on another machine: here");
});

test("a journal that others may read is a warning with the command that mends it", () => {
  expect(journalFinding({ ...WHOLE, openToOthers: ["/d/lockstep.db"] })).toMatchObject({ state: "warning", todo: "chmod 600 /d/lockstep.db" });
});

test("no journal yet is a first start, unless none can be made; a damaged one has failed", () => {
  expect(journalFinding({ path: "/d/lockstep.db", is: "absent", obstacle: undefined })).toMatchObject({ state: "ok" });
  expect(journalFinding({ path: "/d/lockstep.db", is: "absent", obstacle: "there is no folder /d" })).toMatchObject({ state: "failed" });
  expect(journalFinding({ path: "/d/lockstep.db", is: "damaged", said: "position 7: the hash does not match" })).toMatchObject({
    state: "failed",
    said: "position 7: the hash does not match",
  });
});

test("a journal that a start could not write has failed, and is not called damaged", () => {
  const finding = journalFinding({ path: "/d/lockstep.db", is: "read-only", obstacle: "/d is not to be written to (EROFS)" });
  expect(finding).toMatchObject({ state: "failed", said: "/d/lockstep.db can't be written: /d is not to be written to (EROFS)" });
  expect(finding?.todo).not.toContain("verify");
});

test.each([
  [undefined, "warning"],
  [0, "failed"],
  [63 * 1024 ** 2, "failed"],
  [500 * 1024 ** 2, "warning"],
  [20 * 1024 ** 3, "ok"],
])("%s bytes free: %s", (freeBytes, state) => {
  expect(diskFinding({ folder: "/d", freeBytes })).toMatchObject({ state });
});

test.each([
  ["any port", { is: "any" }, false, "ok"],
  ["a free port", { is: "free" }, false, "ok"],
  ["another program", { is: "other", said: "it answers HTTP 404, and not as Lockstep does" }, false, "failed"],
  ["nobody who can be reached", { is: "unclear", said: "ENOTFOUND" }, false, "warning"],
  ["the copier of this journal, ready", { is: "copier", ready: true, reasons: [] }, true, "ok"],
  ["the copier of this journal, not ready", { is: "copier", ready: false, reasons: ["meera: the access token is dead"] }, true, "warning"],
  ["the copier of another journal", { is: "copier", ready: true, reasons: [] }, false, "failed"],
] as const)("at the port is %s", (_, port, ownsJournal, state) => {
  expect(serverFinding(port, "127.0.0.1:8420", ownsJournal)).toMatchObject({ state });
});
