/**
 * A journal whose end is damaged goes on from its last good record (docs/journal.md, "A damaged end"; decision 11).
 *
 * The *end* is everything after the last record up to which every position, sequence, hash and text holds, if nothing after it holds
 * any more. Where something sound follows what is damaged, the damage is in the middle: what is missing between the two can't be known,
 * and nothing is mended. The mended journal is a new file that takes the place of the old one in one step; the old one is kept whole.
 */
import { closeSync, copyFileSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JournalCut } from "../../domain/records.ts";
import { kolkataText, type UnixMs } from "../../domain/time.ts";
import { JournalFault, type StreamName } from "../../engine/ports/journal.ts";
import { ChainWalk, flawText, genesis, link } from "./chain.ts";
import { decode, encode } from "./codec.ts";
import { lockJournal } from "./lock.ts";
import { createPrivately, resolved } from "./place.ts";
import type { StoredRow, StreamHead } from "./reader.ts";
import { journalFault } from "./sqlite-fault.ts";
import { SqliteRows } from "./sqlite-rows.ts";
import { createTables, formatOf, makeDurable } from "./sqlite-schema.ts";

/** The stream of records that belong to no account. */
const ENGINE: StreamName = "engine";
/** More than this is no end of a journal. */
const END_MAX = 10_000;
const PAGE_COUNT_AT = 28;

export interface Mended {
  /** The position of the last good record. */
  readonly after: number;
  /** Records after it that could be read, or that the streams' marks tell of; at least so many are missing. */
  readonly missing: number;
  /** The first thing that did not hold. */
  readonly why: string;
  /** What was cut, as JSON lines; and the damaged journal as it was. */
  readonly kept: { readonly cut: string; readonly damaged: string };
}

/**
 * Cuts the damaged end off the journal at `path`. Throws `JournalFault` and leaves the file as it was where the damage is not at its
 * end, where it is no journal at all, where another process owns it, and where the disk will not take the new one.
 */
export function cutDamagedEnd(path: string, at: UnixMs): Mended {
  const file = resolved(path);
  const lock = lockJournal(file, at);
  const damaged = `${file}-damaged-${stamp(at)}`;
  try {
    carryLogOver(file);
    copyWhole(file, damaged);
    try {
      return mended(file, damaged, at);
    } catch (error) {
      // Only its header may have been touched: it is put back as it was found.
      renameSync(damaged, file);
      throw error;
    }
  } catch (error) {
    throw faultOfDisk(error, file);
  } finally {
    lock.release();
  }
}

/** Whole or not at all: it may be put back in the journal's place. */
function copyWhole(file: string, to: string): void {
  try {
    copyFileSync(file, to);
  } catch (error) {
    rmSync(to, { force: true });
    throw error;
  }
}

function faultOfDisk(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return journalFault(error, file, "mend");
  const trouble = error.code === "ENOSPC" || error.code === "EDQUOT" ? "full" : "io";
  return new JournalFault(trouble, `the end of ${file} is damaged, and it could not be mended: ${error.message}; it is left as it is`, { cause: error });
}

function mended(file: string, damaged: string, at: UnixMs): Mended {
  const [cut, next] = [`${file}-cut-${stamp(at)}.jsonl`, `${file}-mended`];
  shortenHeader(file);
  const db = new DatabaseSync(file); // not for reading only: that would leave an empty log behind
  try {
    formatOf(db, file);
    const found = examine(new SqliteRows(db, file), file);
    writeFileSync(cut, cutText(file, found), { mode: 0o600, flush: true });
    const record: JournalCut = { type: "journal-cut", at, after: found.after, missing: found.missing, kept: basename(cut) };
    writeMended(next, db, found, record);
    db.close();
    renameSync(next, file);
    syncFolder(file);
    return { after: found.after, missing: found.missing, why: found.why, kept: { cut, damaged } };
  } catch (error) {
    for (const made of [cut, next, `${next}-wal`, `${next}-shm`]) rmSync(made, { force: true });
    throw error;
  } finally {
    if (db.isOpen) db.close();
  }
}

interface Found {
  readonly after: number;
  readonly heads: ReadonlyMap<StreamName, StreamHead>;
  readonly rest: readonly StoredRow[];
  readonly marks: ReadonlyMap<StreamName, StreamHead> | undefined;
  readonly missing: number;
  readonly why: string;
}

function examine(rows: SqliteRows, file: string): Found {
  const walk = new ChainWalk(1);
  const heads = new Map<StreamName, StreamHead>();
  let after = 0;
  let why: string | undefined;
  let unreadable: JournalFault | undefined;
  try {
    for (const row of rows.forward(0)) {
      const [flaw] = walk.follow(row);
      if (flaw !== undefined || decode(row.text) === undefined) {
        why = flaw === undefined ? `position ${row.position}: the text is no record` : flawText(flaw);
        break;
      }
      after = row.position;
      heads.set(row.stream, { sequence: row.sequence, hash: row.hash });
    }
  } catch (error) {
    if (!(error instanceof JournalFault)) throw error;
    unreadable = error;
    why = `nothing can be read after position ${after}: ${error.message}`;
  }
  const marks = marksOf(rows);
  if (why === undefined) why = marks === undefined ? "the streams' marks can't be read" : markFlaw(walk, marks);
  if (why === undefined) throw new JournalFault("corrupt", `${file} could not be opened, and every record of it holds: it is left as it is`);
  if (after === 0) throw new JournalFault("corrupt", `${file} is damaged from its first record on: ${why}`);
  const rest = unreadable === undefined ? restAfter(rows.forward(after)) : restAfter(rows.backward(after)).toReversed();
  const sound = rest.length > END_MAX ? rest[0] : unreadable === undefined ? firstSound(rest, heads) : rest.find(({ text }) => decode(text) !== undefined);
  if (sound !== undefined)
    throw new JournalFault("corrupt", `${file} is damaged in the middle: ${why}; and records from position ${sound.position} on are sound`);
  const marked = [...(marks ?? heads).values()].reduce((sum, { sequence }) => sum + sequence, 0);
  return { after, heads, rest, marks, missing: Math.max(rest.length, marked - after), why };
}

