/**
 * The order budget of one account (R21; reference 10.3): sliding windows that hold as the broker sees requests arrive. A
 * request that is unanswered fills its slot; an answered one keeps it for the window's length after its answer, because its
 * arrival at the broker lies before that. Never by the time of writing alone.
 *
 * The last part of the longer windows is kept for cancels and exits. When the broker says 429 in spite of it all, one request
 * at a time asks again, with growing pauses, until one is taken (docs/budget.md).
 */
import { assert } from "../domain/assert.ts";
import { RateLimitPause } from "./rate-limit-pause.ts";

/** Requests per window. */
export interface RateLimits {
  readonly perSecond: number;
  readonly perMinute: number;
  readonly perHour: number;
  readonly perDay: number;
}

/** `any`: also what is kept for cancels and exits; `unkept`: an entry, or the change of one. */
export type Share = "any" | "unkept";

export type WindowName = "second" | "minute" | "hour" | "day";

export interface WindowView {
  readonly window: WindowName;
  readonly limit: number;
  /** Slots that are taken now; one that waits for an answer counts in every window. */
  readonly used: number;
  /** The part of `limit` that only cancels and exits may take. */
  readonly kept: number;
}

interface BudgetWindow {
  readonly window: WindowName;
  readonly lengthMs: number;
  readonly limit: number;
  readonly kept: number;
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;
/** A clock that is read in milliseconds may be one short. */
const MARGIN_MS = 2;
/** One slot in five of the minute, the hour and the day: 50, 200 and 1,400 of Dhan's. */
const KEPT_PART = 5;

/** A second is over before a person could act, so nothing of it is kept: ranks alone decide there. */
function keptOf(limit: number): number {
  return limit > 1 ? Math.max(1, Math.floor(limit / KEPT_PART)) : 0;
}

export class RateBudget {
  readonly #windows: readonly BudgetWindow[];
  readonly #pause = new RateLimitPause();
  /** When slots were given back, rising; those older than a day are dropped. */
  #settled: number[] = [];
  #inFlight = 0;

  /** `settled`: when slots were given back by the process before this one, rising, in elapsed time (so mostly negative). */
  constructor(limits: RateLimits, settled: readonly number[] = []) {
    this.#settled = [...settled];
    this.#windows = [
      { window: "second", lengthMs: SECOND_MS, limit: limits.perSecond, kept: 0 },
      { window: "minute", lengthMs: 60 * SECOND_MS, limit: limits.perMinute, kept: keptOf(limits.perMinute) },
      { window: "hour", lengthMs: 3_600 * SECOND_MS, limit: limits.perHour, kept: keptOf(limits.perHour) },
      { window: "day", lengthMs: DAY_MS, limit: limits.perDay, kept: keptOf(limits.perDay) },
    ];
  }

  /**
   * Takes a slot if every window has one. `now` is elapsed time. `needs`: how many must be free, for what is of no use without
   * the request that follows it; one is taken.
   */
  take(now: number, share: Share = "any", needs = 1): boolean {
    if (!this.#pause.lets(now, this.#inFlight)) return false;
    if (this.#windows.some((window) => this.#used(window.lengthMs, now) > roomBefore(window, share, needs))) return false;
    this.#inFlight += 1;
    return true;
  }

  /** Whether so many may leave now, whatever they are. */
  hasRoomFor(count: number, now: number): boolean {
    return !this.#pause.isOn && this.#windows.every(({ lengthMs, limit, kept }) => this.#used(lengthMs, now) + count <= limit - kept);
  }

  /** The request was answered, or given up and its connection closed. */
  settle(now: number): void {
    assert(this.#inFlight > 0, "a slot was given back that nobody took");
    this.#inFlight -= 1;
    this.spent(now);
    const longest = DAY_MS + MARGIN_MS;
    if ((this.#settled[0] ?? now) < now - longest - 60 * SECOND_MS) this.#settled = this.#settled.filter((at) => at > now - longest);
  }

  /** A slot was given back at that moment, whoever had taken it. */
  spent(moment: number): void {
    // Answers are told in the order in which they are read, which need not be that of their times.
    this.#settled.splice(this.#settled.findLastIndex((at) => at <= moment) + 1, 0, moment);
  }

  /** The request was never written: it counts nowhere. */
  release(): void {
    assert(this.#inFlight > 0, "a slot was given back that nobody took");
    this.#inFlight -= 1;
  }

  /** 429s and what ends them. */
  get pause(): RateLimitPause {
    return this.#pause;
  }

  /** Milliseconds until a slot can be free; undefined when that depends on an answer. Zero: there is one now. */
  waitMs(now: number, share: Share = "any", needs = 1): number | undefined {
    if (this.#pause.awaitsAnswer(this.#inFlight)) return undefined;
    let wait = this.#pause.leftMs(now);
    for (const window of this.#windows) {
      const used = this.#used(window.lengthMs, now);
      const mustExpire = used - roomBefore(window, share, needs);
      if (mustExpire <= 0) continue;
      const expires = this.#settled[this.#firstWithin(window.lengthMs, now) + mustExpire - 1];
      if (expires === undefined) return undefined;
      wait = Math.max(wait, expires + window.lengthMs + MARGIN_MS - now);
    }
    return wait;
  }

  /** When the last of these will have left, one after another, if each is answered at once. Milliseconds; zero for none. */
  lastLeavesInMs(now: number, waiting: readonly Share[]): number {
    const taken = [...this.#settled, ...Array.from({ length: this.#inFlight }, () => now)];
    let leaves = now + this.#pause.leftMs(now);
    for (const share of waiting) {
      for (const window of this.#windows) {
        const before = taken[taken.length - 1 - roomBefore(window, share, 1)];
        if (before !== undefined) leaves = Math.max(leaves, before + window.lengthMs + MARGIN_MS);
      }
      taken.push(leaves);
    }
    return leaves - now;
  }

  /** How full each window is, the shortest first. */
  view(now: number): readonly WindowView[] {
    return this.#windows.map(({ window, lengthMs, limit, kept }) => ({ window, limit, used: this.#used(lengthMs, now), kept }));
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

/** How many slots may be taken for `needs` more to be free. A limit that is smaller than what is needed is asked for as a whole. */
function roomBefore({ limit, kept }: BudgetWindow, share: Share, needs: number): number {
  return Math.max(0, (share === "unkept" ? limit - kept : limit) - needs);
}
