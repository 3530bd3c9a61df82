/** What `lockstep check` finds: one row for each thing that was looked at, and what to do where something is wrong. */

/** In the order in which they are told. docs/check.md explains each. */
export const CHECKS = ["file", "token", "segments", "address", "funds", "sizing", "clock", "calendar", "instruments", "journal", "disk", "server"] as const;
export type Check = (typeof CHECKS)[number];

/** `warning`: it will copy, and something is worth knowing. `failed`: it will not start, or orders will be refused or wrong. */
export type State = "ok" | "warning" | "failed";

export interface Finding {
  readonly check: Check;
  /** The account's name, where the row is about one. */
  readonly account?: string;
  readonly state: State;
  readonly said: string;
  /** What a person should do about it. */
  readonly todo?: string;
  /** Further sentences that belong to it. */
  readonly notes?: readonly string[];
}

/** Warnings are allowed. */
export function isFine(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== "failed");
}
