/** What is made of contradicting reports, example by example. The laws that hold for all of them: known.laws.test.ts. */
import { describe, expect, test } from "vitest";
import { correlationId } from "../identity.ts";
import { price } from "../money.ts";
import { NONE, quantity } from "../quantity.ts";
import { CONTRACT, frame, LIMIT, MARKET, row, STOP, second } from "./example.ts";
import { firstKnown, type KnownOrder, merge } from "./known.ts";
import type { OrderReport, ReportedStatus } from "./report.ts";

function knownFrom(first: OrderReport, ...rest: readonly OrderReport[]): KnownOrder {
  return rest.reduce(merge, firstKnown(first));
}

const DEARER = { ...LIMIT, price: price(1_250_000) };
const DEARER_STILL = { ...LIMIT, price: price(1_300_000) };
const half = { filled: quantity(75), averagePrice: price(1_204_000) };
const full = { filled: quantity(150), averagePrice: price(1_204_500) };

describe("an OCO order that has fired one of its two (R19)", () => {
  const upper = { price: price(1_340_000), triggerPrice: price(1_350_000), beyond: { lower: NONE, upper: NONE } };
  const waits = row(1, 2, { family: "forever", exchangeOrderId: undefined, terms: { ...STOP, upper } });
  const fired = frame(3, { family: "forever", fired: frame(0).orderId, terms: { ...LIMIT, price: upper.price } });
  const asked = { ...STOP, price: upper.price, triggerPrice: upper.triggerPrice };

  test("asks for that from there on, and has triggered", () => {
    expect(knownFrom(waits, fired)).toMatchObject({ terms: asked, triggered: true, fired: { order: fired.fired } });
    expect(knownFrom(waits, fired).terms.upper).toBeUndefined();
  });

  test("and asks for the other no more, whatever a list says that lags", () => {
    expect(knownFrom(waits, fired, { ...waits, updatedAt: second(5) }).terms).toEqual(asked);
  });
});

describe("fills (R1)", () => {
  test.each<ReportedStatus>(["PART_TRADED", "TRADED", "PENDING", "MODIFIED"])("a partial fill that comes as %s leaves the order open", (status) => {
    expect(knownFrom(frame(1), frame(2, { status, ...half }))).toMatchObject({ filled: 75, averagePrice: 1_204_000, end: undefined, confirmed: true });
  });

  test.each<ReportedStatus>(["PART_TRADED", "TRADED", "PENDING", "CANCELLED"])(
    "an order that is filled to its quantity is filled, though the word is %s",
    (status) => {
      expect(knownFrom(frame(1), frame(2, { status, ...full }))).toMatchObject({ filled: 150, end: "filled" });
    },
  );

  test("a leg of a super order that was sent for what its entry has filled is filled with that", () => {
    const leg = { leg: "target", of: frame(0).orderId } as const;
    const waits = frame(1, { leg, family: "super", exchangeOrderId: undefined });
    const placeholder = frame(2, { leg, family: "super", exchangeOrderId: undefined, terms: { ...LIMIT, quantity: quantity(1) } });
    expect(knownFrom(waits, placeholder)).toMatchObject({ terms: LIMIT, end: undefined });
    const fired = frame(3, { leg, family: "super", status: "TRADED", terms: { ...DEARER, quantity: quantity(75) }, ...half });
    expect(knownFrom(waits, fired)).toMatchObject({ terms: { ...LIMIT, quantity: 75 }, filled: 75, end: "filled" });
  });

  test("the filled quantity never falls, whatever a later report says", () => {
    expect(knownFrom(frame(1), frame(2, { status: "TRADED", ...half }), frame(3), row(4, 9))).toMatchObject({ filled: 75, averagePrice: 1_204_000 });
  });

  test("a fill that comes late raises the filled quantity, and leaves newer terms alone", () => {
    const known = knownFrom(frame(1), frame(4, { status: "MODIFIED", terms: DEARER, orderTime: second(4) }), frame(2, { status: "PART_TRADED", ...half }));
    expect(known).toMatchObject({ filled: 75, terms: DEARER, updatedAt: second(4) });
  });

  test("a fill after a cancel is counted, and nothing else of that report", () => {
    const known = knownFrom(frame(1), frame(2, { status: "CANCELLED" }), frame(3, { status: "TRADED", terms: DEARER, reason: "TRADE CONFIRMED", ...half }));
    expect(known).toMatchObject({ end: "cancelled", filled: 75, terms: LIMIT, reason: "" });
  });

  test("an order whose cancel was overtaken by its last fill is filled, in either order of arrival", () => {
    const cancelled = frame(2, { status: "CANCELLED" });
    const traded = frame(3, { status: "TRADED", ...full });
    expect(knownFrom(frame(1), cancelled, traded)).toMatchObject({ end: "filled", filled: 150 });
    expect(knownFrom(frame(1), traded, cancelled)).toMatchObject({ end: "filled", filled: 150 });
  });

  test("a quantity that the leader lowers to what is filled ends the order", () => {
    const known = knownFrom(
      frame(1),
      frame(2, { status: "TRADED", ...half }),
      frame(3, { status: "MODIFIED", terms: { ...LIMIT, quantity: quantity(75) }, ...half }),
    );
    expect(known).toMatchObject({ end: "filled", filled: 75 });
  });
});

