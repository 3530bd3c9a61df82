/**
 * Keeps the engine's view of one account current (R6): its order stream, its books after each opening and every so often behind it,
 * and what is known of its token. The account is *behind* from the moment its stream closes until its books have been read after the
 * next opening: what happened meanwhile is only in them (no replay; reference 4.1).
 */
import { unreachable } from "../domain/assert.ts";
import type { AccountId } from "../domain/identity.ts";
import { type Clock, kolkataText, type Timers, type UnixMs } from "../domain/time.ts";
import { BookReader } from "./book-reader.ts";
import type { Engine } from "./engine.ts";
import type { EngineAccount, Note, Observer } from "./parties.ts";
import { pause } from "./pause.ts";
import type { StreamEnd, StreamListener, TokenNews, TokenState } from "./ports/broker.ts";

/** From one audit of the books to the next: how long a frame that the stream lost may stay unnoticed, but for the reading itself. */
export const POLL_MS = 15_000;
/** A stream that stayed open for this long after the login frame is taken for logged in: Dhan drops a bad one at once (reference 4.1). */
export const STREAM_PROVED_MS = 2_000;
/** How long before its end a token is spoken of: it lives for 24 hours (reference 1.3), and a person has to make the next. */
export const TOKEN_WARNING_MS = 3_600_000;

/** One account as it stands, for people and programs. */
export interface AccountView {
  readonly name: AccountId;
  readonly role: "leader" | "follower" | "both";
  /** Since when; undefined: it has not been opened yet. */
  readonly stream: { readonly state: "open" | "closed"; readonly since: UnixMs | undefined };
  /** When the stream last said anything about an order, understood or not. */
  readonly lastFrameAt: UnixMs | undefined;
  readonly token: TokenState;
  /** Until when the broker said that the token lives, where he did. */
  readonly tokenValidUntil: UnixMs | undefined;
  /** When a book of the account was last read. */
  readonly booksReadAt: UnixMs | undefined;
  /** Since when no book can be read; undefined: they can. */
  readonly booksUnreadableSince: UnixMs | undefined;
  /** Things may have happened that are not known here yet. */
  readonly isBehind: boolean;
  /** Frames and rows that were not understood. */
  readonly unreadable: number;
}

export interface AccountWatchOptions {
  readonly account: EngineAccount;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
  /** Where in `POLL_MS` its audits lie, so that those of many accounts do not come all at once. */
  readonly pollOffsetMs: number;
}

export class AccountWatch {
  readonly account: EngineAccount;
  readonly reader: BookReader;
  readonly #options: AccountWatchOptions;
  /** Elapsed time. */
  #openedAt: number | undefined;
  #streamSince: UnixMs | undefined;
  /** Which connection it is, from 1. */
  #connection = 0;
  /** Why it could not be opened, as it was said last; undefined while it is open. */
  #fault: string | undefined;
  #lastFrameAt: UnixMs | undefined;
  #unreadable = 0;
  #token: TokenNews = { state: "unasked" };
  #isTokenRefused = false;
  #isEndTold = false;
  #stopAwaitingEnd: () => void = () => undefined;
  #stopProving: () => void = () => undefined;
  #isBehind = true;
  /** The books are to be read at once. */
  #isReadWanted = false;
  #wake = new AbortController();

  constructor(options: AccountWatchOptions) {
    const { account, clock, timers, observer } = options;
    this.account = account;
    this.#options = options;
    this.reader = new BookReader({ name: account.name, clock, timers, observer });
  }

