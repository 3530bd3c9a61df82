/**
 * What waits to be sent at one follower account. It holds mirrors, not requests: what a mirror needs is decided again at the
 * moment when a slot of the budget is free, so that changes which arrived meanwhile have merged and age is judged on leaving
 * (R3, R4, R20). One outbox per account: a slow one never delays another.
 */

import type { Rank } from "../domain/mirror/decision.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { RateBudget, Share } from "./budget.ts";
import { Departures } from "./departures.ts";

/** What asks to leave. */
export interface Departing {
  readonly rank: Rank;
  readonly isPlacement: boolean;
  /** Slots that must be free for it to leave; 2 for a cancel that makes room for the order that is placed anew. */
  readonly needs?: 1 | 2;
  /** When the leader's frame that asks for it arrived, in elapsed time; what waits keeps the first. */
  readonly arrived?: number | undefined;
}

/** Tickets rise in the leader's order. */
type Waiting = Map<MirrorKey, Departing & { readonly ticket: number }>;

export class Outbox {
  readonly budget: RateBudget;
  readonly #departures = new Departures();
  /** By rank: cancels, exits, entries. Insertion order is that of the tickets. */
  readonly #waiting: readonly [Waiting, Waiting, Waiting] = [new Map(), new Map(), new Map()];

  /** Of those that left and are not answered, and of those that the broker sent back with 429. */
  readonly #left = new Map<MirrorKey, number>();
  readonly #sentBack = new Map<MirrorKey, number>();
  #nextTicket = 0;

  constructor(budget: RateBudget) {
    this.budget = budget;
  }

  /** Takes a slot for a request, unless one of a higher rank, or an earlier one of its own, waits. A placement waits for those under way as well. */
  takeSlot(key: MirrorKey, { rank, isPlacement, needs }: Departing, now: number): boolean {
    if (this.waiting > 0 && !this.#isNext(key, rank)) return false;
    if (isPlacement && this.#departures.waitMs(rank, now) > 0) return false;
    if (!this.budget.take(now, shareOf(rank), needs)) return false;
    if (isPlacement) this.#departures.left(key, rank, now);
    this.#left.set(key, this.#waiting[rank].get(key)?.ticket ?? this.#left.get(key) ?? this.#newTicket());
    return true;
  }

  /** A request of this mirror was answered, or given up and its connection closed. */
  settle(key: MirrorKey, now: number): void {
    this.#departures.arrived(key);
    this.#left.delete(key);
    this.budget.settle(now);
  }

  /** Its request was answered with 429: it goes again, and keeps its place before those that came after it. */
  sendBack(key: MirrorKey, now: number): void {
    const ticket = this.#left.get(key);
    if (ticket !== undefined) this.#sentBack.set(key, ticket);
    this.settle(key, now);
  }

  /** A request of this mirror was never written. */
  release(key: MirrorKey): void {
    this.#departures.arrived(key);
    this.#left.delete(key);
    this.budget.release();
  }

  /** Milliseconds until the next that waits may leave; undefined when that depends on an answer. Zero: now. */
  waitMs(now: number): number | undefined {
    const [, next] = this.#first() ?? [];
    const budgetMs = next === undefined ? this.budget.waitMs(now) : this.budget.waitMs(now, shareOf(next.rank), next.needs);
    if (budgetMs === undefined || next?.isPlacement !== true) return budgetMs;
    return Math.max(budgetMs, this.#departures.waitMs(next.rank, now));
  }

  /** When the leader's frame arrived that a waiting mirror is to answer; undefined when it does not wait, or for no frame. */
  arrivedFor(key: MirrorKey): number | undefined {
    if (this.waiting === 0) return undefined;
    for (const waiting of this.#waiting) if (waiting.has(key)) return waiting.get(key)?.arrived;
    return undefined;
  }

  wait(key: MirrorKey, departing: Departing): void {
    for (const [rank, waiting] of this.#waiting.entries()) if (rank !== departing.rank) waiting.delete(key);
    const waiting = this.#waiting[departing.rank];
    // A further slice of the order that has just left belongs before what came after that.
    const kept = this.#sentBack.get(key) ?? (departing.isPlacement ? this.#left.get(key) : undefined);
    waiting.set(key, { ...departing, ticket: waiting.get(key)?.ticket ?? kept ?? this.#newTicket() });
    if (kept === undefined) return;
    this.#sentBack.delete(key);
    inOrderOfTickets(waiting);
  }

  /**
   * The placement of an entry goes before others that wait (`behind`): it takes the place of the first of them, this one that of the next, and the last the place
   * that it had itself. So nobody else's place changes.
   */
  goBefore(key: MirrorKey, behind: readonly MirrorKey[]): void {
    const entries = this.#waiting[2];
    const own = entries.get(key);
    const others = behind.flatMap((other) => {
      const waiting = entries.get(other);
      return own === undefined || waiting?.isPlacement !== true || waiting.ticket > own.ticket ? [] : [[other, waiting] as const];
    });
    if (own === undefined || others.length === 0) return;
    const places = [...others.map(([, { ticket }]) => ticket), own.ticket].sort((a, b) => a - b);
    for (const [index, [other, waiting]] of [[key, own] as const, ...others].entries()) entries.set(other, { ...waiting, ticket: places[index] ?? own.ticket });
    inOrderOfTickets(entries);
  }

  /** It needs nothing any more, or has got its slot. */
  leave(key: MirrorKey): void {
    if (this.waiting === 0 && this.#sentBack.size === 0) return;
    for (const waiting of this.#waiting) waiting.delete(key);
    this.#sentBack.delete(key);
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

  /** When the last that waits now will have left, if nothing more urgent comes and every answer is prompt; undefined: nothing waits. */
  lastLeavesInMs(now: number): number | undefined {
    if (this.waiting === 0) return undefined;
    return this.budget.lastLeavesInMs(
      now,
      this.#waiting.flatMap((waiting) => [...waiting.values()].map(({ rank }) => shareOf(rank))),
    );
  }

  #isNext(key: MirrorKey, rank: Rank): boolean {
    for (const waiting of this.#waiting.slice(0, rank)) if (waiting.size > 0 && !(waiting.size === 1 && waiting.has(key))) return false;
    const first = this.#waiting[rank].keys().next();
    return first.done === true || first.value === key;
  }

  #newTicket(): number {
    this.#nextTicket += 1;
    return this.#nextTicket;
  }

  #first(): readonly [MirrorKey, Departing] | undefined {
    for (const waiting of this.#waiting) for (const first of waiting) return first;
    return undefined;
  }
}

function inOrderOfTickets(waiting: Waiting): void {
  const sorted = [...waiting].sort(([, a], [, b]) => a.ticket - b.ticket);
  waiting.clear();
  for (const [key, one] of sorted) waiting.set(key, one);
}

/** Entries, and changes of entries, leave alone what is kept for cancels and exits. */
function shareOf(rank: Rank): Share {
  return rank === 2 ? "unkept" : "any";
}
