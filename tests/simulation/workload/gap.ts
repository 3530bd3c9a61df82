/**
 * The market jumps over a stop and its limit, so that what was triggered rests; and its owner gives it another price, of which the stream says
 * nothing. In some sessions, and drawn from a stream of its own, so that all other sessions are what they are without it.
 */
import { price } from "../../../src/domain/money.ts";
import { modifyAsOwner } from "../../../src/simulator/admin/orders.ts";
import { trigger } from "../../../src/simulator/exchange/operator.ts";
import { isWorking, type Order } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import type { Stage } from "../world/stage.ts";
import { between, pick } from "./draw.ts";

/** One session in so many. */
const SESSIONS = 5;
const CHANCE = 0.1;
/** In one session at most. */
const TIMES = 3;
const LAST_RUPEES = 120;
const RUPEE = 10_000;

export class Gap {
  readonly #stage: Stage;
  readonly #random: Random;
  #left: number;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, "gaps");
    this.#left = this.#random.below(SESSIONS) === 0 ? TIMES : 0;
  }

  step(): void {
    if (this.#left === 0 || this.#stage.world.simulator.exchange.session === "closed" || !this.#random.chance(CHANCE)) return;
    const stops = this.#copiedStops();
    if (stops.length === 0) return;
    this.#left -= 1;
    const { order, copies } = pick(this.#random, stops);
    this.#jumpOver([order, ...copies]);
    this.#repriceUnseen(order);
  }

  /** Stops of leaders that wait, each with its copies. */
  #copiedStops(): readonly { readonly order: Order; readonly copies: readonly Order[] }[] {
    const { evidence } = this.#stage.auditor;
    const copies = new Map<Order, Order[]>();
    for (const [stem, { leaderOrder }] of evidence.causes()) {
      const order = leaderOrder === undefined ? undefined : this.#waiting(leaderOrder.account, leaderOrder.orderId);
      if (order?.terms.type !== "STOP_LOSS") continue;
      const its = evidence.ofStem(stem).flatMap(({ account, orderId }) => this.#waiting(account, orderId) ?? []);
      copies.set(order, [...(copies.get(order) ?? []), ...its]);
    }
    return [...copies].filter(([, its]) => its.length > 0).map(([order, its]) => ({ order, copies: its }));
  }

  #waiting(account: string, orderId: string): Order | undefined {
    const order = this.#stage.world.simulator.exchange.ledger.order(account, orderId);
    return order !== undefined && isWorking(order) && order.armed ? order : undefined;
  }

  /** For a moment, in which nothing trades. */
  #jumpOver(orders: readonly Order[]): void {
    const { exchange } = this.#stage.world.simulator;
    for (const order of orders) {
      const { terms, contracted, listing } = order;
      const beyond = contracted.side === "SELL" ? -RUPEE : RUPEE;
      exchange.market.set(listing, price(terms.price + beyond));
      trigger(exchange, order);
      exchange.market.set(listing, price(LAST_RUPEES * RUPEE));
    }
  }

  #repriceUnseen({ clientId, orderId, contracted }: Order): void {
    const { world: w, counts } = this.#stage;
    const { streamFaults } = w.simulator;
    w.time.after(between(this.#random, 100, 3_000), () => {
      const id = streamFaults.add({ clientId, skip: 0, times: 1, effect: { kind: "drop" } });
      const away = between(this.#random, 1, 20);
      const rupees = contracted.side === "SELL" ? LAST_RUPEES + away : LAST_RUPEES - away;
      const { ok } = modifyAsOwner(w.simulator, { clientId, orderId, orderType: "LIMIT", price: rupees });
      w.time.after(5_000, () => streamFaults.remove(id));
      if (ok) counts.add("triggered stop re-priced unseen");
    });
  }
}
