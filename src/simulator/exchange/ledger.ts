/**
 * Everything the simulated broker has written down: the books of all accounts and the orders that are open per instrument.
 * `record` is the only way in, and tells the listeners what changed: one order frame per change (reference 12, 15).
 */
import { type Clock, tradingDay } from "../../domain/time.ts";
import { Books } from "./books.ts";
import { type Listing, listingKey } from "./listing.ts";
import { isFinal, isWorking, type Order } from "./order.ts";
import type { Trade } from "./trade.ts";

/**
 * What happened to an order. `silent` changes are written down and not told. Of the legs of a super order: `placeholder`, before its entry has
 * filled; `armed`, for what has; `sent`, to the exchange.
 */
export type ChangeKind =
  | ("received" | "accepted" | "parked" | "modified" | "triggered" | "executed" | "cancelled" | "rejected" | "expired" | "silent")
  | ("placeholder" | "armed" | "sent");

export interface OrderChange {
  readonly kind: ChangeKind;
  readonly order: Order;
}

export type ChangeListener = (change: OrderChange) => void;

export class Ledger {
  readonly #clock: Clock;
  readonly #books = new Map<string, Books>();
  /** Open orders by instrument: order id to client id. */
  readonly #open = new Map<string, Map<string, string>>();
  readonly #listeners: ChangeListener[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `cash` in 1/10000 rupee. */
  openAccount(clientId: string, cash: number): void {
    this.#books.set(clientId, new Books(clientId, cash));
  }

  books(clientId: string): Books | undefined {
    return this.#books.get(clientId);
  }

  get accounts(): Iterable<Books> {
    return this.#books.values();
  }

  order(clientId: string, orderId: string): Order | undefined {
    return this.#books.get(clientId)?.order(orderId);
  }

  record(kind: ChangeKind, order: Order, trade?: Trade): Order {
    this.#books.get(order.clientId)?.record(order, trade, this.#clock.elapsed());
    const key = listingKey(order.listing.segment, order.listing.securityId);
    if (isFinal(order.status)) this.#open.get(key)?.delete(order.orderId);
    else if (isWorking(order)) this.#openAt(key).set(order.orderId, order.clientId);
    if (kind !== "silent") for (const listener of this.#listeners) listener({ kind, order });
    return order;
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** Orders at the exchange for one instrument, in order of arrival. */
  working(listing: Listing): readonly Order[] {
    const ids = this.#open.get(listingKey(listing.segment, listing.securityId)) ?? [];
    return [...ids].flatMap(([orderId, clientId]) => this.order(clientId, orderId) ?? []);
  }

  /** One listing for each instrument that has an order at the exchange. */
  workingListings(): readonly Listing[] {
    return [...this.#open.values()].flatMap((ids) => {
      const [first] = ids;
      const order = first === undefined ? undefined : this.order(first[1], first[0]);
      return order === undefined ? [] : [order.listing];
    });
  }

  startDay(): void {
    this.#open.clear();
    const day = tradingDay(this.#clock.now());
    for (const books of this.#books.values()) books.startDay(day, this.#clock.elapsed());
  }

  #openAt(key: string): Map<string, string> {
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const fresh = new Map<string, string>();
    this.#open.set(key, fresh);
    return fresh;
  }
}
