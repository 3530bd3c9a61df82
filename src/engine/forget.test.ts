/** What the turn of the day takes out of the book, and what it leaves (src/domain/book/forget.ts). */
import { describe, expect, test } from "vitest";
import { apply } from "../domain/book/apply.ts";
import { type Book, emptyBook, followerBook, leaderBook } from "../domain/book/book.ts";
import { isOfEarlierDay } from "../domain/book/forget.ts";
import { orderId } from "../domain/identity.ts";
import { frame, row, second } from "../domain/order/example.ts";
import { quantity } from "../domain/quantity.ts";
import type { BookRecord } from "../domain/records.ts";
import type { TradingDay } from "../domain/time.ts";
import { ABOUT, answered, atFollower, FOLLOWER, LEADER, OPENED, placing, SEEN, WHOLE } from "./views/story.example.ts";

const DAY_S = 86_400;
const TOMORROW = "2026-11-21" as TradingDay;
const cancelledAtLeader: BookRecord = { type: "leader-order-reported", at: second(5), leader: LEADER, report: frame(5, { status: "CANCELLED" }) };

/** The next midnight; after-market orders since `afterMarketFrom` seconds after ten o'clock are to come. */
function turned(afterMarketFrom = 6 * 3_600, part: { readonly forgets?: true } = { forgets: true }): BookRecord {
  return { type: "day-turned", at: second(14 * 3_600), day: TOMORROW, afterMarketFrom: second(afterMarketFrom), ...part };
}

function bookOf(records: readonly BookRecord[], keeps?: Book["keeps"]): Book {
  const book = emptyBook(keeps);
  for (const record of records) apply(book, record);
  return book;
}

/** What is left of the leader's order, of its mirror, and of the ways to find the latter. */
function left(book: Book): readonly number[] {
  const { mirrors, byOrder, byCorrelation, byStem } = followerBook(book, FOLLOWER);
  return [leaderBook(book, LEADER).orders.size, mirrors.size, byOrder.size, byCorrelation.size, byStem.size];
}

const NOTHING = [0, 0, 0, 0, 0];
const ALL = [1, 1, 1, 1, 1];

test("what had ended at both leaves with the turn of the day; in a journal of before that was so, and for who wants to tell of it, it stays", () => {
  const over = [...WHOLE, cancelledAtLeader];
  expect(left(bookOf([...over, turned()]))).toEqual(NOTHING);
  expect(left(bookOf([...over, turned(undefined, {})]))).toEqual(ALL);
  expect(left(bookOf([...over, turned()], "everything"))).toEqual(ALL);
});

test("what the turn itself ends is still to be told of, and leaves with the next (R24)", () => {
  const open = [SEEN, OPENED, placing(0, 1), answered(2, { attempt: 0, request: "placement", result: { outcome: "accepted", orderId: orderId("75001") } })];
  const once = bookOf([...open, turned()]);
  expect(left(once)).toEqual(ALL);
  apply(once, { ...turned(), at: second(14 * 3_600 + DAY_S), day: "2026-11-22" as TradingDay } as BookRecord);
  expect(left(once)).toEqual(NOTHING);
});

test("the contract of an order of ours that the turn ended is remembered over further turns, until the account's positions are read (R24)", () => {
  const open = [SEEN, OPENED, placing(0, 1), answered(2, { attempt: 0, request: "placement", result: { outcome: "accepted", orderId: orderId("75001") } })];
  const book = bookOf([...open, turned()]);
  apply(book, { ...turned(), at: second(14 * 3_600 + DAY_S), day: "2026-11-22" as TradingDay } as BookRecord);
  const { untold } = followerBook(book, FOLLOWER);
  expect(untold.size).toBe(1);
  apply(book, { type: "follower-positions-read", at: second(16 * 3_600 + DAY_S), follower: FOLLOWER, positions: [] });
  expect(untold.size).toBe(0);
});

test("an answer that is still to come finds its mirror, although both orders have ended", () => {
  const underway = WHOLE.filter((record) => record.type !== "request-answered" || record.request !== "cancel");
  const book = bookOf([...underway, cancelledAtLeader, turned()]);
  expect(left(book)).toEqual(ALL);
  apply(book, answered(14 * 3_600, { attempt: 0, request: "cancel", result: { outcome: "accepted", orderId: orderId("75001") } }));
});

test("a copy that was sent after market is shown by the books until its session is over, so it is remembered, though it was cancelled", () => {
  const evening = WHOLE.map((record) => (record.type === "placement-intended" ? { ...record, afterMarket: true } : record));
  expect(left(bookOf([...evening, cancelledAtLeader, turned(0)]))).toEqual(ALL);
  expect(left(bookOf([...evening, cancelledAtLeader, turned(3_600)]))).toEqual(NOTHING);
});

test("ledgers, and the facts of what is held, stay as long as it is held", () => {
  const filled = atFollower(2, { status: "TRADED", filled: quantity(75), averagePrice: frame(2).terms.price });
  const placed = answered(2, { attempt: 0, request: "placement", result: { outcome: "accepted", orderId: orderId("75001") } });
  const book = bookOf([SEEN, OPENED, placing(0, 1), placed, filled, cancelledAtLeader, turned()]);
  expect(left(book)).toEqual(NOTHING);
  const { ledgers, contracts } = followerBook(book, FOLLOWER);
  expect([...(ledgers.get(LEADER)?.values() ?? [])]).toEqual([{ net: 75, flipped: 0 }]);
  expect([...contracts.values()]).toEqual([OPENED.contract]);
});

test("the owner's own orders leave, and what he holds by them stays", () => {
  const own: BookRecord = {
    type: "follower-order-reported",
    at: second(3),
    follower: FOLLOWER,
    report: frame(3, { clientId: FOLLOWER, orderId: orderId("888"), status: "TRADED", filled: quantity(150) }),
  };
  const { foreign, owners } = followerBook(bookOf([own, turned()]), FOLLOWER);
  expect([foreign.size, [...owners.values()]]).toEqual([0, [150]]);
});

describe("an order that is not known is of an earlier day", () => {
  const book = bookOf([SEEN, turned(6 * 3_600)]);
  const today = 24 * 3_600;
  const afterMarket = { contracted: { ...frame(0).contracted, afterMarket: true } };
  test.each([
    ["by a late frame of yesterday", frame(3, {}), true],
    ["by a row that the book still shows at night", row(3, today, {}), true],
    ["by its creation, though it was touched after midnight", row(today, today, { createdAt: second(3) }), true],
    ["if it was made after market for yesterday's session", row(3, today, { ...afterMarket, createdAt: second(-3_600) }), true],
    ["not if it is of today", row(today, today, { createdAt: second(today) }), false],
    ["not if it was made after market for a session to come", row(8 * 3_600, today, { ...afterMarket, createdAt: second(8 * 3_600) }), false],
  ])("%s", (_name, report, expected) => {
    expect(isOfEarlierDay(book, { ...report, orderTime: report.createdAt })).toBe(expected);
  });
});

test("the mirrors of a journal that lost its end wait for proof, those opened afterwards do not (R11)", () => {
  const cut: BookRecord = { type: "journal-cut", at: second(9), after: 3, missing: 1, kept: "a file" };
  const book = bookOf([SEEN, OPENED, cut]);
  expect(followerBook(book, FOLLOWER).mirrors.get(ABOUT.mirror)?.isCut).toBe(true);
  expect(followerBook(bookOf([cut, SEEN, OPENED]), FOLLOWER).mirrors.get(ABOUT.mirror)?.isCut).toBe(false);
});
