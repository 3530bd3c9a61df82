/** A journal whose end is damaged is cut at its last good record; one that is damaged anywhere else is left as it is (decision 11). */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { unixMs } from "../../domain/time.ts";
import { JournalFault, type JournalRecord } from "../../engine/ports/journal.ts";
import { cutDamagedEnd } from "./mend.ts";
import { openJournal, readJournal } from "./sqlite.ts";
import { verifyJournal } from "./verify.ts";

const folder = mkdtempSync(join(tmpdir(), "lockstep-mend-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = unixMs(Date.UTC(2026, 10, 28, 4, 45));

const seen = (order: string): JournalRecord => ({ type: "order-seen", at: 1_795_000_000_000, order, pad: "x".repeat(200) });

/** Records of two streams in turn, in a folder of its own: a leader's at the odd positions, a follower's at the even ones. */
function written(count: number): string {
  const path = join(mkdtempSync(join(folder, "j-")), "lockstep.db");
  const journal = openJournal(path, { openedAt: at });
  for (let index = 0; index < count / 2; index += 1) {
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
  db.exec(`DROP TRIGGER records_are_never_changed; DROP TRIGGER records_are_never_deleted; ${statements}`);
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

/** The mended journal is sound, holds the good records and the record of the cut, and takes appends. */
function expectSound(path: string, good: number): void {
  const journal = openJournal(path, { openedAt: at });
  expect(verifyJournal(journal)).toEqual({ records: good + 1, streams: 3, flaws: [] });
  const records = [...journal.read()].map(({ record }) => record);
  expect(records.at(-1)).toMatchObject({ type: "journal-cut", after: good });
  expect(records.slice(0, -1).map((record) => record["order"])).toEqual(
    Array.from({ length: good }, (_, i) => `${i % 2 === 0 ? "L" : "F"}${Math.floor(i / 2)}`),
  );
  journal.append([{ stream: "engine", expected: 1, records: [seen("after")] }]);
  journal.close();
}

const DAMAGED_END: readonly (readonly [name: string, damage: string, good: number, missing: number])[] = [
  ["the last record's text was changed", "UPDATE records SET text = replace(text, 'F19', 'F91') WHERE position = 40", 39, 1],
  ["the last three were overwritten with rubbish", "UPDATE records SET text = 'xxxx' WHERE position > 37", 37, 3],
  ["the last five are gone", "DELETE FROM records WHERE position > 35", 35, 5],
  ["the last is no JSON and its hash is right by nothing", "UPDATE records SET text = '{', hash = 'zz' WHERE position = 40", 39, 1],
  ["a mark of the end is gone, and every record is there", "DELETE FROM streams WHERE stream = 'leader:1'", 40, 0],
];

describe("a damaged end is cut off, and kept beside the journal", () => {
  test.each(DAMAGED_END)("%s", (_name, damage, good, missing) => {
    const path = written(40);
    sql(path, damage);
    const before = readFileSync(path);
    expect(faultOf(() => [...openJournal(path, { openedAt: at }).read()]).trouble).toBe("corrupt");
    const mended = cutDamagedEnd(path, at);
    expect(mended).toMatchObject({ after: good, missing });
    expect(readFileSync(mended.kept.damaged).equals(before)).toBe(true);
    const [head, ...rest] = readFileSync(mended.kept.cut, "utf8")
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(head).toMatchObject({ cutAfter: good, missing });
    expect(rest.map((row) => (row as { position: number }).position)).toEqual(
      damage.startsWith("DELETE") ? [] : Array.from({ length: missing }, (_, index) => good + 1 + index),
    );
    expect(statSync(mended.kept.cut).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, "..")).sort()).toEqual(
      ["lockstep.db", "lockstep.db-cut-20261128-101500.jsonl", "lockstep.db-damaged-20261128-101500", "lockstep.db-lock"].sort(),
    );
    expectSound(path, good);
  });

  test("a file that lost its last pages, which SQLite does not even open", () => {
    const path = written(400);
    truncateSync(path, statSync(path).size - 3 * 4096);
    expect(faultOf(() => openJournal(path, { openedAt: at })).trouble).toBe("corrupt");
    const { after } = cutDamagedEnd(path, at);
    expect(after).toBeGreaterThan(300);
    expect(after).toBeLessThan(400);
    expectSound(path, after);
  });

  test("a last page full of rubbish", () => {
    const path = written(400);
    const file = readFileSync(path);
    file.fill(0xff, file.length - 4096);
    writeFileSync(path, file);
    const { after } = cutDamagedEnd(path, at);
    expect(after).toBeGreaterThan(300);
    expectSound(path, after);
  });

  test("what was only in the log of a process that was killed is not lost by it", () => {
    const path = written(10);
    const copy = join(mkdtempSync(join(folder, "k-")), "lockstep.db");
    const journal = openJournal(path, { openedAt: at });
    journal.append([{ stream: "leader:1", expected: 5, records: [seen("L5")] }]);
    journal.append([{ stream: "follower:2", expected: 5, records: [seen("F5")] }]);
    for (const suffix of ["", "-wal", "-shm"]) writeFileSync(`${copy}${suffix}`, readFileSync(`${path}${suffix}`));
    journal.close();
    sql(copy, "UPDATE records SET text = 'x' WHERE position = 12");
    expect(cutDamagedEnd(copy, at)).toMatchObject({ after: 11, missing: 1 });
    expectSound(copy, 11);
  });
});

const ELSEWHERE: readonly (readonly [name: string, damage: string, says: RegExp])[] = [
  [
    "a changed record before sound ones",
    "UPDATE records SET text = replace(text, 'F18', 'F81') WHERE position = 38",
    /damaged in the middle.*position 38.*records from position 39 on are sound/,
  ],
  ["a record that is missing between others", "DELETE FROM records WHERE position = 20", /damaged in the middle/],
  ["nothing sound at all", "UPDATE records SET hash = 'x'", /damaged from its first record on/],
];

describe("what is damaged elsewhere is left as it is", () => {
  test.each(ELSEWHERE)("%s", (_name, damage, says) => {
    const path = written(40);
    sql(path, damage);
    const before = readFileSync(path);
    const fault = faultOf(() => cutDamagedEnd(path, at));
    expect(fault.trouble).toBe("corrupt");
    expect(fault.message).toMatch(says);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(join(path, "..")).sort()).toEqual(["lockstep.db", "lockstep.db-lock"]);
  });

  test("a page in the middle that can't be read", () => {
    const path = written(400);
    const file = readFileSync(path);
    file.fill(0xff, 10 * 4096, 11 * 4096);
    writeFileSync(path, file);
    expect(faultOf(() => cutDamagedEnd(path, at)).message).toMatch(/damaged in the middle/);
    expect(readFileSync(path).equals(file)).toBe(true);
  });

  test("a file that is no database, and a database of something else", () => {
    const text = join(mkdtempSync(join(folder, "t-")), "lockstep.db");
    writeFileSync(text, "accounts:\n  - id: meera\n".repeat(200));
    expect(faultOf(() => cutDamagedEnd(text, at)).trouble).toBe("corrupt");
    const other = join(mkdtempSync(join(folder, "t-")), "lockstep.db");
    const db = new DatabaseSync(other);
    db.exec("CREATE TABLE recipes (name TEXT)");
    db.close();
    expect(faultOf(() => cutDamagedEnd(other, at)).message).toMatch(/database of something else/);
    expect(readFileSync(text, "utf8")).toContain("meera");
  });

  test("a journal that another process owns", () => {
    const path = written(4);
    const owner = openJournal(path, { openedAt: at });
    expect(faultOf(() => cutDamagedEnd(path, at)).trouble).toBe("locked");
    owner.close();
    const reader = readJournal(path);
    reader.close();
  });

  test("one of which every record holds", () => {
    const path = written(4);
    expect(faultOf(() => cutDamagedEnd(path, at)).message).toMatch(/every record of it holds/);
  });
});
