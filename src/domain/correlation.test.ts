/** The marks by which our orders are found again (R7, R9, R11). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attemptOf, type CorrelationCause, correlationFor, correlationStem, isOurs, stemOf } from "./correlation.ts";
import { clientId, correlationId, orderId } from "./identity.ts";
import { parseKolkata, tradingDay, unixMs } from "./time.ts";

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const days = fc.integer({ min: 0, max: 3_650 }).map((day) => tradingDay(unixMs(Date.UTC(2026) + day * 86_400_000)));
const causes: fc.Arbitrary<CorrelationCause> = fc.record({
  leader: digits(10).map(clientId),
  cause: digits(15).map(orderId),
  day: days,
  follower: digits(10).map(clientId),
});
const parts = fc.record({ slice: fc.integer({ min: 0, max: 36 * 36 - 1 }), attempt: fc.integer({ min: 0, max: 36 ** 4 - 1 }) });

const CAUSE: CorrelationCause = {
  leader: clientId("1000000001"),
  cause: orderId("112611200001"),
  day: tradingDay(parseKolkata("2026-11-20 10:00:00") ?? unixMs(0)),
  follower: clientId("1000000002"),
};

test("R9 an id fits Dhan's limits, bears our mark, and tells its stem and attempt again", () => {
  fc.assert(
    fc.property(causes, parts, (cause, part) => {
      const stem = correlationStem(cause);
      const id = correlationFor(stem, part);
      expect(id).toMatch(/^lks[0-9a-z]+$/);
      expect(id.length).toBeLessThanOrEqual(25);
      expect(isOurs(id)).toBe(true);
      expect(stemOf(id)).toBe(stem);
      expect(attemptOf(id)).toBe(part.attempt);
    }),
  );
});

test("R9 ids of different slices or attempts of one cause differ, and share their stem", () => {
  fc.assert(
    fc.property(causes, parts, parts, (cause, one, other) => {
      fc.pre(one.slice !== other.slice || one.attempt !== other.attempt);
      const stem = correlationStem(cause);
      expect(correlationFor(stem, one)).not.toBe(correlationFor(stem, other));
    }),
  );
});

test("R11 the same cause gives the same id in every process: this one was written down", () => {
  expect(correlationFor(correlationStem(CAUSE), { slice: 0, attempt: 0 })).toBe("lksflqouau5lrdf8gsu000000");
});

describe("R9 the stem depends on every part of its cause", () => {
  test.each<Partial<CorrelationCause>>([
    { leader: clientId("1000000003") },
    { cause: orderId("112611200002") },
    { day: tradingDay(unixMs(Date.UTC(2026, 10, 23))) },
    { follower: clientId("1000000003") },
  ])("%j", (other) => {
    expect(correlationStem({ ...CAUSE, ...other })).not.toBe(correlationStem(CAUSE));
  });
});

test.each([
  "",
  "NA",
  "lks",
  "1000000001-1795149000000",
  "cp-7f3a91-01",
  "LKS0123456789abcdef000000",
  "lks0123456789abcdef00000",
  "lks0123456789abcdef0000000",
  "xlks0123456789abcdef00000",
  "lks0123456789abcde-000000",
])("R7 %j is not our mark", (text) => {
  expect(isOurs(correlationId(text))).toBe(false);
});

test("R7 an order without a mark is not ours", () => {
  expect(isOurs(undefined)).toBe(false);
});

test("more attempts than their digits hold are a bug, not a second order with an old mark", () => {
  expect(() => correlationFor(correlationStem(CAUSE), { slice: 0, attempt: 36 ** 4 })).toThrow("does not fit");
  expect(() => correlationFor(correlationStem(CAUSE), { slice: -1, attempt: 0 })).toThrow("does not fit");
});
