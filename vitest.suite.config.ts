import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import base from "./vitest.config.ts";

/** Behind India's clock by half a day, and ahead of it by eight and a half hours: there the date is another than India's for most of the day. */
const ZONES = ["America/Los_Angeles", "Pacific/Kiritimati"];

/** What starts the built program and speaks to it over sockets. */
const BUILT_PROGRAM = ["tests/processes/**/*.test.ts", "tests/scenarios/**/*.test.ts", "tests/races/**/*.test.ts"];

/**
 * Times carry no zone on Dhan's wire and mean India's, so nothing may depend on where the machine stands. What depends on time or could: everything
 * beside the sources, the virtual world, the hours by the built program. Left out: random sessions and orphans, which take long and add
 * no date, and what is about sockets and disks alone.
 */
const WHAT_COULD_DEPEND = {
  include: ["src/**/*.test.ts", "tests/world/**/*.test.ts", "tests/contract/**/*.test.ts", "tests/checks/zone.test.ts"],
  exclude: ["tests/world/interleavings.test.ts", "tests/world/orphans.test.ts", "src/adapters/journal/crash.test.ts", "src/simulator/server.test.ts"],
};
const BUILT_PROGRAM_THAT_COULD_DEPEND = { include: ["tests/scenarios/hours.test.ts"] };

type Part = { readonly include: string[]; readonly exclude?: string[]; readonly env?: Record<string, string> };

/** Not `extends`, which would add the base's files to these. The built program comes last, and has the processors to itself. */
const project = (name: string, part: Part, groupOrder: 0 | 1): TestProjectConfiguration => ({
  extends: false,
  test: { ...base.test, ...part, name, sequence: { groupOrder } },
});

/** What `npm test` runs: everything in the machine's own zone, and what could depend on a zone in two others. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: [
      project("here", { include: [...(base.test?.include ?? [])], exclude: BUILT_PROGRAM }, 0),
      project("program", { include: BUILT_PROGRAM }, 1),
      ...ZONES.flatMap((TZ) => [
        project(TZ, { ...WHAT_COULD_DEPEND, env: { TZ } }, 0),
        project(`program, ${TZ}`, { ...BUILT_PROGRAM_THAT_COULD_DEPEND, env: { TZ } }, 1),
      ]),
    ],
  },
});
