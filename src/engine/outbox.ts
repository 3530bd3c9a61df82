/**
 * What waits to be sent at one follower account. It holds mirrors, not requests: what a mirror needs is decided again at the
 * moment when a slot of the budget is free, so that changes which arrived meanwhile have merged and age is judged on leaving
 * (R3, R4, R20). One outbox per account: a slow one never delays another.
 */

import type { Rank } from "../domain/mirror/decision.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { RateBudget } from "./budget.ts";
import { Departures } from "./departures.ts";

/** What asks to leave. */
export interface Departing {
  readonly rank: Rank;
  readonly isPlacement: boolean;
  /** When the leader's frame that asks for it arrived, in elapsed time; what waits keeps the first. */
  readonly arrived?: number | undefined;
}

type Waiting = Map<MirrorKey, Departing>;

export class Outbox {
  readonly budget: RateBudget;
  readonly #departures = new Departures();
  /** By rank: cancels, exits, entries. Insertion order is the leader's order. */
  readonly #waiting: readonly [Waiting, Waiting, Waiting] = [new Map(), new Map(), new Map()];

  constructor(budget: RateBudget) {
    this.budget = budget;
  }

  /** Takes a slot for a request, unless one of a higher rank, or an earlier one of its own, waits. A placement waits for those under way as well. */
  takeSlot(key: MirrorKey, { rank, isPlacement }: Departing, now: number): boolean {
    for (const waiting of this.#waiting.slice(0, rank)) if (waiting.size > 0 && !(waiting.size === 1 && waiting.has(key))) return false;
    const first = this.#waiting[rank].keys().next();
    if (first.done !== true && first.value !== key) return false;
    if (isPlacement && this.#departures.waitMs(rank, now) > 0) return false;
    if (!this.budget.take(now)) return false;
    if (isPlacement) this.#departures.left(key, rank, now);
    return true;
  }

  /** A request of this mirror was answered, or given up and its connection closed. */
  settle(key: MirrorKey, now: number): void {
    this.#departures.arrived(key);
    this.budget.settle(now);
  }

  /** A request of this mirror was never written. */
  release(key: MirrorKey): void {
    this.#departures.arrived(key);
    this.budget.release();
  }

  /** Milliseconds until the next that waits may leave; undefined when that depends on an answer. Zero: now. */
  waitMs(now: number): number | undefined {
    const budgetMs = this.budget.waitMs(now);
    const [, next] = this.#first() ?? [];
    if (budgetMs === undefined || next?.isPlacement !== true) return budgetMs;
    return Math.max(budgetMs, this.#departures.waitMs(next.rank, now));
  }

  /** When the leader's frame arrived that a waiting mirror is to answer; undefined when it does not wait, or for no frame. */
  arrivedFor(key: MirrorKey): number | undefined {
    for (const waiting of this.#waiting) if (waiting.has(key)) return waiting.get(key)?.arrived;
    return undefined;
  }

  wait(key: MirrorKey, departing: Departing): void {
    for (const [rank, waiting] of this.#waiting.entries()) if (rank !== departing.rank) waiting.delete(key);
    this.#waiting[departing.rank].set(key, departing);
  }

  /** It needs nothing any more, or has got its slot. */
  leave(key: MirrorKey): void {
    for (const waiting of this.#waiting) waiting.delete(key);
  }

  /** The mirror that is next, by rank and age. */
  next(): MirrorKey | undefined {
    return this.#first()?.[0];
  }

  /** What waits, by rank and age. */
  keys(): readonly MirrorKey[] {
    return this.#waiting.flatMap((waiting) => [...waiting.keys()]);
  }

  get waiting(): number {
    return this.#waiting[0].size + this.#waiting[1].size + this.#waiting[2].size;
  }

  #first(): readonly [MirrorKey, Departing] | undefined {
    for (const waiting of this.#waiting) for (const first of waiting) return first;
    return undefined;
  }
}
