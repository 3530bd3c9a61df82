/**
 * Super orders: an entry, and a target and a stop that the broker holds until the entry has filled (reference 3.1).
 *
 * The two legs are orders of their own in the ledger from the entry's arrival on. They are no working orders until the market has reached
 * them: then one is sent to the exchange, and the other is over. How the live broker moves a trail's stop is not written anywhere; here it
 * follows the last price in whole jumps, from the price at which the entry filled.
 */
import { NO_PRICE, type Price, price } from "../../domain/money.ts";
import { opposite, type Side, type Terms } from "../../domain/order/terms.ts";
import type { Answer, Exchange } from "./exchange.ts";
import type { OrderChange } from "./ledger.ts";
import type { Listing } from "./listing.ts";
import { accepted, cancelled, isFinal, type Order, type Placement, received } from "./order.ts";
import { protectedPrice } from "./protection.ts";

export const EXIT_LEGS = ["stop", "target"] as const;
export type ExitLeg = (typeof EXIT_LEGS)[number];

/** Absolute prices; zero: there is no such leg, or no trail. */
export interface LegPrices {
  readonly target: Price;
  readonly stop: Price;
  readonly trail: Price;
}

export interface SuperOrder {
  readonly entry: Order;
  readonly prices: LegPrices;
  readonly legs: Readonly<Record<ExitLeg, Order | undefined>>;
}

interface Plan {
  readonly clientId: string;
  readonly entryId: string;
  prices: LegPrices;
  /** Order numbers, from the entry's arrival at the exchange on. */
  readonly legs: Partial<Record<ExitLeg, string>>;
  /** Legs that were cancelled; for good, also before the entry has arrived. */
  readonly gone: Set<ExitLeg>;
  /** The price from which the trail counts its next jump. */
  trailFrom: Price | undefined;
}

const NOTHING = "Nothing to Cancel . ";