  /** Runs the stream until the signal. */
  async hear(signal: AbortSignal): Promise<void> {
    await this.account.broker.stream(this.#listener(), signal);
    this.#stopAwaitingEnd();
    this.#stopProving();
  }

  /** Reads the books whenever the stream was opened, and every `POLL_MS` behind it, until the signal. One reading at a time. */
  async keepCurrent(signal: AbortSignal): Promise<void> {
    const { timers } = this.#options;
    while (!signal.aborted) {
      if (!this.#isReadWanted) await pause(timers, this.#untilPollMs(), signal, this.#wake.signal);
      if (signal.aborted) return;
      this.#isReadWanted = false;
      this.#wake = new AbortController();
      await this.#readBook(signal);
    }
  }

  /** By itself, so that nothing holds on to the reading until the next. */
  async #readBook(signal: AbortSignal): Promise<void> {
    const { account, engine } = this.#options;
    const connection = this.#connection;
    const orders = await this.reader.untilRead(() => account.broker.orders(engine.isNoNews(account.clientId)), signal);
    if (orders === undefined) return;
    engine.post({ type: "books", account: account.clientId, reports: orders });
    if (this.#openedAt !== undefined && connection === this.#connection) this.#isBehind = false;
  }

  view(): AccountView {
    const { engine } = this.#options;
    const { name, clientId } = this.account;
    const leads = engine.isLeader(clientId);
    return {
      name,
      role: leads && engine.isFollower(clientId) ? "both" : leads ? "leader" : "follower",
      stream: { state: this.#openedAt === undefined ? "closed" : "open", since: this.#streamSince },
      lastFrameAt: this.#lastFrameAt,
      token: this.#token.state,
      tokenValidUntil: this.#token.state === "alive" ? this.#token.validUntil : undefined,
      booksReadAt: this.reader.readAt,
      booksUnreadableSince: this.reader.failedSince,
      isBehind: this.#isBehind,
      unreadable: this.#unreadable,
    };
  }

  /** There is no token that the broker takes. */
  get isUnable(): boolean {
    return this.#token.state === "dead" || this.#token.state === "missing";
  }

  /** Why the copier is not ready because of this account; empty when nothing of it is waited for (design 6, `/readyz`). */
  notReady(): string[] {
    const { name, clientId } = this.account;
    const token = this.#tokenReason();
    if (!this.#options.engine.isLeader(clientId)) return this.isUnable || token === undefined ? [] : [`${name}: ${token}`];
    return [this.#streamReason(), token, this.#isBehind && this.#openedAt !== undefined ? "the books are not read since the order stream opened" : undefined]
      .filter((reason) => reason !== undefined)
      .map((reason) => `${name}: ${reason}`);
  }

  #streamReason(): string | undefined {
    if (this.#openedAt === undefined) return "the order stream is not open";
    const isProved = this.#options.clock.elapsed() - this.#openedAt >= STREAM_PROVED_MS;
    return isProved ? undefined : `the order stream is not yet open for ${STREAM_PROVED_MS / 1000} s`;
  }

  #tokenReason(): string | undefined {
    switch (this.#token.state) {
      case "alive":
        return undefined;
      case "unasked":
        return "the token has not answered /profile";
      case "dead":
        return "the access token is dead";
      case "missing":
        return this.#token.said;
      default:
        return unreachable(this.#token);
    }
  }

  #listener(): StreamListener {
    const { engine, clock, timers } = this.#options;
    const { clientId } = this.account;
    return {
      opened: () => {
        this.#openedAt = clock.elapsed();
        this.#streamSince = clock.now();
        this.#connection += 1;
        this.#fault = undefined;
        this.#note("info", "STREAM_OPEN", "the order stream is open");
        this.reader.nudge();
        this.#readAtOnce();
        // Nor an acknowledgement: what happened before the broker had read the login is in the books a moment later.
        this.#stopProving = timers.after(STREAM_PROVED_MS, () => this.#readAtOnce());
      },
      report: (report) => {
        this.#lastFrameAt = clock.now();
        engine.post({ type: "reported", account: clientId, report, arrived: clock.elapsed() });
      },
      unreadable: (frame) => {
        this.#lastFrameAt = clock.now();
        this.#unreadable += 1;
        this.#note("warning", frame.code, `${frame.sentence} (${this.#unreadable} so far)`);
        engine.post({ type: "unreadable", account: clientId, frame });
      },
      closed: (end) => this.#closed(end),
      token: (news) => this.#tokenIs(news),
    };
  }

  /** A close is said once; of the dials that then fail in a row, only what is new. */
  #closed({ code, text, openForMs, isRenewal }: StreamEnd): void {
    const { clock } = this.#options;
    const fault = `${code}${text === "" ? "" : ` ${text}`}`;
    const wasOpen = this.#openedAt !== undefined;
    if (wasOpen || this.#streamSince === undefined) this.#streamSince = clock.now();
    this.#openedAt = undefined;
    this.#stopProving();
    this.#isBehind = true;
    if (!wasOpen && this.#fault === fault) return;
    this.#fault = fault;
    const what = wasOpen ? `closed after ${Math.round(openForMs / 1000)} s` : "can't be opened";
    this.#note(isRenewal ? "info" : "warning", "STREAM_CLOSED", `the order stream ${what} (${fault})`);
  }

  /** While there is no living token nothing is sent for the account; what waits is decided anew as soon as there is one (R14, R20). */
  #tokenIs(news: TokenNews): void {
    this.#token = news;
    this.#awaitEnd();
    switch (news.state) {
      case "dead":
      case "missing": {
        const why = news.state === "dead" ? `the access token is dead: ${news.said}` : news.said;
        if (!this.#isTokenRefused) this.#note("critical", "TOKEN_DEAD", `${why}; nothing is sent for the account until there is a new one`);
        this.#isTokenRefused = true;
        this.#options.engine.post({ type: "ability", account: this.account.clientId, unable: why });
        return;
      }
      case "alive":
        if (this.#isTokenRefused) this.#note("info", "TOKEN_ALIVE", "the access token is accepted again");
        this.#isTokenRefused = false;
        this.#options.engine.post({ type: "ability", account: this.account.clientId, unable: undefined });
        return;
      case "unasked":
        this.#options.engine.post({ type: "ability", account: this.account.clientId, unable: undefined });
        return;
      default:
        return unreachable(news);
    }
  }

  /** Says once of each token that it ends, and once that another has taken its place in time. */
  #awaitEnd(): void {
    const { clock, timers } = this.#options;
    this.#stopAwaitingEnd();
    if (this.#token.state !== "alive" || this.#token.validUntil === undefined) return;
    const { validUntil } = this.#token;
    const spareMs = validUntil - TOKEN_WARNING_MS - clock.now();
    if (spareMs > 0) {
      if (this.#isEndTold) this.#note("info", "TOKEN_RENEWED", `the access token lives until ${kolkataText(validUntil)}, India's time`);
      this.#isEndTold = false;
      this.#stopAwaitingEnd = timers.after(spareMs, () => this.#awaitEnd());
      return;
    }
    if (this.#isEndTold) return;
    this.#isEndTold = true;
    this.#note("warning", "TOKEN_EXPIRES", `the access token ends at ${kolkataText(validUntil)}, India's time; nothing is sent for the account after that`);
  }

  #readAtOnce(): void {
    this.#isReadWanted = true;
    this.#wake.abort();
  }

  #untilPollMs(): number {
    const { clock, pollOffsetMs } = this.#options;
    return POLL_MS - ((clock.elapsed() - pollOffsetMs + POLL_MS) % POLL_MS);
  }

  #note(level: Note["level"], code: Note["code"], message: string): void {
    this.#options.observer.noted({ level, code, account: this.account.name, message });
  }
}
