/** Where a journal lies on the disk. */
import { closeSync, openSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { JournalFault } from "../../engine/ports/journal.ts";

/** Two names of one file (a symbolic link) must find the same lock. */
export function resolved(path: string): string {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined ? join(realpathSync(dirname(path)), basename(path)) : realpathSync(path);
  } catch (error) {
    throw new JournalFault("io", `there is no folder ${dirname(path)} for a journal`, { cause: error });
  }
}

/** What a person trades is nobody else's business: the file is readable by its owner alone, and SQLite gives its log the same rights. */
export function createPrivately(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return;
    const said = error instanceof Error ? error.message : String(error);
    throw new JournalFault("io", `could not make a journal at ${file}: ${said}`, { cause: error });
  }
}
