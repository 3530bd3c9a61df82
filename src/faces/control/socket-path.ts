/**
 * Where the control socket of a journal lies: beside it, as `<journal>-control`. A Unix socket's path has a bound that a folder's has not; a
 * longer one is replaced by a hash of it in a folder of the user's own in the temporary directory.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";

/** `sun_path` holds 108 bytes on Linux, the ending zero included; 104 on macOS. */
const PATH_BYTES_MAX = process.platform === "linux" ? 107 : 103;
const PRIVATE = 0o700;
const OTHERS = 0o077;

export type SocketPath = { readonly path: string } | { readonly fault: string };

/** The journal's path is absolute. The folder in the temporary directory is made when it is missing; one that others could write to is never used. */
export function controlSocketPath(journal: string): SocketPath {
  const beside = `${journal}-control`;
  if (Buffer.byteLength(beside) <= PATH_BYTES_MAX) return { path: beside };
  const { uid, username } = userInfo();
  const folder = join(tmpdir(), `lockstep-${uid < 0 ? username : uid}`);
  const path = join(folder, createHash("sha256").update(realOf(journal)).digest("hex").slice(0, 24));
  const tooLong = `${beside} is too long for a socket`;
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) return { fault: `${tooLong}, and so is ${path}: set TMPDIR to a shorter folder, or move the journal` };
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE });
    const found = lstatSync(folder);
    if (found.isDirectory() && (uid < 0 || found.uid === uid) && (found.mode & OTHERS) === 0) return { path };
    return { fault: `${tooLong}, and ${folder} is not a folder of this user alone: remove it, or move the journal` };
  } catch (error) {
    return { fault: `${tooLong}, and ${folder} can't be used: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The same for everyone who names the same file, through whatever link. */
function realOf(journal: string): string {
  try {
    return join(realpathSync(dirname(journal)), basename(journal));
  } catch {
    return journal;
  }
}
