/** Quantities are units, not lots (reference 2.1), and whole. A signed one is a position: positive long, negative short. */
import { assert } from "./assert.ts";

declare const unit: unique symbol;

/** Units of an instrument, zero or more. */
export type Quantity = number & { readonly [unit]: "quantity" };

/** Units that make a lot, one or more. */
export type LotSize = number & { readonly [unit]: "lot-size" };

export const NONE = 0 as Quantity;

export function quantity(value: number): Quantity {
  assert(Number.isSafeInteger(value) && value >= 0, `a quantity is whole and not negative, was ${value}`);
  return value as Quantity;
}

export function lotSize(value: number): LotSize {
  assert(Number.isSafeInteger(value) && value >= 1, `a lot is at least one whole unit, was ${value}`);
  return value as LotSize;
}

/** `larger - smaller`, and zero where that would be negative. */
export function less(larger: number, smaller: number): Quantity {
  return quantity(Math.max(0, larger - smaller));
}
