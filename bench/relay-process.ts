/** The bare relay as a process. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import type { Contender, Surroundings } from "./contender.ts";

const RELAY = fileURLToPath(new URL("relay.ts", import.meta.url));

export function startRelay({ broker, cast, folder }: Surroundings): Contender {
  const setup = JSON.stringify({ rest: broker.rest, orderUpdates: broker.orderUpdates, ...cast });
  const child = new Child({ words: [RELAY, setup], log: join(folder, "relay.log") });
  return { child, ready: () => broker.streams(1) };
}
