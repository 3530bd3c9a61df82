import { describe, expect, test } from "vitest";
import { correlationFor } from "../correlation.ts";
import { frame, LIMIT, STOP, second } from "../order/example.ts";
import { firstKnown } from "../order/known.ts";
import { NONE, quantity } from "../quantity.ts";
import { type Attempt, endedByOurCancel, filledOf, isOpen, liveUnits, type Placing, wasRefused } from "./attempt.ts";
import { evolve } from "./evolve.ts";
import { MIRROR } from "./example.ts";

function attempt(part: Partial<Attempt>): Attempt {
  const intended = {
    type: "placement-intended",
    at: second(0),
    follower: MIRROR.follower,
    mirror: MIRROR.key,
    attempt: 0,
    executing: false,
    afterMarket: false,
  } as const;
  const { attempts } = evolve(MIRROR, { ...intended, correlationId: correlationFor(MIRROR.stem, { slice: 0, attempt: 0 }), terms: LIMIT, follows: LIMIT });
  const [first] = attempts;
  if (first === undefined) throw new Error("nothing was intended");
  return { ...first, ...part };
}

const at = second(1);
const refusal = { code: "MARGIN_SHORT", brokerSaid: "insufficient funds" } as const;
const order = (part: Parameters<typeof frame>[1]) => firstKnown(frame(1, part));

describe("an order of which nothing was seen is open as long as it may exist", () => {
  test.each<[Placing, boolean]>([
    [{ state: "in-flight", since: at }, true],
    [{ state: "in-doubt", since: at, looks: { countedFrom: at, elapsedFrom: undefined, absent: [] } }, true],
    [{ state: "accepted", at }, true],
    [{ state: "refused", at, refusal }, false],
    [{ state: "not-sent", at, overLimit: false }, false],
    [{ state: "absent", at }, false],
  ])("%j: %s", (placing, expected) => {
    expect(isOpen(attempt({ placing }))).toBe(expected);
    expect(liveUnits(attempt({ placing }))).toBe(expected ? 150 : 0);
  });
});

test("an order that was seen is open until it was seen to end, whatever its answer was", () => {
  expect(isOpen(attempt({ placing: { state: "refused", at, refusal }, order: order({}) }))).toBe(true);
  expect(isOpen(attempt({ placing: { state: "accepted", at }, order: order({ status: "CANCELLED" }) }))).toBe(false);
});

test("what may still fill is the larger of what it is and what it is being changed to, less what is filled", () => {
  const partly = order({ filled: quantity(75) });
  const wanted = { ...LIMIT, quantity: quantity(300) };
  expect(filledOf(attempt({}))).toBe(0);
  expect(filledOf(attempt({ order: partly }))).toBe(75);
  expect(liveUnits(attempt({ order: partly }))).toBe(75);
  expect(
    liveUnits(attempt({ order: partly, changing: { state: "in-flight", wanted, follows: undefined, legs: undefined, wishes: undefined, since: at } })),
  ).toBe(225);
  expect(
    liveUnits(
      attempt({
        order: partly,
        changing: { state: "in-doubt", wanted: { ...LIMIT, quantity: quantity(75) }, follows: undefined, legs: undefined, wishes: undefined, since: at },
      }),
    ),
  ).toBe(75);
  expect(liveUnits(attempt({ order: order({ filled: quantity(75), status: "CANCELLED" }) }))).toBe(0);
  const upper = { price: LIMIT.price, triggerPrice: LIMIT.price, beyond: { lower: NONE, upper: quantity(75) } };
  expect(liveUnits(attempt({ terms: { ...STOP, upper } }))).toBe(225);
});

test("it ended by our cancel only if we had sent one", () => {
  const cancelled = order({ status: "CANCELLED" });
  const sent = { state: "sent", since: at, tries: 1, refusal: undefined } as const;
  expect(endedByOurCancel(attempt({ order: cancelled, cancelling: sent }))).toBe(true);
  expect(endedByOurCancel(attempt({ order: cancelled }))).toBe(false);
  expect(endedByOurCancel(attempt({ order: order({ status: "EXPIRED" }), cancelling: sent }))).toBe(false);
});

test("it was refused in its answer, or on the stream after it was received", () => {
  expect(wasRefused(attempt({ placing: { state: "refused", at, refusal } }))).toBe(true);
  expect(wasRefused(attempt({ placing: { state: "accepted", at }, order: order({ status: "REJECTED", exchangeOrderId: undefined }) }))).toBe(true);
  expect(wasRefused(attempt({ placing: { state: "accepted", at }, order: order({ status: "CANCELLED" }) }))).toBe(false);
});
