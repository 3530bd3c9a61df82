/**
 * Super orders, in every third session those of buyers and in every sixth those of sellers, each in a contract of their own: leaders enter with a
 * target and a stop, change and cancel parts of them, get out by other orders; the market reaches legs on one side, on both, or while something is
 * on its way. It draws from streams of its own, so that what everybody else does in a session stays as it was.
 */
import { cancelAsOwner, fillOrder, placeAsOwner, rejectOrder } from "../../../src/simulator/admin/orders.ts";
import { cancelSuperAsOwner, modifySuperAsOwner, placeSuperAsOwner, sendLeg } from "../../../src/simulator/admin/super-orders.ts";
import { isFinal, isWorking, type Order, openQuantity } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import type { ExitLeg, SuperOrder } from "../../../src/simulator/exchange/super-orders.ts";
import { holdingOf, type Stage } from "../world/stage.ts";
import { between, pick, weighted } from "./draw.ts";
import { type SuperContract, SuperMarket, supersIn } from "./super-market.ts";

/** Rupees, from and to. */
type Range = readonly [number, number];

interface Desk {
  readonly side: "BUY" | "SELL";
  readonly contract: SuperContract;
  readonly stream: string;
  /** It is open in one session of so many. */
  readonly oneIn: number;
  readonly entry: Range;
  readonly target: Range;
  readonly stop: Range;
  readonly newTarget: Range;
  readonly newStop: Range;
  /** What a leg is filled at where it fires by itself. */
  readonly firesAt: Readonly<Record<ExitLeg, number>>;
}

export const DESKS = [
  {
    side: "BUY",
    contract: { exchangeSegment: "NSE_FNO", securityId: "39630", lot: 75 },
    stream: "super orders",
    oneIn: 3,
    entry: [119, 122],
    target: [130, 140],
    stop: [100, 112],
    newTarget: [130, 145],
    newStop: [100, 115],
    firesAt: { stop: 105, target: 135 },
  },
  {
    side: "SELL",
    contract: { exchangeSegment: "NSE_FNO", securityId: "39631", lot: 75 },
    stream: "sold super orders",
    oneIn: 6,
    entry: [118, 121],
    target: [100, 110],
    stop: [128, 140],
    newTarget: [95, 110],
    newStop: [125, 140],
    firesAt: { stop: 135, target: 105 },
  },
] as const satisfies readonly Desk[];

export function isSuperContract(securityId: string): boolean {
  return DESKS.some(({ contract }) => contract.securityId === securityId);
}

