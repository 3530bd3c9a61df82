/** The product as a person starts it: `lockstep run` with a configuration, every append to its journal synced to disk. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { Cast, Person } from "./cast.ts";
import { Child } from "./child.ts";
import type { Contender, Surroundings } from "./contender.ts";
import { instrumentFile } from "./leader-order.ts";
import { readStages, type StageTimes } from "./stages.ts";

const BIN = fileURLToPath(new URL("../bin/lockstep.js", import.meta.url));
const ACTS_WITHIN_MS = 20_000;
const LOOK_MS = 20;
/** The broker's limits are not what is measured. Only a `dhan.rest` that is not Dhan's lets them be raised. */
const BOUNDLESS = { perSecond: 1_000_000, perMinute: 1_000_000, perHour: 1_000_000, perDay: 1_000_000 };

export interface Product extends Contender {
  /** Of all its requests, in the order in which they were answered. To be asked for after the end. */
  stages(): readonly StageTimes[];
}

/** `profile`: a folder for a CPU profile of the run. */
export function startProduct(surroundings: Surroundings, profile: string | undefined): Product {
  const { broker, cast, folder } = surroundings;
  const config = join(folder, "lockstep.yaml");
  writeFileSync(join(folder, "instruments.csv"), instrumentFile(surroundings.orders));
  writeFileSync(config, stringify(configuration(surroundings), { aliasDuplicateObjects: false }));
  const profiled = profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profile];
  const child = new Child({ words: [...profiled, BIN, "run", "--config", config], env: tokens(cast), log: join(folder, "lockstep.log") });
  return {
    child,
    ready: async () => {
      await broker.streams(1 + cast.followers.length);
      await acts(child);
      await nextSecond();
    },
    stages: () => readStages(join(folder, "lockstep.db")),
  };
}

/** Everything that is not named has its default. */
function configuration({ broker, cast }: Surroundings): object {
  const { leader, followers } = cast;
  return {
    server: { port: 0 },
    calendar: "always-open",
    dhan: { rest: broker.rest, orderUpdates: broker.orderUpdates, instruments: "./instruments.csv" },
    accounts: [leader, ...followers].map((person) => ({
      id: person.name,
      clientId: person.clientId,
      token: { env: tokenVariable(person) },
      rateLimits: BOUNDLESS,
    })),
    copies: followers.map(({ name }) => ({ id: `${leader.name}-${name}`, leader: leader.name, follower: name, sizing: { mode: "ratio", ratio: 0.5 } })),
  };
}

function tokens({ leader, followers }: Cast): Readonly<Record<string, string>> {
  return Object.fromEntries([leader, ...followers].map((person) => [tokenVariable(person), person.token]));
}

function tokenVariable({ name }: Person): string {
  return `${name.toUpperCase()}_TOKEN`;
}

async function acts(child: Child): Promise<void> {
  const late = performance.now() + ACTS_WITHIN_MS;
  while (!child.written.includes('"code":"BOOKS_READ"')) {
    if (performance.now() > late) throw new Error(`it did not read the books within ${ACTS_WITHIN_MS} ms`);
    await pause(LOOK_MS);
  }
}

/** The broker's times have one second: an order of the second in which the product started counts as older than it, and waits (R11). */
async function nextSecond(): Promise<void> {
  await pause(1_000 - (Date.now() % 1_000) + 1);
}
