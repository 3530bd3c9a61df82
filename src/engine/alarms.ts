/** Moments at which the engine is told, one per key: a mirror that waits for its time, an account whose budget has room again. */
import type { Timers } from "../domain/time.ts";

export class Alarms<Key> {
  readonly #timers: Timers;
  readonly #set = new Map<Key, { readonly at: number; readonly cancel: () => void }>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** The moment that is set, on the clock of whoever set it. */
  at(key: Key): number | undefined {
    return this.#set.get(key)?.at;
  }

  /** Rings at `at`, which is `waitMs` from now, instead of when it was to ring before. */
  set(key: Key, at: number, waitMs: number, ring: () => void): void {
    this.unset(key);
    const cancel = this.#timers.after(Math.max(1, waitMs), () => {
      this.#set.delete(key);
      ring();
    });
    this.#set.set(key, { at, cancel });
  }

  unset(key: Key): void {
    this.#set.get(key)?.cancel();
    this.#set.delete(key);
  }

  clear(): void {
    for (const key of [...this.#set.keys()]) this.unset(key);
  }
}
