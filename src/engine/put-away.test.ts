/** What putting away takes out of the book, and that taking back loses nothing (src/domain/book/put-away.ts). */
import { expect, test } from "vitest";
import { apply } from "../domain/book/apply.ts";
import { type Book, emptyBook, followerBook, leaderBook } from "../domain/book/book.ts";
import { allOrders, countOrdersPutAway, filledOfOrder, orderBack, orderOf } from "../domain/book/leader-orders.ts";
import { isSettled } from "../domain/book/over.ts";
import { countPutAway, mirrorBack } from "../domain/book/put-away.ts";
import { MemoryShelf } from "../domain/book/shelf.example.ts";
import type { Shelf } from "../domain/book/shelf.ts";
import { isPutAway } from "../domain/book/ways.ts";
import { clientId, orderId } from "../domain/identity.ts";
import { causeOf, type Mirror, mirrorKey } from "../domain/mirror/mirror.ts";
import { frame, second } from "../domain/order/example.ts";
import { quantity } from "../domain/quantity.ts";
import type { BookRecord } from "../domain/records.ts";
import type { TradingDay } from "../domain/time.ts";
import { fold } from "./recorder.ts";
import { ABOUT, FOLLOWER, journal, LEADER, OPENED, WHOLE } from "./views/story.example.ts";

const OVER: readonly BookRecord[] = [...WHOLE, { type: "leader-order-reported", at: second(5), leader: LEADER, report: frame(5, { status: "CANCELLED" }) }];
const PUT_AWAY: BookRecord = { type: "mirrors-put-away", at: second(90), follower: FOLLOWER, mirrors: [ABOUT.mirror], orders: [orderId("75001")] };
const CAUSE = causeOf(ABOUT.mirror);
const OTHER = clientId("1000000003");
const TURNED: BookRecord = {
  type: "day-turned",
  at: second(14 * 3_600),
  day: "2026-11-21" as TradingDay,
  afterMarketFrom: second(6 * 3_600),
  forgets: true,
};

function bookOf(records: readonly BookRecord[], keeps?: Book["keeps"], shelf?: Shelf): Book {
  const book = emptyBook(keeps);
  book.shelf = shelf;
  for (const record of records) apply(book, record);
  return book;
}

function theMirror(book: Book): Mirror {
  const mirror = followerBook(book, FOLLOWER).mirrors.get(ABOUT.mirror);
  if (mirror === undefined) throw new Error("it is not there in full");
  return mirror;
}

test("R8 what is put away comes back as it was, with every way to find it", () => {
  const before = bookOf(OVER);
  expect(isSettled(before, theMirror(before))).toBe(true);
  const book = bookOf([...OVER, PUT_AWAY]);
  const follower = followerBook(book, FOLLOWER);
  const leader = leaderBook(book, LEADER);
  expect([follower.mirrors.size, countPutAway(follower), leader.orders.size, leader.mirrors.size, countOrdersPutAway(leader)]).toEqual([0, 1, 0, 0, 1]);
  expect(mirrorBack(follower, ABOUT.mirror)).toEqual(theMirror(before));
  expect(orderOf(leader, CAUSE)).toEqual(orderOf(leaderBook(before, LEADER), CAUSE));
  expect([...allOrders(leader)]).toEqual([...allOrders(leaderBook(before, LEADER))]);
  orderBack(leader, CAUSE);
  expect(book).toEqual(before);
});

test("for whoever tells of it nothing is put away", () => {
  expect(bookOf([...OVER, PUT_AWAY], "everything")).toEqual(bookOf(OVER, "everything"));
});

test("R24 it leaves with its day, and nothing points to it", () => {
  const book = bookOf([...OVER, PUT_AWAY, TURNED]);
  const { mirrors, byOrder, byCorrelation, byStem } = followerBook(book, FOLLOWER);
  const leader = leaderBook(book, LEADER);
  expect([leader.orders, leader.mirrors, mirrors, byOrder, byCorrelation, byStem].map(({ size }) => size)).toEqual([0, 0, 0, 0, 0, 0]);
  const nothing = emptyBook();
  expect([followerBook(book, FOLLOWER).away, leader.away]).toEqual([followerBook(nothing, FOLLOWER).away, leaderBook(nothing, LEADER).away]);
});

test("R24 it stays known while the leader's order does: nobody copies it a second time", () => {
  const book = bookOf([...OVER, PUT_AWAY]);
  // Of another copy something may still move.
  const order = orderBack(leaderBook(book, LEADER), CAUSE);
  if (order === undefined) throw new Error("there is no such order");
  leaderBook(book, LEADER).orders.set(order.known.orderId, { ...order, known: { ...order.known, end: undefined } });
  apply(book, TURNED);
  expect(isPutAway(followerBook(book, FOLLOWER), ABOUT.mirror) || followerBook(book, FOLLOWER).mirrors.has(ABOUT.mirror)).toBe(true);
});

