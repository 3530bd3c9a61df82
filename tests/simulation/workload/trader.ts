/**
 * What people and the exchange do in one step of a session: leaders enter, exit, reverse, change, cancel, in bursts and storms; orders of
 * both sides are filled, in parts too, or rejected, expire; followers trade by hand. Acts on the exchange as people do, past the copier.
 */

import { cancelAsOwner, endOrder, fillOrder, modifyAsOwner, placeAsOwner, rejectOrder, triggerOrder } from "../../../src/simulator/admin/orders.ts";
import { listingKey } from "../../../src/simulator/exchange/listing.ts";
import { isFinal, isWorking, type Order, openQuantity } from "../../../src/simulator/exchange/order.ts";
import { net } from "../../../src/simulator/exchange/position.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { stemIn } from "../auditor/mark.ts";
import { holdingOf, type Stage } from "../world/stage.ts";
import { between, pick, weighted } from "./draw.ts";
import { FOREVER_CONTRACT } from "./forever-trader.ts";
import { isSuperContract } from "./super-trader.ts";

interface Contract {
  readonly exchangeSegment: string;
  readonly securityId: string;
  readonly lot: number;
}

const CONTRACTS: readonly Contract[] = [
  { exchangeSegment: "NSE_FNO", securityId: "37806", lot: 75 },
  { exchangeSegment: "NSE_FNO", securityId: "37810", lot: 75 },
  { exchangeSegment: "BSE_FNO", securityId: "844119", lot: 20 },
];

/** What is traded when they have expired. */
const LATER: Readonly<Record<string, string>> = { "37806": "60902", "37810": "60903" };

const WEIGHTS = {
  enter: 14,
  exit: 12,
  reverse: 2,
  alternatives: 3,
  modify: 9,
  storm: 1,
  cancel: 6,
  burst: 2,
  fillLeader: 20,
  fillFollower: 5,
  rejectFollower: 1,
  rejectLeader: 1,
  expire: 1,
  trigger: 2,
  tradeByHand: 1,
  cancelByHand: 1,
} as const;

/** At the exchange, or waiting at the broker for the open. */
function rests({ status }: Order): boolean {
  return status === "PENDING" || status === "PART_TRADED";
}

