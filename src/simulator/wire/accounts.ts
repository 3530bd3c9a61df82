/** Who may log in: tokens, when they die, and the address that orders may come from (reference 1.3, 1.5). */
import { type Clock, type UnixMs, unixMs } from "../../domain/time.ts";

export interface AccountOptions {
  /** Dhan's number: digits. */
  readonly clientId: string;
  readonly token: string;
  /** For people who look at the books. */
  readonly name?: string;
  /** Opening cash in whole rupees; 1,000,000,000 when left out. */
  readonly funds?: number;
  /** Orders from any other address are refused; any address may order when left out. */
  readonly address?: string;
}

export interface Account {
  readonly clientId: string;
  readonly name: string;
  readonly token: string;
  readonly tokenState: "alive" | "dead";
  readonly issuedAt: UnixMs;
  readonly address: string | undefined;
}

const TOKEN_LIFE_MS = 24 * 60 * 60 * 1000;

export class Accounts {
  readonly #clock: Clock;
  readonly #byClient = new Map<string, Account>();
  /** Dead tokens too, so that the log can say whose they were. */
  readonly #clientByToken = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(options: AccountOptions): Account {
    return this.#keep({
      clientId: options.clientId,
      name: options.name ?? options.clientId,
      token: options.token,
      tokenState: "alive",
      issuedAt: this.#clock.now(),
      address: options.address,
    });
  }

  find(clientId: string): Account | undefined {
    return this.#byClient.get(clientId);
  }

  get all(): Iterable<Account> {
    return this.#byClient.values();
  }

  ownerOf(token: string | undefined): Account | undefined {
    const clientId = token === undefined ? undefined : this.#clientByToken.get(token);
    return clientId === undefined ? undefined : this.#byClient.get(clientId);
  }

  /** A new token kills the old one; a token lives for 24 hours (reference 1.3). */
  isAlive(account: Account, token: string | undefined): boolean {
    return account.token === token && account.tokenState === "alive" && this.#clock.now() < account.issuedAt + TOKEN_LIFE_MS;
  }

  validUntil(account: Account): UnixMs {
    return unixMs(account.issuedAt + TOKEN_LIFE_MS);
  }

  setToken(account: Account, token: string): Account {
    return this.#keep({ ...account, token, tokenState: "alive", issuedAt: this.#clock.now() });
  }

  killToken(account: Account): Account {
    return this.#keep({ ...account, tokenState: "dead" });
  }

  setAddress(account: Account, address: string | undefined): Account {
    return this.#keep({ ...account, address });
  }

  #keep(account: Account): Account {
    this.#byClient.set(account.clientId, account);
    this.#clientByToken.set(account.token, account.clientId);
    return account;
  }
}
