/**
 * Instants and the seams through which time enters. The core is handed `now`; it never asks.
 *
 * The exchanges and Dhan speak Asia/Kolkata without naming it: UTC+05:30 all year, no daylight saving (IANA tz database).
 */
declare const unit: unique symbol;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMs = number & { readonly [unit]: "unix-ms" };

/** A date at the exchange, `YYYY-MM-DD` in Asia/Kolkata. */
export type TradingDay = string & { readonly [unit]: "trading-day" };

export interface Clock {
  /** Wall time; may be stepped by an operator or by NTP. */
  now(): UnixMs;
  /** Elapsed milliseconds since some fixed moment; never falls. */
  elapsed(): number;
}

export interface Timers {
  /** Calls `fire` once, no sooner than `delayMs` from now. The answer cancels it, and may be called twice. */
  after(delayMs: number, fire: () => void): () => void;
}

const DAY_MS = 86_400_000;
const KOLKATA_OFFSET_MS = (5 * 60 + 30) * 60_000;

/** The broker's times are whole seconds: what carries one may have happened this much later. */
export const REST_OF_A_SECOND_MS = 999;

export function unixMs(value: number): UnixMs {
  return value as UnixMs;
}

export function tradingDay(at: UnixMs): TradingDay {
  return dayOf(Math.floor((at + KOLKATA_OFFSET_MS) / DAY_MS));
}

/** Of a day counted from 1970-01-01 at the exchange. */
function dayOf(number: number): TradingDay {
  if (number !== lastDay.number) lastDay = { number, text: new Date(number * DAY_MS).toISOString().slice(0, 10) as TradingDay };
  return lastDay.text;
}

/** Nearly all times are of one day, and its date is worked out once. */
let lastDay = { number: Number.NaN, text: "" as TradingDay };

/** The moment at which a date begins at the exchange. */
export function startOfDay(day: TradingDay): UnixMs {
  return unixMs(Date.parse(`${day}T00:00:00+05:30`));
}

/** `HH:MM` at the exchange. */
export function kolkataTimeOfDay(at: UnixMs): string {
  return new Date(at + KOLKATA_OFFSET_MS).toISOString().slice(11, 16);
}

/** `YYYY-MM-DD HH:MM:SS` at the exchange, as Dhan writes times (reference 2.6). */
export function kolkataText(at: UnixMs): string {
  const local = at + KOLKATA_OFFSET_MS;
  const day = Math.floor(local / DAY_MS);
  const seconds = Math.floor((local - day * DAY_MS) / 1_000);
  const [hour, minute, second] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${dayOf(day)} ${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[second]}`;
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/**
 * Reads Dhan's `YYYY-MM-DD HH:MM:SS` (a `T` and a fraction are tolerated), which carries no zone and means Asia/Kolkata.
 * The placeholder `0001-01-01…`, an empty text, and anything else that is no such time give undefined.
 */
export function parseKolkata(text: string): UnixMs | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d+)?$/.exec(text.trim());
  if (match === null || match[1] === "0001-01-01") return undefined;
  const at = unixMs(Date.parse(`${match[1]}T${match[2]}+05:30`));
  // A thirtieth of February is read as the second of March: a time is what it is only if it is written back the same.
  return !Number.isNaN(at) && kolkataText(at) === `${match[1]} ${match[2]}` ? at : undefined;
}