export class Trader {
  readonly #stage: Stage;
  readonly #random: Random;
  /** A stream of its own, so that all other sessions are what they are without it. */
  readonly #slices: Random;
  readonly #divides: boolean;
  #contracts: readonly Contract[];
  /** Numbers that were an expired contract's. */
  readonly #reissued = new Set<string>();
  readonly #product: string;
  /** Orders of leaders that are meant to pass through zero. */
  readonly #reversals = new Set<string>();
  placed = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, "trade");
    const first = this.#random.below(CONTRACTS.length);
    this.#contracts = [CONTRACTS[first], ...(this.#random.chance(0.4) ? [CONTRACTS[(first + 1) % CONTRACTS.length]] : [])].filter((one) => one !== undefined);
    this.#product = this.#random.chance(0.2) ? "MARGIN" : "INTRADAY";
    this.#slices = seededRandom(stage.seed, "leader's slices");
    this.#divides = this.#slices.chance(0.3);
  }

  /** One step; how long until the next, in milliseconds. */
  step(): number {
    const what = weighted(this.#random, WEIGHTS);
    const leader = pick(this.#random, this.#stage.cast.leaders);
    const contract = pick(this.#random, this.#contracts);
    this.#act(what, leader, contract);
    return pick(this.#random, [0, 0, 1, 2, 3, 5, 9, 20, 45, 120, 300, 1_100, 2_500]);
  }

  #act(what: keyof typeof WEIGHTS, leader: string, contract: Contract): void {
    switch (what) {
      case "enter":
        return this.#enter(leader, contract);
      case "exit":
        return this.#exit(leader, contract, this.#random.chance(0.5) ? 10 : between(this.#random, 1, 9));
      case "reverse":
        return this.#reverse(leader, contract);
      case "alternatives": {
        if (this.#net(leader, contract) === 0) return;
        return this.#brackets(leader, contract);
      }
      case "modify":
        return this.#modify(leader);
      case "storm":
        this.#stage.counts.add("modify storm");
        for (let times = between(this.#random, 4, 9); times > 0; times -= 1) this.#modify(leader);
        return;
      case "cancel":
        return this.#cancel(leader);
      case "burst":
        this.#stage.counts.add("leader burst");
        for (let times = between(this.#random, 4, 14); times > 0; times -= 1)
          if (this.#random.chance(0.75)) this.#enter(leader, contract);
          else this.#cancel(leader);
        return;
      case "fillLeader":
        return this.#fillLeader(leader);
      case "fillFollower":
        return this.#fillFollower(pick(this.#random, this.#stage.cast.followers));
      case "rejectFollower":
        return this.#rejectFollower(pick(this.#random, this.#stage.cast.followers));
      case "rejectLeader": {
        const order = this.#openOf(this.#own(leader), (one) => one.filled === 0);
        if (order === undefined) return;
        this.#stage.counts.add("leader rejected");
        rejectOrder(this.#stage.world.simulator, { clientId: leader, orderId: order.orderId, reason: "Price out of range" });
        return;
      }
      case "expire": {
        const order = this.#openOf(this.#own(leader), isWorking);
        if (order !== undefined)
          endOrder(this.#stage.world.simulator, { clientId: leader, orderId: order.orderId, as: this.#random.chance(0.5) ? "expired" : "cancelled" });
        return;
      }
      case "trigger": {
        const account = pick(this.#random, [leader, ...this.#stage.cast.followers]);
        const order = this.#openOf(this.#orders(account), (one) => one.armed && isWorking(one));
        if (order !== undefined) triggerOrder(this.#stage.world.simulator, { clientId: account, orderId: order.orderId });
        return;
      }
      case "tradeByHand":
        if (this.#isClosed) return;
        return this.#tradeByHand(pick(this.#random, this.#stage.cast.followers), contract);
      case "cancelByHand": {
        const follower = pick(this.#random, this.#stage.cast.followers);
        const order = this.#random.chance(0.4)
          ? this.#openOf(this.#copied(follower), (one) => isWorking(one) && stemIn(one.correlationId) !== undefined)
          : undefined;
        if (order === undefined) return;
        this.#stage.counts.add("follower cancels our order by hand");
        this.#stage.auditor.evidence.cancelledByHand.add(order.orderId);
        cancelAsOwner(this.#stage.world.simulator, { clientId: follower, orderId: order.orderId });
        return;
      }
    }
  }

  get #isClosed(): boolean {
    return this.#stage.world.simulator.exchange.session === "closed";
  }

  /** A new day: of what has expired nothing is traded any more, but for what has its number now. */
  turnDay(day: string, reissues: boolean): void {
    const { listings, market } = this.#stage.world.simulator.exchange;
    this.#contracts = this.#contracts.map((contract) => {
      const listing = listings.find(contract.exchangeSegment, contract.securityId);
      if (listing?.expiry === undefined || listing.expiry.slice(0, 10) >= day) return contract;
      if (!reissues) return { ...contract, securityId: LATER[contract.securityId] ?? contract.securityId };
      const next = { ...listing, expiry: "2027-01-26 14:30:00", displayName: `${listing.displayName} (next)` };
      listings.reissue(next);
      market.set(next, market.last(listing));
      this.#reissued.add(listingKey(contract.exchangeSegment, contract.securityId));
      return contract;
    });
  }

  /** Nobody can order for the next day what expires on this one. */
  #isListedTomorrow(segment: string, securityId: string): boolean {
    const expiry = this.#stage.world.simulator.exchange.listings.find(segment, securityId)?.expiry;
    return expiry === undefined || Date.parse(`${expiry.slice(0, 10)}T00:00:00+05:30`) > this.#stage.world.time.now();
  }

  /** Everything that the leaders have open is cancelled. */
  withdrawAll(): void {
    for (const leader of this.#stage.cast.leaders)
      for (const order of this.#own(leader))
        if (!isFinal(order.status)) cancelAsOwner(this.#stage.world.simulator, { clientId: leader, orderId: order.orderId });
  }

  /** A leader who holds something places a stop that takes him out of it; answers whether one does. */
  stopsOut(leader: string): boolean {
    const contract = this.#contracts.find((one) => this.#net(leader, one) !== 0);
    if (contract === undefined) return false;
    this.#exit(leader, contract, 10, "STOP_LOSS");
    return true;
  }

  /** A leader who holds something places a target and a stop for it. */
  placesAlternatives(leader: string): void {
    const contract = this.#contracts.find((one) => this.#net(leader, one) !== 0);
    if (contract !== undefined) this.#brackets(leader, contract);
  }

  /** Leaders whose programs divide their orders get out of a part of what they hold, at the market, before they leave. */
  leavePartly(): readonly (readonly [string, string])[] {
    if (!this.#divides) return [];
    return this.#stage.cast.leaders.flatMap((leader) =>
      this.#contracts.flatMap((contract) => {
        const held = this.#net(leader, contract);
        const lots = Math.floor(Math.abs(held) / contract.lot);
        if (lots < 3) return [];
        const slices = between(this.#slices, 2, lots - 1);
        this.#stage.counts.add("exit sent as slices of the leader's own");
        const order = { transactionType: held > 0 ? "SELL" : "BUY", orderType: "MARKET", quantity: contract.lot };
        return Array.from({ length: slices }, () => this.#place(leader, contract, order)).flatMap((id) => (id === undefined ? [] : [[leader, id] as const]));
      }),
    );
  }

  /** These leaders get out of all that they hold, at the market, and their orders fill. */
  leaveAll(leaders: readonly string[]): readonly (readonly [string, string])[] {
    return leaders.flatMap((leader) =>
      this.#contracts.flatMap((contract) => {
        const held = this.#net(leader, contract);
        if (held === 0) return [];
        const id = this.#place(leader, contract, { transactionType: held > 0 ? "SELL" : "BUY", orderType: "MARKET", quantity: Math.abs(held) });
        return id === undefined ? [] : [[leader, id] as const];
      }),
    );
  }

  fillWhole(account: string, orderId: string): void {
    fillOrder(this.#stage.world.simulator, { clientId: account, orderId, price: 120, late: false });
  }

  /** Whatever rests at the followers is filled. */
  fillFollowers(): void {
    for (const follower of this.#stage.cast.followers)
      for (const order of this.#copied(follower)) if (isWorking(order)) this.fillWhole(follower, order.orderId);
  }

  #enter(leader: string, contract: Contract): void {
    const held = this.#net(leader, contract);
    const fresh = this.#random.chance(0.8) ? "BUY" : "SELL";
    const side = held > 0 ? "BUY" : held < 0 ? "SELL" : (this.#leaning(leader, contract) ?? fresh);
    this.#stage.counts.add("leader entry");
    const quantity = between(this.#random, 1, 8) * contract.lot;
    const type = weighted(this.#random, { LIMIT: 6, MARKET: 3, STOP_LOSS: 1, STOP_LOSS_MARKET: 1, IOC: 1 });
    if (this.#placeSliced(leader, contract, quantity, { transactionType: side, ...this.#priced(type, side) }) > 1)
      this.#stage.counts.add("entry sent as slices of the leader's own");
  }

  /** In some sessions the leaders have programs that divide their orders, as those above the freeze quantity are. Answers into how many. */
  #placeSliced(leader: string, contract: Contract, quantity: number, order: Record<string, unknown>): number {
    const isDivided = this.#divides && quantity > contract.lot && this.#slices.chance(0.6);
    const most = isDivided ? between(this.#slices, 1, quantity / contract.lot - 1) * contract.lot : quantity;
    let slices = 0;
    for (let left = quantity; left > 0; left -= most) {
      this.#place(leader, contract, { ...order, quantity: Math.min(left, most) });
      slices += 1;
    }
    return slices;
  }

  /** The side of what a leader who is flat has open in the contract: nobody means to go both ways at once. */
  #leaning(leader: string, { exchangeSegment, securityId }: Contract): "BUY" | "SELL" | undefined {
    const open = this.#own(leader).find(({ status, listing }) => !isFinal(status) && listing.segment === exchangeSegment && listing.securityId === securityId);
    return open?.contracted.side;
  }

  #brackets(leader: string, contract: Contract): void {
    this.#exit(leader, contract, 10, "LIMIT");
    this.#exit(leader, contract, 10, "STOP_LOSS");
  }

  #exit(leader: string, contract: Contract, tenths: number, type?: "LIMIT" | "STOP_LOSS"): void {
    const held = this.#net(leader, contract);
    if (held === 0) return;
    const side = held > 0 ? "SELL" : "BUY";
    const lots = Math.abs(held) / contract.lot;
    const quantity = Math.max(1, Math.round((lots * tenths) / 10)) * contract.lot;
    this.#stage.counts.add("leader exit");
    const chosen = type ?? weighted(this.#random, { MARKET: 5, LIMIT: 3, STOP_LOSS: 2, STOP_LOSS_MARKET: 1, IOC: 1 });
    const resting = this.#own(leader).some((one) => isWorking(one) && one.contracted.side === side);
    if (resting) this.#stage.counts.add("alternatives resting together");
    if (this.#placeSliced(leader, contract, quantity, { transactionType: side, ...this.#priced(chosen, side) }) > 1)
      this.#stage.counts.add("exit sent as slices of the leader's own");
  }

  #reverse(leader: string, contract: Contract): void {
    const held = this.#net(leader, contract);
    if (held === 0) return;
    const side = held > 0 ? "SELL" : "BUY";
    this.#stage.counts.add("leader stop and reverse");
    const id = this.#place(leader, contract, {
      transactionType: side,
      quantity: Math.abs(held) + between(this.#random, 1, 4) * contract.lot,
      ...this.#priced("MARKET", side),
    });
    if (id !== undefined) this.#reversals.add(id);
  }

  /** Buyers below 140, sellers above 100; stops on the far side of 120. */
  #priced(type: "LIMIT" | "MARKET" | "STOP_LOSS" | "STOP_LOSS_MARKET" | "IOC", side: "BUY" | "SELL"): Record<string, unknown> {
    // An IOC for later is none.
    if (type === "IOC" && this.#isClosed) return this.#priced("LIMIT", side);
    const away = between(this.#random, 1, 20);
    const limit = side === "BUY" ? 120 - away : 120 + away;
    const trigger = side === "BUY" ? 120 + away : 120 - away;
    switch (type) {
      case "LIMIT":
        return { orderType: "LIMIT", price: limit };
      case "IOC":
        return { orderType: "LIMIT", price: limit, validity: "IOC" };
      case "MARKET":
        return { orderType: "MARKET", price: 0 };
      case "STOP_LOSS":
        return { orderType: "STOP_LOSS", triggerPrice: trigger, price: side === "BUY" ? trigger + 1 : trigger - 1 };
      case "STOP_LOSS_MARKET":
        return { orderType: "STOP_LOSS_MARKET", triggerPrice: trigger, price: 0 };
    }
  }

  #modify(leader: string): void {
    const order = this.#openOf(this.#own(leader), rests);
    if (order === undefined || order.terms.type === "MARKET" || order.terms.validity === "IOC") return;
    this.#stage.counts.add("leader modification");
    const { side } = order.contracted;
    const opposes = this.#opposes(order);
    const quantity =
      !opposes && this.#random.chance(0.6) ? Math.max(order.filled + order.listing.lot, between(this.#random, 1, 8) * order.listing.lot) : order.terms.quantity;
    const away = between(this.#random, 1, 20);
    const limit = side === "BUY" ? 120 - away : 120 + away;
    const stop = side === "BUY" ? 120 + away : 120 - away;
    const changes = order.armed
      ? { triggerPrice: stop, ...(order.terms.type === "STOP_LOSS" ? { price: side === "BUY" ? stop + 1 : stop - 1 } : {}) }
      : { price: limit };
    modifyAsOwner(this.#stage.world.simulator, { clientId: leader, orderId: order.orderId, quantity, ...(this.#random.chance(0.7) ? changes : {}) });
  }

  #cancel(leader: string): void {
    const order = this.#openOf(this.#own(leader), (one) => one.status !== "TRANSIT");
    if (order === undefined) return;
    this.#stage.counts.add("leader cancel");
    if (!isWorking(order)) this.#stage.counts.add("after-market order withdrawn before the open");
    cancelAsOwner(this.#stage.world.simulator, { clientId: leader, orderId: order.orderId });
  }

  /** A leader never fills more of his exits than he holds, unless he means to reverse: of two alternatives he withdraws one himself. */
  #fillLeader(leader: string): void {
    const order = this.#openOf(this.#own(leader), isWorking);
    if (order === undefined) return;
    const open = openQuantity(order);
    const held = this.#heldIn(order);
    const most = this.#opposes(order) && !this.#reversals.has(order.orderId) ? Math.min(open, Math.abs(held)) : open;
    if (most === 0) return;
    const units = this.#part(most, order.listing.lot);
    if (units < open) this.#stage.counts.add("partial fill of a leader");
    fillOrder(this.#stage.world.simulator, { clientId: leader, orderId: order.orderId, quantity: units, late: false });
  }

  #fillFollower(follower: string): void {
    const order = this.#openOf(this.#copied(follower), isWorking);
    if (order === undefined) return;
    const units = this.#part(openQuantity(order), order.listing.lot);
    if (units < openQuantity(order)) this.#stage.counts.add("partial fill of a follower");
    if (this.#stage.auditor.wire.cancelSentFor(follower, order.orderId)) this.#stage.counts.add("fill of a follower after a cancel was accepted");
    fillOrder(this.#stage.world.simulator, { clientId: follower, orderId: order.orderId, quantity: units, late: false });
  }

  #rejectFollower(follower: string): void {
    const order = this.#openOf(this.#copied(follower), (one) => one.filled === 0);
    if (order === undefined) return;
    this.#stage.counts.add("follower rejected");
    rejectOrder(this.#stage.world.simulator, { clientId: follower, orderId: order.orderId, reason: "You have insufficient funds" });
  }

  /** The owner buys a little for himself, or sells a part of what the copy holds. */
  #tradeByHand(follower: string, contract: Contract): void {
    this.#stage.counts.add("follower trades by hand");
    const side = this.#random.chance(0.5) ? "BUY" : "SELL";
    const id = this.#place(follower, contract, { transactionType: side, quantity: between(this.#random, 1, 2) * contract.lot, orderType: "MARKET", price: 0 });
    if (id !== undefined) this.fillWhole(follower, id);
  }

  #place(account: string, { exchangeSegment, securityId }: Contract, order: Record<string, unknown>): string | undefined {
    if (this.#isClosed && !this.#isListedTomorrow(exchangeSegment, securityId)) return undefined;
    const body = {
      clientId: account,
      source: "W",
      exchangeSegment,
      securityId,
      productType: this.#product,
      afterMarketOrder: this.#isClosed,
      amoTime: "OPEN",
      ...order,
    };
    const answer = placeAsOwner(this.#stage.world.simulator, body as Parameters<typeof placeAsOwner>[1]);
    if (!answer.ok) return undefined;
    const isLeader = this.#stage.cast.leaders.includes(account);
    this.placed += isLeader ? 1 : 0;
    if (isLeader && this.#isClosed) this.#stage.counts.add("after-market order of a leader");
    if (isLeader && this.#reissued.has(listingKey(exchangeSegment, securityId))) this.#stage.counts.add("number of an expired contract used again");
    return answer.value.orderId;
  }

  /** Whole lots, mostly all of it. */
  #part(units: number, lot: number): number {
    const lots = Math.max(1, Math.floor(units / lot));
    return this.#random.chance(0.5) ? units : Math.min(units, between(this.#random, 1, lots) * lot);
  }

  #openOf(orders: readonly Order[], wanted: (order: Order) => boolean): Order | undefined {
    const open = orders.filter((order) => !isFinal(order.status) && wanted(order));
    return open.length === 0 ? undefined : pick(this.#random, open);
  }

  /** What a leader has ordered himself. */
  #own(leader: string): readonly Order[] {
    return this.#orders(leader).filter(({ correlationId }) => stemIn(correlationId) === undefined);
  }

  /** What a follower has; without his own orders where he leads as well: those are filled as a leader's are. */
  #copied(follower: string): readonly Order[] {
    const isLeader = this.#stage.cast.leaders.includes(follower);
    return this.#orders(follower).filter(({ correlationId }) => !isLeader || stemIn(correlationId) !== undefined);
  }

  #orders(account: string): readonly Order[] {
    const orders = this.#stage.world.simulator.exchange.ledger.books(account)?.orders() ?? [];
    return orders.filter(({ listing }) => !isSuperContract(listing.securityId) && listing.securityId !== FOREVER_CONTRACT.securityId);
  }

  #net(account: string, { exchangeSegment, securityId }: Contract): number {
    const listing = this.#stage.world.simulator.exchange.listings.find(exchangeSegment, securityId);
    return listing === undefined ? 0 : this.#stage.auditor.evidence.held.of(`${account}:${holdingOf(listing, this.#product)}`).now;
  }

  #heldIn(order: Order): number {
    const position = this.#stage.world.simulator.exchange.ledger.books(order.clientId)?.position(order.listing, order.contracted.product);
    return position === undefined ? 0 : net(position);
  }

  #opposes(order: Order): boolean {
    const held = this.#heldIn(order);
    return order.contracted.side === "BUY" ? held < 0 : held > 0;
  }
}
