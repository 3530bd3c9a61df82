/**
 * How long the trials may take, whatever hangs: four minutes in all, as the limits of the four outages and of ten rounds of kills add up. They
 * wait for most of their time. Rounds beyond ten (`LOCKSTEP_ROUNDS`) add their own.
 */
const ROUND_LIMIT_MS = 10_000;
/** The end of the trial, which is no round. */
const LAST_LIMIT_MS = 20_000;

export function killsLimitMs(rounds: number): number {
  return LAST_LIMIT_MS + rounds * ROUND_LIMIT_MS;
}

/** Of each of three. */
export const OUTAGE_LIMIT_MS = 27_000;
/** Ten seconds of it are the stall. */
export const STALL_LIMIT_MS = 39_000;
