/** What the copy has of the quantity that the leader has filled (R14, R15). */
import { describe, expect, test } from "vitest";
import { emptyBook, leaderBook } from "../book/book.ts";
import { correlationFor } from "../correlation.ts";
import { orderId } from "../identity.ts";
import { frame, LIMIT, second } from "../order/example.ts";
import { firstKnown } from "../order/known.ts";
import { quantity } from "../quantity.ts";
import { evolve } from "./evolve.ts";
import { MIRROR } from "./example.ts";
import { restingOfFilled } from "./exit.ts";
import type { Mirror } from "./mirror.ts";

/** The leader had 150 when he sold 450, of which 300 have filled; the copy had 75, and takes half. */
function restsOf({ exitFilled, due }: { readonly exitFilled: number; readonly due: number | undefined }): number {
  const sells = { ...MIRROR.contracted, side: "SELL" } as const;
  const filled = quantity(exitFilled);
  const correlationId = correlationFor(MIRROR.stem, { slice: 0, attempt: 0 });
  const terms = { ...LIMIT, quantity: quantity(225) };
  const order = { orderId: orderId("75001"), correlationId, contracted: sells, terms, filled };
  const about = { at: second(0), follower: MIRROR.follower, mirror: MIRROR.key };
  const placed = evolve(
    { ...MIRROR, contracted: sells, role: { role: "reverse", exit: { leaderPosition: quantity(150), held: quantity(75) } } },
    { type: "placement-intended", ...about, attempt: 0, correlationId, executing: false, afterMarket: false, terms, follows: LIMIT },
  );
  const reported = evolve(placed, { type: "follower-order-reported", at: second(1), report: frame(1, order) });
  const mirror: Mirror = { ...reported, exitFilled: filled, due: due === undefined ? undefined : quantity(due) };
  const book = emptyBook();
  const known = firstKnown(
    frame(1, { orderId: mirror.cause, contracted: sells, status: "PART_TRADED", terms: { ...LIMIT, quantity: quantity(450) }, filled: quantity(300) }),
  );
  leaderBook(book, mirror.leader).orders.set(mirror.cause, { known, flattened: false, endedAt: undefined });
  return restingOfFilled(book, mirror);
}

describe("R15 of a stop and reverse whose opening part the leader has filled by 150", () => {
  test.each([
    ["nothing has filled here: half of that rests", 0, undefined, 75],
    ["the exit part has filled here", 75, undefined, 75],
    ["more has been exited here than he held then: the order has sold that already (seed 22640)", 150, undefined, 0],
    ["that was all that the copy held when it made him flat: it is the exit part (seed 100710)", 150, 150, 75],
    ["more has been exited than was due then", 150, 75, 0],
  ])("%s", (_what, exitFilled, due, rests) => {
    expect(restsOf({ exitFilled, due })).toBe(rests);
  });
});
