import { expect, test } from "vitest";
import { frame } from "../order/example.ts";
import { type Likeness, type Packed, pack, packNow, unpack } from "./packed.ts";

const FIRST = [frame(1), frame(2)];
const NEXT = [frame(700, { status: "TRADED" }), frame(701, { status: "TRADED" })];
// What is undefined is not told apart from what is not there.
const told = (parts: readonly object[]): unknown => JSON.parse(JSON.stringify(parts));

function packedNow<T>(parts: readonly T[], like?: Likeness<T>): Packed<T> {
  const packed = pack(parts, like);
  packNow(packed);
  return packed;
}

test("R8 what is packed comes back as it was, by itself or by what another was like", () => {
  const first = packedNow(FIRST);
  const next = packedNow(NEXT, first.like);
  expect([unpack(first), unpack(next)]).toEqual([told(FIRST), told(NEXT)]);
  expect(unpack(packedNow([], first.like))).toEqual([]);
  expect(unpack(packedNow([]))).toEqual([]);
});

test("R8 what waits to be packed is given as it is, and packed later is what it would have been at once", () => {
  const waiting = pack(FIRST);
  const next = packedNow(NEXT, waiting.like);
  expect(unpack(waiting)).toBe(FIRST);
  packNow(waiting);
  packNow(waiting);
  expect([waiting, next]).toEqual([packedNow(FIRST), packedNow(NEXT, packedNow(FIRST).like)]);
});

test("what it has in common with the first of its kind costs hardly anything", () => {
  const [like, nothing] = [pack(FIRST).like, pack<(typeof NEXT)[number]>([]).like];
  expect(packedNow(NEXT, like).held.length).toBeLessThan(packedNow(NEXT, nothing).held.length / 4);
});
