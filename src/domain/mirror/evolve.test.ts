/** A mirror after each fact about the orders that were placed for it (R2, R3, R6, R10, R11). */
import { describe, expect, test } from "vitest";
import { correlationFor } from "../correlation.ts";
import { correlationId, orderId } from "../identity.ts";
import { price } from "../money.ts";
import { frame, LIMIT, MARKET, row, STOP, second } from "../order/example.ts";
import type { RefusalCode } from "../order/refusal.ts";
import type { OrderReport } from "../order/report.ts";
import type { Terms } from "../order/terms.ts";
import { quantity } from "../quantity.ts";
import type { RequestOutcome } from "../records.ts";
import type { Attempt } from "./attempt.ts";
import { evolve, type MirrorEvent, nextAttempt } from "./evolve.ts";
import { MIRROR } from "./example.ts";
import { resembles } from "./likeness.ts";
import type { Mirror } from "./mirror.ts";

const about = { follower: MIRROR.follower, mirror: MIRROR.key };
const HALF: Terms = { ...LIMIT, quantity: quantity(75) };
const DEARER: Terms = { ...HALF, price: price(1_250_000) };
const ORDER = orderId("212611200009");
const REFUSAL = { code: "MARGIN_SHORT", brokerSaid: "You have insufficient funds" } as const;
const ACCEPTED: RequestOutcome = { outcome: "accepted", orderId: ORDER };
const REFUSED: RequestOutcome = { outcome: "refused", refusal: REFUSAL };
const refusedWith = (code: RefusalCode): RequestOutcome => ({ outcome: "refused", refusal: { code, brokerSaid: code } });
const UNSENT: RequestOutcome = { outcome: "not-sent", cause: "connection refused" };
const UNKNOWN: RequestOutcome = { outcome: "unknown", because: "timeout" };

const idOf = (attempt: number) => correlationFor(MIRROR.stem, { slice: 0, attempt });
const placed = (at: number, terms: Terms = HALF, attempt = 0): MirrorEvent => ({
  type: "placement-intended",
  at: second(at),
  ...about,
  attempt,
  correlationId: idOf(attempt),
  executing: false,
  afterMarket: false,
  terms,
  follows: LIMIT,
});
const changing = (at: number, terms: Terms): MirrorEvent => ({
  type: "modification-intended",
  at: second(at),
  ...about,
  attempt: 0,
  orderId: ORDER,
  terms,
  follows: { ...LIMIT, price: terms.price },
});
const cancelling = (at: number): MirrorEvent => ({ type: "cancel-intended", at: second(at), ...about, attempt: 0, orderId: ORDER });
const answered = (at: number, request: "placement" | "modification" | "cancel", result: RequestOutcome, attempt = 0): MirrorEvent => ({
  type: "request-answered",
  at: second(at),
  ...about,
  attempt,
  request,
  result,
  stages: undefined,
});
const looked = (at: number, answer: "found" | "absent" | "failed"): MirrorEvent => ({
  type: "look-answered",
  at: second(at + 0.1),
  ...about,
  attempt: 0,
  asked: second(at),
  answer,
  graceMs: 5_000,
});
const ours = { orderId: ORDER, correlationId: idOf(0), terms: HALF };
const reported = (at: number, report: OrderReport): MirrorEvent => ({ type: "follower-order-reported", at: second(at), report });
const shown = (at: number, part: Parameters<typeof frame>[1] = {}): MirrorEvent => reported(at, frame(at, { ...ours, ...part }));
const read = (at: number, asked: number, part: Parameters<typeof row>[2] = {}): MirrorEvent => reported(asked, row(at, asked, { ...ours, ...part }));
const restarted = (at: number): MirrorEvent => ({ type: "engine-started", at: second(at) });

function mirrorAfter(...events: readonly MirrorEvent[]): Mirror {
  return events.reduce(evolve, MIRROR);
}

function attemptAfter(...events: readonly MirrorEvent[]): Attempt | undefined {
  return mirrorAfter(...events).attempts[0];
}

const resting = [placed(1), answered(2, "placement", ACCEPTED), shown(2)] as const;

