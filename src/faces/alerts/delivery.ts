/**
 * Takes notices to one channel, in order, one delivery at a time. A channel that does not take them is tried again with growing pauses; what
 * waits is bounded, by number and by age, and what was let go of is counted and said. Nothing here is ever waited for by the engine.
 */
import type { Clock, Timers } from "../../domain/time.ts";
import type { Notice } from "./alert.ts";

/** What became of one delivery. `isFinal`: the channel will never take it as it is. */
export type Sent =
  | { readonly taken: true; readonly status: number }
  | { readonly taken: false; readonly said: string; readonly isFinal: boolean; readonly retryAfterMs: number | undefined };

/** One delivery: what is sent, and how many of the waiting notices are in it. */
export interface Parcel {
  readonly payload: string;
  readonly notices: number;
}

export interface Channel {
  /** For logs: nothing in it is a secret. */
  readonly name: string;
  /** From one delivery to the next, at least. */
  readonly paceMs: number;
  /** `lost`: notices that were let go of since the last delivery. */
  readonly pack: (notices: readonly [Notice, ...Notice[]], lost: number) => Parcel;
  /** Never rejects. */
  readonly send: (payload: string) => Promise<Sent>;
}

export interface DeliveryOptions {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told when the channel begins to fail, and when it works again: once each. */
  readonly failed: (channel: string, said: string) => void;
  readonly works: (channel: string, lost: number) => void;
}

export const WAITING_MAX = 200;
/** News of an hour ago would only hold up what is new. */
export const AGE_MAX_MS = 60 * 60_000;
const BACKOFF_FIRST_MS = 1_000;
export const BACKOFF_MAX_MS = 60_000;

export class Delivery {
  readonly #options: DeliveryOptions;
  #waiting: readonly Notice[] = [];
  #lost = 0;
  #failures = 0;
  /** Elapsed time. */
  #mayGoAt = Number.NEGATIVE_INFINITY;
  #isSending = false;
  #cancelWake: (() => void) | undefined;
  #whenEmpty: (() => void)[] = [];

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  add(notice: Notice): void {
    this.#waiting = [...this.#waiting, notice];
    this.#keepBounds();
    this.#goOn();
  }

  /** Resolves when everything has been taken, or has been given up, or after `graceMs`; nothing is sent after that. */
  async end(graceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#waiting.length === 0 && !this.#isSending) return resolve();
      const cancel = this.#options.timers.after(graceMs, resolve);
      this.#whenEmpty.push(() => {
        cancel();
        resolve();
      });
    });
    this.#waiting = [];
    this.#cancelWake?.();
  }

  #goOn(): void {
    if (this.#isSending) return;
    this.#keepBounds();
    const [first, ...others] = this.#waiting;
    if (first === undefined) {
      for (const tell of this.#whenEmpty.splice(0)) tell();
      return;
    }
    if (this.#cancelWake !== undefined) return;
    const restMs = this.#mayGoAt - this.#options.clock.elapsed();
    if (restMs > 0) {
      this.#cancelWake = this.#options.timers.after(restMs, () => {
        this.#cancelWake = undefined;
        this.#goOn();
      });
      return;
    }
    void this.#send([first, ...others]);
  }

  async #send(notices: readonly [Notice, ...Notice[]]): Promise<void> {
    const { channel, clock } = this.#options;
    const lost = this.#lost;
    const { payload, notices: packed } = channel.pack(notices, lost);
    const inHand = new Set(notices.slice(0, packed));
    this.#isSending = true;
    const sent = await channel.send(payload);
    this.#isSending = false;
    // What came meanwhile may have pushed some of these out already.
    const remove = (): void => {
      this.#waiting = this.#waiting.filter((notice) => !inHand.has(notice));
    };
    if (sent.taken) {
      remove();
      this.#lost -= lost;
      if (this.#failures > 0) this.#options.works(channel.name, lost);
      this.#failures = 0;
      this.#mayGoAt = clock.elapsed() + channel.paceMs;
    } else {
      if (this.#failures === 0) this.#options.failed(channel.name, sent.said);
      this.#failures += 1;
      if (sent.isFinal) {
        remove();
        this.#lost += packed;
      }
      const backoffMs = Math.min(BACKOFF_FIRST_MS * 2 ** (this.#failures - 1), BACKOFF_MAX_MS);
      this.#mayGoAt = clock.elapsed() + Math.max(channel.paceMs, sent.retryAfterMs ?? backoffMs);
    }
    this.#goOn();
  }

  /** The oldest go first. */
  #keepBounds(): void {
    const oldest = this.#options.clock.now() - AGE_MAX_MS;
    const kept = this.#waiting.filter(({ at }) => at >= oldest).slice(-WAITING_MAX);
    this.#lost += this.#waiting.length - kept.length;
    this.#waiting = kept;
  }
}
