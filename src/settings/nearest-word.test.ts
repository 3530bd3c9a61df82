import { expect, test } from "vitest";
import { nearestWord } from "./nearest-word.ts";

const KEYS = ["id", "leader", "follower", "sizing", "maxAge", "stopMarket", "lateJoin"];

test.each([
  ["sizng", "sizing"],
  ["max_age", "maxAge"],
  ["MAXAGE", "maxAge"],
  ["latejoin", "lateJoin"],
  ["stop-market", "stopMarket"],
  ["folower", "follower"],
])("whoever writes %s probably means %s", (written, meant) => {
  expect(nearestWord(written, KEYS)).toBe(meant);
});

test.each(["budget", "x", "telegram"])("nothing is suggested for %s, which is near to no key", (written) => {
  expect(
    nearestWord(
      written,
      KEYS.filter((key) => key !== "id"),
    ),
  ).toBeUndefined();
});
