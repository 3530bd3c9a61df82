/**
 * What one busy day weighs in memory for each copied order: the fold of a made-up day, beside the same day if nothing of it were put away.
 *
 *   node bench/memory.ts 250 500 1000 2000 --followers 10        (by `npm run bench:memory`, on the pinned Node)
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { systemClock } from "../src/adapters/system/clock.ts";
import { castOf } from "./cast.ts";
import { weigh } from "./heap.ts";
import { writeWeek } from "./week.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { values, positionals } = parseArgs({ options: { followers: { type: "string", default: "10" } }, allowPositionals: true });
const followers = Number(values.followers);
const sizes = positionals.length === 0 ? [250, 500, 1_000, 2_000] : positionals.map(Number);

mkdirSync(join(ROOT, ".reports"), { recursive: true });
const folder = mkdtempSync(join(ROOT, ".reports", "memory-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

process.stdout.write(
  "| leader orders | copied orders | put away, MB | nothing put away, MB | bytes for one more copied order | were |\n|---:|---:|---:|---:|---:|---:|\n",
);
let before = { lives: 0, all: 0, mirrors: 0 };
for (const orders of sizes) {
  const path = join(folder, `${orders}.db`);
  writeWeek({ path, ...castOf(followers), records: orders * (4 + 8 * followers), days: 1, now: systemClock.now() });
  const [lives, all] = [await weigh(path, "what-lives"), await weigh(path, "everything")];
  const more = lives.mirrors - before.mirrors;
  const cells = [
    orders,
    lives.mirrors,
    megabytes(lives.bytes),
    megabytes(all.bytes),
    Math.round((lives.bytes - before.lives) / more),
    Math.round((all.bytes - before.all) / more),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
  before = { lives: lives.bytes, all: all.bytes, mirrors: lives.mirrors };
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
