/**
 * What those who follow and lead do by hand in the contracts that are copied into their accounts: they enter beside what is copied, sell of it, all of it or more than
 * that, and rest stops and targets for it. What they do besides, as all leaders do, is the trader's.
 */
import { placeAsOwner } from "../../../src/simulator/admin/orders.ts";
import { type Random, seededRandom } from "../../../src/simulator/exchange/random.ts";
import type { Stage } from "../world/stage.ts";
import { between, pick, weighted } from "./draw.ts";

const CHANCE = 0.5;
const LOTS: Readonly<Record<string, number>> = { NSE_FNO: 75, BSE_FNO: 20 };

interface Copied {
  readonly holding: string;
  /** Signed units. */
  readonly units: number;
}

export class MiddleTrader {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #middle: readonly string[];

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#random = seededRandom(stage.seed, "in the middle");
    this.#middle = stage.cast.leaders.filter((account) => stage.cast.followers.includes(account));
  }

  /** In each step of the session. */
  step(): void {
    if (!this.#random.chance(CHANCE)) return;
    const account = pick(this.#random, this.#middle);
    const all = this.#copiedInto(account);
    if (all.length === 0) return;
    const { holding, units } = pick(this.#random, all);
    const held = units + this.#stage.auditor.evidence.held.of(`${account}:${holding}`).now;
    const lot = LOTS[holding.split(":")[0] ?? ""] ?? 1;
    const against = units > 0 ? "SELL" : "BUY";
    const isHeld = Math.sign(held) === Math.sign(units);
    switch (weighted(this.#random, { beside: 4, part: 4, all: 2, through: 1 })) {
      case "beside":
        this.#stage.counts.add("followed leader enters beside what is copied");
        return this.#place(account, holding, units > 0 ? "BUY" : "SELL", between(this.#random, 1, 4) * lot);
      case "part": {
        const lots = Math.floor(Math.abs(held) / lot);
        if (!isHeld || lots < 2) return;
        this.#stage.counts.add("followed leader sells a part of what is copied");
        return this.#place(account, holding, against, between(this.#random, 1, lots - 1) * lot);
      }
      case "all":
        if (!isHeld) return;
        this.#stage.counts.add("followed leader sells all that he holds");
        return this.#place(account, holding, against, Math.abs(held));
      case "through":
        if (!isHeld) return;
        this.#stage.counts.add("followed leader sells more than he holds");
        return this.#place(account, holding, against, Math.abs(held) + between(this.#random, 1, 3) * lot, { orderType: "MARKET", price: 0 });
    }
  }

  #copiedInto(account: string): readonly Copied[] {
    const { cast, auditor } = this.#stage;
    const found = new Map<string, number>();
    for (const { leader, follower } of cast.copies)
      for (const [key, { now }] of auditor.evidence.held.entries()) {
        const prefix = `${leader}>${follower}:`;
        if (follower === account && now !== 0 && key.startsWith(prefix)) found.set(key.slice(prefix.length), now + (found.get(key.slice(prefix.length)) ?? 0));
      }
    return [...found].flatMap(([holding, units]) => (units === 0 ? [] : [{ holding, units }]));
  }

  #place(account: string, holding: string, side: "BUY" | "SELL", quantity: number, priced = this.#priced(side)): void {
    const [exchangeSegment, securityId, , productType] = holding.split(":");
    const body = { clientId: account, source: "W", exchangeSegment, securityId, productType, transactionType: side, quantity, ...priced };
    placeAsOwner(this.#stage.world.simulator, body as Parameters<typeof placeAsOwner>[1]);
  }

  /** At the market, or where it rests. */
  #priced(side: "BUY" | "SELL"): Record<string, unknown> {
    const away = between(this.#random, 1, 20) * (side === "BUY" ? 1 : -1);
    switch (weighted(this.#random, { MARKET: 5, LIMIT: 3, STOP_LOSS: 2 })) {
      case "MARKET":
        return { orderType: "MARKET", price: 0 };
      case "LIMIT":
        return { orderType: "LIMIT", price: 120 - away };
      case "STOP_LOSS":
        return { orderType: "STOP_LOSS", triggerPrice: 120 + away, price: 120 + away + Math.sign(away) };
    }
  }
}
