/** Who takes part in the demonstration: a leader, and three followers of different sizes. All of it is simulated. */
import { type ClientId, clientId } from "../../domain/identity.ts";

export const LEADER = "meera";
export const FOLLOWERS = ["arjun", "kabir", "zoya"] as const;

export type Follower = (typeof FOLLOWERS)[number];
export type Player = typeof LEADER | Follower;

export const PLAYERS: readonly Player[] = [LEADER, ...FOLLOWERS];

/** The same numbers and names as the simulator's sample accounts, and one more. */
export const CLIENT_IDS: Readonly<Record<Player, ClientId>> = {
  meera: clientId("1000000001"),
  arjun: clientId("1000000002"),
  kabir: clientId("1000000003"),
  zoya: clientId("1000000004"),
};

/** As the configuration has it, in YAML. `nearest` takes an exact half up: half of a lot is a lot. */
export const SIZINGS: Readonly<Record<Follower, string>> = {
  arjun: "{ mode: ratio, ratio: 0.5 }",
  kabir: "{ mode: ratio, ratio: 0.25, rounding: nearest }",
  zoya: "{ mode: lots, lots: 1, rounding: nearest }",
};

/** The same, for people. */
export const SIZE_WORDS: Readonly<Record<Follower, string>> = {
  arjun: "half of the leader's size, rounded down to whole lots",
  kabir: "a quarter of it, rounded to the nearest lot",
  zoya: "one lot of everything",
};

/** Opens nothing but the simulator of this very process. */
export function simulatedToken(player: Player): string {
  return `simulated-${player}`;
}

export function playerOf(id: string): Player | undefined {
  return PLAYERS.find((player) => CLIENT_IDS[player] === id);
}
