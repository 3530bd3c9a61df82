/**
 * Keeps the engine's view of the accounts current: the order streams, the books after each reconnect, a slow poll behind the
 * streams so that a lost frame heals (R6), and the second reading of the followers' books after the start (R11).
 */
import type { AccountId, ClientId } from "../domain/identity.ts";
import { type Clock, startOfDay, type Timers, tradingDay, unixMs } from "../domain/time.ts";
import type { Engine } from "./engine.ts";
import type { EngineAccount, Observer } from "./parties.ts";
import type { StreamListener } from "./ports/broker.ts";
import { pause, start } from "./start.ts";

/** How long a frame that the stream lost may stay unnoticed, at most. */
export const POLL_MS = 15_000;
/** A stream that stayed open for this long after the login frame is taken for logged in: Dhan drops a bad one at once (reference 4.1). */
export const STREAM_PROVED_MS = 2_000;
const PROFILE_RETRY_MS = 1_000;
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

interface AccountState {
  streamOpenedAt: number | undefined;
  profile: "unasked" | "alive" | "dead";
  unreadable: number;
}

export class Watch {
  readonly #options: WatchOptions;
  readonly #states = new Map<ClientId, AccountState>();
  #booksRead = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    for (const { clientId } of options.accounts) this.#states.set(clientId, { streamOpenedAt: undefined, profile: "unasked", unreadable: 0 });
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { accounts, observer } = this.#options;
    const running: Promise<void>[] = accounts.flatMap((account) => [account.broker.stream(this.#listener(account), signal), this.#askProfile(account, signal)]);
    const acting = await start({
      ...this.#options,
      signal,
      noted: (account, problem) => this.#note("warning", "BOOKS_UNREADABLE", account.name, problem),
      admitted: (account) => {
        observer.noted({
          level: "info",
          code: "FOLLOWER_READ",
          account: account.name,
          message: "the follower's books are read; the copier acts at the account",
        });
        running.push(this.#prove(account, signal));
      },
    });
    if (acting) {
      this.#booksRead = true;
      observer.noted({ level: "info", code: "BOOKS_READ", account: undefined, message: "the leaders' books are read; the copier acts" });
      running.push(...accounts.map((account) => this.#poll(account, signal)), this.#turnDays(signal));
    }
    // What is admitted later joins `running` only after this has begun to wait, so it is waited for until nothing was added.
    for (let waited = 0; waited < running.length; ) {
      waited = running.length;
      await Promise.all(running);
    }
  }

  /** Why the copier is not ready; empty when it is (design 6, `/readyz`). */
  notReady(): string[] {
    const { accounts, engine, clock } = this.#options;
    const reasons: string[] = [];
    for (const { clientId, name } of accounts) {
      const state = this.#states.get(clientId);
      if (state === undefined) continue;
      if (engine.isLeader(clientId)) {
        if (state.streamOpenedAt === undefined) reasons.push(`${name}: the order stream is not open`);
        else if (clock.elapsed() - state.streamOpenedAt < STREAM_PROVED_MS)
          reasons.push(`${name}: the order stream is not yet open for ${STREAM_PROVED_MS / 1000} s`);
        if (state.profile !== "alive") reasons.push(`${name}: the token has not answered /profile`);
      } else if (state.profile === "unasked") reasons.push(`${name}: the token has not answered /profile`);
    }
    if (!this.#booksRead) reasons.push("the books are not read");
    if (engine.broken !== undefined) reasons.push(`the journal is broken: ${engine.broken}`);
    return reasons;
  }

  /** Followers whose token is dead: listed, not waited for. */
  dead(): AccountId[] {
    return this.#options.accounts.filter(({ clientId }) => this.#states.get(clientId)?.profile === "dead").map(({ name }) => name);
  }

  #listener(account: EngineAccount): StreamListener {
    const { engine, clock, timers } = this.#options;
    const state = this.#state(account);
    return {
      opened: () => {
        state.streamOpenedAt = clock.elapsed();
        this.#note("info", "STREAM_OPEN", account.name, "the order stream is open");
        // No replay: what happened before this moment is only in the books (reference 4.1).
        void this.#readBooks(account);
        // Nor an acknowledgement: what happened before the broker had read the login is in the books a moment later.
        timers.after(STREAM_PROVED_MS, () => {
          if (state.streamOpenedAt !== undefined) void this.#readBooks(account);
        });
      },
      report: (report) => engine.post({ type: "reported", account: account.clientId, report, arrived: clock.elapsed() }),
      unreadable: (frame) => {
        state.unreadable += 1;
        this.#note("warning", frame.code, account.name, `${frame.sentence} (${state.unreadable} so far)`);
        engine.post({ type: "unreadable", account: account.clientId, frame });
      },
      closed: ({ code, text, openForMs }) => {
        state.streamOpenedAt = undefined;
        this.#note(
          "warning",
          "STREAM_CLOSED",
          account.name,
          `the order stream closed after ${Math.round(openForMs / 1000)} s (${code}${text === "" ? "" : ` ${text}`})`,
        );
        if (openForMs < STREAM_PROVED_MS) void this.#checkProfile(account);
      },
    };
  }

  /** After a gap: what the stream did not tell, the books do (no replay; reference 4.1). */
  async #readBooks(account: EngineAccount): Promise<void> {
    const orders = await account.broker.orders();
    if (orders.ok) this.#options.engine.post({ type: "books", account: account.clientId, reports: orders.value, positions: undefined });
    else this.#note("warning", "BOOKS_UNREADABLE", account.name, orders.detail);
  }

  async #poll(account: EngineAccount, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(this.#options.timers, POLL_MS, signal);
      if (!signal.aborted) await this.#readBooks(account);
    }
  }

  /** Midnight at the exchange: the day's orders are over, and what followers hold is read anew (R24). */
  async #turnDays(signal: AbortSignal): Promise<void> {
    const { accounts, clock, engine, timers } = this.#options;
    while (!signal.aborted) {
      const midnight = startOfDay(tradingDay(unixMs(clock.now() + DAY_MS)));
      await pause(timers, midnight - clock.now() + AFTER_MIDNIGHT_MS, signal);
      if (signal.aborted) return;
      engine.post({ type: "day-turned" });
      await Promise.all(accounts.filter(({ clientId }) => engine.isFollower(clientId)).map((account) => this.#readHoldings(account)));
    }
  }

  async #readHoldings(account: EngineAccount): Promise<void> {
    const [orders, positions] = await Promise.all([account.broker.orders(), account.broker.positions()]);
    if (orders.ok && positions.ok)
      this.#options.engine.post({ type: "follower-book", account: account.clientId, read: { orders: orders.value, positions: positions.value } });
    else this.#note("warning", "BOOKS_UNREADABLE", account.name, "the positions could not be read at the turn of the day; they are taken to be as they were");
  }

  /** The second reading, a full grace after the first (R11). */
  async #prove(account: EngineAccount, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.#options.timers, this.#options.lookupGraceMs, signal);
      if (signal.aborted) return;
      const orders = await account.broker.orders();
      if (!orders.ok) continue;
      this.#options.engine.post({ type: "books", account: account.clientId, reports: orders.value, positions: undefined });
      this.#options.engine.prove(account.clientId);
      return;
    }
  }

  async #askProfile(account: EngineAccount, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#checkProfile(account);
      if (this.#state(account).profile === "alive") return;
      await pause(this.#options.timers, PROFILE_RETRY_MS * 5, signal);
    }
  }

  async #checkProfile(account: EngineAccount): Promise<void> {
    const state = this.#state(account);
    const read = await account.broker.profile();
    if (read.ok) {
      state.profile = "alive";
      return;
    }
    if (read.refusal?.code !== "TOKEN_DEAD") return;
    if (state.profile !== "dead") this.#note("critical", "TOKEN_DEAD", account.name, "the access token is not accepted; put a new one in its place");
    state.profile = "dead";
  }

  #state(account: EngineAccount): AccountState {
    const state = this.#states.get(account.clientId);
    if (state === undefined) throw new Error(`no state of ${account.clientId}`);
    return state;
  }

  #note(level: "info" | "warning" | "critical", code: string, account: AccountId, message: string): void {
    this.#options.observer.noted({ level, code, account, message });
  }
}
