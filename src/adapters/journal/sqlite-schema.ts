/** The SQLite file of format 1: docs/journal.md has it for people. */
import type { DatabaseSync } from "node:sqlite";
import { JournalFault } from "../../engine/ports/journal.ts";
import { FORMAT_VERSION } from "./codec.ts";

/** "LKSP" in the file's header, so that a database of something else is never written to. */
const APPLICATION_ID = 0x4c4b5350;

/**
 * `streams` marks the end of each stream apart from the records. One small table does the check of the expected sequence and
 * shows a lost tail; an index over (stream, sequence) would dirty a page per stream with every batch for many followers.
 */
const TABLES = `
  CREATE TABLE records (
    position INTEGER PRIMARY KEY,
    stream   TEXT    NOT NULL,
    sequence INTEGER NOT NULL,
    hash     TEXT    NOT NULL,
    text     TEXT    NOT NULL
  ) STRICT;
  CREATE TABLE streams (
    stream   TEXT    NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash     TEXT    NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER records_are_never_changed BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER records_are_never_deleted BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
`;

/**
 * Pages of write-ahead log before an append carries them over into the file itself. Off-peak, `carryOver` does it at far fewer
 * (off-peak.ts); this is for a burst that leaves it no pause, and bounds the log at 16 MiB.
 */
const CHECKPOINT_PAGES = 4_000;

/**
 * What makes a returned append survive a power cut: a write-ahead log that is synced with every transaction (FULL; NORMAL syncs
 * only at checkpoints), on macOS through the drive's own cache. These are settings of the connection and not of the file.
 */
export function makeDurable(db: DatabaseSync, path: string): void {
  const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
  if (mode !== "wal")
    throw new JournalFault(
      "io",
      `${path} is on a file system where SQLite cannot keep a write-ahead log (it offers ${String(mode)}): put the journal on a local disk`,
    );
  db.exec(`PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
}

/** Makes an empty file a journal. All or nothing: a crash in between leaves an empty file, which the next start takes up. */
export function createTables(db: DatabaseSync): void {
  db.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; COMMIT`);
}

/** "empty": nothing was ever written. Throws `JournalFault` for what is not a journal, and for one of a format that came later than this program. */
export function formatOf(db: DatabaseSync, path: string): "empty" | "current" {
  const application = pragma(db, "application_id");
  const version = pragma(db, "user_version");
  if (application === 0 && version === 0 && pragma(db, "schema_version") === 0) return "empty";
  if (application !== APPLICATION_ID) throw new JournalFault("corrupt", `${path} is an SQLite database of something else, not a Lockstep journal`);
  if (version > FORMAT_VERSION) {
    throw new JournalFault(
      "read-only",
      `${path} is a journal of format ${version}, written by a later Lockstep; this one knows formats up to ${FORMAT_VERSION}. Run the later version, or another journal`,
    );
  }
  if (version < 1) throw new JournalFault("corrupt", `${path} is a Lockstep journal whose format number is ${version}; the first is 1`);
  return "current";
}

function pragma(db: DatabaseSync, name: "application_id" | "user_version" | "schema_version"): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
