/** What a line of the demonstration says, before it has a shape: one event. */
import type { UnixMs } from "../../../domain/time.ts";

/** `calm`: as things should go; `refused`: something was not copied, with a reason; `trouble`: something went wrong. */
export type Tone = "calm" | "filled" | "refused" | "trouble";

export interface Line {
  readonly at: UnixMs;
  readonly who: string;
  /** A verb, or two words. */
  readonly what: string;
  /** `4 lots`, `2 of 4 lots`; empty where no size belongs. */
  readonly size: string;
  /** From the leader's frame to the follower's request on the wire; undefined where none was sent for it. */
  readonly lagMs: number | undefined;
  readonly text: string;
  readonly tone: Tone;
}
