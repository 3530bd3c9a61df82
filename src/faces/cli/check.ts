import { Command } from "commander";
import { type ConfigOption, configOption } from "./config-option.ts";

export interface CheckOptions extends ConfigOption {
  readonly json: boolean;
}

export function checkCommand(act: (options: CheckOptions) => Promise<void>): Command {
  return new Command("check")
    .summary("would it copy? asks the brokers, looks at the files, and says what to do")
    .description(
      "Reads the configuration, asks the broker about every account that takes part, and looks at the clock, the instrument file, the calendar, the journal and the port. " +
        "Only reads: no order call is ever made, and it may be used beside a running copier. Exits 0 when nothing failed, warnings allowed; 1 when something did; 2 for a configuration that is not valid.",
    )
    .addOption(configOption())
    .option("--json", "for programs: docs/check.md names the members", false)
    .action((options: CheckOptions) => act(options));
}
