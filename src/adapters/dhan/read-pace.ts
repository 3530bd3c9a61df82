/**
 * Keeps the reads of one account below the broker's limit (reference 10.3: twenty a second of the class that reads are assumed to be
 * in). Many doubts at once ask many questions at once, and a burst that is answered with 429 would only be asked again. Reads leave
 * in the order in which they were asked for. A slot is free again a second after its answer, because by then the broker is known to
 * have counted it (as in R21).
 */
import type { Clock, Timers } from "../../domain/time.ts";

/** Half of what is allowed: `/profile` goes beside it, and other programs of the same person read too. */
const READS_PER_SECOND = 10;
const SECOND_MS = 1_000;
/** A clock that is read in milliseconds may be one short. */
const MARGIN_MS = 2;

export class ReadPace {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #life: AbortSignal;
  readonly #waiting: (() => void)[] = [];
  /** When the slots of answered reads are free again, rising; elapsed time. */
  readonly #freeAt: number[] = [];
  #underWay = 0;
  #isArmed = false;

  constructor({ clock, timers, life }: { readonly clock: Clock; readonly timers: Timers; readonly life: AbortSignal }) {
    this.#clock = clock;
    this.#timers = timers;
    this.#life = life;
    life.addEventListener("abort", () => this.#letGo(), { once: true });
  }

  /** Nothing is to be asked any more: whose turn it is then has only to give up. */
  get isOver(): boolean {
    return this.#life.aborted;
  }

  /** Does the read when its turn has come. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#letGo();
    });
    const answer = await read();
    this.#underWay -= 1;
    this.#freeAt.push(this.#clock.elapsed() + SECOND_MS + MARGIN_MS);
    this.#letGo();
    return answer;
  }

  #letGo(): void {
    if (this.isOver) {
      for (const release of this.#waiting.splice(0)) release();
      return;
    }
    const now = this.#clock.elapsed();
    while ((this.#freeAt[0] ?? Number.POSITIVE_INFINITY) <= now) this.#freeAt.shift();
    while (this.#waiting.length > 0 && this.#underWay + this.#freeAt.length < READS_PER_SECOND) {
      this.#underWay += 1;
      this.#waiting.shift()?.();
    }
    const [next] = this.#freeAt;
    // With all slots under way, the next answer comes here.
    if (this.#waiting.length === 0 || next === undefined || this.#isArmed) return;
    this.#isArmed = true;
    this.#timers.after(next - now, () => {
      this.#isArmed = false;
      this.#letGo();
    });
  }
}
