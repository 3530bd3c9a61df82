/** What a person reads of a running copier, and of a halt. */
import { expect, test } from "vitest";
import type { StatusDocument } from "../control/status-document.ts";
import { haltText } from "./halt-text.ts";
import { statusText } from "./status-text.ts";

const NOW = "2026-11-23T10:15:02.417+05:30";
const HALT = { by: "operator", since: "2026-11-23T10:14:00.000+05:30", over: "all copies" } as const;
const NONE = { waiting: 0, inFlight: 0, inDoubt: 0, resting: 0, filled: 0, refused: 0, ended: 0 };
const STATUS: StatusDocument = {
  at: NOW,
  version: "0.1.0",
  startedAt: "2026-11-23T07:02:50.000+05:30",
  uptimeSeconds: 11_532,
  ready: true,
  reasons: [],
  journal: { path: "/home/meera/lockstep.db", records: 1_234 },
  accounts: [
    {
      account: "meera",
      role: "leader",
      stream: { state: "open", since: "2026-11-23T07:02:51.000+05:30" },
      lastFrameAt: "2026-11-23T10:15:00.000+05:30",
      token: { state: "alive", validUntil: "2026-11-24T07:00:00.000+05:30" },
      books: { readAt: "2026-11-23T10:14:55.000+05:30", behind: false },
      unreadable: 0,
    },
    {
      account: "arjun",
      role: "follower",
      stream: { state: "closed" },
      token: { state: "dead" },
      books: { unreadableSince: "2026-11-23T10:10:02.000+05:30", behind: true },
      unreadable: 2,
      budget: {
        windows: [
          { window: "second", limit: 10, used: 3, kept: 0 },
          { window: "minute", limit: 250, used: 12, kept: 25 },
        ],
        waiting: 4,
        lastLeavesInMs: 2_300,
        pausedForMs: 900,
        rateLimited: 1,
        breaker: "open",
      },
    },
  ],
  copies: [{ copy: "meera-arjun", leader: "meera", follower: "arjun", mirrors: { ...NONE, resting: 1, filled: 12, refused: 2 } }],
  inDoubt: [],
  waiting: [],
  alerts: [],
};

test("a copier that is ready is a page: how long it runs, accounts, copies", () => {
  expect(statusText(STATUS)).toBe(
    [
      "lockstep 0.1.0, up 3 h 12 min. 2026-11-23 10:15, India's time",
      "Ready.",
      "Journal /home/meera/lockstep.db, 1234 records",
      "",
      "account  role      stream           last frame  token                         books                                   orders used",
      "meera    leader    open 3 h 12 min  2 s ago     alive until 2026-11-24 07:00  read 7 s ago",
      "arjun    follower  not opened       none        dead                          unreadable for 5 min, 2 not understood  " +
        "3/10 s, 12/250 min, 4 waiting, the last for 3 s, paused for 1 s after a 429, breaker open",
      "",
      "copy                        waiting  in flight  in doubt  resting  filled  refused  ended",
      "meera-arjun  meera > arjun  0        0          0         1        12      2        0",
      "",
    ].join("\n"),
  );
});

test("what needs a person comes first: not ready, a broken journal, halts; then doubts and alerts", () => {
  const text = statusText({
    ...STATUS,
    ready: false,
    reasons: ["meera: the order stream is not open"],
    journal: { ...STATUS.journal, broken: "the disk is full" },
    copies: STATUS.copies.map((copy) => ({ ...copy, halt: HALT })),
    inDoubt: [{ copy: "meera-arjun", account: "arjun", order: "1126", request: "placement", correlationId: "lksabc", since: "2026-11-23T10:14:58.417+05:30" }],
    alerts: [
      {
        severity: "critical",
        code: "EXIT_FAILED",
        copy: "meera-arjun",
        message: "refused 6 times",
        since: "2026-11-23T10:13:02.417+05:30",
        lastAt: NOW,
        count: 2,
      },
    ],
  });
  expect(text.split("\n").slice(1, 6)).toEqual([
    "NOT READY:",
    "  meera: the order stream is not open",
    "JOURNAL BROKEN, nothing is placed or made larger: the disk is full",
    "HALTED: every copy opens nothing",
    "  the operator's halt of all copies, since 2026-11-23 10:14:00",
  ]);
  expect(text).toContain("  meera-arjun  placement for the leader's order 1126  correlation id lksabc  for 4 s");
  expect(text).toContain("  critical  EXIT_FAILED  meera-arjun  for 2 min  refused 6 times (2 times)");
});

test("what waits at leaders' brokers is listed: nothing waits at the followers' for it", () => {
  const waiting = [{ account: "meera", kind: "forever", order: "1127", what: "SELL X MARGIN: 150 at 109.00 when 110.00 is reached, waits (CONFIRM)" }] as const;
  expect(statusText({ ...STATUS, waiting: [...waiting] })).toContain(
    [
      "Waiting at leaders' brokers; copied before they fire only under forever: copy:",
      "  meera  forever  1127  SELL X MARGIN: 150 at 109.00 when 110.00 is reached, waits (CONFIRM)",
    ].join("\n"),
  );
});

test("a halt says which copies open nothing now, and what goes on", () => {
  const [one, two] = [
    { copy: "meera-arjun", leader: "meera", follower: "arjun", halt: HALT },
    { copy: "meera-kabir", leader: "meera", follower: "kabir" },
  ];
  expect(haltText("halt", { result: "done", changed: true, lifted: [], copies: [one, two] })).toBe(
    [
      "Halted, and opening nothing: 1 of 2 copies.",
      "  meera-arjun  meera > arjun  the operator's halt of all copies, since 2026-11-23 10:14:00",
      "Cancels, reductions and exits go on. Orders that rest at the brokers stay, and may fill.",
      "",
    ].join("\n"),
  );
  expect(haltText("halt", { result: "done", changed: false, lifted: [], copies: [one] })).toContain("Nothing changed: it was so already.\nHalted");
});

test("a resume names what it lifted, a stranger's halt with its reason and a warning", () => {
  const stranger = { by: "stranger", since: HALT.since, over: "all copies into arjun", why: "order 7 bears our mark" } as const;
  const copy = { copy: "meera-arjun", leader: "meera", follower: "arjun" };
  expect(haltText("resume", { result: "done", changed: true, lifted: [{ ...copy, halt: stranger }], copies: [copy] })).toBe(
    [
      "meera-arjun opens again. Lifted: the halt of all copies into arjun, since 2026-11-23 10:14:00, because order 7 bears our mark",
      "Make sure that no second copier runs on these accounts: its next order halts them anew.",
      "No copy is halted.",
      "What was refused meanwhile stays refused, until the leader changes his order.",
      "",
    ].join("\n"),
  );
});
