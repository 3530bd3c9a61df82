/**
 * When the demonstration says what it promises, from the start of the process. Prints Markdown for docs/performance.md.
 *
 *   node bench/demo.ts --runs 5        (by `npm run bench:demo`, on the pinned Node)
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Child } from "./child.ts";
import { figuresOf } from "./figures.ts";
import { describeMachine } from "./machine.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "bin/lockstep.js");
const LOOK_MS = 5;
const WITHIN_MS = 60_000;

const PROMISES: readonly { readonly what: string; readonly line: RegExp; readonly promisedMs: number }[] = [
  { what: "that the money is simulated", line: /All money here is simulated/, promisedMs: 2_000 },
  { what: "the size at the third follower, and a refusal with its reason", line: /zoya +buys +1 lot.*zoya +refused/s, promisedMs: 5_000 },
  { what: "a change", line: /arjun +changes/, promisedMs: 15_000 },
  { what: "a partial fill", line: /filled +[123] of 4 lots/, promisedMs: 15_000 },
  { what: "a cancel", line: /arjun +cancels/, promisedMs: 15_000 },
  { what: "the lag of each follower", line: /zoya +lag: /, promisedMs: 15_000 },
];

const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
const reports = join(ROOT, ".reports");
mkdirSync(reports, { recursive: true });
const folder = mkdtempSync(join(reports, "demo-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const machine = describeMachine({ root: ROOT, folder });
const times = PROMISES.map((): number[] => []);
for (let run = 0; run < Number(values.runs); run += 1) {
  const begun = performance.now();
  const child = new Child({ words: [BIN, "demo"], env: { NO_COLOR: "1" }, log: join(folder, "demo.log") });
  for (const [index, { what, line }] of PROMISES.entries()) times[index]?.push(await child.during(cameAt(child, what, line, begun)));
  await child.stop();
}

process.stdout.write(`Measured ${machine.date} at commit ${machine.commit}: ${machine.cores} cores of ${machine.cpu}, ${machine.system}, Node ${machine.node}; ${values.runs} runs.

| the demonstration says | promised, s | p50, s | max, s |
|---|---:|---:|---:|
${PROMISES.map(({ what, promisedMs }, index) => {
  const { p50, max } = figuresOf(times[index] ?? []);
  return `| ${what} | ${promisedMs / 1_000} | ${(p50 / 1_000).toFixed(1)} | ${(max / 1_000).toFixed(1)} |`;
}).join("\n")}
`);

/** Milliseconds from `begun` until the line was there. */
async function cameAt(child: Child, what: string, line: RegExp, begun: number): Promise<number> {
  for (;;) {
    if (line.test(child.written)) return performance.now() - begun;
    if (performance.now() - begun > WITHIN_MS) throw new Error(`${what}: not within ${WITHIN_MS} ms`);
    await pause(LOOK_MS);
  }
}
