import { expect, test } from "vitest";
import { frame } from "../order/example.ts";
import { pack, unpack } from "./packed.ts";

const FIRST = [frame(1), frame(2)];
const NEXT = [frame(700, { status: "TRADED" }), frame(701, { status: "TRADED" })];
// What is undefined is not told apart from what is not there.
const told = (parts: readonly object[]): unknown => JSON.parse(JSON.stringify(parts));

test("R8 what is packed comes back as it was, by itself or by what another was like", () => {
  const first = pack(FIRST);
  const next = pack(NEXT, first.like);
  expect([unpack(first), unpack(next)]).toEqual([told(FIRST), told(NEXT)]);
  expect(unpack(pack([], first.like))).toEqual([]);
  expect(unpack(pack([]))).toEqual([]);
});

test("what it has in common with the first of its kind costs hardly anything", () => {
  const [like, nothing] = [pack(FIRST).like, pack<(typeof NEXT)[number]>([]).like];
  expect(pack(NEXT, like).text.length).toBeLessThan(pack(NEXT, nothing).text.length / 4);
});
