/**
 * The simulated broker and exchange behind the wire: what becomes of orders, changes and cancels.
 *
 * Nothing here knows of sockets, HTTP or Dhan's words. Time comes from an injected clock and timers, chance from a seed, so
 * the same inputs give the same day, under virtual time too. What a client is told at once is the answer of `place`,
 * `modify` and `cancel`; all else comes later, as changes of the ledger.
 */
import { type Price, price } from "../../domain/money.ts";
import { isStop, type Terms } from "../../domain/order/terms.ts";
import { quantity } from "../../domain/quantity.ts";
import type { Clock, Timers } from "../../domain/time.ts";
import { type Conduct, DEFAULT_CONDUCT } from "./conduct.ts";
import { Ledger } from "./ledger.ts";
import type { Listing, Listings } from "./listing.ts";
import { Market, type Matching } from "./market.ts";
import { executionPrice, isTriggered } from "./matching.ts";
import { type Numbering, numbering } from "./numbering.ts";
import {
  accepted,
  cancelled,
  executed,
  isFinal,
  isWorking,
  modified,
  type Order,
  openQuantity,
  type Placement,
  parked,
  received,
  rejected,
  triggered,
} from "./order.ts";
import { protectedPrice, stopMarketLimit } from "./protection.ts";
import { type Random, seededRandom } from "./random.ts";
import { isFrozen, marginOf, riskRefusal } from "./risk.ts";

export interface ExchangeOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly seed: number;
  readonly listings: Listings;
  readonly matching: Matching;
  readonly conduct: Partial<Conduct>;
}

/** What waits at the broker for the market, beside the orders: told after the orders at the exchange have met it. */
export interface MarketListener {
  readonly priced?: (listing: Listing) => void;
  readonly opened?: () => void;
  readonly dayStarted?: () => void;
}

