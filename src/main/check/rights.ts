import { statSync } from "node:fs";

const OTHERS_MODE = 0o077;

/** Whether others than its owner may read or write a file; false where there is none. */
export function isOpenToOthers(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS_MODE) !== 0;
}
