import { describe, expect, test } from "vitest";
import { emptyBook } from "../../domain/book/book.ts";
import { accountId, clientId, copyId, correlationId, orderId } from "../../domain/identity.ts";
import { mirrorKey } from "../../domain/mirror/mirror.ts";
import type { RequestAnswered } from "../../domain/records.ts";
import { unixMs } from "../../domain/time.ts";
import { verdict } from "../../domain/verdict.ts";
import type { AccountView } from "../../engine/account-watch.ts";
import { fold } from "../../engine/recorder.ts";
import { journal, WHOLE } from "../../engine/views/story.example.ts";
import { type MetricsSources, openMetrics } from "./metrics.ts";

const NOW = unixMs(1_795_385_936_601);
const ABOUT = {
  follower: clientId("1000000002"),
  mirror: mirrorKey({ leader: clientId("1000000001"), follower: clientId("1000000002"), cause: orderId("112611200001") }),
};
const ARJUN: AccountView = {
  name: accountId("arjun"),
  role: "follower",
  stream: { state: "open", since: NOW },
  lastFrameAt: NOW,
  token: "alive",
  tokenValidUntil: unixMs(NOW + 7_200_000),
  booksReadAt: NOW,
  booksUnreadableSince: undefined,
  isBehind: false,
  unreadable: 3,
};

function opened(changes: Partial<MetricsSources> = {}) {
  const book = emptyBook();
  fold(book, journal(WHOLE));
  const metrics = openMetrics({ names: { accounts: new Map([[ABOUT.follower, "arjun"]]), book }, version: "1.2.3" });
  const sources: MetricsSources = {
    now: () => NOW,
    accounts: () => [ARJUN],
    budgetOf: () => undefined,
    doubts: () => [],
    alerts: () => [],
    isJournalBroken: () => false,
    ...changes,
  };
  return { metrics, lines: async () => (await metrics.text(sources)).split("\n") };
}

function answer(changes: Partial<RequestAnswered> = {}): RequestAnswered {
  const stages = { decidedMs: 0.05, journalledMs: 0.6, wireMs: 0.3, answeredMs: 42 };
  return {
    type: "request-answered",
    at: NOW,
    ...ABOUT,
    attempt: 0,
    request: "placement",
    result: { outcome: "accepted", orderId: orderId("7") },
    stages,
    ...changes,
  };
}

test("the version, and each account as it stands", async () => {
  const lines = await opened().lines();
  for (const line of [
    'lockstep_info{version="1.2.3"} 1',
    'lockstep_stream_open{account="arjun"} 1',
    'lockstep_account_behind{account="arjun"} 0',
    'lockstep_unreadable_frames{account="arjun"} 3',
    'lockstep_token_state{account="arjun",state="alive"} 1',
    'lockstep_token_state{account="arjun",state="dead"} 0',
    'lockstep_token_expiry_seconds{account="arjun"} 7200',
    "lockstep_journal_broken 0",
    'lockstep_alerts_open{severity="critical"} 0',
  ])
    expect(lines).toContain(line);
});

test("what is not known of a token's end is left out, and what is over is counted no more", async () => {
  let doubts: ReturnType<MetricsSources["doubts"]> = [
    { copy: copyId("meera-arjun"), follower: ABOUT.follower, order: orderId("1"), request: "placement", correlationId: correlationId("ls1"), since: NOW },
  ];
  let account: AccountView = ARJUN;
  const { lines } = opened({ doubts: () => doubts, accounts: () => [account] });
  expect(await lines()).toContain('lockstep_requests_in_doubt{copy="meera-arjun",request="placement"} 1');
  doubts = [];
  account = { ...ARJUN, token: "dead", tokenValidUntil: undefined };
  const after = await lines();
  expect(after.filter((line) => line.startsWith("lockstep_requests_in_doubt{") || line.startsWith("lockstep_token_expiry_seconds{"))).toEqual([]);
  expect(after).toContain('lockstep_token_state{account="arjun",state="dead"} 1');
});

