/**
 * Forever and conditional orders, in every third session and in a contract of their own: leaders place, change and delete them; the market reaches
 * some, and what they fire is filled, changed or withdrawn. It draws from a stream of its own, so that what everybody else does in a session stays
 * as it was.
 */
import {
  cancelAlertAsOwner,
  cancelForeverAsOwner,
  fireAlert,
  fireForever,
  modifyForeverAsOwner,
  placeAlertAsOwner,
  placeForeverAsOwner,
} from "../../../src/simulator/admin/forever-orders.ts";
import { cancelAsOwner, fillOrder, modifyAsOwner, placeAsOwner } from "../../../src/simulator/admin/orders.ts";
import { type ForeverLegName, type ForeverOrder, isWaiting } from "../../../src/simulator/exchange/forever-orders.ts";
import { isFinal, isWorking, type Order, openQuantity } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { holdingOf, type Stage } from "../world/stage.ts";
import { between, pick, weighted } from "./draw.ts";

export const FOREVER_CONTRACT = { exchangeSegment: "NSE_FNO", securityId: "50547", lot: 75 } as const;
const PRODUCT = "MARGIN";

const WEIGHTS = {
  place: 8,
  change: 4,
  remove: 3,
  fire: 12,
  alert: 2,
  fireAlert: 3,
  removeAlert: 1,
  fillLeader: 12,
  fillFollower: 6,
  changeFired: 2,
  cancelFired: 2,
} as const;
const LEG_NAMES = { first: "TARGET_LEG", second: "STOP_LOSS_LEG" } as const;

