/** How long after the leader each follower's requests went out. */
import type { Follower } from "../players.ts";

export interface LagFigures {
  readonly requests: number;
  readonly medianMs: number;
  readonly maxMs: number;
}

export class Lags {
  readonly #byFollower = new Map<Follower, number[]>();

  add(follower: Follower, lagMs: number): void {
    const known = this.#byFollower.get(follower);
    if (known === undefined) this.#byFollower.set(follower, [lagMs]);
    else known.push(lagMs);
  }

  /** Undefined: none of his requests had a lag. */
  of(follower: Follower): LagFigures | undefined {
    const sorted = (this.#byFollower.get(follower) ?? []).toSorted((a, b) => a - b);
    const maxMs = sorted.at(-1);
    const upper = sorted[sorted.length >> 1];
    const lower = sorted[(sorted.length - 1) >> 1];
    if (maxMs === undefined || upper === undefined || lower === undefined) return undefined;
    return { requests: sorted.length, medianMs: (lower + upper) / 2, maxMs };
  }
}