describe("latency", () => {
  test("is a histogram for each stage, in seconds; a stage that was not gone through is not counted", async () => {
    const { metrics, lines } = opened();
    metrics.recorded(answer());
    metrics.recorded(answer({ stages: { decidedMs: undefined, journalledMs: 0.6, wireMs: undefined, answeredMs: 3_000 } }));
    const text = await lines();
    expect(text).toContain('lockstep_stage_seconds_bucket{le="0.0001",account="arjun",stage="decided"} 1');
    expect(text).toContain('lockstep_stage_seconds_bucket{le="0.0005",account="arjun",stage="journalled"} 0');
    expect(text).toContain('lockstep_stage_seconds_bucket{le="0.001",account="arjun",stage="journalled"} 2');
    expect(text).toContain('lockstep_stage_seconds_count{account="arjun",stage="wire"} 1');
    expect(text).toContain('lockstep_stage_seconds_bucket{le="0.05",account="arjun",stage="answered"} 1');
    expect(text).toContain('lockstep_stage_seconds_bucket{le="5",account="arjun",stage="answered"} 2');
  });

  test("of many accounts stands under one heading", async () => {
    const { metrics, lines } = opened();
    for (let account = 0; account < 50; account += 1) metrics.recorded(answer({ follower: clientId(String(account)) }));
    const text = await lines();
    expect(text.filter((line) => line === "# TYPE lockstep_stage_seconds histogram")).toHaveLength(1);
    expect(text.filter((line) => line.startsWith("lockstep_stage_seconds_count"))).toHaveLength(200);
    expect(text.filter((line) => line.startsWith("# TYPE")).length).toBe(new Set(text.filter((line) => line.startsWith("# TYPE"))).size);
  });

  test("to the fill comes from the verdict", async () => {
    const { metrics, lines } = opened();
    metrics.recorded({ type: "verdict-given", at: NOW, ...ABOUT, verdict: verdict("FILLED", "both", { lagMs: 240 }), refuses: undefined });
    const text = await lines();
    expect(text).toContain('lockstep_fill_lag_seconds_bucket{le="0.25",copy="meera-arjun"} 1');
    expect(text).toContain('lockstep_fill_lag_seconds_sum{copy="meera-arjun"} 0.24');
    expect(text).toContain('lockstep_verdicts_total{copy="meera-arjun",code="FILLED"} 1');
  });
});

test("requests are counted by what became of them, a refusal by its code", async () => {
  const { metrics, lines } = opened();
  metrics.recorded(answer());
  metrics.recorded(answer({ request: "cancel", result: { outcome: "refused", refusal: { code: "NOT_OPEN", brokerSaid: "it has ended" } } }));
  metrics.recorded(answer({ result: { outcome: "unknown", because: "timeout" } }));
  metrics.noted({ level: "warning", code: "RATE_LIMITED", account: accountId("arjun"), message: "429" });
  const text = await lines();
  expect(text).toContain('lockstep_requests_total{account="arjun",request="placement",outcome="accepted",code=""} 1');
  expect(text).toContain('lockstep_requests_total{account="arjun",request="cancel",outcome="refused",code="NOT_OPEN"} 1');
  expect(text).toContain('lockstep_requests_total{account="arjun",request="placement",outcome="unknown",code=""} 1');
  expect(text).toContain('lockstep_records_total{type="request-answered"} 3');
  expect(text).toContain('lockstep_notes_total{account="arjun",code="RATE_LIMITED"} 1');
});

test("R21 each follower's budget by window, what waits for it, and his breaker", async () => {
  const windows = [
    { window: "second", limit: 10, used: 3, kept: 0 },
    { window: "day", limit: 7_000, used: 120, kept: 700 },
  ] as const;
  const text = await opened({ budgetOf: () => ({ windows, waiting: 2, lastLeavesInMs: 900, pausedForMs: 500, rateLimited: 1, breaker: "open" }) }).lines();
  for (const line of [
    'lockstep_budget_limit{account="arjun",window="second"} 10',
    'lockstep_budget_used{account="arjun",window="day"} 120',
    'lockstep_budget_kept{account="arjun",window="day"} 700',
    'lockstep_outbox_waiting{account="arjun"} 2',
    'lockstep_budget_paused_seconds{account="arjun"} 0.5',
    'lockstep_rate_limited{account="arjun"} 1',
    'lockstep_breaker_state{account="arjun",state="open"} 1',
    'lockstep_breaker_state{account="arjun",state="closed"} 0',
  ])
    expect(text).toContain(line);
});
