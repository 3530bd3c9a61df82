/**
 * What every journal promises (src/engine/ports/journal.ts), asked of each implementation. A store that is written later passes
 * this suite before anything is built on it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { exportJournal } from "../../src/adapters/journal/export.ts";
import { MemoryDisk } from "../../src/adapters/journal/memory.ts";
import type { JournalReader } from "../../src/adapters/journal/reader.ts";
import { openJournal, readJournal } from "../../src/adapters/journal/sqlite.ts";
import { verifyJournal } from "../../src/adapters/journal/verify.ts";
import { BrokenPromise } from "../../src/domain/assert.ts";
import { unixMs } from "../../src/domain/time.ts";
import { type Append, type Journal, JournalFault, type JournalRecord, type JournalTrouble } from "../../src/engine/ports/journal.ts";

/** One place where a journal can be kept, and what can happen to it there. */
interface Store {
  open(): Journal & JournalReader;
  reader(): JournalReader;
  /** There is room for as much as one likes from the next opening on. */
  makeRoom(): void;
  /** Changes one stored text behind the journal's back. Nobody has it open. */
  damage(position: number, change: (text: string) => string): void;
}

interface Kind {
  readonly name: string;
  /** `little`: there is room for some records of a hundred characters, and not for a record of a million. */
  store(room: "enough" | "little"): Store;
}