describe("a placement", () => {
  test("that is intended is in flight, and its order is not known", () => {
    expect(attemptAfter(placed(1))).toMatchObject({
      number: 0,
      correlationId: idOf(0),
      placing: { state: "in-flight", since: second(1) },
      orderId: undefined,
      terms: HALF,
      follows: LIMIT,
      everSent: [HALF],
      modifications: 0,
    });
  });

  test("must be the next one", () => {
    expect(nextAttempt(MIRROR)).toBe(0);
    expect(nextAttempt(mirrorAfter(placed(1)))).toBe(1);
    expect(() => mirrorAfter(placed(1), placed(2))).toThrow("attempt 0 was not next");
    expect(() => mirrorAfter(placed(1, HALF, 1))).toThrow("attempt 1 was not next");
  });

  test.each([
    [ACCEPTED, { state: "accepted", at: second(2) }],
    [REFUSED, { state: "refused", at: second(2), refusal: REFUSAL }],
    [UNSENT, { state: "not-sent", at: second(2), overLimit: false }],
    [refusedWith("RATE_LIMIT"), { state: "not-sent", at: second(2), overLimit: true }],
    [UNKNOWN, { state: "in-doubt", since: second(2), looks: { countedFrom: second(2), absent: [] } }],
  ])("answered with %j", (result, placing) => {
    expect(attemptAfter(placed(1), answered(2, "placement", result))?.placing).toEqual(placing);
  });

  test("R6 the order's number is known from the answer, or from the follower's own stream before it", () => {
    expect(attemptAfter(placed(1), answered(2, "placement", ACCEPTED))?.orderId).toBe(ORDER);
    expect(attemptAfter(placed(1), shown(1))).toMatchObject({ orderId: ORDER, placing: { state: "in-flight" } });
  });

  test.each([UNKNOWN, REFUSED, UNSENT])("R6 that the stream has shown was accepted, whatever its answer: %j", (result) => {
    expect(attemptAfter(placed(1), shown(1), answered(4, "placement", result))?.placing).toEqual({ state: "accepted", at: second(4) });
  });

  test.each([UNKNOWN, REFUSED, UNSENT])("R6 that the stream shows after its answer was accepted all the same: %j", (result) => {
    expect(attemptAfter(placed(1), answered(4, "placement", result), shown(5))).toMatchObject({
      placing: { state: "accepted", at: second(5) },
      orderId: ORDER,
    });
  });

  test("a second one leaves the first as it is", () => {
    const mirror = mirrorAfter(placed(1), answered(2, "placement", UNSENT), placed(3, DEARER, 1), answered(4, "placement", ACCEPTED, 1));
    expect(mirror.attempts.map(({ number, placing }) => [number, placing.state])).toEqual([
      [0, "not-sent"],
      [1, "accepted"],
    ]);
  });
});

