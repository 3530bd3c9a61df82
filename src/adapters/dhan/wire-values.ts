/**
 * The values of Dhan's JSON, read with the tolerance that the wire demands (reference, general rules 1 and 2): any field may be
 * absent, null, a number, a numeric text, or a placeholder. A field that is needed and can't be read fails with its own code; it
 * is never guessed. The readers are zod types, so that a row's schema reads as a list of its fields.
 */
import { z } from "zod";
import { NO_PRICE, type Price, parsePrice } from "../../domain/money.ts";
import { NONE, type Quantity, quantity } from "../../domain/quantity.ts";
import { parseKolkata, type UnixMs } from "../../domain/time.ts";

/** A field that may be missing from its object altogether. */
const ANY = z.unknown().optional();

/** A field that must be readable. `code` names what is wrong when it is not. */
export function needed<T>(code: string, read: (raw: unknown) => T | undefined): z.ZodType<T> {
  return ANY.transform((raw, context): T => {
    const value = read(raw);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: code });
    return z.NEVER;
  });
}

/** A field that may be absent, or unreadable, without harm. */
export function wanted<T>(read: (raw: unknown) => T | undefined): z.ZodType<T | undefined> {
  return ANY.transform(read);
}

/** Text without blanks around it. Absent, null, empty and `NA` are no text. Ids that came as numbers are kept by their digits. */
export function text(raw: unknown): string | undefined {
  if (typeof raw === "number") return Number.isSafeInteger(raw) ? String(raw) : undefined;
  if (typeof raw !== "string") return undefined;
  const trimmed = raw.trim();
  return trimmed === "" || trimmed === "NA" ? undefined : trimmed;
}

/** An id that is `0` where there is none: exchange order numbers, the entry's number of a leg. A trailing `.0` is stripped. */
export function id(raw: unknown): string | undefined {
  const found = text(raw)?.replace(/\.0+$/, "");
  return found === "0" ? undefined : found;
}

/** A word of an enum that must be known: its meaning by the table. */
export function word<T>(meaning: (word: string) => T | undefined): (raw: unknown) => T | undefined {
  return (raw) => {
    const found = text(raw);
    return found === undefined ? undefined : meaning(found);
  };
}

/** Units, whole and not negative. Zero fields are left out of frames (reference 4.2), so absent is zero. */
export function units(raw: unknown): Quantity | undefined {
  const whole = wholeNumber(raw);
  return whole === undefined || whole < 0 ? undefined : quantity(whole);
}

/** Units of which there must be some. */
export function someUnits(raw: unknown): Quantity | undefined {
  const found = units(raw);
  return found === NONE ? undefined : found;
}

/** Units with a sign: a net position. Absent is no position, so it is not zero here. */
export function signedUnits(raw: unknown): number | undefined {
  return raw === undefined || raw === null ? undefined : wholeNumber(raw);
}

/** Rupees per unit. Absent is zero: a market order has no price, a plain limit order no trigger. */
export function rupees(raw: unknown): Price | undefined {
  if (isAbsent(raw)) return NO_PRICE;
  const found = typeof raw === "number" || typeof raw === "string" ? parsePrice(raw) : undefined;
  return found === undefined || found < 0 ? undefined : found;
}

/** A price that says something: zero and absent do not. */
export function somePrice(raw: unknown): Price | undefined {
  const found = rupees(raw);
  return found === NO_PRICE ? undefined : found;
}

/** `true`, `"true"`, 1 and `"1"` are yes; everything else is no. */
export function flag(raw: unknown): boolean {
  return raw === true || raw === 1 || (typeof raw === "string" && /^(1|true|y)$/i.test(raw.trim()));
}

/** An instant at the exchange; the placeholders `0001-01-01 00:00:00` and `NA` are none. */
export function instant(raw: unknown): UnixMs | undefined {
  return typeof raw === "string" ? parseKolkata(raw) : undefined;
}

/** The date of an expiry, whatever time of day stands behind it (reference 6.2); the placeholder of what never expires is none. */
export function expiryDate(raw: unknown): string | undefined {
  if (typeof raw !== "string") return undefined;
  const date = /^\d{4}-\d{2}-\d{2}(?![\d-])/.exec(raw.trim())?.[0];
  return date === "0001-01-01" ? undefined : date;
}

function isAbsent(raw: unknown): boolean {
  return raw === undefined || raw === null || (typeof raw === "string" && text(raw) === undefined);
}

function wholeNumber(raw: unknown): number | undefined {
  if (isAbsent(raw)) return 0;
  const value = typeof raw === "string" ? Number(raw) : raw;
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}
