/** The simulator's accounts, and a configuration of Lockstep that points at them. */
import { assert } from "../domain/assert.ts";
import { SAMPLE_ACCOUNTS } from "../simulator/sample/sample.ts";

export interface SimulatedAccount {
  readonly clientId: string;
  readonly name: string;
  readonly token: string;
  /** Rupees. */
  readonly funds: number;
}

const RATIOS = ["0.5", "1", "0.25"];
const FUNDS = 500_000;
const FIRST_CLIENT_ID = 1_000_000_001;

/** The first are the sample's; the rest are numbered. */
export function simulatedAccounts(count: number): readonly SimulatedAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const name = SAMPLE_ACCOUNTS[index]?.name ?? `account${index + 1}`;
    return { clientId: String(FIRST_CLIENT_ID + index), name, token: `simulated-${name}`, funds: SAMPLE_ACCOUNTS[index]?.funds ?? FUNDS };
  });
}

export interface Example {
  readonly accounts: readonly SimulatedAccount[];
  /** Absolute: the configuration may lie anywhere. */
  readonly instruments: string;
  /** `host:port` of the simulator. */
  readonly authority: string;
}

/** The first of at least two accounts leads all others, by ratios that differ. */
export function exampleConfiguration({ accounts, instruments, authority }: Example): string {
  const [leader, ...followers] = accounts;
  assert(leader !== undefined && followers.length > 0, "an example has a leader and a follower");
  return [
    "# For the simulator: nothing behind it is real. The tokens are read from the environment:",
    ...accounts.map(({ name, token }) => `#   export ${tokenVariable(name)}=${token}`),
    "calendar: always-open",
    "dhan:",
    `  rest: http://${authority}/v2`,
    `  orderUpdates: ws://${authority}`,
    `  instruments: ${JSON.stringify(instruments)}`,
    "accounts:",
    ...accounts.map(({ name, clientId }) => `  - { id: ${name}, clientId: "${clientId}", token: { env: ${tokenVariable(name)} } }`),
    "copies:",
    ...followers.map(
      ({ name }, index) =>
        `  - { id: ${leader.name}-${name}, leader: ${leader.name}, follower: ${name}, sizing: { mode: ratio, ratio: ${ratioText(index)}, rounding: nearest } }`,
    ),
    "",
  ].join("\n");
}

function ratioText(index: number): string {
  return RATIOS[index % RATIOS.length] ?? "1";
}

function tokenVariable(name: string): string {
  return `${name.toUpperCase()}_TOKEN`;
}
