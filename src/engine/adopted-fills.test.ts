/** With the journal lost orders are taken on in the order of the leader's book, which is not that of their fills (R11, R16). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { apply } from "../domain/book/apply.ts";
import { emptyBook, followerBook, holdingKey, ledgerOf } from "../domain/book/book.ts";
import { correlationFor, correlationStem } from "../domain/correlation.ts";
import { orderId } from "../domain/identity.ts";
import { mirrorKey } from "../domain/mirror/mirror.ts";
import { OPTION, row, second } from "../domain/order/example.ts";
import type { Product, Side } from "../domain/order/terms.ts";
import { quantity } from "../domain/quantity.ts";
import type { BookRecord, MirrorOpened } from "../domain/records.ts";
import { tradingDay } from "../domain/time.ts";
import { FOLLOWER, HALF, LEADER, OPENED } from "./views/story.example.ts";

interface Adopted {
  readonly number: number;
  readonly side: Side;
  readonly role: MirrorOpened["role"];
  /** Of the leader's order, where it is not that in which ours was placed. */
  readonly leadersProduct?: Product;
}

const UNITS = quantity(75);
const ENTRY: Adopted = { number: 1, side: "BUY", role: { role: "entry" } };
const TARGET: Adopted = { number: 2, side: "SELL", role: { role: "exit", exit: { leaderPosition: quantity(150), held: UNITS } } };
const STOP: Adopted = { ...TARGET, number: 3 };

/** A mirror, and its order as the book shows it: filled, nobody knows when. */
function takenOn({ number, side, role, leadersProduct = OPENED.contracted.product }: Adopted): readonly BookRecord[] {
  const cause = orderId(`11261120000${number}`);
  const stem = correlationStem({ leader: LEADER, cause, day: tradingDay(second(0)), follower: FOLLOWER });
  const about = { follower: FOLLOWER, mirror: mirrorKey({ leader: LEADER, follower: FOLLOWER, cause }) };
  const contracted = { ...OPENED.contracted, side };
  const filled = { status: "TRADED", filled: UNITS, averagePrice: HALF.price } as const;
  const order = { clientId: FOLLOWER, orderId: orderId(`7500${number}`), correlationId: correlationFor(stem, { slice: 0, attempt: 0 }) };
  return [
    { ...OPENED, ...about, cause, stem, contracted: { ...contracted, product: leadersProduct }, role, late: true },
    { type: "order-adopted", at: second(9), ...about, report: row(5, 9, { ...order, contracted, terms: HALF, ...filled }) },
  ];
}

function flippedAfter(all: readonly Adopted[]): { readonly net: number; readonly flipped: number } {
  const book = emptyBook();
  for (const record of all.flatMap(takenOn)) apply(book, record);
  const { net, flipped } = ledgerOf(followerBook(book, FOLLOWER), LEADER, holdingKey(OPTION, OPENED.contracted.product));
  return { net, flipped };
}

test("R16 what two alternatives sold too much of one entry is the same in whatever order the three are taken on (seed 21234)", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([ENTRY, TARGET, STOP], { minLength: 3 }), (all) => {
      expect(flippedAfter(all)).toEqual({ net: -75, flipped: -75 });
    }),
  );
});

test("R11 where one exit sold what an entry had bought, nothing was too much", () => {
  expect(flippedAfter([TARGET, ENTRY])).toEqual({ net: 0, flipped: 0 });
});

test.each([{ role: "entry" } as const, TARGET.role])(
  "R11 R15 what an order, taken for an $role, sold in another product than the leader's is held no more, whichever is taken on first (seed 95617)",
  (role) => {
    const sale: Adopted = { ...TARGET, role, leadersProduct: "INTRADAY" };
    for (const all of [
      [ENTRY, sale],
      [sale, ENTRY],
    ]) {
      const book = emptyBook();
      for (const record of all.flatMap(takenOn)) apply(book, record);
      for (const product of ["INTRADAY", "MARGIN"] as const)
        expect(ledgerOf(followerBook(book, FOLLOWER), LEADER, holdingKey(OPTION, product))).toEqual({ net: 0, flipped: 0 });
    }
  },
);
