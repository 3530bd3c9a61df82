/** The figures as the Markdown that docs/performance.md keeps. */
import { type Figures, figuresOf, median } from "./figures.ts";
import type { Machine } from "./machine.ts";
import { type Plan, type Series, SILENCE_MS, SPACING_PER_FOLLOWER_MS } from "./series.ts";
import { STAGES, type StageTimes } from "./stages.ts";

/** How far from the bare relay the product may be, at the median. */
export interface Aim {
  readonly text: string;
  readonly holds: (times: { readonly relayMs: number; readonly productMs: number }) => boolean;
}

export interface Reported {
  readonly series: Series;
  readonly aim: Aim | undefined;
}

export function report(machine: Machine, plan: Plan, all: readonly Reported[]): string {
  const counted = all.filter(({ series }) => series.pairs.length > 0);
  return [
    ...conditions(machine, plan),
    "",
    "From the leader's frame to the arrival of the last follower's order, in ms:",
    "",
    "| followers | | p50 | p99 | max | medians of the runs |",
    "|---:|---|---:|---:|---:|---:|",
    ...counted.flatMap(({ series }) => latencyRows(series)),
    "",
    "| followers | product / relay, p50 | difference, p50 | difference, p99 | aim | held | runs that count | void |",
    "|---:|---:|---:|---:|---|---|---:|---:|",
    ...all.map(comparisonRow),
    "",
    ...silenceTable(counted),
    "The product's stages, in ms, each counted from the one before it. All requests, and the median in the last request of each leader order:",
    "",
    "| followers | stage | p50 | p99 | max | p50 in the last request |",
    "|---:|---|---:|---:|---:|---:|",
    ...counted.flatMap(({ series }) => stageRows(series)),
    "",
  ].join("\n");
}

function conditions({ cpu, cores, system, node, commit, date, flush }: Machine, { runs, events, warmup, spacingMs, busy }: Plan): readonly string[] {
  return [
    `Measured ${date} at commit ${commit}: ${cores} cores of ${cpu}, ${system}, Node ${node}.`,
    `One append of 4 KiB with fdatasync: p50 ${ms(flush.p50)}, p99 ${ms(flush.p99)}, max ${ms(flush.max)} ms.`,
    `${runs} runs of each program in turn, each ${events} leader orders after ${warmup} that do not count, ${spacingMs} ms and ${SPACING_PER_FOLLOWER_MS} ms per follower apart.`,
    ...(busy ? ["Runs on a busy machine were counted: figures to work with, and none to keep."] : []),
  ];
}

function latencyRows({ followers, pairs }: Series): readonly string[] {
  return (["relay", "product"] as const).map((who) => {
    const runs = pairs.map((pair) => pair[who]);
    const medians = runs.map(median);
    return row(followers, who, ...figureCells(figuresOf(runs.flat())), `${ms(Math.min(...medians))} to ${ms(Math.max(...medians))}`);
  });
}

function comparisonRow({ series, aim }: Reported): string {
  const { followers, pairs, voided } = series;
  if (pairs.length === 0) return row(followers, "", "", "", aim?.text ?? "", "void: the machine was never quiet", 0, voided.length);
  const relay = figuresOf(pairs.flatMap((pair) => pair.relay));
  const product = figuresOf(pairs.flatMap((pair) => pair.product));
  const held = aim === undefined ? "" : aim.holds({ relayMs: relay.p50, productMs: product.p50 }) ? "yes" : "no";
  const difference = (of: keyof Figures): string => `${ms(product[of] - relay[of])} ms`;
  return row(followers, `${(product.p50 / relay.p50).toFixed(2)}x`, difference("p50"), difference("p99"), aim?.text ?? "", held, pairs.length, voided.length);
}

function silenceTable(all: readonly Reported[]): readonly string[] {
  const measured = all.filter(({ series }) => series.afterSilence.product.length > 0);
  if (measured.length === 0) return [];
  return [
    `The first order after ${SILENCE_MS / 1_000} s in which nothing happened, in ms:`,
    "",
    "| followers | relay | product |",
    "|---:|---:|---:|",
    ...measured.map(({ series: { followers, afterSilence } }) =>
      row(followers, ...[afterSilence.relay, afterSilence.product].map((each) => each.map(ms).join(", "))),
    ),
    "",
  ];
}

function stageRows({ followers, pairs }: Series): readonly string[] {
  const all = pairs.flatMap(({ stages }) => stages);
  const last = pairs.flatMap(({ stages }) => lastOfEach(stages, followers));
  return STAGES.map((stage) =>
    row(followers, stage, ...figureCells(figuresOf(all.map((times) => times[stage]))), ms(median(last.map((times) => times[stage])))),
  );
}

/** Of each leader order's requests, the one that was written last. Answers come in the order of the leader's orders. */
function lastOfEach(stages: readonly StageTimes[], followers: number): readonly StageTimes[] {
  return Array.from({ length: stages.length / followers }, (_, index) =>
    stages.slice(index * followers, (index + 1) * followers).reduce((last, one) => (untilWritten(one) > untilWritten(last) ? one : last)),
  );
}

function untilWritten({ decided, journalled, wire }: StageTimes): number {
  return decided + journalled + wire;
}

function figureCells({ p50, p99, max }: Figures): readonly string[] {
  return [ms(p50), ms(p99), ms(max)];
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

function ms(value: number): string {
  return value.toFixed(2);
}
