/** A temporary folder with a configuration in it. Its journal lies there too. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Broker, INSTRUMENTS } from "./broker.ts";

type Written = Readonly<Record<string, unknown>>;

export interface ConfigurationOptions {
  readonly broker: Pick<Broker, "rest" | "orderUpdates" | "people">;
  /** Keys of every copy; over `sizing: { mode: ratio, ratio: 0.5 }`. */
  readonly copy?: Written;
  /** The copies as a whole, in place of "the first person leads all others". */
  readonly copies?: readonly Written[];
  readonly dhan?: Written;
  /** Keys of single accounts, by name, e.g. `{ arjun: { rateLimits: { perSecond: 2 } } }`. */
  readonly accounts?: Readonly<Record<string, Written>>;
  /** Keys at the top of the file. */
  readonly top?: Written;
}

export interface Configuration extends Disposable {
  readonly folder: string;
  /** Of lockstep.yaml. */
  readonly path: string;
  readonly journal: string;
  /** The tokens, in the variables that the file names. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes the file anew, in the same folder. */
  rewrite(changes: Omit<ConfigurationOptions, "broker">): void;
}

export function writeConfiguration(options: ConfigurationOptions): Configuration {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-process-"));
  const path = join(folder, "lockstep.yaml");
  const write = (written: ConfigurationOptions): void => writeFileSync(path, stringify(configurationOf(written), { aliasDuplicateObjects: false }));
  write(options);
  return {
    folder,
    path,
    journal: join(folder, "lockstep.db"),
    env: Object.fromEntries(options.broker.people.map(({ name, token }) => [tokenVariable(name), token])),
    rewrite: (changes) => write({ ...options, ...changes }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The file as a value: short deadlines, a free port, and everything else at its default. */
export function configurationOf({ broker, copy = {}, copies, dhan = {}, accounts = {}, top = {} }: ConfigurationOptions): Written {
  const [leader, ...followers] = broker.people.map(({ name }) => name);
  const sizing = { mode: "ratio", ratio: 0.5 };
  return {
    server: { port: 0 },
    calendar: "always-open",
    ...top,
    dhan: { rest: broker.rest, orderUpdates: broker.orderUpdates, instruments: INSTRUMENTS, requestTimeout: "1s", lookupGrace: "1s", ...dhan },
    accounts: broker.people.map(({ name, clientId }) => ({ id: name, clientId, token: { env: tokenVariable(name) }, ...accounts[name] })),
    copies: copies ?? followers.map((follower) => ({ id: `${leader}-${follower}`, leader, follower, sizing, ...copy })),
  };
}

function tokenVariable(name: string): string {
  return `${name.toUpperCase()}_TOKEN`;
}
