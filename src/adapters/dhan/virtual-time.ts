/** Time for this folder's tests: it stands still until it is told to pass. */
import { type Clock, type Timers, type UnixMs, unixMs } from "../../domain/time.ts";

export class VirtualTime implements Clock, Timers {
  readonly #start: UnixMs;
  #elapsed = 0;
  #waiting: readonly { readonly due: number; readonly fire: () => void }[] = [];

  constructor(start: UnixMs = unixMs(1_795_250_000_000)) {
    this.#start = start;
  }

  now(): UnixMs {
    return unixMs(this.#start + this.#elapsed);
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(delayMs: number, fire: () => void): () => void {
    const entry = { due: this.#elapsed + delayMs, fire };
    this.#waiting = [...this.#waiting, entry];
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** Fires what is due on the way, each at its moment, and lets promises settle in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#elapsed = Math.max(this.#elapsed, next.due);
      const fired = next;
      this.#waiting = this.#waiting.filter((other) => other !== fired);
      fired.fire();
      await settled();
    }
    this.#elapsed = end;
  }

  #next(end: number): { readonly due: number; readonly fire: () => void } | undefined {
    return this.#waiting.filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due)[0];
  }
}

/** Every promise that needs no time has been kept. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