describe("a placement in doubt (R10)", () => {
  const doubtful = [placed(1), answered(4, "placement", UNKNOWN)] as const;
  const stateAfter = (...events: readonly MirrorEvent[]) => attemptAfter(...doubtful, ...events)?.placing.state;

  test("is proved absent by three looks that are spread over the grace", () => {
    expect(stateAfter(looked(4, "absent"), looked(6.5, "absent"))).toBe("in-doubt");
    expect(stateAfter(looked(4, "absent"), looked(6.5, "absent"), looked(9, "absent"))).toBe("absent");
  });

  test("three looks in a hurry prove nothing, the grace is counted from the time-out", () => {
    expect(stateAfter(looked(4, "absent"), looked(4.1, "absent"), looked(8.999, "absent"))).toBe("in-doubt");
    expect(stateAfter(looked(4, "absent"), looked(4.1, "absent"), looked(8.999, "absent"), looked(9, "absent"))).toBe("absent");
  });

  test("two looks prove nothing, however late", () => {
    expect(stateAfter(looked(4, "absent"), looked(600, "absent"))).toBe("in-doubt");
  });

  test("a look that fails restarts the count and the grace", () => {
    const failed = [looked(4, "absent"), looked(6.5, "absent"), looked(9, "failed")] as const;
    expect(attemptAfter(...doubtful, ...failed)?.placing).toMatchObject({ state: "in-doubt", since: second(4), looks: { countedFrom: second(9), absent: [] } });
    expect(stateAfter(...failed, looked(9, "absent"), looked(11.5, "absent"), looked(13.9, "absent"))).toBe("in-doubt");
    expect(stateAfter(...failed, looked(9, "absent"), looked(11.5, "absent"), looked(14, "absent"))).toBe("absent");
  });

  test("a look that was asked for before the count began again is not counted", () => {
    expect(stateAfter(looked(7, "failed"), looked(6, "absent"), looked(9.5, "absent"), looked(12, "absent"))).toBe("in-doubt");
  });

  test("a step of the wall clock proves nothing: within a process the grace is counted in elapsed time", () => {
    const inElapsed = (at: number, elapsed: number): MirrorEvent => ({ ...looked(at, "absent"), askedElapsedMs: elapsed * 1_000 }) as MirrorEvent;
    const asked = { ...answered(4, "placement", UNKNOWN), elapsedMs: 104_000 } as MirrorEvent;
    const stateBy = (...looks: readonly MirrorEvent[]) => attemptAfter(placed(1), asked, ...looks)?.placing.state;
    expect(stateBy(inElapsed(4, 104), inElapsed(7.2, 106.5), inElapsed(9.7, 108.9))).toBe("in-doubt");
    expect(stateBy(inElapsed(4, 104), inElapsed(3, 106.5), inElapsed(5.5, 109))).toBe("absent");
  });

  test("after a restart the looks begin anew: how long the process before had waited only the wall clock tells", () => {
    const start = { ...restarted(60), elapsedMs: 0 } as MirrorEvent;
    const inElapsed = (elapsed: number): MirrorEvent => ({ ...looked(60 + elapsed, "absent"), askedElapsedMs: elapsed * 1_000 }) as MirrorEvent;
    expect(stateAfter(looked(4, "absent"), looked(6.5, "absent"), start, inElapsed(0.5))).toBe("in-doubt");
    expect(stateAfter(looked(4, "absent"), start, inElapsed(0.5), inElapsed(3), inElapsed(5.5))).toBe("absent");
  });

  test("a look that finds it ends the doubt, and so does the stream", () => {
    expect(stateAfter(looked(4, "absent"), looked(6.5, "found"))).toBe("accepted");
    expect(stateAfter(looked(4, "absent"), shown(5))).toBe("accepted");
  });

  test("looks mean nothing once the doubt is over", () => {
    const mirror = mirrorAfter(...resting);
    expect(evolve(mirror, looked(9, "absent"))).toBe(mirror);
  });

  test("one that was proved absent and turns up all the same is there", () => {
    expect(stateAfter(looked(4, "absent"), looked(6.5, "absent"), looked(9, "absent"), shown(20))).toBe("accepted");
  });
});

