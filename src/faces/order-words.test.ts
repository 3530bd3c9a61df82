import { expect, test } from "vitest";
import { NO_PRICE, price } from "../domain/money.ts";
import { STOP } from "../domain/order/example.ts";
import { asking } from "../domain/order/oco.ts";
import { quantity } from "../domain/quantity.ts";
import { termsWords } from "./order-words.ts";

test("of an OCO order both are told, the lower trigger first, and the size of the other where it differs", () => {
  const target = { quantity: STOP.quantity, price: price(1_340_000), triggerPrice: price(1_350_000) };
  expect(termsWords(asking(STOP, target, STOP))).toBe("150 STOP_LOSS 109.00 trigger 110.00 or 134.00 trigger 135.00");
  expect(termsWords(asking(STOP, { ...target, quantity: quantity(75), price: NO_PRICE }, STOP))).toBe(
    "150 STOP_LOSS 109.00 trigger 110.00 or 75 trigger 135.00",
  );
});