/** The answer to a request: yes with what it made, or no in the broker's words. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

const MARKET_CLOSED = "Market is Closed! You cannot modify/cancel an order now.";

export class Exchange {
  readonly clock: Clock;
  readonly listings: Listings;
  readonly ledger: Ledger;
  readonly market: Market;
  readonly numbers: Numbering;
  readonly #timers: Timers;
  readonly #random: Random;
  readonly #held = new Set<string>();
  readonly #underWay: (() => void)[] = [];
  #conduct: Conduct;
  #session: "open" | "closed" = "open";
  #stopWalk: () => void = () => {};
  readonly #listeners: MarketListener[] = [];

  constructor(options: ExchangeOptions) {
    this.clock = options.clock;
    this.listings = options.listings;
    this.#timers = options.timers;
    this.#random = seededRandom(options.seed, "fills");
    this.#conduct = { ...DEFAULT_CONDUCT, ...options.conduct };
    this.ledger = new Ledger(options.clock);
    this.market = new Market(seededRandom(options.seed, "prices"), options.matching);
    this.numbers = numbering(options.seed);
  }

  get conduct(): Conduct {
    return this.#conduct;
  }

  configure(changes: Partial<Conduct>): void {
    this.#conduct = { ...this.#conduct, ...changes };
  }

  /** Takes an order as TRANSIT, under a number of its own unless it has one. Risk and exchange refusals come later, as REJECTED (reference 2.1). */
  place(clientId: string, placement: Placement, orderId?: string): Answer<Order> {
    const why = this.#termsRefusal(placement.terms, placement);
    if (why !== undefined) return { ok: false, why };
    const now = this.clock.now();
    const order = this.ledger.record("received", received(placement, { orderId: orderId ?? this.numbers.orderId(now), clientId }, now));
    if (!this.#held.has(clientId)) this.#later(() => this.#arrive(clientId, order.orderId));
    return { ok: true, value: order };
  }

  /** Accepts a change of an open order; it takes effect when the exchange gets it, unless a fill wins (reference 2.3). */
  modify(clientId: string, orderId: string, terms: Terms): Answer<Order> {
    const order = this.ledger.order(clientId, orderId);
    const why = this.#changeRefusal(order, "modified") ?? (order === undefined ? undefined : this.#modificationRefusal(order, terms));
    if (order === undefined || why !== undefined) return { ok: false, why: why ?? "Order not found" };
    const counted = this.ledger.record("silent", { ...order, modifications: order.modifications + 1 });
    this.#later(() => this.#change(clientId, orderId, terms));
    return { ok: true, value: counted };
  }

  /** Accepts a cancel; whether the order ends cancelled or filled shows later (reference 2.4). */
  cancel(clientId: string, orderId: string): Answer<Order> {
    const order = this.ledger.order(clientId, orderId);
    const why = this.#changeRefusal(order, "cancelled");
    if (order === undefined || why !== undefined) return { ok: false, why: why ?? "Order not found" };
    this.#later(() => {
      const now = this.ledger.order(clientId, orderId);
      if (now !== undefined && !isFinal(now.status)) this.ledger.record("cancelled", cancelled(now, this.clock.now()));
    });
    return { ok: true, value: order };
  }

  /** Executes a part of an order that is at the exchange. What an IOC order has left is cancelled at once (reference 2.8). */
  execute(order: Order, fill: { readonly quantity: number; readonly price: Price }): Order {
    const at = this.clock.now();
    const after = executed(order, { quantity: quantity(fill.quantity), price: fill.price }, at);
    const trade = { tradeId: this.numbers.tradeId(), order: after, quantity: quantity(fill.quantity), price: fill.price, at, elapsedAt: this.clock.elapsed() };
    this.ledger.record("executed", after, trade);
    if (after.terms.validity === "IOC" && !isFinal(after.status)) return this.ledger.record("cancelled", cancelled(after, at));
    return after;
  }

  /** Sends an order that waits at the broker to the exchange: a new one, or an after-market one at the open. */
  enter(order: Order): void {
    const at = this.clock.now();
    const entered = this.#asTheExchangeTakesIt(accepted(order, this.numbers.exchangeOrderId(), at));
    this.#match(this.ledger.record("accepted", entered), "arriving");
  }

  /** Moves an instrument's price; with market matching, stops are triggered and orders filled by it. */
  setPrice(listing: Listing, last: Price): void {
    this.market.set(listing, last);
    for (const order of this.ledger.working(listing)) this.#match(order, "resting");
    for (const { priced } of this.#listeners) priced?.(listing);
  }

  onMarket(listener: MarketListener): void {
    this.#listeners.push(listener);
  }

  /** Takes a leg of a super order that the broker held until now. */
  send(leg: Order): Order {
    this.#match(this.ledger.record("sent", leg), "arriving");
    return this.ledger.order(leg.clientId, leg.orderId) ?? leg;
  }

  /** Keeps an account's new orders in TRANSIT, or lets all of them go. */
  hold(clientId: string, state: "hold" | "release"): void {
    if (state === "hold") {
      this.#held.add(clientId);
      return;
    }
    this.#held.delete(clientId);
    for (const order of this.ledger.books(clientId)?.orders() ?? []) if (order.status === "TRANSIT") this.#arrive(clientId, order.orderId);
  }

  get session(): "open" | "closed" {
    return this.#session;
  }

  setSession(session: "open" | "closed"): void {
    this.#session = session;
  }

  /** What waits for the market meets it as it opens. */
  opened(): void {
    for (const { opened } of this.#listeners) opened?.();
  }

  /** A new trading day. */
  startDay(): void {
    this.ledger.startDay();
    for (const { dayStarted } of this.#listeners) dayStarted?.();
  }

  /** Lets the prices of instruments with open orders wander every so often, until `stop`. */
  walk(everyMs: number): void {
    this.#stopWalk = this.#timers.after(everyMs, () => {
      for (const listing of this.ledger.workingListings()) {
        this.market.drift(listing);
        this.setPrice(listing, this.market.last(listing));
      }
      this.walk(everyMs);
    });
  }

  stop(): void {
    this.#stopWalk();
  }

  /** What the broker has sent to the exchange arrives in the order in which it was sent, whatever the timers' own order. */
  #later(act: () => void): void {
    this.#underWay.push(act);
    this.#timers.after(this.#conduct.exchangeDelayMs, () => this.#underWay.shift()?.());
  }

  #arrive(clientId: string, orderId: string): void {
    const order = this.ledger.order(clientId, orderId);
    if (order === undefined || order.status !== "TRANSIT") return;
    if (order.terms.type === "LIMIT" && !this.market.isPriced(order.listing)) this.market.set(order.listing, order.terms.price);
    const risk = riskRefusal(order, {
      books: this.ledger.books(clientId),
      last: this.market.last(order.listing),
      session: this.#session,
      freezeLots: this.#conduct.freezeLots,
    });
    if (typeof risk === "string") this.ledger.record("rejected", rejected(order, risk, this.clock.now()));
    else if (order.contracted.afterMarket) this.ledger.record("parked", parked({ ...order, blocked: risk.blocks }, this.clock.now()));
    else this.enter({ ...order, blocked: risk.blocks });
  }

  /** A modification that meets an ended order, or asks for no more than is filled, has lost to a fill. */
  #change(clientId: string, orderId: string, terms: Terms): void {
    const order = this.ledger.order(clientId, orderId);
    if (order === undefined || isFinal(order.status) || terms.quantity <= order.filled) return;
    const replaced = modified(order, terms, this.clock.now());
    const changed = { ...replaced, blocked: marginOf(replaced, { books: this.ledger.books(clientId), last: this.market.last(order.listing) }) };
    const taken = this.ledger.record("modified", isWorking(changed) ? this.#asTheExchangeTakesIt(changed) : changed);
    this.#match(taken, "arriving");
  }

  /** What becomes of API market and stop-market orders on their way to the exchange (reference 2.2). */
  #asTheExchangeTakesIt(order: Order): Order {
    if (order.source !== "P") return order;
    const { terms, listing, contracted } = order;
    if (terms.type === "STOP_LOSS_MARKET") {
      const limit = stopMarketLimit(listing, contracted.side, terms.triggerPrice);
      return { ...order, armed: false, terms: { ...terms, type: "LIMIT", price: limit, triggerPrice: price(0) } };
    }
    if (terms.type !== "MARKET") return order;
    const limit = protectedPrice(listing, contracted.side, this.market.last(listing), this.#conduct.marketBandPercent);
    if (this.#conduct.marketOrders === "market") return { ...order, protectedPrice: limit };
    return { ...order, terms: { ...terms, type: "LIMIT", price: limit } };
  }

  #match(order: Order, arrival: "arriving" | "resting"): void {
    if (!isWorking(order) || this.market.matching(order.clientId, order.listing) === "manual") return;
    const last = this.market.last(order.listing);
    if (isTriggered(order, last)) {
      this.#match(this.ledger.record("triggered", triggered(order, this.clock.now())), "arriving");
      return;
    }
    const at = executionPrice(order, last, arrival);
    if (at === undefined) {
      if (order.terms.validity === "IOC") this.ledger.record("cancelled", cancelled(order, this.clock.now()));
      return;
    }
    const after = this.execute(order, { quantity: this.#available(order), price: at });
    if (isWorking(after)) this.#timers.after(this.#conduct.partialFillStepMs, () => this.#matchAgain(after));
  }

  #matchAgain(order: Order): void {
    const now = this.ledger.order(order.clientId, order.orderId);
    if (now !== undefined) this.#match(now, "resting");
  }

  /** All that is open, or now and then only some whole lots of it. */
  #available(order: Order): number {
    const open = openQuantity(order);
    const lots = Math.floor(open / order.listing.lot);
    if (lots < 2 || !this.#random.chance(this.#conduct.partialFills)) return open;
    return (1 + this.#random.below(lots - 1)) * order.listing.lot;
  }

  #changeRefusal(order: Order | undefined, what: "modified" | "cancelled"): string | undefined {
    if (order === undefined) return "Order not found";
    if (isFinal(order.status)) return `Order cannot be ${what}: it is already ${order.status}`;
    if (this.#session === "closed" && !order.contracted.afterMarket) return MARKET_CLOSED;
    return undefined;
  }

  #modificationRefusal(order: Order, terms: Terms): string | undefined {
    if (order.status === "TRANSIT") return "Order cannot be modified: it is still in TRANSIT";
    if (order.modifications >= this.#conduct.maxModifications)
      return `Order cannot be modified: the limit of ${this.#conduct.maxModifications} modifications is reached`;
    if (terms.quantity <= order.filled) return "Quantity cannot be less than or equal to the traded quantity";
    if (isFrozen(order, terms.quantity, this.#conduct.freezeLots)) return "Quantity is above the freeze limit";
    return this.#termsRefusal(terms, order);
  }

  #termsRefusal(terms: Terms, of: Pick<Placement, "contracted" | "source">): string | undefined {
    if (terms.type === "STOP_LOSS_MARKET" && of.source === "P" && this.#conduct.stopMarket === "refuse") return "Stop Loss Market orders are not allowed";
    if (!isStop(terms.type) || terms.type === "STOP_LOSS_MARKET") return undefined;
    if (of.contracted.side === "BUY" && terms.triggerPrice > terms.price) return "Trigger Price should be less than Price";
    if (of.contracted.side === "SELL" && terms.triggerPrice < terms.price) return "Trigger Price should be greater than Price";
    return undefined;
  }
}