describe("a change (R2, R3)", () => {
  test("that is intended is in flight, while the terms are still those that the broker accepted last", () => {
    expect(attemptAfter(...resting, changing(5, DEARER))).toMatchObject({
      changing: { state: "in-flight", wanted: DEARER, since: second(5) },
      terms: HALF,
      follows: LIMIT,
      everSent: [HALF, DEARER],
      modifications: 1,
    });
  });

  test("that was accepted gives the new terms, and what they follow", () => {
    expect(attemptAfter(...resting, changing(5, DEARER), answered(6, "modification", ACCEPTED))).toMatchObject({
      changing: { state: "none" },
      terms: DEARER,
      follows: { ...LIMIT, price: DEARER.price },
    });
  });

  test("that was refused leaves the old terms, and is remembered", () => {
    expect(attemptAfter(...resting, changing(5, DEARER), answered(6, "modification", REFUSED))).toMatchObject({
      changing: { state: "none" },
      terms: HALF,
      refusedChange: DEARER,
      modifications: 1,
    });
  });

  test("an accepted one forgets the refused one", () => {
    const cheaper = { ...HALF, price: price(1_100_000) };
    const events = [changing(5, DEARER), answered(6, "modification", REFUSED), changing(7, cheaper), answered(8, "modification", ACCEPTED)];
    expect(attemptAfter(...resting, ...events)).toMatchObject({ terms: cheaper, refusedChange: undefined });
  });

  test("that never left counts as none, and pauses", () => {
    expect(attemptAfter(...resting, changing(5, DEARER), answered(6, "modification", UNSENT))).toMatchObject({
      changing: { state: "none" },
      terms: HALF,
      modifications: 0,
      pausedUntil: second(6.5),
    });
  });

  test.each([
    ["RATE_LIMIT", 0],
    ["ADDRESS_NOT_ALLOWED", 0],
    ["TOKEN_DEAD", 5],
    ["NO_ACCESS", 30],
  ] as const)("that was refused with %s counts as none, and goes again %i s later, when the account lets it", (code, pauseS) => {
    expect(attemptAfter(...resting, changing(5, DEARER), answered(6, "modification", refusedWith(code)))).toMatchObject({
      changing: { state: "none" },
      terms: HALF,
      refusedChange: undefined,
      modifications: 0,
      pausedUntil: second(6 + pauseS),
    });
  });

  test("that was one too many for the broker is the cap, whatever we have counted, and no fault of the terms", () => {
    expect(attemptAfter(...resting, changing(5, DEARER), answered(6, "modification", refusedWith("MODIFICATION_CAP")))).toMatchObject({
      isCapped: true,
      refusedChange: undefined,
      modifications: 1,
    });
  });

  test("an answer to a change that is settled already says nothing", () => {
    const mirror = mirrorAfter(...resting);
    expect(evolve(mirror, answered(6, "modification", ACCEPTED))).toBe(mirror);
  });

  describe("in doubt", () => {
    const doubtful = [...resting, changing(5, DEARER), answered(8, "modification", UNKNOWN)] as const;

    test("waits for a look", () => {
      expect(attemptAfter(...doubtful)).toMatchObject({ changing: { state: "in-doubt", wanted: DEARER, since: second(8) }, terms: HALF });
    });

    test("is made when a row or a new frame shows the wanted terms", () => {
      expect(attemptAfter(...doubtful, read(5, 9, { terms: DEARER }))).toMatchObject({ changing: { state: "none" }, terms: DEARER });
      expect(attemptAfter(...doubtful, shown(9, { status: "MODIFIED", terms: DEARER }))).toMatchObject({ changing: { state: "none" }, terms: DEARER });
    });

    test("is not made when a row that was asked for later shows the old terms: it may be repeated", () => {
      expect(attemptAfter(...doubtful, read(2, 9))).toMatchObject({ changing: { state: "none" }, terms: HALF });
    });

    test("is not settled by a row that was asked for before, nor by a frame of the old terms", () => {
      expect(attemptAfter(...doubtful, read(2, 7.9))?.changing.state).toBe("in-doubt");
      expect(attemptAfter(...doubtful, shown(9))?.changing.state).toBe("in-doubt");
    });

    test("back to earlier terms is not settled by a late or repeated frame of those earlier terms", () => {
      const there = [...resting, changing(5, DEARER), answered(6, "modification", ACCEPTED)] as const;
      const andBack = [...there, changing(10, HALF), answered(13, "modification", UNKNOWN)] as const;
      expect(attemptAfter(...andBack, shown(2))).toMatchObject({ changing: { state: "in-doubt" }, terms: DEARER });
      expect(
        attemptAfter(...there, shown(6, { status: "MODIFIED", terms: DEARER }), changing(10, HALF), answered(13, "modification", UNKNOWN), shown(3)),
      ).toMatchObject({
        changing: { state: "in-doubt" },
        terms: DEARER,
      });
    });

    test("that was followed by another and arrives after that is what the broker holds, and what it follows is known (seed 113273)", () => {
      const dearest: Terms = { ...HALF, price: price(1_300_000) };
      const followed = [...doubtful, read(8.5, 9), changing(9, dearest), answered(10, "modification", ACCEPTED)] as const;
      expect(attemptAfter(...followed)).toMatchObject({ terms: dearest });
      for (const late of [shown(11, { status: "MODIFIED", terms: DEARER }), read(12, 12, { terms: DEARER })])
        expect(attemptAfter(...followed, late)).toMatchObject({ terms: DEARER, follows: { price: DEARER.price }, mayStillArrive: [] });
    });

    test("that arrives while the next one is under way is what the broker holds, however that ends", () => {
      const dearest: Terms = { ...HALF, price: price(1_300_000) };
      const followed = [...doubtful, read(8.5, 9), changing(9, dearest), shown(10, { status: "MODIFIED", terms: DEARER })] as const;
      expect(attemptAfter(...followed)).toMatchObject({ changing: { state: "in-flight" }, terms: HALF });
      expect(attemptAfter(...followed, answered(11, "modification", ACCEPTED))).toMatchObject({ terms: DEARER, mayStillArrive: [] });
      expect(attemptAfter(...followed, answered(11, "modification", REFUSED))).toMatchObject({ terms: DEARER, refusedChange: dearest });
      const unanswered = [...followed, answered(12, "modification", UNKNOWN), read(12.5, 13, { terms: DEARER })] as const;
      expect(attemptAfter(...unanswered)).toMatchObject({ changing: { state: "none" }, terms: DEARER, mayStillArrive: [{ wanted: dearest }] });
    });

    test("that arrives once more, as it was repeated, changes nothing", () => {
      const repeated = [...doubtful, read(8.5, 9), changing(9, DEARER), answered(10, "modification", ACCEPTED)] as const;
      const attempt = attemptAfter(...repeated, shown(11, { status: "MODIFIED", terms: DEARER }));
      expect(attempt).toMatchObject({ terms: DEARER, termsSince: second(10) });
    });
  });

  test("R5 R6 that was received and then refused on the stream leaves the terms that the read shows", () => {
    const received = [...resting, changing(5, DEARER), answered(6, "modification", ACCEPTED)] as const;
    const called = [...received, shown(6, { status: "REJECTED", terms: DEARER, reason: "outside the circuit limit" })] as const;
    expect(attemptAfter(...called)).toMatchObject({ terms: DEARER, order: { doubt: { about: "rejection" } } });
    expect(attemptAfter(...called, read(6, 7.1))).toMatchObject({
      terms: HALF,
      refusedChange: DEARER,
      follows: undefined,
      order: { doubt: undefined, end: undefined },
    });
    expect(attemptAfter(...called, read(6, 7.1, { terms: DEARER }))).toMatchObject({ terms: DEARER, refusedChange: undefined });
    expect(attemptAfter(...called, shown(9))).toMatchObject({ terms: DEARER, order: { doubt: { about: "rejection" } } });
    expect(attemptAfter(...called, read(6, 7.1, { status: "REJECTED" }))).toMatchObject({ terms: DEARER, order: { end: "rejected" } });
  });
});

