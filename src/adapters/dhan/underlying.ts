/**
 * The underlying's name out of a contract's names. A trading symbol can't be split at its first hyphen (`BAJAJ-AUTO`, `M&M`):
 * what follows the name is a month with its year, perhaps a day before it, and in frames all of that is cut off at 15
 * characters (reference 4.3).
 */
const MONTH = "(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)";
const SYMBOL = new RegExp(`^(.+?)-(?:\\d{1,2})?${MONTH}\\d{0,4}(?:-|$)`, "i");
const DISPLAY_NAME = new RegExp(`^(.+?) (?:\\d{1,2} )?${MONTH} `, "i");

/** From `NIFTY-Nov2026-26000-CE`, `GOLD-05Oct2026-FUT` or the truncated `NIFTY-Nov2026-2`. Undefined: no such symbol. */
export function underlyingOfSymbol(symbol: string): string | undefined {
  return SYMBOL.exec(symbol)?.[1];
}

/** From `NIFTY 26 NOV 26000 CALL` or `NIFTY SEP FUT`. Undefined: no such name. */
export function underlyingOfDisplayName(name: string): string | undefined {
  return DISPLAY_NAME.exec(name)?.[1];
}
