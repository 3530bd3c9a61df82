/** `npm test` runs what could depend on the machine's time zone in several (vitest.suite.config.ts): that those runs are where they say. */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const NOVEMBER = "2026-11-28T00:00:00Z";
/** Minutes behind UTC. */
const OFFSETS = new Map([
  ["America/Los_Angeles", 480],
  ["Pacific/Kiritimati", -840],
]);

test("the zone that the run is named for is the zone of its dates, and of the programs that it starts", () => {
  const here = new Date(NOVEMBER).getTimezoneOffset();
  expect(here).toBe(OFFSETS.get(process.env["TZ"] ?? "") ?? here);
  expect(Number(execFileSync(process.execPath, ["-p", `new Date("${NOVEMBER}").getTimezoneOffset()`], { encoding: "utf8" }))).toBe(here);
});
