/**
 * The JSON of an account's order book, row by row. A book is read every fifteen seconds and after every gap, and nearly all of its rows are
 * then what they were, to the letter. Such a row is not parsed again: it is the very object that it was at the reading before, so that
 * whoever made something of that object need not make it again (`readOrders`). Three thousand rows would hold up the loop for
 * 50 ms, and so they do for 6.
 *
 * It is exact. Where every text that ends before a `},{` is an object by itself, JSON's own grammar says that the list is the list of these.
 * Where one is not (the three characters inside a text, rows inside rows, blanks between them), the whole is parsed as any other JSON.
 *
 * Late in a busy day nearly all rows are of orders that are long over. Whoever asks says which (`IsNoNews`): of those nothing is parsed,
 * given or remembered, so that neither memory nor the reading grows by more than a glance for each.
 */
import { type OrderId, orderId } from "../../domain/identity.ts";
import { type Quantity, quantity } from "../../domain/quantity.ts";
import type { IsNoNews } from "../../engine/ports/broker.ts";
import { parsed } from "./write-calls.ts";

interface KnownRow {
  /** A copy: a part of a reading's text would keep all of it in memory. */
  readonly text: string;
  readonly value: unknown;
}

export class KnownRows {
  readonly #rowsMax: number;
  /** By text, of the last reading alone: what a book shows no longer is forgotten. */
  #rows: ReadonlyMap<string, KnownRow> = new Map();

  /** Remembers the first `rowsMax` rows of a reading, some 2 KB each. */
  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  /** What `JSON.parse` gives, less what is no news, in which known rows are the objects of the last reading: nobody may change them. Undefined: no JSON. */
  parse(text: string, isNoNews: IsNoNews = () => false): unknown {
    // An error, or an empty book.
    if (!text.startsWith("[{") || !text.endsWith("}]")) return parsed(text);
    const list: unknown[] = [];
    const rows = new Map<string, KnownRow>();
    for (const row of rowTexts(text)) {
      const glance = glanceAt(row);
      if (glance !== undefined && isNoNews(glance.order, glance.filled)) continue;
      const before = this.#rows.get(row);
      const value = before?.value ?? parsed(row);
      if (value === undefined) return parsed(text);
      list.push(value);
      if (rows.size >= this.#rowsMax) continue;
      const known = before ?? { text: copyOf(row), value };
      rows.set(known.text, known);
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

/**
 * Which order a row is of, and what it says is filled, where that stands there as Dhan writes it. Undefined: it takes a reading to tell.
 * Within a text of JSON's every quotation mark has a backslash before it, so that what looks like these names is one.
 */
function glanceAt(row: string): { readonly order: OrderId; readonly filled: Quantity } | undefined {
  const order = /[{,]"orderId":"(\d+)"/.exec(row)?.[1];
  const filled = /[{,]"filledQty":(\d{1,15})[,}]/.exec(row)?.[1];
  if (order === undefined || filled === undefined || row.includes('"filled_qty"') || row.includes("{", 1)) return undefined;
  return { order: orderId(order), filled: quantity(Number(filled)) };
}

/** V8 makes a part of a long text a reference into it. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
