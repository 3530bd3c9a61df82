/**
 * Money is whole. A price is in ten-thousandths of a rupee (currency contracts move by a quarter of a paisa), an amount in
 * paise. A broker's decimals come in through `parsePrice`, by their digits, and leave through `priceToRupees`.
 */
import { assert } from "./assert.ts";

declare const unit: unique symbol;

/** A price per unit, in 1/10000 rupee. Zero where the order type has none. */
export type Price = number & { readonly [unit]: "price" };

/** An amount of money, in paise. */
export type Paise = number & { readonly [unit]: "paise" };

const PRICE_SCALE = 10_000;
export const NO_PRICE = 0 as Price;

export function price(value: number): Price {
  assert(Number.isSafeInteger(value), `a price is a whole number of 1/10000 rupee, was ${value}`);
  return value as Price;
}

export function paise(value: number): Paise {
  assert(Number.isSafeInteger(value), `an amount is whole paise, was ${value}`);
  return value as Paise;
}

/**
 * The price that a decimal number or its text means in rupees. The digits are read, not multiplied: 4.35 is 43500, never
 * 43499. What lies beyond the fourth decimal (averages, float32 noise) is rounded half away from zero. Undefined: no number.
 */
export function parsePrice(rupees: number | string): Price | undefined {
  const scaled = parseScaled(rupees, 4);
  return scaled === undefined ? undefined : (scaled as Price);
}

/** As `parsePrice`, for an amount: paise. */
export function parsePaise(rupees: number | string): Paise | undefined {
  const scaled = parseScaled(rupees, 2);
  return scaled === undefined ? undefined : (scaled as Paise);
}

/** The JSON number that a broker expects. Division by a power of ten is correctly rounded, so the digits come out as meant. */
export function priceToRupees(value: Price): number {
  return value / PRICE_SCALE;
}

/** `120.50`, with as many further digits as the price has. */
export function priceText(value: Price): string {
  const [whole = "0", fraction = ""] = String(value / PRICE_SCALE).split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}

/** The nearest multiple of the tick at or below. */
export function downToTick(value: Price, tick: Price): Price {
  assert(tick > 0, `a tick is positive, was ${tick}`);
  return (Math.floor(value / tick) * tick) as Price;
}

/** The nearest multiple of the tick at or above. */
export function upToTick(value: Price, tick: Price): Price {
  assert(tick > 0, `a tick is positive, was ${tick}`);
  return (Math.ceil(value / tick) * tick) as Price;
}

/** Price times quantity. The last paisa is rounded down. */
export function valueOf(each: Price, quantity: number): Paise {
  return Number((BigInt(each) * BigInt(quantity)) / 100n) as Paise;
}

/** A count of some smallest unit from decimal text, e.g. "1.23" with 2 decimals gives 123. */
function parseScaled(value: number | string, decimals: number): number | undefined {
  const text = typeof value === "number" ? plainDigits(value) : value.trim();
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const kept = fraction.slice(0, decimals).padEnd(decimals, "0");
  const roundUp = (fraction[decimals] ?? "0") >= "5" ? 1 : 0;
  const scaled = Number(`${whole}${kept}`) + roundUp;
  if (!Number.isSafeInteger(scaled)) return undefined;
  return sign === "-" && scaled !== 0 ? -scaled : scaled;
}

/** JavaScript writes very small and very large numbers with an exponent; everything in between as plain digits. */
function plainDigits(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(8) : text;
}
