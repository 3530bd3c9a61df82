import { expect, test } from "vitest";
import { JournalFault, type JournalTrouble } from "../../engine/ports/journal.ts";
import { journalFault } from "./sqlite-fault.ts";

const sqliteError = (errcode: number): Error => Object.assign(new Error("what SQLite said"), { code: "ERR_SQLITE_ERROR", errcode });

test.each<[string, number, JournalTrouble]>([
  ["SQLITE_PERM", 3, "read-only"],
  ["SQLITE_BUSY", 5, "locked"],
  ["SQLITE_BUSY_RECOVERY", 261, "locked"],
  ["SQLITE_READONLY", 8, "read-only"],
  ["SQLITE_READONLY_DBMOVED", 1032, "read-only"],
  ["SQLITE_IOERR", 10, "io"],
  ["SQLITE_IOERR_FSYNC", 1034, "io"],
  ["SQLITE_CORRUPT", 11, "corrupt"],
  ["SQLITE_FULL", 13, "full"],
  ["SQLITE_CANTOPEN", 14, "io"],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", 1555, "conflict"],
  ["SQLITE_NOTADB", 26, "corrupt"],
  ["SQLITE_NOMEM", 7, "io"],
])("%s (%i) is the trouble %s", (_, code, trouble) => {
  const error = sqliteError(code);
  const fault = journalFault(error, "lockstep.db", "append to");
  expect(fault).toBeInstanceOf(JournalFault);
  expect(fault).toMatchObject({ trouble, message: `could not append to lockstep.db: what SQLite said (SQLite ${code})`, cause: error });
});

test("what is no error of SQLite's is a bug or has its name already, and stays what it is", () => {
  const bug = new TypeError("Do not know how to serialize a BigInt");
  expect(journalFault(bug, "lockstep.db", "append to")).toBe(bug);
  const fault = new JournalFault("conflict", "another writes");
  expect(journalFault(fault, "lockstep.db", "append to")).toBe(fault);
});
