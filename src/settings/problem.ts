import { type KeyPath, keyText } from "./key.ts";

/** Something wrong at one place, before its line is looked up. */
export interface Finding {
  readonly path: KeyPath;
  /** What was found there and what would be right. */
  readonly sentence: string;
}

/** Something wrong in the file, for the person who wrote it. Never holds what may be a secret. */
export interface SettingsProblem {
  /** Counted from 1; undefined when there is no file to count in. */
  readonly line: number | undefined;
  /** `copies[0].sizing.ratio`; empty for the file as a whole. */
  readonly key: string;
  readonly sentence: string;
}

/** `lockstep.yaml:12: copies[0].sizing.ratio: expected a number above 0, found "half"` */
export function problemText(file: string, problem: SettingsProblem): string {
  const place = problem.line === undefined ? file : `${file}:${problem.line}`;
  return [place, ...(problem.key === "" ? [] : [problem.key]), problem.sentence].join(": ");
}

/** For what is not there, the line of what it is missing from. */
export function problemAt(finding: Finding, lineOf: (path: KeyPath) => number): SettingsProblem {
  return { line: lineOf(finding.path), key: keyText(finding.path), sentence: finding.sentence };
}
