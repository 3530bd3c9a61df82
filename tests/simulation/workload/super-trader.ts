/**
 * Super orders, in every third session and in a contract of their own: leaders enter with a target and a stop, change and cancel parts of them,
 * get out by other orders; the market reaches legs on one side, on both, or while something is on its way. It draws from a stream of its own,
 * so that what everybody else does in a session stays as it was.
 */
import { cancelAsOwner, fillOrder, placeAsOwner } from "../../../src/simulator/admin/orders.ts";
import { cancelSuperAsOwner, modifySuperAsOwner, placeSuperAsOwner, sendLeg } from "../../../src/simulator/admin/super-orders.ts";
import { isFinal, isWorking, type Order, openQuantity } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import type { ExitLeg, SuperOrder } from "../../../src/simulator/exchange/super-orders.ts";
import { holdingOf, type Stage } from "../world/stage.ts";
import { between, pick, weighted } from "./draw.ts";

export const SUPER_CONTRACT = { exchangeSegment: "NSE_FNO", securityId: "39630", lot: 75 } as const;

const LEG_NAMES = { stop: "STOP_LOSS_LEG", target: "TARGET_LEG" } as const;
const WEIGHTS = {
  enter: 10,
  changeEntry: 4,
  changeLeg: 6,
  cancelEntry: 2,
  cancelLeg: 2,
  fillLeader: 14,
  fillFollower: 8,
  fireBoth: 5,
  fireLeader: 2,
  fireFollower: 2,
  exit: 2,
} as const;

