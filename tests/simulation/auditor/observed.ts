/**
 * What the auditor is told, as plain data in words of its own. It imports nothing of the program: neither its readers nor its arithmetic,
 * so that one mistake cannot agree with itself. Times are elapsed milliseconds of the virtual day, prices 1/10000 rupee.
 */

/** One order at the exchange, as it stands after a change. */
export interface OrderVersion {
  readonly account: string;
  readonly orderId: string;
  /** Undefined for what people place by hand. */
  readonly correlationId: string | undefined;
  /** Of a super order: a leg that gets out, under the entry's number and its own name. */
  readonly leg: { readonly of: string; readonly name: string } | undefined;
  /** It is the entry of one. */
  readonly isSuperEntry: boolean;
  /** Contract, its last day, and product: what positions are kept by. `segment:number:YYYY-MM-DD:product`, the day `-` for what does not expire. */
  readonly holding: string;
  /** Where the holding is of all products together, the one of this order. */
  readonly product: string;
  readonly lot: number;
  readonly side: "BUY" | "SELL";
  readonly type: string;
  readonly validity: string;
  /** Meant for the next session: it waits at the broker until the market opens, for what `amoTime` says. */
  readonly afterMarket: boolean;
  readonly amoTime: string | undefined;
  readonly quantity: number;
  readonly price: number;
  readonly trigger: number;
  readonly filled: number;
  /** What its fills have paid on average; 0 before the first. */
  readonly average: number;
  /** What its contract was traded at last. */
  readonly last: number;
  readonly status: string;
  /** The exchange has, or had, it. */
  readonly confirmed: boolean;
  /** Unix milliseconds; the day in Kolkata is part of what an order's mark is made of (R9). */
  readonly createdAt: number;
  /** Unix milliseconds: when its broker got it, or its latest change. A fill moves nothing. */
  readonly orderedAt: number;
}

export type Fraction = readonly [number, number];

/** A copy as a person wrote it down. */
export interface CopyTerms {
  readonly id: string;
  readonly leader: string;
  readonly follower: string;
  readonly numerator: number;
  readonly denominator: number;
  readonly rounding: "down" | "nearest" | "up" | "carry";
  /** The ratio is that of the funds, times the first and at most the second, each a fraction; numerator and denominator mean nothing then. */
  readonly capital: { readonly multiplier: Fraction; readonly maxRatio: Fraction } | undefined;
  readonly maxLots: number | undefined;
  readonly orphan: "report" | "exit";
  readonly amoTime: string;
  /** What becomes of an order that rests when the leader's has filled. Of a chase how far an entry may go, in hundredths of a percent. */
  readonly onLeaderFilled:
    | { readonly action: "leave" }
    | { readonly action: "cancel"; readonly afterMs: number }
    | { readonly action: "chase"; readonly afterMs: number; readonly hundredths: number };
}

/** A day's price band that the copier knows of, by contract and product. */
export interface Band {
  readonly contract: string;
  readonly lower: number;
  readonly upper: number;
}

/** A durable record of the journal, as its JSON. */
export type JournalLine = Readonly<Record<string, unknown>> & { readonly type: string; readonly at: number };

/** What the copier holds in memory of a position, to be compared with the exchange's books. Signed units. */
export interface Belief {
  readonly account: string;
  /** Of the copy from this leader; undefined: the account's own position, a leader's. */
  readonly of: string | undefined;
  readonly holding: string;
  readonly net: number;
}

/** The trail of a super order as the exchange has it; 0: its stop does not move by itself. */
export interface SuperPlan {
  readonly account: string;
  readonly orderId: string;
  readonly trail: number;
}

/** The first thing that was not as it must be. */
export interface Broken {
  readonly invariant: string;
  readonly sentence: string;
  /** The common part of the marks of the mirror concerned, if one is. */
  readonly stem: string | undefined;
  readonly at: number;
}

/** Of a contract of which positions are converted: its holding is of all products together. */
export function isOfAllProducts({ holding, product }: Pick<OrderVersion, "holding" | "product">): boolean {
  return !holding.endsWith(`:${product}`);
}

export function isOver(status: string): boolean {
  return status === "TRADED" || status === "CANCELLED" || status === "REJECTED" || status === "EXPIRED";
}

/** Whether its contract expired before this day. */
export function hasExpired(holding: string, day: string): boolean {
  const [, , lastDay = "-"] = holding.split(":");
  return lastDay !== "-" && lastDay < day;
}

export function signed(side: "BUY" | "SELL", units: number): number {
  return side === "BUY" ? units : -units;
}
