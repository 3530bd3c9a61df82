/** Sizes as a person reads them. Nothing is computed from these. */

export function lotsText(lots: number): string {
  return `${decimal(lots)} ${lots === 1 ? "lot" : "lots"}`;
}

/** Four places, and more where those would show a whole number that it is not. */
export function decimal(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const short = Number(value.toFixed(4));
  return String(Number.isInteger(short) && short !== value ? Number(value.toPrecision(10)) : short);
}