const TEN_THOUSANDTHS = 10_000;
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
  readonly #desk: Desk;
  readonly #random: Random;
  readonly #market: SuperMarket;
  readonly #refusals: Random;
  #isActive: boolean;

  constructor(stage: Stage, desk: Desk) {
    this.#stage = stage;
    this.#desk = desk;
    this.#random = seededRandom(stage.seed, desk.stream);
    this.#refusals = seededRandom(stage.seed, `refusals of ${desk.stream}`);
    this.#isActive = this.#random.below(desk.oneIn) === 0;
    this.#market = new SuperMarket(stage, desk.contract, (account, order, leg) => this.#reach(account, order, leg));
  }

  /** Nobody trades any more in what has expired. */
  turnDay(day: string): void {
    const { exchangeSegment, securityId } = this.#desk.contract;
    const expiry = this.#simulator.exchange.listings.find(exchangeSegment, securityId)?.expiry;
    if (expiry !== undefined && expiry.slice(0, 10) < day) this.#isActive = false;
  }

  step(): void {
    if (!this.#isActive) return;
    this.#market.step();
    this.#refuseLeg();
    if (!this.#random.chance(0.5)) return;
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

  /** Leaders get out of what they hold here; the orders that are to be filled for it. */
  leaveAll(): readonly (readonly [string, string])[] {
    return this.#stage.cast.leaders.flatMap((leader) => {
      const id = this.#leave(leader, 10);
      return id === undefined ? [] : [[leader, id] as const];
    });
  }

  fillFollowers(): void {
    for (const follower of this.#stage.cast.followers)
      for (const order of [...this.#plain(follower), ...this.#supers(follower).map(({ entry }) => entry)])
        if (isWorking(order)) fillOrder(this.#simulator, { clientId: follower, orderId: order.orderId, price: 120, late: false });
  }

  /** A broker rejects one leg of an order that he has taken, before its entry has filled or after. From a stream of its own. */
  #refuseLeg(): void {
    if (!this.#refusals.chance(0.03)) return;
    const follower = pick(this.#refusals, this.#stage.cast.followers);
    const leg = pick(this.#refusals, ["stop", "stop", "target"] as const);
    const waiting = this.#supers(follower).flatMap(({ legs }) => {
      const order = legs[leg];
      return order === undefined || isFinal(order.status) || order.exchangeOrderId !== undefined ? [] : [order];
    });
    if (waiting.length === 0) return;
    const { orderId } = pick(this.#refusals, waiting);
    if (rejectOrder(this.#simulator, { clientId: follower, orderId, reason: "not allowed" }).ok)
      this.#stage.counts.add(leg === "stop" ? "super stop refused alone" : "super target refused alone");
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
        const id = this.#leave(leader, this.#random.chance(0.5) ? 10 : between(this.#random, 1, 9));
        if (id !== undefined) fillOrder(this.#simulator, { clientId: leader, orderId: id, price: 120, late: false });
      }
    }
  }

  #enter(leader: string): void {
    const { side, entry, target, stop } = this.#desk;
    const { exchangeSegment, securityId, lot } = this.#desk.contract;
    const body = {
      clientId: leader,
      source: "W",
      transactionType: side,
      productType: "INTRADAY",
      exchangeSegment,
      securityId,
      quantity: between(this.#random, 1, 8) * lot,
      price: between(this.#random, ...entry),
      targetPrice: between(this.#random, ...target),
      stopLossPrice: between(this.#random, ...stop),
      ...this.#trail(),
      ...this.#market.trail(),
    };
    if (placeSuperAsOwner(this.#simulator, body).ok) this.#stage.counts.add(side === "BUY" ? "super order" : "super order of a seller");
  }

  #changeEntry(leader: string): void {
    const order = this.#pick(leader, ({ entry }) => isWorking(entry));
    if (order === undefined) return;
    const { entry } = order;
    const { lot } = this.#desk.contract;
    const quantity = Math.max(entry.filled + lot, between(this.#random, 1, 8) * lot);
    const change = { clientId: leader, orderId: entry.orderId, legName: "ENTRY_LEG" as const, quantity, price: between(this.#random, ...this.#desk.entry) };
    if (modifySuperAsOwner(this.#simulator, change).ok) this.#stage.counts.add("super entry changed");
  }

  #changeLeg(leader: string): void {
    const order = this.#pick(leader, ({ entry }) => entry.filled > 0);
    if (order === undefined) return;
    const about = { clientId: leader, orderId: order.entry.orderId };
    const change = this.#random.chance(0.5)
      ? { ...about, legName: LEG_NAMES.target, targetPrice: between(this.#random, ...this.#desk.newTarget) }
      : { ...about, legName: LEG_NAMES.stop, stopLossPrice: between(this.#random, ...this.#desk.newStop) + 0.5, ...this.#trail() };
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
    const lots = Math.max(1, Math.floor(openQuantity(order.entry) / this.#desk.contract.lot));
    const quantity = this.#random.chance(0.6)
      ? openQuantity(order.entry)
      : Math.min(openQuantity(order.entry), between(this.#random, 1, lots) * this.#desk.contract.lot);
    fillOrder(this.#simulator, { clientId: account, orderId: order.entry.orderId, quantity, late: false });
  }

  /** The market reaches a leg, which fills. Answers whether there was one. */
  #fire(account: string, leg: ExitLeg): boolean {
    const order = this.#pick(account, ({ entry, legs }) => entry.filled > 0 && legs[leg]?.status === "PENDING" && legs[leg].exchangeOrderId === undefined);
    const leads = this.#stage.cast.leaders.includes(account);
    // A leader who is out by other means is flat, and his legs would take him through zero: he would have cancelled them.
    if (order === undefined || (leads && this.#held(account) < order.entry.filled)) return false;
    return this.#sendAndFill(account, order, leg, this.#desk.firesAt[leg]);
  }

  #sendAndFill(account: string, { entry }: SuperOrder, leg: ExitLeg, price: number): boolean {
    const sent = sendLeg(this.#simulator, { clientId: account, orderId: entry.orderId, legName: LEG_NAMES[leg] });
    return sent.ok && fillOrder(this.#simulator, { clientId: account, orderId: sent.value.orderId, price, late: false }).ok;
  }

  /** The moving price has come to a leg. A leader who is out by other means has cancelled it. */
  #reach(account: string, order: SuperOrder, leg: ExitLeg): void {
    const isOut = this.#stage.cast.leaders.includes(account) && this.#held(account) < order.entry.filled;
    if (isOut) for (const legName of Object.values(LEG_NAMES)) this.#cancel(account, order.entry, legName);
    else if (this.#sendAndFill(account, order, leg, order.prices[leg] / TEN_THOUSANDTHS)) this.#stage.counts.add("super leg reached by the price");
  }

  /** So many tenths of what the leader holds, at the market. */
  #leave(leader: string, tenths: number): string | undefined {
    const { exchangeSegment, securityId, lot } = this.#desk.contract;
    const lots = Math.ceil((this.#held(leader) / lot) * (tenths / 10));
    if (lots <= 0) return undefined;
    const body = {
      clientId: leader,
      source: "W",
      transactionType: this.#desk.side === "BUY" ? ("SELL" as const) : ("BUY" as const),
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

  /** On the side of this desk; a leader may have gone through zero. */
  #held(account: string): number {
    const { side, contract } = this.#desk;
    const listing = this.#simulator.exchange.listings.find(contract.exchangeSegment, contract.securityId);
    if (listing === undefined) return 0;
    return this.#stage.auditor.evidence.held.of(`${account}:${holdingOf(listing, "INTRADAY")}`).now * (side === "BUY" ? 1 : -1);
  }

  #pick(account: string, wanted: (order: SuperOrder) => boolean): SuperOrder | undefined {
    const found = this.#supers(account).filter(wanted);
    return found.length === 0 ? undefined : pick(this.#random, found);
  }

  #supers(account: string): readonly SuperOrder[] {
    return supersIn(this.#stage, account, this.#desk.contract);
  }

  #plain(account: string): readonly Order[] {
    const orders = this.#simulator.exchange.ledger.books(account)?.orders() ?? [];
    return orders.filter(({ leg, listing }) => leg === undefined && listing.securityId === this.#desk.contract.securityId);
  }

  get #simulator(): Stage["world"]["simulator"] {
    return this.#stage.world.simulator;
  }
}