const folder = mkdtempSync(join(tmpdir(), "lockstep-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const memory: Kind = {
  name: "the memory journal",
  store: (room) => {
    const disk = new MemoryDisk(room === "little" ? { capacity: 40_000 } : {});
    return Object.assign(disk, { makeRoom: () => disk.limit() });
  },
};

const sqlite: Kind = {
  name: "the SQLite journal",
  store(room) {
    files += 1;
    const path = join(folder, `${files}.db`);
    const openedAt = unixMs(Date.UTC(2026, 10, 23, 3, 45));
    let isLittle = room === "little";
    return {
      open: () => openJournal(path, isLittle ? { openedAt, maxBytes: 60_000 } : { openedAt }),
      makeRoom: () => {
        isLittle = false;
      },
      reader: () => readJournal(path),
      damage(position, change) {
        const db = new DatabaseSync(path);
        db.exec("DROP TRIGGER records_are_never_changed");
        const text = String(db.prepare("SELECT text FROM records WHERE position = ?").get(position)?.["text"]);
        db.prepare("UPDATE records SET text = ? WHERE position = ?").run(change(text), position);
        db.exec("CREATE TRIGGER records_are_never_changed BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'append-only'); END");
        db.close();
      },
    };
  },
};

const seen = (order: string): JournalRecord => ({ type: "order-seen", at: 1_795_000_000_000, order });
const intent = (order: string): JournalRecord => ({ type: "placement-intended", at: 1_795_000_000_001, order });

function troubleOf(attempt: () => unknown): JournalTrouble | "none" {
  try {
    attempt();
    return "none";
  } catch (error) {
    if (error instanceof JournalFault) return error.trouble;
    throw error;
  }
}

function contents(journal: Pick<Journal, "read">): readonly JournalRecord[] {
  return [...journal.read()].map((stored) => stored.record);
}

describe.each([memory, sqlite])("$name", (kind) => {
  test("a new journal is empty, and sound", () => {
    const journal = kind.store("enough").open();
    expect(contents(journal)).toEqual([]);
    expect(journal.heads().size).toBe(0);
    expect(verifyJournal(journal)).toEqual({ records: 0, streams: 0, flaws: [] });
    journal.close();
  });

  test("the leader's event and the followers' intents are one batch over several streams, read back in the order of the fold (R8)", () => {
    const journal = kind.store("enough").open();
    journal.append([
      { stream: "leader:1", expected: 0, records: [seen("A")] },
      { stream: "follower:2", expected: 0, records: [intent("A")] },
      { stream: "follower:3", expected: 0, records: [intent("A")] },
    ]);
    journal.append([{ stream: "leader:1", expected: 1, records: [seen("B"), seen("C")] }]);
    const read = [...journal.read()];
    expect(read.map(({ position, stream, sequence }) => [position, stream, sequence])).toEqual([
      [1, "leader:1", 1],
      [2, "follower:2", 1],
      [3, "follower:3", 1],
      [4, "leader:1", 2],
      [5, "leader:1", 3],
    ]);
    expect(read.map(({ record }) => record)).toEqual([seen("A"), intent("A"), intent("A"), seen("B"), seen("C")]);
    expect(read.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
    expect(new Set(read.map(({ hash }) => hash)).size).toBe(5);
    expect(journal.heads()).toEqual(
      new Map([
        ["leader:1", 3],
        ["follower:2", 1],
        ["follower:3", 1],
      ]),
    );
    journal.close();
  });

  test("when one stream is not where the writer thinks, nothing of the whole batch is stored, and the journal goes on (R8)", () => {
    const journal = kind.store("enough").open();
    journal.append([{ stream: "leader:1", expected: 0, records: [seen("A")] }]);
    for (const expected of [0, 2]) {
      const batch = [
        { stream: "follower:2", expected: 0, records: [intent("B")] },
        { stream: "leader:1", expected, records: [seen("B")] },
      ];
      expect(troubleOf(() => journal.append(batch))).toBe("conflict");
    }
    expect(contents(journal)).toEqual([seen("A")]);
    journal.append([
      { stream: "follower:2", expected: 0, records: [intent("B")] },
      { stream: "leader:1", expected: 1, records: [seen("B")] },
    ]);
    expect(contents(journal)).toEqual([seen("A"), intent("B"), seen("B")]);
    journal.close();
  });

  test("a conflict names the stream, and both sequences", () => {
    const journal = kind.store("enough").open();
    expect(() => journal.append([{ stream: "leader:1", expected: 7, records: [seen("A")] }])).toThrow(/leader:1 ends with sequence 0.*expected 7/);
    journal.close();
  });

  test("a batch that comes to the same stream twice counts its own records", () => {
    const journal = kind.store("enough").open();
    journal.append([
      { stream: "leader:1", expected: 0, records: [seen("A"), seen("B")] },
      { stream: "follower:2", expected: 0, records: [intent("A")] },
      { stream: "leader:1", expected: 2, records: [seen("C")] },
    ]);
    expect(journal.heads().get("leader:1")).toBe(3);
    expect(
      troubleOf(() =>
        journal.append([
          { stream: "leader:1", expected: 3, records: [seen("D")] },
          { stream: "leader:1", expected: 3, records: [seen("E")] },
        ]),
      ),
    ).toBe("conflict");
    expect(verifyJournal(journal).flaws).toEqual([]);
    expect(contents(journal)).toHaveLength(4);
    journal.close();
  });

  test("an entry without records stores nothing, and still demands that its stream is where the writer thinks", () => {
    const journal = kind.store("enough").open();
    journal.append([{ stream: "leader:1", expected: 0, records: [] }]);
    expect(journal.heads().size).toBe(0);
    expect(troubleOf(() => journal.append([{ stream: "leader:1", expected: 1, records: [] }]))).toBe("conflict");
    journal.append([]);
    expect(contents(journal)).toEqual([]);
    journal.close();
  });

  test("what was appended is there after a restart, and the chains go on from it", () => {
    const store = kind.store("enough");
    const first = store.open();
    first.append([{ stream: "leader:1", expected: 0, records: [seen("A")] }]);
    first.close();
    first.close();
    const second = store.open();
    expect(second.heads()).toEqual(new Map([["leader:1", 1]]));
    second.append([{ stream: "leader:1", expected: 1, records: [seen("B")] }]);
    expect(contents(second)).toEqual([seen("A"), seen("B")]);
    expect(verifyJournal(second)).toEqual({ records: 2, streams: 1, flaws: [] });
    second.close();
  });

  test("reading may begin at any position and may be left at any record", () => {
    const journal = kind.store("enough").open();
    const records = Array.from({ length: 2_500 }, (_, index) => seen(`order ${index + 1}`));
    journal.append([
      { stream: "leader:1", expected: 0, records: records.slice(0, 1_000) },
      { stream: "leader:2", expected: 0, records: records.slice(1_000) },
    ]);
    expect([...journal.read()].map(({ record }) => record["order"])).toEqual(records.map((record) => record["order"]));
    expect([...journal.read({ position: 2_499 })].map(({ position }) => position)).toEqual([2_499, 2_500]);
    expect([...journal.read({ position: 2_501 })]).toEqual([]);
    for (const { position } of journal.read()) if (position === 3) break;
    journal.append([{ stream: "leader:1", expected: 1_000, records: [seen("after")] }]);
    expect([...journal.read({ position: 2_501 })].map(({ record }) => record)).toEqual([seen("after")]);
    journal.close();
  });

  test("a record is what it was when it was appended, whatever is done to the object afterwards", () => {
    const journal = kind.store("enough").open();
    const terms = { quantity: 75 };
    journal.append([{ stream: "leader:1", expected: 0, records: [{ type: "order-seen", at: 1, terms }] }]);
    terms.quantity = 150;
    const [first] = contents(journal);
    expect(first?.["terms"]).toEqual({ quantity: 75 });
    if (first !== undefined) Object.assign(first, { at: 2 });
    expect(contents(journal)[0]?.at).toBe(1);
    journal.close();
  });

  test("fields without a value are left out, as in any JSON", () => {
    const journal = kind.store("enough").open();
    journal.append([{ stream: "leader:1", expected: 0, records: [{ type: "order-seen", at: 1, correlationId: undefined }] }]);
    expect(contents(journal)).toStrictEqual([{ type: "order-seen", at: 1 }]);
    journal.close();
  });

  test("one process owns a journal for writing; when it has let go, the next may have it (R12)", () => {
    const store = kind.store("enough");
    const owner = store.open();
    expect(troubleOf(() => store.open())).toBe("locked");
    owner.append([{ stream: "leader:1", expected: 0, records: [seen("A")] }]);
    owner.close();
    const next = store.open();
    expect(contents(next)).toEqual([seen("A")]);
    next.close();
  });

  test("explain and report read beside the owner, and see the journal as it was when they began (R12)", () => {
    const store = kind.store("enough");
    const owner = store.open();
    owner.append([{ stream: "leader:1", expected: 0, records: [seen("A")] }]);
    const reader = store.reader();
    owner.append([{ stream: "leader:1", expected: 1, records: [seen("B")] }]);
    expect(contents(reader)).toEqual([seen("A")]);
    expect(reader.heads()).toEqual(new Map([["leader:1", 1]]));
    expect(verifyJournal(reader)).toEqual({ records: 1, streams: 1, flaws: [] });
    reader.close();
    expect(contents(owner)).toEqual([seen("A"), seen("B")]);
    owner.close();
  });

  test("when there is no room, nothing of the batch is stored, all before it stays, and the trouble has a name", () => {
    const store = kind.store("little");
    const journal = store.open();
    journal.append([{ stream: "leader:1", expected: 0, records: [seen("A")] }]);
    const batch = [
      { stream: "leader:1", expected: 1, records: [seen("B")] },
      { stream: "follower:2", expected: 0, records: [intent("x".repeat(1_000_000))] },
    ];
    expect(troubleOf(() => journal.append(batch))).toBe("full");
    expect(contents(journal)).toEqual([seen("A")]);
    expect(journal.heads()).toEqual(new Map([["leader:1", 1]]));
    journal.append([{ stream: "leader:1", expected: 1, records: [seen("C")] }]);
    expect(contents(journal)).toEqual([seen("A"), seen("C")]);
    journal.close();
    const again = store.open();
    expect(verifyJournal(again)).toEqual({ records: 2, streams: 1, flaws: [] });
    again.close();
  });

  test("the same batch that found no room is stored when there is room, and the chains go on as if it had been the first try (decision 10)", () => {
    const store = kind.store("little");
    const journal = store.open();
    journal.append([{ stream: "leader:1", expected: 0, records: [seen("A")] }]);
    const batch = [{ stream: "leader:1", expected: 1, records: [seen("x".repeat(1_000_000)), seen("B")] }];
    for (let tries = 0; tries < 3; tries += 1) expect(troubleOf(() => journal.append(batch))).toBe("full");
    journal.close();
    store.makeRoom();
    const again = store.open();
    again.append(batch);
    expect(verifyJournal(again)).toEqual({ records: 3, streams: 1, flaws: [] });
    again.close();
  });

  test("a changed record is never read as if it were sound: reading stops there and names the position, verify lists it", () => {
    const store = kind.store("enough");
    const journal = store.open();
    const quantities = Array.from({ length: 1_500 }, (_, index) => ({ type: "order-seen", at: index, quantity: 75 }));
    journal.append([{ stream: "leader:1", expected: 0, records: quantities.slice(0, 100) }]);
    journal.append([{ stream: "leader:2", expected: 0, records: quantities.slice(100) }]);
    journal.close();
    store.damage(42, (text) => text.replace("75", "57"));
    const damaged = store.open();
    expect(troubleOf(() => contents(damaged))).toBe("corrupt");
    expect(() => contents(damaged)).toThrow(/position 42, stream leader:1, sequence 42/);
    expect(verifyJournal(damaged).flaws.map(({ kind: what, position, stream, sequence }) => ({ what, position, stream, sequence }))).toEqual([
      { what: "hash", position: 42, stream: "leader:1", sequence: 42 },
    ]);
    expect([...damaged.read({ position: 1_400 })]).toHaveLength(101);
    damaged.close();
  });

  test("a name that is no text, and a record without type or time, are bugs of ours and are not stored", () => {
    const journal = kind.store("enough").open();
    for (const stream of ["", "a\nb", "\ud800", "x".repeat(201)]) {
      expect(() => journal.append([{ stream, expected: 0, records: [seen("A")] }])).toThrow(BrokenPromise);
    }
    expect(() => journal.append([{ stream: "leader:1", expected: 0, records: [{ type: "", at: 1 }] }])).toThrow(BrokenPromise);
    expect(() => journal.append([{ stream: "leader:1", expected: 0, records: [{ type: "order-seen", at: Number.NaN }] }])).toThrow(BrokenPromise);
    expect(contents(journal)).toEqual([]);
    journal.close();
    expect(() => journal.append([{ stream: "leader:1", expected: 0, records: [seen("A")] }])).toThrow(BrokenPromise);
  });

  test("the export has every record, and says where it begins and ends (R13)", () => {
    const journal = kind.store("enough").open();
    journal.append([
      { stream: "leader:1", expected: 0, records: [seen('"record":\n'), seen("B")] },
      { stream: 'odd "record": name', expected: 0, records: [intent("A")] },
    ]);
    const lines = [...exportJournal(journal)];
    expect(lines.some((line) => /[\r\n]/.test(line))).toBe(false);
    const [first, ...rest] = lines.map((line): unknown => JSON.parse(line));
    expect(first).toEqual({ format: "lockstep-journal", version: 1 });
    expect(rest.slice(0, -1)).toEqual(
      [...journal.read()].map(({ position, stream, sequence, hash, record }) => ({ position, stream, sequence, hash, record })),
    );
    expect(rest.at(-1)).toEqual({ end: { records: 3, streams: Object.fromEntries(journal.marks()) } });
    journal.close();
  });
});

/** What JSON can say, nested and in odd letters. */
const record: fc.Arbitrary<JournalRecord> = fc
  .tuple(
    fc.string({ minLength: 1, unit: "binary" }),
    fc.integer(),
    fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" }), { maxKeys: 4 }),
  )
  .map(([type, at, fields]) => ({ ...fields, type, at }));

const batches = fc.array(fc.array(fc.tuple(fc.constantFrom("leader:1", "leader:2", "follower:3"), fc.array(record, { maxLength: 3 })), { maxLength: 4 }), {
  maxLength: 6,
});

type Batches = readonly (readonly (readonly [string, readonly JournalRecord[]])[])[];

/** The appends with the sequences that a careful writer would expect. */
function* expecting(all: Batches): Generator<readonly Append[]> {
  const sequences = new Map<string, number>();
  for (const batch of all) {
    yield batch.map(([stream, records]) => {
      const expected = sequences.get(stream) ?? 0;
      sequences.set(stream, expected + records.length);
      return { stream, expected, records };
    });
  }
}

describe("any sequence of batches", () => {
  test("reads back equal from every implementation, with the same hashes, and verifies", () => {
    fc.assert(
      fc.property(batches, (all) => {
        const journals = [memory, sqlite].map((kind) => kind.store("enough").open());
        for (const batch of expecting(all)) for (const journal of journals) journal.append(batch);
        const wanted = all.flat().flatMap(([stream, records]) => records.map((each): unknown => [stream, JSON.parse(JSON.stringify(each))]));
        const [first = [], second = []] = journals.map((journal) => [...journal.read()]);
        expect(first.map((stored) => [stored.stream, stored.record])).toEqual(wanted);
        expect(second).toEqual(first);
        for (const journal of journals) {
          expect(verifyJournal(journal).flaws).toEqual([]);
          journal.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  test("is never verified when a single byte of a stored text was changed", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (records, which, where, flip) => {
        const disk = new MemoryDisk();
        const journal = disk.open();
        journal.append([{ stream: "leader:1", expected: 0, records }]);
        const rows = [...journal.rows()].map((row, index) => {
          const text = Buffer.from(row.text);
          if (index === which % records.length) text.writeUInt8(text.readUInt8(where % text.length) ^ flip, where % text.length);
          return { ...row, text };
        });
        const { flaws } = verifyJournal({ rows: () => rows, marks: () => journal.marks(), damage: () => [] });
        expect(flaws.some(({ kind, position }) => kind === "hash" && position === (which % records.length) + 1)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
