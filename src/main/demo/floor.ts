/**
 * The trading floor: plays the steps of a script at the simulated broker, as the leader at his terminal and as the exchange. It acts in
 * the simulator's own process, past its wire, as `/admin` does; the copier sees none of it but through its sockets.
 */
import { unreachable } from "../../domain/assert.ts";
import { correlationStem } from "../../domain/correlation.ts";
import { orderId } from "../../domain/identity.ts";
import { tradingDay } from "../../domain/time.ts";
import { type Done, holdInTransit, setFunds } from "../../simulator/admin/accounts.ts";
import { setDialect, setPrice } from "../../simulator/admin/market.ts";
import { cancelAsOwner, endOrder, fillOrder, modifyAsOwner, placeAsOwner, rejectOrder } from "../../simulator/admin/orders.ts";
import { removeFaults } from "../../simulator/admin/trouble.ts";
import type { Answer } from "../../simulator/exchange/exchange.ts";
import { isFinal, type Order } from "../../simulator/exchange/order.ts";
import type { Simulator } from "../../simulator/simulator.ts";
import { CLIENT_IDS, type Follower, LEADER, type Player } from "./players.ts";
import type { FloorStep, LeaderChange, LeaderOrder, OrderName } from "./step.ts";

const DONE: Done = { ok: true };

export class Floor {
  readonly #simulator: Simulator;
  readonly #leaderOrders = new Map<OrderName, Order>();

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** The leader's orders as they were placed, by the script's names. */
  get leaderOrders(): ReadonlyMap<OrderName, Order> {
    return this.#leaderOrders;
  }

  /** Why it could not be done, if it could not. */
  play(step: FloorStep): Done {
    const simulator = this.#simulator;
    switch (step.do) {
      case "price":
        return setPrice(simulator, { exchangeSegment: step.contract.segment, securityId: step.contract.securityId, price: step.rupees });
      case "place":
        return this.#place(step.order, step.wants);
      case "modify":
        return this.#modify(step.order, step.to);
      case "cancel":
        return this.#atOrder(step.order, LEADER, (named) => cancelAsOwner(simulator, named));
      case "fill":
        return this.#atOrder(step.order, step.at, (named, { listing }) =>
          fillOrder(simulator, { ...named, late: false, price: step.rupees, quantity: step.lots === undefined ? undefined : step.lots * listing.lot }),
        );
      case "reject":
        return this.#atOrder(step.order, step.at, (named) => rejectOrder(simulator, { ...named, reason: step.reason }));
      case "end":
        return this.#atOrder(step.order, step.at, (named) => endOrder(simulator, { ...named, as: "cancelled" }));
      case "funds":
        return setFunds(simulator, { clientId: CLIENT_IDS[step.of], rupees: step.rupees });
      case "transit":
        return holdInTransit(simulator, { clientId: CLIENT_IDS[step.of], state: step.state });
      case "dialect":
        return setDialect(simulator, step.speaks);
      case "disturb-frames":
        simulator.streamFaults.add({ clientId: CLIENT_IDS[step.of], skip: 0, times: step.times, effect: step.effect });
        return DONE;
      case "disturb-requests":
        simulator.requestFaults.add({
          clientId: CLIENT_IDS[step.of],
          call: step.call,
          when: step.when,
          skip: step.skip ?? 0,
          times: undefined,
          effect: step.effect,
        });
        return DONE;
      case "repair":
        return removeFaults(simulator, {});
      case "cut-stream":
        simulator.streams.cut(CLIENT_IDS[step.of]);
        return DONE;
      case "upgrades":
        simulator.refuseUpgrades(step.status);
        return DONE;
      default:
        return unreachable(step);
    }
  }

  /** The follower's orders for a leader's order, oldest first, found by the mark that they bear. */
  copiesOf(name: OrderName, follower: Follower): readonly Order[] {
    const leaders = this.#leaderOrders.get(name);
    if (leaders === undefined) return [];
    const stem = correlationStem({
      leader: CLIENT_IDS[LEADER],
      cause: orderId(leaders.orderId),
      day: tradingDay(leaders.createdAt),
      follower: CLIENT_IDS[follower],
    });
    return this.#orders(follower).filter(({ correlationId }) => correlationId?.startsWith(stem));
  }

  #place(name: OrderName, wants: LeaderOrder): Done {
    const { contract, lots, side, disclosed } = wants;
    const placed = placeAsOwner(this.#simulator, {
      clientId: CLIENT_IDS[LEADER],
      source: "W",
      transactionType: side,
      exchangeSegment: contract.segment,
      securityId: contract.securityId,
      productType: wants.product ?? "INTRADAY",
      orderType: wants.type ?? "LIMIT",
      validity: wants.validity ?? "DAY",
      quantity: lots * contract.lot,
      price: wants.price,
      triggerPrice: wants.trigger,
      disclosedQuantity: disclosed,
      afterMarketOrder: wants.afterMarket ?? false,
      amoTime: "OPEN",
    });
    if (placed.ok) this.#leaderOrders.set(name, placed.value);
    return done(placed);
  }

  #modify(name: OrderName, { lots, type, price, trigger }: LeaderChange): Done {
    return this.#atOrder(name, LEADER, (named, { listing }) =>
      modifyAsOwner(this.#simulator, {
        ...named,
        ...(type === undefined ? {} : { orderType: type }),
        ...(price === undefined ? {} : { price }),
        ...(trigger === undefined ? {} : { triggerPrice: trigger }),
        ...(lots === undefined ? {} : { quantity: lots * listing.lot }),
      }),
    );
  }

  #atOrder(name: OrderName, player: Player, act: (named: Named, order: Order) => Answer<Order>): Done {
    const order = player === LEADER ? this.#leaderOrders.get(name) : this.#openCopy(name, player);
    if (order === undefined) return { ok: false, why: `${player} has no order for "${name}"` };
    return done(act({ clientId: order.clientId, orderId: order.orderId }, order));
  }

  #openCopy(name: OrderName, follower: Follower): Order | undefined {
    const copies = this.copiesOf(name, follower);
    return copies.findLast((order) => !isFinal(order.status)) ?? copies.at(-1);
  }

  #orders(player: Player): readonly Order[] {
    return this.#simulator.exchange.ledger.books(CLIENT_IDS[player])?.orders() ?? [];
  }
}

interface Named {
  readonly clientId: string;
  readonly orderId: string;
}

function done(answer: Answer<Order>): Done {
  return answer.ok ? DONE : answer;
}
