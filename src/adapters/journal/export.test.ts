/** Holds docs/journal.md to its word: a stranger with nothing but that page can verify an export. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { JournalFault } from "../../engine/ports/journal.ts";
import { genesis, link } from "./chain.ts";
import { exportJournal } from "./export.ts";
import { MemoryDisk } from "./memory.ts";

const page = readFileSync(new URL("../../../docs/journal.md", import.meta.url), "utf8");
const program = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

/** What the page's own program says about these lines. */
function strangersVerdict(lines: readonly string[]): { readonly said: string; readonly code: number | null } {
  const run = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { input: lines.map((line) => `${line}\n`).join(""), encoding: "utf8" });
  return { said: run.stdout.trim() + run.stderr.trim(), code: run.status };
}

function exported(): readonly string[] {
  const journal = new MemoryDisk().open();
  journal.append([
    { stream: "leader:1", expected: 0, records: [{ type: "order-seen", at: 1_795_000_000_000, order: "A" }] },
    { stream: 'odd "record": ₹', expected: 0, records: [{ type: "order-seen", at: 1, text: '\u2028 "record": } \\ \ud800 ₹ é' }] },
    { stream: "leader:1", expected: 1, records: [{ type: "order-seen", at: 1_795_000_000_500, order: "B" }] },
  ]);
  return [...exportJournal(journal)];
}

test("the hashes in the page's example are those that this program computes", () => {
  const start = genesis("leader:1");
  const first = link(start.hash, '{"type":"order-seen","at":1795000000000,"order":"A"}');
  const second = link(first, '{"type":"order-seen","at":1795000000500,"order":"B"}');
  for (const [sequence, hash] of [start.hash, first, second].entries()) expect(page).toMatch(new RegExp(`\\| ${sequence} \\|.*\\| \`${hash}\` \\|`));
});

test("the page's program finds an export sound", () => {
  expect(strangersVerdict(exported())).toEqual({ said: "3 records, all sound", code: 0 });
});

test("the page's program finds a change, a loss, and a cut", () => {
  const lines = exported();
  expect(strangersVerdict(lines.map((line) => line.replace('"order":"B"', '"order":"C"')))).toEqual({ said: "position 3: the hash does not match", code: 1 });
  expect(strangersVerdict(lines.toSpliced(1, 1)).said).toContain("position 3: sequence 2 after 0");
  expect(strangersVerdict(lines.slice(0, -1))).toEqual({ said: "the export was cut short", code: 1 });
  expect(strangersVerdict(lines.toSpliced(3, 1)).said).toContain("leader:1 does not end as it should");
});

test.each([
  ["no JSON", () => "{"],
  ["no record", () => "[1]"],
  ["broken over two lines", (text: string) => text.replace(",", ",\n")],
])("a text that damage made %s ends the export with its position: no line is written that a reader would stumble over", (_, change) => {
  const disk = new MemoryDisk();
  const journal = disk.open();
  journal.append([{ stream: "leader:1", expected: 0, records: ["A", "B"].map((order) => ({ type: "order-seen", at: 1, order })) }]);
  disk.damage(2, change);
  const lines = exportJournal(journal);
  lines.next();
  expect(lines.next().value).toContain('"position":1');
  expect(() => lines.next()).toThrow(JournalFault);
});
