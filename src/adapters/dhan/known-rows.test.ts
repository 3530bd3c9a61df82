import fc from "fast-check";
import { expect, test } from "vitest";
import { clientId } from "../../domain/identity.ts";
import { unixMs } from "../../domain/time.ts";
import type { IsNoNews } from "../../engine/ports/broker.ts";
import { KnownRows } from "./known-rows.ts";
import { type KnownReports, readOrders } from "./rows.ts";

const ORDER = {
  orderId: "112611220001",
  orderStatus: "PENDING",
  transactionType: "BUY",
  exchangeSegment: "NSE_FNO",
  productType: "INTRADAY",
  orderType: "LIMIT",
  validity: "DAY",
  securityId: "61042",
  quantity: 150,
  filledQty: 0,
  price: 120.5,
  updateTime: "2026-11-20 10:15:04",
};

test("what a list tells is what JSON says it tells, whatever was read before", () => {
  const awkward = fc.constantFrom("},{", '"},{"', "[{", "}]", "\\", "a");
  const row = fc.dictionary(
    fc.string({ maxLength: 3 }),
    fc.oneof(fc.integer(), awkward, fc.array(fc.record({ a: awkward }), { maxLength: 3 }), fc.constant({})),
    {
      maxKeys: 3,
    },
  );
  const blanks = fc.constantFrom(undefined, 1);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(row, { maxLength: 4 }), blanks), { minLength: 1, maxLength: 5 }), (books) => {
      const rows = new KnownRows(3);
      for (const [book, indent] of books) {
        const text = JSON.stringify(book, undefined, indent);
        expect(rows.parse(text)).toEqual(JSON.parse(text));
      }
    }),
  );
});

test.each(["", "[", "[{", "[{}", "[{},{]", '[{"a":1},{"b":2]', '[{"a":"},{"}', "[{}]}]", "[{}],[{}]", "<html>"])("%j is no JSON", (text) => {
  const rows = new KnownRows(10);
  rows.parse('[{"a":1},{"b":2}]');
  expect(rows.parse(text)).toBeUndefined();
});

test("a row that is what it was, to the letter, is the same object, and one that has changed is not", () => {
  const rows = new KnownRows(10);
  const before = rows.parse('[{"a":1},{"b":2}]') as object[];
  const after = rows.parse('[{"b":2},{"a":10},{"a":1}]') as object[];
  expect(after).toEqual([{ b: 2 }, { a: 10 }, { a: 1 }]);
  expect(after[0]).toBe(before[1]);
  expect(after[2]).toBe(before[0]);
});

test("a row that a book shows no longer is forgotten, and of a large book no more is remembered than is allowed", () => {
  const rows = new KnownRows(2);
  const [first, , third] = rows.parse('[{"a":1},{"b":2},{"c":3}]') as object[];
  const again = rows.parse('[{"a":1},{"c":3}]') as object[];
  expect(again[0]).toBe(first);
  expect(again[1]).not.toBe(third);
  rows.parse('[{"d":4}]');
  expect((rows.parse('[{"a":1}]') as object[])[0]).not.toBe(first);
});

test("an order whose row is what it was is told as of the new reading, and one whose row has moved as it is now (R1)", () => {
  const rows = new KnownRows(10);
  const known: KnownReports = new WeakMap();
  const other = { ...ORDER, orderId: "112611220002" };
  const read = (book: readonly object[], asked: number) => readOrders(rows.parse(JSON.stringify(book)), clientId("1"), unixMs(asked), known);
  const first = read([ORDER, other], 1_000);
  const second = read([{ ...ORDER, filledQty: 75, orderStatus: "PART_TRADED" }, other], 2_000);
  expect(second.rows).toMatchObject([
    { orderId: "112611220001", filled: 75, status: "PART_TRADED", source: { kind: "row", asked: 2_000 } },
    { orderId: "112611220002", filled: 0, source: { kind: "row", asked: 2_000 } },
  ]);
  expect(first.rows).toMatchObject([{ filled: 0, source: { asked: 1_000 } }, { source: { asked: 1_000 } }]);
});

test("a row that can't be read is told at every reading (R19)", () => {
  const rows = new KnownRows(10);
  const known: KnownReports = new WeakMap();
  const book = JSON.stringify([{ ...ORDER, orderStatus: "HALF_BAKED" }]);
  for (const asked of [1_000, 2_000])
    expect(readOrders(rows.parse(book), clientId("1"), unixMs(asked), known)).toMatchObject({ rows: [], unreadable: [{ code: "UNKNOWN_STATUS" }] });
});

test("R1 a row of an order that is long over and tells no more is not given, whatever stands beside it; one that tells more is, and so is one that can't be told apart", () => {
  const rows = new KnownRows(10);
  const isNoNews: IsNoNews = (order, filled) => order === ORDER.orderId && filled <= 75;
  const over = { ...ORDER, filledQty: 75, orderStatus: "CANCELLED" };
  const other = { ...ORDER, orderId: "112611220002", omsErrorDescription: ',"orderId":"112611220001","filledQty":1,' };
  const told = (row: object): unknown => rows.parse(JSON.stringify([row, other]), isNoNews);
  expect(told(over)).toEqual([other]);
  expect(told({ ...over, filledQty: 0 })).toEqual([other]);
  for (const row of [
    { ...over, filledQty: 76 },
    { ...over, filledQty: 0, filled_qty: 76 },
    { ...over, filledQty: "76" },
    { ...over, orderId: 112_611_220_001 },
    { ...other, legs: [{ orderId: ORDER.orderId, filledQty: 0 }] },
  ])
    expect(told(row)).toEqual([row, other]);
  expect(rows.parse(JSON.stringify([over]), isNoNews)).toEqual([]);
  const awkward = { ...other, omsErrorDescription: 'x},{"orderId":"112611220001","filledQty":1},{' };
  expect(rows.parse(JSON.stringify([over, awkward]), isNoNews)).toEqual([over, awkward]);
});
