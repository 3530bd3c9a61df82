/** The books of one account: orders, trades, positions, funds. They change only by `record`, and can be read as of earlier. */

import type { Product } from "../../domain/order/terms.ts";
import { type TradingDay, tradingDay } from "../../domain/time.ts";
import type { Listing } from "./listing.ts";
import { positionMargin } from "./margin.ts";
import type { Order } from "./order.ts";
import { afterFill, average, buys, carried, flat, net, overnight, type Position, positionKey, realised, sells } from "./position.ts";
import type { Trade } from "./trade.ts";
import { Versions } from "./versions.ts";

/** All in 1/10000 rupee. */
export interface Funds {
  readonly atStartOfDay: number;
  readonly utilised: number;
  readonly available: number;
}

export class Books {
  readonly clientId: string;
  readonly #orders = new Versions<Order>();
  readonly #byCorrelation = new Map<string, string>();
  readonly #positions = new Versions<Position>();
  #trades: Trade[] = [];
  /** Of the days that are over. */
  readonly #pastTrades: Trade[] = [];
  #cash: number;
  #blockedByOrders = 0;
  #blockedByPositions = 0;
  #realised = 0;

  /** `cash` in 1/10000 rupee. */
  constructor(clientId: string, cash: number) {
    this.clientId = clientId;
    this.#cash = cash;
  }

  /** Writes the next version of an order, and the trade that made it, if one did. `at` is elapsed milliseconds. */
  record(order: Order, trade: Trade | undefined, at: number): void {
    this.#blockedByOrders += order.blocked - (this.#orders.get(order.orderId)?.blocked ?? 0);
    this.#orders.put(order.orderId, order, at);
    if (order.correlationId !== undefined) this.#byCorrelation.set(order.correlationId, order.orderId);
    if (trade === undefined) return;
    this.#trades.push(trade);
    const { listing, contracted } = order;
    const before = this.position(listing, contracted.product) ?? flat(listing, contracted.product);
    this.#hold(afterFill(before, contracted.side, trade.quantity, trade.price), at);
  }

  order(orderId: string): Order | undefined {
    return this.#orders.get(orderId);
  }

  orderAsOf(orderId: string, at: number): Order | undefined {
    return this.#orders.getAsOf(orderId, at);
  }

  /** Of two orders with one correlation id, the later (what Dhan does with a repeated id is not known, reference 2.1). */
  orderIdByCorrelation(correlationId: string): string | undefined {
    return this.#byCorrelation.get(correlationId);
  }

  orders(): readonly Order[] {
    return this.#orders.all();
  }

  ordersAsOf(at: number): readonly Order[] {
    return this.#orders.allAsOf(at);
  }

  trades(): readonly Trade[] {
    return this.#trades;
  }

  tradesAsOf(at: number): readonly Trade[] {
    return this.#trades.filter((trade) => trade.elapsedAt <= at);
  }

  /** Those of these days, newest first as Dhan was recorded to list them. */
  tradesBetween(from: TradingDay, to: TradingDay): readonly Trade[] {
    const isBetween = ({ at }: Trade): boolean => tradingDay(at) >= from && tradingDay(at) <= to;
    return [...this.#pastTrades, ...this.#trades].filter(isBetween).reverse();
  }

  position(listing: Listing, product: Product): Position | undefined {
    return this.#positions.get(positionKey(listing, product));
  }

  positions(): readonly Position[] {
    return this.#positions.all();
  }

  positionsAsOf(at: number): readonly Position[] {
    return this.#positions.allAsOf(at);
  }

  get funds(): Funds {
    const utilised = this.#blockedByOrders + this.#blockedByPositions;
    return { atStartOfDay: this.#cash, utilised, available: this.#cash + this.#realised - utilised };
  }

  /** For tests and for people: sets the day's opening cash, in 1/10000 rupee. */
  setCash(cash: number): void {
    this.#cash = cash;
  }

  /** For tests and for people: replaces a position by one carried from yesterday. `averagePrice` in 1/10000 rupee. */
  setPosition(listing: Listing, product: Product, held: { readonly net: number; readonly averagePrice: number }, at: number): void {
    this.#hold(carried(listing, product, held.net, held.averagePrice), at);
  }

  /** Products change hands without a trade (reference 6.3). False when less than `units` is held that way. */
  convert(listing: Listing, from: Product, to: Product, units: number, at: number): boolean {
    const source = this.position(listing, from) ?? flat(listing, from);
    const target = this.position(listing, to) ?? flat(listing, to);
    const held = net(source);
    if (units <= 0 || Math.abs(held) < units) return false;
    const price = Math.round(average(held > 0 ? buys(source) : sells(source)));
    this.#hold(afterFill(source, held > 0 ? "SELL" : "BUY", units, price), at);
    this.#hold(afterFill(target, held > 0 ? "BUY" : "SELL", units, price), at);
    return true;
  }

  /**
   * The next morning: orders of the day are gone, its trades are history, open positions are carried (reference 2, "Only the current day").
   * An after-market order that still waits for its market stays. A position in a contract that expired before `day` is gone, without a trade;
   * what it was settled at is not played.
   */
  startDay(day: TradingDay, at: number): void {
    const kept = this.#positions
      .all()
      .filter(({ listing }) => listing.expiry === undefined || listing.expiry.slice(0, 10) >= day)
      .map(overnight);
    const waiting = this.#orders.all().filter((order) => order.contracted.afterMarket && order.status === "PENDING" && order.exchangeOrderId === undefined);
    this.#cash += this.#realised;
    this.#orders.clear();
    this.#byCorrelation.clear();
    this.#positions.clear();
    this.#pastTrades.push(...this.#trades);
    this.#trades = [];
    this.#blockedByOrders = 0;
    this.#blockedByPositions = 0;
    this.#realised = 0;
    for (const position of kept) if (net(position) !== 0) this.#hold(position, at);
    for (const order of waiting) this.record(order, undefined, at);
  }

  #hold(position: Position, at: number): void {
    const key = positionKey(position.listing, position.product);
    const before = this.#positions.get(key);
    this.#blockedByPositions += positionMargin(position) - (before === undefined ? 0 : positionMargin(before));
    this.#realised += realised(position) - (before === undefined ? 0 : realised(before));
    this.#positions.put(key, position, at);
  }
}