export class SuperOrders {
  readonly #exchange: Exchange;
  readonly #plans = new Map<string, Plan>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.onMarket({ priced: (listing) => this.#priceMoved(listing) });
  }

  place(clientId: string, placement: Placement, prices: LegPrices): Answer<Order> {
    const why = pricesRefusal(placement.contracted.side, placement.terms.price, prices);
    if (why !== undefined) return { ok: false, why };
    const taken = this.#exchange.place(clientId, { ...placement, leg: { leg: "entry", of: undefined } });
    if (!taken.ok) return taken;
    const { orderId } = taken.value;
    this.#plans.set(orderId, { clientId, entryId: orderId, prices, legs: {}, gone: new Set(), trailFrom: undefined });
    return taken;
  }

  /** `terms` of the entry where that is changed; prices that are left out stay, but for the trail: left out it is cancelled. */
  modify(clientId: string, entryId: string, leg: ExitLeg | "entry", change: { readonly terms?: Terms; readonly prices: LegPrices }): Answer<Order> {
    const plan = this.#plans.get(entryId);
    const entry = this.#exchange.ledger.order(clientId, entryId);
    if (plan === undefined || entry === undefined) return { ok: false, why: "Order not found" };
    if (leg !== "entry" && !this.#mayChange(plan, leg)) return { ok: false, why: `Order cannot be modified: its ${leg} is not resting` };
    const why = pricesRefusal(entry.contracted.side, leg === "entry" ? (change.terms?.price ?? NO_PRICE) : NO_PRICE, change.prices);
    if (why !== undefined) return { ok: false, why };
    if (leg === "entry") {
      const answer = this.#exchange.modify(clientId, entryId, change.terms ?? entry.terms);
      if (!answer.ok) return answer;
    } else if (this.#exchange.session === "closed") return { ok: false, why: "Market is Closed! You cannot modify/cancel an order now." };
    const before = plan.prices;
    plan.prices = change.prices;
    if (before.trail !== plan.prices.trail) plan.trailFrom = entry.filled > 0 ? this.#exchange.market.last(entry.listing) : undefined;
    for (const one of EXIT_LEGS) if (before[one] !== plan.prices[one]) this.#repriced(plan, one, "modified");
    this.#check(plan);
    return { ok: true, value: entry };
  }

  cancel(clientId: string, entryId: string, leg: ExitLeg | "entry"): Answer<Order> {
    const plan = this.#plans.get(entryId);
    const entry = this.#exchange.ledger.order(clientId, entryId);
    if (plan === undefined || entry === undefined) return { ok: false, why: "Order not found" };
    if (leg === "entry") return isFinal(entry.status) ? { ok: false, why: NOTHING } : this.#exchange.cancel(clientId, entryId);
    if (this.#exchange.session === "closed") return { ok: false, why: "Market is Closed! You cannot modify/cancel an order now." };
    if (!this.#mayChange(plan, leg)) return { ok: false, why: NOTHING };
    this.#end(plan, leg);
    return { ok: true, value: entry };
  }

  /** Sends a leg to the exchange, as if the market had reached it. */
  send(clientId: string, entryId: string, leg: ExitLeg): Answer<Order> {
    const plan = this.#plans.get(entryId);
    if (plan?.clientId !== clientId || !this.#isArmed(plan, leg)) return { ok: false, why: `the ${leg} leg of ${entryId} does not wait for the market` };
    return { ok: true, value: this.#send(plan, leg) };
  }

  /** The account's super orders of the day, oldest first. */
  of(clientId: string, orderOf: (orderId: string) => Order | undefined): readonly SuperOrder[] {
    return [...this.#plans.values()].flatMap((plan) => {
      const entry = plan.clientId === clientId ? orderOf(plan.entryId) : undefined;
      if (entry === undefined) return [];
      const { stop, target } = plan.legs;
      const legs = { stop: stop === undefined ? undefined : orderOf(stop), target: target === undefined ? undefined : orderOf(target) };
      return [{ entry, prices: pricesLeft(plan), legs }];
    });
  }

  /** What became of an entry or of a leg; called after it was told on the stream. */
  changed({ kind, order }: OrderChange): void {
    const plan = this.#plans.get(order.leg?.of ?? order.orderId);
    if (plan === undefined || order.leg === undefined) return;
    if (order.leg.leg !== "entry") return;
    if (kind === "accepted") this.#standBy(plan, order);
    else if (kind === "executed") this.#arm(plan, order);
    else if (isFinal(order.status)) for (const leg of EXIT_LEGS) this.#end(plan, leg);
  }

  #standBy(plan: Plan, entry: Order): void {
    const at = this.#exchange.clock.now();
    for (const leg of EXIT_LEGS) {
      if (plan.prices[leg] === 0 || plan.gone.has(leg) || plan.legs[leg] !== undefined) continue;
      const identity = { orderId: this.#exchange.numbers.orderId(at), clientId: plan.clientId };
      const { listing, contracted, source } = entry;
      const side = opposite(contracted.side);
      const placement = { listing, contracted: { ...contracted, side }, amoTime: undefined, correlationId: undefined, source };
      plan.legs[leg] = identity.orderId;
      const terms = legTerms(leg, plan.prices, entry.terms.quantity);
      this.#exchange.ledger.record("placeholder", received({ ...placement, terms, leg: { leg, of: plan.entryId } }, identity, at));
    }
  }

  #arm(plan: Plan, entry: Order): void {
    this.#standBy(plan, entry);
    plan.trailFrom ??= this.#exchange.market.last(entry.listing);
    for (const leg of EXIT_LEGS) {
      const order = this.#legOf(plan, leg);
      if (order === undefined || isFinal(order.status) || order.exchangeOrderId !== undefined) continue;
      const at = this.#exchange.clock.now();
      const terms = legTerms(leg, plan.prices, entry.filled);
      this.#exchange.ledger.record("armed", { ...order, status: "PENDING", reason: "CONFIRMED", terms, updatedAt: at });
    }
    this.#check(plan);
  }

  #repriced(plan: Plan, leg: ExitLeg, kind: "modified" | "silent"): void {
    const order = this.#legOf(plan, leg);
    if (order === undefined || isFinal(order.status) || order.exchangeOrderId !== undefined) return;
    const at = this.#exchange.clock.now();
    this.#exchange.ledger.record(kind, { ...order, terms: legTerms(leg, plan.prices, order.terms.quantity), orderedAt: at, updatedAt: at });
  }

  #end(plan: Plan, leg: ExitLeg): void {
    plan.gone.add(leg);
    const order = this.#legOf(plan, leg);
    if (order !== undefined && !isFinal(order.status)) this.#exchange.ledger.record("cancelled", cancelled(order, this.#exchange.clock.now()));
  }

  #send(plan: Plan, leg: ExitLeg): Order {
    const order = this.#legOf(plan, leg);
    if (order === undefined) throw new Error(`a leg of ${plan.entryId} is sent that is not there`);
    const { listing, contracted, terms } = order;
    const limit = leg === "target" ? plan.prices.target : protectedPrice(listing, contracted.side, plan.prices.stop, this.#exchange.conduct.marketBandPercent);
    const sent = { ...order, armed: false, terms: { ...terms, type: "LIMIT" as const, price: limit, triggerPrice: NO_PRICE } };
    // The exchange is told of one leg; the other, and what of the entry still rests, are over.
    for (const other of EXIT_LEGS) if (other !== leg) this.#end(plan, other);
    const entry = this.#exchange.ledger.order(plan.clientId, plan.entryId);
    plan.gone.add(leg);
    const atExchange = this.#exchange.send(accepted(sent, this.#exchange.numbers.exchangeOrderId(), this.#exchange.clock.now()));
    if (entry !== undefined && !isFinal(entry.status)) this.#exchange.cancel(plan.clientId, plan.entryId);
    return atExchange;
  }

  #priceMoved(listing: Listing): void {
    for (const plan of this.#plans.values()) {
      const entry = this.#exchange.ledger.order(plan.clientId, plan.entryId);
      if (entry === undefined || entry.listing.securityId !== listing.securityId || entry.filled === 0) continue;
      // A trail follows the price also where nothing is triggered or filled by it.
      this.#trail(plan, entry.contracted.side, this.#exchange.market.last(listing));
      this.#check(plan);
    }
  }

  #trail(plan: Plan, side: Side, last: Price): void {
    const { trail, stop } = plan.prices;
    if (trail === 0 || stop === 0 || plan.trailFrom === undefined || !this.#isArmed(plan, "stop")) return;
    const jumps = Math.floor((side === "BUY" ? last - plan.trailFrom : plan.trailFrom - last) / trail);
    if (jumps < 1) return;
    const by = (side === "BUY" ? 1 : -1) * jumps * trail;
    plan.prices = { ...plan.prices, stop: price(stop + by) };
    plan.trailFrom = price(plan.trailFrom + by);
    this.#repriced(plan, "stop", this.#exchange.conduct.trailMoves === "told" ? "modified" : "silent");
  }

  /** Whether the market has reached a leg, with market matching. */
  #check(plan: Plan): void {
    const entry = this.#exchange.ledger.order(plan.clientId, plan.entryId);
    if (entry === undefined || this.#exchange.market.matching(plan.clientId, entry.listing) === "manual") return;
    const last = this.#exchange.market.last(entry.listing);
    const sign = entry.contracted.side === "BUY" ? 1 : -1;
    if (this.#isArmed(plan, "stop") && sign * (last - plan.prices.stop) <= 0) this.#send(plan, "stop");
    else if (this.#isArmed(plan, "target") && sign * (last - plan.prices.target) >= 0) this.#send(plan, "target");
  }

  #legOf(plan: Plan, leg: ExitLeg): Order | undefined {
    const id = plan.legs[leg];
    return id === undefined ? undefined : this.#exchange.ledger.order(plan.clientId, id);
  }

  #isArmed(plan: Plan, leg: ExitLeg): boolean {
    return this.#legOf(plan, leg)?.status === "PENDING" && !plan.gone.has(leg);
  }

  #mayChange(plan: Plan, leg: ExitLeg): boolean {
    const order = this.#legOf(plan, leg);
    return plan.prices[leg] !== 0 && !plan.gone.has(leg) && (order === undefined || (!isFinal(order.status) && order.exchangeOrderId === undefined));
  }
}

