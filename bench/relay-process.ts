/** The bare relay as a process. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import type { Contender, Surroundings } from "./contender.ts";

const RELAY = fileURLToPath(new URL("relay.ts", import.meta.url));

/** Resolves when it listens to the leader. */
export async function startRelay({ broker, cast, folder }: Surroundings): Promise<Contender> {
  const setup = JSON.stringify({ rest: broker.rest, orderUpdates: broker.orderUpdates, ...cast });
  const child = new Child({ words: [RELAY, setup], log: join(folder, "relay.log") });
  try {
    await broker.streams(1);
  } catch (error) {
    child.kill();
    throw child.fault(error instanceof Error ? error.message : "did not start");
  }
  return { stop: () => child.stop(), kill: () => child.kill() };
}
