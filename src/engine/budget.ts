/**
 * The order budget of one account (R21; reference 10.3): sliding windows that hold as the broker sees requests arrive. A
 * request that is unanswered fills its slot; an answered one keeps it for the window's length after its answer, because its
 * arrival at the broker lies before that. Never by the time of writing alone.
 */
import { assert } from "../domain/assert.ts";

/** Requests per window. */
export interface RateLimits {
  readonly perSecond: number;
  readonly perMinute: number;
  readonly perHour: number;
  readonly perDay: number;
}

const SECOND_MS = 1_000;
/** A clock that is read in milliseconds may be one short. */
const MARGIN_MS = 2;

export class RateBudget {
  readonly #windows: readonly { readonly lengthMs: number; readonly limit: number }[];
  /** When slots were given back, rising; those older than a day are dropped. */
  #settled: number[] = [];
  #inFlight = 0;
  #pausedUntil = 0;

  /** `settled`: when slots were given back by the process before this one, rising, in elapsed time (so mostly negative). */
  constructor(limits: RateLimits, settled: readonly number[] = []) {
    this.#settled = [...settled];
    this.#windows = [
      { lengthMs: SECOND_MS, limit: limits.perSecond },
      { lengthMs: 60 * SECOND_MS, limit: limits.perMinute },
      { lengthMs: 3_600 * SECOND_MS, limit: limits.perHour },
      { lengthMs: 86_400 * SECOND_MS, limit: limits.perDay },
    ];
  }

  /** Takes a slot if every window has one. `now` is elapsed time. */
  take(now: number): boolean {
    if (now < this.#pausedUntil || this.#windows.some((window) => this.#used(window.lengthMs, now) >= window.limit)) return false;
    this.#inFlight += 1;
    return true;
  }

  /** The request was answered, or given up and its connection closed. */
  settle(now: number): void {
    assert(this.#inFlight > 0, "a slot was given back that nobody took");
    this.#inFlight -= 1;
    // Answers are told in the order in which they are read, which need not be that of their times.
    this.#settled.splice(this.#settled.findLastIndex((at) => at <= now) + 1, 0, now);
    const longest = 86_400 * SECOND_MS + MARGIN_MS;
    if ((this.#settled[0] ?? now) < now - longest - 60 * SECOND_MS) this.#settled = this.#settled.filter((at) => at > now - longest);
  }

  /** The request was never written: it counts nowhere. */
  release(): void {
    assert(this.#inFlight > 0, "a slot was given back that nobody took");
    this.#inFlight -= 1;
  }

  /** The broker said 429 in spite of it all. */
  pause(now: number, ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, now + ms);
  }

  /** Milliseconds until a slot can be free; undefined when that depends on an answer. Zero: there is one now. */
  waitMs(now: number): number | undefined {
    let wait = Math.max(0, this.#pausedUntil - now);
    for (const { lengthMs, limit } of this.#windows) {
      const used = this.#used(lengthMs, now);
      if (used < limit) continue;
      const mustExpire = used - limit;
      const inWindow = this.#firstWithin(lengthMs, now);
      const expires = this.#settled[inWindow + mustExpire];
      if (expires === undefined) return undefined;
      wait = Math.max(wait, expires + lengthMs + MARGIN_MS - now);
    }
    return wait;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  #used(lengthMs: number, now: number): number {
    return this.#inFlight + this.#settled.length - this.#firstWithin(lengthMs, now);
  }

  /** Index of the oldest slot that still counts. */
  #firstWithin(lengthMs: number, now: number): number {
    const from = now - lengthMs - MARGIN_MS;
    let low = 0;
    let high = this.#settled.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#settled[middle] ?? 0) > from) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
