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
const WORLD = "tests/world/**/*.test.ts";
const COULD_DEPEND = ["src/**/*.test.ts", WORLD, "tests/contract/**/*.test.ts", "tests/checks/zone.test.ts"];
const WITHOUT_DATES = [
  "tests/world/{interleavings,orphans,broken-journal,retained}.test.ts",
  "src/adapters/journal/crash.test.ts",
  "src/simulator/server.test.ts",
];
const PROGRAM_COULD_DEPEND = ["tests/scenarios/hours.test.ts"];
/** Of the virtual world, in both zones: what turns a day or goes by a calendar. All else takes its times from the same parsers, and the week is long. */
const WORLD_TWICE = "tests/world/{close-of-day,conversions,day-turn,expiry,forever*,hours,legs,orders,streams}.test.ts";
const TWICE = COULD_DEPEND.map((pattern) => (pattern === WORLD ? WORLD_TWICE : pattern));

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
        project(TZ, { include: index === 0 ? COULD_DEPEND : TWICE, exclude: WITHOUT_DATES, env: { TZ } }, IN_PROCESS),
        project(`program, ${TZ}`, { include: PROGRAM_COULD_DEPEND, env: { TZ } }, PROGRAM),
      ]),
      project("here", { include: EVERYTHING, exclude: [...BUILT_PROGRAM, ...COULD_DEPEND] }, IN_PROCESS),
      project("here, without dates", { include: WITHOUT_DATES }, IN_PROCESS),
      project("program", { include: BUILT_PROGRAM, exclude: PROGRAM_COULD_DEPEND }, PROGRAM),
    ],
  },
});
