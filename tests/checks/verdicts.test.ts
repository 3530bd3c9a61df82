/** docs/verdicts.md is what an operator looks a code up in: it holds every code there is, with the words of the source. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { severityOf, VERDICTS, verdict } from "../../src/domain/verdict.ts";

const page = readFileSync(new URL("../../docs/verdicts.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (.+) \|$/gm)].map(([, code, severity, meaning]) => [code, severity, meaning]);

test("the page lists every verdict code with its severity and its meaning, in the order of the source, and no other", () => {
  expect(rows).toEqual(Object.entries(VERDICTS).map(([code, [severity, meaning]]) => [code, severity, meaning]));
});

test("a verdict has a code, a sentence for people and the numbers for programs", () => {
  expect(verdict("ORPHAN", "75 units too much", { excess: 75 })).toEqual({ code: "ORPHAN", sentence: "75 units too much", numbers: { excess: 75 } });
  expect(verdict("COPIED", "2 lots").numbers).toEqual({});
});

test("only what a person must act on, or what lost a copy for good, is critical", () => {
  const critical = rows.flatMap(([code, severity]) => (severity === "critical" ? [code] : []));
  expect(critical).toEqual([
    ...[
      "FOREVER_UNCLAIMED",
      "FOREVER_IN_DOUBT",
      "UNHEDGED",
      "FAILED",
      "OUTCOME_UNKNOWN",
      "ACCOUNT_UNABLE",
      "EXIT_FAILED",
      "EXIT_WAITS",
      "EXIT_RESTS",
      "CANCEL_FAILED",
    ],
    ...["SQUARE_OFF_MISSED", "ALTERNATIVES_CLOSED"],
  ]);
  expect([severityOf("COPIED"), severityOf("DRIFT"), severityOf("EXIT_FAILED")]).toEqual(["info", "warning", "critical"]);
});
