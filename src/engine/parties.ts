/** Whom the engine works for, and whom it tells: its accounts, its copies, its observer. */
import { assert } from "../domain/assert.ts";
import { getOrAdd } from "../domain/book/book.ts";
import type { CastCopy } from "../domain/halt/answer.ts";
import type { AccountId, ClientId } from "../domain/identity.ts";
import type { Copy } from "../domain/mirror/open.ts";
import type { AccountLimits } from "../domain/mirror/situation.ts";
import type { BookRecord } from "../domain/records.ts";
import type { RateLimits } from "./budget.ts";
import type { BrokerAccount, FrameFault } from "./ports/broker.ts";

export interface EngineAccount {
  readonly name: AccountId;
  readonly clientId: ClientId;
  readonly broker: BrokerAccount;
  readonly limits: AccountLimits;
  readonly rates: RateLimits;
}

/** What the engine tells the world; it never waits for an answer. */
export interface Observer {
  /** Records that are durable now. */
  recorded(records: readonly BookRecord[]): void;
  /** Something that is no fact about an order: a stream opened, a poll failed, the journal broke. */
  noted(note: Note): void;
}

/** Every code that a note of the engine's may have. docs/logs.md explains each, and the table of alerts has a row for each. */
export const NOTE_CODES = [
  "STREAM_OPEN",
  "STREAM_CLOSED",
  "TOKEN_DEAD",
  "TOKEN_ALIVE",
  "TOKEN_EXPIRES",
  "TOKEN_RENEWED",
  "BOOKS_READ",
  "BOOKS_UNREADABLE",
  "FOLLOWER_READ",
  "RATE_LIMITED",
  "RATE_LIMIT_OVER",
  "BUDGET_SPENT",
  "BUDGET_FREE",
  "BREAKER_OPEN",
  "BREAKER_CLOSED",
  "STRANGER_WITH_OUR_MARK",
  "ORDER_ABANDONED",
  "INSTRUMENTS_KEPT",
  "INSTRUMENTS_FRESH",
  "LOTS_CHANGED",
  "FUNDS_UNREADABLE",
  "FUNDS_READ",
  "STANDING_UNREADABLE",
  "STANDING_READ",
  "FOREVER_UNLINKED",
  "TRADES_DISAGREE",
  "TRADES_UNREADABLE",
  "JOURNAL_BROKEN",
  "JOURNAL_WRITTEN",
  "CANCEL_UNRECORDED",
  "REDUCTION_UNRECORDED",
  "POSITION_CONVERTED",
  "POSITION_CROSSED",
  "CARRIED_UNEXPLAINED",
  "HISTORY_UNREADABLE",
] as const;
export type NoteCode = (typeof NOTE_CODES)[number];

export interface Note {
  readonly level: "info" | "warning" | "critical";
  /** The code of a fault where it tells of a frame or a row that could not be understood. */
  readonly code: NoteCode | FrameFault;
  readonly account: AccountId | undefined;
  readonly message: string;
}

/** The accounts and copies of one engine, found by what they are asked for. */
export class Parties {
  readonly leaders: ReadonlySet<ClientId>;
  readonly followers: ReadonlySet<ClientId>;
  readonly #accounts: ReadonlyMap<ClientId, EngineAccount>;
  readonly #copiesOf: ReadonlyMap<ClientId, readonly Copy[]>;
  readonly #copyOf = new Map<ClientId, Map<ClientId, Copy>>();
  readonly #followsForever: ReadonlySet<Copy>;

  /** `hasForever`: a copy has forever orders in its hands, whatever its configuration asks for by now. */
  constructor(accounts: readonly EngineAccount[], copies: readonly Copy[], hasForever: (copy: Copy) => boolean = () => false) {
    this.#accounts = new Map(accounts.map((account) => [account.clientId, account]));
    this.#copiesOf = Map.groupBy(copies, (copy) => copy.leader);
    for (const copy of copies) getOrAdd(this.#copyOf, copy.leader, () => new Map<ClientId, Copy>()).set(copy.follower, copy);
    this.leaders = new Set(copies.map((copy) => copy.leader));
    this.followers = new Set(copies.map((copy) => copy.follower));
    this.#followsForever = new Set(copies.filter((copy) => copy.policy.forever === "copy" || hasForever(copy)));
  }

  /** The copies in force, by the names that people gave. */
  get cast(): readonly CastCopy[] {
    const named = (clientId: ClientId) => ({ name: this.account(clientId).name, clientId });
    return [...this.#copiesOf.values()].flat().map(({ policy, leader, follower }) => ({ copy: policy.id, leader: named(leader), follower: named(follower) }));
  }

  account(id: ClientId): EngineAccount {
    const account = this.#accounts.get(id);
    assert(account !== undefined, `client ${id} has no account`);
    return account;
  }

  /**
   * The copy in force for a mirror: by its leader and its follower, because its name may have been changed. Undefined for one that
   * was taken out of the configuration.
   */
  copyOf({ leader, follower }: { readonly leader: ClientId; readonly follower: ClientId }): Copy | undefined {
    return this.#copyOf.get(leader)?.get(follower);
  }

  /** Accounts by whose money something is decided, in the order of the configuration. */
  get withFundsRead(): readonly EngineAccount[] {
    return [...this.#accounts.values()].filter(({ clientId }) => this.isSizedByCapital(clientId) || this.checksMoneyOf(clientId));
  }

  /** Accounts whose forever orders something is decided by. */
  get withForeverFollowed(): readonly EngineAccount[] {
    return [...this.#accounts.values()].filter(({ clientId }) => this.followsForeverOf(clientId) || this.followsForeverInto(clientId));
  }

  /** A copy of the leader places forever orders, or has some that it placed when it did. */
  followsForeverOf(id: ClientId): boolean {
    return [...this.#followsForever].some(({ leader }) => leader === id);
  }

  followsForeverInto(id: ClientId): boolean {
    return [...this.#followsForever].some(({ follower }) => follower === id);
  }

  copiesForeverOf(id: ClientId): boolean {
    return this.#someCopy(({ policy, leader }) => policy.forever === "copy" && leader === id);
  }

  /** A copy of the account, or into it, is sized by what both accounts have. */
  isSizedByCapital(id: ClientId): boolean {
    return this.#someCopy(({ policy, leader, follower }) => policy.sizing.mode === "capital" && (leader === id || follower === id));
  }

  /** A copy into the account sends only what its money covers. */
  checksMoneyOf(id: ClientId): boolean {
    return this.#someCopy(({ policy, follower }) => policy.margin === "check" && follower === id);
  }

  #someCopy(is: (copy: Copy) => boolean): boolean {
    return [...this.#copiesOf.values()].some((copies) => copies.some(is));
  }

  leadersOf(follower: ClientId): readonly ClientId[] {
    return [...this.#copyOf].flatMap(([leader, its]) => (its.has(follower) ? [leader] : []));
  }

  /** The same accounts, each behind those that are copied into it. */
  leadersFirst(accounts: Iterable<ClientId>): readonly ClientId[] {
    const ordered = new Set<ClientId>();
    const seen = new Set<ClientId>();
    const visit = (id: ClientId): void => {
      if (seen.has(id)) return;
      seen.add(id);
      for (const leader of this.leadersOf(id)) visit(leader);
      ordered.add(id);
    };
    for (const id of accounts) visit(id);
    return [...ordered];
  }

  copiesOf(leader: ClientId): readonly Copy[] {
    return this.#copiesOf.get(leader) ?? [];
  }
}