test("R24 what a shelf has of the day that is over goes, and what stays away is as it was", () => {
  const shelf = new MemoryShelf();
  const book = bookOf([...OVER, PUT_AWAY], undefined, shelf);
  expect(shelf.size).toBe(2);
  apply(book, TURNED);
  expect(shelf.size).toBe(0);
  const again = bookOf([...OVER, PUT_AWAY], undefined, shelf);
  orderBack(leaderBook(again, LEADER), CAUSE);
  apply(again, { ...TURNED, day: "2026-11-19" as TradingDay });
  expect(shelf.size).toBe(1);
  expect(mirrorBack(followerBook(again, FOLLOWER), ABOUT.mirror)).toEqual(theMirror(bookOf(OVER)));
});

test("R11 where the journal lost its end everything comes back: what was put away may have been taken back in what is lost", () => {
  const book = bookOf([...OVER, PUT_AWAY, { type: "journal-cut", at: second(100), after: 9, missing: 1, kept: "a file" }]);
  expect(theMirror(book).isCut).toBe(true);
  expect(orderOf(leaderBook(book, LEADER), CAUSE)).toBe(leaderBook(book, LEADER).orders.get(CAUSE));
});

test("R1 of a leader's order that is put away only fills are news: nothing else takes it back, and they take it back whole", () => {
  const ended = (filled: number): BookRecord => ({
    type: "leader-order-reported",
    at: second(200),
    leader: LEADER,
    report: frame(6, { status: "CANCELLED", filled: quantity(filled) }),
  });
  const book = bookOf([...OVER, PUT_AWAY]);
  const known = filledOfOrder(leaderBook(book, LEADER), CAUSE);
  apply(book, ended(known));
  expect(book).toEqual(bookOf([...OVER, PUT_AWAY]));
  apply(book, ended(known + 75));
  const without = bookOf([...OVER, ended(known + 75)]);
  expect(leaderBook(book, LEADER)).toEqual(leaderBook(without, LEADER));
  expect(orderOf(leaderBook(book, LEADER), CAUSE)?.known.filled).toBe(known + 75);
});

test("R14 a leader's order stays in full while a mirror of it does", () => {
  const other = mirrorKey({ leader: LEADER, follower: OTHER, cause: CAUSE });
  const opened: BookRecord = { ...OPENED, follower: OTHER, mirror: other };
  const [first, ...rest] = OVER;
  const book = bookOf([...(first === undefined ? [] : [first]), opened, ...rest, PUT_AWAY]);
  expect([leaderBook(book, LEADER).orders.size, countOrdersPutAway(leaderBook(book, LEADER))]).toEqual([1, 0]);
  apply(book, { ...PUT_AWAY, follower: OTHER, mirrors: [other], orders: [] });
  expect([leaderBook(book, LEADER).orders.size, countOrdersPutAway(leaderBook(book, LEADER))]).toEqual([0, 1]);
});

test("a fold packs at its end, or where much waits: what leaves with its day is not packed first, and a busy day is not there in full", () => {
  const packedBefore = (end: readonly BookRecord[]): readonly boolean[] => {
    const book = emptyBook();
    const isPacked = (): boolean => [...followerBook(book, FOLLOWER).away.bundles.byNumber.values()].every(({ held }) => typeof held === "string");
    const seen: boolean[] = [];
    fold(book, {
      *read() {
        yield* journal([...OVER, ...end]).read();
        seen.push(isPacked());
      },
    });
    return [...seen, isPacked()];
  };
  expect(packedBefore([PUT_AWAY])).toEqual([false, true]);
  expect(packedBefore(Array.from({ length: 256 }, () => PUT_AWAY))).toEqual([true, true]);
});

test("R8 a fold packs what is left of its last day, and has then what was in memory", () => {
  const book = emptyBook();
  fold(book, journal([...OVER, PUT_AWAY]));
  expect(book).toEqual(bookOf([...OVER, PUT_AWAY]));
  fold(book, journal([TURNED]));
  expect(book).toEqual(bookOf([...OVER, PUT_AWAY, TURNED]));
});

test("R8 what a fold has not packed yet comes back as it was as well", () => {
  const late: BookRecord = { type: "leader-order-reported", at: second(200), leader: LEADER, report: frame(6, { status: "CANCELLED", filled: quantity(75) }) };
  const book = emptyBook();
  fold(book, journal([...OVER, PUT_AWAY, late]));
  expect(book).toEqual(bookOf([...OVER, PUT_AWAY, late]));
});
