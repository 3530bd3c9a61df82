/**
 * Money is whole. A price is in ten-thousandths of a rupee, because currency contracts move by a quarter of a paisa. A
 * broker's decimals come in through `parsePrice`, by their digits, and leave through `priceToRupees`.
 */
import { assert } from "./assert.ts";

declare const unit: unique symbol;

/** A price per unit, in 1/10000 rupee. Zero where the order type has none. */
export type Price = number & { readonly [unit]: "price" };

const PRICE_DECIMALS = 4;
const PRICE_SCALE = 10 ** PRICE_DECIMALS;
export const NO_PRICE = 0 as Price;

export function price(value: number): Price {
  assert(Number.isSafeInteger(value), `a price is a whole number of 1/10000 rupee, was ${value}`);
  return value as Price;
}

/**
 * The price that a decimal number or its text means in rupees. The digits are read, not multiplied: 4.35 is 43500, never
 * 43499. What lies beyond the fourth decimal (averages, float32 noise) is rounded half away from zero. Undefined: no number.
 */
export function parsePrice(rupees: number | string): Price | undefined {
  const text = typeof rupees === "number" ? plainDigits(rupees) : rupees.trim();
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const kept = fraction.slice(0, PRICE_DECIMALS).padEnd(PRICE_DECIMALS, "0");
  const roundUp = (fraction[PRICE_DECIMALS] ?? "0") >= "5" ? 1 : 0;
  const scaled = Number(`${whole}${kept}`) + roundUp;
  if (!Number.isSafeInteger(scaled)) return undefined;
  return price(sign === "-" && scaled !== 0 ? -scaled : scaled);
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

/** What so many units are worth at a price: whole paise, to the nearest. */
export function valuePaise(units: number, value: Price): number {
  return Number((BigInt(units) * BigInt(value) * 100n + BigInt(PRICE_SCALE) / 2n) / BigInt(PRICE_SCALE));
}

/** An amount, as India groups it: 12,34,567.00. */
export function rupeesText(paise: number): string {
  return `${wholeRupeesText(paise)}.${String(Math.abs(paise) % 100).padStart(2, "0")}`;
}

/** The same without its paise. */
export function wholeRupeesText(paise: number): string {
  const whole = String(Math.floor(Math.abs(paise) / 100)).replace(/\B(?=(?:\d{2})*\d{3}$)/g, ",");
  return `${paise < 0 ? "-" : ""}${whole}`;
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

/** JavaScript writes very small and very large numbers with an exponent; everything in between as plain digits. */
function plainDigits(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(8) : text;
}
