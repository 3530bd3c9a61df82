/**
 * One line of the log, in the words that every line shares (docs/logs.md). There is no field for a token, and texts that come
 * from elsewhere pass through `redacted` before they are written.
 */
import type { UnixMs } from "../../domain/time.ts";

export type Level = "info" | "warning" | "critical";

export interface LogLine {
  readonly at: UnixMs;
  readonly level: Level;
  /** Upper-case and stable, for programs. */
  readonly code: string;
  /** The name that the configuration gives the account. */
  readonly account?: string;
  readonly copy?: string;
  /** The leader's order. */
  readonly order?: string;
  readonly message: string;
  /** Numbers and names beyond the message, for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A person should know of it: the lines to send on to a telephone. */
export function isAlert(line: LogLine): boolean {
  return line.level !== "info";
}
