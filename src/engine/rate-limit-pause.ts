/**
 * What is done when the broker says 429 although the budget was kept (R21): somebody else sends for the account, or counts
 * otherwise. Nothing was executed (reference 10.4), and going on would make it worse, so an episode begins: one request at a
 * time, the most urgent that waits, asks again after 1 s, then 2, 4, 8 and 16. The first that the broker takes ends it.
 */
const FIRST_MS = 1_000;
/** Longer would leave an exit unsent for longer; the broker's own windows that are shorter have passed by then. */
const LONGEST_MS = 16_000;

/** When a request was written and when its answer came, in elapsed time. */
export interface Asked {
  readonly writtenAt: number;
  readonly answeredAt: number;
}

export class RateLimitPause {
  #count = 0;
  /** 429s in a row, those counted as one that were under way together. */
  #rounds = 0;
  #lastAt = 0;
  #until = 0;

  /** The broker said 429. Answers whether an episode begins with it. */
  refused({ writtenAt, answeredAt }: Asked): boolean {
    this.#count += 1;
    const begins = !this.isOn;
    // What was under way when the broker first said so learns nothing new.
    if (!begins && writtenAt < this.#lastAt) return false;
    this.#rounds += 1;
    this.#lastAt = answeredAt;
    this.#until = answeredAt + Math.min(FIRST_MS * 2 ** (this.#rounds - 1), LONGEST_MS);
    return begins;
  }

  /** The broker took a request, or refused it for its own sake. Answers whether that ends an episode. */
  taken({ writtenAt }: Pick<Asked, "writtenAt">): boolean {
    if (!this.isOn || writtenAt < this.#lastAt) return false;
    this.#rounds = 0;
    return true;
  }

  /** An episode has begun and is not over, whether a request may ask just now or not. */
  get isOn(): boolean {
    return this.#rounds > 0;
  }

  /** Whether a request may leave beside so many under way. */
  lets(now: number, inFlight: number): boolean {
    return !this.isOn || (now >= this.#until && inFlight === 0);
  }

  awaitsAnswer(inFlight: number): boolean {
    return this.isOn && inFlight > 0;
  }

  leftMs(now: number): number {
    return !this.isOn ? 0 : Math.max(0, this.#until - now);
  }

  /** 429s since the start. */
  get count(): number {
    return this.#count;
  }
}
