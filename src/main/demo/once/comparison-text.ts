/** The comparison for a reader: each row once where both sides agree, and both sides where they do not. */
import type { Paint } from "../telling/palette.ts";
import { agrees, type Compared } from "./comparison.ts";

const NOTHING = "nothing";

export function comparisonText(title: string, rows: readonly Compared[], paint: Paint): string {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length), 0);
  const lines = rows.map((row) => rowText(row, nameWidth, paint));
  return [paint("bold", title), ...lines].join("\n");
}

function rowText(row: Compared, nameWidth: number, paint: Paint): string {
  const address = `${row.name.padEnd(nameWidth)}  ${row.follower.padEnd(5)}`;
  if (agrees(row)) return `  ${paint("green", "=")} ${address}  ${row.expected ?? NOTHING}`;
  const wide = " ".repeat(address.length);
  return [`  ${paint("red", "X")} ${address}  expected ${row.expected ?? NOTHING}`, `    ${wide}  found    ${row.found ?? NOTHING}`].join("\n");
}
