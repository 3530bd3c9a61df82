/**
 * `/metrics`, in Prometheus' text format (docs/metrics.md). Counters are fed by what the engine tells, after it was sent; gauges are read when
 * somebody asks. Labels are names of the configuration and codes of our own, so their number is bounded, and none of them is a secret.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { getOrAdd } from "../../domain/book/book.ts";
import type { AccountId, ClientId } from "../../domain/identity.ts";
import type { MirrorKey } from "../../domain/mirror/mirror.ts";
import type { RequestAnswered } from "../../domain/records.ts";
import type { UnixMs } from "../../domain/time.ts";
import type { AccountView } from "../../engine/account-watch.ts";
import type { BudgetView } from "../../engine/budget-view.ts";
import type { InDoubt } from "../../engine/views/in-doubt.ts";
import type { Listener } from "../after-sending.ts";
import type { AlertView } from "../alerts/alert.ts";
import { accountName, type Names } from "../log/record-line.ts";

/** What is true at the moment, read at each scrape. */
export interface MetricsSources {
  readonly now: () => UnixMs;
  readonly accounts: () => readonly AccountView[];
  /** Undefined for an account that only leads. */
  readonly budgetOf: (account: AccountId) => BudgetView | undefined;
  readonly doubts: () => readonly InDoubt[];
  readonly alerts: () => readonly AlertView[];
  readonly isJournalBroken: () => boolean;
}

export interface Metrics extends Listener {
  readonly contentType: string;
  text(sources: MetricsSources): Promise<string>;
}

/** Seconds: from a tenth of a millisecond, about what one stage of ours takes, to more than any request may take. */
const STAGE_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const LAG_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BREAKER_STATES = ["closed", "open", "half-open"] as const;
const TOKEN_STATES = ["alive", "dead", "missing", "unasked"] as const;

