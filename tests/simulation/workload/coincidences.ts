/**
 * What seldom comes together by chance, and is what a copier loses money by. In some sessions, and drawn from a stream of its own, so that
 * all other sessions are what they are without it.
 */
import { isWorking, type Order } from "../../../src/simulator/exchange/order.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import { newest } from "../auditor/evidence.ts";
import { signed } from "../auditor/observed.ts";
import type { Stage } from "../world/stage.ts";
import { between, pick } from "./draw.ts";
import type { Trader } from "./trader.ts";

/** One session in so many. */
const SESSIONS = 8;
const CHANCE = 0.3;
/** In one session at most. */
const TIMES = 2;

export class Coincidences {
  readonly #stage: Stage;
  readonly #trader: Trader;
  readonly #random: Random;
  readonly #kind: "none" | "alternatives fill while the process is down" | "a token dies as a stop is placed";
  #left = TIMES;

  constructor(stage: Stage, trader: Trader) {
    this.#stage = stage;
    this.#trader = trader;
    this.#random = seededRandom(stage.seed, "coincidences");
    const kinds = ["alternatives fill while the process is down", "a token dies as a stop is placed"] as const;
    this.#kind = this.#random.below(SESSIONS) === 0 ? pick(this.#random, kinds) : "none";
  }

  /** In each step of the session. Answers what happens once the process has died, if it is to. */
  step(): (() => void) | undefined {
    if (this.#kind === "none" || this.#left === 0 || this.#stage.world.simulator.exchange.session === "closed") return undefined;
    if (this.#kind === "a token dies as a stop is placed") {
      if (this.#random.chance(CHANCE)) this.#tokenDies();
      return undefined;
    }
    const together = this.#alternatives();
    if (!this.#stage.world.isAlive || !this.#random.chance(CHANCE)) return undefined;
    if (together.length === 0) {
      this.#trader.placesAlternatives(pick(this.#random, this.#stage.cast.leaders));
      return undefined;
    }
    this.#left -= 1;
    return () => {
      this.#stage.counts.add("alternatives filled while the process was down");
      for (const { clientId, orderId } of together) this.#trader.fillWhole(clientId, orderId);
    };
  }

  /** A stop is placed with a token that nobody knows to be dead: what it is refused for says nothing about the stop. */
  #tokenDies(): void {
    const { world: w, cast } = this.#stage;
    const { leader, follower } = pick(this.#random, cast.copies);
    if (!this.#trader.stopsOut(leader)) return;
    this.#left -= 1;
    this.#stage.counts.add("token dead as a stop is placed");
    w.admin("token", { clientId: follower, streams: "keep" });
    w.time.after(between(this.#random, 500, 8_000), () => w.renewToken(follower));
  }

  /** Two exits of one copy that rest, each for what the other would sell. */
  #alternatives(): readonly Order[] {
    const { evidence } = this.#stage.auditor;
    for (const copy of this.#stage.cast.copies) {
      const bySide = new Map<string, Order[]>();
      for (const [stem, cause] of evidence.causes()) {
        if (cause.copy.id !== copy.id || cause.leaderOrder === undefined) continue;
        for (const kept of evidence.ofStem(stem)) {
          const order = this.#stage.world.simulator.exchange.ledger.order(kept.account, kept.orderId);
          const { side, holding, quantity, filled } = newest(kept);
          const held = evidence.held.of(`${copy.leader}>${copy.follower}:${holding}`).now;
          if (order === undefined || !isWorking(order) || filled > 0 || signed(side, quantity) !== -held) continue;
          bySide.set(holding, [...(bySide.get(holding) ?? []), order]);
        }
      }
      for (const orders of bySide.values()) if (orders.length > 1) return orders.slice(0, 2);
    }
    return [];
  }
}
