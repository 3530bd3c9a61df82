import { expect, test } from "vitest";
import { apply } from "../domain/book/apply.ts";
import { type Book, emptyBook } from "../domain/book/book.ts";
import { ALWAYS_OPEN, type Calendar } from "../domain/calendar/calendar.ts";
import { clientId } from "../domain/identity.ts";
import { BUY, frame, row, second } from "../domain/order/example.ts";
import { unixMs } from "../domain/time.ts";
import { LackedOrders } from "./lacked.ts";

const LEADER = clientId("1000000001");
const GRACE_MS = 5_000;
const DAY_MS = 86_400_000;
const AFTER_MARKET = { contracted: { ...BUY, afterMarket: true } };

/** The leader has placed an after-market order in the evening, and it is the next day. */
function overnight(calendar: Calendar = ALWAYS_OPEN): { readonly book: Book; read(atMs: number, shows: "it" | "nothing"): number } {
  const book = emptyBook();
  apply(book, { type: "leader-order-reported", at: second(0), leader: LEADER, report: frame(0, AFTER_MARKET) });
  let elapsed = 0;
  const clock = { now: () => unixMs(second(0) + DAY_MS + elapsed), elapsed: () => elapsed };
  const lacked = new LackedOrders({ book, calendar, clock });
  return {
    book,
    read(atMs, shows) {
      elapsed = atMs;
      return lacked.in(LEADER, shows === "it" ? [row(0, 1, AFTER_MARKET)] : [], GRACE_MS).length;
    },
  };
}

test("R24 an after-market order of yesterday is lacked when two readings of the book, a grace apart, do not show it", () => {
  const { read } = overnight();
  expect(read(0, "nothing")).toBe(0);
  expect(read(GRACE_MS - 1, "nothing")).toBe(0);
  expect(read(GRACE_MS, "nothing")).toBe(1);
});

test("R24 one that a reading has shown in between is counted anew", () => {
  const { read } = overnight();
  read(0, "nothing");
  expect(read(3_000, "it")).toBe(0);
  expect(read(GRACE_MS, "nothing")).toBe(0);
  expect(read(2 * GRACE_MS, "nothing")).toBe(1);
});

test("R24 before its market has opened a missing row says nothing", () => {
  let phase: "closed" | "pre-open" | "open" = "closed";
  const { read } = overnight({ ...ALWAYS_OPEN, phase: () => phase });
  read(0, "nothing");
  expect(read(60_000, "nothing")).toBe(0);
  phase = "pre-open";
  expect(read(120_000, "nothing")).toBe(0);
  phase = "open";
  expect(read(180_000, "nothing")).toBe(0);
  expect(read(180_000 + GRACE_MS, "nothing")).toBe(1);
});

test("R24 an order that has ended, and one of today, are not asked for", () => {
  const ended = overnight();
  const cancelled = frame(1, { ...AFTER_MARKET, status: "CANCELLED" });
  apply(ended.book, { type: "leader-order-reported", at: second(1), leader: LEADER, report: cancelled });
  ended.read(0, "nothing");
  expect(ended.read(GRACE_MS, "nothing")).toBe(0);
  const today = overnight();
  today.read(-DAY_MS, "nothing");
  expect(today.read(GRACE_MS - DAY_MS, "nothing")).toBe(0);
});
