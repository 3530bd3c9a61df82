/** Says what an account holds of a copied contract that no ledger knows (R24): once, because from that reading on it is known as the owner's. */
import { type Book, followerBook } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import { type InstrumentKey, instrumentText } from "../domain/instrument.ts";
import type { Unexplained } from "../domain/position/unexplained.ts";
import type { BookRecord } from "../domain/records.ts";
import type { Note, Parties } from "./parties.ts";

export interface UnexplainedNotesOptions {
  readonly book: Book;
  readonly parties: Parties;
  readonly noted: (note: Note) => void;
}

export class UnexplainedNotes {
  readonly #options: UnexplainedNotesOptions;

  constructor(options: UnexplainedNotesOptions) {
    this.#options = options;
  }

  /** Looks at what these records, durable by now, tell. */
  recorded(records: readonly BookRecord[]): void {
    const { parties, noted } = this.#options;
    for (const record of records) {
      if (record.type !== "follower-positions-read") continue;
      for (const one of record.unexplained ?? [])
        noted({ level: "warning", code: "CARRIED_UNEXPLAINED", account: parties.account(record.follower).name, message: this.#message(record.follower, one) });
    }
  }

  #message(id: ClientId, { instrument, product, units, copied, own }: Unexplained): string {
    const has = `the account has ${units} units of ${this.#nameOf(id, instrument)} in ${product}`;
    const knows = `its copies know of ${copied}, and ${own} are known as the owner's`;
    const why = "an order of a copy may have filled on an earlier day with nobody to hear it, or where the journal has lost its end";
    return `${has}; ${knows}: ${why}. What is beyond that counts as the owner's: the leader's exit does not take it; close it by hand if it is not the owner's own`;
  }

  #nameOf(id: ClientId, instrument: InstrumentKey): string {
    const contract = instrumentText(instrument);
    for (const mirror of followerBook(this.#options.book, id).mirrors.values())
      if (mirror.contract !== undefined && instrumentText(mirror.instrument) === contract) return mirror.contract.displayName ?? contract;
    return contract;
  }
}
