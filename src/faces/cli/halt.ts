import { Command, InvalidArgumentError, Option } from "commander";
import { type ConfigOption, configOption } from "./config-option.ts";

export interface HaltOptions extends ConfigOption {
  readonly copy?: string;
  readonly account?: string;
}

type Act = (options: HaltOptions) => Promise<void>;

export function haltCommand(act: Act): Command {
  return narrowed(new Command("halt"), act)
    .summary("open nothing; cancels, reductions and exits go on")
    .description(
      "Tells the running copier to open nothing: no entry, no growth of one, no entry part of a stop and reverse. It still cancels, reduces and exits, and follows changes that " +
        "do not grow. Orders that rest at the brokers stay there, and may fill. It is kept over restarts until `lockstep resume`. Without a name it is over all copies.",
    );
}

export function resumeCommand(act: Act): Command {
  return narrowed(new Command("resume"), act)
    .summary("lets entries go again")
    .description(
      "Lifts a halt, that of an order with Lockstep's mark that it did not send as well. Nothing is sent by that: what was refused during the halt stays refused until the leader " +
        "changes his order. Without a name it is over all copies.",
    );
}

function narrowed(command: Command, act: Act): Command {
  return command
    .addOption(configOption())
    .addOption(new Option("--copy <name>", "only this copy").conflicts("account").argParser(once))
    .addOption(new Option("--account <name>", "only the copies of this leader, or into this follower").argParser(once))
    .action((options: HaltOptions) => act(options));
}

/** Of two names the last would be taken, and the other go on trading without a word. */
function once(name: string, before: string | undefined): string {
  if (before === undefined) return name;
  throw new InvalidArgumentError(`One name at a time: there was ${before} before it, and neither has been done.`);
}
