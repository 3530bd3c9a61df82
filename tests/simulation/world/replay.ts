/**
 * The fold of a session's durable journal, carried on from one audit to the next: what is stored is never changed, so its records are read
 * once. Where the journal was lost or cut meanwhile, another record stands where the last reading ended, and the fold begins again.
 */
import type { JournalReader } from "../../../src/adapters/journal/reader.ts";
import { type Book, emptyBook } from "../../../src/domain/book/book.ts";
import type { StoredRecord } from "../../../src/engine/ports/journal.ts";
import { fold } from "../../../src/engine/recorder.ts";

export class Replay {
  #book = emptyBook();
  #last: Pick<StoredRecord, "position" | "hash"> = { position: 0, hash: "" };

  /** The book as the whole journal gives it. */
  of(reader: JournalReader): Book {
    const { position, hash } = this.#last;
    let [last, ...news] = position === 0 ? [] : reader.read({ position });
    if (last?.hash !== hash) {
      this.#book = emptyBook();
      news = [...reader.read()];
    }
    fold(this.#book, { read: () => news });
    this.#last = news.at(-1) ?? last ?? this.#last;
    return this.#book;
  }
}
