/**
 * Prints `N passed, N failed, N skipped` from the JSON report of a Vitest run, whose path is the argument. No report counts as a run without
 * tests. Exit code 1 unless something passed and nothing failed.
 */
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

const [path = ""] = process.argv.slice(2);
const { passed, failed, skipped } = existsSync(path) ? tally(JSON.parse(readFileSync(path, "utf8"))) : { passed: 0, failed: 0, skipped: 0 };
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

/** A file that could not even be loaded has no tests to count, and counts as one that failed. */
function tally(json: unknown) {
  const report = Report.parse(json);
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded, skipped: report.numPendingTests + report.numTodoTests };
}
