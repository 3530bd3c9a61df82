/** Positions with what is known beyond the books. */
import { expect, test } from "vitest";
import { orderId } from "../domain/identity.ts";
import { frame, LIMIT, row, STOP, second } from "../domain/order/example.ts";
import { firstKnown, merge } from "../domain/order/known.ts";
import { quantity } from "../domain/quantity.ts";
import { caughtUp } from "./caught-up.ts";

const A_DAY_S = 86_400;

test("R24 what a forever order of an earlier day has fired today, and filled, counts though no row tells of it yet", () => {
  const waits = row(-A_DAY_S, -A_DAY_S, { family: "forever", terms: STOP, createdAt: second(-A_DAY_S) });
  const filled = frame(10, { family: "forever", fired: orderId("112611200099"), terms: LIMIT, status: "TRADED", filled: quantity(150) });
  expect(caughtUp([], [], [merge(firstKnown(waits), filled)], second(12))).toMatchObject([{ net: 150 }]);
});

test("R24 what was filled on an earlier day is in the positions of today", () => {
  const filled = row(-A_DAY_S, -A_DAY_S, { status: "TRADED", filled: quantity(150), createdAt: second(-A_DAY_S) });
  expect(caughtUp([], [], [firstKnown(filled)], second(12))).toEqual([]);
});
