/**
 * Keeps the placements of one account in the leader's order as the broker sees them (R21; decision 5). Requests under way
 * together travel on connections of their own and may overtake one another, so a placement leaves when those before it were
 * answered, which proves that they arrived, or have been under way for longer than anything but a lost packet explains.
 *
 * Ranks don't wait for lower ones: an exit passes an entry that is under way. Cancels and changes name an order that the
 * broker has, and never wait here.
 */
import type { Rank } from "../domain/mirror/decision.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";

/** One repetition of a lost packet (200 ms is the least that Linux waits) and the way to the broker. */
export const UNDER_WAY_MS = 250;

export class Departures {
  readonly #underWay = new Map<MirrorKey, { readonly rank: Rank; readonly leftAt: number }>();

  /** Milliseconds, from `now` in elapsed time, until a placement of this rank may leave for its own sake; an answer may free it sooner. */
  waitMs(rank: Rank, now: number): number {
    let wait = 0;
    for (const placement of this.#underWay.values()) if (placement.rank <= rank) wait = Math.max(wait, placement.leftAt + UNDER_WAY_MS - now);
    return wait;
  }

  left(key: MirrorKey, rank: Rank, now: number): void {
    this.#underWay.set(key, { rank, leftAt: now });
  }

  /** It was answered, given up, or never written. */
  arrived(key: MirrorKey): void {
    this.#underWay.delete(key);
  }
}
