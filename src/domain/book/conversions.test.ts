/** What a reading of positions tells of conversions, and what the fold makes of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { clientId } from "../identity.ts";
import { OPTION, second } from "../order/example.ts";
import type { PositionReport } from "../order/report.ts";
import { PRODUCTS, type Product } from "../order/terms.ts";
import { apply } from "./apply.ts";
import { type Book, copiesIn, emptyBook, followerBook, getOrAdd, holdingKey, leaderBook, positionOf } from "./book.ts";
import { crossed, followerConversions, leaderConversions } from "./conversions.ts";

const MEERA = clientId("1000000001");
const RAVI = clientId("1000000003");
const ARJUN = clientId("1000000002");
type Nets = Partial<Record<Product, number>>;

function rows(nets: Nets): PositionReport[] {
  return PRODUCTS.map((product) => ({ instrument: OPTION, product, net: nets[product] ?? 0 }));
}

/** What copies from two leaders hold in the products of these, and the owner beside them. */
function bookOf(copies: { readonly meera: Nets; readonly ravi: Nets }, owners: Nets): Book {
  const book = emptyBook();
  const follower = followerBook(book, ARJUN);
  for (const [leader, nets] of [[MEERA, copies.meera] as const, [RAVI, copies.ravi] as const])
    for (const product of PRODUCTS)
      if (nets[product] !== undefined) getOrAdd(follower.ledgers, leader, () => new Map()).set(holdingKey(OPTION, product), { net: nets[product], flipped: 0 });
  for (const product of PRODUCTS) if (owners[product] !== undefined) follower.owners.set(holdingKey(OPTION, product), owners[product]);
  return book;
}

function read(book: Book, nets: Nets): void {
  const converted = followerConversions(book, ARJUN, rows(nets)) ?? [];
  apply(book, { type: "follower-positions-read", at: second(1), follower: ARJUN, positions: rows(nets), converted });
}

const lots = fc.integer({ min: 0, max: 6 }).map((count) => count * 75);
const longs = fc.record({ INTRADAY: lots, MARGIN: lots });

test("whatever is converted to and fro, copies and owner together are what the account holds, and no copy becomes larger or smaller", () => {
  const move = fc.record({
    from: fc.constantFrom<Product>(...PRODUCTS),
    to: fc.constantFrom<Product>(...PRODUCTS),
    part: fc.integer({ min: 1, max: 4 }),
    isRead: fc.boolean(),
  });
  fc.assert(
    fc.property(longs, longs, longs, fc.array(move, { maxLength: 5 }), (meera, ravi, owners, moves) => {
      const book = bookOf({ meera, ravi }, owners);
      const follower = followerBook(book, ARJUN);
      const nets: Record<Product, number> = { CNC: 0, MTF: 0, INTRADAY: 0, MARGIN: 0 };
      for (const product of ["INTRADAY", "MARGIN"] as const) nets[product] = meera[product] + ravi[product] + owners[product];
      for (const { from, to, part, isRead } of [...moves, { from: "CNC", to: "CNC", part: 1, isRead: true } as const]) {
        const units = Math.ceil(nets[from] / part / 75) * 75;
        nets[from] -= units;
        nets[to] += units;
        if (!isRead) continue;
        read(book, nets);
        const copies = copiesIn(follower);
        for (const product of PRODUCTS) {
          const key = holdingKey(OPTION, product);
          expect((copies.get(key) ?? 0) + (follower.owners.get(key) ?? 0)).toBe(nets[product]);
          // Nobody was long and short of it, so nobody is.
          expect(copies.get(key) ?? 0).toBeGreaterThanOrEqual(0);
          expect(follower.owners.get(key) ?? 0).toBeGreaterThanOrEqual(0);
        }
      }
      for (const [leader, had] of [[MEERA, meera] as const, [RAVI, ravi] as const])
        for (const product of ["INTRADAY", "MARGIN"] as const) expect(follower.ledgers.get(leader)?.get(holdingKey(OPTION, product))?.net).toBe(had[product]);
    }),
  );
});

