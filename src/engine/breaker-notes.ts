/** Says once when the breaker of an account opens, and once when it closes; what it is, is in the book (R22). */
import { type Book, followerBook } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import type { BookRecord } from "../domain/records.ts";
import type { Note, Parties } from "./parties.ts";

export interface BreakerNotesOptions {
  readonly book: Book;
  readonly parties: Parties;
  readonly noted: (note: Note) => void;
}

export class BreakerNotes {
  readonly #book: Book;
  readonly #parties: Parties;
  readonly #noted: (note: Note) => void;
  readonly #open: Set<ClientId>;

  /** One that a process before this one has opened has been told of. */
  constructor({ book, parties, noted }: BreakerNotesOptions) {
    this.#book = book;
    this.#parties = parties;
    this.#noted = noted;
    this.#open = new Set([...parties.followers].filter((id) => followerBook(book, id).breaker.state === "open"));
  }

  /** Looks at the accounts of which these records, durable by now, tell an answer. */
  recorded(records: readonly BookRecord[]): void {
    for (const record of records) if (record.type === "request-answered") this.#look(record.follower);
  }

  #look(id: ClientId): void {
    const { breaker } = followerBook(this.#book, id);
    if ((breaker.state === "open") === this.#open.has(id)) return;
    const account = this.#parties.account(id).name;
    if (breaker.state === "open") {
      this.#open.add(id);
      const message = `${breaker.why}; entries wait and are tried one at a time, cancels and exits go on`;
      this.#noted({ level: "critical", code: "BREAKER_OPEN", account, message });
    } else {
      this.#open.delete(id);
      this.#noted({
        level: "info",
        code: "BREAKER_CLOSED",
        account,
        message: "the broker takes the account's orders again; entries that waited are judged anew",
      });
    }
  }
}
