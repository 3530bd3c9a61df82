/** Whom the engine works for, and whom it tells: its accounts, its copies, its observer. */
import { assert } from "../domain/assert.ts";
import type { AccountId, ClientId, CopyId } from "../domain/identity.ts";
import type { Copy } from "../domain/mirror/open.ts";
import type { AccountLimits } from "../domain/mirror/situation.ts";
import type { BookRecord } from "../domain/records.ts";
import type { RateLimits } from "./budget.ts";
import type { BrokerAccount } from "./ports/broker.ts";

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

export interface Note {
  readonly level: "info" | "warning" | "critical";
  readonly code: string;
  readonly account: AccountId | undefined;
  readonly message: string;
}

/** The accounts and copies of one engine, found by what they are asked for. */
export class Parties {
  readonly leaders: ReadonlySet<ClientId>;
  readonly followers: ReadonlySet<ClientId>;
  readonly #accounts: ReadonlyMap<ClientId, EngineAccount>;
  readonly #copies: ReadonlyMap<CopyId, Copy>;
  readonly #copiesOf: ReadonlyMap<ClientId, readonly Copy[]>;

  constructor(accounts: readonly EngineAccount[], copies: readonly Copy[]) {
    this.#accounts = new Map(accounts.map((account) => [account.clientId, account]));
    this.#copies = new Map(copies.map((copy) => [copy.policy.id, copy]));
    this.#copiesOf = Map.groupBy(copies, (copy) => copy.leader);
    this.leaders = new Set(copies.map((copy) => copy.leader));
    this.followers = new Set(copies.map((copy) => copy.follower));
  }

  account(id: ClientId): EngineAccount {
    const account = this.#accounts.get(id);
    assert(account !== undefined, `client ${id} has no account`);
    return account;
  }

  /** Undefined for a copy that the journal knows and the configuration does not any more. */
  copy(id: CopyId): Copy | undefined {
    return this.#copies.get(id);
  }

  copiesOf(leader: ClientId): readonly Copy[] {
    return this.#copiesOf.get(leader) ?? [];
  }
}
