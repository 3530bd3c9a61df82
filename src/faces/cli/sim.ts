import { Command, InvalidArgumentError } from "commander";

export interface SimOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** How many accounts; the first leads in the configuration that is printed. */
  readonly accounts: number;
  /** A compact instrument file; undefined: the sample. */
  readonly instruments: string | undefined;
  readonly matching: "manual" | "market";
  readonly seed: number;
  readonly printConfig: boolean;
}

const MATCHINGS = ["manual", "market"] as const;
const ACCOUNTS_MAX = 1_000;
const PORT_MAX = 65_535;

export function simCommand(act: (options: SimOptions) => Promise<void>): Command {
  return new Command("sim")
    .summary("a DhanHQ v2 simulator: REST and order stream, for any client; no real money")
    .description(
      "A simulated exchange and broker that any DhanHQ v2 client can use. Nothing in it is real. Whoever reaches its port can act as any account: leave it on 127.0.0.1. " +
        "docs/simulator.md shows its flows with curl.",
    )
    .option("--host <address>", "where it listens", "127.0.0.1")
    .option("--port <number>", "its port; 0 takes a free one", whole("a port", 0, PORT_MAX), 8421)
    .option("--accounts <number>", "how many accounts there are; more can be opened while it runs", whole("a number of accounts", 1, ACCOUNTS_MAX), 3)
    .option("--instruments <file>", "a compact instrument file of Dhan's; without it, a sample of forty contracts")
    .option("--matching <how>", "manual: nothing fills unless told. market: orders meet the last price", matching, "manual")
    .option("--seed <number>", "order numbers, opening prices and partial fills follow from it", whole("a seed", 0, Number.MAX_SAFE_INTEGER), 1)
    .option("--print-config", "prints a lockstep.yaml for these accounts and this port, and ends", false)
    .action((options: Omit<SimOptions, "instruments"> & { instruments?: string }) => act({ ...options, instruments: options.instruments }));
}

function whole(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`It is ${what}, a whole number from ${least} to ${most}.`);
    return value;
  };
}

function matching(text: string): SimOptions["matching"] {
  const found = MATCHINGS.find((each) => each === text);
  if (found === undefined) throw new InvalidArgumentError(`It is ${MATCHINGS.join(" or ")}.`);
  return found;
}
