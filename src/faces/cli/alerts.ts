import { Command } from "commander";
import { type ConfigOption, configOption } from "./config-option.ts";

export function alertsCommand(testAlerts: (options: ConfigOption) => Promise<void>): Command {
  const alerts = new Command("alerts")
    .summary("where alerts go")
    .description("The channels of the configuration through which alerts reach a person (docs/alerts.md).");
  alerts
    .command("test")
    .description("Sends one test alert through every channel and says of each whether it was taken. Exits 1 if one was not, or if there is none.")
    .addOption(configOption())
    .action((options: ConfigOption) => testAlerts(options));
  return alerts;
}
