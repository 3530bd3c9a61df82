/** The rows as people read them. Each can be printed as soon as it is known: no column depends on a later row. */
import type { Finding } from "./finding.ts";

const STATE_WIDTH = 9;
const CHECK_WIDTH = 13;

export function findingText({ check, account, state, said, todo, notes = [] }: Finding): string {
  const indent = " ".repeat(STATE_WIDTH + CHECK_WIDTH);
  const words = account === undefined ? said : `${account}: ${said}`;
  return [
    `${state.padEnd(STATE_WIDTH)}${check.padEnd(CHECK_WIDTH)}${words}`,
    ...notes.map((note) => `${indent}- ${note}`),
    ...(todo === undefined ? [] : [`${indent}> ${todo}`]),
    "",
  ].join("\n");
}

/** The last line: how many there are of each. */
export function tallyText(findings: readonly Finding[]): string {
  const count = (state: Finding["state"]): number => findings.filter((finding) => finding.state === state).length;
  return `${count("ok")} ok, ${count("warning")} to know, ${count("failed")} failed\n`;
}
