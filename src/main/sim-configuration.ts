/** The simulator's accounts, and a configuration of Lockstep that points at them. */
import { SAMPLE_ACCOUNTS } from "../simulator/sample/sample.ts";

export interface SimulatedAccount {
  readonly clientId: string;
  readonly name: string;
  readonly token: string;
  /** Rupees. */
  readonly funds: number;
}

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
  /** Absolute, or relative to where the configuration will lie. */
  readonly instruments: string;
  /** `host:port` of the simulator. */
  readonly authority: string;
}

/** The first account leads all others; sizes by falling ratios, so that they differ. */
export function exampleConfiguration({ accounts, instruments, authority }: Example): string {
  const [leader, ...followers] = accounts;
  if (leader === undefined) return "";
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
    ...(followers.length === 0 ? ["copies: []   # a copy needs a second account: --accounts 2"] : ["copies:"]),
    ...followers.map(
      ({ name }, index) =>
        `  - { id: ${leader.name}-${name}, leader: ${leader.name}, follower: ${name}, sizing: { mode: ratio, ratio: ${ratioText(index)}, rounding: nearest } }`,
    ),
    "",
  ].join("\n");
}

function ratioText(index: number): string {
  return ["0.5", "1", "0.25"][index % 3] ?? "0.5";
}

function tokenVariable(name: string): string {
  return `${name.toUpperCase()}_TOKEN`;
}
