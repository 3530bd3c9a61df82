import { Command } from "commander";
import { type ConfigOption, configOption } from "./config-option.ts";

export interface ExplainOptions extends ConfigOption {
  /** The number of a leader's order, or of a follower's order that copies one, or a correlation id. */
  readonly order: string;
  readonly json: boolean;
}

export function explainCommand(act: (options: ExplainOptions) => Promise<void>): Command {
  return new Command("explain")
    .summary("the whole story of one order: seen, decided, sent, answered, when and why")
    .description(
      "The whole story of one leader order, in every copy: what was seen, decided, sent and answered, when and why. Reads the journal, beside a running copier too.",
    )
    .argument("<order>", "the leader's order number; a follower's, or a correlation id, leads to the same story")
    .addOption(configOption())
    .option("--json", "for programs: docs/explain.md names the members", false)
    .action((order: string, options: Omit<ExplainOptions, "order">) => act({ ...options, order }));
}
