/**
 * Keeps the engine's view of all accounts current: starts the watch of each, the engine on their books, the second reading of the
 * followers' books (R11), and the turn of the day (R24). Says what is ready, and how each account stands.
 */
import type { AccountId, ClientId } from "../domain/identity.ts";
import { type Clock, startOfDay, type Timers, tradingDay, unixMs } from "../domain/time.ts";
import { type AccountView, AccountWatch, POLL_MS } from "./account-watch.ts";
import type { Engine } from "./engine.ts";
import type { EngineAccount, NoteCode, Observer } from "./parties.ts";
import { pause } from "./pause.ts";
import { readBooks, start } from "./start.ts";

const DAY_MS = 86_400_000;
/** Clocks that differ a little agree by then what day it is. */
const AFTER_MIDNIGHT_MS = 2_000;

export interface WatchOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly accounts: readonly EngineAccount[];
  readonly observer: Observer;
  readonly version: string;
  readonly lookbackMs: number | undefined;
  readonly lookupGraceMs: number;
}

export class Watch {
  readonly #options: WatchOptions;
  readonly #watches: ReadonlyMap<ClientId, AccountWatch>;
  /** Followers whose books are read: the copier acts at these accounts. */
  readonly #admitted = new Set<AccountWatch>();
  /** What is not over. */
  readonly #running = new Set<Promise<void>>();
  #booksRead = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    const { accounts } = options;
    this.#watches = new Map(
      accounts.map((account, index) => [account.clientId, new AccountWatch({ ...options, account, pollOffsetMs: (index * POLL_MS) / accounts.length })]),
    );
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { engine } = this.#options;
    const watches = [...this.#watches.values()];
    for (const watch of watches) this.#begin(watch.hear(signal));
    const acting = await start({
      ...this.#options,
      signal,
      reader: (account) => this.#watch(account).reader,
      admitted: (account) => this.#admit(this.#watch(account), signal),
    });
    if (acting) {
      this.#booksRead = true;
      this.#note("BOOKS_READ", undefined, "the leaders' books are read; the copier acts");
      this.#begin(this.#turnDays(signal));
      this.#begin(engine.funds.keepCurrent(signal));
      this.#begin(engine.standingReads.keepCurrent(signal));
      this.#begin(engine.positions.keepCurrent(signal));
      for (const watch of watches) if (engine.isLeader(watch.account.clientId)) this.#begin(watch.keepCurrent(signal));
    }
    // What is begun later joins `#running` only after this has begun to wait.
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Why the copier is not ready; empty when it is (design 6, `/readyz`). */
  notReady(): string[] {
    const reasons = [...this.#watches.values()].flatMap((watch) => watch.notReady());
    if (!this.#booksRead) reasons.push("the books are not read");
    const { broken } = this.#options.engine;
    if (broken !== undefined) reasons.push(`the journal is broken: ${broken}`);
    return reasons;
  }

  /** Accounts without a token that the broker takes. */
  dead(): AccountId[] {
    return [...this.#watches.values()].filter(({ isUnable }) => isUnable).map(({ account }) => account.name);
  }

  /** Nothing that is asked for this account can be answered. */
  isUnable(id: ClientId): boolean {
    return this.#watches.get(id)?.isUnable ?? false;
  }

  /** How each account stands, in the order of the configuration. */
  accounts(): AccountView[] {
    return [...this.#watches.values()].map((watch) => watch.view());
  }

  /** What fails stays, so that `run` fails by it. */
  #begin(work: Promise<void>): void {
    const running: Promise<void> = work.then(() => {
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  #admit(watch: AccountWatch, signal: AbortSignal): void {
    this.#admitted.add(watch);
    this.#note("FOLLOWER_READ", watch.account.name, "the follower's books are read; the copier acts at the account");
    this.#begin(this.#prove(watch, signal));
    if (!this.#options.engine.isLeader(watch.account.clientId)) this.#begin(watch.keepCurrent(signal));
  }

  /** The second reading, a full grace after the first (R11). */
  async #prove({ account, reader }: AccountWatch, signal: AbortSignal): Promise<void> {
    const { engine, lookupGraceMs, timers } = this.#options;
    await pause(timers, lookupGraceMs, signal);
    const orders = await reader.untilRead(() => account.broker.orders(), signal);
    if (orders === undefined) return;
    engine.post({ type: "books", account: account.clientId, reports: orders });
    engine.prove(account.clientId);
  }

  /** Midnight at the exchange: the day's orders are over, and what followers hold is read anew (R24). */
  async #turnDays(signal: AbortSignal): Promise<void> {
    const { clock, engine, timers } = this.#options;
    while (!signal.aborted) {
      const midnight = startOfDay(tradingDay(unixMs(clock.now() + DAY_MS)));
      await pause(timers, midnight - clock.now() + AFTER_MIDNIGHT_MS, signal);
      if (signal.aborted) return;
      const history = await engine.history.read(signal);
      if (signal.aborted) return;
      engine.post({ type: "day-turned", history });
      for (const watch of this.#admitted) this.#begin(this.#readHoldings(watch, signal));
    }
  }

  /** Until it is read: tokens live for a day, and the new one often comes in the morning. What is held stays as it was known until then. */
  async #readHoldings({ account, reader }: AccountWatch, signal: AbortSignal): Promise<void> {
    const read = await readBooks(account, reader, signal);
    if (read !== undefined) this.#options.engine.post({ type: "follower-book", account: account.clientId, read });
  }

  #watch({ clientId, name }: EngineAccount): AccountWatch {
    const watch = this.#watches.get(clientId);
    if (watch === undefined) throw new Error(`nobody watches ${name}`);
    return watch;
  }

  #note(code: NoteCode, account: AccountId | undefined, message: string): void {
    this.#options.observer.noted({ level: "info", code, account, message });
  }
}