test("a difference in one product alone is no conversion: the owner has traded (R15)", () => {
  const book = bookOf({ meera: { INTRADAY: 150 }, ravi: {} }, {});
  expect(followerConversions(book, ARJUN, rows({ INTRADAY: 75 }))).toBeUndefined();
  expect(followerConversions(book, ARJUN, rows({ INTRADAY: 150, MARGIN: 75 }))).toBeUndefined();
});

test("what is short is converted like what is long", () => {
  const book = bookOf({ meera: { INTRADAY: -150 }, ravi: {} }, {});
  expect(followerConversions(book, ARJUN, rows({ MARGIN: -150 }))).toEqual([
    { leader: MEERA, instrument: OPTION, kept: "INTRADAY", from: "INTRADAY", to: "MARGIN", units: -150 },
  ]);
});

test("an exit that was sent in the product that had been left shows as held on both sides", () => {
  const book = bookOf({ meera: { INTRADAY: 0 }, ravi: {} }, {});
  read(book, { INTRADAY: -150, MARGIN: 150 });
  const ledger = followerBook(book, ARJUN).ledgers.get(MEERA)?.get(holdingKey(OPTION, "INTRADAY"));
  expect(ledger?.net).toBe(0);
  expect(ledger === undefined ? undefined : crossed(ledger, "INTRADAY")).toEqual({ short: "INTRADAY", long: "MARGIN", units: 150 });
});

test("what one copy holds on both sides is exchanged for what another holds in the product that is short, and neither becomes larger (R15)", () => {
  const book = bookOf({ meera: { MARGIN: 150 }, ravi: {} }, {});
  const { ledgers } = followerBook(book, ARJUN);
  ledgers.set(RAVI, new Map([[holdingKey(OPTION, "INTRADAY"), { net: 0, flipped: 0, elsewhere: { MARGIN: 150 } }]]));
  // The owner has done what he was told, and it is seen as of the other copy.
  read(book, { MARGIN: 150 });
  expect(ledgers.get(MEERA)?.get(holdingKey(OPTION, "MARGIN"))).toEqual({ net: 150, flipped: 0 });
  expect(ledgers.get(RAVI)?.get(holdingKey(OPTION, "INTRADAY"))).toEqual({ net: 0, flipped: 0 });
});

test("what a leader has converted is one position, and his copies' ledgers of both products are one (R14)", () => {
  const book = bookOf({ meera: { INTRADAY: 150, MARGIN: 75 }, ravi: { MARGIN: 300 } }, {});
  const leader = leaderBook(book, MEERA);
  leader.positions.set(holdingKey(OPTION, "INTRADAY"), 300);
  leader.positions.set(holdingKey(OPTION, "MARGIN"), 150);
  const positions = rows({ MARGIN: 450 });
  const converted = leaderConversions(book, MEERA, positions);
  expect(converted).toEqual([{ instrument: OPTION, from: "INTRADAY", to: "MARGIN", units: 300 }]);
  apply(book, { type: "leader-positions-read", at: second(1), leader: MEERA, positions, converted });
  for (const product of PRODUCTS) expect(positionOf(leader, OPTION, product)).toBe(450);
  const { ledgers } = followerBook(book, ARJUN);
  expect([...(ledgers.get(MEERA) ?? [])]).toEqual([[holdingKey(OPTION, "INTRADAY"), { net: 225, flipped: 0, elsewhere: { MARGIN: 75 } }]]);
  expect(ledgers.get(RAVI)?.get(holdingKey(OPTION, "MARGIN"))).toEqual({ net: 300, flipped: 0 });
});

test("a journal of before tells no conversion, and folds as ever", () => {
  const book = bookOf({ meera: { INTRADAY: 150 }, ravi: {} }, {});
  apply(book, { type: "follower-positions-read", at: second(1), follower: ARJUN, positions: rows({ MARGIN: 150 }) });
  const { owners, ledgers } = followerBook(book, ARJUN);
  expect([owners.get(holdingKey(OPTION, "INTRADAY")), owners.get(holdingKey(OPTION, "MARGIN"))]).toEqual([-150, 150]);
  expect(ledgers.get(MEERA)?.get(holdingKey(OPTION, "INTRADAY"))).toEqual({ net: 150, flipped: 0 });
});