describe("a cancel (R3)", () => {
  test("may overtake a change, and leaves it in flight", () => {
    expect(attemptAfter(...resting, changing(5, DEARER), cancelling(6))).toMatchObject({
      changing: { state: "in-flight" },
      cancelling: { state: "in-flight", since: second(6), tries: 1 },
    });
  });

  test.each([
    [ACCEPTED, undefined],
    [REFUSED, REFUSED.refusal.code],
    [UNKNOWN, undefined],
    [UNSENT, undefined],
  ])("answered with %j is sent, refused for %s; the stream says whether the order has ended", (result, refusal) => {
    expect(attemptAfter(...resting, cancelling(5), answered(6, "cancel", result))).toMatchObject({
      cancelling: { state: "sent", since: second(6), tries: 1, refusal },
      order: { end: undefined },
    });
  });

  test.each(["RATE_LIMIT", "ADDRESS_NOT_ALLOWED"] as const)("refused with %s was not looked at: it is due at once, and one before it still counts", (code) => {
    expect(attemptAfter(...resting, cancelling(5), answered(6, "cancel", refusedWith(code)))?.cancelling).toEqual({ state: "none" });
    const events = [cancelling(5), answered(6, "cancel", UNKNOWN), cancelling(7), answered(8, "cancel", refusedWith(code))];
    expect(attemptAfter(...resting, ...events)?.cancelling).toEqual({ state: "sent", since: second(8), tries: 1, refusal: undefined });
  });

  test("that makes room for another order says so, and one that does not takes it back", () => {
    const room = { ...cancelling(5), replaces: true } as const;
    expect(attemptAfter(...resting, room)?.isReplaced).toBe(true);
    expect(attemptAfter(...resting, room, answered(6, "cancel", REFUSED), cancelling(7))?.isReplaced).toBe(false);
  });

  test("counts its tries", () => {
    const events = [cancelling(5), answered(6, "cancel", REFUSED), cancelling(7)];
    expect(attemptAfter(...resting, ...events)?.cancelling).toEqual({ state: "in-flight", since: second(7), tries: 2 });
  });

  test("an answer to one that was never sent says nothing", () => {
    const mirror = mirrorAfter(...resting);
    expect(evolve(mirror, answered(6, "cancel", ACCEPTED))).toBe(mirror);
  });
});

