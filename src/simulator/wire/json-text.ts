/**
 * JSON as Dhan's servers write it. REST writes decimals with a point even when whole (`250.0`), which JavaScript's own
 * writer cannot do; the order stream writes them whole (reference 12, 23). Keys come out in the order in which they stand.
 */
export class Decimal {
  readonly text: string;
  constructor(value: number) {
    this.text = Number.isInteger(value) ? `${value}.0` : String(value);
  }
}

export type Cell = string | number | boolean | null | Decimal;
export type Row = Readonly<Record<string, Cell>>;

/** A value in 1/10000 rupee as decimal rupees. */
export function rupees(value: number): Decimal {
  return new Decimal(value / 10_000);
}

/** As `rupees`, with the noise of a 32-bit float, which Dhan's positions carry (reference 6.2). */
export function noisyRupees(value: number): Decimal {
  return new Decimal(Number(Math.fround(value / 10_000).toPrecision(8)));
}

export function objectText(row: Row): string {
  const members = Object.entries(row).map(([key, cell]) => `"${key}":${cellText(cell)}`);
  return `{${members.join(",")}}`;
}

export function arrayText(rows: readonly Row[]): string {
  return listText(rows.map(objectText));
}

/** Of objects that are texts already. */
export function listText(objects: readonly string[]): string {
  return `[${objects.join(",")}]`;
}

function cellText(cell: Cell): string {
  return cell instanceof Decimal ? cell.text : JSON.stringify(cell);
}
