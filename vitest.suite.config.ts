import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import base from "./vitest.config.ts";

/** Behind India's clock by half a day, and ahead of it by eight and a half hours: there the date is another than India's for most of the day. */
const ZONES = ["America/Los_Angeles", "Pacific/Kiritimati"];

const EVERYTHING = base.test?.include ?? [];
/** What starts the built program and speaks to it over sockets. */
const BUILT_PROGRAM = ["tests/processes/**/*.test.ts", "tests/scenarios/**/*.test.ts", "tests/races/**/*.test.ts"];

/**
 * Times carry no zone on Dhan's wire and mean India's, so nothing may depend on where the machine stands. What depends on time or could: everything
 * beside the sources, the virtual world, the hours by the built program. Left out: random sessions and orphans, which take long and add
 * no date, and what is about sockets, disks and memory alone.
 */
const COULD_DEPEND = ["src/**/*.test.ts", "tests/world/**/*.test.ts", "tests/contract/**/*.test.ts", "tests/checks/zone.test.ts"];
const WITHOUT_DATES = [
  "tests/world/{interleavings,orphans,broken-journal,retained}.test.ts",
  "src/adapters/journal/crash.test.ts",
  "src/simulator/server.test.ts",
];
const PROGRAM_COULD_DEPEND = ["tests/scenarios/hours.test.ts"];
/** Once, in the first of the zones: what turns no day and goes by no calendar takes its times from the same parsers as what does. So does the long week. */
const WITHOUT_TURNS = ["tests/world/!(day-turn|hours|expiry|close-of-day|conversions|legs|forever-legs|forever|streams|orders).test.ts"];

/** What stays in one process leaves nothing open there, and a new process for each of 400 files takes longer than they do. */
const IN_PROCESS = { isolate: false, maxWorkers: 2, sequence: { groupOrder: 0 } };
/** The built program comes last, and has the processors to itself; its tests wait for a good part of their time. */
const PROGRAM = { isolate: true, maxWorkers: 3, sequence: { groupOrder: 1 } };

type Part = { readonly include: string[]; readonly exclude?: string[]; readonly env?: Record<string, string> };

/** Not `extends`, which would add the base's files to these. */
const project = (name: string, part: Part, how: typeof IN_PROCESS): TestProjectConfiguration => ({
  extends: false,
  test: { ...base.test, ...part, ...how, name },
});

/** What `npm test` runs: what could depend on a zone in two that are not India's, everything else in the machine's own. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: [
      ...ZONES.flatMap((TZ, index) => [
        project(TZ, { include: COULD_DEPEND, exclude: index === 0 ? WITHOUT_DATES : [...WITHOUT_DATES, ...WITHOUT_TURNS], env: { TZ } }, IN_PROCESS),
        project(`program, ${TZ}`, { include: PROGRAM_COULD_DEPEND, env: { TZ } }, PROGRAM),
      ]),
      project("here", { include: EVERYTHING, exclude: [...BUILT_PROGRAM, ...COULD_DEPEND] }, IN_PROCESS),
      project("here, without dates", { include: WITHOUT_DATES }, IN_PROCESS),
      project("program", { include: BUILT_PROGRAM, exclude: PROGRAM_COULD_DEPEND }, PROGRAM),
    ],
  },
});