describe("what one report says and another does not", () => {
  test("a later report without an average leaves the average alone", () => {
    expect(knownFrom(frame(1, half), frame(2, { filled: half.filled })).averagePrice).toBe(1_204_000);
  });

  test("two fills within one second are both seen", () => {
    expect(knownFrom(frame(1), frame(2, half), frame(2, { ...half, filled: quantity(150) }))).toMatchObject({ filled: 150, end: "filled" });
  });

  test("a cancel within the second of the order's first frame is seen", () => {
    expect(knownFrom(frame(1), frame(1, { status: "CANCELLED" })).end).toBe("cancelled");
  });

  test("the exchange's number, our mark, the contract and the confirmation stay known when a later report leaves them out", () => {
    const bare = frame(2, { status: "TRANSIT", exchangeOrderId: undefined, contract: undefined });
    const known = knownFrom(frame(1, { correlationId: correlationId("lks1") }), bare);
    expect(known).toMatchObject({ reached: true, confirmed: true, correlationId: "lks1", contract: CONTRACT });
  });

  test("they are learned from whichever later report brings them", () => {
    const bare = frame(1, { status: "TRANSIT", exchangeOrderId: undefined, contract: undefined });
    expect(firstKnown(bare)).toMatchObject({ reached: false, confirmed: false, correlationId: undefined, contract: undefined });
    expect(knownFrom(bare, frame(2, { correlationId: correlationId("lks1") }))).toMatchObject({
      reached: true,
      confirmed: true,
      correlationId: "lks1",
      contract: CONTRACT,
    });
  });

  test("a fill confirms an order whatever the word", () => {
    expect(firstKnown(frame(1, { status: "TRANSIT", ...half })).confirmed).toBe(true);
  });

  test("an order that shows no quantity is not taken for filled", () => {
    expect(firstKnown(frame(1, { terms: { ...LIMIT, quantity: NONE } })).end).toBeUndefined();
  });

  test("a row that says what a frame said leaves the frame's facts in place", () => {
    const known = knownFrom(frame(1, { orderTime: undefined }), row(1, 9));
    expect(known).toMatchObject({ contract: CONTRACT, newest: { from: "row" } });
    expect(known.told).toHaveLength(2);
  });
});

describe("ends", () => {
  test.each([
    ["CANCELLED", "cancelled"],
    ["EXPIRED", "expired"],
  ] as const)("%s ends an order, and keeps what it had filled", (status, end) => {
    expect(knownFrom(frame(1), frame(2, { status: "TRADED", ...half }), frame(3, { status, ...half }))).toMatchObject({ end, filled: 75 });
  });

  test("a report from before the end, come late, does not open the order again", () => {
    expect(knownFrom(frame(1), frame(3, { status: "CANCELLED" }), frame(2, { status: "MODIFIED" }))).toMatchObject({ end: "cancelled", updatedAt: second(3) });
  });

  test("an order that is first seen ended says so, and one that ends later does not", () => {
    expect(firstKnown(frame(1, { status: "CANCELLED" })).firstSeenEnded).toBe(true);
    expect(knownFrom(frame(1), frame(2, { status: "CANCELLED" })).firstSeenEnded).toBe(false);
    expect(knownFrom(frame(2, { status: "CANCELLED" }), frame(1)).firstSeenEnded).toBe(true);
  });

  test("an order is confirmed by the first word that is more than receipt", () => {
    expect(firstKnown(frame(1, { status: "TRANSIT", exchangeOrderId: undefined })).confirmed).toBe(false);
    expect(firstKnown(frame(1, { status: "REJECTED", exchangeOrderId: undefined })).confirmed).toBe(false);
    expect(firstKnown(frame(1)).confirmed).toBe(true);
  });
});

