/** docs/alerts.md is what an operator looks an alert up in: it holds every one that the table can raise, with the words of the source. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { REFUSAL_CODES } from "../../src/domain/order/refusal.ts";
import { severityOf, VERDICTS, type VerdictCode } from "../../src/domain/verdict.ts";
import { NOTE_CODES } from "../../src/engine/parties.ts";
import {
  FRAME_ALERT,
  FRAME_FAULT,
  HALT_ALERT,
  NOTE_ALERTS,
  PROGRAM_ALERTS,
  type RaisedRow,
  REFUSAL_ALERTS,
  STANDING_ALERT,
  VERDICT_ALERTS,
  verdictAlert,
} from "../../src/faces/alerts/rules.ts";
import { STANDING_CODES } from "../../src/faces/standing-words.ts";

const page = readFileSync(new URL("../../docs/alerts.md", import.meta.url), "utf8");
const logs = readFileSync(new URL("../../docs/logs.md", import.meta.url), "utf8");
const isVerdict = (code: string): code is VerdictCode => Object.hasOwn(VERDICTS, code);

const OVER = {
  none: "",
  told: "it is told to be over",
  accepted: "the broker accepts a request of the account",
  resumed: "entries are resumed",
  settled: "it is known what became of the orders",
  standing: "the orders stand at the exchange, or are filled",
  closed: "the follower's orders are over",
  hedged: "`HEDGED` is said of each of them",
  decided: "the orders are sent, or it is decided that they are not",
} as const;

/** Every alert that can be raised. */
function raised(): readonly (readonly [string, RaisedRow])[] {
  const verdicts = Object.keys(VERDICT_ALERTS).flatMap((code) => {
    const row = isVerdict(code) ? verdictAlert(code) : undefined;
    return row === undefined ? [] : [[code, row] as const];
  });
  const others = [NOTE_ALERTS, REFUSAL_ALERTS, PROGRAM_ALERTS].flatMap((table) =>
    Object.entries(table).flatMap(([code, row]) => (row === "none" || "ends" in row ? [] : [[code, row] as const])),
  );
  return [
    ...verdicts,
    ...others,
    ["HALTED", HALT_ALERT],
    ...Object.values(STANDING_CODES).map((code) => [code, STANDING_ALERT] as const),
    [FRAME_FAULT, FRAME_ALERT],
  ];
}

test("every code of a verdict, of a note and of a refusal has a row, and no row is about another", () => {
  expect(Object.keys(VERDICT_ALERTS).sort()).toEqual(Object.keys(VERDICTS).sort());
  expect(Object.keys(NOTE_ALERTS).sort()).toEqual([...NOTE_CODES].sort());
  expect(Object.keys(REFUSAL_ALERTS).sort()).toEqual([...REFUSAL_CODES].sort());
});

test("every verdict that is worth a look raises an alert, and none that is only information", () => {
  for (const [code, row] of Object.entries(VERDICT_ALERTS)) expect([code, row === "none"]).toEqual([code, isVerdict(code) && severityOf(code) === "info"]);
});

test("what is over when it is told to be has a note that ends it", () => {
  const ended = Object.values(NOTE_ALERTS).flatMap((row) => (row !== "none" && "ends" in row ? row.ends : []));
  const awaiting = raised().flatMap(([code, { over }]) => (over === "told" ? [code] : []));
  expect([...new Set(ended)].sort()).toEqual(awaiting.sort());
});

test("what is hidden under another alert is hidden under one that can be raised", () => {
  const codes = raised().map(([code]) => code);
  for (const [, { under = [] }] of raised()) for (const code of under) expect(codes).toContain(code);
});

test("the page lists every alert with its severity, its scope, its delay and its end, and no other", () => {
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (\w+) \|([^|]*)\|([^|]*)\|/gm)].map(([, ...cells]) => cells.map((cell = "") => cell.trim()));
  const expected = raised().map(([code, { severity, per, afterMs, over }]) => [
    code,
    severity,
    per,
    afterMs === undefined ? "at once" : `${afterMs / 1_000} s`,
    OVER[over],
  ]);
  expect([...rows].sort()).toEqual([...expected].sort());
});

test("docs/logs.md tells of every note", () => {
  for (const code of NOTE_CODES) expect(logs).toContain(`\`${code}\``);
});
