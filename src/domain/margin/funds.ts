/** What an account's money was at one reading (reference 6.5). Paise, whole; below zero where the account owes. */
import type { UnixMs } from "../time.ts";

export interface MoneyReading {
  /** When the broker was asked. */
  readonly asked: UnixMs;
  /** What had been answered by then is in the reading for certain: the books may lag by `lookupGrace`. */
  readonly knows: UnixMs;
  readonly availablePaise: number;
  /** Undefined: not told. */
  readonly utilisedPaise: number | undefined;
}

/** Nothing is decided by a reading that is older than this (design 3, Modes). */
export const FUNDS_MAX_AGE_MS = 5 * 60_000;

/** The reading, where it is there and young enough to decide by. */
export function current(funds: MoneyReading | undefined, now: UnixMs): MoneyReading | undefined {
  return funds !== undefined && now - funds.asked <= FUNDS_MAX_AGE_MS ? funds : undefined;
}
