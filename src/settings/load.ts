import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readSettings, type SettingsResult } from "./read.ts";

/** Reads the file at a path. A file that cannot be read is a problem like any other. */
export function loadSettings(path: string): SettingsResult {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown cause";
    return { ok: false, problems: [{ line: undefined, key: "", sentence: `expected a readable configuration file, found none (${code})` }] };
  }
  return readSettings(text, { baseDir: dirname(resolve(path)) });
}