export function openMetrics({ names, version }: { readonly names: Names; readonly version: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) => new Counter({ name, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) => new Gauge({ name, help, labelNames, registers });

  gauge("lockstep_info", "The version that runs; always 1.", "version").set({ version }, 1);
  const records = counter("lockstep_records_total", "Records made durable in the journal since the start.", "type");
  const verdicts = counter("lockstep_verdicts_total", "Verdicts given (docs/verdicts.md).", "copy", "code");
  const notes = counter("lockstep_notes_total", "What the engine noted of an account: its stream, its token, its books (docs/logs.md).", "account", "code");
  const requests = counter(
    "lockstep_requests_total",
    "Answered order requests, by outcome and by the code of a refusal.",
    "account",
    "request",
    "outcome",
    "code",
  );
  /** Each account has its own, so that they are written one after the other. */
  const stages = new Map<string, ReturnType<typeof stageHistogram>>();
  const lag = new Histogram({
    name: "lockstep_fill_lag_seconds",
    help: "From the end of the leader's order to the end of the follower's, where both were filled.",
    labelNames: ["copy"],
    buckets: LAG_BUCKETS,
    registers,
  });
  const streamOpen = gauge("lockstep_stream_open", "1: the order stream is open.", "account");
  const behind = gauge("lockstep_account_behind", "1: things may have happened at the account that are not known here yet.", "account");
  const booksRead = gauge("lockstep_books_read_timestamp_seconds", "When a book of the account was last read.", "account");
  const unreadable = gauge("lockstep_unreadable_frames", "Frames of the account that were not understood, since the start.", "account");
  const token = gauge("lockstep_token_state", "1 at the state that the access token is in.", "account", "state");
  const tokenLeft = gauge("lockstep_token_expiry_seconds", "Seconds until the access token ends, as the broker told it.", "account");
  const budgetLimit = gauge("lockstep_budget_limit", "Order requests that a window of the account's budget allows.", "account", "window");
  const budgetUsed = gauge("lockstep_budget_used", "Order requests of the account that the window counts now.", "account", "window");
  const budgetKept = gauge("lockstep_budget_kept", "Of the window, what is kept for cancels and exits.", "account", "window");
  const waiting = gauge("lockstep_outbox_waiting", "Orders of the account that wait for a slot of the budget.", "account");
  const paused = gauge("lockstep_budget_paused_seconds", "How long nothing is sent for the account yet, after a 429.", "account");
  const rateLimited = gauge("lockstep_rate_limited", "Requests of the account that the broker answered with 429, since the start.", "account");
  const breaker = gauge("lockstep_breaker_state", "1 at the state that the account's breaker is in.", "account", "state");
  const doubts = gauge("lockstep_requests_in_doubt", "Requests that were sent and whose outcome is not known.", "copy", "request");
  const alerts = gauge("lockstep_alerts_open", "Alerts that are not over.", "severity");
  const broken = gauge("lockstep_journal_broken", "1: the journal can't be written, and nothing is placed or made larger.");
  const resident = gauge("process_resident_memory_bytes", "Memory of the process that is in the machine's memory.");
  const heap = gauge("nodejs_heap_size_used_bytes", "Of it, what JavaScript's objects use.");

  const copyOf = (follower: ClientId, mirror: MirrorKey): string => names.book.followers.get(follower)?.mirrors.get(mirror)?.copy ?? "";
  const answered = (record: RequestAnswered): void => {
    const account = accountName(record.follower, names);
    const { result, request } = record;
    requests.inc({ account, request, outcome: result.outcome, code: result.outcome === "refused" ? result.refusal.code : "" });
    const histogram = getOrAdd(stages, account, stageHistogram);
    for (const [stage, ms] of stagesOf(record)) histogram.observe({ account, stage }, Math.max(0, ms) / 1_000);
  };

  const readBudget = (account: string, budget: BudgetView): void => {
    for (const { window, limit, used, kept } of budget.windows) {
      budgetLimit.set({ account, window }, limit);
      budgetUsed.set({ account, window }, used);
      budgetKept.set({ account, window }, kept);
    }
    waiting.set({ account }, budget.waiting);
    paused.set({ account }, budget.pausedForMs / 1_000);
    rateLimited.set({ account }, budget.rateLimited);
    for (const state of BREAKER_STATES) breaker.set({ account, state }, budget.breaker === state ? 1 : 0);
  };
  const readGauges = (sources: MetricsSources): void => {
    for (const { name: account, ...view } of sources.accounts()) {
      streamOpen.set({ account }, view.stream.state === "open" ? 1 : 0);
      behind.set({ account }, view.isBehind ? 1 : 0);
      unreadable.set({ account }, view.unreadable);
      if (view.booksReadAt !== undefined) booksRead.set({ account }, view.booksReadAt / 1_000);
      for (const state of TOKEN_STATES) token.set({ account, state }, view.token === state ? 1 : 0);
      if (view.tokenValidUntil === undefined) tokenLeft.remove({ account });
      else tokenLeft.set({ account }, (view.tokenValidUntil - sources.now()) / 1_000);
      const budget = sources.budgetOf(account);
      if (budget !== undefined) readBudget(account, budget);
    }
    doubts.reset();
    for (const { copy, request } of sources.doubts()) doubts.inc({ copy, request });
    for (const severity of ["warning", "critical"] as const) alerts.set({ severity }, sources.alerts().filter((alert) => alert.severity === severity).length);
    broken.set(sources.isJournalBroken() ? 1 : 0);
    const memory = process.memoryUsage();
    resident.set(memory.rss);
    heap.set(memory.heapUsed);
  };

  return {
    contentType: registry.contentType,
    recorded: (record) => {
      records.inc({ type: record.type });
      if (record.type === "request-answered") answered(record);
      if (record.type !== "verdict-given") return;
      const copy = copyOf(record.follower, record.mirror);
      const { code, numbers } = record.verdict;
      verdicts.inc({ copy, code });
      const lagMs = code === "FILLED" ? numbers["lagMs"] : undefined;
      if (typeof lagMs === "number") lag.observe({ copy }, Math.max(0, lagMs) / 1_000);
    },
    noted: ({ account = "", code }) => notes.inc({ account, code }),
    text: async (sources) => {
      readGauges(sources);
      const parts: string[] = [];
      for (const { name } of registry.getMetricsAsArray()) parts.push(await inItsTurn(() => registry.getSingleMetricAsString(name)));
      const [first, ...others] = stages.values();
      if (first !== undefined) parts.push(await inItsTurn(() => first.text()));
      for (const other of others) parts.push((await inItsTurn(() => other.text())).replace(HEADER, ""));
      return `${parts.join("\n")}\n`;
    },
  };
}

const STAGES = "lockstep_stage_seconds";
const HEADER = /^(?:#.*\n)*/;

/** A scrape of a hundred accounts takes tens of milliseconds: it is made in pieces, and a leader's frame waits for one piece at most. */
async function inItsTurn(part: () => Promise<string>): Promise<string> {
  await nextTurn();
  return part();
}

/** A histogram in a registry of its own. */
function stageHistogram() {
  const registry = new Registry();
  const histogram = new Histogram({
    name: STAGES,
    help: "Where an order request spent its time, each stage counted from the one before.",
    labelNames: ["account", "stage"],
    buckets: STAGE_BUCKETS,
    registers: [registry],
  });
  return {
    observe: (labels: { readonly account: string; readonly stage: string }, seconds: number) => histogram.observe(labels, seconds),
    text: () => registry.getSingleMetricAsString(STAGES),
  };
}

function stagesOf({ stages }: RequestAnswered): readonly (readonly [string, number])[] {
  if (stages === undefined) return [];
  const { decidedMs, journalledMs, wireMs, answeredMs } = stages;
  const all = [
    ["decided", decidedMs],
    ["journalled", journalledMs],
    ["wire", wireMs],
    ["answered", answeredMs],
  ] as const;
  return all.flatMap(([stage, ms]) => (ms === undefined ? [] : [[stage, ms] as const]));
}
