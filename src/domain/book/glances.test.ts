import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allGlances, countOf, dropGlance, type Glance, glanceAt, has, keepGlances, namesWith, noGlances, setGlance } from "./glances.ts";

/** Of what must never be taken for one another: numbers that differ by a zero, by their length, in the last digit of the largest; and what is no number. */
const AWKWARD = [
  ...["1", "01", "10", "100", "0", "00", "", "-1", "1.0", "1e3", " 1", "1 ", "١"],
  ...["9007199254740991", "9007199254740992", "9007199254740993", "9007199254740994", "9999999999999999", "10000000000000000", "99999999999999999999"],
  ...["4294967295", "4294967296", "4294967297", "8589934592", "112111182198", "closing-75001-75", "75001:stop"],
];
const name = fc.oneof(fc.constantFrom(...AWKWARD), fc.nat({ max: 40 }).map(String), fc.bigInt({ min: 0n, max: 10n ** 17n }).map(String));
const whole = fc.oneof(fc.integer(), fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER), fc.nat({ max: 3 }));
const glance: fc.Arbitrary<Glance> = fc.record({ what: whole, where: whole });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("set" as const), name, glance }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("drop" as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("keep" as const), odd: fc.boolean() }) },
);
const isOdd = (text: string): boolean => text.length % 2 === 1;

const SPREADS = { "spread well": undefined, "all in one place": () => 7, "in two, at the very end": (key: number) => 4_294_967_295 - (key % 2) } as const;

describe.each(Object.entries(SPREADS))("%s, it holds what a map holds", (_name, spread) => {
  test("whatever was put there and taken out, and however it grew", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
        const [glances, map] = [noGlances(spread), new Map<string, Glance>()];
        for (const one of steps) {
          if (one.do === "set") {
            setGlance(glances, one.name, one.glance);
            map.set(one.name, one.glance);
          } else if (one.do === "drop") {
            expect(dropGlance(glances, one.name)).toEqual(map.get(one.name));
            map.delete(one.name);
          } else {
            keepGlances(glances, (text) => isOdd(text) === one.odd);
            for (const text of [...map.keys()]) if (isOdd(text) !== one.odd) map.delete(text);
          }
          expect(countOf(glances)).toBe(map.size);
        }
        expect(new Map(allGlances(glances))).toEqual(map);
        for (const text of [...AWKWARD, ...map.keys()]) expect([glanceAt(glances, text), has(glances, text)]).toEqual([map.get(text), map.has(text)]);
        for (const { what } of [...map.values(), { what: 3 }])
          expect([...namesWith(glances, what)].toSorted()).toEqual([...map].flatMap(([text, one]) => (one.what === what ? [text] : [])).toSorted());
      }),
      { numRuns: 150 },
    );
  });
});

test("names that are numbers come in the order in which they were put there, however many, as in a map", () => {
  const glances = noGlances();
  const names = Array.from({ length: 5_000 }, (_, index) => `${112_111_182_198 + ((index * 7_919) % 10_007)}`);
  for (const [what, one] of names.entries()) setGlance(glances, one, { what, where: 0 });
  expect([...allGlances(glances)].map(([one]) => one)).toEqual(names);
  expect(glances.others.size).toBe(0);
});

test("emptied it is as it was before the first, and takes no room", () => {
  const glances = noGlances();
  for (let at = 1; at <= 100; at += 1) setGlance(glances, `${at}`, { what: at, where: at });
  for (let at = 1; at <= 100; at += 1) dropGlance(glances, `${at}`);
  expect(glances).toEqual(noGlances());
  for (let at = 1; at <= 100; at += 1) setGlance(glances, `${at}`, { what: at, where: at });
  keepGlances(glances, (one) => one === "77");
  expect([glances.keys.length, [...allGlances(glances)]]).toEqual([1, [["77", { what: 77, where: 77 }]]]);
});

test("one that comes and goes takes no more room for it", () => {
  const glances = noGlances();
  for (let at = 1; at <= 10; at += 1) setGlance(glances, `${at}`, { what: at, where: at });
  const room = glances.keys.length;
  for (let times = 0; times < 1_000; times += 1) {
    const found = dropGlance(glances, "5");
    if (found !== undefined) setGlance(glances, "5", found);
  }
  expect(glances.keys.length).toBeLessThanOrEqual(2 * room);
});

test("a hundred thousand orders take less than 26 bytes each", () => {
  const glances = noGlances();
  for (let at = 0; at < 100_000; at += 1) setGlance(glances, `${112_111_000_000 + at}`, { what: 75, where: at });
  const bytes = [glances.keys, glances.whats, glances.wheres, glances.slots].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(bytes / 100_000).toBeLessThan(26);
});
