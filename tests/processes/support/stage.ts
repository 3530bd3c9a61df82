/** A broker, a configuration that points at it, and a copier that acts: where most tests of the built program begin. */
import { z } from "zod";
import { type Broker, startBroker } from "./broker.ts";
import { type Configuration, type ConfigurationOptions, writeConfiguration } from "./configuration.ts";
import { type CopierProcess, startCopierProcess } from "./copier-process.ts";
import type { Trader } from "./trader.ts";
import { until } from "./until.ts";

export interface StageOptions extends Omit<ConfigurationOptions, "broker" | "top"> {
  /** Keys at the top of the file; they may depend on the folder that it lies in. */
  readonly top?: ConfigurationOptions["top"] | ((folder: string) => ConfigurationOptions["top"]);
  /** How many follow the one leader; 1 when left out. */
  readonly followers?: number;
  readonly broker?: Parameters<typeof startBroker>[0];
  /** Acts at the broker before the copier starts. */
  readonly before?: (broker: Broker) => Promise<void>;
}

export interface Stage extends AsyncDisposable {
  readonly broker: Broker;
  readonly configuration: Configuration;
  readonly copier: CopierProcess;
  /** meera */
  readonly leader: Trader;
  /** arjun */
  readonly follower: Trader;
  /** Another process of the copier with the same configuration: after the first has ended. */
  startAgain(): Promise<CopierProcess>;
}

export async function setStage({ followers = 1, broker: simulated, before, top = {}, ...configured }: StageOptions = {}): Promise<Stage> {
  await using setUp = new AsyncDisposableStack();
  const broker = setUp.use(await startBroker({ accounts: followers + 1, ...simulated }));
  const configuration = setUp.use(writeConfiguration({ broker, ...configured }));
  const atTop = typeof top === "function" ? top(configuration.folder) : top;
  if (atTop !== undefined) configuration.rewrite({ ...configured, top: atTop });
  await before?.(broker);
  const copier = setUp.use(await startCopierProcess({ configuration }));
  await streamsAreLoggedIn(broker, copier);
  const stack = setUp.move();
  return {
    broker,
    configuration,
    copier,
    leader: broker.trader("meera"),
    follower: broker.trader("arjun"),
    startAgain: async () => {
      const again = stack.use(await startCopierProcess({ configuration }));
      await streamsAreLoggedIn(broker, again);
      return again;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const accounts = z.array(z.object({ clientId: z.string(), openStreams: z.number() }));

/** A login is not answered (reference 4.1): only the broker knows that it has read it, and that the next frame will not pass the copier by. */
async function streamsAreLoggedIn(broker: Broker, copier: CopierProcess): Promise<void> {
  const names = copier.lines({ code: "STARTING" })[0]?.accounts ?? [];
  const clientIds = names.map((name) => broker.trader(name).clientId);
  await until("the broker has read every login", async () => {
    const open = accounts.parse(await broker.view("accounts")).filter(({ openStreams }) => openStreams > 0);
    return clientIds.every((clientId) => open.some((account) => account.clientId === clientId));
  });
}