describe("frames and rows (R1)", () => {
  const changed = frame(10, { status: "MODIFIED", terms: DEARER, orderTime: second(10) });

  test("a row asked for less than a second after a frame's second never beats that frame", () => {
    expect(knownFrom(changed, row(10, 10.999, { terms: LIMIT })).terms).toEqual(DEARER);
    expect(knownFrom(row(10, 10.999, { terms: LIMIT }), changed)).toMatchObject({ terms: DEARER, doubt: undefined });
  });

  test("a row asked for a second after a frame's second, or later, does", () => {
    expect(knownFrom(changed, row(10, 11, { terms: DEARER_STILL }))).toMatchObject({ terms: DEARER_STILL, doubt: undefined });
    expect(knownFrom(row(10, 11, { terms: DEARER_STILL }), changed).terms).toEqual(DEARER_STILL);
  });

  test("of two rows of one second the one that was asked for later counts", () => {
    expect(knownFrom(row(10, 12, { terms: DEARER }), row(10, 11, { terms: LIMIT })).terms).toEqual(DEARER);
    expect(knownFrom(row(10, 11, { terms: LIMIT }), row(10, 12, { terms: DEARER })).terms).toEqual(DEARER);
  });

  test("a row that lags behind the stream changes nothing, however late it was asked for", () => {
    expect(knownFrom(frame(1), changed, row(1, 14, { terms: LIMIT }))).toMatchObject({ terms: DEARER, updatedAt: second(10) });
  });

  test("a frame that came before is no news: the very same object comes back", () => {
    const known = knownFrom(frame(1), changed);
    expect(merge(known, frame(1))).toBe(known);
    expect(merge(known, changed)).toBe(known);
  });

  test("the row of the next poll brings its time and leaves the terms the very same object", () => {
    const known = knownFrom(frame(1), row(1, 20));
    const polled = merge(known, row(1, 35));
    expect(polled.newest).toEqual({ from: "row", asked: second(35) });
    expect(polled.terms).toBe(known.terms);
    expect(polled.told).toHaveLength(2);
  });

  test("what only frames know stays known when rows follow", () => {
    expect(knownFrom(frame(1, { lastPrice: price(1_203_000), reason: "CONFIRMED" }), row(2, 9))).toMatchObject({
      lastPrice: 1_203_000,
      reason: "CONFIRMED",
      orderTime: second(0),
    });
    expect(knownFrom(row(2, 9), frame(1)).contract).toEqual(frame(1).contract);
  });

  test("an order that once showed itself as part of a family stays one", () => {
    expect(knownFrom(row(1, 2), frame(1, { family: "super" })).family).toBe("super");
    expect(knownFrom(frame(1, { family: "super" }), row(2, 4)).family).toBe("super");
  });
});

describe("ties: different terms within one second (R1)", () => {
  const dearer = frame(10, { status: "MODIFIED", terms: DEARER, orderTime: second(10) });
  const dearerStill = frame(10, { status: "MODIFIED", terms: DEARER_STILL, orderTime: second(10) });

  test("the last arrived is acted on, and one read is asked for", () => {
    expect(knownFrom(frame(1), dearer, dearerStill)).toMatchObject({ terms: DEARER_STILL, doubt: { about: "tie", since: second(10) } });
    expect(knownFrom(frame(1), dearerStill, dearer)).toMatchObject({ terms: DEARER, doubt: { about: "tie", since: second(10) } });
  });

  test("a repetition of the earlier frame is not taken for the newer wish", () => {
    expect(knownFrom(frame(1), dearer, dearerStill, dearer)).toMatchObject({ terms: DEARER_STILL });
  });

  test("equal terms in two words are no tie", () => {
    expect(knownFrom(frame(1), dearer, frame(10, { terms: DEARER })).doubt).toBeUndefined();
  });

  test("the read that follows settles it, one that was asked for too early does not", () => {
    const tie = knownFrom(frame(1), dearer, dearerStill);
    expect(merge(tie, row(10, 10.9, { terms: DEARER }))).toMatchObject({ terms: DEARER_STILL, doubt: { about: "tie" } });
    expect(merge(tie, row(10, 11.05, { terms: DEARER }))).toMatchObject({ terms: DEARER, doubt: undefined });
    expect(merge(tie, row(10, 11.05, { terms: DEARER_STILL }))).toMatchObject({ terms: DEARER_STILL, doubt: undefined });
  });

  test("the next frame settles it as well", () => {
    expect(knownFrom(frame(1), dearer, dearerStill, frame(12, { terms: DEARER }))).toMatchObject({ terms: DEARER, doubt: undefined });
  });

  test("an end settles it", () => {
    expect(knownFrom(frame(1), dearer, dearerStill, frame(10, { status: "CANCELLED", terms: DEARER_STILL }))).toMatchObject({
      end: "cancelled",
      doubt: undefined,
    });
  });
});

