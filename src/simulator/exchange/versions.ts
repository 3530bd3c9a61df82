/**
 * Values by key with their past, so that a book can be read as it was some time ago: brokers' books lag behind their streams,
 * and a lagging look-up is one of the faults to be played (reference 12, 14).
 */
export interface Version<T> {
  /** Elapsed milliseconds of the simulator's clock. */
  readonly at: number;
  readonly value: T;
}

export class Versions<T> {
  readonly #byKey = new Map<string, Version<T>[]>();

  put(key: string, value: T, at: number): void {
    const past = this.#byKey.get(key);
    if (past === undefined) this.#byKey.set(key, [{ at, value }]);
    else past.push({ at, value });
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key)?.at(-1)?.value;
  }

  /** The value that held at `at`; undefined when the key was not yet there. */
  getAsOf(key: string, at: number): T | undefined {
    return this.#byKey.get(key)?.findLast((version) => version.at <= at)?.value;
  }

  /** All keys in the order in which they first came. */
  all(): T[] {
    const newest: T[] = [];
    for (const past of this.#byKey.values()) {
      const last = past.at(-1);
      if (last !== undefined) newest.push(last.value);
    }
    return newest;
  }

  allAsOf(at: number): T[] {
    return [...this.#byKey.keys()].flatMap((key) => this.getAsOf(key, at) ?? []);
  }

  clear(): void {
    this.#byKey.clear();
  }
}