export class ForeverTrader {
  readonly #stage: Stage;
  readonly #random: Random;
  #isActive: boolean;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, "forever orders");
    this.#isActive = this.#random.below(3) === 0;
  }

  /** Nobody trades any more in what has expired. */
  turnDay(day: string): void {
    const { exchangeSegment, securityId } = FOREVER_CONTRACT;
    const expiry = this.#simulator.exchange.listings.find(exchangeSegment, securityId)?.expiry;
    if (expiry !== undefined && expiry.slice(0, 10) < day) this.#isActive = false;
  }

  step(): void {
    if (!this.#isActive || !this.#random.chance(0.8)) return;
    this.#act(weighted(this.#random, WEIGHTS), pick(this.#random, this.#stage.cast.leaders));
  }

  withdrawAll(): void {
    for (const leader of this.#stage.cast.leaders) {
      for (const { orderId } of this.#waiting(leader)) cancelForeverAsOwner(this.#simulator, { clientId: leader, orderId, legName: "TARGET_LEG" });
      for (const order of this.#orders(leader)) if (!isFinal(order.status)) cancelAsOwner(this.#simulator, { clientId: leader, orderId: order.orderId });
    }
  }

  /** What leaders hold here is sold; the orders that are to be filled for it. */
  leaveAll(): readonly (readonly [string, string])[] {
    return this.#stage.cast.leaders.flatMap((leader) => {
      const held = this.#held(leader);
      if (held <= 0) return [];
      const { exchangeSegment, securityId } = FOREVER_CONTRACT;
      const about = {
        clientId: leader,
        source: "W",
        transactionType: "SELL" as const,
        exchangeSegment,
        securityId,
        productType: PRODUCT,
        orderType: "MARKET" as const,
      };
      const sold = placeAsOwner(this.#simulator, { ...about, afterMarketOrder: false, amoTime: "OPEN", quantity: held, price: 0 });
      return sold.ok ? [[leader, sold.value.orderId] as const] : [];
    });
  }

  fillFollowers(): void {
    for (const follower of this.#stage.cast.followers)
      for (const order of this.#orders(follower))
        if (isWorking(order)) fillOrder(this.#simulator, { clientId: follower, orderId: order.orderId, price: 120, late: false });
  }

  #act(what: keyof typeof WEIGHTS, leader: string): void {
    switch (what) {
      case "place":
        return this.#place(leader);
      case "change": {
        const order = this.#pickOf(this.#waiting(leader));
        if (order === undefined) return;
        const change = { clientId: leader, orderId: order.orderId, legName: LEG_NAMES[this.#legOf(order)], quantity: this.#units(), ...this.#prices("BUY") };
        if (modifyForeverAsOwner(this.#simulator, change).ok) this.#stage.counts.add("forever order changed");
        return;
      }
      case "remove": {
        const order = this.#pickOf(this.#waiting(leader));
        if (order === undefined) return;
        cancelForeverAsOwner(this.#simulator, { clientId: leader, orderId: order.orderId, legName: "TARGET_LEG" });
        this.#stage.counts.add("forever order deleted");
        return;
      }
      case "fire":
        return this.#fire(leader);
      case "alert":
        return this.#alert(leader);
      case "fireAlert": {
        const alert = this.#pickOf(this.#alerts(leader));
        if (alert === undefined || this.#isClosed) return;
        if (fireAlert(this.#simulator, { clientId: leader, alertId: alert.alertId }).ok) this.#stage.counts.add("conditional order fired");
        return;
      }
      case "removeAlert": {
        const alert = this.#pickOf(this.#alerts(leader));
        if (alert !== undefined) cancelAlertAsOwner(this.#simulator, { clientId: leader, alertId: alert.alertId });
        return;
      }
      case "fillLeader":
        return this.#fill(leader);
      case "fillFollower":
        return this.#fill(pick(this.#random, this.#stage.cast.followers));
      case "changeFired": {
        const order = this.#pickOf(this.#orders(leader).filter((one) => isWorking(one) && one.terms.type === "LIMIT"));
        if (order !== undefined) modifyAsOwner(this.#simulator, { clientId: leader, orderId: order.orderId, price: this.#prices(order.contracted.side).price });
        return;
      }
      case "cancelFired": {
        const order = this.#pickOf(this.#orders(leader).filter((one) => !isFinal(one.status)));
        if (order !== undefined) cancelAsOwner(this.#simulator, { clientId: leader, orderId: order.orderId });
      }
    }
  }

  get #isClosed(): boolean {
    return this.#simulator.exchange.session === "closed";
  }

  #place(leader: string): void {
    const isSale = this.#held(leader) > 0 && this.#random.chance(0.6);
    const isOco = isSale && this.#random.chance(0.5);
    const type = this.#random.chance(0.25) ? ({ orderType: "MARKET" } as const) : {};
    const { exchangeSegment, securityId } = FOREVER_CONTRACT;
    const side = isSale ? ("SELL" as const) : ("BUY" as const);
    const about = { clientId: leader, source: "W", transactionType: side, exchangeSegment, securityId, productType: PRODUCT, quantity: this.#units(), ...type };
    const second = { quantity1: this.#units(), price1: between(this.#random, 100, 110), triggerPrice1: between(this.#random, 100, 110) };
    if (!placeForeverAsOwner(this.#simulator, { ...about, ...this.#prices(side), ...(isOco ? second : {}) }).ok) return;
    this.#stage.counts.add(isOco ? "forever order, OCO" : "forever order, single");
  }

  /** What is bought is near the market, so that some of it executes at once. */
  #prices(side: "BUY" | "SELL"): { readonly price: number; readonly triggerPrice: number } {
    const price = side === "BUY" ? between(this.#random, 117, 121) : between(this.#random, 119, 123);
    return { price, triggerPrice: between(this.#random, 112, 128) };
  }

  #units(): number {
    return between(this.#random, 1, 6) * FOREVER_CONTRACT.lot;
  }

  /** The market reaches one. What would take its leader through zero it does not: he would have deleted it. */
  #fire(leader: string): void {
    const order = this.#pickOf(this.#waiting(leader));
    if (order === undefined || this.#isClosed) return;
    const name = this.#legOf(order);
    const units = order.legs.find((leg) => leg.name === name)?.quantity ?? 0;
    if (order.side === "SELL" && units > this.#sellable(leader)) return;
    if (!fireForever(this.#simulator, { clientId: leader, orderId: order.orderId, legName: LEG_NAMES[name] }).ok) return;
    this.#stage.counts.add(order.side === "SELL" ? "forever order fired, an exit" : "forever order fired, an entry");
  }

  #alert(leader: string): void {
    const condition = {
      comparisonType: "PRICE_WITH_VALUE",
      exchangeSegment: "IDX_I",
      securityId: "13",
      timeFrame: "DAY",
      operator: "GREATER_THAN",
      comparingValue: 26_000,
    };
    const { exchangeSegment, securityId } = FOREVER_CONTRACT;
    const about = { transactionType: "BUY", exchangeSegment, securityId, productType: PRODUCT, orderType: "LIMIT", validity: "DAY" };
    const order = { ...about, quantity: this.#units(), price: String(this.#prices("BUY").price), triggerPrice: "0", discQuantity: "0" };
    if (placeAlertAsOwner(this.#simulator, { clientId: leader, source: "W", condition, orders: [order] }).ok) this.#stage.counts.add("conditional order");
  }

  #fill(account: string): void {
    const order = this.#pickOf(this.#orders(account).filter(isWorking));
    if (order === undefined) return;
    const lots = Math.max(1, Math.floor(openQuantity(order) / FOREVER_CONTRACT.lot));
    const quantity = this.#random.chance(0.6) ? openQuantity(order) : Math.min(openQuantity(order), between(this.#random, 1, lots) * FOREVER_CONTRACT.lot);
    fillOrder(this.#simulator, { clientId: account, orderId: order.orderId, quantity, late: false });
  }

  #legOf(order: ForeverOrder): ForeverLegName {
    return pick(this.#random, order.legs.filter(isWaiting)).name;
  }

  #pickOf<T>(choices: readonly T[]): T | undefined {
    return choices.length === 0 ? undefined : pick(this.#random, choices);
  }

  #waiting(account: string): readonly ForeverOrder[] {
    return this.#simulator.foreverOrders.of(account).filter(({ legs }) => legs.some(isWaiting));
  }

  #alerts(account: string) {
    return this.#simulator.conditionalOrders.of(account).filter(({ status }) => status === "ACTIVE");
  }

  #held(account: string): number {
    const listing = this.#simulator.exchange.listings.find(FOREVER_CONTRACT.exchangeSegment, FOREVER_CONTRACT.securityId);
    return listing === undefined ? 0 : this.#stage.auditor.evidence.held.of(`${account}:${holdingOf(listing, PRODUCT)}`).now;
  }

  /** What is held, less what sales that rest would take of it. */
  #sellable(account: string): number {
    const sales = this.#orders(account).filter(({ contracted, status }) => contracted.side === "SELL" && !isFinal(status));
    return this.#held(account) - sales.reduce((sum, order) => sum + openQuantity(order), 0);
  }

  #orders(account: string): readonly Order[] {
    const orders = this.#simulator.exchange.ledger.books(account)?.orders() ?? [];
    return orders.filter(({ listing }) => listing.securityId === FOREVER_CONTRACT.securityId);
  }

  get #simulator(): Stage["world"]["simulator"] {
    return this.#stage.world.simulator;
  }
}
