/** The simulated broker of a test: on a real socket, in the test's own process, and acted upon by its admin calls. */
import { systemClock } from "../../../src/adapters/system/clock.ts";
import { systemTimers } from "../../../src/adapters/system/timers.ts";
import { type ServerOptions, startSimulator } from "../../../src/simulator/server.ts";
import type { Admin } from "./admin.ts";
import { Trader } from "./trader.ts";

/** Compact, 143 real rows; 37806 is a NIFTY call with lot 75. */
export const INSTRUMENTS = new URL("../../fixtures/instruments/scrip-master-compact.csv", import.meta.url).pathname;

export interface Person {
  readonly name: string;
  readonly clientId: string;
  readonly token: string;
}

/** Person 0 leads where nothing else is said. */
export function people(count: number): readonly Person[] {
  const names = ["meera", "arjun", "kabir", "devi"];
  return Array.from({ length: count }, (_, index) => {
    const name = names[index] ?? `person${index}`;
    return { name, clientId: String(1_000_000_001 + index), token: `simulated-${name}` };
  });
}

export interface Broker extends Admin, AsyncDisposable {
  readonly origin: string;
  readonly rest: string;
  readonly orderUpdates: string;
  readonly people: readonly Person[];
  /** An account by the name of its owner. */
  trader(name: string): Trader;
}

export async function startBroker(
  options: Partial<Pick<ServerOptions, "matching" | "conduct" | "dialect" | "limits" | "seed" | "instruments" | "clock">> & { readonly accounts?: number } = {},
): Promise<Broker> {
  const { accounts = 3, ...simulated } = options;
  const cast = people(accounts);
  const running = await startSimulator({ clock: systemClock, timers: systemTimers, seed: 1, instruments: INSTRUMENTS, ...simulated, accounts: cast });
  const broker: Broker = {
    origin: running.origin,
    rest: running.url,
    orderUpdates: running.wsUrl.replace(/\/$/, ""),
    people: cast,
    trader: (name) => {
      const person = cast.find((each) => each.name === name);
      if (person === undefined) throw new Error(`nobody is called ${name}`);
      return new Trader(broker, person.clientId);
    },
    act: (command, body) => answered(fetch(`${running.origin}/admin/${command}`, { method: "POST", body: JSON.stringify(body) }), command),
    view: (path) => answered(fetch(`${running.origin}/admin/${path}`), path),
    [Symbol.asyncDispose]: () => running.stop(),
  };
  return broker;
}

async function answered(asked: Promise<Response>, what: string): Promise<unknown> {
  const response = await asked;
  const text = await response.text();
  if (!response.ok) throw new Error(`the simulator refused ${what}: ${response.status} ${text}`);
  return JSON.parse(text);
}
