/**
 * The demonstration's folder: configuration, tokens, instrument file and, later, the journal. It lies among the temporary files and
 * stays there at the end, so that `explain` and `journal` can be tried on it.
 */
import { copyFile, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SAMPLE_INSTRUMENTS } from "../../simulator/sample/sample.ts";
import { CLIENT_IDS, FOLLOWERS, type Follower, LEADER, PLAYERS, SIZINGS, simulatedToken } from "./players.ts";

export interface DemoFolder {
  readonly path: string;
  /** The path of `lockstep.yaml` in it. */
  readonly configuration: string;
}

/** Where the simulator is. */
export interface BrokerAddress {
  readonly rest: string;
  readonly orderUpdates: string;
}

export async function makeFolder(broker: BrokerAddress): Promise<DemoFolder> {
  const path = await mkdtemp(join(tmpdir(), "lockstep-demo-"));
  const configuration = join(path, "lockstep.yaml");
  await mkdir(join(path, "tokens"));
  await Promise.all([
    copyFile(SAMPLE_INSTRUMENTS, join(path, "scrip-master.csv")),
    writeFile(configuration, configurationText(broker)),
    ...PLAYERS.map((player) => writeFile(join(path, "tokens", player), simulatedToken(player), { mode: 0o600 })),
  ]);
  return { path, configuration };
}

/**
 * A configuration as a person would write it. The spans are shorter than the defaults, because nobody wants to watch a demonstration
 * wait: a second until a request counts as unanswered, two until the books are believed, and two for an executed order to be fresh.
 */
export function configurationText({ rest, orderUpdates }: BrokerAddress): string {
  return [
    "# Written by `lockstep demo`. The broker behind it is simulated and ends with the demonstration; the journal stays.",
    "calendar: always-open",
    "server: { port: 0 }",
    `dhan: { rest: "${rest}", orderUpdates: "${orderUpdates}", instruments: ./scrip-master.csv, requestTimeout: 1s, lookupGrace: 2s }`,
    "accounts:",
    ...PLAYERS.map((player) => `  - { id: ${player}, clientId: "${CLIENT_IDS[player]}", token: { file: ./tokens/${player} } }`),
    "copies:",
    ...FOLLOWERS.map(copyText),
    "",
  ].join("\n");
}

/** zoya's money is left to the broker, so that his own refusal is seen as well. */
function copyText(follower: Follower): string {
  const margin = follower === "zoya" ? "trust" : "check";
  return `  - { id: ${LEADER}-${follower}, leader: ${LEADER}, follower: ${follower}, maxAge: 2s, sizing: ${SIZINGS[follower]}, margin: ${margin} }`;
}
