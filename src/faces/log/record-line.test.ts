import { expect, test } from "vitest";
import { apply } from "../../domain/book/apply.ts";
import { emptyBook } from "../../domain/book/book.ts";
import { orderId } from "../../domain/identity.ts";
import { row, second } from "../../domain/order/example.ts";
import type { BookRecord } from "../../domain/records.ts";
import { answered, inBook, LEADER, OPENED, placing, SEEN } from "../../engine/views/story.example.ts";
import { recordLine } from "./record-line.ts";

const accepted = answered(2, { attempt: 0, request: "placement", result: { outcome: "accepted", orderId: orderId("75001") } });

/** The line of the last, when all of them are in the book. */
function lineOfLast(records: readonly BookRecord[]): string | undefined {
  const book = emptyBook();
  for (const record of records) apply(book, record);
  const last = records.at(-1);
  return last === undefined ? undefined : recordLine(last, { accounts: new Map(), book })?.message;
}

test("a row of a book, which has no name of the contract, is told with the one that is known, the leader's and the follower's", () => {
  const leaders: BookRecord = { type: "leader-order-reported", at: second(3), leader: LEADER, report: row(3, 3, { contract: undefined }) };
  expect(lineOfLast([SEEN, leaders])).toContain("NIFTY 24 NOV 26000 CALL MARGIN");
  expect(lineOfLast([leaders, OPENED, leaders])).toContain("NIFTY 24 NOV 26000 CALL MARGIN");
  expect(lineOfLast([SEEN, OPENED, placing(0, 1), accepted, inBook(3)])).toContain("NIFTY 24 NOV 26000 CALL MARGIN");
});
