import { Command } from "commander";
import { type ConfigOption, configOption } from "./config-option.ts";

export type RunOptions = ConfigOption;

export function runCommand(act: (options: RunOptions) => Promise<void>): Command {
  return new Command("run")
    .summary("copies, until it is stopped")
    .description(
      "The copier. Reads the configuration, takes the journal, reads the books of all accounts, and copies until SIGTERM or Ctrl-C: then it takes nothing more, " +
        "lets what is in flight be answered, and exits 0 within ten seconds. A second signal ends it at once; the next start finds out what became of the rest.",
    )
    .addOption(configOption())
    .action((options: RunOptions) => act(options));
}
