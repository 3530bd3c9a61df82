/**
 * Reads the books of one account until they are read: with growing pauses, for ever, and one note when they begin to be unreadable
 * and one when that is over, however often it was tried between.
 */
import type { AccountId } from "../domain/identity.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import type { NoteCode, Observer } from "./parties.ts";
import { pause } from "./pause.ts";
import type { Read } from "./ports/broker.ts";

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;

export interface BookReaderOptions {
  readonly name: AccountId;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Pick<Observer, "noted">;
}

export class BookReader {
  readonly #options: BookReaderOptions;
  #nudge = new AbortController();
  #failedSince: UnixMs | undefined;
  #readAt: UnixMs | undefined;

  constructor(options: BookReaderOptions) {
    this.#options = options;
  }

  /** When a book was last read. */
  get readAt(): UnixMs | undefined {
    return this.#readAt;
  }

  /** Since when no book could be read; undefined: the last reading went well. */
  get failedSince(): UnixMs | undefined {
    return this.#failedSince;
  }

  /** What kept it from reading may be over: a pause ends. */
  nudge(): void {
    this.#nudge.abort();
    this.#nudge = new AbortController();
  }

  /** Tries until it is read; undefined when the signal came first. `failed` is told of each failure. */
  async untilRead<T>(read: () => Promise<Read<T>>, signal: AbortSignal, failed: () => void = () => {}): Promise<T | undefined> {
    const { clock, timers } = this.#options;
    for (let pauseMs = RETRY_FIRST_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS)) {
      const answer = await read();
      if (answer.ok) {
        this.#readAt = clock.now();
        this.#succeeded();
        return answer.value;
      }
      this.#failed(answer.detail);
      failed();
      await pause(timers, pauseMs, signal, this.#nudge.signal);
    }
    return undefined;
  }

  #failed(detail: string): void {
    if (this.#failedSince !== undefined) return;
    this.#failedSince = this.#options.clock.now();
    this.#note("warning", "BOOKS_UNREADABLE", `the books can't be read, and are asked for until they can: ${detail}`);
  }

  #succeeded(): void {
    if (this.#failedSince === undefined) return;
    const seconds = Math.round((this.#options.clock.now() - this.#failedSince) / 1_000);
    this.#failedSince = undefined;
    this.#note("info", "BOOKS_READ", `the books are read again, after ${seconds} s`);
  }

  #note(level: "info" | "warning", code: NoteCode, message: string): void {
    this.#options.observer.noted({ level, code, account: this.#options.name, message });
  }
}