describe("what the follower's broker says (R6)", () => {
  test("is merged, and the first end is dated by our clock", () => {
    const ended = attemptAfter(
      ...resting,
      reported(7.5, frame(7, { ...ours, status: "TRADED", filled: quantity(75), averagePrice: price(1_200_000) })),
      shown(9, { status: "TRADED" }),
    );
    expect(ended).toMatchObject({ order: { end: "filled", filled: 75 }, endedAt: second(7.5) });
  });

  test("finds its attempt by the order's number when the mark is not in it", () => {
    expect(attemptAfter(...resting, shown(7, { correlationId: undefined, status: "CANCELLED" }))?.order?.end).toBe("cancelled");
  });

  test("of an order that belongs to no attempt is a bug", () => {
    expect(() => mirrorAfter(...resting, shown(7, { orderId: orderId("9"), correlationId: idOf(5) }))).toThrow("belongs to no attempt");
  });

  test("a stop that shows as a limit has triggered, once", () => {
    const stop = { ...STOP, quantity: quantity(75) };
    const limit: Terms = { ...stop, type: "LIMIT" };
    const events = [placed(1, stop), answered(2, "placement", ACCEPTED), shown(2, { terms: stop })] as const;
    expect(attemptAfter(...events)?.triggeredAt).toBeUndefined();
    expect(attemptAfter(...events, shown(5, { terms: limit }), shown(6, { terms: limit }))).toMatchObject({
      triggeredAt: second(5),
      terms: stop,
      changedByOthers: false,
    });
    expect(attemptAfter(placed(1, stop), shown(2, { terms: limit }))?.triggeredAt).toBe(second(2));
    expect(attemptAfter(...events, shown(5, { terms: limit, status: "TRADED", filled: quantity(75) }))?.triggeredAt).toBeUndefined();
  });

  test("a change with terms that we never sent is somebody else's", () => {
    expect(attemptAfter(...resting, shown(5, { status: "MODIFIED", terms: DEARER }))?.changedByOthers).toBe(true);
    expect(attemptAfter(...resting, shown(5, { status: "MODIFIED", terms: DEARER }), shown(6))?.changedByOthers).toBe(true);
  });

  test("terms that the broker shows without the word Modified are his own doing", () => {
    expect(attemptAfter(...resting, shown(5, { terms: DEARER }), read(6, 9, { terms: DEARER }))?.changedByOthers).toBe(false);
  });

  test("a late frame of an older change of ours is not somebody else's", () => {
    const events = [...resting, changing(3, DEARER), answered(4, "modification", ACCEPTED), changing(5, HALF), answered(6, "modification", ACCEPTED)] as const;
    expect(attemptAfter(...events, shown(4, { status: "MODIFIED", terms: DEARER }))?.changedByOthers).toBe(false);
    expect(attemptAfter(...resting, changing(3, DEARER), shown(3, { status: "MODIFIED", terms: DEARER }))?.changedByOthers).toBe(false);
  });
});

