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
  /** On its way to the exchange: nothing is copied of it yet (design 3). */
  readonly inTransit: boolean;
  /** It has the exchange's number. */
  readonly atExchange: boolean;
}

/** What the list of super orders tells of one leg: its number may be its entry's, and its price is what it asks for. */
export interface ToldLeg {
  readonly of: string;
  readonly name: string;
  readonly price: number;
}

/** What a text frame tells; several objects may lie in it back to back. Nothing of what is no JSON. */
export function ordersInFrame(text: string): readonly ToldOrder[] {
  return text
    .split(/(?<=\})(?=\{)/)
    .flatMap((part) => read(part))
    .flatMap((value) => orderOf(membersOf(membersOf(value, ENVELOPE)["data"], MEMBERS)) ?? []);
}

const ENVELOPE: ReadonlySet<string> = new Set(["data"]);
const MEMBERS: ReadonlySet<string> = new Set(["orderno", "quantity", "status", "tradedqty", "price", "triggerprice", "correlationid", "exchorderno"]);

/** What the answer to a reading of orders tells. */
export function ordersInAnswer(text: string): readonly ToldOrder[] {
  return read(text)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .flatMap((value) => (isObject(value) ? (rowOf(value) ?? []) : []));
}

/** The legs in the answer to a reading of super orders. */
export function legsInAnswer(text: string): readonly ToldLeg[] {
  return read(text)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .flatMap((row) => {
      const legs = isObject(row) && Array.isArray(row["legDetails"]) ? row["legDetails"].filter(isObject) : [];
      return legs.map((leg) => ({ of: String(row["orderId"]), name: String(leg["legName"]), price: tenThousandths(leg["price"]) }));
    });
}

/** A row of any reading of the book, whose keys have one form. */
function rowOf(row: Readonly<Record<string, unknown>>): ToldOrder | undefined {
  const { orderId, orderStatus, quantity, filledQty, price, triggerPrice, correlationId, exchangeOrderId } = row;
  if (orderId === undefined || quantity === undefined) return undefined;
  return told({ orderId, status: orderStatus, quantity, filled: filledQty, price, trigger: triggerPrice, mark: correlationId, number: exchangeOrderId });
}

/** The inner object of a frame, its keys in lower case: they come in several. */
function orderOf(data: Readonly<Record<string, unknown>>): ToldOrder | undefined {
  if (data["orderno"] === undefined || data["quantity"] === undefined) return undefined;
  return told({
    orderId: data["orderno"],
    status: data["status"],
    quantity: data["quantity"],
    filled: data["tradedqty"],
    price: data["price"],
    trigger: data["triggerprice"],
    mark: data["correlationid"],
    number: data["exchorderno"],
  });
}

type Members = "orderId" | "status" | "quantity" | "filled" | "price" | "trigger" | "mark" | "number";

function told({ orderId, status, quantity, filled, price, trigger, mark, number }: Readonly<Record<Members, unknown>>): ToldOrder {
  return {
    orderId: String(orderId),
    correlationId: typeof mark === "string" ? mark : undefined,
    filled: Number(filled ?? 0),
    quantity: Number(quantity),
    price: tenThousandths(price),
    trigger: tenThousandths(trigger),
    withdrawn: WITHDRAWN.has(String(status).toLowerCase()),
    inTransit: String(status).toLowerCase() === "transit",
    atExchange: Number(number ?? 0) > 0,
  };
}

const WITHDRAWN: ReadonlySet<string> = new Set(["cancelled", "rejected", "expired"]);

function tenThousandths(rupees: unknown): number {
  return Math.round(Number(rupees ?? 0) * 10_000);
}

/** Those members whose names are asked for; of two casings the later counts. */
function membersOf(value: unknown, names: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  const members: Record<string, unknown> = {};
  if (!isObject(value)) return members;
  for (const key of Object.keys(value)) {
    const name = key.toLowerCase();
    if (names.has(name)) members[name] = value[key];
  }
  return members;
}

function read(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
