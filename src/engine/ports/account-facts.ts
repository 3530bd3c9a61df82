/** What a broker says of an account besides its orders, and of his own clock. Undefined: not told, or not in a form that can be read. */
import type { UnixMs } from "../../domain/time.ts";

export interface Profile {
  /** Whose token it was. */
  readonly clientId: string | undefined;
  readonly tokenValidUntil: UnixMs | undefined;
  /** What the account may trade, in the broker's words: `Equity`, `Derivative`, `Currency`, `Commodity`. */
  readonly segments: readonly string[] | undefined;
}

export interface Addresses {
  /** Those that orders may come from: the primary, and the secondary where there is one. */
  readonly registered: readonly string[];
  /** Where the broker says that the question came from. */
  readonly detected: string | undefined;
  readonly ordersAllowed: boolean | undefined;
}

/** Paise; below zero where the account owes. */
export interface Funds {
  readonly availablePaise: number;
  readonly utilisedPaise: number | undefined;
}

/** By our clock: at some moment from `askedAt` to `answeredAt` the broker's clock was in the second that began at `told`. */
export interface ClockReading {
  readonly askedAt: UnixMs;
  readonly answeredAt: UnixMs;
  readonly told: UnixMs;
}
