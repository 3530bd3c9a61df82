/**
 * What the contract names and this version lacks. Written in the file, each is refused aloud instead of ignored. Whoever
 * builds one deletes its row here, and adds the key or the value to `file.ts`.
 */
import { isMapping, isWithin, type KeyPath, valueAt } from "./key.ts";
import type { Finding } from "./problem.ts";

export interface Unavailable {
  /** Where, `[]` standing for any place in a list. */
  readonly key: string;
  /** The values that are not there yet; absent: the key as such. */
  readonly values?: readonly string[] | "a URL";
  /** What to do now; absent: leave it out. */
  readonly instead?: string;
  /** Everything under this key belongs to the same matter and is not complained about again; absent: `key`. */
  readonly covers?: string;
}

export const UNAVAILABLE: readonly Unavailable[] = [
  { key: "journal", values: "a URL", instead: "write a path" },

  { key: "accounts[].token.vault", instead: "write { env: NAME } or { file: path }", covers: "accounts[].token" },
  { key: "accounts[].token.totp", instead: "write { env: NAME } or { file: path }", covers: "accounts[].token" },
  { key: "accounts[].broker", values: ["paper"] },
  { key: "accounts[].egress" },
  { key: "accounts[].limits" },

  { key: "copies[].interference", values: ["adopt", "enforce"] },
  { key: "copies[].lateJoin", values: ["positions"], instead: "write ignore or orders" },
];

export interface UnavailableFinding extends Finding {
  /** What is within is part of the same matter. */
  readonly covers: KeyPath;
}

/** Every place in the file that asks for something of the table. */
export function findUnavailable(data: unknown): readonly UnavailableFinding[] {
  const findings: UnavailableFinding[] = [];
  for (const row of UNAVAILABLE) {
    for (const path of placesOf(row.key, data)) {
      const asked = askedFor(row, path, data);
      if (asked === undefined || findings.some(({ covers }) => isWithin(path, covers))) continue;
      const covers = path.slice(0, keySteps(row.covers ?? row.key).length);
      findings.push({ path, covers, sentence: `${asked} is not available in this version; ${row.instead ?? "leave it out"}` });
    }
  }
  return findings;
}

/** How to name what was asked for; undefined when it is none of the row's. */
function askedFor(row: Unavailable, path: KeyPath, data: unknown): string | undefined {
  const value = valueAt(data, path);
  if (row.values === undefined) return String(path.at(-1));
  if (typeof value !== "string") return undefined;
  if (row.values === "a URL") return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value) ? "a URL" : undefined;
  return row.values.includes(value) ? JSON.stringify(value) : undefined;
}

/** Every written place that a key pattern stands for. */
function placesOf(pattern: string, data: unknown): readonly KeyPath[] {
  return keySteps(pattern).reduce<readonly KeyPath[]>((paths, step) => paths.flatMap((path) => onwards(path, step, valueAt(data, path))), [[]]);
}

function onwards(path: KeyPath, step: string, inner: unknown): readonly KeyPath[] {
  if (step === "[]") return Array.isArray(inner) ? inner.map((_, at) => [...path, at]) : [];
  return isMapping(inner) && Object.hasOwn(inner, step) ? [[...path, step]] : [];
}

/** `copies[].orphan` is `copies`, `[]`, `orphan`. */
function keySteps(pattern: string): readonly string[] {
  return pattern.replaceAll("[]", ".[]").split(".");
}
