/**
 * Watches the positions of accounts that hold something of a copy, or that somebody copies: no stream tells that a position was converted to another
 * product, and an exit in the old one would open a position (R15; docs/conversions.md). Never on the way of an order.
 *
 * One read that looks like a conversion is only a reason to look again: what counts is a reading that belongs to the orders around it.
 */
import { type Book, followerBook, leaderBook } from "../domain/book/book.ts";
import { followerConversions, leaderConversions, withoutCopies } from "../domain/book/conversions.ts";
import type { ClientId } from "../domain/identity.ts";
import type { PositionReport } from "../domain/order/report.ts";
import type { Timers } from "../domain/time.ts";
import { booksTogether } from "./books-together.ts";
import type { Inbound } from "./inbox.ts";
import type { EngineAccount, Parties } from "./parties.ts";
import { pause } from "./pause.ts";

/** How long a conversion may stay unseen, but for the reading itself. */
const EVERY_MS = 5_000;

export interface PositionReadsOptions {
  readonly book: Book;
  readonly parties: Parties;
  readonly accounts: readonly EngineAccount[];
  readonly timers: Timers;
  readonly post: (event: Inbound) => void;
}

export class PositionReads {
  readonly #options: PositionReadsOptions;

  constructor(options: PositionReadsOptions) {
    this.#options = options;
  }

  /** Reads until the signal; spread, so that those of many accounts do not come all at once. */
  async keepCurrent(signal: AbortSignal): Promise<void> {
    const { accounts } = this.#options;
    await Promise.all(accounts.map((account, index) => this.#keep(account, ((index + 1) * EVERY_MS) / accounts.length, signal)));
  }

  async #keep(account: EngineAccount, firstMs: number, signal: AbortSignal): Promise<void> {
    for (let pauseMs = firstMs; ; pauseMs = EVERY_MS) {
      await pause(this.#options.timers, pauseMs, signal);
      if (signal.aborted) return;
      if (this.#holds(account.clientId)) await this.#look(account);
    }
  }

  async #look({ broker, clientId }: EngineAccount): Promise<void> {
    const read = await broker.positions();
    if (!read.ok || !this.#looksConverted(clientId, read.value)) return;
    const { post } = this.#options;
    const books = await booksTogether(broker, (reports) => post({ type: "rows", account: clientId, reports }));
    if (books !== undefined) post({ type: "positions", account: clientId, read: books });
  }

  /** What the copy has got out of today counts: an exit may have been sent in a product that did not hold it. */
  #holds(id: ClientId): boolean {
    const { book, parties } = this.#options;
    if (parties.followers.has(id) && [...followerBook(book, id).ledgers.values()].some(({ size }) => size > 0)) return true;
    return parties.leaders.has(id) && [...leaderBook(book, id).positions.values()].some((net) => net !== 0);
  }

  #looksConverted(id: ClientId, positions: readonly PositionReport[]): boolean {
    const { book, parties } = this.#options;
    const follows = parties.followers.has(id);
    if (follows && followerConversions(book, id, positions) !== undefined) return true;
    return parties.leaders.has(id) && leaderConversions(book, id, follows ? withoutCopies(book, id, positions) : positions).length > 0;
  }
}