/** A leg that was cancelled before it became an order has no price any more. */
function pricesLeft({ prices, gone, legs }: Plan): LegPrices {
  const left = (leg: ExitLeg): Price => (gone.has(leg) && legs[leg] === undefined ? NO_PRICE : prices[leg]);
  return { ...prices, stop: left("stop"), target: left("target") };
}

function legTerms(leg: ExitLeg, prices: LegPrices, quantity: Terms["quantity"]): Terms {
  const shape = { validity: "DAY", quantity, disclosed: 0 } as const;
  const terms =
    leg === "target"
      ? { ...shape, type: "LIMIT", price: prices.target, triggerPrice: NO_PRICE }
      : { ...shape, type: "STOP_LOSS_MARKET", price: NO_PRICE, triggerPrice: prices.stop };
  return terms as Terms;
}

/** For a purchase the stop lies below the price and the target above it; mirrored for a sale. A price of zero is not compared. */
function pricesRefusal(side: Side, entry: Price, { stop, target }: LegPrices): string | undefined {
  const sign = side === "BUY" ? 1 : -1;
  const isOrdered = (low: Price, high: Price): boolean => low === 0 || high === 0 || sign * (high - low) > 0;
  if (!isOrdered(stop, entry) || !isOrdered(stop, target)) return "Stop Loss Price is not valid for this order";
  return isOrdered(entry, target) ? undefined : "Target Price is not valid for this order";
}
