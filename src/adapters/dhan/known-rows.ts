/**
 * The JSON of an account's order book, row by row. A book is read every fifteen seconds and after every gap, and nearly all of its rows are
 * then what they were, to the letter. Such a row is not parsed again: it is the very object that it was at the reading before, so that
 * whoever made something of that object need not make it again (`readOrders`). Three thousand rows would hold up the loop for
 * 50 ms, and so they do for 6.
 *
 * It is exact. Where every text that ends before a `},{` is an object by itself, JSON's own grammar says that the list is the list of these.
 * Where one is not (the three characters inside a text, rows inside rows, blanks between them), the whole is parsed as any other JSON.
 */
import { parsed } from "./write-calls.ts";

export class KnownRows {
  readonly #rowsMax: number;
  /** By text, of the last reading alone: what a book shows no longer is forgotten. The texts are parts of that reading's. */
  #rows: ReadonlyMap<string, unknown> = new Map();

  /** Remembers the first `rowsMax` rows of a reading, some 1.2 KB each. */
  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  /** What `JSON.parse` gives, in which known rows are the objects of the last reading: nobody may change them. Undefined: no JSON. */
  parse(text: string): unknown {
    // An error, or an empty book.
    if (!text.startsWith("[{") || !text.endsWith("}]")) return parsed(text);
    const list: unknown[] = [];
    const rows = new Map<string, unknown>();
    for (const row of rowTexts(text)) {
      const value = this.#rows.get(row) ?? parsed(row);
      if (value === undefined) return parsed(text);
      list.push(value);
      if (rows.size < this.#rowsMax) rows.set(row, value);
    }
    this.#rows = rows;
    return list;
  }
}

/** What stands between the brackets of a list, cut at each `},{` between the braces. */
function* rowTexts(list: string): Generator<string, void, undefined> {
  let from = 1;
  for (let cut = list.indexOf("},{", from); cut >= 0; cut = list.indexOf("},{", from)) {
    yield list.slice(from, cut + 1);
    from = cut + 2;
  }
  yield list.slice(from, -1);
}
