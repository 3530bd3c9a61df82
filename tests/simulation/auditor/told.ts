/** A second, plain reading of what the broker told the copier: order frames in any casing, rows of any reading of the book. */

export interface ToldOrder {
  readonly orderId: string;
  readonly correlationId: string | undefined;
  readonly filled: number;
  readonly quantity: number;
  readonly price: number;
  readonly trigger: number;
  /** Cancelled, rejected or expired. */
  readonly withdrawn: boolean;
}

/** What a text frame tells; several objects may lie in it back to back. Nothing of what is no JSON. */
export function ordersInFrame(text: string): readonly ToldOrder[] {
  return text
    .split(/(?<=\})(?=\{)/)
    .flatMap((part) => read(part))
    .flatMap((value) => orderOf(membersOf(membersOf(value)["data"])) ?? []);
}

/** What the answer to a reading of orders tells. */
export function ordersInAnswer(text: string): readonly ToldOrder[] {
  return read(text)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .flatMap((value) => orderOf(membersOf(value)) ?? []);
}

function orderOf(row: Readonly<Record<string, unknown>>): ToldOrder | undefined {
  const orderId = row["orderno"] ?? row["orderid"];
  if (orderId === undefined || row["quantity"] === undefined) return undefined;
  const status = String(row["status"] ?? row["orderstatus"]).toLowerCase();
  const mark = row["correlationid"];
  return {
    orderId: String(orderId),
    correlationId: typeof mark === "string" ? mark : undefined,
    filled: Number(row["tradedqty"] ?? row["filledqty"] ?? 0),
    quantity: Number(row["quantity"]),
    price: tenThousandths(row["price"]),
    trigger: tenThousandths(row["triggerprice"]),
    withdrawn: ["cancelled", "rejected", "expired"].includes(status),
  };
}

function tenThousandths(rupees: unknown): number {
  return Math.round(Number(rupees ?? 0) * 10_000);
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
}

function read(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
