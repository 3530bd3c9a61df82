/** The journal as it lies there, and the room that is left for it. Nothing is locked, made or changed: a copier may be running, or just starting. */
import { accessSync, constants, realpathSync, statfsSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { lastOwner } from "../../adapters/journal/lock.ts";
import type { JournalReader } from "../../adapters/journal/reader.ts";
import { readJournal } from "../../adapters/journal/sqlite.ts";
import { unixMs } from "../../domain/time.ts";
import { JournalFault } from "../../engine/ports/journal.ts";
import type { JournalFacts, JournalOwner } from "../../faces/check/machine.ts";
import { isOpenToOthers } from "./rights.ts";

/** The chains of so many records at the end are followed: `journal verify` follows all. */
const FOLLOWED_RECORDS = 1_000;

export function journalFacts(path: string): JournalFacts {
  let journal: JournalReader | undefined;
  try {
    // An empty file is what a crash in the first moment leaves, and the next start takes it up.
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return { path, is: "absent", obstacle: obstacleTo(dirname(path)) };
    const obstacle = obstacleTo(dirname(path)) ?? obstacleTo(path);
    if (obstacle !== undefined) return { path, is: "read-only", obstacle };
    journal = readJournal(path);
    const records = [...journal.heads().values()].reduce((sum, count) => sum + count, 0);
    let followed = 0;
    for (const _ of journal.read({ position: Math.max(1, records - FOLLOWED_RECORDS + 1) })) followed += 1; // throws at the first that does not hold
    return { path, is: "whole", records, followed, openToOthers: openToOthers(path), owner: ownerOf(path) };
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof JournalFault) return { path, is: "damaged", said: error.message };
    if (code === "") throw error;
    return { path, is: "damaged", said: `${path} can't be looked at (${code})` };
  } finally {
    journal?.close();
  }
}

/** Whether a copier that answers can be this journal's. Of a damaged one it is not known. */
export function mayBeOwned(journal: JournalFacts): boolean {
  switch (journal.is) {
    case "absent":
      return false;
    case "damaged":
    case "read-only":
      return true;
    case "whole":
      return journal.owner !== undefined && journal.owner.isAlive !== false;
  }
}

/** On the file system of the folder; undefined: it does not say, or there is no such folder. */
export function freeRoom(path: string): { readonly folder: string; readonly freeBytes: number | undefined } {
  const folder = dirname(path);
  try {
    const { bavail, bsize } = statfsSync(folder);
    return { folder, freeBytes: bavail * bsize };
  } catch {
    return { folder, freeBytes: undefined };
  }
}

/** Why a folder, or the journal in it, can't be written. */
function obstacleTo(path: string): string | undefined {
  try {
    const isFolder = statSync(path).isDirectory();
    accessSync(path, isFolder ? constants.W_OK | constants.X_OK : constants.W_OK);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === "") throw error;
    return code === "ENOENT" ? `there is no folder ${path}` : `${path} is not to be written to (${code})`;
  }
}

function openToOthers(path: string): readonly string[] {
  return [path, `${path}-wal`].filter(isOpenToOthers);
}

function ownerOf(path: string): JournalOwner | undefined {
  const owner = lastOwner(realpathSync(path));
  return owner === undefined ? undefined : { ...owner, since: unixMs(owner.since), isAlive: owner.host === hostname() ? isAlive(owner.pid) : undefined };
}

/** By a signal that does nothing. A process that may not be signalled is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** The operating system's, e.g. EACCES; empty for what is no error of its. */
function codeOf(error: unknown): string {
  return error instanceof Error && "syscall" in error && "code" in error ? String(error.code) : "";
}
