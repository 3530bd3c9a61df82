/**
 * The story of what waited at a leader's broker: what its list told of it, and which of his orders it may have fired. Nothing connects the two
 * but what both ask for (reference 3.2, 3.3), so more than one may be named, or none.
 */

import type { Book } from "../../domain/book/book.ts";
import { allOrders } from "../../domain/book/leader-orders.ts";
import type { ClientId, OrderId } from "../../domain/identity.ts";
import { NO_PRICE, type Price } from "../../domain/money.ts";
import type { KnownOrder } from "../../domain/order/known.ts";
import type { ForeverOrder, StandingOrder } from "../../domain/order/standing.ts";
import type { Product, Side } from "../../domain/order/terms.ts";
import type { BookRecord, LeaderRecord } from "../../domain/records.ts";

export type StandingRecord = Extract<LeaderRecord, { type: "leader-standing-reported" | "leader-standing-gone" }>;

export interface StandingStory {
  readonly leader: ClientId;
  /** As it was last told. */
  readonly order: StandingOrder;
  readonly seen: readonly StandingRecord[];
  /** Orders of the leader's with what it asked for, made since it was first heard of. */
  readonly mayHaveFired: readonly OrderId[];
}

/** Undefined: there was never anything of that number. */
export function standingStoryOf(book: Book, records: readonly BookRecord[], wanted: string): StandingStory | undefined {
  const seen = records.filter((record): record is StandingRecord => isAbout(record, wanted));
  const last = seen.findLast((record) => record.type === "leader-standing-reported");
  const [first] = seen;
  if (first === undefined || last === undefined) return undefined;
  const leaders = book.leaders.get(last.leader);
  const fired =
    leaders === undefined ? [] : [...allOrders(leaders)].filter(({ known }) => known.createdAt >= first.at - SECOND_MS && asksFor(last.order, known));
  return { leader: last.leader, order: last.order, seen, mayHaveFired: fired.map(({ known }) => known.orderId) };
}

/** The broker's times have whole seconds. */
const SECOND_MS = 1_000;

function isAbout(record: BookRecord, wanted: string): boolean {
  if (record.type === "leader-standing-reported") return record.order.orderId === wanted;
  return record.type === "leader-standing-gone" && record.order === wanted;
}

interface Asked {
  readonly segment: string;
  readonly securityId: string;
  readonly side: Side;
  readonly product: Product;
  readonly quantity: number;
  readonly price: Price;
}

/** At the market it may have become a limit (reference 2.2). */
function asksFor(order: StandingOrder, { instrument, contracted, terms }: KnownOrder): boolean {
  const asked: readonly Asked[] = order.kind === "forever" ? ofForever(order) : order.orders;
  return asked.some(
    (one) =>
      one.segment === instrument.segment &&
      one.securityId === instrument.securityId &&
      one.side === contracted.side &&
      one.product === contracted.product &&
      one.quantity === terms.quantity &&
      (one.price === NO_PRICE || one.price === terms.price),
  );
}

function ofForever({ instrument, contracted, legs }: ForeverOrder): readonly Asked[] {
  const { segment, securityId } = instrument;
  return legs.map(({ quantity, price }) => ({ segment, securityId, ...contracted, quantity, price }));
}
