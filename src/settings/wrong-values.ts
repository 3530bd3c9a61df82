/** What the schema has against a file, as sentences: one finding for each value, each missing key, each unknown key. */
import type { z } from "zod";
import { type SettingsFile, settingsFile } from "./file.ts";
import { found } from "./found.ts";
import { isMapping, type KeyPath, keyPattern, valueAt } from "./key.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Finding } from "./problem.ts";
import { knownKeys } from "./published-schema.ts";
import { wordList } from "./values.ts";

export type Checked = { readonly ok: true; readonly file: SettingsFile } | { readonly ok: false; readonly findings: readonly Finding[] };

export function checkValues(data: unknown): Checked {
  const parsed = settingsFile.safeParse(data);
  if (parsed.success) return { ok: true, file: parsed.data };
  return { ok: false, findings: parsed.error.issues.flatMap((issue) => findingsOf(issue, [], data)) };
}

function findingsOf(issue: z.core.$ZodIssue, parent: KeyPath, data: unknown): readonly Finding[] {
  const path = [...parent, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], key, { path, value: valueAt(data, path) }));
  if (issue.code === "invalid_union") {
    const shape = meantShape(issue, valueAt(data, path));
    if (shape !== undefined) return shape.flatMap((inner) => findingsOf(inner, path, data));
    if (issue.inclusive !== false && issue.options !== undefined) return [wrong(path, wordList(issue.options.map(String)), data)];
  }
  return [wrong(path, issue.message, data)];
}

function wrong(path: KeyPath, expected: string, data: unknown): Finding {
  return { path, sentence: `expected ${expected}, found ${found(valueAt(data, path), path)}` };
}

function unknownKey(path: KeyPath, key: string, parent: { readonly path: KeyPath; readonly value: unknown }): Finding {
  const known = knownKeys(keyPattern(parent.path));
  if (known.includes(key)) return { path, sentence: `expected no ${key} beside ${kindOf(parent.value)}, found one` };
  const near = nearestWord(key, known);
  return { path, sentence: near === undefined ? `unknown key, expected ${wordList(known)}` : `unknown key, did you mean ${near}?` };
}

/** The key by which a mapping is one of several kinds, each with keys of its own. */
const KINDS = ["mode", "action"] as const;

function kindOf(mapping: unknown): string {
  const [kind] = KINDS.flatMap((key) => (isMapping(mapping) && typeof mapping[key] === "string" ? [`${key}: ${mapping[key]}`] : []));
  return kind ?? "the others";
}

/** The only shape of several whose keys are the ones written, so that what is wrong is a value in it. */
function meantShape(issue: z.core.$ZodIssueInvalidUnion, written: unknown): readonly z.core.$ZodIssue[] | undefined {
  const fitting = issue.errors.filter((shape) => shape.every(({ path }) => path.length > 0 && isMapping(written) && String(path[0]) in written));
  return fitting.length === 1 ? fitting[0] : undefined;
}
