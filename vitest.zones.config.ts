import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import base from "./vitest.config.ts";

/** Behind India's clock by half a day, and ahead of it by eight and a half hours: there the date is another than India's for most of the day. */
const ZONES = ["America/Los_Angeles", "Pacific/Kiritimati"];

/**
 * Times carry no zone on Dhan's wire and mean India's, so nothing may depend on where the machine stands. What depends on time or could: everything
 * beside the sources, the virtual world, the hours by the built program. Left out: random sessions and orphans, which take long and add
 * no date, and what is about sockets and disks alone.
 */
const WHAT_COULD_DEPEND = {
  include: ["src/**/*.test.ts", "tests/world/**/*.test.ts", "tests/contract/**/*.test.ts", "tests/scenarios/hours.test.ts", "tests/checks/zone.test.ts"],
  exclude: ["tests/world/interleavings.test.ts", "tests/world/orphans.test.ts", "src/adapters/journal/crash.test.ts", "src/simulator/server.test.ts"],
};

/** Not `extends`, which would add the base's files to these. */
const zone = (name: string): TestProjectConfiguration => ({ extends: false, test: { ...base.test, ...WHAT_COULD_DEPEND, name, env: { TZ: name } } });

/** What `npm test` runs: everything in the machine's own zone, and what could depend on a zone in two others. */
export default defineConfig({
  ...base,
  test: { ...base.test, projects: [{ extends: false, test: { ...base.test, name: "here" } }, ...ZONES.map(zone)] },
});