function markFlaw(walk: ChainWalk, marks: ReadonlyMap<StreamName, StreamHead>): string | undefined {
  const [flaw] = walk.end(marks);
  return flaw === undefined ? undefined : `its end is missing: ${flawText(flaw)}`;
}

function marksOf(rows: SqliteRows): ReadonlyMap<StreamName, StreamHead> | undefined {
  try {
    return rows.marks();
  } catch (error) {
    if (!(error instanceof JournalFault)) throw error;
    return undefined;
  }
}

/** As far as they can be read, and one more than an end may have. */
function restAfter(rows: Iterable<StoredRow>): StoredRow[] {
  const rest: StoredRow[] = [];
  try {
    for (const row of rows) {
      rest.push(row);
      if (rest.length > END_MAX) break;
    }
  } catch (error) {
    if (!(error instanceof JournalFault)) throw error;
  }
  return rest;
}

/** The first record after the flaw that is what was written: it follows from the one before it in its stream, sound or not. */
function firstSound(rest: readonly StoredRow[], goodHeads: ReadonlyMap<StreamName, StreamHead>): StoredRow | undefined {
  const heads = new Map(goodHeads);
  for (const row of rest) {
    const before = heads.get(row.stream) ?? genesis(row.stream);
    if (row.sequence === before.sequence + 1 && link(before.hash, row.text) === row.hash && decode(row.text) !== undefined) return row;
    heads.set(row.stream, row);
  }
  return undefined;
}

function cutText(file: string, { after, rest, marks, missing, why }: Found): string {
  const head = { journal: file, cutAfter: after, missing, why, marks: Object.fromEntries(marks ?? []) };
  const lines = rest.map(({ text, ...row }) => ({ ...row, text: typeof text === "string" ? text : Buffer.from(text).toString("utf8") }));
  return [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** A new journal of the good records, and of the record that says what was cut. */
function writeMended(next: string, from: DatabaseSync, { after, heads }: Found, record: JournalCut): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${next}${suffix}`, { force: true });
  createPrivately(next);
  const db = new DatabaseSync(next);
  try {
    makeDurable(db, next);
    createTables(db);
    db.exec("BEGIN IMMEDIATE");
    const insert = db.prepare("INSERT INTO records (position, stream, sequence, hash, text) VALUES (?, ?, ?, ?, ?)");
    for (const row of new SqliteRows(from, next).forward(0)) {
      insert.run(row.position, row.stream, row.sequence, row.hash, Buffer.from(row.text).toString("utf8"));
      if (row.position === after) break; // what comes next may not even be readable
    }
    const text = encode({ ...record });
    const before = heads.get(ENGINE) ?? genesis(ENGINE);
    const last: StreamHead = { sequence: before.sequence + 1, hash: link(before.hash, text) };
    insert.run(after + 1, ENGINE, last.sequence, last.hash, text);
    const mark = db.prepare("INSERT INTO streams (stream, sequence, hash) VALUES (?, ?, ?)");
    for (const [stream, { sequence, hash }] of new Map(heads).set(ENGINE, last)) mark.run(stream, sequence, hash);
    db.exec("COMMIT");
  } finally {
    db.close();
  }
}

/** A file that lost its last pages is not opened at all by SQLite while its header counts them. */
function shortenHeader(file: string): void {
  const fd = openSync(file, "r+");
  try {
    const head = Buffer.alloc(100);
    if (readSync(fd, head, 0, 100, 0) < 100 || head.toString("latin1", 0, 15) !== "SQLite format 3") return;
    const pageBytes = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
    const pages = Math.floor(statSync(file).size / pageBytes);
    if (pages >= head.readUInt32BE(PAGE_COUNT_AT)) return;
    head.writeUInt32BE(pages, PAGE_COUNT_AT);
    writeSync(fd, head, PAGE_COUNT_AT, 4, PAGE_COUNT_AT);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What is only in the log belongs to the journal. Afterwards there must be none: a new file beside an old log would be read as a mixture. */
function carryLogOver(file: string): void {
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    const db = new DatabaseSync(file);
    try {
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      db.close();
    }
  }
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new JournalFault("locked", `${file} is being read by another process, and can't be mended meanwhile: end that and start again`);
}

function syncFolder(file: string): void {
  const fd = openSync(dirname(file), "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** `20261128-101500`, at the exchange. */
function stamp(at: UnixMs): string {
  return kolkataText(at).replaceAll(/[-:]/g, "").replace(" ", "-");
}
