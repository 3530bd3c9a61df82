import { expect, test } from "vitest";
import { orderId } from "../identity.ts";
import { MIRROR } from "../mirror/example.ts";
import { holdingOf } from "../mirror/in-holding.ts";
import { type Mirror, mirrorKey } from "../mirror/mirror.ts";
import { second } from "../order/example.ts";
import { emptyBook, followerBook, mirrorsOfHolding } from "./book.ts";
import { remember } from "./holdings.ts";

test("R14 R16 an exit that a late fill brings back stands before those that were opened after it: the earlier has the first claim (seed 63815)", () => {
  const follower = followerBook(emptyBook(), MIRROR.follower);
  const opened = (at: number): Mirror => {
    const cause = orderId(`11261120000${at}`);
    const mirror: Mirror = { ...MIRROR, cause, key: mirrorKey({ ...MIRROR, cause }), openedAt: second(at) };
    follower.mirrors.set(mirror.key, mirror);
    return mirror;
  };
  const [first, back, third] = [opened(1), opened(2), opened(3)];
  for (const mirror of [first, third, back]) remember(follower, mirror);
  expect(mirrorsOfHolding(follower, MIRROR.leader, holdingOf(MIRROR))).toEqual([first.key, back.key, third.key]);
  expect(remember(follower, back)).toBe(false);
});
