/**
 * Owners of followers' accounts who sell by hand what copies hold there, and buy the same for themselves, before their leaders get out and after that: in every fifth session and
 * in a contract of its own. It draws from a stream of its own, so that all other sessions stay what they are.
 */
import { fillOrder, placeAsOwner } from "../../../src/simulator/admin/orders.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { holdingOf, type Stage } from "../world/stage.ts";
import { between, pick, weighted } from "./draw.ts";

/** One session in so many. */
const SESSIONS = 5;
const CHANCE = 0.5;
const CONTRACT = { exchangeSegment: "NSE_FNO", securityId: "60898", lot: 75 } as const;
const PRODUCT = "MARGIN";

const WEIGHTS = { enter: 6, exit: 6, rest: 1, sell: 6, buy: 2 } as const;

interface Copied {
  readonly leader: string;
  readonly follower: string;
}

export class OwnerTrader {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #isActive: boolean;
  readonly #holding: string | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, "owners");
    this.#isActive = this.#random.below(SESSIONS) === 0;
    const listing = stage.world.simulator.exchange.listings.find(CONTRACT.exchangeSegment, CONTRACT.securityId);
    this.#holding = listing === undefined ? undefined : holdingOf(listing, PRODUCT);
  }

  step(): void {
    if (!this.#isActive || !this.#random.chance(CHANCE) || this.#stage.world.simulator.exchange.session === "closed") return;
    this.#act(weighted(this.#random, WEIGHTS), pick(this.#random, this.#stage.cast.copies));
  }

  /** What leaders hold here is sold; the orders that are to be filled for it. */
  leaveAll(): readonly (readonly [string, string])[] {
    return this.#stage.cast.leaders.flatMap((leader) => {
      const held = this.#held(leader);
      const id = held > 0 ? this.#place(leader, "SELL", held) : undefined;
      return id === undefined ? [] : [[leader, id] as const];
    });
  }

  #act(what: keyof typeof WEIGHTS, { leader, follower }: Copied): void {
    const held = this.#held(leader);
    const copied = this.#held(`${leader}>${follower}`);
    switch (what) {
      case "enter":
        this.#place(leader, "BUY", between(this.#random, 1, 4) * CONTRACT.lot);
        return;
      case "exit":
        if (held > 0) this.#place(leader, "SELL", this.#random.chance(0.7) ? held : between(this.#random, 1, held / CONTRACT.lot) * CONTRACT.lot);
        return;
      case "rest":
        if (held > 0) this.#place(leader, "SELL", held, { orderType: "STOP_LOSS", price: 99, triggerPrice: 100 });
        return;
      case "sell": {
        const own = this.#held(follower);
        if (copied <= 0 || own < 0) return;
        const units = this.#random.chance(0.7) ? copied : between(this.#random, 1, copied / CONTRACT.lot + 1) * CONTRACT.lot;
        this.#tradeByHand(follower, "SELL", own + units);
        return;
      }
      case "buy":
        if (held === 0 && this.#stage.auditor.evidence.writeOffs.of(`${leader}>${follower}:${this.#holding}`) !== 0)
          this.#stage.counts.add("owner buys what was written off of a copy");
        this.#tradeByHand(follower, "BUY", between(this.#random, 1, 2) * CONTRACT.lot);
        return;
    }
  }

  #tradeByHand(follower: string, side: "BUY" | "SELL", units: number): void {
    this.#stage.counts.add("follower trades by hand");
    const id = this.#place(follower, side, units);
    if (id !== undefined) fillOrder(this.#stage.world.simulator, { clientId: follower, orderId: id, price: 120, late: false });
  }

  #place(clientId: string, transactionType: "BUY" | "SELL", quantity: number, order: Record<string, unknown> = {}): string | undefined {
    const { exchangeSegment, securityId } = CONTRACT;
    const body = {
      clientId,
      source: "W",
      exchangeSegment,
      securityId,
      transactionType,
      productType: PRODUCT,
      orderType: "MARKET" as const,
      price: 0,
      quantity,
    };
    const answer = placeAsOwner(this.#stage.world.simulator, { ...body, afterMarketOrder: false, amoTime: "OPEN", ...order });
    return answer.ok ? answer.value.orderId : undefined;
  }

  #held(key: string): number {
    return this.#stage.auditor.evidence.held.of(`${key}:${this.#holding}`).now;
  }
}
