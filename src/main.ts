/** Where the program begins: which command was asked for, and what it needs of the surroundings. Each command is loaded only when it is asked for. */
import { DONE, FAILED } from "./faces/cli/exit-code.ts";
import { type Actions, runProgram } from "./faces/cli/program.ts";
import { programVersion } from "./main/version.ts";

const surroundings = { env: process.env, isTerminal: process.stderr.isTTY === true, version: programVersion() };

const actions: Actions = {
  demo: async (options) => ((await (await import("./main/demo/demo.ts")).runDemo(options)) === DONE ? DONE : FAILED),
  run: async (options) => (await import("./main/run.ts")).run(options, surroundings),
  check: async (options) => (await import("./main/check.ts")).check(options, surroundings),
  sim: async (options) => (await import("./main/sim.ts")).sim(options),
  status: async (options) => (await import("./main/control.ts")).status(options, { isTerminal: process.stdout.isTTY === true }),
  halt: async (options) => (await import("./main/control.ts")).command("halt", options),
  resume: async (options) => (await import("./main/control.ts")).command("resume", options),
  explain: async (options) => (await import("./main/explain.ts")).explain(options),
  exportJournal: async (options) => (await import("./main/journal.ts")).exportToStandardOutput(options),
  verifyJournal: async (options) => (await import("./main/journal.ts")).verify(options),
  testAlerts: async (options) => (await import("./main/alerts.ts")).testAlerts(options, process.env),
};

// Whoever read what is told here has gone, as with `| head`: there is nobody left to tell anything. The copier itself tells it on standard error.
process.stdout.on("error", () => process.exit(FAILED));

process.exitCode = await runProgram(process.argv.slice(2), actions, surroundings.version);
