import { Command } from "commander";
import { type ConfigOption, configOption } from "./config-option.ts";

export interface JournalActs {
  readonly exportJournal: (options: ConfigOption) => Promise<void>;
  readonly verifyJournal: (options: ConfigOption) => Promise<void>;
}

export function journalCommand({ exportJournal, verifyJournal }: JournalActs): Command {
  const journal = new Command("journal")
    .summary("what the journal holds, and whether it is whole")
    .description("Reads the journal, beside a running copier too. Nothing here writes to it.");
  journal
    .command("export")
    .description("Every record as a JSON line on standard output (docs/journal.md).")
    .addOption(configOption())
    .action((options: ConfigOption) => exportJournal(options));
  journal
    .command("verify")
    .description("Checks the hash chain of every stream and the file itself. Exits 1 when anything is wrong, and names all of it.")
    .addOption(configOption())
    .action((options: ConfigOption) => verifyJournal(options));
  return journal;
}
