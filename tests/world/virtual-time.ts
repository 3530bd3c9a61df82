/** A clock that stands still until it is told to go. Between two moments, everything that promises have to do is done. */
import { setImmediate as untilPromisesAreDone } from "node:timers/promises";
import { type Clock, type Timers, type UnixMs, unixMs } from "../../src/domain/time.ts";

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

export class VirtualTime implements Clock, Timers {
  readonly #start: number;
  #elapsed = 0;
  #count = 0;
  readonly #waiting = new Set<Waiting>();

  /** `start` is Kolkata time. */
  constructor(start: string) {
    this.#start = Date.parse(`${start.replace(" ", "T")}+05:30`);
  }

  now(): UnixMs {
    return unixMs(this.#start + this.#elapsed);
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(delayMs: number, fire: () => void): () => void {
    this.#count += 1;
    const entry = { at: this.#elapsed + Math.max(0, delayMs), order: this.#count, fire };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  }

  /** Lets this much time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await untilPromisesAreDone();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#waiting.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.fire();
      await untilPromisesAreDone();
    }
    this.#elapsed = until;
  }

  #next(until: number): Waiting | undefined {
    let first: Waiting | undefined;
    for (const entry of this.#waiting) {
      if (entry.at > until) continue;
      if (first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order)) first = entry;
    }
    return first;
  }
}
