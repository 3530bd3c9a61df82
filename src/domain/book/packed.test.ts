import { expect, test } from "vitest";
import { frame } from "../order/example.ts";
import { type Likeness, lifted, type Packed, pack, packNow, unpack } from "./packed.ts";
import { MemoryShelf } from "./shelf.example.ts";

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
  const size = ({ held }: Packed<unknown>): number => (typeof held === "string" ? held.length : Number.NaN);
  expect(size(packedNow(NEXT, like))).toBeLessThan(size(packedNow(NEXT, nothing)) / 4);
});

test("R8 on a shelf it is what it is in memory, also when that was cleared; and where that has no room it stays in memory", () => {
  const shelf = new MemoryShelf({ room: 1 });
  const [lies, stays] = [pack(FIRST), pack(NEXT)];
  for (const one of [lies, stays]) packNow(one, shelf);
  expect([typeof lies.held, typeof stays.held]).toEqual(["object", "string"]);
  expect([unpack(lies), unpack(stays)]).toEqual([told(FIRST), told(NEXT)]);
  const layDown = lifted(lies);
  expect([lifted(stays), lifted(pack(FIRST))]).toEqual([undefined, undefined]);
  shelf.clear();
  expect(() => unpack(lies)).toThrow();
  layDown?.(shelf);
  expect([shelf.size, unpack(lies)]).toEqual([1, told(FIRST)]);
});
