/** SQLite's result codes as the journal's troubles (https://sqlite.org/rescode.html). */
import { JournalFault, type JournalTrouble } from "../../engine/ports/journal.ts";

/** By primary code, the low byte of what SQLite answers. What is not listed counts as "io": the store could not do its work. */
const TROUBLES: ReadonlyMap<number, JournalTrouble> = new Map([
  [3, "read-only"], // PERM
  [5, "locked"], // BUSY
  [6, "locked"], // LOCKED
  [8, "read-only"], // READONLY
  [10, "io"], // IOERR
  [11, "corrupt"], // CORRUPT
  [13, "full"], // FULL
  [14, "io"], // CANTOPEN
  [19, "conflict"], // CONSTRAINT: a position or a stream is there already, so another wrote
  [26, "corrupt"], // NOTADB
]);

/** `doing` completes "could not …". Anything that is no error of SQLite's comes back as it is: a bug is not a fault of the disk. */
export function journalFault(error: unknown, path: string, doing: string): unknown {
  const code = resultCode(error);
  if (code === undefined) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new JournalFault(TROUBLES.get(code & 0xff) ?? "io", `could not ${doing} ${path}: ${said} (SQLite ${code})`, { cause: error });
}

/** The extended result code, or undefined where the error is not SQLite's. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode;
}
