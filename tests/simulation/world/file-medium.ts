/**
 * The journal of a session in a real SQLite file (src/adapters/journal/sqlite.ts). No process can be killed in the middle of a session
 * that shares it with the exchange; so what a kill or a power cut leaves is taken as a copy of file and log at that moment, and the next
 * start opens the copy. SQLite syncs the log with each commit and before it carries anything over, so file and log before a commit are what
 * is certain, and of the log's newer bytes any beginning may have reached the disk.
 */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MemoryDisk } from "../../../src/adapters/journal/memory.ts";
import { cutDamagedEnd } from "../../../src/adapters/journal/mend.ts";
import type { JournalReader } from "../../../src/adapters/journal/reader.ts";
import { openJournal, readJournal, type SqliteJournal } from "../../../src/adapters/journal/sqlite.ts";
import { verifyJournal } from "../../../src/adapters/journal/verify.ts";
import { type UnixMs, unixMs } from "../../../src/domain/time.ts";
import type { Append, Journal } from "../../../src/engine/ports/journal.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { cutLog, readLog } from "./log.ts";
import type { Fate, Medium } from "./medium.ts";

/** As the running product carries its log over whenever it is quiet (off-peak.ts), so that a log is some hundred frames. */
const CARRIED_OVER_APPENDS = 60;
/** Every so many copies, and the first and the last, are verified whole. */
const VERIFIED_EVERY = 40;
/** Of the others the chains of so many last records are followed. */
const TAIL_RECORDS = 40;

export class FileMedium implements Medium {
  readonly #folder = mkdtempSync(join(tmpdir(), "lockstep-simulated-"));
  readonly #random: Random;
  #copy = 0;
  #journal: SqliteJournal | undefined;
  /** What a power cut left lies at the next path already. */
  #isCut = false;
  /** How many records are stored after each append, as far as they are certain. */
  #stored: number[] = [0];

  constructor(seed: number) {
    this.#random = seededRandom(seed, "file");
  }

