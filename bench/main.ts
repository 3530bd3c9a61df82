/**
 * `npm run bench`: how much later than a bare relay the product is, on this machine, now. Prints Markdown for docs/performance.md on
 * standard output, and what it is doing on standard error. Exits 1 when too few runs counted.
 *
 *   npm run bench -- --followers 1,10,100 --runs 10 --events 200
 *   npm run bench -- --followers 100 --runs 2 --busy --profile .reports/profile
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startBroker } from "./broker-process.ts";
import { describeMachine } from "./machine.ts";
import { type Aim, type Reported, report } from "./report.ts";
import { measureSeries, type Plan } from "./series.ts";

/** What the product aims at. The limits, above which a relay run is void, are for the reference machine of two cores; other numbers of followers have none. */
const AIMS: Readonly<Record<number, Aim & { readonly voidAboveMs: number }>> = {
  1: { voidAboveMs: 0.4, text: "relay + 0.7 ms", holds: ({ relayMs, productMs }) => productMs <= relayMs + 0.7 },
  10: { voidAboveMs: 0.9, text: "2x", holds: ({ relayMs, productMs }) => productMs <= 2 * relayMs },
  100: { voidAboveMs: 6, text: "1.5x", holds: ({ relayMs, productMs }) => productMs <= 1.5 * relayMs },
};

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const INTERRUPTED = 130;

const { values } = parseArgs({
  options: {
    followers: { type: "string", default: "1,10,100" },
    runs: { type: "string", default: "10" },
    events: { type: "string", default: "200" },
    warmup: { type: "string", default: "50" },
    spacing: { type: "string", default: "5" },
    silences: { type: "string", default: "1" },
    profile: { type: "string" },
    busy: { type: "boolean", default: false },
  },
});
const plan: Plan = {
  runs: wholeNumber("runs", values.runs),
  events: wholeNumber("events", values.events),
  warmup: wholeNumber("warmup", values.warmup),
  spacingMs: wholeNumber("spacing", values.spacing),
  silences: wholeNumber("silences", values.silences, 0),
  profile: values.profile,
  busy: values.busy,
};
const sizes = values.followers.split(",").map((text) => wholeNumber("followers", text));

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(INTERRUPTED));
process.exitCode = await measure();

async function measure(): Promise<number> {
  const reports = join(ROOT, ".reports");
  mkdirSync(reports, { recursive: true });
  const folder = mkdtempSync(join(reports, "bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const machine = describeMachine({ root: ROOT, folder });
  const reported: Reported[] = [];
  await using broker = await startBroker();
  for (const followers of sizes) {
    const aim = AIMS[followers];
    const series = await measureSeries({ broker, folder, plan, followers, voidAboveMs: aim?.voidAboveMs ?? Number.POSITIVE_INFINITY, progress: say });
    reported.push({ series, aim });
  }
  process.stdout.write(report(machine, plan, reported));
  return reported.every(({ series }) => series.pairs.length === plan.runs) ? 0 : 1;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function wholeNumber(name: string, text: string, least = 1): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    say(`--${name} wants whole numbers from ${least} on, and got ${JSON.stringify(text)}`);
    process.exit(2);
  }
  return value;
}
