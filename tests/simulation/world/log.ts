/** SQLite's write-ahead log as its format says (sqlite.org/fileformat2.html, section 4), read by itself: the store is judged by it. */
import { readFileSync, rmSync, truncateSync } from "node:fs";

export interface Log {
  /** Of each valid frame, whether it ends a transaction. */
  readonly commits: readonly boolean[];
  readonly frameBytes: number;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const PAGE_SIZE_AT = 8;
const SALTS_AT = 16;
const SALTS_BYTES = 8;
const COMMIT_AT = 4;
const FRAME_SALTS_AT = 8;

/** The frames of the log at `path` that are in force: those with the salts of its header. What an earlier round left behind them is not. */
export function readLog(path: string): Log {
  const bytes = readFileSync(path);
  if (bytes.length < HEADER_BYTES) return { commits: [], frameBytes: 0 };
  const frameBytes = FRAME_HEADER_BYTES + bytes.readUInt32BE(PAGE_SIZE_AT);
  const salts = bytes.subarray(SALTS_AT, SALTS_AT + SALTS_BYTES);
  const commits: boolean[] = [];
  for (let at = HEADER_BYTES; at + frameBytes <= bytes.length; at += frameBytes) {
    if (!bytes.subarray(at + FRAME_SALTS_AT, at + FRAME_SALTS_AT + SALTS_BYTES).equals(salts)) break;
    commits.push(bytes.readUInt32BE(at + COMMIT_AT) !== 0);
  }
  return { commits, frameBytes };
}

/** Only the first frames of the log of the database at `path` are left, and, torn, a part of the next one. Nobody has it open. */
export function cutLog(path: string, { frameBytes }: Log, frames: number, end: "whole" | "torn" = "whole"): void {
  truncateSync(`${path}-wal`, HEADER_BYTES + frames * frameBytes + (end === "torn" ? Math.floor(frameBytes / 2) : 0));
  rmSync(`${path}-shm`, { force: true });
}