export class SuperTrader {
  readonly #stage: Stage;
  readonly #random: Random;
  #isActive: boolean;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, "super orders");
    this.#isActive = this.#random.below(3) === 0;
  }

  /** Nobody trades any more in what has expired. */
  turnDay(day: string): void {
    const { exchangeSegment, securityId } = SUPER_CONTRACT;
    const expiry = this.#simulator.exchange.listings.find(exchangeSegment, securityId)?.expiry;
    if (expiry !== undefined && expiry.slice(0, 10) < day) this.#isActive = false;
  }

  step(): void {
    if (!this.#isActive || !this.#random.chance(0.5)) return;
    this.#act(weighted(this.#random, WEIGHTS), pick(this.#random, this.#stage.cast.leaders));
  }

  withdrawAll(): void {
    for (const leader of this.#stage.cast.leaders) {
      for (const { entry } of this.#supers(leader)) {
        for (const legName of ["ENTRY_LEG", ...Object.values(LEG_NAMES)] as const) this.#cancel(leader, entry, legName);
      }
      for (const order of this.#plain(leader)) if (!isFinal(order.status)) cancelAsOwner(this.#simulator, { clientId: leader, orderId: order.orderId });
    }
  }

  /** What leaders hold here is sold; the orders that are to be filled for it. */
  leaveAll(): readonly (readonly [string, string])[] {
    return this.#stage.cast.leaders.flatMap((leader) => {
      const id = this.#sell(leader, 10);
      return id === undefined ? [] : [[leader, id] as const];
    });
  }

  fillFollowers(): void {
    for (const follower of this.#stage.cast.followers)
      for (const order of [...this.#plain(follower), ...this.#supers(follower).map(({ entry }) => entry)])
        if (isWorking(order)) fillOrder(this.#simulator, { clientId: follower, orderId: order.orderId, price: 120, late: false });
  }

  #act(what: keyof typeof WEIGHTS, leader: string): void {
    switch (what) {
      case "enter":
        return this.#enter(leader);
      case "changeEntry":
        return this.#changeEntry(leader);
      case "changeLeg":
        return this.#changeLeg(leader);
      case "cancelEntry": {
        const order = this.#pick(leader, ({ entry }) => !isFinal(entry.status));
        if (order === undefined) return;
        this.#stage.counts.add("super order cancelled");
        return this.#cancel(leader, order.entry, "ENTRY_LEG");
      }
      case "cancelLeg": {
        const order = this.#pick(leader, ({ entry }) => entry.filled > 0);
        if (order === undefined) return;
        this.#stage.counts.add("super leg cancelled");
        return this.#cancel(leader, order.entry, LEG_NAMES[pick(this.#random, ["stop", "target"] as const)]);
      }
      case "fillLeader":
        return this.#fill(leader);
      case "fillFollower":
        return this.#fill(pick(this.#random, this.#stage.cast.followers));
      case "fireBoth": {
        const leg = pick(this.#random, ["stop", "target"] as const);
        const fired = this.#fire(leader, leg);
        if (!fired) return;
        this.#stage.counts.add("super leg fired on both sides");
        for (const follower of this.#stage.cast.followers) this.#fire(follower, leg);
        return;
      }
      case "fireLeader":
        if (this.#fire(leader, pick(this.#random, ["stop", "target"] as const))) this.#stage.counts.add("super leg fired at the leader alone");
        return;
      case "fireFollower":
        if (this.#fire(pick(this.#random, this.#stage.cast.followers), pick(this.#random, ["stop", "target"] as const)))
          this.#stage.counts.add("super leg fired at a follower alone");
        return;
      case "exit": {
        const id = this.#sell(leader, this.#random.chance(0.5) ? 10 : between(this.#random, 1, 9));
        if (id !== undefined) fillOrder(this.#simulator, { clientId: leader, orderId: id, price: 120, late: false });
      }
    }
  }

  #enter(leader: string): void {
    const body = {
      clientId: leader,
      source: "W",
      transactionType: "BUY" as const,
      productType: "INTRADAY",
      exchangeSegment: SUPER_CONTRACT.exchangeSegment,
      securityId: SUPER_CONTRACT.securityId,
      quantity: between(this.#random, 1, 8) * SUPER_CONTRACT.lot,
      price: between(this.#random, 119, 122),
      targetPrice: between(this.#random, 130, 140),
      stopLossPrice: between(this.#random, 100, 112),
      ...this.#trail(),
    };
    if (placeSuperAsOwner(this.#simulator, body).ok) this.#stage.counts.add("super order");
  }

  #changeEntry(leader: string): void {
    const order = this.#pick(leader, ({ entry }) => isWorking(entry));
    if (order === undefined) return;
    const quantity = Math.max(order.entry.filled + SUPER_CONTRACT.lot, between(this.#random, 1, 8) * SUPER_CONTRACT.lot);
    const { entry } = order;
    const change = { clientId: leader, orderId: entry.orderId, legName: "ENTRY_LEG" as const, quantity, price: between(this.#random, 119, 122) };
    if (modifySuperAsOwner(this.#simulator, change).ok) this.#stage.counts.add("super entry changed");
  }

  #changeLeg(leader: string): void {
    const order = this.#pick(leader, ({ entry }) => entry.filled > 0);
    if (order === undefined) return;
    const about = { clientId: leader, orderId: order.entry.orderId };
    const change = this.#random.chance(0.5)
      ? { ...about, legName: LEG_NAMES.target, targetPrice: between(this.#random, 130, 145) }
      : { ...about, legName: LEG_NAMES.stop, stopLossPrice: between(this.#random, 100, 115) + 0.5, ...this.#trail() };
    if (modifySuperAsOwner(this.#simulator, change).ok) this.#stage.counts.add("super leg changed");
  }

  /** Left out, it stays as it is: the web sends it along. */
  #trail(): { readonly trailingJump?: number } {
    return this.#random.chance(0.4) ? { trailingJump: between(this.#random, 0, 2) } : {};
  }

  #cancel(account: string, { orderId }: Order, legName: "ENTRY_LEG" | "STOP_LOSS_LEG" | "TARGET_LEG"): void {
    cancelSuperAsOwner(this.#simulator, { clientId: account, orderId, legName });
  }

  #fill(account: string): void {
    const order = this.#pick(account, ({ entry }) => isWorking(entry));
    if (order === undefined) return;
    const lots = Math.max(1, Math.floor(openQuantity(order.entry) / SUPER_CONTRACT.lot));
    const quantity = this.#random.chance(0.6)
      ? openQuantity(order.entry)
      : Math.min(openQuantity(order.entry), between(this.#random, 1, lots) * SUPER_CONTRACT.lot);
    fillOrder(this.#simulator, { clientId: account, orderId: order.entry.orderId, quantity, late: false });
  }

  /** The market reaches a leg, which fills. Answers whether there was one. */
  #fire(account: string, leg: ExitLeg): boolean {
    const order = this.#pick(account, ({ entry, legs }) => entry.filled > 0 && legs[leg]?.status === "PENDING" && legs[leg].exchangeOrderId === undefined);
    const leads = this.#stage.cast.leaders.includes(account);
    // A leader who is out by other means is flat, and his legs would take him through zero: he would have cancelled them.
    if (order === undefined || (leads && this.#held(account) < order.entry.filled)) return false;
    const sent = sendLeg(this.#simulator, { clientId: account, orderId: order.entry.orderId, legName: LEG_NAMES[leg] });
    if (!sent.ok) return false;
    return fillOrder(this.#simulator, { clientId: account, orderId: sent.value.orderId, price: leg === "stop" ? 105 : 135, late: false }).ok;
  }

  /** So many tenths of what the leader holds, at the market. */
  #sell(leader: string, tenths: number): string | undefined {
    const lots = Math.ceil((this.#held(leader) / SUPER_CONTRACT.lot) * (tenths / 10));
    if (lots <= 0) return undefined;
    const { exchangeSegment, securityId, lot } = SUPER_CONTRACT;
    const body = {
      clientId: leader,
      source: "W",
      transactionType: "SELL" as const,
      exchangeSegment,
      securityId,
      productType: "INTRADAY",
      orderType: "MARKET" as const,
    };
    const answer = placeAsOwner(this.#simulator, { ...body, afterMarketOrder: false, amoTime: "OPEN", quantity: lots * lot, price: 0 });
    if (!answer.ok) return undefined;
    this.#stage.counts.add("exit beside super legs");
    return answer.value.orderId;
  }

  #held(account: string): number {
    const listing = this.#simulator.exchange.listings.find(SUPER_CONTRACT.exchangeSegment, SUPER_CONTRACT.securityId);
    return listing === undefined ? 0 : this.#stage.auditor.evidence.held.of(`${account}:${holdingOf(listing, "INTRADAY")}`).now;
  }

  #pick(account: string, wanted: (order: SuperOrder) => boolean): SuperOrder | undefined {
    const found = this.#supers(account).filter(wanted);
    return found.length === 0 ? undefined : pick(this.#random, found);
  }

  #supers(account: string): readonly SuperOrder[] {
    const books = this.#simulator.exchange.ledger.books(account);
    return this.#simulator.superOrders.of(account, (id) => books?.order(id));
  }

  #plain(account: string): readonly Order[] {
    const orders = this.#simulator.exchange.ledger.books(account)?.orders() ?? [];
    return orders.filter(({ leg, listing }) => leg === undefined && listing.securityId === SUPER_CONTRACT.securityId);
  }

  get #simulator(): Stage["world"]["simulator"] {
    return this.#stage.world.simulator;
  }
}
