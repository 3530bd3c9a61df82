/** What a worker process is told, and what it tells of each seed. Plain data, over the channel of the process. */
import type { Broken } from "./auditor/observed.ts";

export interface Job {
  readonly seeds: readonly number[];
  /** Of each session; undefined: what the seed says. */
  readonly orders: number | undefined;
  /** `above grace`: books and look-ups lag longer than `lookupGrace`. */
  readonly lag: "below grace" | "above grace";
}

export interface SeedTold {
  readonly seed: number;
  readonly broken: Broken | undefined;
  readonly story: string | undefined;
  readonly counts: Readonly<Record<string, number>>;
  readonly orders: number;
}
