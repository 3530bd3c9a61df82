/** The broker's sliding windows per account and class of call (reference 10.3). Only admitted requests take a slot. */

/** `order`: place, modify, cancel. `quote`: market data snapshots. `read`: all else. */
export type RateClass = "order" | "read" | "quote";

export interface ClassLimits {
  readonly perSecond?: number;
  readonly perMinute?: number;
  readonly perHour?: number;
  readonly perDay?: number;
}

export type RateLimits = Readonly<Record<RateClass, ClassLimits>>;

export const DHAN_LIMITS: RateLimits = {
  order: { perSecond: 10, perMinute: 250, perHour: 1_000, perDay: 7_000 },
  read: { perSecond: 20 },
  quote: { perSecond: 1 },
};

const SPANS = [
  ["perSecond", 1_000],
  ["perMinute", 60_000],
  ["perHour", 3_600_000],
  ["perDay", 86_400_000],
] as const;

export class RateGate {
  readonly #admitted = new Map<string, number[]>();
  /** By account and class. */
  readonly #refused = new Map<string, number>();
  #limits: RateLimits;

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  get limits(): RateLimits {
    return this.#limits;
  }

  setLimits(limits: RateLimits): void {
    this.#limits = limits;
  }

  /** How many of an account's requests of these classes were refused, ever. */
  refused(clientId: string, classes: readonly RateClass[] = ["order", "read", "quote"]): number {
    return classes.reduce((sum, rateClass) => sum + (this.#refused.get(`${rateClass}:${clientId}`) ?? 0), 0);
  }

  /** Whether a request that arrives at `at` (elapsed milliseconds) is within every window; if so it takes its slots. */
  admit(clientId: string, rateClass: RateClass, at: number): boolean {
    const key = `${rateClass}:${clientId}`;
    const times = this.#admitted.get(key) ?? [];
    const limits = this.#limits[rateClass];
    for (const [window, spanMs] of SPANS) {
      const limit = limits[window];
      if (limit === undefined) continue;
      // The window holds if the request that lies `limit` places back is older than the span.
      const oldest = times[times.length - limit];
      if (limit <= 0 || (oldest !== undefined && oldest > at - spanMs)) {
        this.#refused.set(key, (this.#refused.get(key) ?? 0) + 1);
        return false;
      }
    }
    times.push(at);
    if (times.length > 50_000) times.splice(0, 25_000);
    this.#admitted.set(key, times);
    return true;
  }
}
