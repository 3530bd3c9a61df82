/**
 * The price of a contract in which super orders are traded. In every other of these sessions it moves, so that trails move stops on both sides, each
 * from the price at which its own entry filled, and it comes to legs. From a stream of its own.
 */
import { price } from "../../../src/domain/money.ts";
import type { Order } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { EXIT_LEGS, type ExitLeg, type SuperOrder } from "../../../src/simulator/exchange/super-orders.ts";
import { type Stage, versionOf } from "../world/stage.ts";
import { between } from "./draw.ts";

export interface SuperContract {
  readonly exchangeSegment: string;
  readonly securityId: string;
  readonly lot: number;
}

const STEP = 5_000;
const LEAST = 1_080_000;
const MOST = 1_320_000;
/** Of half a rupee each. */
const STEPS_MAX = 6;

export class SuperMarket {
  readonly #stage: Stage;
  readonly #contract: SuperContract;
  readonly #random: Random;
  readonly #moves: boolean;
  /** It mostly goes on the way that it goes. */
  #way = 1;

  readonly #reached: (account: string, order: SuperOrder, leg: ExitLeg) => void;

  /** `reached`: a leg of somebody's that the price has come to. */
  constructor(stage: Stage, contract: SuperContract, reached: (account: string, order: SuperOrder, leg: ExitLeg) => void) {
    this.#stage = stage;
    this.#contract = contract;
    this.#reached = reached;
    this.#random = seededRandom(stage.seed, `price of ${contract.securityId}`);
    this.#moves = this.#random.below(2) === 0;
    if (this.#random.below(2) === 0) stage.world.simulator.exchange.configure({ trailMoves: "told" });
    if (!this.#moves) return;
    // A leg may be where the price is when its entry fills, or when it is changed.
    stage.world.simulator.exchange.ledger.onChange(({ kind, order }) => {
      const isLeg = order.leg?.of !== undefined && order.listing.securityId === contract.securityId;
      if (isLeg && (kind === "armed" || kind === "modified")) stage.world.time.after(0, () => this.#meet(order.clientId));
    });
  }

  step(): void {
    if (!this.#moves || !this.#random.chance(0.4)) return;
    const { exchangeSegment, securityId } = this.#contract;
    const { exchange } = this.#stage.world.simulator;
    const listing = exchange.listings.find(exchangeSegment, securityId);
    if (listing === undefined) return;
    if (this.#random.chance(0.15)) this.#way = -this.#way;
    const next = exchange.market.last(listing) + this.#way * this.#random.below(STEPS_MAX + 1) * STEP;
    const before = this.#orders();
    exchange.setPrice(listing, price(Math.min(Math.max(next, LEAST), MOST)));
    for (const [id, { legs, prices }] of this.#orders()) if (prices.stop !== before.get(id)?.prices.stop && legs.stop !== undefined) this.#trailed(legs.stop);
    for (const account of this.#accounts()) this.#meet(account);
  }

  #meet(account: string): void {
    const { market } = this.#stage.world.simulator.exchange;
    for (const order of supersIn(this.#stage, account, this.#contract)) {
      const leg = EXIT_LEGS.find((one) => isReached(order, one, market.last(order.entry.listing)));
      if (leg !== undefined) this.#reached(account, order, leg);
    }
  }

  /** Where the price moves most super orders have one. */
  trail(): { readonly trailingJump?: number } {
    return this.#moves && this.#random.chance(0.6) ? { trailingJump: between(this.#random, 1, 2) } : {};
  }

  /** The exchange need not tell it; the auditor knows all the same. */
  #trailed(stop: Order): void {
    const { counts, auditor, cast, world } = this.#stage;
    counts.add(cast.leaders.includes(stop.clientId) ? "trail moved at a leader" : "trail moved at a follower");
    auditor.changed(versionOf(world, stop));
  }

  #orders(): ReadonlyMap<string, SuperOrder> {
    return new Map(this.#accounts().flatMap((account) => supersIn(this.#stage, account, this.#contract).map((one) => [one.entry.orderId, one] as const)));
  }

  #accounts(): readonly string[] {
    return [...this.#stage.cast.leaders, ...this.#stage.cast.followers];
  }
}

/** The account's super orders of the day in a contract. */
export function supersIn({ world: { simulator } }: Stage, account: string, { securityId }: SuperContract): readonly SuperOrder[] {
  const books = simulator.exchange.ledger.books(account);
  return simulator.superOrders.of(account, (id) => books?.order(id)).filter(({ entry }) => entry.listing.securityId === securityId);
}

function isReached({ entry, legs, prices }: SuperOrder, leg: ExitLeg, last: number): boolean {
  const order = legs[leg];
  if (entry.filled === 0 || order?.status !== "PENDING" || order.exchangeOrderId !== undefined) return false;
  const above = (last - prices[leg]) * (entry.contracted.side === "BUY" ? 1 : -1);
  return leg === "stop" ? above <= 0 : above >= 0;
}