  open(): Journal {
    const journal = openJournal(this.#path, { openedAt: unixMs(0) });
    this.#journal = journal;
    if (total(journal) !== this.#stored.at(-1)) throw new Error(`the file has ${total(journal)} records, and ${this.#stored.at(-1)} were stored`);
    return {
      append: (batch) => this.#append(journal, batch),
      read: (from) => journal.read(from),
      heads: () => journal.heads(),
      close: () => journal.close(),
    };
  }

  reader(): JournalReader {
    if (!existsSync(this.#path)) return new MemoryDisk().reader();
    const open = readJournal(this.#path);
    const records = [...open.read()];
    const heads = open.heads();
    const rows = [...open.rows()];
    const marks = open.marks();
    open.close();
    return {
      read: ({ position } = { position: 1 }) => records.slice(position - 1),
      rows: () => rows,
      heads: () => heads,
      marks: () => marks,
      damage: () => [],
      close: () => {},
    };
  }

  crash(): void {
    if (this.#journal === undefined) return;
    if (!this.#isCut) this.#take(this.#next);
    const left = this.#path;
    this.#journal.close();
    this.#journal = undefined;
    this.#isCut = false;
    this.#copy += 1;
    for (const part of ["", "-wal", "-shm", "-lock"]) rmSync(`${left}${part}`, { force: true });
  }

  cutPower(fate: Fate, write: () => void): void {
    this.#take(this.#next);
    this.#isCut = true;
    if (fate === "drop") return;
    const before = readIfThere(`${this.#path}-wal`);
    write();
    if (fate === "keep") this.#take(this.#next);
    else {
      // What the log had held may have been carried over before it began anew: that is synced, and the file of then is the one that the torn log belongs to.
      copyFileSync(this.#path, this.#next);
      this.#tear(before, readIfThere(`${this.#path}-wal`));
      this.#stored.pop();
    }
  }

  lose(): void {
    for (const part of ["", "-wal", "-shm"]) rmSync(`${this.#path}${part}`, { force: true });
    this.#stored = [0];
  }

  /** What stands after `records` is spoiled on the disk, and the product mends its journal. */
  cutAfter(records: number, at: UnixMs): void {
    this.crash();
    const db = new DatabaseSync(this.#path);
    db.exec("DROP TRIGGER records_are_never_changed");
    db.prepare("UPDATE records SET text = ? WHERE position > ?").run(JSON.stringify({ type: "spoiled", at: 0 }), records);
    db.close();
    cutDamagedEnd(this.#path, at);
    this.#stored = [records + 1];
  }

  /**
   * Opens a copy of the file with its log cut after each of its frames, and in the middle of it: each must hold exactly what the whole commits
   * before the cut had stored, and its chains must hold. Answers how many copies, or what was wrong with one. Nobody has the file open.
   */
  openCopies(): { readonly opened: number; readonly wrong: string | undefined } {
    const path = join(this.#folder, "cut.db");
    const log = this.#copyTo(path);
    if (log === undefined) return { opened: 0, wrong: undefined };
    let opened = 0;
    for (let frames = log.commits.length; frames >= 0; frames -= 1) {
      const whole = log.commits.slice(0, frames).filter(Boolean).length;
      const expected = this.#storedBefore(log.commits.filter(Boolean).length - whole);
      for (const end of ["torn", "whole"] as const) {
        if (end === "torn" && frames === log.commits.length) continue;
        cutLog(path, log, frames, end);
        const wrong = flawIn(path, expected, frames % VERIFIED_EVERY === 0 || frames === log.commits.length);
        opened += 1;
        if (wrong !== undefined) return { opened, wrong: `a copy with ${frames} of ${log.commits.length} frames (${end}): ${wrong}` };
      }
    }
    return { opened, wrong: undefined };
  }

  /** The file goes on as the copy of it whose log is cut after one of its frames, whichever chance says. */
  goOnFromCopy(): void {
    const log = existsSync(`${this.#path}-wal`) ? readLog(`${this.#path}-wal`) : undefined;
    if (log === undefined || log.commits.length === 0) return;
    const frames = this.#random.below(log.commits.length);
    cutLog(this.#path, log, frames);
    this.#stored.length = Math.max(1, this.#stored.length - log.commits.slice(frames).filter(Boolean).length);
  }

  remove(): void {
    this.#journal?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #append(journal: SqliteJournal, batch: readonly Append[]): void {
    // Just before an append, which begins the log anew: so what a log holds is never in the file as well, and may be cut.
    if (this.#stored.length % CARRIED_OVER_APPENDS === 0) journal.carryOver();
    journal.append(batch);
    this.#stored.push(total(journal));
  }

  /** How much was stored `commits` before the end of the log. What made the file, or mended it, was a commit too. */
  #storedBefore(commits: number): number {
    return this.#stored[Math.max(0, this.#stored.length - 1 - commits)] ?? 0;
  }

  get #path(): string {
    return join(this.#folder, `${this.#copy}.db`);
  }

  get #next(): string {
    return join(this.#folder, `${this.#copy + 1}.db`);
  }

  /** File and log as they are now. */
  #take(to: string): void {
    for (const part of ["", "-wal"]) {
      rmSync(`${to}${part}`, { force: true });
      if (existsSync(`${this.#path}${part}`)) copyFileSync(`${this.#path}${part}`, `${to}${part}`);
    }
  }

  #copyTo(path: string): ReturnType<typeof readLog> | undefined {
    this.#take(path);
    return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0 ? readLog(`${path}-wal`) : undefined;
  }

  /** Of what the batch has changed in the log only a beginning reached the disk: not its last byte. A log that began anew writes over its old frames. */
  #tear(before: Buffer, after: Buffer): void {
    let first = 0;
    while (first < after.length && before[first] === after[first]) first += 1;
    let last = after.length - 1;
    while (last > first && before[last] === after[last]) last -= 1;
    const upTo = first + this.#random.below(Math.max(1, last - first));
    writeFileSync(`${this.#next}-wal`, Buffer.concat([after.subarray(0, upTo), before.subarray(upTo)]));
  }
}

function flawIn(path: string, expected: number, isVerified: boolean): string | undefined {
  let reader: JournalReader;
  try {
    reader = readJournal(path);
  } catch (cause) {
    // Before its tables are there it is an empty file, which the next start takes up.
    return expected === 0 && /is empty/.test(String(cause)) ? undefined : String(cause);
  }
  try {
    const found = total(reader);
    if (found !== expected) return `${found} records instead of ${expected}`;
    let last = Math.max(0, found - TAIL_RECORDS);
    for (const { position } of reader.read({ position: last + 1 })) last = position;
    if (last !== found) return `the last record is at ${last}`;
    const flaws = isVerified ? verifyJournal(reader).flaws : [];
    return flaws[0]?.sentence;
  } finally {
    reader.close();
  }
}

function total(journal: Pick<JournalReader, "heads">): number {
  return [...journal.heads().values()].reduce((sum, sequence) => sum + sequence, 0);
}

function readIfThere(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}