describe("terms that the broker shows resemble those that we sent", () => {
  const stop: Terms = { ...STOP, quantity: quantity(75) };
  test.each<[string, Terms, Terms, boolean]>([
    ["equal ones", HALF, HALF, true],
    ["a protected market order", HALF, { ...MARKET, quantity: quantity(75) }, true],
    ["a triggered stop", { ...stop, type: "LIMIT" }, stop, true],
    ["a stop-market in any form", stop, { ...stop, type: "STOP_LOSS_MARKET" }, true],
    ["another price", DEARER, HALF, false],
    ["another quantity", { ...MARKET, quantity: quantity(150) }, { ...MARKET, quantity: quantity(75) }, false],
    ["another trigger", { ...stop, triggerPrice: price(1_150_000) }, stop, false],
    ["a triggered stop at another price", { ...HALF }, stop, false],
    ["a limit that became a stop", { ...stop, price: HALF.price }, HALF, false],
  ])("%s", (_, shownTerms, sent, expected) => {
    expect(resembles(shownTerms, sent)).toBe(expected);
  });
});

describe("an order that is adopted (R11)", () => {
  const adopted = (at: number, number: number, part: Parameters<typeof row>[2] = {}): MirrorEvent => ({
    type: "order-adopted",
    at: second(at),
    report: row(at, at + 1, { ...ours, orderId: orderId(`21261120000${number}`), correlationId: idOf(number), ...part }),
  });

  test("is an accepted attempt with the number of its mark; which leader's terms it follows is not known", () => {
    expect(mirrorAfter(adopted(10, 3)).attempts).toMatchObject([
      { number: 3, placing: { state: "accepted" }, orderId: "212611200003", terms: HALF, follows: undefined, everSent: [HALF] },
    ]);
    expect(nextAttempt(mirrorAfter(adopted(10, 3)))).toBe(4);
  });

  test("takes its place among the others", () => {
    expect(mirrorAfter(adopted(10, 2), adopted(10, 0), adopted(10, 1)).attempts.map(({ number }) => number)).toEqual([0, 1, 2]);
  });

  test("that has ended is over", () => {
    expect(mirrorAfter(adopted(10, 0, { status: "CANCELLED" })).attempts).toMatchObject([{ order: { end: "cancelled" }, endedAt: second(10) }]);
  });

  test("is proof that the attempts before it came to nothing: none is made before that, and the journal may have lost the proof (R10, R11)", () => {
    const restarted: MirrorEvent = { type: "engine-started", at: second(5) };
    expect(mirrorAfter(placed(1), restarted, adopted(10, 1)).attempts.map(({ placing }) => placing.state)).toEqual(["absent", "accepted"]);
    expect(mirrorAfter(placed(1), answered(2, "placement", ACCEPTED), adopted(10, 1)).attempts.map(({ placing }) => placing.state)).toEqual([
      "accepted",
      "accepted",
    ]);
  });

  test("without a mark is a bug", () => {
    expect(() => mirrorAfter(adopted(10, 0, { correlationId: undefined }))).toThrow("bears our correlation id");
  });
});

describe("a restart (R10)", () => {
  test("puts a placement in flight into doubt, counted from the start", () => {
    expect(attemptAfter(placed(1), restarted(60))?.placing).toEqual({ state: "in-doubt", since: second(60), looks: { countedFrom: second(60), absent: [] } });
  });

  test("does not doubt a placement that the stream has shown", () => {
    expect(attemptAfter(placed(1), shown(1), restarted(60))?.placing).toEqual({ state: "accepted", at: second(60) });
  });

  test("puts a change in flight into doubt, and lets a cancel be sent again", () => {
    expect(attemptAfter(...resting, changing(5, DEARER), cancelling(6), restarted(60))).toMatchObject({
      changing: { state: "in-doubt", wanted: DEARER, since: second(60) },
      cancelling: { state: "sent", since: second(60), tries: 1, refusal: undefined },
    });
  });

  test("changes nothing else", () => {
    for (const events of [resting, [placed(1), answered(2, "placement", REFUSED)], [placed(1), answered(4, "placement", UNKNOWN), looked(4, "absent")]]) {
      expect(mirrorAfter(...events, restarted(60))).toEqual(mirrorAfter(...events));
    }
  });
});

test("a fact about an attempt that does not exist is a bug", () => {
  expect(() => mirrorAfter(answered(2, "placement", ACCEPTED))).toThrow("there is no attempt 0");
});

test("a mark of somebody else's is not taken for one of ours", () => {
  expect(() => mirrorAfter(placed(1), shown(2, { orderId: orderId("5"), correlationId: correlationId("cp-1") }))).toThrow("belongs to no attempt");
});
