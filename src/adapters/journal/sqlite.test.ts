import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { unixMs } from "../../domain/time.ts";
import { JournalFault, type JournalRecord } from "../../engine/ports/journal.ts";
import { openJournal, readJournal, type SqliteJournal } from "./sqlite.ts";
import { makeDurable } from "./sqlite-schema.ts";
import { verifyJournal } from "./verify.ts";

const folder = mkdtempSync(join(tmpdir(), "lockstep-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const openedAt = unixMs(Date.UTC(2026, 10, 23, 3, 45));

function newPath(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

const seen = (order: string): JournalRecord => ({ type: "order-seen", at: 1_795_000_000_000, order });

/** A closed journal with `count` records of a leader and as many of a follower. */
function written(count: number): string {
  const path = newPath();
  const journal = openJournal(path, { openedAt });
  for (let index = 0; index < count; index += 1) {
    journal.append([
      { stream: "leader:1", expected: index, records: [seen(`L${index}`)] },
      { stream: "follower:2", expected: index, records: [seen(`F${index}`)] },
    ]);
  }
  journal.close();
  return path;
}

function sql(path: string, statements: string): void {
  const db = new DatabaseSync(path);
  db.exec(statements);
  db.close();
}

function faultOf(attempt: () => unknown): JournalFault {
  try {
    attempt();
  } catch (error) {
    if (error instanceof JournalFault) return error;
    throw error;
  }
  throw new Error("there should have been a fault");
}

test("an append is synced before it returns: a write-ahead log, and synchronous FULL (R8)", () => {
  const path = newPath();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA synchronous = OFF");
  makeDurable(db, path);
  expect(db.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  expect(db.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
  db.close();
  const nowhere = new DatabaseSync(":memory:");
  expect(faultOf(() => makeDurable(nowhere, ":memory:"))).toMatchObject({ trouble: "io", message: expect.stringContaining("local disk") });
  nowhere.close();
});

test("the file is a journal of format 1 by its header, and only its owner can read it", () => {
  const path = written(1);
  const db = new DatabaseSync(path, { readOnly: true });
  expect(db.prepare("PRAGMA application_id").get()).toEqual({ application_id: 0x4c4b5350 });
  expect(db.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
  db.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a journal of a later format is refused with a sentence, by writer and reader, and left as it is", () => {
  const path = written(1);
  sql(path, "PRAGMA user_version = 2");
  const before = readFileSync(path);
  for (const open of [() => openJournal(path, { openedAt }), () => readJournal(path)]) {
    expect(faultOf(open).message).toMatch(/is a journal of format 2, written by a later Lockstep; this one knows formats up to 1/);
  }
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("somebody else's database is never written to", () => {
  const path = newPath();
  sql(path, "CREATE TABLE recipes (name TEXT)");
  const before = readFileSync(path);
  expect(faultOf(() => openJournal(path, { openedAt }))).toMatchObject({ trouble: "corrupt", message: expect.stringContaining("database of something else") });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("a file that is no database is corrupt, one that is missing or in no folder is io, and each says its path", () => {
  const text = newPath();
  writeFileSync(text, "accounts:\n  - id: meera\n".repeat(200));
  expect(faultOf(() => openJournal(text, { openedAt })).trouble).toBe("corrupt");
  expect(faultOf(() => readJournal(text)).trouble).toBe("corrupt");
  const missing = newPath();
  expect(faultOf(() => readJournal(missing))).toMatchObject({ trouble: "io", message: expect.stringContaining(missing) });
  expect(faultOf(() => openJournal(join(folder, "nowhere", "a.db"), { openedAt }))).toMatchObject({
    trouble: "io",
    message: expect.stringContaining("nowhere"),
  });
});

test("an empty file, as a crash while it was made leaves it, becomes a journal; for a reader it is none yet", () => {
  const path = newPath();
  writeFileSync(path, "");
  expect(faultOf(() => readJournal(path)).message).toMatch(/nothing was ever written/);
  const journal = openJournal(path, { openedAt });
  journal.append([{ stream: "leader:1", expected: 0, records: [seen("A")] }]);
  journal.close();
  expect(verifyJournal(readJournal(path)).flaws).toEqual([]);
});

test("records cannot be changed or deleted, not even by hand", () => {
  const path = written(2);
  expect(() => sql(path, "DELETE FROM records WHERE position = 4")).toThrow(/append-only/);
  expect(() => sql(path, "UPDATE records SET text = '{}' WHERE position = 1")).toThrow(/append-only/);
});

test("a lost end, a lost stream and a missing table are noticed at start, before anything is written after them", () => {
  const unlocked = "DROP TRIGGER records_are_never_deleted; ";
  const tail = written(5);
  sql(tail, `${unlocked} DELETE FROM records WHERE position > 8`);
  expect(faultOf(() => openJournal(tail, { openedAt }))).toMatchObject({
    trouble: "corrupt",
    message: expect.stringMatching(/count 10 records together, and the last position is 8/),
  });
  const stream = written(5);
  sql(stream, "DELETE FROM streams WHERE stream = 'leader:1'");
  expect(faultOf(() => openJournal(stream, { openedAt })).trouble).toBe("corrupt");
  const table = written(5);
  sql(table, "DROP TABLE streams");
  expect(faultOf(() => openJournal(table, { openedAt })).trouble).toBe("corrupt");
});

test("damage among the last records is found at start, damage before them by the fold and by verify", () => {
  const path = written(1_000);
  sql(
    path,
    "DROP TRIGGER records_are_never_changed; UPDATE records SET text = replace(text, 'L3', 'L8') WHERE position = 7; UPDATE records SET text = replace(text, 'F', 'G') WHERE position = 1600",
  );
  expect(faultOf(() => openJournal(path, { openedAt }))).toMatchObject({
    trouble: "corrupt",
    message: expect.stringContaining("position 1600, stream follower:2, sequence 800"),
  });
  const reader = readJournal(path);
  expect(faultOf(() => [...reader.read()]).message).toContain("position 7, stream leader:1, sequence 4");
  expect(verifyJournal(reader).flaws.map(({ kind, position }) => [kind, position])).toEqual([
    ["hash", 7],
    ["hash", 1_600],
  ]);
  reader.close();
});

test("verify tells each kind of damage by its place", () => {
  const flaws = (statements: string) => {
    const path = written(4);
    sql(path, `DROP TRIGGER records_are_never_changed; DROP TRIGGER records_are_never_deleted; ${statements}`);
    const reader = readJournal(path);
    const found = verifyJournal(reader).flaws.map(({ kind, position, stream }) => [kind, position ?? stream]);
    reader.close();
    return found;
  };
  expect(flaws("")).toEqual([]);
  expect(flaws("DELETE FROM records WHERE position = 3")).toEqual([
    ["gap", 4],
    ["sequence", 5],
    ["hash", 5],
  ]);
  expect(flaws("UPDATE records SET hash = upper(hash) WHERE position = 8")).toEqual([
    ["hash", 8],
    ["head", "follower:2"],
  ]);
  expect(flaws("UPDATE records SET sequence = 9 WHERE position = 7")).toEqual([
    ["sequence", 7],
    ["head", "leader:1"],
  ]);
  expect(flaws("UPDATE records SET stream = 'leader:9' WHERE position = 1")).toContainEqual(["hash", 1]);
  expect(flaws("DELETE FROM records WHERE position > 6")).toEqual([
    ["head", "leader:1"],
    ["head", "follower:2"],
  ]);
  expect(flaws("DELETE FROM records WHERE stream = 'follower:2' OR position > 1")).toEqual([
    ["head", "leader:1"],
    ["head", "follower:2"],
  ]);
  expect(flaws("UPDATE records SET text = 'not JSON' WHERE position = 2")).toEqual([
    ["hash", 2],
    ["record", 2],
  ]);
});

test("any byte of a stored text that a disk changes in the file itself is found by verify", () => {
  const path = written(3);
  const sound = readFileSync(path);
  const texts = ["L0", "F0", "L1", "F1", "L2", "F2"].map((order) => JSON.stringify(seen(order)));
  const bytes = texts.flatMap((text) => Array.from({ length: text.length }, (_, index) => sound.indexOf(text) + index));
  fc.assert(
    fc.property(fc.constantFrom(...bytes), fc.integer({ min: 1, max: 255 }), (where, flip) => {
      const damaged = Buffer.from(sound);
      damaged.writeUInt8(damaged.readUInt8(where) ^ flip, where);
      writeFileSync(path, damaged);
      const reader = readJournal(path);
      const { flaws } = verifyJournal(reader);
      reader.close();
      expect(flaws.map(({ kind }) => kind)).toContain("hash");
    }),
    { numRuns: 150 },
  );
});

test("a page that SQLite itself cannot read is a flaw with a sentence, and no exception", () => {
  const path = written(400);
  const file = readFileSync(path);
  file.fill(0xff, 3 * 4096, 4 * 4096);
  writeFileSync(path, file);
  const reader = readJournal(path);
  const { flaws } = verifyJournal(reader);
  expect(flaws.some(({ kind }) => kind === "store")).toBe(true);
  expect(faultOf(() => [...reader.read()]).trouble).toBe("corrupt");
  reader.close();
});

test("when the file is deleted or replaced while it is open, appends stop at once and for good", () => {
  const paths = [written(1), written(1)];
  const journals = paths.map((path) => openJournal(path, { openedAt }));
  const [deleted = "", replaced = ""] = paths;
  rmSync(deleted);
  renameSync(written(1), replaced);
  const append = (journal: SqliteJournal | undefined) => () => journal?.append([{ stream: "leader:1", expected: 1, records: [seen("B")] }]);
  expect(faultOf(append(journals[0]))).toMatchObject({ trouble: "io", message: expect.stringContaining("was deleted while") });
  expect(faultOf(append(journals[1]))).toMatchObject({ trouble: "io", message: expect.stringContaining("replaced by another file") });
  writeFileSync(deleted, "");
  expect(faultOf(append(journals[0])).trouble).toBe("io");
  for (const journal of journals) journal.close();
});

test("should the lock ever fail, the second writer is found out inside the transaction and stores nothing (R12)", () => {
  const path = written(1);
  const first = openJournal(path, { openedAt });
  rmSync(`${path}-lock`);
  const second = openJournal(path, { openedAt });
  second.append([{ stream: "leader:1", expected: 1, records: [seen("second")] }]);
  expect(faultOf(() => first.append([{ stream: "leader:1", expected: 1, records: [seen("first")] }])).trouble).toBe("conflict");
  expect(faultOf(() => first.append([{ stream: "follower:2", expected: 1, records: [seen("first")] }])).trouble).toBe("conflict");
  expect(faultOf(() => first.append([{ stream: "follower:3", expected: 0, records: [seen("first")] }])).trouble).toBe("conflict");
  expect(verifyJournal(second)).toEqual({ records: 3, streams: 2, flaws: [] });
  second.close();
  first.close();
});

test("another name for the same file finds the same lock", () => {
  const path = written(1);
  const owner = openJournal(path, { openedAt });
  const link = newPath();
  symlinkSync(path, link);
  expect(faultOf(() => openJournal(link, { openedAt })).trouble).toBe("locked");
  owner.close();
});

test("while a person holds SQLite's write lock an append is refused as locked, and goes through when he has let go", () => {
  const path = written(1);
  const journal = openJournal(path, { openedAt });
  const person = new DatabaseSync(path);
  person.exec("BEGIN IMMEDIATE");
  const append = () => journal.append([{ stream: "leader:1", expected: 1, records: [seen("B")] }]);
  expect(faultOf(append).trouble).toBe("locked");
  person.exec("ROLLBACK");
  person.close();
  append();
  expect(journal.heads().get("leader:1")).toBe(2);
  journal.close();
});
