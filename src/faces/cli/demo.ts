import { Command } from "commander";

export interface DemoOptions {
  readonly once: boolean;
}

export function demoCommand(act: (options: DemoOptions) => Promise<void>): Command {
  return new Command("demo")
    .summary("a simulated leader and three followers in one process: no account, no file")
    .description(
      "A simulated broker, a scripted leader and three followers, on free ports with a temporary journal. The money is simulated. Ctrl-C prints a summary.",
    )
    .option("--once", "plays a fixed session with a cut stream and a crash, compares the books, and exits 1 on any difference", false)
    .action((options: DemoOptions) => act(options));
}
