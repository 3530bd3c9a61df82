import { Command } from "commander";
import { type ConfigOption, configOption } from "./config-option.ts";

export interface StatusOptions extends ConfigOption {
  readonly json: boolean;
  readonly watch: boolean;
}

export function statusCommand(act: (options: StatusOptions) => Promise<void>): Command {
  return new Command("status")
    .summary("how the running copier stands: streams, tokens, copies, doubts, halts")
    .description(
      "Asks the running copier how it stands. Exits 0 when it is ready, 1 when it is not or when none runs. A halt is no fault: it is shown, and does not change the exit code.",
    )
    .addOption(configOption())
    .option("--json", "for programs: docs/operating.md names the members", false)
    .option("--watch", "again every second, until Ctrl-C; with --json a line each", false)
    .action((options: StatusOptions) => act(options));
}
