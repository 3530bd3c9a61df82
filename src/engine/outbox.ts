/**
 * What waits to be sent at one follower account. It holds mirrors, not requests: what a mirror needs is decided again at the
 * moment when a slot of the budget is free, so that changes which arrived meanwhile have merged and age is judged on leaving
 * (R3, R4, R20). One outbox per account: a slow one never delays another.
 */

import type { Rank } from "../domain/mirror/decision.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { RateBudget } from "./budget.ts";

export class Outbox {
  readonly budget: RateBudget;
  /** By rank: cancels, exits, entries. Insertion order is the leader's order. */
  readonly #waiting: readonly [Set<MirrorKey>, Set<MirrorKey>, Set<MirrorKey>] = [new Set(), new Set(), new Set()];

  constructor(budget: RateBudget) {
    this.budget = budget;
  }

  /** Takes a slot for a request of this rank, unless one of a higher rank, or an earlier one of its own, waits. */
  takeSlot(key: MirrorKey, rank: Rank, now: number): boolean {
    for (const waiting of this.#waiting.slice(0, rank)) if (waiting.size > 0 && !(waiting.size === 1 && waiting.has(key))) return false;
    const first = this.#waiting[rank].values().next();
    if (first.done !== true && first.value !== key) return false;
    return this.budget.take(now);
  }

  wait(key: MirrorKey, rank: Rank): void {
    for (const [other, waiting] of this.#waiting.entries()) if (other !== rank) waiting.delete(key);
    this.#waiting[rank].add(key);
  }

  /** It needs nothing any more, or has got its slot. */
  leave(key: MirrorKey): void {
    for (const waiting of this.#waiting) waiting.delete(key);
  }

  /** The mirror that is next, by rank and age. */
  next(): MirrorKey | undefined {
    for (const waiting of this.#waiting) {
      const first = waiting.values().next();
      if (first.done !== true) return first.value;
    }
    return undefined;
  }

  get waiting(): number {
    return this.#waiting[0].size + this.#waiting[1].size + this.#waiting[2].size;
  }
}