describe("what the broker does by itself (R2)", () => {
  test("a market order that shows as a protected limit is still the leader's market order", () => {
    const converted = { ...LIMIT, price: price(1_230_000) };
    expect(knownFrom(frame(1, { terms: MARKET }), frame(1, { terms: converted }), row(2, 9, { terms: converted }))).toMatchObject({
      terms: MARKET,
      doubt: undefined,
      triggered: false,
    });
  });

  test("the same, when the frame that shows the market order comes last", () => {
    expect(knownFrom(frame(2, { terms: LIMIT }), frame(1, { terms: MARKET })).terms).toEqual(MARKET);
  });

  test("a triggered stop that shows as a limit is still the leader's stop, and triggered", () => {
    const limit = { ...STOP, type: "LIMIT" as const };
    expect(knownFrom(frame(1, { terms: STOP }), frame(5, { terms: limit }))).toMatchObject({ terms: STOP, triggered: true });
    expect(knownFrom(frame(1, { terms: STOP }), row(5, 9, { terms: limit }))).toMatchObject({ terms: STOP, triggered: true });
  });

  test("MARKET turned into LIMIT with the word Modified is the leader's change", () => {
    expect(knownFrom(frame(1, { terms: MARKET }), frame(5, { status: "MODIFIED", terms: LIMIT })).terms).toEqual(LIMIT);
  });

  test("a stop turned into a limit with a moved order time is the leader's change, though the Modified frame was lost", () => {
    const limit = { ...STOP, type: "LIMIT" as const, triggerPrice: LIMIT.triggerPrice };
    expect(knownFrom(frame(1, { terms: STOP }), frame(6, { status: "PART_TRADED", terms: limit, orderTime: second(5), ...half }))).toMatchObject({
      terms: limit,
      triggered: false,
    });
  });

  test("a triggered stop whose limit the leader then changes is his limit order", () => {
    const limit = { ...STOP, type: "LIMIT" as const };
    const known = knownFrom(frame(1, { terms: STOP }), frame(5, { terms: limit }), frame(8, { status: "MODIFIED", terms: DEARER }));
    expect(known).toMatchObject({ terms: DEARER, triggered: false });
  });

  test("a quantity that changed comes through even where the type is the broker's", () => {
    expect(knownFrom(frame(1, { terms: MARKET }), row(5, 9, { terms: { ...LIMIT, quantity: quantity(300) } })).terms).toEqual({ ...MARKET, quantity: 300 });
  });

  test("a change that only a row shows is the leader's, where no conversion explains it", () => {
    expect(knownFrom(frame(1), row(5, 9, { terms: DEARER })).terms).toEqual(DEARER);
  });
});

describe("rejected after accepted (R5)", () => {
  const rejected = frame(10, { status: "REJECTED", reason: "Price is outside the circuit limit range" });

  test("a frame that calls a resting order rejected is read before it is believed", () => {
    expect(knownFrom(frame(1), rejected)).toMatchObject({ end: undefined, doubt: { about: "rejection", since: second(10) } });
    expect(knownFrom(frame(1), frame(2, { status: "TRADED", ...half }), rejected)).toMatchObject({ end: undefined, doubt: { about: "rejection" } });
  });

  test("an order that the exchange never had is rejected at once", () => {
    const transit = frame(1, { status: "TRANSIT", exchangeOrderId: undefined });
    expect(knownFrom(transit, frame(2, { status: "REJECTED", exchangeOrderId: undefined }))).toMatchObject({ end: "rejected", doubt: undefined });
  });

  test("a row that calls it rejected as well ends it", () => {
    expect(knownFrom(frame(1), rejected, row(10, 11.05, { status: "REJECTED" }))).toMatchObject({ end: "rejected", doubt: undefined });
  });

  test("a row that shows it open, asked for after the frame, proves that only a change was refused", () => {
    expect(knownFrom(frame(1), rejected, row(10, 11.05))).toMatchObject({ end: undefined, doubt: undefined, terms: LIMIT });
    expect(knownFrom(frame(1), rejected, row(12, 13))).toMatchObject({ end: undefined, doubt: undefined });
  });

  test("a row asked for too early proves nothing", () => {
    expect(knownFrom(frame(1), rejected, row(10, 10.9))).toMatchObject({ doubt: { about: "rejection" } });
  });

  test("a row that still shows the time from before may be lagging, until it has shown it for longer than books lag", () => {
    expect(knownFrom(frame(1), rejected, row(1, 12))).toMatchObject({ doubt: { about: "rejection" } });
    expect(knownFrom(frame(1), rejected, row(1, 12), row(1, 16))).toMatchObject({ end: undefined, doubt: undefined });
  });

  test("a frame alone never settles it", () => {
    expect(knownFrom(frame(1), rejected, frame(12)).doubt).toEqual({ about: "rejection", since: second(10) });
  });
});

test("normalised terms: what a type does not have is left out of what is known", () => {
  const known = firstKnown(frame(1, { terms: { ...MARKET, price: price(5), triggerPrice: price(7), disclosed: quantity(150) } }));
  expect(known.terms).toEqual({ ...MARKET, disclosed: NONE });
});
