/** The command line: which commands there are, and how each ends. What they do is handed in. */
import { Command, CommanderError } from "commander";
import { alertsCommand } from "./alerts.ts";
import { type CheckOptions, checkCommand } from "./check.ts";
import type { ConfigOption } from "./config-option.ts";
import { type DemoOptions, demoCommand } from "./demo.ts";
import { type Action, BAD_USAGE, DONE, type ExitCode } from "./exit-code.ts";
import { type ExplainOptions, explainCommand } from "./explain.ts";
import { type HaltOptions, haltCommand, resumeCommand } from "./halt.ts";
import { journalCommand } from "./journal.ts";
import { type RunOptions, runCommand } from "./run.ts";
import { type SimOptions, simCommand } from "./sim.ts";
import { type StatusOptions, statusCommand } from "./status.ts";

export interface Actions {
  readonly demo: Action<DemoOptions>;
  readonly run: Action<RunOptions>;
  readonly check: Action<CheckOptions>;
  readonly sim: Action<SimOptions>;
  readonly status: Action<StatusOptions>;
  readonly halt: Action<HaltOptions>;
  readonly resume: Action<HaltOptions>;
  readonly explain: Action<ExplainOptions>;
  readonly exportJournal: Action<ConfigOption>;
  readonly verifyJournal: Action<ConfigOption>;
  readonly testAlerts: Action<ConfigOption>;
}

/** Runs the command that the words name. What is not understood is said on standard error and is bad usage. */
export async function runProgram(words: readonly string[], actions: Actions, version: string): Promise<ExitCode> {
  let ended: ExitCode = DONE;
  const act =
    <Options>(action: Action<Options>) =>
    async (options: Options): Promise<void> => {
      ended = await action(options);
    };
  const program = new Command("lockstep")
    .description("Copies what a leader does in a Dhan account to his followers' accounts, to their size and within their limits.")
    .version(version)
    .showHelpAfterError("(lockstep --help lists the commands; lockstep <command> --help its options)")
    .addCommand(demoCommand(act(actions.demo)))
    .addCommand(runCommand(act(actions.run)))
    .addCommand(checkCommand(act(actions.check)))
    .addCommand(simCommand(act(actions.sim)))
    .addCommand(statusCommand(act(actions.status)))
    .addCommand(haltCommand(act(actions.halt)))
    .addCommand(resumeCommand(act(actions.resume)))
    .addCommand(explainCommand(act(actions.explain)))
    .addCommand(journalCommand({ exportJournal: act(actions.exportJournal), verifyJournal: act(actions.verifyJournal) }))
    .addCommand(alertsCommand(act(actions.testAlerts)));
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) command.exitOverride();
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === DONE ? DONE : BAD_USAGE;
  }
  return ended;
}
