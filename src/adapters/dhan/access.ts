/**
 * What is known of one account's access token: whether the broker takes it, and whether another has taken its place. On the stream a
 * dead token looks like a bad network (reference 4.1) and in an order call it has several shapes (10.4), so nothing is concluded from
 * either: both raise the question, and `/profile` answers it. While the token is dead the broker is left alone but for that question,
 * ever more seldom, and the token's source is looked at each second: a new token is in use at once.
 */
import { unreachable } from "../../domain/assert.ts";
import type { Clock, Timers } from "../../domain/time.ts";
import { pause } from "../../engine/pause.ts";
import type { BrokerAccount, TokenNews } from "../../engine/ports/broker.ts";
import { Secret } from "../system/secret.ts";
import type { NoToken, TokenSource } from "./token.ts";

/** How often a living token is asked about for its own sake; any call that is refused for it asks sooner. */
export const ASK_EVERY_MS = 60_000;
/** How seldom a dead one is asked about in the end. */
export const ASK_DEAD_EVERY_MS = 15_000;
/** How often the source of a token that is dead or missing is looked at, and how long one that can't be read is taken to be just being written. */
export const LOOK_EVERY_MS = 1_000;
/** A question that got no answer is asked again after this. */
const UNANSWERED_MS = 5_000;

type Profile = Awaited<ReturnType<BrokerAccount["profile"]>>;

export interface AccessOptions {
  readonly token: TokenSource;
  /** Asks `/profile` with the token of the moment. */
  readonly profile: () => Promise<Profile>;
  readonly clock: Clock;
  readonly timers: Timers;
}

export class Access {
  readonly #source: TokenSource;
  readonly #read: AccessOptions["profile"];
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #changed = new Set<() => void>();
  #token: Secret | NoToken | undefined;
  #known: TokenNews = { state: "unasked" };
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Answers in a row that called the token dead. */
  #denials = 0;
  #asking: Promise<void> | undefined;

  constructor({ token, profile, clock, timers }: AccessOptions) {
    this.#source = token;
    this.#read = profile;
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Nothing says that a login or a call would be in vain. */
  get isUsable(): boolean {
    return this.#known.state === "alive" || this.#known.state === "unasked";
  }

  /** The broker has said that the token lives, and is this account's. */
  get isProved(): boolean {
    return this.#known.state === "alive";
  }

  /** The token to use now. Asked for at each request, so that a new one is in use, and asked about, at once. */
  token(): Secret | NoToken {
    const now = this.#source();
    const before = this.#token;
    this.#token = now;
    if (now instanceof Secret) {
      if (before !== undefined && now !== before) this.#begin();
    } else if (before === undefined || before instanceof Secret) this.#timers.after(LOOK_EVERY_MS, () => this.#missIfGone());
    return now;
  }

  /** Asks the broker, and concludes. An answer about a token that was replaced meanwhile concludes nothing. */
  async profile(): Promise<Profile> {
    this.#askedAt = this.#clock.elapsed();
    const used = this.token();
    const read = await this.#read();
    if (!(used instanceof Secret) || used !== this.token()) return read;
    if (read.ok) this.#conclude({ state: "alive", validUntil: read.value.tokenValidUntil });
    else if (read.refusal?.code === "TOKEN_DEAD") this.#conclude({ state: "dead", said: read.detail });
    return read;
  }

  /** The same, one question at a time. Resolves when it is answered, or cannot be. */
  ask(): Promise<void> {
    if (this.#asking !== undefined) return this.#asking;
    const asking = this.profile().then(() => {
      if (this.#asking === asking) this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  /** A call was refused for its token. */
  suspect(): void {
    if (this.isUsable) void this.ask();
  }

  /** Whether another token than this one is known to live. */
  hasSuccessorOf(token: Secret): boolean {
    return this.#known.state === "alive" && this.#token !== token;
  }

  /** Called at each change of what is known, until the answer is called. */
  onChange(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  /** Waits, until something changes at the latest. */
  async untilChange(atMostMs: number, signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    const stop = this.onChange(() => early.abort());
    await pause(this.#timers, atMostMs, signal, early.signal);
    stop();
  }

  /** Keeps asking, until the signal, and tells each change of what is known. */
  async run(tell: (news: TokenNews) => void, signal: AbortSignal): Promise<void> {
    const stop = this.onChange(() => tell(this.#known));
    while (!signal.aborted) {
      this.token();
      const dueMs = (): number => this.#askedAt + this.#pauseMs() - this.#clock.elapsed();
      if (dueMs() <= 0) await this.ask();
      await this.untilChange(this.isUsable ? Math.max(LOOK_EVERY_MS, dueMs()) : LOOK_EVERY_MS, signal);
    }
    stop();
  }

  /** From one question to the next. One denial may be a gateway's mistake; many are a dead token, and a dead token lives no more. */
  #pauseMs(): number {
    const { state } = this.#known;
    switch (state) {
      case "alive":
        return ASK_EVERY_MS;
      case "dead":
        return Math.min(LOOK_EVERY_MS * 2 ** (this.#denials - 1), ASK_DEAD_EVERY_MS);
      case "unasked":
        return UNANSWERED_MS;
      case "missing":
        return Number.POSITIVE_INFINITY;
      default:
        return unreachable(state);
    }
  }

  /** Another token: what was known was of the one before. It is told once the broker has answered, or cannot be asked. */
  #begin(): void {
    this.#asking = undefined;
    this.#known = { state: "unasked" };
    this.#denials = 0;
    void this.ask().then(() => {
      if (this.#known.state === "unasked") this.#tell();
    });
  }

  #missIfGone(): void {
    const token = this.token();
    if (!(token instanceof Secret)) this.#conclude({ state: "missing", said: token.noToken });
  }

  #conclude(known: TokenNews): void {
    const before = this.#known;
    this.#known = known;
    this.#denials = known.state === "dead" ? this.#denials + 1 : 0;
    const isExtended = known.state === "alive" && before.state === "alive" && known.validUntil !== before.validUntil;
    if (known.state !== before.state || isExtended) this.#tell();
  }

  #tell(): void {
    for (const changed of [...this.#changed]) changed();
  }
}
