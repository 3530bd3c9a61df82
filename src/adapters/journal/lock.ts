/**
 * One writer per journal, for the life of its process (R12). Decision and alternatives: docs/decisions/0001-journal-lock.md.
 *
 * Beside the journal lies `<journal>-lock`, a tiny SQLite file. The owner holds a write transaction open on it and never ends
 * it. SQLite keeps that as a lock of the operating system, which is gone the moment the process is, however it died; and it lets
 * others read what the owner wrote there about himself. The file stays when the lock goes: to delete it would be a race.
 */
import { hostname } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { kolkataText, type UnixMs, unixMs } from "../../domain/time.ts";
import { JournalFault } from "../../engine/ports/journal.ts";
import { journalFault } from "./sqlite-fault.ts";

export interface JournalLock {
  /** May be called twice. */
  release(): void;
}

/** Two processes that start together may meet in the short moments of claiming; those are waited for, a held lock never is. */
const CLAIM_WAIT_MS = 250;

const TABLE =
  "CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY CHECK (id = 1), turn INTEGER NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL, since INTEGER NOT NULL) STRICT";
const CLAIM = `INSERT INTO owner VALUES (1, 1, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET turn = turn + 1, pid = excluded.pid, host = excluded.host, since = excluded.since RETURNING turn`;

/** Throws `JournalFault` "locked", saying who holds it, when another has the journal open for writing. */
export function lockJournal(journalPath: string, since: UnixMs): JournalLock {
  const path = `${journalPath}-lock`;
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(path, { timeout: CLAIM_WAIT_MS });
    hold(file, journalPath, since);
  } catch (error) {
    if (file?.isOpen === true) file.close();
    throw journalFault(error, path, "take the lock file");
  }
  const held = file;
  return {
    release() {
      if (held.isOpen) held.close(); // ends the transaction, and with it the lock
    },
  };
}

/**
 * Writes who we are, commits so that others can read it, and takes the lock again for good. Another may slip in between: then
 * either it still holds the lock, or it has gone and left its own name, which the turn tells, and we write ours anew.
 */
function hold(file: DatabaseSync, journalPath: string, since: UnixMs): void {
  for (;;) {
    const claimed = claim(file, journalPath, since);
    begin(file, journalPath);
    const current = file.prepare("SELECT turn FROM owner").get();
    if (current?.["turn"] === claimed?.["turn"]) return;
    file.exec("ROLLBACK");
  }
}

/** On a full disk there is no room for the file that a claim is taken back from; the row itself is only written over. */
function claim(file: DatabaseSync, journalPath: string, since: UnixMs): Record<string, unknown> | undefined {
  const write = (): Record<string, unknown> | undefined => {
    begin(file, journalPath);
    try {
      file.exec(TABLE);
      const claimed = file.prepare(CLAIM).get(process.pid, hostname(), since);
      file.exec("COMMIT");
      return claimed;
    } catch (error) {
      if (file.isTransaction) file.exec("ROLLBACK");
      throw error;
    }
  };
  try {
    return write();
  } catch (error) {
    const fault = journalFault(error, journalPath, "lock");
    if (!(fault instanceof JournalFault) || fault.trouble !== "full") throw error;
    file.exec("PRAGMA journal_mode = MEMORY");
    return write();
  }
}

function begin(file: DatabaseSync, journalPath: string): void {
  file.exec("PRAGMA busy_timeout = 0");
  try {
    file.exec("BEGIN IMMEDIATE");
  } catch (error) {
    const fault = journalFault(error, journalPath, "lock");
    if (!(fault instanceof JournalFault) || fault.trouble !== "locked") throw fault;
    throw new JournalFault("locked", `${journalPath} is in use: ${holder(file)}. One process owns a journal for writing`, { cause: error });
  } finally {
    file.exec(`PRAGMA busy_timeout = ${CLAIM_WAIT_MS}`);
  }
}

function holder(file: DatabaseSync): string {
  const owner = ownerIn(file);
  if (owner === undefined) return "another process is just opening it";
  return `process ${owner.pid} on ${owner.host} has had it open since ${kolkataText(unixMs(owner.since))} in India`;
}

export interface LastOwner {
  readonly pid: number;
  readonly host: string;
  /** Unix milliseconds. */
  readonly since: number;
}

/**
 * Who took the lock last; whether that process still lives is not asked here, because the only proof would be to take the lock, and a copier
 * that starts at that moment would be turned away. Undefined: nobody ever did, or it cannot be read.
 */
export function lastOwner(journalPath: string): LastOwner | undefined {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(`${journalPath}-lock`, { readOnly: true, timeout: CLAIM_WAIT_MS });
    return ownerIn(file);
  } catch {
    return undefined; // there is none
  } finally {
    if (file?.isOpen === true) file.close();
  }
}

/** Undefined too while the holder is in the middle of writing its name: the lock is answer enough. */
function ownerIn(file: DatabaseSync): LastOwner | undefined {
  try {
    const owner = file.prepare("SELECT pid, host, since FROM owner").get();
    const { pid, host, since } = owner ?? {};
    return typeof pid === "number" && typeof host === "string" && typeof since === "number" ? { pid, host, since } : undefined;
  } catch {
    return undefined;
  }
}
