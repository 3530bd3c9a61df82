/** What a reading of an account's positions shows that no ledger knows. */
import { expect, test } from "vitest";
import { clientId } from "../identity.ts";
import { instrumentText } from "../instrument.ts";
import { OPTION, second } from "../order/example.ts";
import type { PositionReport } from "../order/report.ts";
import type { Product } from "../order/terms.ts";
import type { TradingDay } from "../time.ts";
import { apply } from "./apply.ts";
import { type Book, emptyBook, followerBook, holdingKey } from "./book.ts";
import { unexplainedIn } from "./untold.ts";

const MEERA = clientId("1000000001");
const ARJUN = clientId("1000000002");
type Nets = Partial<Record<Product, number>>;

function rows(nets: Nets): PositionReport[] {
  return (Object.entries(nets) as [Product, number][]).map(([product, net]) => ({ instrument: OPTION, product, net }));
}

/** The end of one of the copy's orders in it was not told. */
function bookOf({ copied, own }: { readonly copied: number; readonly own: number }): Book {
  const book = emptyBook();
  const follower = followerBook(book, ARJUN);
  follower.untold.add(instrumentText(OPTION));
  follower.ledgers.set(MEERA, new Map([[holdingKey(OPTION, "MARGIN"), { net: copied, flipped: 0 }]]));
  follower.owners.set(holdingKey(OPTION, "MARGIN"), own);
  return book;
}

test.each<readonly [what: string, known: { readonly copied: number; readonly own: number }, nets: Nets, told: Nets]>([
  ["nothing is known of it", { copied: 0, own: 0 }, { MARGIN: 75 }, { MARGIN: 75 }],
  ["a part is the copy's, and a part the owner's", { copied: 75, own: 75 }, { MARGIN: 225 }, { MARGIN: 225 }],
  ["it was sold short", { copied: -75, own: 0 }, { MARGIN: -150 }, { MARGIN: -150 }],
  ["exits of the copy have gone through zero", { copied: 75, own: 0 }, { MARGIN: -75 }, { MARGIN: -75 }],
  ["it is in another product by now", { copied: 0, own: 0 }, { INTRADAY: 75 }, { INTRADAY: 75 }],
  ["the rest was converted", { copied: 75, own: 0 }, { MARGIN: 75, INTRADAY: 75 }, { INTRADAY: 75 }],
  ["all of it is known", { copied: 75, own: 75 }, { MARGIN: 150 }, {}],
  ["there is less than is known", { copied: 75, own: 75 }, { MARGIN: 75 }, {}],
  ["the copy's exit has filled", { copied: 75, own: 0 }, { MARGIN: 0 }, {}],
  ["what is known was converted", { copied: 75, own: 0 }, { MARGIN: 0, INTRADAY: 75 }, {}],
])("%s", (_what, known, nets, told) => {
  const found = unexplainedIn(bookOf(known), ARJUN, rows(nets));
  expect(Object.fromEntries(found.map(({ product, units }) => [product, units]))).toEqual(told);
});

test("of a contract in which no order of a copy can have filled unheard it is the owner's, and so it is once it was read", () => {
  const book = bookOf({ copied: 0, own: 0 });
  apply(book, { type: "follower-positions-read", at: second(1), follower: ARJUN, positions: rows({ MARGIN: 75 }) });
  expect(unexplainedIn(book, ARJUN, rows({ MARGIN: 75 }))).toEqual([]);
  expect(unexplainedIn(book, ARJUN, rows({ MARGIN: 150 }))).toEqual([]);
});

test("what has expired is not held, though the broker goes on showing it", () => {
  const book = bookOf({ copied: 0, own: 0 });
  book.day = "2026-11-25" as TradingDay;
  expect(unexplainedIn(book, ARJUN, rows({ MARGIN: 75 }))).toEqual([]);
});
